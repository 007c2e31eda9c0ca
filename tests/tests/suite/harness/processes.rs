use std::time::Duration;

use roomready_tests::binaries::binary;
use roomready_tests::process::{Launch, url_in};
use roomready_tests::wait::PATIENCE;

/// A program in four lines of shell: says where it listens, then lives until it is told otherwise.
fn program(script: &str) -> Launch {
    Launch::command("/bin/sh").args(["-c", script])
}

#[tokio::test]
async fn a_program_is_heard_line_by_line_and_stops_when_asked() {
    let program =
        program("trap 'echo bye; exit 7' TERM; echo ready >&2; while :; do sleep 0.05; done").start();
    program.wait_for_line("ready").await;
    assert_eq!(program.status(), None, "it lives on");
    assert_eq!(program.stop().await.code(), Some(7));
    program.wait_for_line("bye").await;
}

#[tokio::test]
async fn a_printed_address_is_found_without_the_full_stop_behind_it() {
    let program = program("echo 'listening on http://127.0.0.1:4711/room?key=a.'; exec sleep 600").start();
    assert_eq!(program.wait_for_url().await, "http://127.0.0.1:4711/room?key=a");
    assert_eq!(url_in("no address here"), None);
}

#[tokio::test]
async fn a_killed_program_has_no_last_word() {
    let program = program("trap 'echo bye' TERM; echo up; exec sleep 600").start();
    program.wait_for_line("up").await;
    program.kill().await;
    assert_eq!(
        program.status().and_then(|status| status.code()),
        None,
        "ended by a signal"
    );
    assert_eq!(program.lines().len(), 1);
}

#[tokio::test]
async fn a_program_that_runs_to_its_end_leaves_all_it_said() {
    let finished = program("echo for programs; echo for people >&2; exit 20")
        .run()
        .await;
    assert_eq!(finished.code(), Some(20));
    assert_eq!(finished.stdout, "for programs\n");
    assert_eq!(finished.stderr, "for people\n");
}

#[tokio::test]
#[should_panic(expected = "ended before a line with \"ready\" from sh came")]
async fn a_program_that_dies_early_fails_the_wait_at_once() {
    program("echo 'no such profile'; exit 2")
        .start()
        .wait_for("a line with \"ready\"", PATIENCE, |_| None::<()>)
        .await;
}

#[tokio::test]
async fn a_dropped_program_is_gone() {
    let program = program("exec sleep 600").start();
    let folder = format!("/proc/{}", program.pid());
    assert!(std::path::Path::new(&folder).exists());
    drop(program);
    assert!(!std::path::Path::new(&folder).exists(), "killed and collected");
}

#[tokio::test]
async fn a_frozen_program_says_nothing_until_it_thaws() {
    let program = program("n=0; while :; do n=$((n+1)); echo beat $n; sleep 0.05; done").start();
    program.wait_for_line("beat 2").await;
    program.freeze();
    // What was said before the signal took hold may still arrive; after that the count must stand still.
    let silent = roomready_tests::wait::wait_until("silence", PATIENCE, async || {
        let before = program.lines().len();
        tokio::time::timeout(Duration::from_millis(500), std::future::pending::<()>())
            .await
            .ok();
        (program.lines().len() == before).then_some(before)
    })
    .await;
    program.thaw();
    program.wait_for_line(&format!("beat {}", silent + 2)).await;
}

#[test]
fn the_binaries_under_test_are_found_and_fresh() {
    for name in ["roomready-agent", "roomready-collector", "roomready-simulator"] {
        let path = binary(name);
        assert!(path.is_file(), "{}", path.display());
    }
}

#[test]
#[should_panic(expected = "check the binary's name in its Cargo.toml")]
fn a_binary_that_is_not_ours_is_named() {
    let _never = binary("roomready-typo");
}
