//! Where news waits until the collector has it.
//!
//! Two keepers behind one port ([`crate::ports::Outbox`]): [`MemoryOutbox`] here, segments on disk to come. What a
//! memory outbox holds is gone when the program ends; its next start mints a new stream, so no number is ever used
//! twice.

mod memory;

pub use memory::MemoryOutbox;

/// Most records that wait. A device that is away for a school day at the testing pace writes about 2,000.
pub const MAX_WAITING: usize = 4_096;
