//! What takes long: `tests/run --long`.

mod demo;
mod leftovers;
