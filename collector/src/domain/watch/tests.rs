//! Mornings in a small school, told second by second.

mod absence;
mod any;
mod app;
mod common;
mod evidence;
mod health;
mod looks;
mod reconsider;
mod replay;
mod restart;
mod school;
mod stated;
mod subnet;
mod subnet_reach;
mod subnet_told;
mod voices;
mod whole;
mod witnesses;
