//! Help, word for word, as a terminal of 80 columns shows it.

use roomready_tests::process::Launch;

async fn help(binary: &str, command: &[&str]) -> String {
    let finished = Launch::binary(binary)
        .args(command.iter().copied())
        .arg("--help")
        .env("COLUMNS", "80")
        .run()
        .await;
    assert_eq!(finished.code(), Some(0), "{finished:?}");
    assert_eq!(finished.stderr, "", "help is an answer, not a complaint");
    // clap never wraps the line that shows the usage.
    for line in finished
        .stdout
        .lines()
        .filter(|line| !line.starts_with("Usage: "))
    {
        assert!(line.chars().count() <= 80, "longer than 80 columns: {line:?}");
    }
    finished
        .stdout
        .lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
}

/// What a command's snapshot is called: `collector-enrollment-new`.
fn name(program: &str, words: &[&str]) -> String {
    [&[program], words].concat().join("-")
}

#[tokio::test]
async fn the_agent_explains_each_command() {
    for command in [
        "",
        "check",
        "enroll",
        "run",
        "status",
        "report",
        "doctor",
        "service",
        "service install",
        "service uninstall",
        "service status",
        "config",
        "config check",
        "completions",
        "man",
    ] {
        let words: Vec<&str> = command.split_whitespace().collect();
        insta::assert_snapshot!(name("agent", &words), help("roomready-agent", &words).await);
    }
}

#[tokio::test]
async fn the_collector_explains_each_command() {
    for command in [
        "",
        "serve",
        "sign-in-link",
        "enrollment new",
        "enrollment list",
        "enrollment revoke",
        "device list",
        "device rotate",
        "device revoke",
        "account create",
        "ca show",
        "ca renew",
        "config check",
        "backup",
        "backup key",
        "backup make",
        "backup verify",
        "backup restore",
    ] {
        let words: Vec<&str> = command.split_whitespace().collect();
        insta::assert_snapshot!(
            name("collector", &words),
            help("roomready-collector", &words).await
        );
    }
}

#[tokio::test]
async fn the_staff_s_program_explains_each_command() {
    for command in ["", "sign-in", "run", "status", "sign-out"] {
        let words: Vec<&str> = command.split_whitespace().collect();
        insta::assert_snapshot!(name("watch", &words), help("roomready-watch", &words).await);
    }
}

#[tokio::test]
async fn each_says_which_version_it_is() {
    for binary in ["roomready-agent", "roomready-watch", "roomready-collector"] {
        let finished = Launch::binary(binary).arg("--version").run().await;
        assert_eq!(finished.code(), Some(0));
        assert_eq!(
            finished.stdout.trim(),
            format!("{binary} {}", env!("CARGO_PKG_VERSION"))
        );
    }
}
