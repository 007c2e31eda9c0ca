//! The real agent on this machine, and a test app that it can see.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use uuid::Uuid;

use crate::process::{Finished, Launch, Program};
use crate::school::TestSchool;

const AGENT: &str = "roomready-agent";

/// An agent's data folder: who it is. It may be started, killed and started again.
#[derive(Debug)]
pub struct AgentHome(TempDir);

/// How often a machine that is busy with other tests may be too slow for an enrolment.
const ENROLMENT_TRIES: u32 = 3;

impl AgentHome {
    /// A folder in which nobody has enrolled yet.
    ///
    /// # Panics
    ///
    /// When no folder can be made.
    #[must_use]
    pub fn empty() -> Self {
        Self(tempfile::tempdir().expect("a folder for the agent"))
    }

    /// This machine, enrolled in a room of a school under the name of a roster entry.
    pub async fn enrolled(school: &TestSchool, room: &str, name: &str) -> Self {
        let home = Self::empty();
        let key = school.enrolment_key(room, ENROLMENT_TRIES).await;
        let mut tries = 1;
        loop {
            let enrolled = home.enroll(&school.url(""), &key, name).await;
            if enrolled.code() == Some(0) {
                return home;
            }
            // A person whose collector did not answer in time runs it again; a device that was taken meanwhile stays one.
            let late = enrolled.stderr.contains("no answer in time");
            assert!(late && tries < ENROLMENT_TRIES, "{name} enrols: {enrolled:?}");
            tries += 1;
        }
    }

    /// Runs `enroll` here, whatever comes of it.
    pub async fn enroll(&self, collector: &str, key: &str, name: &str) -> Finished {
        self.command("enroll")
            .args(["--collector", collector, "--key", key, "--name", name])
            .run()
            .await
    }

    /// The agent's data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    /// A command of the agent with this data folder.
    #[must_use]
    pub fn command(&self, name: &str) -> Launch {
        Launch::binary(AGENT).arg(name).arg("--data").arg(self.data())
    }

    /// The running agent.
    #[must_use]
    pub fn run(&self) -> Program {
        self.command("run").start()
    }
}

/// `roomready-agent check` on this machine.
#[must_use]
pub fn check() -> Launch {
    Launch::binary(AGENT).arg("check")
}

/// A program that passes for a test app: a shell under a name that no other program on this machine has.
#[derive(Debug)]
pub struct TestApp {
    folder: TempDir,
    name: String,
}

impl TestApp {
    /// Installs it under a name of its own.
    ///
    /// # Panics
    ///
    /// When it cannot be put down.
    #[must_use]
    pub fn install() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test app");
        // The kernel keeps 15 letters of a program's name.
        let name = format!("tp-{}", &Uuid::new_v4().simple().to_string()[..12]);
        // A link and not a copy: a program whose file was just written may be "busy" while another test forks.
        std::os::unix::fs::symlink("/bin/sh", folder.path().join(&name)).expect("a link in a fresh folder");
        Self { folder, name }
    }

    /// The name of its process.
    #[must_use]
    pub fn process(&self) -> &str {
        &self.name
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(&self.name)
    }

    /// Opens it. [`Program::stop`] closes it as a student does, [`Program::kill`] crashes it.
    #[must_use]
    pub fn open(&self) -> Program {
        let script = "trap 'exit 0' TERM; while :; do sleep 0.2; done";
        Launch::command(self.path()).args(["-c", script]).start()
    }
}

/// Whether this kernel tells a stranger how a program ended (Linux 6.15 and later). An older one leaves it open whether
/// an app crashed or was closed.
///
/// # Panics
///
/// Where the kernel does not say which one it is.
#[must_use]
pub fn kernel_tells_how_programs_end() -> bool {
    let release =
        std::fs::read_to_string(Path::new("/proc/sys/kernel/osrelease")).expect("Linux says which one it is");
    let mut numbers = release
        .split(|letter: char| !letter.is_ascii_digit())
        .map(|digits| digits.parse::<u32>().unwrap_or(0));
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    version >= (6, 15)
}
