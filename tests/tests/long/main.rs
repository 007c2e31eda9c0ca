//! What takes long: `tests/run --long`.

mod leftovers;
