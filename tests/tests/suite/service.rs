//! The agent as a service: installed silently, asked how it is, removed without a trace.

mod house;
mod staged;
mod systemd;
mod tree;
