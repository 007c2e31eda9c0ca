//! What an agent finds in its data folder, or does not.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use roomready_shared::facts::Platform;
use roomready_tests::agent::AgentHome;
use roomready_tests::process::Launch;
use roomready_tests::school::{Plan, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};
use serde_json::{Value, json};

fn plan() -> Plan {
    Plan::testing_room("101").seat("101", "1", "THIS-MACHINE", Platform::Linux)
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("its rights");
}

/// As an account that may write nothing there: nobody, if the suite is root's.
fn as_nobody(launch: Launch) -> Launch {
    if rustix::process::getuid().is_root() {
        launch.wrapped_in(
            "/usr/bin/setpriv",
            &["--reuid=65534", "--regid=65534", "--clear-groups"],
        )
    } else {
        launch
    }
}

#[tokio::test]
async fn an_agent_that_may_write_nothing_says_so_and_watches_on() {
    let school = TestSchool::start(&plan()).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let data = home.data();
    set_mode(data.parent().expect("its folder"), 0o755);
    set_mode(&data.join("identity.toml"), 0o444);
    set_mode(&data, 0o555);
    let agent = as_nobody(home.command("run")).start();
    let said = agent.wait_for_line("the outbox on disk cannot be used").await;
    assert!(
        said.contains("what is not delivered when the agent ends is lost"),
        "{said}"
    );
    let said = agent
        .wait_for_line("the assignment could not be kept on disk")
        .await;
    assert!(said.contains("a restart without a network forgets it"), "{said}");
    let staff = school.staff().await;
    wait_until("a judged device on its board", PATIENCE, async || {
        let page = staff.page(&school.room("101")).await;
        if page.contains("standing-ready") {
            Ok(())
        } else {
            Err(page)
        }
    })
    .await;
    let ended = agent.stop().await.code();
    // The folder goes with the test.
    set_mode(&data, 0o755);
    assert_eq!(ended, Some(0));
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_made_is_told_before_a_key_is_used() {
    let school = TestSchool::start(&plan()).await;
    let key = school.enrolment_key("101", 1).await;
    let enroll = |data: &str| {
        Launch::binary("roomready-agent")
            .args([
                "enroll",
                "--collector",
                &school.url(""),
                "--key",
                &key,
                "--name",
                "THIS-MACHINE",
            ])
            .args(["--data", data])
    };
    // Nobody may make a folder there, not even root.
    let refused = enroll("/proc/roomready/data").run().await;
    assert_eq!(refused.code(), Some(2), "{refused:?}");
    assert!(
        refused.stderr.contains("/proc/roomready/data cannot be used"),
        "{refused:?}"
    );
    let home = AgentHome::empty();
    let enrolled = home.enroll(&school.url(""), &key, "THIS-MACHINE").await;
    assert_eq!(
        enrolled.code(),
        Some(0),
        "the key still had its one use: {enrolled:?}"
    );
}

#[tokio::test]
async fn an_agent_whose_data_folder_is_missing_says_how_to_enrol() {
    let home = AgentHome::empty();
    let ran = home.command("run").run().await;
    assert_eq!(ran.code(), Some(2), "{ran:?}");
    let data = home.data();
    assert!(
        ran.stderr.contains("this device is not enrolled")
            && ran.stderr.contains(&data.display().to_string()),
        "{ran:?}"
    );
    assert!(!data.exists(), "nothing was made");
}

#[tokio::test]
async fn an_assignment_from_another_time_is_followed_and_remarked_on() {
    let school = TestSchool::start(&plan()).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let agent = home.run();
    agent.wait_for_line("assigned").await;
    let file = home.data().join("assignment.json");
    wait_until("an assignment on disk", PATIENCE, async || {
        if file.exists() { Ok(()) } else { Err(agent.tail()) }
    })
    .await;
    assert_eq!(agent.stop().await.code(), Some(0));
    // As a collector of the next decade would write it.
    let text = std::fs::read_to_string(&file).expect("the assignment");
    let mut held: Value = serde_json::from_str(&text).expect("JSON");
    held["valid_until"] = json!("9999-12-30T22:00:00Z");
    held["seating_plan"] = json!({ "rows": 5 });
    held["requirement"]["rules"][0]["check"] = json!({ "kind": "mood-of-the-room", "at_least": "calm" });
    held["requirement"]["rules"][0]["colour"] = json!("blue");
    std::fs::write(&file, held.to_string()).expect("a strange one");

    let agent = home.run();
    let said = agent.wait_for_line("it speaks of 9999-12-30").await;
    assert!(said.contains("it is followed as it stands"), "{said}");
    let title = held["requirement"]["rules"][0]["title"]
        .as_str()
        .expect("a title");
    agent
        .wait_for_line(&format!("this agent is too old to check {title}"))
        .await;
    assert_eq!(agent.status(), None, "it goes on");
    assert_eq!(agent.stop().await.code(), Some(0));
    assert!(agent.tail().contains("goodbye_heard=true"), "{}", agent.tail());
}
