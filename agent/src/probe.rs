//! Readings of the machine. One file per observation; what differs by system is behind [`platform`].
//!
//! A probe observes one thing and says what it saw, or why it saw nothing. It knows no threshold, no verdict and no
//! other probe. A crash or a hang in one becomes that one's failed reading.

mod ask;
mod certificates;
mod clock_offset;
mod disk;
mod gateway;
mod kinds;
mod memory;
mod os;
pub mod platform;
mod power;
mod programs;
mod reach;
mod resolution;
mod saved_responses;
pub mod statistics;
mod system;
mod test_app;

pub use ask::{Ask, Effort, Kind, Targets};
pub use clock_offset::collector_clock;
pub use kinds::Kinds;
pub(crate) use reach::TLS_PORT;
pub use system::SystemProbes;
