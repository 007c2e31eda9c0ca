//! All that a collector can make a device do. The list is closed: an order that this test does not know does not
//! compile until somebody has decided what it may cause.

use super::*;

/// What an order may change, at the very most, beside what happens anyhow.
#[derive(Debug, PartialEq, Eq)]
enum MayChange {
    Nothing,
    /// What is read, once, at the cost that the phase allows.
    WhatIsRead,
    /// The time between reports.
    Pace,
}

const fn may_change(order: Command) -> MayChange {
    match order {
        Command::Recheck => MayChange::WhatIsRead,
        Command::Pace { .. } => MayChange::Pace,
        // A credential is fetched by the uplink; the device's conduct stays as it was.
        Command::RotateCredential | Command::TooNew => MayChange::Nothing,
    }
}

/// Every order there is, at its extremes too.
fn every_order() -> Vec<Command> {
    let orders = vec![
        Command::Recheck,
        Command::Pace { interval_ms: 0 },
        Command::Pace { interval_ms: 20_000 },
        Command::Pace {
            interval_ms: u32::MAX,
        },
        Command::RotateCredential,
        Command::TooNew,
    ];
    let mut kinds: Vec<_> = orders.iter().map(std::mem::discriminant).collect();
    kinds.dedup();
    // The one number to change here when `may_change` has grown.
    assert_eq!(kinds.len(), 4, "each order is tried");
    orders
}

/// All that can be seen of a device from outside.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    asked: Vec<(u64, Kind, Effort)>,
    reported: Vec<(u64, u32)>,
    fetched: usize,
}

impl Seen {
    fn kinds(&self) -> Kinds {
        self.asked.iter().map(|(_, kind, _)| *kind).collect()
    }
}

/// A device's next five minutes after an answer that carries this order, or none.
fn after(order: Option<Command>, minute: i64, during_test: DuringTest) -> Seen {
    let mut rig = Rig::start_with(minute, Some(with_session()), during_test);
    let mut seen = Seen::default();
    let mut order = order;
    let mut begins = None;
    let off = during_test == DuringTest::Off;
    loop {
        let todo = rig.tick();
        let mut nap = todo.wake_at.saturating_sub(rig.now.mono_ms).clamp(1, 5_000);
        let since = begins.map(|at| rig.now.mono_ms - at);
        for ask in todo.asks {
            if let Some(since) = since {
                seen.asked
                    .extend(ask.kinds.iter().map(|kind| (since, kind, ask.effort)));
            }
            rig.cycle.read(ask.kinds, Facts::none(Platform::Linux), rig.now);
        }
        if let Some(report) = rig.sent.take() {
            let mut reply = rig.reply_to(&report);
            reply.next_ms = 5_000;
            match since {
                Some(since) => seen.reported.push((since, report.next_within_ms)),
                // The first words and what follows from them are over; now comes the order.
                None if report.first_seq > 1 && (report.news.is_empty() || off) => {
                    reply.commands = order.take().into_iter().collect();
                    begins = Some(rig.now.mono_ms);
                }
                None => {}
            }
            rig.cycle.replied(&reply, rig.now);
            nap = 1;
        }
        seen.fetched += usize::from(todo.fetch.is_some());
        if todo.rotate {
            rig.cycle.rotated();
            nap = 1;
        }
        if since.is_some_and(|since| since > 5 * 60_000) {
            return seen;
        }
        rig.pass(nap);
    }
}

#[test]
fn an_order_changes_what_it_may_change_and_nothing_else() {
    for (minute, effort) in [(-300, Effort::Full), (10, Effort::Light)] {
        let anyhow = after(None, minute, DuringTest::Quiet);
        assert!(!anyhow.reported.is_empty() && !anyhow.asked.is_empty());
        for order in every_order() {
            let seen = after(Some(order), minute, DuringTest::Quiet);
            assert!(
                seen.asked.iter().all(|(_, _, asked)| *asked == effort),
                "{order:?} makes no reading dearer than its phase allows: {seen:?}"
            );
            match may_change(order) {
                MayChange::Nothing => assert_eq!(seen, anyhow, "{order:?}"),
                MayChange::Pace => {
                    assert_eq!(seen.kinds(), anyhow.kinds(), "{order:?} reads nothing more");
                    assert_eq!(seen.fetched, anyhow.fetched);
                }
                MayChange::WhatIsRead => {
                    let at_once = seen.asked.iter().filter(|(at, ..)| *at < 1_000).count();
                    assert_eq!(at_once, rig_possible(minute), "everything, once: {seen:?}");
                    let promises = |seen: &Seen| seen.reported.iter().map(|(_, ms)| *ms).max();
                    assert_eq!(promises(&seen), promises(&anyhow), "at the same pace");
                    assert_eq!(seen.fetched, anyhow.fetched);
                }
            }
        }
    }
}

fn rig_possible(minute: i64) -> usize {
    let rig = Rig::start(minute, Some(with_session()));
    rig.cycle.required.possible.iter().count()
}

#[test]
fn no_order_of_a_pace_makes_a_device_mute_or_a_burden() {
    let ordered = |interval_ms| after(Some(Command::Pace { interval_ms }), -300, DuringTest::Quiet).reported;
    let at_its_fastest = ordered(0);
    let fastest = u64::from(crate::pace::FASTEST_MS) * 8 / 10;
    assert!(
        at_its_fastest
            .windows(2)
            .all(|pair| pair[1].0 - pair[0].0 >= fastest)
    );
    let promises: Vec<u32> = ordered(u32::MAX).iter().map(|(_, promise)| *promise).collect();
    assert_eq!(
        promises.first(),
        Some(&roomready_shared::wire::v1::MAX_PROMISE_MS)
    );
}

#[test]
fn no_order_wakes_a_device_that_its_district_wants_off() {
    let anyhow = after(None, 10, DuringTest::Off);
    assert!(
        anyhow.asked.is_empty() && anyhow.reported.is_empty(),
        "{anyhow:?}"
    );
    for order in every_order() {
        assert_eq!(after(Some(order), 10, DuringTest::Off), anyhow, "{order:?}");
    }
}
