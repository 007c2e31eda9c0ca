//! Who a device is: its credential is replaced and ended while everything runs, and a copy of it is noticed.

use std::time::Duration;

use roomready_shared::facts::Platform;
use roomready_shared::wire::v1::ClockAnchor;
use roomready_tests::agent::AgentHome;
use roomready_tests::clock::now;
use roomready_tests::device::FakeDevice;
use roomready_tests::http::client;
use roomready_tests::process::{Finished, Launch};
use roomready_tests::school::{Plan, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};

/// Two machines are noticed when they have taken turns three times. The agent speaks every 2 s, the other one each
/// second; a busy machine takes longer.
const NOTICED_WITHIN_BEATS: usize = 60;

async fn school() -> TestSchool {
    let plan = Plan::testing_room("101").seat("101", "1", "THIS-MACHINE", Platform::Linux);
    TestSchool::start(&plan).await
}

/// A value of the agent's identity file.
fn told(home: &AgentHome, key: &str) -> String {
    let file = home.data().join("identity.toml");
    let text = std::fs::read_to_string(file).expect("the agent has enrolled");
    let beginning = format!("{key} = ");
    let line = text.lines().find_map(|line| line.strip_prefix(&beginning));
    let value = line.unwrap_or_else(|| panic!("no {key} in {text}"));
    value.trim_matches(['"', '\'']).to_owned()
}

async fn device_command(school: &TestSchool, what: &str) -> Finished {
    let done = Launch::binary("roomready-collector")
        .args(["device", what, "this-machine", "--data"])
        .arg(school.data())
        .run()
        .await;
    assert_eq!(done.code(), Some(0), "{done:?}");
    done
}

fn entries(school: &TestSchool, kind: &str) -> usize {
    let entries = school.record().entries();
    entries.iter().filter(|entry| entry.kind == kind).count()
}

async fn wait_for_entry(school: &TestSchool, kind: &str, within: Duration) {
    wait_until(kind, within, async || {
        if entries(school, kind) == 1 {
            Ok(())
        } else {
            Err("not yet")
        }
    })
    .await;
}

#[tokio::test]
async fn a_real_agent_changes_its_credential_though_an_answer_was_lost() {
    let school = school().await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let old = told(&home, "credential");
    device_command(&school, "rotate").await;
    // What the agent would be given, asked for in its name and lost: as if the answer had never arrived.
    wait_until(
        "the running collector follows the command",
        PATIENCE,
        async || {
            let lost = client()
                .post(school.url("/api/v1/credential"))
                .bearer_auth(&old)
                .send()
                .await
                .expect("an answer");
            if lost.status() == 200 {
                Ok(())
            } else {
                Err(lost.status())
            }
        },
    )
    .await;
    let agent = home.run();
    wait_for_entry(&school, "credential_rotated", PATIENCE).await;
    assert_ne!(told(&home, "credential"), old);
    let refused = client()
        .get(school.url("/api/v1/assignment"))
        .bearer_auth(&old)
        .send()
        .await
        .expect("an answer");
    assert_eq!(refused.status(), 401, "the old one has ended");
    agent.stop().await;
    let status = home.command("status").run().await;
    assert!(!status.stdout.contains("refuses"), "{status:?}");
}

#[tokio::test]
async fn a_revoked_device_keeps_what_it_has_to_say_and_says_why() {
    let school = school().await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let _agent = home.run();
    device_command(&school, "revoke").await;
    wait_until("the agent says why", PATIENCE, async || {
        let status = home.command("status").run().await;
        if status.stdout.contains("refuses this device's credential") {
            Ok(())
        } else {
            Err(format!("{status:?}"))
        }
    })
    .await;
    assert_eq!(entries(&school, "credential_revoked"), 1);
}

#[tokio::test]
async fn a_captured_credential_used_from_a_second_machine_is_noticed() {
    let school = school().await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let _agent = home.run();
    let thief = FakeDevice::with_credential(
        school.address(),
        told(&home, "device").parse().expect("an id"),
        "THIS-MACHINE",
        &told(&home, "credential"),
    );
    let mut beats = tokio::time::interval(Duration::from_secs(1));
    for _ in 0..NOTICED_WITHIN_BEATS {
        beats.tick().await;
        let mut report = thief.report_now();
        // It behaves as a copy of the agent would.
        report.live.anchor = Some(ClockAnchor {
            mono_ms: report.live.mono_ms,
            at: now(),
            plus_minus_ms: 5,
        });
        thief.send(&report).await.expect("it has the credential");
        if entries(&school, "credential_shared") == 1 {
            break;
        }
    }
    assert_eq!(entries(&school, "credential_shared"), 1, "noticed, and told once");
    let staff = school.staff().await;
    let page = staff
        .get(&format!("/devices/{}", told(&home, "device")))
        .await
        .text()
        .await
        .expect("a page");
    assert!(page.contains("Two machines use this device"), "{page}");
    let board = staff.get(&school.room("101")).await.text().await.expect("a page");
    assert!(board.contains("two machines use this device"), "{board}");
}

#[tokio::test]
async fn a_re_imaged_device_is_the_one_it_was() {
    let school = school().await;
    let before = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let after = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    assert_eq!(told(&before, "device"), told(&after, "device"));
    assert_ne!(told(&before, "credential"), told(&after, "credential"));
}
