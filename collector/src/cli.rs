//! What the command line says, as written. Reading the environment is clap's and happens here only.

mod account;
mod backup;
mod ca;
mod config_command;
mod device;
mod enrollment;
mod enrolment_file;
mod serve;
mod sign_in_link;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use roomready_shared::address::CollectorAddress;
use roomready_shared::ids::{RoomId, SchoolId, Title};

use crate::access::Role;
use crate::domain::identity::KeyId;
use crate::error::with_causes;
use crate::limits::{self, ENROLMENT_KEY_DAYS};
use crate::telemetry::{self, LogFormat};
use crate::tls::Name;

/// Wrong usage or configuration, as the agent's published table has it.
const USAGE: u8 = 2;

/// Receives reports from testing devices, remembers them, watches rooms and shows them.
#[derive(Debug, Parser)]
#[command(name = "roomready-collector", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,

    /// What to log: a level, or a level for each part
    #[arg(
        long,
        global = true,
        env = "ROOMREADY_LOG",
        default_value = "info",
        value_name = "FILTER"
    )]
    log: String,

    /// How a log line looks
    #[arg(
        long,
        global = true,
        env = "ROOMREADY_LOG_FORMAT",
        default_value = "text",
        value_enum
    )]
    log_format: LogFormat,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the collector until it is stopped
    Serve(Serve),
    /// Print a link that signs one person in, once
    SignInLink(SignInLink),
    /// People's accounts
    #[command(subcommand)]
    Account(AccountCommand),
    /// Let devices in
    #[command(subcommand)]
    Enrollment(Enrollment),
    /// Look after devices' credentials
    #[command(subcommand)]
    Device(device::Device),
    /// The private CA that devices believe
    #[command(subcommand)]
    Ca(CaCommand),
    /// Look at a configuration file
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Save everything in one encrypted file, and put it back
    #[command(subcommand)]
    Backup(backup::Backup),
}

#[derive(Debug, Args)]
struct Serve {
    /// Folder that holds everything the collector remembers; made when it is not there
    #[arg(long, env = "ROOMREADY_DATA", value_name = "DIR")]
    data: PathBuf,
    /// Where people's pages listen; port 0 takes a free one. Off loopback always with TLS
    #[arg(
        long,
        env = "ROOMREADY_LISTEN",
        default_value = "127.0.0.1:8480",
        value_name = "ADDR"
    )]
    listen: SocketAddr,
    /// The certificate of people's pages, with those between it and its root (PEM); read again when it changes
    #[arg(
        long,
        env = "ROOMREADY_CERTIFICATE",
        value_name = "FILE",
        requires = "certificate_key"
    )]
    certificate: Option<PathBuf>,
    /// Its key (PEM)
    #[arg(
        long,
        env = "ROOMREADY_CERTIFICATE_KEY",
        value_name = "FILE",
        requires = "certificate"
    )]
    certificate_key: Option<PathBuf>,
    /// Web proxies before people's pages, by address: they alone may say whom they speak for
    #[arg(
        long,
        env = "ROOMREADY_BEHIND_PROXY",
        value_name = "ADDR",
        value_delimiter = ',',
        requires = "address"
    )]
    behind_proxy: Vec<IpAddr>,
    /// What people open, where that is not the address of --listen
    #[arg(long, env = "ROOMREADY_ADDRESS", value_name = "URL")]
    address: Option<CollectorAddress>,
    /// Where devices report, with TLS by the collector's own CA; without it, on loopback, where people's pages are
    #[arg(long, env = "ROOMREADY_DEVICES", value_name = "ADDR")]
    devices: Option<SocketAddr>,
    /// A name or an address by which devices find it; more than one is allowed
    #[arg(
        long,
        env = "ROOMREADY_DEVICES_NAME",
        value_name = "NAME",
        value_delimiter = ','
    )]
    devices_name: Vec<Name>,
    /// Schools, rooms, devices and sessions; without it, collector.toml in the data folder, which set-up writes
    #[arg(long, env = "ROOMREADY_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Keep what the watch is given and writes in a new file, one JSON object a line, for a rehearsal. Names of rooms and
    /// devices stand in it: remove it when you are done
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct SignInLink {
    /// The collector's data folder
    #[arg(long, env = "ROOMREADY_DATA", value_name = "DIR")]
    data: PathBuf,
    /// Whom to sign in; may be left out while there is one account only
    #[arg(long, value_name = "NAME")]
    account: Option<Title>,
    /// Where that collector listens
    #[arg(
        long,
        env = "ROOMREADY_LISTEN",
        default_value = "127.0.0.1:8480",
        value_name = "ADDR"
    )]
    listen: SocketAddr,
}

#[derive(Debug, Subcommand)]
enum AccountCommand {
    /// Make an account
    Create(AccountCreate),
    /// Name the open accounts
    List(AccountList),
    /// Print a link by which somebody chooses a new password
    Recover(AccountRecover),
    /// Close an account: nobody signs in with it any more
    Close(AccountClose),
}

#[derive(Debug, Args)]
struct AccountRecover {
    /// The collector's data folder
    #[arg(long, env = "ROOMREADY_DATA", value_name = "DIR")]
    data: PathBuf,
    /// Whose password was forgotten
    #[arg(long)]
    name: Title,
    /// Their phone is lost too: they set the second step up anew
    #[arg(long)]
    reset_second_step: bool,
    /// Where that collector listens
    #[arg(
        long,
        env = "ROOMREADY_LISTEN",
        default_value = "127.0.0.1:8480",
        value_name = "ADDR"
    )]
    listen: SocketAddr,
}

#[derive(Debug, Args)]
struct AccountClose {
    /// The collector's data folder
    #[arg(long, env = "ROOMREADY_DATA", value_name = "DIR")]
    data: PathBuf,
    /// Whose account
    #[arg(long)]
    name: Title,
}

#[derive(Debug, Args)]
struct AccountCreate {
    /// The collector's data folder
    #[arg(long, env = "ROOMREADY_DATA", value_name = "DIR")]
    data: PathBuf,
    /// The person's name, which they also sign in with
    #[arg(long)]
    name: Title,
    /// technician, school-coordinator, district-coordinator, auditor or administrator
    #[arg(long)]
    role: Role,
    /// A school of theirs, by its id; several for a technician
    #[arg(long, value_name = "ID")]
    school: Vec<SchoolId>,
}

#[derive(Debug, Args)]
struct AccountList {
    /// The collector's data folder
    #[arg(long, env = "ROOMREADY_DATA", value_name = "DIR")]
    data: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Enrollment {
    /// Print a new enrolment key for a school or a room, and the command that uses it
    New(EnrollmentNew),
    /// Show every enrolment key: where it lets in, how many more, until when, who made it
    List(EnrollmentList),
    /// End an enrolment key now. Devices that it let in stay
    Revoke(EnrollmentRevoke),
}

#[derive(Debug, Args)]
struct EnrollmentList {
    /// The collector's data folder
    #[arg(long, env = "ROOMREADY_DATA", value_name = "DIR")]
    data: PathBuf,
}

#[derive(Debug, Args)]
struct EnrollmentRevoke {
    /// The key's id, as `enrollment list` shows it
    #[arg(value_name = "KEY-ID")]
    key: KeyId,
    /// The collector's data folder
    #[arg(long, env = "ROOMREADY_DATA", value_name = "DIR")]
    data: PathBuf,
}

#[derive(Debug, Args)]
struct EnrollmentNew {
    /// The collector's data folder
    #[arg(long, env = "ROOMREADY_DATA", value_name = "DIR")]
    data: PathBuf,
    /// The school, by its id
    #[arg(long)]
    school: SchoolId,
    /// The room, by its id. Without one, the roster says the room of each device, by its serial number or name
    #[arg(long)]
    room: Option<RoomId>,
    /// How many devices may use the key
    #[arg(long, default_value_t = limits::ENROLMENT_KEY_USES, value_parser = clap::value_parser!(u32).range(1..=i64::from(limits::MOST_KEY_USES)))]
    uses: u32,
    /// For how many days the key works
    #[arg(long, default_value_t = ENROLMENT_KEY_DAYS, value_parser = clap::value_parser!(u32).range(1..=i64::from(limits::MOST_KEY_DAYS)))]
    days: u32,
    /// Write an enrolment file for device management here, instead of printing the key
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Where devices find the collector, in the order in which they try; more than one is allowed. Without it, where it
    /// was started
    #[arg(long, value_name = "URL", requires = "out")]
    address: Vec<CollectorAddress>,
    /// Certificates (PEM) which devices then trust alone. Without it, the collector's own CA where they meet it
    #[arg(long, value_name = "FILE", requires = "out")]
    ca: Option<PathBuf>,
    /// Replace an enrolment file that is there already
    #[arg(long, requires = "out")]
    force: bool,
    /// That collector's configuration, to see that the room exists
    #[arg(long, env = "ROOMREADY_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where that collector listens, for the printed command
    #[arg(
        long,
        env = "ROOMREADY_LISTEN",
        default_value = "127.0.0.1:8480",
        value_name = "ADDR"
    )]
    listen: SocketAddr,
}

#[derive(Debug, Subcommand)]
enum CaCommand {
    /// Print each CA of this collector, what it does, and the certificates that devices believe
    Show {
        /// The collector's data folder
        #[arg(long, env = "ROOMREADY_DATA", value_name = "DIR")]
        data: PathBuf,
    },
    /// Make a new CA that takes over in 30 days, while devices learn of it
    Renew {
        /// The collector's data folder
        #[arg(long, env = "ROOMREADY_DATA", value_name = "DIR")]
        data: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Print a sample with every key explained
    Print,
    /// Tell every fault of a file at once
    Check {
        /// The file
        file: PathBuf,
    },
}

/// What `main` does: parse, run, map the outcome to an exit code. 0 well, 1 failed, 2 usage or configuration.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Err(error) = telemetry::start_logs(&arguments.log, arguments.log_format) {
        return fail(&error, USAGE);
    }
    let outcome = match arguments.command {
        Command::Serve(serve) => serve::run(&serve),
        Command::SignInLink(link) => sign_in_link::run(&link),
        Command::Enrollment(command) => enrollment::run(&command),
        Command::Device(command) => device::run(&command),
        Command::Account(command) => account::run(&command),
        Command::Ca(command) => ca::run(&command),
        Command::Config(ConfigCommand::Print) => config_command::print(),
        Command::Config(ConfigCommand::Check { file }) => config_command::check(&file),
        Command::Backup(backup) => backup::run(&backup),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(error)) => fail(&*error, USAGE),
        Err(Failure::Failed(error)) => fail(&*error, 1),
    }
}

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// How a command did not work out.
#[derive(Debug)]
enum Failure {
    /// The caller can mend it: arguments or configuration.
    Usage(AnyError),
    /// Anything else.
    Failed(AnyError),
}

impl Failure {
    fn usage(error: impl Into<AnyError>) -> Self {
        Self::Usage(error.into())
    }

    fn failed(error: impl Into<AnyError>) -> Self {
        Self::Failed(error.into())
    }
}

fn fail(error: &(dyn std::error::Error + 'static), code: u8) -> ExitCode {
    eprintln!("roomready-collector: {}", with_causes(error));
    ExitCode::from(code)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_school_id_with_a_blank_is_refused_with_the_rule() {
        let error = Arguments::try_parse_from([
            "roomready-collector",
            "enrollment",
            "new",
            "--data",
            "d",
            "--school",
            "Lincoln MS",
            "--room",
            "101",
        ])
        .unwrap_err()
        .to_string();
        assert!(error.contains("lower-case letters"), "{error}");
    }
}
