//! Where news waits until the collector has it.
//!
//! Two keepers behind one port ([`crate::ports::Outbox`]): [`DiskOutbox`], which outlives its program (see `DESIGN.md`
//! in this folder), and [`MemoryOutbox`] for simulated devices. What a memory outbox holds is gone when the program
//! ends; its next start mints a new stream, so no number is ever used twice.
//!
//! Reading order: [`line`] (what waits of one stream, pure) → [`frame`] and [`entry`] (how it lies in a file, pure) →
//! [`recover`] (from files to what waits, pure) → [`durable`] (the outbox) → [`disk`] (the only input and output).

mod line;

mod entry;
mod frame;
mod recover;

mod disk;
mod durable;

mod memory;
mod peek;

#[cfg(test)]
mod simulated;

pub use disk::{Folder, SystemFolder};
pub use durable::{DiskOutbox, Mint};
pub use memory::MemoryOutbox;
pub use peek::{Peek, peek};

/// Most records that wait in memory. A device that is away for a school day at the testing pace writes about 2,000.
pub const MAX_WAITING: usize = 4_096;
/// Size from which a segment is followed by another: small enough that what is done soon frees its space.
pub const SEGMENT_BYTES: usize = 64 * 1024;
/// Most segments: 2 MB hold about 5,000 records, more than two school days away from the collector.
pub const MAX_SEGMENTS: usize = 32;
/// Most damaged segments that are kept for whoever wants to know what happened to the disk.
pub const MAX_SET_ASIDE: usize = 4;
/// Part of a report's size that is left to everything but its records.
const REPORT_RESERVE_BYTES: usize = 16 * 1024;

/// The outbox on disk cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error(
        "the outbox in {place} is in use by another roomready-agent; stop that one, or give this one a data folder of \
         its own with --data DIR"
    )]
    InUse {
        /// The folder.
        place: String,
    },
    /// The folder cannot be used.
    #[error("the outbox in {place} cannot be used; see that the folder can be read and written by this user")]
    Io {
        /// The folder.
        place: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}
