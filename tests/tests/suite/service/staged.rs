//! In a folder that stands for the system: what is put down, how it runs from there, and that nothing is left.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use roomready_tests::process::{Finished, Launch, Program};
use roomready_tests::school::{Plan, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};
use serde_json::Value;
use tempfile::TempDir;

use super::tree::tree;

const UNIT: &str = "etc/systemd/system/roomready-agent.service";

/// A root with the folders that every Linux has.
pub(super) struct Root(TempDir);

impl Root {
    pub(super) fn new() -> Self {
        let root = tempfile::tempdir().expect("a folder for the root");
        for folder in ["etc/systemd/system", "etc/sysusers.d", "usr/local/bin", "var/lib"] {
            std::fs::create_dir_all(root.path().join(folder)).expect("a fresh folder");
        }
        // Something of somebody else's, which must stay.
        std::fs::write(root.path().join("etc/sysusers.d/other.conf"), "u other\n").expect("a file");
        Self(root)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) async fn service(&self, command: &str, more: &[&str]) -> Finished {
        Launch::binary("roomready-agent")
            .args(["service", command, "--root"])
            .arg(self.path())
            .args(more.iter().copied())
            .run()
            .await
    }

    fn tree(&self) -> BTreeMap<String, String> {
        tree(self.path())
    }

    /// A path of the system, below this root.
    fn at(&self, path: &str) -> PathBuf {
        self.path().join(path.trim_start_matches('/'))
    }

    /// The program and its arguments, as the unit starts them, led below this root.
    fn exec_start(&self) -> (PathBuf, Vec<PathBuf>) {
        let unit = std::fs::read_to_string(self.at(UNIT)).expect("the unit");
        let line = unit
            .lines()
            .find_map(|line| line.strip_prefix("ExecStart="))
            .expect("a unit starts something");
        let mut words = line.split_whitespace();
        let program = self.at(words.next().expect("a program"));
        let arguments = words.map(|word| {
            if word.starts_with('/') {
                self.at(word)
            } else {
                word.into()
            }
        });
        (program, arguments.collect())
    }

    /// The service's program with a command. The settings file names paths of the system; flags lead them below here.
    fn command(&self, arguments: impl IntoIterator<Item = PathBuf>) -> Launch {
        let (program, _) = self.exec_start();
        Launch::command(program)
            .args(arguments)
            .arg("--data")
            .arg(self.at("/var/lib/roomready-agent"))
    }

    fn run(&self) -> Program {
        let (_, arguments) = self.exec_start();
        self.command(arguments)
            .env(
                "ROOMREADY_AGENT_ENROLMENT",
                self.at("/var/lib/roomready-agent/enrolment.toml"),
            )
            .start()
    }

    async fn status(&self) -> (Option<i32>, Value, String) {
        let words = |more: &[&str]| {
            let settings = self.at("/etc/roomready-agent/agent.toml");
            let words = [PathBuf::from("status"), "--config".into(), settings];
            words
                .into_iter()
                .chain(more.iter().map(PathBuf::from))
                .collect::<Vec<_>>()
        };
        let told = self.command(words(&["--json"])).run().await;
        let json = serde_json::from_str(&told.stdout).unwrap_or_else(|fault| panic!("{fault}: {told:?}"));
        let page = self.command(words(&[])).run().await;
        (told.code(), json, page.stdout)
    }

    async fn status_becomes(&self, what: &str, code: i32) -> (Value, String) {
        wait_until(what, PATIENCE, async || {
            let (now, json, page) = self.status().await;
            if now == Some(code) {
                Ok((json, page))
            } else {
                Err(format!("{now:?}\n{page}"))
            }
        })
        .await
    }
}

/// An enrolment file for a room of a school.
pub(super) async fn enrolment_file(school: &TestSchool, room: &str, folder: &Path) -> PathBuf {
    let key = school.enrolment_key(room, 3).await;
    let text = format!("collectors = [{:?}]\nkey = {key:?}\n", school.url(""));
    let file = folder.join("enrolment.toml");
    std::fs::write(&file, text).expect("a file");
    file
}

#[tokio::test]
async fn an_agent_that_is_removed_leaves_nothing_behind() {
    let root = Root::new();
    let before = root.tree();
    let folder = tempfile::tempdir().expect("a folder");
    let enrolment = folder.path().join("enrolment.toml");
    let key = "a".repeat(64);
    std::fs::write(
        &enrolment,
        format!("collectors = [\"https://c.example\"]\nkey = \"{key}\"\n"),
    )
    .expect("a file");
    let enrolment = enrolment.to_str().expect("a plain name");
    for round in ["first", "again"] {
        let installed = root.service("install", &["--enrolment", enrolment]).await;
        assert_eq!(installed.code(), Some(0), "{round}: {installed:?}");
        assert!(
            !installed.stdout.contains(&key) && !installed.stderr.contains(&key),
            "a secret"
        );
    }

    let mut added = root.tree();
    added.retain(|path, _| !before.contains_key(path));
    let wanted = [
        ("etc/roomready-agent", "folder 755"),
        ("etc/roomready-agent/agent.toml", "file 644"),
        ("etc/systemd/system/multi-user.target.wants", "folder 755"),
        (
            "etc/systemd/system/multi-user.target.wants/roomready-agent.service",
            "link -> /etc/systemd/system/roomready-agent.service",
        ),
        (UNIT, "file 644"),
        ("etc/sysusers.d/roomready-agent.conf", "file 644"),
        ("usr/local/bin/roomready-agent", "file 755"),
        ("var/lib/roomready-agent", "folder 700"),
        ("var/lib/roomready-agent/enrolment.toml", "file 600"),
    ];
    let wanted: BTreeMap<String, String> = wanted.map(|(path, what)| (path.into(), what.into())).into();
    assert_eq!(added, wanted);
    assert_eq!(
        root.service("status", &[]).await.code(),
        Some(10),
        "put down, and nothing runs there"
    );

    let kept = root.service("uninstall", &["--keep-data"]).await;
    assert_eq!(kept.code(), Some(0), "{kept:?}");
    let mut left = root.tree();
    left.retain(|path, _| !before.contains_key(path));
    assert!(
        left.keys()
            .all(|path| path.starts_with("var/lib/roomready-agent"))
            && left.len() == 2,
        "its data, and nothing else: {left:?}"
    );
    let removed = root.service("uninstall", &[]).await;
    assert_eq!(
        removed.code(),
        Some(0),
        "removing what is hardly there is fine: {removed:?}"
    );
    assert_eq!(root.tree(), before);
    assert_eq!(root.service("status", &[]).await.code(), Some(30));
}

#[tokio::test]
async fn a_silently_installed_agent_enrols_by_itself_and_says_how_it_is() {
    let school = TestSchool::start(&Plan::testing_room("101")).await;
    let folder = tempfile::tempdir().expect("a folder");
    let enrolment = enrolment_file(&school, "101", folder.path()).await;
    let root = Root::new();
    let before = root.tree();
    let enrolment = enrolment.to_str().expect("a plain name");
    let installed = root.service("install", &["--enrolment", enrolment]).await;
    assert_eq!(installed.code(), Some(0), "{installed:?}");
    let (code, _, page) = root.status().await;
    assert_eq!(code, Some(30), "not started yet");
    assert!(page.contains("NOT RUNNING"), "{page}");

    let agent = root.run();
    let (told, page) = root.status_becomes("an agent in contact", 0).await;
    assert_eq!(told["standing"], "in_contact");
    assert_eq!(told["said"]["pid"], agent.pid());
    assert!(
        page.contains("running, in contact") && page.contains(school.address()),
        "{page}"
    );
    let settled = wait_until("the room that it is expected in", PATIENCE, async || {
        let (_, told, page) = root.status().await;
        if told["said"]["assignment"]["room"]["room"] == "101" {
            Ok(page)
        } else {
            Err(page)
        }
    })
    .await;
    assert!(settled.contains("students test"), "{settled}");

    school.kill().await;
    let (told, page) = root.status_becomes("an agent without its collector", 10).await;
    assert_eq!(told["standing"], "trouble");
    assert!(
        page.contains("OUT OF CONTACT") && page.contains("cannot be reached"),
        "{page}"
    );
    assert!(page.contains("Nothing is lost"), "{page}");

    assert_eq!(agent.stop().await.code(), Some(0));
    let (code, told, page) = root.status().await;
    assert_eq!(code, Some(30));
    assert_eq!(told["standing"], "ended");
    assert!(page.contains("somebody stopped it"), "{page}");
    assert_eq!(root.service("uninstall", &[]).await.code(), Some(0));
    assert_eq!(root.tree(), before);
}

#[tokio::test]
async fn an_agent_that_was_killed_is_not_taken_for_one_that_runs() {
    let school = TestSchool::start(&Plan::testing_room("101")).await;
    let folder = tempfile::tempdir().expect("a folder");
    let enrolment = enrolment_file(&school, "101", folder.path()).await;
    let root = Root::new();
    let enrolment = enrolment.to_str().expect("a plain name");
    root.service("install", &["--enrolment", enrolment]).await;
    let agent = root.run();
    root.status_becomes("an agent in contact", 0).await;
    agent.kill().await;
    let (code, told, page) = root.status().await;
    assert_eq!(code, Some(30));
    assert_eq!(told["standing"], "vanished");
    assert!(page.contains("without a goodbye"), "{page}");
}

#[tokio::test]
async fn an_agent_whose_collector_forgot_it_says_so_and_keeps_everything() {
    let school = TestSchool::start(&Plan::testing_room("101")).await;
    let folder = tempfile::tempdir().expect("a folder");
    let enrolment = enrolment_file(&school, "101", folder.path()).await;
    let root = Root::new();
    let enrolment = enrolment.to_str().expect("a plain name");
    root.service("install", &["--enrolment", enrolment]).await;
    let first = root.run();
    root.status_becomes("an agent in contact", 0).await;
    first.stop().await;
    let identity = root.at("/var/lib/roomready-agent/identity.toml");
    let text = std::fs::read_to_string(&identity).expect("it is enrolled");
    let credential = text
        .lines()
        .find_map(|line| line.strip_prefix("credential = "))
        .expect("a credential");
    let other = format!("\"{}\"", "0".repeat(credential.trim_matches('"').len()));
    std::fs::write(&identity, text.replace(credential, &other)).expect("a file");
    let _agent = root.run();
    let page = wait_until("a refused agent", PATIENCE, async || {
        let (code, told, page) = root.status().await;
        if told["standing"] == "refused" {
            assert_eq!(code, Some(10));
            Ok(page)
        } else {
            Err(page)
        }
    })
    .await;
    assert!(page.contains("refuses this device's credential"), "{page}");
    assert!(
        page.contains("everything is kept") && page.contains("enrol the device again"),
        "{page}"
    );
}

/// In tenths; 17 as it is. More means that something was opened.
const EXPOSURE: &str = "20";

#[tokio::test]
async fn the_unit_is_as_closed_as_it_can_be() {
    let root = Root::new();
    root.service("install", &[]).await;
    let judged = Launch::command("systemd-analyze")
        .args(["security", "--offline=yes", "--threshold", EXPOSURE, "--no-pager"])
        .arg(format!("--root={}", root.path().display()))
        .arg("roomready-agent.service")
        .run()
        .await;
    assert_eq!(judged.code(), Some(0), "{judged:?}");
    assert!(judged.stdout.contains("Overall exposure level"), "{judged:?}");
}

#[tokio::test]
async fn a_wish_that_makes_no_sense_puts_nothing_down() {
    let root = Root::new();
    let before = root.tree();
    let folder = tempfile::tempdir().expect("a folder");
    let bad = folder.path().join("bad.toml");
    std::fs::write(&bad, "colectors = []\n").expect("a file");
    let bad = bad.to_str().expect("a plain name");
    for (flags, says) in [
        (vec!["--data", "/srv/roomready"], "/var/lib"),
        (vec!["--enrolment", bad], "bad.toml:1"),
        (vec!["--config", bad], "colectors"),
        (vec!["--enrolment", "/no/such/file"], "/no/such/file is not there"),
    ] {
        let refused = root.service("install", &flags).await;
        assert_eq!(refused.code(), Some(2), "{refused:?}");
        assert!(refused.stderr.contains(says), "{says}: {}", refused.stderr);
    }
    assert_eq!(root.tree(), before);
}
