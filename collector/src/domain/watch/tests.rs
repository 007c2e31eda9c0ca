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
mod subnet;
mod subnet_reach;
mod subnet_told;
mod voices;
mod whole;
