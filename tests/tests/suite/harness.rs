//! The harness proven on things of its own making: a check that cannot fail would pass everything later.

mod page_server;

mod browsers;
mod connections;
mod processes;
mod waiting;
