//! What is true about a fleet, its rooms and its record. Pure: no SQL, no HTTP, no HTML, no clock.

pub mod advice;
pub mod entry;
pub mod event_time;
pub mod identity;
pub mod incident;
pub mod minutes;
pub mod notice;
pub mod people;
pub mod plan;
pub mod proctor;
pub mod standing;
pub mod watch;
pub mod watcher;
