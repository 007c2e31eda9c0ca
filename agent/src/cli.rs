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
use std::time::Duration;

use clap::{CommandFactory as _, FromArgMatches as _};

use args::{Arguments, Command};

/// Threads for calls that block: look-ups of sixteen hosts at once on a dead resolver, and room for local readings
/// beside them. They end when they have been idle for a while.
const BLOCKING_THREADS: usize = 24;
const BLOCKING_THREADS_IDLE: Duration = Duration::from_secs(5);

/// What went wrong with a command, in words for whoever typed it.
type Failure = Box<dyn std::error::Error>;

/// Runs the command that the arguments name.
#[must_use]
pub fn main() -> ExitCode {
    let matches = Arguments::command().try_get_matches();
    let parsed = matches.and_then(|matches| Ok((Arguments::from_arg_matches(&matches)?, matches)));
    let (arguments, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            // Asking for help is no mistake; clap prints both to the right stream.
            let _unwritable = error.print();
            let code = if error.use_stderr() { exit::USAGE } else { 0 };
            return ExitCode::from(code);
        }
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

/// Runs a command to its end.
fn in_runtime(command: impl AsyncFnOnce() -> Result<u8, Failure>) -> Result<u8, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .thread_keep_alive(BLOCKING_THREADS_IDLE)
        .build();
    let runtime = runtime?;
    let result = runtime.block_on(command());
    // A look-up that hangs must not hold up a command that has its answer.
    runtime.shutdown_background();
    result
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

/// Prints to standard output; a reader that went away is no mistake of ours.
fn print(text: &str) {
    use std::io::Write as _;
    let _reader_gone = std::io::stdout().lock().write_all(text.as_bytes());
}
