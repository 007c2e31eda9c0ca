//! Flags and environment, as typed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use roomready_shared::ids::DeviceName;

use crate::config::Overrides;
use crate::places::Places;
use crate::uplink::CollectorAddress;

/// Reads this testing device, judges it against its requirements, and reports to the collector. Shows nothing, ever.
#[derive(Debug, Parser)]
#[command(name = "roomready-agent", version, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read this machine once and say whether it is ready.
    Check(CheckArguments),
    /// Make this device known to a collector.
    Enroll(EnrollArguments),
    /// Watch this device and report until stopped.
    Run(RunArguments),
    /// Say what the agent can and cannot read here, why, and what would help.
    Doctor(DoctorArguments),
    /// Say whether the agent runs here, and how it is.
    Status(StatusArguments),
    /// Show exactly what would be sent to the collector.
    Report(ReportArguments),
    /// Install the agent as a service of this system, or remove it without a trace.
    #[command(subcommand)]
    Service(ServiceCommand),
    /// Show the settings in force, and where each comes from.
    Config(ConfigArguments),
    /// Print what makes a shell complete these commands.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write one for each command.
    Man {
        /// Write them into this folder.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

/// Disturbs no running agent. Exit codes: 0 all well, 10 something worth a look, 2 usage or configuration.
#[derive(Debug, Args)]
pub(super) struct DoctorArguments {
    /// Requirements to look by, instead of those of this device's room.
    #[arg(long, value_name = "FILE")]
    pub(super) profile: Option<PathBuf>,
    /// Print JSON instead.
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) settings: SettingsArguments,
}

/// Exit codes: 0 running and in contact, 10 running with trouble, 30 not running, 2 usage or configuration.
#[derive(Debug, Args)]
pub(super) struct StatusArguments {
    /// Print JSON instead.
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) settings: SettingsArguments,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct ConfigArguments {
    #[command(subcommand)]
    pub(super) command: Option<ConfigCommand>,
    #[command(flatten)]
    pub(super) settings: SettingsArguments,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Say whether a settings file is sound; every mistake at once, with its line.
    Check {
        /// The file.
        file: PathBuf,
    },
}

/// Exit codes: 0 ready, 10 attention, 20 not ready, 30 unknown, 2 usage or configuration.
#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// Requirements to judge by, such as configs/profiles/testnav-2026-27.toml.
    #[arg(long, value_name = "FILE")]
    pub(super) profile: Option<PathBuf>,
    /// The district's rules, laid over the requirements.
    #[arg(long, value_name = "FILE", requires = "profile")]
    pub(super) policy: Option<PathBuf>,
    /// Collector to try the way to, and to compare the clock with.
    #[arg(long, value_name = "URL", env = "ROOMREADY_AGENT_COLLECTOR")]
    pub(super) collector: Option<CollectorAddress>,
    /// Print JSON (described by configs/schema/check.schema.json) instead of a table.
    #[arg(long)]
    pub(super) json: bool,
    /// When the session ends, for the battery: 11:30 today, or 2026-10-06T11:30:00-05:00.
    #[arg(long, value_name = "TIME")]
    pub(super) session_ends: Option<String>,
    /// Colour in the table.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: Color,
    /// Anything but empty: no colour unless it is asked for.
    #[arg(long, env = "NO_COLOR", hide = true, value_name = "TEXT")]
    pub(super) no_color: Option<OsString>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// When the output is a terminal.
    Auto,
    Always,
    Never,
}

#[derive(Debug, Args)]
pub(super) struct SettingsArguments {
    /// Settings file (see configs/agent.example.toml), instead of the installed one.
    #[arg(long, value_name = "FILE", env = "ROOMREADY_AGENT_CONFIG")]
    config: Option<PathBuf>,
    /// Data folder.
    #[arg(long, value_name = "DIR", env = "ROOMREADY_AGENT_DATA")]
    data: Option<PathBuf>,
    /// Collector.
    #[arg(long, value_name = "URL", env = "ROOMREADY_AGENT_COLLECTOR")]
    collector: Option<CollectorAddress>,
    /// What to log: error, warn, info, debug or trace.
    #[arg(long, value_name = "LEVEL", env = "ROOMREADY_AGENT_LOG", value_parser = ["error", "warn", "info", "debug", "trace"])]
    log: Option<String>,
}

impl SettingsArguments {
    /// The settings file: the one named, else the installed one where there is one.
    pub(super) fn file(&self) -> Option<PathBuf> {
        self.config.clone().or_else(|| {
            let installed = Path::new(Places::here().settings);
            installed.is_file().then(|| installed.to_owned())
        })
    }

    pub(super) fn overrides(&self) -> Overrides {
        Overrides {
            data: self.data.clone(),
            collector: self.collector.clone(),
            enrolment: None,
            log: self.log.clone(),
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct EnrollArguments {
    /// The room's enrolment key.
    #[arg(long, value_name = "KEY", env = "ROOMREADY_AGENT_KEY", hide_env_values = true)]
    pub(super) key: Option<String>,
    /// Enrolment file, instead of key and collector. A device that is enrolled already stays as it is.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "collector"])]
    pub(super) file: Option<PathBuf>,
    /// With --file: enrol even if this device is enrolled already.
    #[arg(long, requires = "file")]
    pub(super) again: bool,
    /// What people call this device; its host name when left out. Give one where host names carry people's names.
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<DeviceName>,
    #[command(flatten)]
    pub(super) settings: SettingsArguments,
}

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// Enrolment file, by which a device that is not enrolled enrols itself at its first start.
    #[arg(long, value_name = "FILE", env = "ROOMREADY_AGENT_ENROLMENT")]
    pub(super) enrolment: Option<PathBuf>,
    /// Started by the service manager of Windows.
    #[arg(long, hide = true)]
    pub(super) service: bool,
    #[command(flatten)]
    pub(super) settings: SettingsArguments,
}

#[derive(Debug, Subcommand)]
pub(super) enum ServiceCommand {
    /// Put the agent down and start it. Asks nothing; doing it again brings what is newer.
    Install(InstallArguments),
    /// Stop the agent and remove all that was put down, with its data.
    Uninstall(UninstallArguments),
    /// Say whether the service is installed and runs.
    ///
    /// Exit codes: 0 installed and running, 10 installed and not running, 30 not installed.
    Status {
        /// A folder that stands for the system.
        #[arg(long, value_name = "DIR")]
        root: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(super) struct InstallArguments {
    /// Enrolment file by which the service makes this device known.
    #[arg(long, value_name = "FILE")]
    pub(super) enrolment: Option<PathBuf>,
    /// Settings file to start from; see configs/agent.example.toml.
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Data folder other than the usual one; on Linux directly in /var/lib.
    #[arg(long, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
    /// Linux: let the service look into closed home folders, to count answers that wait there.
    #[arg(long)]
    pub(super) read_homes: bool,
    /// Put everything below this folder instead, and start nothing.
    #[arg(long, value_name = "DIR")]
    pub(super) root: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct UninstallArguments {
    /// Keep who this device is and what waits to be sent.
    #[arg(long)]
    pub(super) keep_data: bool,
    /// A folder that stands for the system.
    #[arg(long, value_name = "DIR")]
    pub(super) root: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    /// Print it and send nothing.
    #[arg(long, required = true)]
    pub(super) print: bool,
    #[command(flatten)]
    pub(super) settings: SettingsArguments,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_are_sound() {
        use clap::CommandFactory as _;
        Arguments::command().debug_assert();
    }
}
