//! The harness of RoomReady's suites: what a test needs to stand outside the product and look at it.
//!
//! A test starts the built binaries as real processes ([`process`]), speaks to them over real sockets
//! ([`http`]), sees them through a real headless Chromium ([`browser`]) and waits for conditions, never for
//! luck ([`wait`]). Whatever goes wrong here panics with a sentence: a harness that returns errors only makes
//! every test unwrap them.

#![forbid(unsafe_code)]

pub mod clock;
pub mod wait;

pub mod binaries;
pub mod process;

pub mod http;

pub mod browser;
pub mod desktop;
pub mod tools;

pub mod agent;
pub mod device;
pub mod network;
pub mod school;
pub mod tls;
