//! A Windows of its own for each test: a fresh Wine prefix, with a registry and files as the test needs them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use roomready_tests::binaries::workspace;
use roomready_tests::process::{Finished, Launch};
use serde_json::Value;
use tempfile::TempDir;

/// Where `tests/windows` builds.
const BUILT: &str = "target/windows/x86_64-pc-windows-gnu/debug/roomready-agent.exe";
const STAND_IN: &str = "target/windows/stand-in.exe";
/// The profile that devices are judged by here.
const PROFILE: &str = "configs/profiles/testnav-2026-27.toml";
/// Where Wine keeps the drive C.
const DRIVE: &str = "drive_c";

/// One Windows; its programs end with it.
#[derive(Debug)]
pub struct Windows(TempDir);

impl Windows {
    /// A fresh one.
    pub async fn fresh() -> Self {
        let windows = Self(tempfile::tempdir().expect("a folder for Wine"));
        let made = windows.command("wineboot").arg("--init").run().await;
        assert_eq!(made.code(), Some(0), "Wine makes a Windows: {made:?}");
        windows
    }

    /// With what a file of this folder says in its registry.
    pub async fn with(self, registry: &str) -> Self {
        let file = workspace().join("tests/tests/windows").join(registry);
        let done = self
            .command("wine")
            .arg("regedit")
            .arg("/S")
            .arg(&file)
            .run()
            .await;
        assert_eq!(done.code(), Some(0), "{registry} is taken over: {done:?}");
        self
    }

    /// A file of drive C, by its path without the drive.
    pub fn file(&self, path: &str) -> PathBuf {
        self.0.path().join(DRIVE).join(path)
    }

    /// Puts the stand-in of a test app there.
    pub fn install(&self, path: &str) -> PathBuf {
        let place = self.file(path);
        std::fs::create_dir_all(place.parent().expect("a folder")).expect("drive C takes folders");
        std::fs::copy(workspace().join(STAND_IN), &place).expect("tests/windows has built it");
        place
    }

    /// A Windows program, or one of Wine's own.
    pub fn command(&self, program: &str) -> Launch {
        Launch::command(program)
            .env("WINEPREFIX", self.0.path())
            .env("WINEDEBUG", "-all")
            .env("WINEDLLOVERRIDES", "mscoree=;mshtml=")
    }

    /// The agent.
    pub fn agent(&self, command: &str) -> Launch {
        self.command("wine").arg(workspace().join(BUILT)).arg(command)
    }

    /// Everything that `check` reads and says.
    pub async fn check(&self) -> Checked {
        let profile = workspace().join(PROFILE);
        let done = self
            .agent("check")
            .arg("--profile")
            .arg(profile)
            .arg("--json")
            .run()
            .await;
        Checked(serde_json::from_str(&done.stdout).unwrap_or_else(|fault| panic!("{fault}: {done:?}")))
    }
}

impl Drop for Windows {
    fn drop(&mut self) {
        // The server of this prefix alone; with it go the programs that run in it.
        let stopped = std::process::Command::new("wineserver")
            .arg("-k")
            .env("WINEPREFIX", self.0.path())
            .status();
        if !stopped.is_ok_and(|status| status.code().is_some()) {
            eprintln!("the Wine server of {} may still run", self.0.path().display());
        }
    }
}

/// What `check --json` said.
#[derive(Debug)]
pub struct Checked(Value);

impl Checked {
    /// A reading that was measured.
    pub fn measured(&self, fact: &str) -> &Value {
        self.0
            .pointer(&format!("/facts/{fact}/outcome/measured"))
            .unwrap_or_else(|| panic!("{fact} is not measured: {}", self.outcome(fact)))
    }

    /// A reading, however it went.
    pub fn outcome(&self, fact: &str) -> &Value {
        self.0
            .pointer(&format!("/facts/{fact}/outcome"))
            .unwrap_or_else(|| panic!("{fact} was not read: {}", self.0))
    }

    /// The verdict of a rule, with what it says was measured.
    pub fn finding(&self, rule: &str) -> (&str, &str) {
        let findings = self.0["findings"].as_array().expect("a list of findings");
        let found = findings.iter().find(|finding| finding["rule"] == rule);
        let found = found.unwrap_or_else(|| panic!("no finding {rule}: {}", self.0));
        let text = |key: &str| found[key].as_str().unwrap_or_default();
        (text("verdict"), text("measured"))
    }
}

/// A path of Linux as programs under Wine see it.
pub fn seen_from_windows(path: &Path) -> String {
    format!("Z:{}", path.display()).replace('/', "\\")
}

/// What a person sees at once.
pub const AT_ONCE: Duration = Duration::from_secs(1);

/// For commands that are run for their output alone.
pub fn assert_went_well(done: &Finished) {
    assert_eq!(done.code(), Some(0), "{done:?}");
}
