//! What is true about a fleet, its rooms and its record. Pure: no SQL, no HTTP, no HTML, no clock.

pub mod entry;
