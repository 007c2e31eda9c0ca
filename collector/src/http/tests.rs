//! The rim over real sockets: statuses, limits, sign-in, headers.

mod accounts;
mod body_limits;
mod close_out;
mod device;
mod elsewhere;
mod enrollment;
mod guard;
mod harness;
mod live;
mod matrix;
mod notices;
mod on_my_way;
mod pages;
mod proctors;
mod reach;
mod rim;
mod set_up;
mod shared;
mod sign_in;
mod staff;
mod unseen;
mod watchers;
mod what_to_do;
