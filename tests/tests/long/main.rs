//! What takes long: `tests/run --long`.

mod demo;
mod killed_agent;
mod leftovers;
