//! Every suite that `tests/run` runs, in one binary: one link, one process.

mod layers;

mod harness;

mod api;
mod bad_input;
mod clocks;
mod commands;
mod demo;
mod docs;
mod durability;
mod encryption;
mod end_to_end;
mod identity;
mod no_harm;
mod notices;
mod pages;
mod real;
mod rehearse;
mod service;
mod staff_desk;
