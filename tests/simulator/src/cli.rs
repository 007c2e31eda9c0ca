//! What the command line says, as written.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use roomready_collector::error::with_causes;
use roomready_collector::telemetry::{self, LogFormat};

use crate::demo::{self, Options};
use crate::rehearse;

/// Wrong usage, or something that the caller can mend: another port, another folder.
const USAGE: u8 = 2;

/// A school to look at: the real collector, the real agent, and simulated devices around them.
#[derive(Debug, Parser)]
#[command(name = "roomready-simulator", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,

    /// What to log on standard error: a level, or a level for each part
    #[arg(
        long,
        global = true,
        env = "ROOMREADY_LOG",
        default_value = "error",
        value_name = "FILTER"
    )]
    log: String,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run two schools on this computer, which itself sits in Room 101, and show them in the browser
    Demo(Demo),
    /// Play a day from a scenario file, without a network and in seconds, and compare what came out with what the file
    /// expects
    Rehearse(Rehearse),
    /// Put what `roomready-collector serve --record` kept through the watch again, and see that the same comes out
    Replay(Replay),
}

#[derive(Debug, Args)]
struct Replay {
    /// The recording
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Debug, Args)]
struct Rehearse {
    /// The scenario: tests/scenarios/README.md says how to write one
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print everything as one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Demo {
    /// Port of the pages on this computer; 0 takes a free one. Without it: 8480, or a free one when that is taken
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Folder to keep everything in; without it a temporary one, removed at the end
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Stop by itself after so many seconds; without it, Ctrl-C stops
    #[arg(long, value_name = "N")]
    seconds: Option<u64>,
}

/// What `main` does: parse, run, map the outcome to an exit code. 0 well, 1 failed or not as expected, 2 what the caller
/// can mend.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Err(error) = telemetry::start_logs(&arguments.log, LogFormat::Text) {
        return fail(&error, USAGE);
    }
    match arguments.command {
        Command::Demo(demo) => play_demo(demo),
        Command::Rehearse(Rehearse { file, json }) => rehearse(&file, json),
        Command::Replay(Replay { file }) => replay(&file),
    }
}

fn play_demo(Demo { port, data, seconds }: Demo) -> ExitCode {
    let options = Options {
        port,
        data,
        lasts: seconds.map(Duration::from_secs),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error, 1),
    };
    match runtime.block_on(Box::pin(demo::run(options))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error, if error.can_be_mended() { USAGE } else { 1 }),
    }
}

fn rehearse(file: &Path, json: bool) -> ExitCode {
    let name = file.display().to_string();
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("error: {name} cannot be read: {error}");
            return ExitCode::from(USAGE);
        }
    };
    let scenario = match rehearse::read(&name, &text) {
        Ok(scenario) => scenario,
        Err(faults) => {
            eprintln!("{faults}");
            return ExitCode::from(USAGE);
        }
    };
    let outcome = match rehearse::rehearse(&scenario) {
        Ok(outcome) => outcome,
        Err(impossible) => return fail(&impossible, USAGE),
    };
    let differences = rehearse::compare(&scenario, &outcome);
    let told = if json {
        format!("{}\n", rehearse::tell::in_json(&scenario, &outcome, &differences))
    } else {
        rehearse::tell::in_text(&scenario, &outcome, &differences)
    };
    print!("{told}");
    ExitCode::from(u8::from(!differences.is_empty()))
}

fn replay(file: &Path) -> ExitCode {
    let replayed = std::fs::File::open(file)
        .map_err(rehearse::replay::NotReplayed::from)
        .and_then(|open| rehearse::replay::replay(std::io::BufReader::new(open)));
    match replayed {
        Ok(replayed) => {
            print!("{replayed}");
            ExitCode::from(u8::from(!replayed.is_same()))
        }
        Err(error) => {
            eprintln!("error: {}: {}", file.display(), with_causes(&error));
            ExitCode::from(USAGE)
        }
    }
}

fn fail(error: &(dyn std::error::Error + 'static), code: u8) -> ExitCode {
    eprintln!("error: {}", with_causes(error));
    ExitCode::from(code)
}
