//! The rim over real sockets: statuses, limits, sign-in, headers.

mod body_limits;
mod device;
mod harness;
mod live;
mod pages;
mod rim;
mod staff;
