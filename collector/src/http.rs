//! Translation between HTTP and the rest: parsing in, rendering out, no rules of its own.

mod api;
mod credentials;
mod error;
mod extract;
mod health;
mod metrics;
mod middleware;
mod openapi;
mod pages;
mod router;
mod sse;
mod state;
#[cfg(test)]
mod tests;

pub use error::Refusal;
pub use router::router;
pub use state::{App, Joined};
