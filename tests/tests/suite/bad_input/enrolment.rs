//! Enrolment files: damaged, brought twice, brought before the collector is there.

use std::path::{Path, PathBuf};

use roomready_shared::facts::Platform;
use roomready_tests::agent::AgentHome;
use roomready_tests::process::Finished;
use roomready_tests::school::{Plan, SCHOOL, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};

fn plan() -> Plan {
    Plan::testing_room("101").seat("101", "1", "THIS-MACHINE", Platform::Linux)
}

async fn written(school: &TestSchool, out: &Path, more: &[&str]) -> Finished {
    school
        .command(&["enrollment", "new", "--school", SCHOOL, "--room", "101"])
        .arg("--out")
        .arg(out)
        .args(more.iter().copied())
        .run()
        .await
}

/// What device management brings to this device.
async fn brought(school: &TestSchool) -> PathBuf {
    let file = school.folder().join("enrolment.toml");
    let made = written(school, &file, &[]).await;
    assert_eq!(made.code(), Some(0), "{made:?}");
    file
}

fn key_in(file: &Path) -> String {
    let text = std::fs::read_to_string(file).expect("the file");
    let file: toml::Table = text.parse().expect("TOML");
    file["key"].as_str().expect("a key").to_owned()
}

async fn enrolled_by(home: &AgentHome, file: &Path, more: &[&str]) -> Finished {
    home.command("enroll")
        .arg("--file")
        .arg(file)
        .args(more.iter().copied())
        .run()
        .await
}

#[tokio::test]
async fn an_enrolment_file_is_its_owner_s_alone_shows_its_key_to_nobody_and_is_not_replaced_unasked() {
    use std::os::unix::fs::PermissionsExt as _;
    let school = TestSchool::start(&plan()).await;
    let file = school.folder().join("enrolment.toml");
    let made = written(
        &school,
        &file,
        &[
            "--address",
            "https://a.example:8443",
            "--address",
            "https://b.example:8443",
        ],
    )
    .await;
    assert_eq!(made.code(), Some(0), "{made:?}");
    let mode = std::fs::metadata(&file).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = std::fs::read_to_string(&file).expect("the file");
    assert!(
        text.contains(r#"collectors = ["https://a.example:8443", "https://b.example:8443"]"#),
        "{text}"
    );
    let key = key_in(&file);
    assert!(
        !made.stdout.contains(&key) && !made.stderr.contains(&key),
        "{made:?}"
    );

    let again = written(&school, &file, &[]).await;
    assert_eq!(again.code(), Some(2), "{again:?}");
    assert!(
        again.stderr.contains("is there already") && again.stderr.contains("--force"),
        "{again:?}"
    );
    assert_eq!(key_in(&file), key, "untouched");
    assert_eq!(written(&school, &file, &["--force"]).await.code(), Some(0));
    assert_ne!(key_in(&file), key);
    let ca = written(&school, &file, &["--force", "--ca", "/no/such/ca.pem"]).await;
    assert_eq!(ca.code(), Some(2), "{ca:?}");
    assert!(ca.stderr.contains("/no/such/ca.pem"), "{ca:?}");
    let left: Vec<_> = std::fs::read_dir(school.folder())
        .expect("a folder")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.contains("unfinished"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn a_device_that_device_management_enrols_again_and_again_stays_as_it_is() {
    let school = TestSchool::start(&plan()).await;
    let (home, file) = (AgentHome::empty(), brought(&school).await);
    let first = enrolled_by(&home, &file, &["--name", "THIS-MACHINE"]).await;
    assert_eq!(first.code(), Some(0), "{first:?}");
    let identity = || std::fs::read_to_string(home.data().join("identity.toml")).expect("who it is");
    let known = identity();
    let again = enrolled_by(&home, &file, &[]).await;
    assert_eq!(again.code(), Some(0), "{again:?}");
    assert_eq!(again.stdout, "already enrolled as THIS-MACHINE: nothing to do.\n");
    assert_eq!(identity(), known);
    school.kill().await;
    let away = enrolled_by(&home, &file, &[]).await;
    assert_eq!(
        away.code(),
        Some(0),
        "a collector that is away takes nothing back: {away:?}"
    );
    assert_eq!(identity(), known);
    let forced = enrolled_by(&home, &file, &["--again"]).await;
    assert_eq!(forced.code(), Some(2), "{forced:?}");
    assert!(forced.stderr.contains("cannot be reached"), "{forced:?}");
    assert_eq!(identity(), known, "what failed changed nothing");
}

#[tokio::test]
async fn a_device_that_its_collector_forgot_enrols_again_by_the_same_file() {
    let school = TestSchool::start(&plan()).await;
    let (home, file) = (AgentHome::empty(), brought(&school).await);
    enrolled_by(&home, &file, &["--name", "THIS-MACHINE"]).await;
    let path = home.data().join("identity.toml");
    let known = std::fs::read_to_string(&path).expect("who it is");
    let forged: String = known
        .lines()
        .map(|line| match line.strip_prefix("credential = ") {
            Some(_) => format!("credential = \"{}\"\n", "0".repeat(64)),
            None => format!("{line}\n"),
        })
        .collect();
    std::fs::write(&path, forged).expect("who it is not");
    let again = enrolled_by(&home, &file, &["--name", "THIS-MACHINE"]).await;
    assert_eq!(again.code(), Some(0), "{again:?}");
    assert!(
        again.stderr.contains("does not know this device any more"),
        "{again:?}"
    );
    assert!(again.stdout.contains("THIS-MACHINE is known to"), "{again:?}");
}

#[tokio::test]
async fn a_damaged_enrolment_file_tells_every_fault_at_once_and_never_its_key() {
    let home = AgentHome::empty();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("enrolment.toml");
    let text =
        "collectors = [\"collector\"]\nkey = \"very secret\"\nca = \"very-secret\"\nprxy = \"very-secret\"\n";
    std::fs::write(&file, text).expect("a file");
    let refused = enrolled_by(&home, &file, &[]).await;
    assert_eq!(refused.code(), Some(2), "{refused:?}");
    for (line, words) in [
        (1, "https://"),
        (2, "copy the whole key"),
        (3, "BEGIN CERTIFICATE"),
        (4, "\"prxy\""),
    ] {
        let at = format!("enrolment.toml:{line}:");
        assert!(
            refused
                .stderr
                .lines()
                .any(|told| told.contains(&at) && told.contains(words)),
            "{line}: {}",
            refused.stderr
        );
    }
    assert!(!refused.stderr.contains("secret"), "{}", refused.stderr);
    let missing = enrolled_by(&home, Path::new("/no/such/enrolment.toml"), &[]).await;
    assert_eq!(missing.code(), Some(2), "{missing:?}");
    assert!(
        missing.stderr.contains("/no/such/enrolment.toml is not there"),
        "{missing:?}"
    );
    assert!(!home.data().exists(), "nothing was begun");
}

#[tokio::test]
async fn a_silently_installed_agent_waits_for_a_whole_file_and_enrols_itself() {
    let school = TestSchool::start(&plan()).await;
    let home = AgentHome::empty();
    let file = school.folder().join("enrolment.toml");
    let agent = home.command("run").arg("--enrolment").arg(&file).start();
    agent.wait_for_line("enrolment.toml is not there").await;
    std::fs::write(&file, "key = \"very-secret\ncollectors = []").expect("half a file");
    let said = agent.wait_for_line("this is not TOML").await;
    assert!(said.contains("not enrolled yet, trying again"), "{said}");
    assert_eq!(agent.status(), None, "it goes on");
    let made = written(&school, &file, &["--force"]).await;
    assert_eq!(made.code(), Some(0), "{made:?}");
    let said = agent.wait_for_line("the file may be deleted").await;
    assert!(file.exists(), "it is somebody else's: {said}");
    agent.wait_for_line("assigned").await;
    assert!(!agent.tail().contains("secret"), "{}", agent.tail());
    assert_eq!(agent.stop().await.code(), Some(0));

    // From now on it knows who it is, whatever becomes of the file.
    std::fs::write(&file, "nonsense").expect("a damaged file");
    let agent = home.command("run").arg("--enrolment").arg(&file).start();
    agent.wait_for_line("this device is enrolled already").await;
    agent.wait_for_line("watching").await;
    assert_eq!(agent.stop().await.code(), Some(0));
}

#[tokio::test]
async fn an_agent_that_starts_before_its_collector_enrols_when_it_comes() {
    let mut school = TestSchool::start(&plan()).await;
    let (home, file) = (AgentHome::empty(), brought(&school).await);
    school.kill().await;
    let agent = home.command("run").arg("--enrolment").arg(&file).start();
    agent.wait_for_line("the collector cannot be reached").await;
    assert_eq!(agent.status(), None, "it goes on");
    school.start_again().await;
    wait_until("an identity", PATIENCE, async || {
        if home.data().join("identity.toml").exists() {
            Ok(())
        } else {
            Err(agent.tail())
        }
    })
    .await;
    assert_eq!(agent.stop().await.code(), Some(0));
}

#[tokio::test]
async fn an_agent_that_is_stopped_before_it_could_enrol_ends_in_order() {
    let home = AgentHome::empty();
    let agent = home
        .command("run")
        .args(["--enrolment", "/no/such/file.toml"])
        .start();
    agent.wait_for_line("not enrolled yet").await;
    assert_eq!(agent.stop().await.code(), Some(0));
}
