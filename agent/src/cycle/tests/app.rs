//! The first word, and the test app: what is told at once.

use super::*;

#[test]
fn the_first_report_goes_out_nearly_at_once_and_says_that_the_agent_started() {
    let mut rig = Rig::start(-300, None);
    let report = rig.report_within(2_000).expect("soon");
    assert_eq!(kinds(&report), ["started"]);
    assert_eq!((report.first_seq, report.live.waiting), (1, 1));
    assert_eq!(report.live.phase, Phase::Scheduled);
}

#[test]
fn the_test_app_s_start_and_end_are_told_at_once_while_students_test() {
    let mut rig = Rig::start(10, Some(with_session()));
    rig.exchange();
    rig.app(AppRun::NotRunning);
    rig.exchange();
    rig.pass(1_000);
    rig.app(AppRun::Running { since: None });
    let report = rig.report_within(300).expect("a start is told at once");
    assert_eq!(kinds(&report)[0], "app_started");
    assert_eq!(report.live.app, roomready_shared::wire::v1::AppState::Running);
    rig.cycle.replied(&rig.reply_to(&report), rig.now);
    rig.pass(10_000);
    rig.cycle.app_ended(ExitKind::Crashed, rig.now);
    let report = rig.report_within(300).expect("an end is told at once");
    assert_eq!(kinds(&report)[0], "app_ended");
    assert_eq!(report.news[0].body["exit"], "crashed");
    assert_eq!(report.live.app, roomready_shared::wire::v1::AppState::NotRunning);
}

#[test]
fn an_end_that_a_look_finds_before_its_handle_is_told_once() {
    let mut rig = Rig::start(10, Some(with_session()));
    rig.app(AppRun::Running { since: None });
    rig.app(AppRun::NotRunning);
    rig.cycle.app_ended(ExitKind::Unknown, rig.now);
    let report = rig.exchange();
    let ends = kinds(&report).iter().filter(|kind| *kind == "app_ended").count();
    assert_eq!(ends, 1);
}

#[test]
fn a_test_app_that_is_followed_is_not_looked_for_all_the_time() {
    let mut rig = Rig::start(10, Some(with_session()));
    let looks = |rig: &mut Rig| {
        rig.pass(5_000);
        let asks = rig.tick().asks;
        asks.iter().any(|ask| ask.kinds.contains(Kind::AppRun))
    };
    rig.tick();
    rig.app(AppRun::NotRunning);
    assert!(looks(&mut rig), "its start is wanted soon");
    rig.app(AppRun::Running { since: None });
    assert!(!(0..11).any(|_| looks(&mut rig)), "its end is told by its handle");
    assert!(looks(&mut rig), "once a minute");
    rig.app(AppRun::Running { since: None });
    rig.cycle.app_ended(ExitKind::Crashed, rig.now);
    assert!(looks(&mut rig), "another copy may run");
}
