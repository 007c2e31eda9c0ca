//! The language that agent and collector share: facts, requirements, verdicts, timetables and messages.
//!
//! Pure by construction: no file, socket, clock, environment, thread or async runtime. Whatever needs the time
//! takes it as an argument. The manifest holds the wall: none of those crates is a dependency.
//!
//! Reading order: [`facts`] (what a device can say) → [`requirement`] (what is asked of it) → [`evaluate`](mod@evaluate) →
//! [`verdict`] → [`timetable`] (when) → [`wire`] (how it travels) → [`address`], [`enrolment`] (how a device finds and
//! joins its collector).

#![forbid(unsafe_code)]

pub mod address;
pub mod enrolment;
pub mod evaluate;
pub mod facts;
pub mod ids;
pub mod requirement;
#[cfg(feature = "openapi")]
mod schema;
pub mod strict;
pub mod timetable;
pub mod units;
pub mod verdict;
pub mod wire;
