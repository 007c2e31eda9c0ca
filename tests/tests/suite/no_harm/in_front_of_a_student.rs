//! A whole sitting on a real desktop: nobody in front of the device sees a trace of the agent.

use roomready_shared::facts::Platform;
use roomready_tests::agent::{AgentHome, TestApp};
use roomready_tests::desktop::{Desktop, Sign};
use roomready_tests::process::Program;
use roomready_tests::school::{Plan, Sitting, TEST_APP, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};

/// Waits for a line of the agent's log; whatever shows meanwhile is kept.
async fn until(agent: &Program, text: &str, desktop: &mut Desktop, seen: &mut Vec<Sign>) {
    let what = format!("{text:?} in the agent's log");
    wait_until(&what, PATIENCE * 2, async || {
        seen.extend(desktop.signs());
        let said = agent.lines().iter().any(|line| line.text.contains(text));
        if said { Ok(()) } else { Err(agent.tail()) }
    })
    .await;
}

#[tokio::test]
async fn through_a_whole_sitting_nobody_in_front_of_the_device_sees_a_trace_of_the_agent() {
    let mut desktop = Desktop::start().await;
    let kiosk = desktop.open_window(TEST_APP).await;
    let app = TestApp::install();
    let plan = Plan::new()
        .room("101", Sitting::Brief)
        .test_app(app.process())
        .seat("101", "1", "THIS-MACHINE", Platform::Linux);
    // First: the sitting begins a few seconds after the school is planned.
    desktop.settle().await;
    let mut school = TestSchool::start(&plan).await;
    let home = AgentHome::enrolled(&school, "101", "THIS-MACHINE").await;
    let mut seen = vec![];

    let agent = desktop
        .inside(home.command("run").args(["--log", "debug"]))
        .start();
    until(&agent, "to=Conduct { phase: Some(Sweep)", &mut desktop, &mut seen).await;
    until(
        &agent,
        "to=Conduct { phase: Some(Testing)",
        &mut desktop,
        &mut seen,
    )
    .await;
    let running = app.open();
    until(&agent, "AppStarted", &mut desktop, &mut seen).await;
    running.kill().await;
    until(&agent, "AppEnded", &mut desktop, &mut seen).await;

    school.kill().await;
    until(&agent, "nothing is lost, trying again", &mut desktop, &mut seen).await;
    school.start_again().await;
    until(&agent, "the collector answers again", &mut desktop, &mut seen).await;

    until(
        &agent,
        "to=Conduct { phase: Some(Finished)",
        &mut desktop,
        &mut seen,
    )
    .await;
    assert_eq!(agent.stop().await.code(), Some(0));
    until(&agent, "goodbye_heard=true", &mut desktop, &mut seen).await;

    seen.extend(desktop.signs());
    assert_eq!(
        seen,
        [],
        "no window made or shown, no keyboard moved, nobody new at the display, not a word on the session bus"
    );
    assert_eq!(desktop.active_window(), kiosk.id(), "the test app kept the focus");

    // Whoever saw nothing must have been able to see.
    let control = desktop.open_window("a window that somebody opens").await;
    desktop.notify().await;
    let mut seen = vec![];
    wait_until("the notification on the bus", PATIENCE, async || {
        seen.extend(desktop.signs());
        let notified = |sign: &Sign| matches!(sign, Sign::OnTheBus(word) if word.contains("member=Notify"));
        if seen.iter().any(notified) {
            Ok(())
        } else {
            Err(format!("{seen:?}"))
        }
    })
    .await;
    let id = control.id();
    for sign in [Sign::WindowMade(id), Sign::Activated(id)] {
        assert!(seen.contains(&sign), "{sign:?} in {seen:?}");
    }
    let shown = |sign: &Sign| matches!(sign, Sign::WindowShown(_));
    let keyboard = |sign: &Sign| matches!(sign, Sign::KeyboardMoved(_));
    let arrived = |sign: &Sign| matches!(sign, Sign::ProgramsAtTheDisplay(_));
    let hello = |sign: &Sign| matches!(sign, Sign::OnTheBus(word) if word.contains("member=Hello"));
    for (what, is) in [
        ("shown", shown as fn(&Sign) -> bool),
        ("keyboard", keyboard),
        ("arrived", arrived),
        ("hello", hello),
    ] {
        assert!(seen.iter().any(is), "{what} in {seen:?}");
    }
}
