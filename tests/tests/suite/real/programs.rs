//! Programs as they are really called.

use std::path::Path;

use roomready_tests::agent::check;
use roomready_tests::process::{Launch, Program};
use roomready_tests::school::rule;
use serde_json::Value;
use tempfile::TempDir;

/// A shell under another name, which waits.
fn program(folder: &Path, name: &std::ffi::OsStr) -> Program {
    let path = folder.join(name);
    std::os::unix::fs::symlink("/bin/sh", &path).expect("a link in a fresh folder");
    Launch::command(path)
        .args(["-c", "echo up; while :; do sleep 0.2; done"])
        .start()
}

async fn up(program: &Program) {
    program
        .wait_for("its start", roomready_tests::wait::PATIENCE, |line| {
            (line == "up").then_some(())
        })
        .await;
}

async fn looked_for(app: &str, intruder: &str) -> Value {
    let folder = TempDir::new().expect("a folder");
    let profile = folder.path().join("profile.toml");
    let text = rule("memory", "limits = { minimum = \"1 GB\" }").replace("no-such-program", app);
    let text = format!("{text}\n[[intruder]]\nname = \"The disturber\"\nlinux = [\"{intruder}\"]\n");
    std::fs::write(&profile, text).expect("a file");
    let finished = check().arg("--json").arg("--profile").arg(&profile).run().await;
    let told: Value =
        serde_json::from_str(&finished.stdout).unwrap_or_else(|fault| panic!("{fault}: {finished:?}"));
    told["facts"].clone()
}

#[tokio::test]
async fn a_test_app_and_a_disturber_with_odd_names_are_found_beside_names_that_are_no_text_at_all() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = TempDir::new().expect("a folder");
    // One letter of two bytes stands where the kernel cuts the name, one is no letter at all.
    let (app, intruder) = ("Prüfung-Übung-ßaal", "störer (1) ✓");
    let running = [
        program(folder.path(), app.as_ref()),
        program(folder.path(), intruder.as_ref()),
        program(folder.path(), std::ffi::OsStr::from_bytes(b"\xff\xfe) R 1 \x01")),
    ];
    for program in &running {
        up(program).await;
    }
    let facts = looked_for(app, intruder).await;
    let since = &facts["app_run"]["outcome"]["measured"]["running"];
    assert!(since.is_object(), "{}", facts["app_run"]);
    let found = &facts["intruders"]["outcome"]["measured"];
    assert_eq!(found["running"], serde_json::json!(["The disturber"]), "{found}");
    let told = facts.to_string();
    assert!(
        !told.contains("störer"),
        "only the requirements' own word leaves the device: {told}"
    );

    for program in &running {
        program.kill().await;
    }
    let facts = looked_for(app, intruder).await;
    assert_eq!(facts["app_run"]["outcome"]["measured"], "not_running");
    assert_eq!(
        facts["intruders"]["outcome"]["measured"]["running"],
        serde_json::json!([])
    );
}
