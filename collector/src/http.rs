//! Translation between HTTP and the rest: parsing in, rendering out, no rules of its own.

mod api;
mod credentials;
mod desk;
mod door;
mod enrol_gate;
mod error;
mod extract;
mod guard;
mod health;
mod metrics;
mod middleware;
mod openapi;
mod pages;
mod router;
mod sse;
mod state;
mod surface;
#[cfg(test)]
mod tests;

pub use error::Refusal;
pub(crate) use extract::message::parse as read_message;
pub use router::{router, surface};
pub use state::{App, Joined, PeoplesTrust};
pub use surface::table::{Answer, table};
pub use surface::{Access, Audience, Route, Surface};
