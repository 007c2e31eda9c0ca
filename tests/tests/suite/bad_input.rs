//! Whatever comes in: a clear message for the person concerned, no panic, nothing lost.

mod agents;
mod data_folder;
mod enrolment;
mod files;
mod requests;
mod slow;
mod this_machine;
mod watch;
