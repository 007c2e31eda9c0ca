//! What takes long: `tests/run --long`.

mod demo;
mod killed_agent;
mod leftovers;
mod siege;
mod weak_ciphers;
