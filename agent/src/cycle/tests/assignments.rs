//! Asking for the assignment, and what it changes.

use super::*;

#[test]
fn the_assignment_is_not_asked_for_while_nobody_answers() {
    let mut rig = Rig::start(-300, None);
    rig.exchange();
    assert!(rig.tick().fetch.is_some());
    rig.cycle.fetched(Err(&unreachable()), rig.now);
    rig.report_within(120_000).expect("a report");
    rig.cycle.failed(&unreachable(), rig.now);
    rig.pass(2 * FETCH_AGAIN_MS);
    assert_eq!(
        rig.tick().fetch,
        None,
        "reports alone find out that somebody is there again"
    );
    rig.sent = None;
    rig.cycle
        .replied(&rig.reply_to(&rig.cycle.report(rig.now)), rig.now);
    assert!(rig.tick().fetch.is_some(), "then it is fetched at once");
}

#[test]
fn a_slow_clock_does_not_make_a_device_s_own_readings_look_old() {
    let mut held = with_session();
    let text = PROFILE.replace("180d", "6h");
    held.requirement = Some(Requirement::from_profile("small.toml", &text).expect("sound"));
    // The device believes that it is a day earlier.
    let mut rig = Rig::start(10 - 24 * 60, Some(held));
    let report = rig.report_within(5_000).expect("a report");
    let mut reply = rig.reply_to(&report);
    let a_day = jiff::SignedDuration::from_hours(24);
    reply.server_time = rig.now.wall.checked_add(a_day).expect("a time");
    rig.cycle.replied(&reply, rig.now);
    let memory = roomready_shared::facts::Memory {
        total: roomready_shared::units::Bytes::from_mib(8_192),
        available: roomready_shared::units::Bytes::from_mib(4_096),
    };
    let facts = Facts {
        memory: Some(rig.cycle.reading(memory, rig.now)),
        ..Facts::none(Platform::Linux)
    };
    rig.read(Kind::Memory, facts);
    assert_eq!(
        rig.cycle.report(rig.now).live.readiness,
        Some(roomready_shared::verdict::Readiness::Ready)
    );
}

#[test]
fn a_new_tag_is_fetched_once_and_another_device_s_assignment_is_not_taken() {
    let mut rig = Rig::start(-300, None);
    rig.exchange();
    let todo = rig.tick();
    assert_eq!(todo.fetch, Some(None));
    assert_eq!(rig.tick().fetch, None, "one fetch at a time");
    let mut other = with_session();
    other.device = DeviceId::new(uuid::Uuid::from_bytes([9; 16]));
    assert!(
        rig.cycle
            .fetched(Ok(Fetched::New(Box::new(other))), rig.now)
            .is_none()
    );
    assert_eq!(rig.tick().fetch, None, "not at once again");
    rig.pass(FETCH_AGAIN_MS);
    rig.exchange();
    assert!(rig.tick().fetch.is_some());
    assert!(
        rig.cycle
            .fetched(Ok(Fetched::New(Box::new(with_session()))), rig.now)
            .is_some()
    );
    rig.exchange();
    assert_eq!(rig.tick().fetch, None, "the tag is the one held");
}

#[test]
fn one_request_is_under_way_at_a_time_and_a_fetch_never_holds_up_a_report_that_is_nearly_due() {
    let mut rig = Rig::start(10, None);
    rig.exchange();
    assert!(rig.tick().fetch.is_some(), "right after an answer there is time");
    rig.app(AppRun::Running { since: None });
    rig.pass(2_000);
    let todo = rig.tick();
    assert!(
        rig.sent.is_none() && todo.fetch.is_none(),
        "the fetch is under way"
    );
    rig.cycle.fetched(Err(&unreachable()), rig.now);
    rig.tick();
    let report = rig.sent.take().expect("the news right after it");
    rig.pass(FETCH_AGAIN_MS);
    assert_eq!(rig.tick().fetch, None, "the report is under way");
    rig.cycle.replied(&rig.reply_to(&report), rig.now);
    // The fetch's turn comes with the answer; where it is not taken, the next report comes near.
    rig.cycle.fetch_turn = false;
    let report = rig.report_within(6_000).expect("one that was due meanwhile");
    rig.cycle.replied(&rig.reply_to(&report), rig.now);
    rig.cycle.fetch_turn = false;
    let due = rig.cycle.pace.due();
    rig.pass(due.saturating_sub(rig.now.mono_ms + FETCH_LIMIT_MS - 1));
    assert_eq!(rig.tick().fetch, None, "it could make the next report late");
    rig.exchange();
    assert!(rig.tick().fetch.is_some(), "after it there is time again");
}

#[test]
fn a_collector_that_asks_to_wait_with_the_assignment_is_waited_for() {
    let mut rig = Rig::start(-300, None);
    rig.exchange();
    assert!(rig.tick().fetch.is_some());
    let busy = Trouble::Busy {
        retry_after_ms: Some(90_000),
        why: "busy".into(),
    };
    rig.cycle.fetched(Err(&busy), rig.now);
    let asked_at = rig.now.mono_ms;
    let mut tries = 0;
    while rig.now.mono_ms < asked_at + 89_000 {
        tries += usize::from(rig.tick().fetch.is_some());
        if let Some(report) = rig.sent.take() {
            rig.cycle.replied(&rig.reply_to(&report), rig.now);
        }
        rig.pass(500);
    }
    assert_eq!(tries, 0);
    rig.pass(1_500);
    rig.exchange();
    assert!(rig.tick().fetch.is_some(), "then it is asked for again");
}

#[test]
fn new_requirements_are_looked_at_at_once() {
    let mut rig = Rig::start(-300, None);
    let asks = rig.tick().asks;
    let asked = |asks: &[Ask], kind| asks.iter().any(|ask| ask.kinds.contains(kind));
    assert!(asked(&asks, Kind::Memory) && !asked(&asks, Kind::Vendor));
    rig.exchange();
    rig.tick();
    rig.cycle
        .fetched(Ok(Fetched::New(Box::new(with_session()))), rig.now);
    let asks = rig.tick().asks;
    assert!(asked(&asks, Kind::Vendor) && asked(&asks, Kind::AppRun));
    assert!(
        asks.iter().all(|ask| ask.effort == Effort::Full),
        "nobody tests yet"
    );
}
