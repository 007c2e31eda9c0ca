//! Flags and environment, as typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use roomready_agent::uplink::CollectorAddress;

/// Shows notices on a computer of the staff when something goes wrong in your rooms, or somebody asks for help. Never for a
/// student's device: the collector refuses those.
///
/// Exit codes: 0 all well, 10 no contact, 30 not signed in, 2 usage, configuration, or a computer on which nothing may show.
#[derive(Debug, Parser)]
#[command(name = "roomready-watch", version, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Let this computer show notices for you: you confirm it in your browser.
    SignIn {
        /// The collector's address, as your browser shows it.
        #[arg(value_name = "URL", env = "ROOMREADY_WATCH_COLLECTOR")]
        url: CollectorAddress,
    },
    /// Show notices until stopped.
    Run,
    /// Say whether this computer is signed in, and whether the collector answers.
    Status,
    /// End this computer's sign-in, here and at the collector.
    SignOut,
}

#[derive(Debug, Args)]
pub(super) struct Common {
    /// Where the sign-in is kept, instead of the folder for settings of your account.
    #[arg(long, value_name = "DIR", env = "ROOMREADY_WATCH_FOLDER", global = true)]
    folder: Option<PathBuf>,
    /// What this computer is called in the district's roster, instead of its own name.
    #[arg(long, value_name = "NAME", env = "ROOMREADY_WATCH_COMPUTER", global = true)]
    pub(super) computer: Option<String>,
    /// How much to say on standard error.
    #[arg(long, value_name = "LEVEL", env = "ROOMREADY_WATCH_LOG", default_value = "warn", global = true,
          value_parser = ["error", "warn", "info", "debug", "trace"])]
    pub(super) log: String,
    #[arg(long, hide = true, env = "XDG_CONFIG_HOME", value_name = "DIR", global = true)]
    config_home: Option<PathBuf>,
    #[arg(long, hide = true, env = "HOME", value_name = "DIR", global = true)]
    home: Option<PathBuf>,
    #[arg(long, hide = true, env = "APPDATA", value_name = "DIR", global = true)]
    app_data: Option<PathBuf>,
}

impl Common {
    /// The folder in which the sign-in is kept.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        let named = |folder: &Option<PathBuf>| folder.clone().filter(|folder| folder.is_absolute());
        self.folder
            .clone()
            .or_else(|| named(&self.app_data).map(|folder| folder.join("RoomReady")))
            .or_else(|| named(&self.config_home).map(|folder| folder.join("roomready")))
            .or_else(|| named(&self.home).map(|folder| folder.join(".config").join("roomready")))
    }
}
