//! How the agent becomes a service of its system, and how it leaves without a trace. Pure: a wish becomes steps, and
//! [`perform`] is the only part that touches anything.
//!
//! Reading order: [`plan`] (from a wish to steps) → [`systemd`], [`launchd`] (texts) → [`perform`].

pub mod launchd;
pub mod perform;
pub mod plan;
pub mod state;
pub mod systemd;

pub use plan::{Call, Step, Wish, WishError, install, uninstall};

/// The file in the data folder by which the service enrols this device.
pub const ENROLMENT: &str = "enrolment.toml";
