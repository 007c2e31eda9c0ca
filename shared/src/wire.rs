//! Messages between agent and collector. One module per released version; a released message never changes its
//! meaning, and every one stays as a fixture.
//!
//! Tolerant on purpose: unknown fields are ignored and an unknown kind of news or rule is refused or judged by
//! itself, so that agents of several ages can talk to one collector.

pub mod v1;

#[cfg(test)]
mod tests;
