//! The visitor on each testing device: it reads the machine, judges it and tells the collector. It shows nothing,
//! starts nothing, changes nothing.
//!
//! Reading order: [`ports`] (what the core needs from outside) → [`cycle`] (what happens when, pure) →
//! [`schedule`] and [`pace`] (when) → [`run`] (the loop that moves it) → [`probe`], [`outbox`], [`uplink`],
//! [`clock`] (the real ports) → [`cli`] (commands).
//!
//! The core (`cycle`, `schedule`, `pace`, `conduct`, `threshold`, `footprint`, `outbox` policy) has no input, output, clock or
//! random source of its own, so that a rehearsal runs it without a socket and a simulated device runs the real one.

pub mod ports;

pub mod conduct;
pub mod cycle;
pub mod footprint;
pub mod leaving;
pub mod pace;
pub mod samples;
pub mod schedule;
pub mod threshold;

pub mod run;
pub mod status;
pub mod supervise;

pub mod assignment;
pub mod chance;
pub mod clock;
pub mod enrolment;
pub mod identity;
pub mod keep;
pub mod outbox;
pub mod probe;
pub mod uplink;

pub mod check;
pub mod cli;
pub mod config;
pub mod doctor;
pub mod doorway;
pub mod layout;
pub mod places;
pub mod service;
pub mod telemetry;

/// Version of this agent, as reports carry it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
