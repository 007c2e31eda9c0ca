//! A school around the real collector and the real agent: with real HTTP for the demo, without any for rehearsals.
//!
//! Reading order: [`school`] (who sits where, as data), [`script`] (what happens when, as data), [`device`] (one
//! simulated device), [`demo`] (everything together), [`rehearse`] (days from files), [`cli`].

#![forbid(unsafe_code)]

pub mod cli;
pub mod demo;
pub mod device;
pub mod rehearse;
pub mod school;
pub mod script;
