//! The agent for Windows under Wine: `tests/run --windows`. What it needs is prepared by `tests/windows`.

mod exits;
mod readings;
mod wine;
