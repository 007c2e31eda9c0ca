//! A school made of real HTTP, around the real collector and the real agent.
//!
//! Reading order: [`school`] (who sits where, as data), [`script`] (what happens when, as data), [`device`] (one
//! simulated device), [`demo`] (everything together), [`cli`].

#![forbid(unsafe_code)]

pub mod cli;
pub mod demo;
pub mod device;
pub mod school;
pub mod script;
