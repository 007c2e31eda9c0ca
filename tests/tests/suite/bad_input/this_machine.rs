//! What this very machine does not have, does not permit or gets wrong is told as it is.

use roomready_shared::facts::Platform;
use roomready_tests::agent::{AgentHome, TestApp, check};
use roomready_tests::clock::now;
use roomready_tests::process::Launch;
use roomready_tests::school::{Plan, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};
use serde_json::Value;

async fn checked(check: Launch) -> Value {
    let finished = check.arg("--json").run().await;
    serde_json::from_str(&finished.stdout).unwrap_or_else(|fault| panic!("{fault}: {finished:?}"))
}

/// Whether the kernel knows a battery that feeds the machine, not one of a mouse.
fn has_battery() -> bool {
    let Ok(supplies) = std::fs::read_dir("/sys/class/power_supply") else {
        return false;
    };
    let says =
        |folder: &std::path::Path, file: &str| std::fs::read_to_string(folder.join(file)).unwrap_or_default();
    supplies.flatten().any(|supply| {
        says(&supply.path(), "type").trim() == "Battery" && says(&supply.path(), "scope").trim() != "Device"
    })
}

#[tokio::test]
async fn a_machine_without_a_battery_runs_from_the_wall_and_one_with_it_tells_its_charge() {
    let told = checked(check()).await;
    let power = &told["facts"]["power"]["outcome"]["measured"];
    if has_battery() {
        assert!(power["battery"]["charge"].is_u64(), "{power}");
    } else {
        assert_eq!(power, "mains_only");
        let table = check().run().await;
        assert!(
            table.stdout.contains("from the wall, no battery"),
            "{}",
            table.stdout
        );
    }
}

/// As an account that may not send pings: nobody, if the suite is root's.
fn without_privileges(check: Launch) -> Launch {
    if rustix::process::getuid().is_root() {
        check.wrapped_in(
            "/usr/bin/setpriv",
            &["--reuid=65534", "--regid=65534", "--clear-groups"],
        )
    } else {
        check
    }
}

/// Whether the kernel lets every account send pings.
fn pings_are_free() -> bool {
    let range =
        std::fs::read_to_string("/proc/sys/net/ipv4/ping_group_range").expect("Linux has this setting");
    let mut bounds = range
        .split_whitespace()
        .filter_map(|bound| bound.parse::<u64>().ok());
    let group = 65_534;
    bounds.next().is_some_and(|from| from <= group) && bounds.next().is_some_and(|to| group <= to)
}

#[tokio::test]
async fn without_permission_to_ping_the_way_is_measured_by_connections_and_the_page_says_so() {
    let school = TestSchool::start(&Plan::new()).await;
    let collector = school.url("");
    let check = || without_privileges(check().args(["--collector", &collector]));
    let told = checked(check()).await;
    let way = &told["facts"]["collector"]["outcome"]["measured"];
    let via = if pings_are_free() { "icmp" } else { "tcp" };
    assert_eq!(way["via"], via, "{way}");
    assert_eq!(way["answered"], way["sent"], "the collector is there: {way}");
    let table = check().run().await;
    let words = if pings_are_free() {
        "pings answered"
    } else {
        "connections answered"
    };
    assert!(table.stdout.contains(words), "{}", table.stdout);
}

/// A network of its own with a gateway that answers nothing: what remains are pings, which nobody may send there.
const DEAF_GATEWAY: &str = r#"
ip link set lo up && ip link add deaf type veth peer name ear && ip link set ear up &&
ip address add 10.9.9.2/24 dev deaf && ip link set deaf up && ip route add default via 10.9.9.1 && exec setpriv --bounding-set=-net_raw --inh-caps=-net_raw "$0" "$@"
"#;

#[tokio::test]
async fn where_only_pings_would_tell_it_says_what_would_permit_them() {
    let check = check().wrapped_in(
        "/usr/bin/unshare",
        &[
            "--user",
            "--map-root-user",
            "--net",
            "/bin/sh",
            "-c",
            DEAF_GATEWAY,
        ],
    );
    let finished = check.arg("--json").run().await;
    if finished.stdout.is_empty() && finished.stderr.contains("unshare") {
        eprintln!("this system permits no network of its own: {}", finished.stderr);
        return;
    }
    let told: Value =
        serde_json::from_str(&finished.stdout).unwrap_or_else(|fault| panic!("{fault}: {finished:?}"));
    let why = told["facts"]["gateway"]["outcome"]["denied"]
        .as_str()
        .unwrap_or_else(|| panic!("{}", told["facts"]));
    assert!(why.contains("may not send pings"), "{why}");
    assert!(
        why.contains("net.ipv4.ping_group_range") && why.contains("cap_net_raw"),
        "{why}"
    );
}

/// Entered from outside, as a container is: the session belongs to a process that has no number in there.
#[tokio::test]
async fn in_a_container_it_starts_as_anywhere() {
    let container = ["--user", "--map-root-user", "--pid", "--fork", "--mount-proc"];
    let home = AgentHome::empty();
    let run = home.command("run").wrapped_in("/usr/bin/unshare", &container);
    let finished = run.run().await;
    if finished.stderr.starts_with("unshare") {
        eprintln!("this system permits no container: {}", finished.stderr);
        return;
    }
    assert_eq!(finished.code(), Some(2), "{finished:?}");
    assert!(
        finished.stderr.contains("this device is not enrolled"),
        "{finished:?}"
    );
}

/// A day behind, in milliseconds.
const A_DAY_BEHIND: i64 = -86_400_000;

#[tokio::test]
async fn a_real_clock_a_day_off_is_measured_against_the_collector() {
    let school = TestSchool::start(&Plan::new()).await;
    let check = check()
        .args(["--collector", &school.url("")])
        .with_clock_off_by("-1d");
    let told = checked(check).await;
    let offset = &told["facts"]["clock"]["outcome"]["measured"];
    let ahead = offset["ahead_ms"]
        .as_i64()
        .unwrap_or_else(|| panic!("{}", told["facts"]["clock"]));
    assert!((ahead - A_DAY_BEHIND).abs() < 60_000, "{offset}");
}

#[tokio::test]
async fn what_a_device_with_a_clock_a_day_off_tells_is_placed_where_it_belongs() {
    let plan = Plan::testing_room("101").seat("101", "1", "LAPTOP-1", Platform::Windows);
    let school = TestSchool::start(&plan).await;
    let mut laptop = school.device("101", "LAPTOP-1", Platform::Windows).await;
    laptop.clock_ahead_s = A_DAY_BEHIND / 1_000;
    laptop.open_app();
    laptop.report().await;
    laptop.crash_app();
    laptop.report().await;
    let _laptop = laptop.keep_reporting(std::time::Duration::from_secs(2));

    let opened = wait_until("the incident", PATIENCE, async || {
        let entries = school.record().entries();
        let opened = entries.iter().find(|entry| entry.kind == "incident_opened");
        opened
            .map(|entry| entry.body.clone())
            .ok_or_else(|| format!("{entries:?}"))
    })
    .await;
    let body: Value = serde_json::from_str(&opened).expect("an entry is JSON");
    for when in ["since", "broken", "detected"] {
        assert_recent(&body, when);
    }
}

#[tokio::test]
async fn an_agent_whose_clock_is_a_day_off_knows_the_sitting_and_tells_true_times() {
    for offset in ["-1d", "+1d"] {
        let app = TestApp::install();
        let plan = Plan::testing_room("101").test_app(app.process()).seat(
            "101",
            "1",
            "THIS-MACHINE",
            Platform::Linux,
        );
        let school = TestSchool::start(&plan).await;
        let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
        let _app = app.open();
        let agent = home.command("run").with_clock_off_by(offset).start();
        let staff = school.staff().await;
        wait_until("a device that works", PATIENCE, async || {
            let page = staff.page(&school.room("101")).await;
            if page.contains("standing-working") {
                Ok(())
            } else {
                Err(page)
            }
        })
        .await;
        // The tile changes with the device's word, the record with the next look of the watch.
        let started = wait_until("the start of the seat's test", PATIENCE, async || {
            let entries = school.record().entries();
            let started = entries.iter().find(|entry| entry.kind == "seat_started");
            started.cloned().ok_or_else(|| format!("{entries:?}"))
        })
        .await;
        let body: Value = serde_json::from_str(&started.body).expect("an entry is JSON");
        assert_recent(&body, "at");
        assert_eq!(agent.status(), None, "{offset}");
    }
}

/// A moment of the last ten minutes, not of yesterday.
fn assert_recent(body: &Value, when: &str) {
    let at: jiff::Timestamp = body[when]
        .as_str()
        .unwrap_or_default()
        .parse()
        .unwrap_or_else(|fault| panic!("{when}: {fault}: {body}"));
    let apart = now().duration_since(at).abs();
    assert!(
        apart < jiff::SignedDuration::from_mins(10),
        "{when} is {apart:?} off: {body}"
    );
}
