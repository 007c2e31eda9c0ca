//! The files in `configs/` go through the programs that read them.

use roomready_tests::agent::{AgentHome, check};
use roomready_tests::binaries::workspace;
use roomready_tests::process::Launch;

#[tokio::test]
async fn the_collector_s_sample_is_sound_and_is_what_it_prints() {
    let sample = workspace().join("configs/collector.example.toml");
    let checked = Launch::binary("roomready-collector")
        .args(["config", "check"])
        .arg(&sample)
        .run()
        .await;
    assert_eq!(checked.code(), Some(0), "{checked:?}");
    assert!(
        checked
            .stdout
            .contains("is sound: 2 schools, 3 rooms, 3 devices, 1 sessions"),
        "{}",
        checked.stdout
    );
    let printed = Launch::binary("roomready-collector")
        .args(["config", "print"])
        .run()
        .await;
    assert_eq!(printed.code(), Some(0));
    assert_eq!(
        printed.stdout,
        std::fs::read_to_string(&sample).expect("the sample")
    );
}

#[tokio::test]
async fn the_agent_s_sample_is_read_by_the_agent() {
    let sample = workspace().join("configs/agent.example.toml");
    let home = AgentHome::empty();
    let run = home.command("run").arg("--config").arg(sample).run().await;
    // Read well, it goes on to look for who it is.
    assert_eq!(run.code(), Some(2), "{run:?}");
    assert!(
        run.stderr.contains("this device is not enrolled"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn each_profile_judges_this_machine_with_and_without_a_policy() {
    let configs = workspace().join("configs");
    let policy = configs.join("policy.example.toml");
    for profile in ["testnav-2026-27.toml", "drc-insight-2026-27.toml"] {
        let path = configs.join("profiles").join(profile);
        let finished = check().arg("--profile").arg(&path).run().await;
        assert!(
            matches!(finished.code(), Some(0 | 10 | 20 | 30)),
            "{profile}: {finished:?}"
        );
        assert_eq!(finished.stderr, "", "{profile}");
    }
    let path = configs.join("profiles/testnav-2026-27.toml");
    let finished = check()
        .arg("--profile")
        .arg(path)
        .arg("--policy")
        .arg(policy)
        .run()
        .await;
    assert!(matches!(finished.code(), Some(0 | 10 | 20 | 30)), "{finished:?}");
}
