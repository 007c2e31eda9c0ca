//! What takes long: `tests/run --long`.

mod demo;
mod failed_device;
mod hidden;
mod killed_agent;
mod leftovers;
mod outage;
mod siege;
mod weak_ciphers;
