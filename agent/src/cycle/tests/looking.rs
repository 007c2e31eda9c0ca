//! What is read when, what it costs, and what is told of it.

use super::*;

#[test]
fn readings_are_light_while_students_test() {
    let mut rig = Rig::start(10, Some(with_session()));
    let asks = rig.tick().asks;
    assert!(!asks.is_empty() && asks.iter().all(|ask| ask.effort == Effort::Light));
}

#[test]
fn a_vendor_that_stops_answering_is_looked_at_again_within_seconds_and_then_each_minute() {
    let mut rig = Rig::start(10, Some(with_session()));
    let look = |rig: &mut Rig, answered: u16| {
        let latency = (answered > 0).then_some(roomready_shared::facts::Latency {
            median_us: 20_000,
            p95_us: 20_000,
            jitter_us: 0,
        });
        let via = roomready_shared::facts::Via::Tcp;
        let reach = Reach::new(via, 1, answered, 20, latency, None).expect("sound");
        let host = HostPort::parse("practice.example:443").expect("a host");
        let mut facts = Facts::none(Platform::Linux);
        facts.vendor.insert(host, rig.cycle.reading(reach, rig.now));
        rig.read(Kind::Vendor, facts);
        let vendor = BTreeSet::from([Kind::Vendor]);
        let due = rig.cycle.schedule.next_due(rig.cycle.conduct(), &vendor);
        let wait = due - rig.now.mono_ms;
        rig.pass(wait);
        rig.tick();
        wait
    };
    rig.tick();
    let waits = [1, 0, 0, 0, 1, 0].map(|answered| look(&mut rig, answered));
    let soon = CONFIRM_MS.0..=CONFIRM_MS.1;
    let in_a_minute = 54_000..=60_000;
    assert!(soon.contains(&waits[1]) && soon.contains(&waits[5]), "{waits:?}");
    for at in [0, 2, 3, 4] {
        assert!(in_a_minute.contains(&waits[at]), "{waits:?}");
    }
}

#[test]
fn a_host_outside_is_looked_at_with_the_vendors_and_forgotten_when_another_is_named() {
    let host = |name| Some(HostPort::parse(name).expect("a host"));
    let mut held = with_session();
    held.outside = host("outside.example:443");
    let mut rig = Rig::start(10, Some(held.clone()));
    let asks = rig.tick().asks;
    let ask = asks.iter().find(|ask| ask.kinds.contains(&Kind::Outside));
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
            .any(|ask| ask.kinds.contains(&Kind::Outside))
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
            rig.cycle.read(&ask.kinds, Facts::none(Platform::Linux), rig.now);
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
    assert!(
        rig.tick()
            .asks
            .iter()
            .any(|ask| ask.kinds.contains(&Kind::Memory))
    );
    rig.read(Kind::Memory, facts());
    assert!(kinds(&rig.exchange()).contains(&"facts".to_owned()));
}
