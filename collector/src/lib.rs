//! The meeting room of RoomReady: it receives reports, remembers them durably, watches rooms and shows them.
//!
//! Reading order for a first visit: [`domain`] (what is true about a fleet, pure), [`ingest`] (one report's path),
//! [`store`] (what is durable), [`live`] (who is told of a change), [`http`] (translation in and out), [`serve`]
//! (sockets and their limits). [`run`] joins them; tests and the simulator call it with a listener on port 0.

#![forbid(unsafe_code)]

pub mod access;
pub mod account;
pub mod backup;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod error;
pub mod fleet;
pub mod http;
pub mod ingest;
pub mod limits;
pub mod live;
pub mod looking;
pub mod notify;
pub mod pages;
pub mod present;
pub mod private;
pub mod recorder;
pub mod secret;
pub mod serve;
pub mod store;
pub mod supervise;
pub mod telemetry;
pub mod tls;
pub mod untrusted;
pub mod watching;

mod run;

pub use run::{DevicesDoor, Doors, PeoplesDoor, run, run_recorded};
