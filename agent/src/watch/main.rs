//! `roomready-watch`: notices on a computer of the staff, and nowhere else.
//!
//! This program alone has code that shows something. It is built only with the package's feature `watch`, lies in none of
//! the library's rooms, and the library reaches nothing of it: so the device program cannot contain it.
//!
//! Reading order: [`notices`] (what is told when, pure) → [`words`] (how) → [`line`] (what a stream says, pure) →
//! [`collector`], [`desktop`], [`shelf`], [`place`] (the rim) → [`run`] (the loop) → [`cli`] (commands).

mod cli;
mod collector;
mod desktop;
mod line;
mod notices;
mod place;
mod run;
mod shelf;
mod words;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
