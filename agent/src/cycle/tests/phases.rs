//! What the device knows of the time, and how it behaves by it.

use super::*;

#[test]
fn a_device_knows_without_a_network_that_its_test_has_begun_and_ended() {
    let mut rig = Rig::start(-1, Some(with_session()));
    rig.exchange();
    rig.tick();
    assert_eq!(rig.cycle.conduct().phase, Some(Phase::Sweep));
    // From here on nobody answers.
    rig.pass(61_000);
    rig.tick();
    assert_eq!(
        (rig.cycle.conduct().phase, rig.cycle.conduct().manner),
        (Some(Phase::Testing), Manner::Quiet)
    );
    rig.pass(60 * 60_000);
    rig.tick();
    assert_eq!(rig.cycle.conduct().manner, Manner::Free);
}

/// A device of that session in a clock run, with its wall clock off by so many minutes.
fn restarted(minute: i64, off: i64, run: ClockRun) -> Rig {
    let mut rig = Rig::start(minute, Some(with_session()));
    let settings = rig.cycle.settings.clone();
    rig.now.wall = at_minute(minute + off);
    let outbox = Box::new(crate::outbox::MemoryOutbox::new(
        roomready_shared::ids::StreamId::new(uuid::Uuid::from_bytes([1; 16])),
    ));
    let chance = Chance::from_seed(2);
    rig.cycle = Cycle::start(settings, Some(with_session()), outbox, run, chance, rig.now);
    rig
}

#[test]
fn a_device_that_is_restarted_offline_in_the_same_boot_knows_the_true_time_whatever_its_wall_clock_says() {
    let mut rig = Rig::start(10, Some(with_session()));
    rig.exchange();
    let kept = rig.tick().keep.expect("what the answer said is kept");
    for off in [0, 24 * 60, -365 * 24 * 60] {
        let mut again = restarted(20, off, kept);
        again.now.mono_ms = rig.now.mono_ms + 10 * 60_000;
        again.tick();
        assert_eq!(again.cycle.conduct().phase, Some(Phase::Testing), "{off}");
        assert_eq!(again.cycle.report(again.now).live.anchor, kept.anchor);
    }
}

#[test]
fn a_device_that_was_booted_offline_is_quiet_until_somebody_confirms_that_nobody_tests() {
    // A day ahead its clock says "finished", a day behind "scheduled", half an hour behind "sweep": students test.
    for (off, claimed) in [
        (24 * 60, Phase::Finished),
        (-24 * 60, Phase::Scheduled),
        (-30, Phase::Sweep),
    ] {
        let mut rig = restarted(10, off, ClockRun::begin(ClockEpoch::new(uuid::Uuid::nil())));
        assert_eq!(
            derive(rig.cycle.assignment.as_ref(), rig.now.wall).0,
            Some(claimed)
        );
        let asks = rig.tick().asks;
        assert_eq!(
            (rig.cycle.conduct().phase, rig.cycle.conduct().manner),
            (None, Manner::Quiet)
        );
        assert!(!asks.is_empty() && asks.iter().all(|ask| ask.effort == Effort::Light));
    }
    // That they test it believes at once.
    let mut rig = restarted(10, 0, ClockRun::begin(ClockEpoch::new(uuid::Uuid::nil())));
    rig.tick();
    assert_eq!(rig.cycle.conduct().phase, Some(Phase::Testing));
}

#[test]
fn once_somebody_confirms_that_nobody_tests_the_network_is_looked_at_in_full() {
    let mut rig = Rig::start(-30, Some(with_session()));
    let looks = |asks: &[Ask]| -> Vec<Effort> {
        let vendor = asks.iter().filter(|ask| ask.kinds.contains(Kind::Vendor));
        vendor.map(|ask| ask.effort).collect()
    };
    assert_eq!(looks(&rig.tick().asks), [Effort::Light]);
    rig.exchange();
    assert!(looks(&rig.tick().asks).is_empty(), "one at a time");
    rig.read(Kind::Vendor, Facts::none(Platform::Linux));
    assert_eq!(
        looks(&rig.tick().asks),
        [Effort::Full],
        "what came back was too light"
    );
    rig.read(Kind::Vendor, Facts::none(Platform::Linux));
    assert!(looks(&rig.tick().asks).is_empty());
}

#[test]
fn a_clock_that_stood_still_gives_later_records_another_epoch() {
    let mut rig = Rig::start(10, Some(with_session()));
    rig.exchange();
    let before = rig.cycle.report(rig.now).live.epoch;
    // Put back to a snapshot: twenty minutes that no clock of its own has counted.
    let report = rig.report_within(60_000).expect("a report");
    let mut reply = rig.reply_to(&report);
    reply.server_time = at_minute(31);
    rig.cycle.replied(&reply, rig.now);
    let keep = rig.tick().keep.expect("kept at once");
    let live = rig.cycle.report(rig.now).live;
    assert_ne!(live.epoch, before);
    assert_eq!((keep.epoch, keep.anchor), (live.epoch, live.anchor));
    rig.app(AppRun::Running { since: None });
    let report = rig.cycle.report(rig.now);
    assert_eq!(report.news.last().map(|news| news.epoch), Some(live.epoch));
}

#[test]
fn an_assignment_that_has_expired_means_quiet() {
    let mut rig = Rig::start(60 * 24 * 5, Some(with_session()));
    rig.tick();
    assert_eq!(
        rig.cycle.conduct(),
        Conduct {
            phase: None,
            manner: Manner::Quiet
        }
    );
}

#[test]
fn a_clock_a_day_off_is_corrected_by_the_first_answer() {
    // The device believes that it is a day later: the session is long over.
    let mut rig = Rig::start(10 + 24 * 60, Some(with_session()));
    let report = rig.report_within(5_000).expect("a report");
    assert_eq!(rig.cycle.conduct().phase, None, "nobody has confirmed that");
    let mut reply = rig.reply_to(&report);
    reply.server_time = rig
        .now
        .wall
        .checked_sub(jiff::SignedDuration::from_hours(24))
        .expect("a time");
    reply.phase = Phase::Testing;
    rig.pass(40);
    rig.cycle.replied(&reply, rig.now);
    rig.tick();
    assert_eq!(rig.cycle.conduct().phase, Some(Phase::Testing));
    let offset = rig
        .cycle
        .facts()
        .clock
        .as_ref()
        .and_then(|reading| reading.value())
        .copied();
    assert_eq!(
        offset,
        Some(ClockOffset {
            ahead_ms: 86_400_020,
            uncertainty_ms: 20
        })
    );
}

#[test]
fn a_wall_clock_that_is_set_while_the_collector_is_away_does_not_move_the_phase() {
    let a_day = jiff::SignedDuration::from_hours(24);
    let mut rig = Rig::start(10 + 24 * 60, Some(with_session()));
    let report = rig.report_within(5_000).expect("a report");
    let mut reply = rig.reply_to(&report);
    reply.server_time = rig.now.wall.checked_sub(a_day).expect("a time");
    reply.phase = Phase::Testing;
    rig.cycle.replied(&reply, rig.now);
    rig.tick();
    assert_eq!(rig.cycle.conduct().phase, Some(Phase::Testing));
    // The system finds the right time by itself, and nobody answers any more.
    rig.pass(5 * 60_000);
    rig.now.wall = rig.now.wall.checked_sub(a_day).expect("a time");
    rig.tick();
    assert_eq!(rig.cycle.conduct().phase, Some(Phase::Testing));
}
