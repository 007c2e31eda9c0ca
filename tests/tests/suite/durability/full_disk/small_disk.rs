//! A disk that a test can fill and empty, with a collector on it.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::AsRawFd as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use roomready_shared::facts::Platform;
use roomready_tests::binaries::binary;
use roomready_tests::process::{Launch, Program, url_in};
use roomready_tests::school::{Plan, Record, SCHOOL, Staff};
use roomready_tests::wait::PATIENCE;
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use tempfile::TempDir;

/// Room for a database and a little more.
const DISK: &str = "6m";
const DATABASE: &str = "roomready.sqlite3";

/// A collector on it.
pub(super) struct SmallDisk {
    collector: Program,
    address: String,
    key: String,
    means: Means,
    folder: TempDir,
}

/// How the disk is made small.
enum Means {
    /// A file system in memory that only the collector sees; held open, it can be read after the collector's end.
    OwnDisk(File),
    /// Where the system permits no mount: files that may not grow any more, which SQLite meets at the same places.
    Limit,
}

/// Run by a shell: `$0` the disk's size, or nothing; `$1` the collector; `$2` the folder; `$3` its settings; `$4` the
/// school. The key is made in there too, since only the collector's own family sees the disk; it needs the data folder
/// that the collector makes.
const SCRIPT: &str = r#"
trap '' XFSZ
if [ -n "$0" ]; then mount -t tmpfs -o size="$0" none "$2" || exit 1; fi
(until "$1" account create --name Tess --role technician --school "$4" --data "$2/data" >/dev/null 2>&1; do sleep 0.1; done
until "$1" sign-in-link --data "$2/data" --listen 127.0.0.1:1 2>/dev/null; do sleep 0.1; done) &
(until "$1" enrollment new --school "$4" --room 101 --data "$2/data" 2>/dev/null; do sleep 0.1; done) &
exec "$1" serve --data "$2/data" --listen 127.0.0.1:0 --config "$3"
"#;

impl SmallDisk {
    pub(super) async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = Plan::testing_room("101")
            .seat("101", "1", "LAPTOP-1", Platform::Windows)
            .write(folder.path());
        let disk = folder.path().join("disk");
        std::fs::create_dir(&disk).expect("a place for the disk");
        let mounts = may_mount();
        let (shell, size) = if mounts {
            let unshare = Launch::command("/usr/bin/unshare");
            (
                unshare.args(["--user", "--map-root-user", "--mount", "/bin/sh"]),
                DISK,
            )
        } else {
            (Launch::command("/bin/sh"), "")
        };
        let collector = shell
            .args(["-c", SCRIPT, size])
            .arg(binary("roomready-collector"))
            .arg(&disk)
            .arg(config)
            .arg(SCHOOL)
            .start();
        let key = collector
            .wait_for("the enrolment key", PATIENCE, |line| {
                line.strip_prefix("enrollment key for")?
                    .rsplit_once(": ")
                    .map(|(_, key)| key.to_owned())
            })
            .await;
        let address = collector
            .wait_for("its address", PATIENCE, |line| {
                line.strip_prefix("listening on http://").map(str::to_owned)
            })
            .await;
        let means = if mounts {
            let seen = format!("/proc/{}/root{}", collector.pid(), disk.join("data").display());
            Means::OwnDisk(File::open(seen).expect("the disk is seen through the process that has it"))
        } else {
            Means::Limit
        };
        Self {
            collector,
            address,
            key,
            means,
            folder,
        }
    }

    /// Somebody of the staff, signed in.
    pub(super) async fn staff(&self) -> Staff {
        let link = self
            .collector
            .wait_for("a sign-in link", PATIENCE, |line| {
                line.contains("sign-in as").then(|| url_in(line)).flatten()
            })
            .await;
        // Made before the collector's port was known.
        Staff::sign_in(&link.replace("127.0.0.1:1/", &format!("{}/", self.address))).await
    }

    pub(super) fn collector(&self) -> &Program {
        &self.collector
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// The collector's data folder, as this process reaches it.
    fn data(&self) -> PathBuf {
        match &self.means {
            Means::OwnDisk(folder) => PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd())),
            Means::Limit => self.folder.path().join("disk/data"),
        }
    }

    /// Leaves not one byte.
    pub(super) fn fill(&self) {
        match &self.means {
            Means::OwnDisk(_) => {
                let mut file = File::create(self.filler()).expect("a file on the small disk");
                for size in [64 * 1024, 4 * 1024, 64, 1] {
                    let block = vec![0_u8; size];
                    while file.write_all(&block).is_ok() {}
                }
            }
            Means::Limit => self.files_may_grow_to(Some(4_096)),
        }
    }

    pub(super) fn free(&self) {
        match &self.means {
            Means::OwnDisk(_) => std::fs::remove_file(self.filler()).expect("the filler goes"),
            Means::Limit => self.files_may_grow_to(None),
        }
    }

    fn filler(&self) -> PathBuf {
        self.data().join("filler")
    }

    fn files_may_grow_to(&self, bytes: Option<u64>) {
        let pid = i32::try_from(self.collector.pid()).ok().and_then(Pid::from_raw);
        let limit = Rlimit {
            current: bytes,
            maximum: None,
        };
        prlimit(pid, Resource::Fsize, limit).expect("our own child's limits may be set");
    }

    /// What a device is told.
    pub(super) fn words_for_devices(&self) -> &'static str {
        match self.means {
            Means::OwnDisk(_) => "the collector's disk is full; nothing was taken, keep it and try again",
            Means::Limit => "the collector cannot store now; nothing was taken, keep it and try again",
        }
    }

    /// What whoever runs the collector is told.
    pub(super) fn words_for_the_log(&self) -> &'static str {
        match self.means {
            Means::OwnDisk(_) => "is full; free some space",
            Means::Limit => "does not work",
        }
    }

    /// What the file holds after the collector has ended. SQLite wants a path of its own, so it gets a copy.
    pub(super) fn record(&self, copy: &Path) -> Record {
        std::fs::copy(self.data().join(DATABASE), copy.join(DATABASE)).expect("the database can be copied");
        Record::open(copy)
    }
}

fn may_mount() -> bool {
    let tried = Command::new("/usr/bin/unshare")
        .args([
            "--user",
            "--map-root-user",
            "--mount",
            "mount",
            "-t",
            "tmpfs",
            "none",
            "/mnt",
        ])
        .status();
    tried.is_ok_and(|status| status.success())
}
