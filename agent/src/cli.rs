//! Commands. The only room that reads flags, environment and terminal, and that prints.

mod args;
mod check;
mod doctor;
mod enroll;
pub mod exit;
mod join;
mod paper;
mod report;
mod run;
mod service;
mod settings;
mod status;
mod way;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};

use args::{Arguments, Command};

use crate::doorway::{Failure, in_runtime, misspelt, print};

/// Runs the command that the arguments name.
#[must_use]
pub fn main() -> ExitCode {
    let matches = Arguments::command().try_get_matches();
    let parsed = matches.and_then(|matches| Ok((Arguments::from_arg_matches(&matches)?, matches)));
    let (arguments, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return misspelt(&error),
    };
    match arguments.command {
        Command::Run(arguments) if arguments.service => run::as_service(arguments),
        command => finish(in_runtime(async move || by_name(command, &matches).await)),
    }
}

async fn by_name(command: Command, matches: &clap::ArgMatches) -> Result<u8, Failure> {
    match command {
        Command::Check(arguments) => check::check(arguments).await,
        Command::Enroll(arguments) => enroll::enroll(arguments).await,
        Command::Run(arguments) => run::run(arguments).await,
        Command::Doctor(arguments) => doctor::doctor(arguments).await,
        Command::Status(arguments) => status::status(&arguments),
        Command::Report(arguments) => report::report(arguments).await,
        Command::Service(command) => service::service(&command),
        Command::Config(arguments) => settings::config(&arguments, matches),
        Command::Completions { shell } => paper::completions(shell),
        Command::Man { out } => paper::man(out.as_deref()),
    }
}

fn finish(result: Result<u8, Failure>) -> ExitCode {
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => complain(error.as_ref()),
    }
}

/// Says what happened and why, one cause a line.
fn complain(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("roomready-agent: {error}");
    let mut cause = error.source();
    while let Some(deeper) = cause {
        eprintln!("  because: {deeper}");
        cause = deeper.source();
    }
    ExitCode::from(exit::USAGE)
}
