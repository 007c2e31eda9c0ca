//! Rehearsals: a school day from a file, played on the real agent's cycle and the real collector's watch, without a
//! socket, a thread or a clock, and compared with what must come out.
//!
//! What is simulated is what lies outside of the programs: machines ([`machine`]), their disks ([`disk`]), the networks
//! between ([`network`]) and the time that passes. All rules are the programs' own. The same file and seed give the same
//! day, event by event.
//!
//! Reading order: [`scenario`] (a day as data; `tests/scenarios/README.md` has the file format), [`read`] (from the file
//! to that), [`stage`] (the loop), [`outcome`] (what came out), [`compare`] (against what was expected), [`tell`] (in
//! words and as JSON), [`replay`] (a real session's recording through the watch again).

pub mod collector;
pub mod compare;
pub mod device;
pub mod disk;
mod district;
pub mod machine;
mod minutes;
pub mod network;
pub mod outcome;
mod play;
mod press;
mod probes;
mod queue;
pub mod read;
pub mod replay;
pub mod scenario;
pub mod stage;
pub mod tell;

pub use compare::{Difference, compare};
pub use outcome::Outcome;
pub use read::read;
pub use scenario::Scenario;
pub use stage::{rehearse, rehearse_recorded};
