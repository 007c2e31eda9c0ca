//! Under a real systemd, where the suite may boot one: as root, on a machine that is not run by systemd itself.

use std::path::Path;
use std::time::Duration;

use roomready_tests::binaries::binary;
use roomready_tests::process::{Finished, Launch, Program};
use roomready_tests::school::{NewsRow, Plan, TestSchool};
use roomready_tests::wait::wait_until;
use serde_json::Value;
use tempfile::TempDir;

use super::staged::enrolment_file;

const BOX: &str = include_str!("box.sh");
/// A boot beside other suites on two cores.
const BOOT: Duration = Duration::from_secs(180);

/// A machine of its own, on the network of this one.
struct Machine {
    systemd: Program,
    pid: u32,
    _work: TempDir,
    shown: TempDir,
}

/// Why no such machine can be had here, if so.
fn not_here() -> Option<&'static str> {
    if !rustix::process::getuid().is_root() {
        Some("only root may boot a systemd beside this machine")
    } else if Path::new("/run/systemd/system").is_dir() {
        Some("this machine is run by systemd itself, which a second one could disturb")
    } else if !Path::new("/lib/systemd/systemd").is_file() {
        Some("no systemd is installed")
    } else {
        None
    }
}

impl Machine {
    async fn boot() -> Self {
        let work = tempfile::tempdir().expect("a folder");
        let shown = tempfile::tempdir().expect("a folder");
        let agent = shown.path().join("roomready-agent");
        std::fs::copy(binary("roomready-agent"), agent).expect("room for the program");
        let systemd = Launch::command("unshare")
            .args([
                "--pid",
                "--fork",
                "--kill-child",
                "--mount",
                "--uts",
                "--ipc",
                "--cgroup",
            ])
            .args(["/bin/sh", "-c", BOX, "box"])
            .arg(work.path())
            .arg(shown.path())
            .start();
        let outer = systemd.pid();
        let pid = wait_until("the first process of the machine", BOOT, async || {
            let children = std::fs::read_to_string(format!("/proc/{outer}/task/{outer}/children"));
            let children = children.map_err(|fault| fault.to_string())?;
            children.trim().parse::<u32>().map_err(|fault| fault.to_string())
        })
        .await;
        let machine = Self {
            systemd,
            pid,
            _work: work,
            shown,
        };
        wait_until("a machine that is up", BOOT, async || {
            let told = machine.command("systemctl", &["is-system-running"]).await;
            let state = told.stdout.trim().to_owned();
            // One of the units of this machine may make no sense in there.
            if ["running", "degraded"].contains(&state.as_str()) {
                Ok(())
            } else {
                Err(format!("{state} {}", told.stderr))
            }
        })
        .await;
        machine
    }

    async fn command(&self, program: &str, arguments: &[&str]) -> Finished {
        Launch::command("nsenter")
            .args(["--target", &self.pid.to_string()])
            .args(["--mount", "--pid", "--uts", "--ipc", "--cgroup", program])
            .args(arguments.iter().copied())
            .run()
            .await
    }

    async fn must(&self, program: &str, arguments: &[&str]) -> String {
        let done = self.command(program, arguments).await;
        assert_eq!(done.code(), Some(0), "{program} {arguments:?}: {done:?}");
        done.stdout
    }

    /// Everything that an installation could leave: files, accounts, processes.
    async fn traces(&self) -> String {
        let files = "find /etc /home /opt /root /run /srv /usr /var -xdev \\( -path /run/log -o -path /var/log -o -path \
                     /root/.cargo \\) -prune -o -iname '*roomready*' -print | sort; getent passwd roomready-agent; \
                     getent group roomready-agent; pgrep -l roomready; true";
        self.must("/bin/sh", &["-c", files]).await
    }
}

#[tokio::test]
async fn under_a_real_systemd_the_agent_enrols_says_why_it_goes_and_leaves_nothing() {
    if let Some(why) = not_here() {
        eprintln!("not tried: {why}");
        return;
    }
    let school = TestSchool::start(&Plan::testing_room("101")).await;
    let machine = Machine::boot().await;
    enrolment_file(&school, "101", machine.shown.path()).await;
    let before = machine.traces().await;
    let install = ["service", "install", "--enrolment", "/mnt/enrolment.toml"];
    machine.must("/mnt/roomready-agent", &install).await;
    let told = wait_until("an agent in contact", BOOT, async || {
        let told = machine.command("roomready-agent", &["status", "--json"]).await;
        if told.code() == Some(0) {
            Ok(told)
        } else {
            Err(format!("{told:?}"))
        }
    })
    .await;
    let told: Value = serde_json::from_str(&told.stdout).expect("an answer as documented");
    assert_eq!(told["standing"], "in_contact");
    machine.must("roomready-agent", &["service", "status"]).await;

    // With all that it may not, it reads what it reads without.
    let pid = told["said"]["pid"].to_string();
    let status = machine.must("cat", &[&format!("/proc/{pid}/status")]).await;
    let has = |line: &str| {
        status
            .lines()
            .any(|found| found.split_whitespace().collect::<Vec<_>>().join(" ") == line)
    };
    assert!(
        has("CapEff: 0000000000000000") && has("NoNewPrivs: 1") && has("Seccomp: 2"),
        "{status}"
    );
    let log = machine
        .must("journalctl", &["-u", "roomready-agent", "--no-pager"])
        .await;
    assert!(
        !log.contains("could not step behind") && !log.contains("could not be"),
        "{log}"
    );
    let stream = school.record().streams()[0];
    // Whether pings are free to every account is the kernel's setting, not the unit's.
    let denied = |row: &NewsRow| {
        let facts = row.body["facts"].as_object().into_iter().flatten();
        facts
            .filter_map(|(_, reading)| reading["outcome"]["denied"].as_str())
            .any(|why| !why.contains("may not send pings"))
    };
    let rows = wait_until("readings of the device", BOOT, async || {
        let rows = school.record().news(stream);
        let of = |fact: &str| {
            rows.iter()
                .any(|row| !row.body["facts"][fact]["outcome"]["measured"].is_null())
        };
        if of("memory") && of("os") && of("collector") {
            Ok(rows)
        } else {
            Err(format!("{rows:?}"))
        }
    })
    .await;
    assert!(!rows.iter().any(denied), "nothing is denied to it: {rows:?}");

    // Stopped by somebody, and stopped because the machine restarts.
    let goodbyes = || {
        let rows = school.record().news(stream);
        let reasons = rows.iter().filter(|row| row.body["kind"] == "goodbye");
        reasons
            .map(|row| row.body["reason"].to_string())
            .collect::<Vec<_>>()
    };
    machine
        .must("systemctl", &["restart", "roomready-agent.service"])
        .await;
    wait_until("the goodbye of a stop", BOOT, async || {
        if goodbyes() == ["\"agent_stopped\""] {
            Ok(())
        } else {
            Err(format!("{:?}", goodbyes()))
        }
    })
    .await;

    machine
        .must("/mnt/roomready-agent", &["service", "uninstall"])
        .await;
    assert_eq!(machine.traces().await, before, "nothing is left");

    machine.must("/mnt/roomready-agent", &install).await;
    wait_until("an agent in contact again", BOOT, async || {
        let told = machine.command("roomready-agent", &["status"]).await;
        if told.code() == Some(0) {
            Ok(())
        } else {
            Err(format!("{told:?}"))
        }
    })
    .await;
    let stream = *school.record().streams().last().expect("a device anew");
    machine.must("systemctl", &["--no-block", "reboot"]).await;
    wait_until("the goodbye of a restart", BOOT, async || {
        let rows = school.record().news(stream);
        let said = rows
            .iter()
            .any(|row| row.body["kind"] == "goodbye" && row.body["reason"] == "restart");
        if said {
            Ok(())
        } else {
            Err(format!("{rows:?}\n{}", machine.systemd.tail()))
        }
    })
    .await;
}
