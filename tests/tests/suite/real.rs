//! Conditions of real devices and networks, made on this machine: batteries, filters, networks, sleep.

mod battery;
mod campus;
mod filter;
mod networks;
mod newer;
mod programs;
mod sleep;
