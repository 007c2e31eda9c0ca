//! What is read when, what it costs, and what is told of it.

use super::*;
use crate::cycle::way_out::{AFTER_FAILED_MS, BACK_MS, CONFIRM_MS, WHILE_CUT_OFF_MS};
use roomready_shared::facts::Reach;
use roomready_shared::wire::v1::VendorAnswers;

const VENDOR: [Kind; 1] = [Kind::Vendor];

/// The vendor's hosts were tried: what came of it. Gives back when.
fn tried(rig: &mut Rig, answers: bool) -> u64 {
    let latency = answers.then_some(roomready_shared::facts::Latency {
        median_us: 20_000,
        p95_us: 20_000,
        jitter_us: 0,
    });
    let via = roomready_shared::facts::Via::Tcp;
    let reach = Reach::new(via, 1, u16::from(answers), 20, latency, None).expect("sound");
    let host = HostPort::parse("practice.example:443").expect("a host");
    let mut facts = Facts::none(Platform::Linux);
    facts.vendor.insert(host, rig.cycle.reading(reach, rig.now));
    rig.read(Kind::Vendor, facts);
    rig.now.mono_ms
}

/// In how long they are tried again.
fn next_try(rig: &Rig) -> u64 {
    let due = rig
        .cycle
        .schedule
        .next_due(rig.cycle.conduct(), Kinds::from(VENDOR));
    due.saturating_sub(rig.now.mono_ms)
}

#[test]
fn readings_are_light_while_students_test() {
    let mut rig = Rig::start(10, Some(with_session()));
    let asks = rig.tick().asks;
    assert!(!asks.is_empty() && asks.iter().all(|ask| ask.effort == Effort::Light));
}

#[test]
fn a_vendor_that_stops_answering_is_looked_at_again_within_seconds_and_then_each_half_minute() {
    let mut rig = Rig::start(10, Some(with_session()));
    rig.tick();
    let waits = [true, false, false, false, true, false].map(|answers| {
        tried(&mut rig, answers);
        let wait = next_try(&rig);
        rig.pass(wait);
        rig.tick();
        wait
    });
    let between = |(least, most): (u64, u64), wait| (least..=most).contains(&wait);
    assert!(
        between(CONFIRM_MS, waits[1]) && between(CONFIRM_MS, waits[5]),
        "{waits:?}"
    );
    assert!(
        between(WHILE_CUT_OFF_MS, waits[2]) && between(WHILE_CUT_OFF_MS, waits[3]),
        "{waits:?}"
    );
    assert!(
        between((54_000, 60_000), waits[0]) && between((54_000, 60_000), waits[4]),
        "{waits:?}"
    );
}

#[test]
fn a_report_says_how_old_its_look_is_and_a_change_how_long_before_it_the_look_before_was() {
    let mut rig = Rig::start(10, Some(with_session()));
    rig.tick();
    let first = tried(&mut rig, true);
    rig.exchange();
    rig.pass(40_000);
    let report = rig.exchange();
    let answers = |answered, age_ms: u64| VendorAnswers {
        tried: 1,
        answered,
        age_ms: u32::try_from(age_ms).ok(),
    };
    assert_eq!(report.live.vendor, Some(answers(1, rig.now.mono_ms - first)));
    let second = tried(&mut rig, false);
    let report = rig.exchange();
    assert_eq!(report.live.vendor, Some(answers(0, rig.now.mono_ms - second)));
    let told = report.news.iter().find(|news| news.body["kind"] == "facts");
    assert_eq!(
        told.expect("that it does not answer is news").body["vendor_within_ms"],
        second - first
    );
}

#[test]
fn reports_that_nobody_answers_make_the_way_out_be_looked_at_and_so_does_the_first_answer_after_them() {
    let mut rig = Rig::start(10, Some(with_session()));
    rig.exchange();
    let fail = |rig: &mut Rig, answers: bool| {
        rig.report_within(120_000).expect("a report");
        tried(rig, answers);
        rig.cycle.failed(&unreachable(), rig.now);
        next_try(rig)
    };
    let one = fail(&mut rig, true);
    assert!(
        one > AFTER_FAILED_MS.1,
        "one failure is a collector that starts again"
    );
    assert!(fail(&mut rig, true) <= AFTER_FAILED_MS.1);
    assert!(fail(&mut rig, true) > AFTER_FAILED_MS.1, "looked at once");
    fail(&mut rig, false);
    let report = rig.report_within(120_000).expect("a report");
    tried(&mut rig, false);
    assert!(next_try(&rig) > BACK_MS.1);
    rig.cycle.replied(&rig.reply_to(&report), rig.now);
    assert!(
        next_try(&rig) <= BACK_MS.1,
        "what did not answer may answer again"
    );
}

#[test]
fn a_host_outside_is_looked_at_with_the_vendors_and_forgotten_when_another_is_named() {
    let host = |name| Some(HostPort::parse(name).expect("a host"));
    let mut held = with_session();
    held.outside = host("outside.example:443");
    let mut rig = Rig::start(10, Some(held.clone()));
    let asks = rig.tick().asks;
    let ask = asks.iter().find(|ask| ask.kinds.contains(Kind::Outside));
    let ask = ask.expect("it is asked for");
    assert_eq!(ask.targets.outside, held.outside);
    let reach = Reach::new(roomready_shared::facts::Via::Tcp, 1, 0, 20, None, None).expect("sound");
    let mut facts = Facts::none(Platform::Linux);
    facts.outside = Some(rig.cycle.reading(reach, rig.now));
    rig.read(Kind::Outside, facts);
    let outside = |rig: &Rig| {
        rig.cycle
            .report(rig.now)
            .live
            .network
            .and_then(|network| network.outside)
    };
    assert_eq!(outside(&rig), Some(false));
    let told = rig.cycle.told.outside.clone();
    assert!(told.is_some(), "that it does not answer is news");
    held.outside = host("other.example:443");
    rig.cycle.fetched(Ok(Fetched::New(Box::new(held))), rig.now);
    assert_eq!(outside(&rig), None, "nobody has looked at the other one yet");
    assert!(
        rig.tick()
            .asks
            .iter()
            .any(|ask| ask.kinds.contains(Kind::Outside))
    );
}

#[test]
fn an_agent_that_costs_too_much_reads_less_then_reports_less_and_promises_what_it_keeps() {
    let mut rig = Rig::start(-300, Some(with_session()));
    let mut used = crate::ports::Usage {
        resident: 9_000_000,
        cpu_us: 0,
    };
    let mut promises = vec![];
    let mut last: Option<(u64, u32)> = None;
    for _ in 0..60 * 60 {
        let todo = rig.tick();
        if todo.measure {
            // Ten times the bar, whatever is widened.
            used.cpu_us += 600_000;
            assert!(!rig.cycle.measured(used, 0, rig.now));
        }
        for ask in todo.asks {
            rig.cycle.read(ask.kinds, Facts::none(Platform::Linux), rig.now);
        }
        if let Some(report) = rig.sent.take() {
            if let Some((at, promise)) = last {
                assert!(rig.now.mono_ms - at <= u64::from(promise), "each promise is kept");
            }
            last = Some((rig.now.mono_ms, report.next_within_ms));
            promises.push(report.next_within_ms);
            let mut reply = rig.reply_to(&report);
            reply.next_ms = 5_000;
            rig.cycle.replied(&reply, rig.now);
        }
        rig.pass(500);
    }
    promises.dedup();
    assert_eq!(promises, [60_500, 5_500, 10_500, 20_500]);
    let told = rig
        .cycle
        .told
        .footprint
        .as_ref()
        .and_then(|reading| reading.value());
    let told = told.expect("the collector hears of it");
    assert_eq!((told.widened, told.cpu_millionths), (32, 10_000));
}

#[test]
fn a_device_that_is_to_be_off_says_so_once_and_then_does_nothing_until_the_sitting_is_over() {
    let mut rig = Rig::start_with(-1, Some(with_session()), DuringTest::Off);
    rig.exchange();
    rig.pass(61_000);
    let report = rig.exchange();
    assert_eq!(kinds(&report).last().map(String::as_str), Some("goodbye"));
    let until_the_end = 60 * 60_000 - 70_000;
    assert!(rig.report_within(until_the_end).is_none());
    assert!(rig.tick().asks.is_empty());
    assert!(rig.report_within(90_000).is_some(), "then it is there again");
}

#[test]
fn sleep_is_told_and_everything_is_looked_at_again() {
    let mut rig = Rig::start(-300, Some(with_session()));
    rig.exchange();
    rig.exchange();
    rig.now.mono_ms += 600_000;
    let report = rig.report_within(1_000).expect("told at once");
    assert_eq!(report.news[0].body["kind"], "woke");
    assert_eq!(report.news[0].body["slept_ms"], 600_000);
}

#[test]
fn a_recheck_tells_everything_again_and_unknown_commands_do_nothing() {
    let mut rig = Rig::start(-300, Some(with_session()));
    let facts = || Facts {
        memory: Some(Reading {
            outcome: Outcome::Measured(roomready_shared::facts::Memory {
                total: roomready_shared::units::Bytes::from_mib(4096),
                available: roomready_shared::units::Bytes::from_mib(1024),
            }),
            source: Source::Agent,
            at: at_minute(-300),
        }),
        ..Facts::none(Platform::Linux)
    };
    rig.tick();
    rig.read(Kind::Memory, facts());
    rig.exchange();
    rig.exchange();
    rig.read(Kind::Memory, facts());
    assert_eq!(rig.cycle.waiting(), 0, "the same again is not news");
    let report = rig.report_within(60_000).expect("a report");
    let mut reply = rig.reply_to(&report);
    reply.commands = vec![Command::TooNew, Command::Recheck];
    rig.cycle.replied(&reply, rig.now);
    assert!(rig.tick().asks.iter().any(|ask| ask.kinds.contains(Kind::Memory)));
    rig.read(Kind::Memory, facts());
    assert!(kinds(&rig.exchange()).contains(&"facts".to_owned()));
}
