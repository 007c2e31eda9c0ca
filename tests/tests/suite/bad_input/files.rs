//! Files and flags that people get wrong.

use roomready_tests::agent::check;
use roomready_tests::binaries::workspace;
use roomready_tests::process::{Finished, Launch};

fn assert_usage(finished: &Finished, says: &[&str]) {
    assert_eq!(finished.code(), Some(2), "{finished:?}");
    for words in says {
        assert!(
            finished.stderr.contains(words),
            "{words:?} is not said in:\n{}",
            finished.stderr
        );
    }
    assert!(!finished.stderr.contains("panicked"), "{}", finished.stderr);
}

#[tokio::test]
async fn a_profile_with_ten_mistakes_brings_ten_lines_at_once() {
    let folder = workspace().join("tests/fixtures/configs/bad");
    let wanted = std::fs::read_to_string(folder.join("ten-mistakes.faults")).expect("what must be told");
    let finished = check()
        .folder(&folder)
        .args(["--profile", "ten-mistakes.toml"])
        .run()
        .await;
    assert_usage(&finished, &[]);
    let told = finished.stderr.trim_start_matches("roomready-agent: ");
    assert_eq!(
        told.trim_end(),
        wanted.trim_end(),
        "each mistake once, by line, with what to write instead"
    );
    assert_eq!(told.lines().count(), 10);
    assert_eq!(finished.stdout, "", "nothing was judged");
}

#[tokio::test]
async fn a_profile_that_is_not_there_is_named() {
    let finished = check().args(["--profile", "/no/such/profile.toml"]).run().await;
    assert_usage(&finished, &["/no/such/profile.toml is not there"]);
}

#[tokio::test]
async fn a_collector_s_settings_with_an_unknown_key_name_the_nearest() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("collector.toml");
    std::fs::write(
        &file,
        "district = \"Cedar Valley\"\nzone = \"America/Chicago\"\n[pace]\ntestin = \"5s\"\n",
    )
    .expect("a file");
    let collector = || Launch::binary("roomready-collector");
    let served = collector()
        .arg("serve")
        .arg("--data")
        .arg(folder.path().join("data"))
        .args(["--listen", "127.0.0.1:0", "--config"])
        .arg(&file)
        .run()
        .await;
    let line = "collector.toml:4: unknown key \"testin\" in [pace]; did you mean \"testing\"?";
    assert_usage(&served, &[line]);
    assert!(!folder.path().join("data").exists(), "nothing was begun");
    let checked = collector().args(["config", "check"]).arg(&file).run().await;
    assert_usage(&checked, &[line]);
}

#[tokio::test]
async fn an_agent_s_settings_with_an_unknown_key_name_the_nearest() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("agent.toml");
    std::fs::write(&file, "during_tests = \"quiet\"\n").expect("a file");
    let ran = Launch::binary("roomready-agent")
        .args(["run", "--config"])
        .arg(&file)
        .run()
        .await;
    assert_usage(
        &ran,
        &[
            "agent.toml:1: unknown key \"during_tests\"",
            "did you mean \"during_test\"?",
        ],
    );
}

#[tokio::test]
async fn an_address_that_others_could_reach_is_refused_without_a_listener_for_devices() {
    let folder = tempfile::tempdir().expect("a folder");
    let finished = Launch::binary("roomready-collector")
        .arg("serve")
        .arg("--data")
        .arg(folder.path().join("data"))
        .args(["--listen", "0.0.0.0:0"])
        .run()
        .await;
    assert_usage(
        &finished,
        &[
            "people's pages on 0.0.0.0:0 are reached from the network",
            "add --devices",
        ],
    );
    assert!(!folder.path().join("data").exists(), "nothing was begun");
}

#[tokio::test]
async fn a_port_in_use_is_told_with_the_way_out() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("its address").to_string();
    let folder = tempfile::tempdir().expect("a folder");
    let finished = Launch::binary("roomready-collector")
        .arg("serve")
        .arg("--data")
        .arg(folder.path().join("data"))
        .args(["--listen", &address])
        .run()
        .await;
    assert_eq!(finished.code(), Some(1), "{finished:?}");
    assert!(
        finished.stderr.contains(&address)
            && finished.stderr.contains("--listen 127.0.0.1:0 takes a free port"),
        "{}",
        finished.stderr
    );
}
