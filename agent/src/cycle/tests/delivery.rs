//! Reports and their answers: promises, backlogs, refusals, a full disk.

use super::*;

#[test]
fn an_unreachable_collector_costs_nothing_but_time() {
    let mut rig = Rig::start(10, Some(with_session()));
    let first = rig.report_within(5_000).expect("a report");
    rig.cycle.failed(&unreachable(), rig.now);
    rig.app(AppRun::Running { since: None });
    let second = rig
        .report_within(16_000)
        .expect("tried again within 15 s in testing");
    assert_eq!(
        second.news[0], first.news[0],
        "the record is sent again as it was"
    );
    assert!(kinds(&second).contains(&"app_started".to_owned()));
    rig.cycle.failed(&unreachable(), rig.now);
    assert_eq!(rig.cycle.failures(), 2);
    assert_eq!(rig.exchange().first_seq, 1);
    // The answer brought the first clock offset, which is news of its own.
    rig.exchange();
    assert_eq!((rig.cycle.waiting(), rig.cycle.failures()), (0, 0));
}

#[test]
fn a_refused_credential_keeps_everything() {
    let mut rig = Rig::start(-300, None);
    rig.report_within(5_000).expect("a report");
    let refused = Trouble::NotEnrolled {
        why: "unknown device".into(),
    };
    rig.cycle.failed(&refused, rig.now);
    assert_eq!(rig.cycle.waiting(), 1);
    assert!(
        rig.report_within(140_000).is_none(),
        "asking each second would not help"
    );
    let report = rig.report_within(200_000).expect("but it does not give up");
    assert_eq!(kinds(&report)[0], "started");
}

#[test]
fn a_promise_in_each_report_covers_the_time_to_the_next_one() {
    let mut rig = Rig::start(10, Some(with_session()));
    let mut last: Option<(u64, u32)> = None;
    for _ in 0..50 {
        let report = rig.report_within(120_000).expect("a report");
        if let Some((at, promise)) = last {
            let gap = rig.now.mono_ms - at;
            assert!(gap <= u64::from(promise), "{gap} > {promise}");
        }
        last = Some((rig.now.mono_ms, report.next_within_ms));
        rig.pass(30);
        let mut reply = rig.reply_to(&report);
        reply.next_ms = 5_000;
        rig.cycle.replied(&reply, rig.now);
    }
    assert_eq!(last.map(|(_, promise)| promise), Some(5_500));
}

#[test]
fn a_backlog_is_told_in_batches_without_waiting_for_the_next_beat() {
    let mut rig = Rig::start(-300, None);
    for _ in 0..100 {
        rig.app(AppRun::Running { since: None });
        rig.app(AppRun::NotRunning);
    }
    let report = rig.exchange();
    assert_eq!(report.news.len(), MAX_NEWS);
    let next = rig
        .report_within(1_100)
        .expect("the rest follows within a second");
    assert_eq!(next.first_seq, u64::try_from(MAX_NEWS).expect("small") + 1);
}

#[test]
fn the_replay_of_a_backlog_is_paced_by_chance_and_oldest_first() {
    let mut rig = Rig::start(-300, None);
    for _ in 0..1_000 {
        rig.app(AppRun::Running { since: None });
        rig.app(AppRun::NotRunning);
    }
    rig.exchange();
    let (mut gaps, mut next) = (vec![], u64::try_from(MAX_NEWS).expect("small") + 1);
    while rig.cycle.waiting() > 0 {
        let before = rig.now.mono_ms;
        let report = rig.exchange();
        assert_eq!(report.first_seq, next, "oldest first, nothing twice");
        assert_eq!(report.live.at, rig.now.wall, "with the present state ahead of it");
        next = report.news.last().expect("news").seq + 1;
        gaps.push(rig.now.mono_ms - before);
    }
    assert!(gaps.len() > 20, "{gaps:?}");
    assert!(gaps.iter().all(|gap| (250..=1_100).contains(gap)), "{gaps:?}");
    let different: std::collections::BTreeSet<u64> = gaps.iter().map(|gap| gap / 50).collect();
    assert!(different.len() >= 6, "{gaps:?}");
}

#[test]
fn a_report_that_is_refused_as_a_whole_shrinks_until_only_life_is_told_and_grows_again() {
    let mut rig = Rig::start(10, Some(with_session()));
    rig.app(AppRun::Running { since: None });
    let mut sizes = vec![];
    for _ in 0..8 {
        let report = rig.report_within(20_000).expect("a report");
        sizes.push(report.news.len());
        if report.news.is_empty() {
            rig.cycle.replied(&rig.reply_to(&report), rig.now);
            break;
        }
        rig.cycle.failed(&Trouble::TooLarge, rig.now);
    }
    assert_eq!(sizes.last(), Some(&0), "{sizes:?}");
    assert!(rig.cycle.waiting() > 0, "nothing is thrown away");
    assert!(
        rig.report_within(3_000).is_none(),
        "a device that only says that it is alive keeps to its pace"
    );
    assert!(rig.exchange().news.is_empty(), "not tried again at once");
    rig.pass(ALIVE_ONLY_MS);
    assert_eq!(rig.exchange().news.len(), 1, "then one by one");
    for _ in 0..8 {
        rig.exchange();
    }
    assert_eq!(rig.cycle.waiting(), 0, "until all is told");
}

#[test]
fn an_answer_that_brings_nothing_forward_is_no_reason_to_hurry() {
    let mut rig = Rig::start(10, Some(with_session()));
    for answer in [u64::MAX, 0] {
        let report = rig.report_within(6_000).expect("a report");
        let mut reply = rig.reply_to(&report);
        reply.acked_through = answer;
        reply.expected = (answer == 0).then_some(1);
        rig.cycle.replied(&reply, rig.now);
        assert!(rig.cycle.waiting() > 0, "nothing is taken for done");
        assert!(rig.report_within(3_000).is_none(), "the next beat is soon enough");
    }
}

#[test]
fn a_gap_that_the_collector_sees_is_declared_and_the_stream_goes_on() {
    let mut rig = Rig::start(-300, None);
    rig.exchange();
    rig.app(AppRun::Running { since: None });
    let report = rig.report_within(60_000).expect("a report");
    let mut reply = rig.reply_to(&report);
    // The collector was restored from an older copy.
    (reply.acked_through, reply.expected) = (0, Some(1));
    rig.cycle.replied(&reply, rig.now);
    let report = rig.report_within(2_000).expect("soon again");
    assert_eq!(
        (report.lost[0].from, report.lost[0].to),
        (1, report.first_seq - 1)
    );
}

#[test]
fn the_verdict_of_the_device_itself_travels_with_the_fingerprint_of_what_it_judged_by() {
    let mut rig = Rig::start(-300, Some(with_session()));
    let report = rig.report_within(5_000).expect("a report");
    assert_eq!(report.requirement_digest, Some(requirement().digest()));
    assert_eq!(
        report.live.readiness,
        Some(roomready_shared::verdict::Readiness::Unknown),
        "nothing was read yet"
    );
}

#[test]
fn a_goodbye_carries_all_that_waits() {
    let mut rig = Rig::start(10, Some(with_session()));
    rig.app(AppRun::Running { since: None });
    let report = rig.cycle.goodbye(GoodbyeReason::AgentStopped, rig.now);
    assert_eq!(kinds(&report).first().map(String::as_str), Some("started"));
    assert_eq!(kinds(&report).last().map(String::as_str), Some("goodbye"));
}

/// A disk that refuses so many times.
struct FullFor {
    times: usize,
    kept: crate::outbox::MemoryOutbox,
}

impl Outbox for FullFor {
    fn push(&mut self, at: Moment, epoch: ClockEpoch, body: &NewsBody) -> Result<u64, OutboxError> {
        if self.times == 0 {
            return self.kept.push(at, epoch, body);
        }
        self.times -= 1;
        Err(OutboxError::Io {
            place: "outbox".into(),
            source: std::io::ErrorKind::StorageFull.into(),
        })
    }
    fn batch(&self, records: usize) -> crate::ports::Batch {
        self.kept.batch(records)
    }
    fn acknowledge(&mut self, stream: roomready_shared::ids::StreamId, through: u64) {
        self.kept.acknowledge(stream, through);
    }
    fn expect(&mut self, stream: roomready_shared::ids::StreamId, next: u64) {
        self.kept.expect(stream, next);
    }
    fn waiting(&self) -> u32 {
        self.kept.waiting()
    }
}

#[test]
fn what_a_full_disk_refused_is_told_late_once_there_is_space() {
    let mut rig = Rig::start(10, Some(with_session()));
    rig.exchange();
    let stream = roomready_shared::ids::StreamId::new(uuid::Uuid::from_bytes([9; 16]));
    rig.cycle.outbox = Box::new(FullFor {
        times: 2,
        kept: crate::outbox::MemoryOutbox::new(stream),
    });
    // Once for the app that started, once for the changed reading.
    rig.app(AppRun::Running { since: None });
    assert_eq!(rig.cycle.waiting(), 0, "the disk refused both");
    rig.app(AppRun::Running { since: None });
    let told = kinds(&rig.exchange());
    assert_eq!(
        told,
        ["app_started", "facts"],
        "told, though nothing changed since"
    );
    rig.app(AppRun::Running { since: None });
    assert_eq!(rig.cycle.waiting(), 0, "and only once");
}
