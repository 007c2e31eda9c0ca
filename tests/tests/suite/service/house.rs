//! `doctor` and `config` on this very machine.

use roomready_shared::facts::Platform;
use roomready_tests::agent::AgentHome;
use roomready_tests::process::Launch;
use roomready_tests::school::{Plan, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};
use serde_json::Value;

async fn doctor(home: &AgentHome) -> (Option<i32>, Value) {
    let told = home.command("doctor").arg("--json").run().await;
    let json = serde_json::from_str(&told.stdout).unwrap_or_else(|fault| panic!("{fault}: {told:?}"));
    (told.code(), json)
}

fn item<'a>(told: &'a Value, what: &str) -> &'a Value {
    let items = told["items"].as_array().expect("a list");
    items
        .iter()
        .find(|item| item["what"] == what)
        .unwrap_or_else(|| panic!("nothing of {what}: {told}"))
}

#[tokio::test]
async fn doctor_looks_into_the_house_of_a_running_agent_without_disturbing_it() {
    let plan = Plan::testing_room("101").seat("101", "1", "THIS-MACHINE", Platform::Linux);
    let school = TestSchool::start(&plan).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let agent = home.run();
    let told = wait_until("a house with a running agent", PATIENCE, async || {
        let (_, told) = doctor(&home).await;
        let running = item(&told, "Running agent")["seen"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        // What the agent is just writing, or cannot reach for a moment, is not yet well.
        let well = || {
            ["Outbox", "Data folder", "Way to the collector"]
                .iter()
                .all(|what| item(&told, what)["state"] == "well")
        };
        if running.contains("in contact") && well() {
            Ok(told)
        } else {
            Err(told.to_string())
        }
    })
    .await;
    assert_eq!(told["schema"], "roomready-doctor-1");
    assert!(
        item(&told, "Enrolment")["seen"]
            .to_string()
            .contains("THIS-MACHINE"),
        "{told}"
    );
    assert_eq!(agent.status(), None, "it goes on");

    // Without the agent the outbox is free for the next one: nobody holds it.
    agent.stop().await;
    let (_, told) = doctor(&home).await;
    assert_eq!(item(&told, "Running agent")["state"], "look", "{told}");
    let agent = home.run();
    agent.wait_for_line("watching").await;
    let page = home.command("doctor").run().await;
    for line in page.stdout.lines() {
        assert!(line.chars().count() <= 80, "longer than 80 columns: {line:?}");
    }
}

#[tokio::test]
async fn doctor_on_a_fresh_machine_says_what_to_do_first() {
    let home = AgentHome::empty();
    let (code, told) = doctor(&home).await;
    assert_eq!(code, Some(10), "{told}");
    assert_eq!(told["exit_code"], 10);
    let enrolment = item(&told, "Enrolment");
    assert_eq!(enrolment["state"], "look");
    assert!(
        enrolment["help"].to_string().contains("enroll --file"),
        "{enrolment}"
    );
    assert!(!home.data().exists(), "nothing was made");
}

#[tokio::test]
async fn config_says_where_each_setting_comes_from() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("agent.toml");
    std::fs::write(&file, "during_test = \"off\"\nlog = \"warn\"\n").expect("a file");
    let agent = || Launch::binary("roomready-agent");
    let told = agent()
        .arg("config")
        .arg("--config")
        .arg(&file)
        .args(["--data", "/d"])
        .env("ROOMREADY_AGENT_LOG", "debug")
        .run()
        .await;
    assert_eq!(told.code(), Some(0), "{told:?}");
    let line = |key: &str| {
        let line = told.stdout.lines().find(|line| line.starts_with(key));
        line.unwrap_or_else(|| panic!("{key}: {}", told.stdout))
            .split_whitespace()
            .collect::<Vec<_>>()
    };
    assert_eq!(line("data"), ["data", "=", "\"/d\"", "#", "flag"]);
    assert_eq!(line("during_test"), ["during_test", "=", "\"off\"", "#", "file"]);
    assert_eq!(line("log"), ["log", "=", "\"debug\"", "#", "environment"]);

    let sound = agent().args(["config", "check"]).arg(&file).run().await;
    assert_eq!(sound.code(), Some(0), "{sound:?}");
    std::fs::write(&file, "durring_test = \"off\"\n").expect("a file");
    let wrong = agent().args(["config", "check"]).arg(&file).run().await;
    assert_eq!(wrong.code(), Some(2));
    assert!(
        wrong.stderr.contains("agent.toml:1") && wrong.stderr.contains("during_test"),
        "{}",
        wrong.stderr
    );
}

#[tokio::test]
async fn shells_and_manuals_know_every_command() {
    let agent = || Launch::binary("roomready-agent");
    let script = agent().args(["completions", "bash"]).run().await;
    for command in ["doctor", "status", "service"] {
        assert!(script.stdout.contains(command), "{command}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let written = agent().args(["man", "--out"]).arg(folder.path()).run().await;
    assert_eq!(written.code(), Some(0), "{written:?}");
    for page in [
        "roomready-agent.1",
        "roomready-agent-service-install.1",
        "roomready-agent-doctor.1",
    ] {
        let text = std::fs::read_to_string(folder.path().join(page)).expect("a page for each command");
        assert!(text.contains(".TH"), "{page}");
    }
}
