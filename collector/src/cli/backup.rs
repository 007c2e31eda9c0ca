//! `backup`: a key, a backup, a look at one, a restore.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::Failure;
use crate::backup::{self, BackupError, Keys, Verified};
use crate::clock::{Clock as _, SystemClock};

#[derive(Debug, Subcommand)]
pub(super) enum Backup {
    /// Make a key for backups, and print its public part
    Key(Key),
    /// Make a backup, while the collector runs or not
    Make(Make),
    /// See whether a backup is whole and good
    Verify(Verify),
    /// Put a backup in place as a new data folder
    Restore(Restore),
}

#[derive(Debug, Args)]
pub(super) struct Key {
    /// Where the key goes: a new file. Keep it off the collector's computer
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Make {
    /// The backup: a new file
    file: PathBuf,
    /// The collector's data folder
    #[arg(long, env = "ROOMREADY_DATA", value_name = "DIR")]
    data: PathBuf,
    /// Public key (age1…) whose holder can open the backup; more than one is allowed
    #[arg(long, value_name = "KEY", required = true)]
    to: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The backup
    file: PathBuf,
    /// The key file that `backup key` wrote
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// Where it is unpacked for the look, and removed again; it needs as much room as the data. Without it, the
    /// system's folder for such things
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The backup
    file: PathBuf,
    /// The key file that `backup key` wrote
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// The new data folder: empty, or not there yet
    #[arg(long, env = "ROOMREADY_DATA", value_name = "DIR")]
    data: PathBuf,
}

pub(super) fn run(command: &Backup) -> Result<(), Failure> {
    let clock = SystemClock::start();
    match command {
        Backup::Key(Key { out }) => {
            let public = backup::make_key(out, clock.wall()).map_err(failure)?;
            println!("public key of the backups: {public}");
            println!(
                "{} opens every backup made for it, and nothing else does. Keep it in two places, neither of them the \
                 collector's computer.",
                out.display()
            );
        }
        Backup::Make(Make { file, data, to }) => {
            let to = backup::recipients(to).map_err(failure)?;
            let made = backup::make(data, file, &to, clock.wall()).map_err(failure)?;
            println!(
                "{} is whole: {} bytes, {} files, {} entries of the record. SHA-256 {}",
                file.display(),
                made.bytes,
                made.manifest.files.len(),
                made.manifest.entries,
                made.sha256
            );
            if !made.manifest.has_settings() {
                println!(
                    "The data folder holds no collector.toml: settings that `serve` is given with --config are not in this \
                     backup. Keep a copy of them."
                );
            }
        }
        Backup::Verify(Verify {
            file,
            identity,
            scratch,
        }) => {
            let keys = Keys::read(identity).map_err(failure)?;
            let scratch = scratch.clone().unwrap_or_else(std::env::temp_dir);
            let verified = backup::verify(file, &keys, &scratch).map_err(failure)?;
            println!("{} is whole and good.", file.display());
            tell(&verified);
        }
        Backup::Restore(Restore { file, identity, data }) => {
            let keys = Keys::read(identity).map_err(failure)?;
            let restored = backup::restore(file, &keys, data, clock.wall()).map_err(failure)?;
            println!("{} is in its place.", data.display());
            tell(&restored.verified);
            println!(
                "The record goes on from there; that it was restored is its entry {}. What happened between the backup and \
                 now is not in it.",
                restored.entry
            );
            println!("Start it with: {}", start(&restored.verified, data));
        }
    }
    Ok(())
}

fn tell(verified: &Verified) {
    let Verified { manifest, contents } = verified;
    println!(
        "Made {} by RoomReady {}, district {}.",
        manifest.made_at, manifest.collector, manifest.district
    );
    println!("Every byte is as it was sealed, and every file has the size and digest that its list names:");
    for file in &manifest.files {
        println!("  {} ({} bytes)", file.name, file.bytes);
    }
    let last = contents
        .last_entry
        .map_or_else(String::new, |at| format!(", the last one of {at}"));
    println!(
        "The database is sound and of layout {}. The record has its entries 1 to {} without a gap{last}, and still \
         refuses to change one.",
        contents.layout, contents.entries
    );
    println!("Devices: {}. Their records: {}.", contents.devices, contents.news);
}

fn start(verified: &Verified, data: &Path) -> String {
    let settings = if verified.manifest.has_settings() {
        ""
    } else {
        " --config FILE"
    };
    format!("roomready-collector serve --data {}{settings}", data.display())
}

/// What the caller can mend by other arguments is usage.
fn failure(error: BackupError) -> Failure {
    match error {
        BackupError::There(_)
        | BackupError::NotEmpty(_)
        | BackupError::Mount { .. }
        | BackupError::NotARecipient { .. }
        | BackupError::NotAKey(_)
        | BackupError::ManyKeys(_)
        | BackupError::WrongKey => Failure::usage(error),
        _ => Failure::failed(error),
    }
}
