//! Stories of one device's cycle.

mod orders;

use super::*;
use crate::ports::Fetched;
use crate::probe::Effort;
use crate::uplink::Trouble;
use roomready_shared::facts::ClockOffset;
use roomready_shared::ids::{ClockEpoch, RoomId, RoomRef, SchoolId, SessionId, Title};
use roomready_shared::requirement::Requirement;
use roomready_shared::timetable::{Phase, Timetable, Timing};
use roomready_shared::wire::v1::Sitting;
use roomready_shared::wire::v1::{Command, ReportReply};

/// Minute 0 of every test's sitting.
const ZERO: i64 = 1_800_000_000;

pub(crate) fn at_minute(minute: i64) -> Timestamp {
    Timestamp::from_second(ZERO + minute * 60).expect("a time")
}

/// A sitting that is prepared an hour before it starts.
pub(crate) fn sitting(starts: i64, ends: i64, seat_ends: i64) -> Sitting {
    Sitting {
        session: SessionId::parse("math").expect("an id"),
        timetable: Timetable::new(
            at_minute(starts - 60),
            at_minute(starts),
            at_minute(ends),
            vec![],
            Timing::Timed,
        )
        .expect("a timetable"),
        seat_ends: at_minute(seat_ends),
    }
}

pub(crate) fn device() -> DeviceId {
    DeviceId::new(uuid::Uuid::from_bytes([7; 16]))
}

pub(crate) fn assignment(requirement: Option<Requirement>, sittings: Vec<Sitting>) -> Assignment {
    Assignment {
        tag: ShortText::fit("tag-1"),
        device: device(),
        room: RoomRef {
            school: SchoolId::parse("lincoln").expect("an id"),
            room: RoomId::parse("101").expect("an id"),
        },
        room_title: Title::parse("Room 101").expect("a title"),
        seat: None,
        requirement,
        sittings,
        during_test: DuringTest::Quiet,
        valid_until: at_minute(60 * 24 * 4),
    }
}

const PROFILE: &str = r#"
[profile]
id = "small"
title = "Small requirements"
platform = "Practice"
valid_from = 2026-07-15
review_by = 2027-07-15
hosts = ["practice.example:443"]
[app]
name = "Practice"
[app.linux]
processes = ["practice"]
paths = ["/opt/practice"]
[[rule]]
id = "memory"
title = "Memory"
kind = "memory"
limits = { minimum = "2 GB" }
on = [{ platforms = ["linux"], demand = "required", settled_by = ["agent"] }]
time_to_live = "180d"
basis = "vendor"
source = "Page, 2026"
as_of = 2026-04-06
confidence = "high"
"#;

pub(crate) fn requirement() -> Requirement {
    Requirement::from_profile("small.toml", PROFILE).unwrap_or_else(|faults| panic!("{faults}"))
}

/// One device in a test's own time.
struct Rig {
    cycle: Cycle,
    now: Moment,
    /// A report that went out while a test looked at something else.
    sent: Option<Report>,
}

/// A session from minute 0 to 60.
fn with_session() -> Assignment {
    assignment(Some(requirement()), vec![sitting(0, 60, 60)])
}

impl Rig {
    fn start(minute: i64, assignment: Option<Assignment>) -> Self {
        Self::start_with(minute, assignment, DuringTest::Quiet)
    }

    fn start_with(minute: i64, assignment: Option<Assignment>, during_test: DuringTest) -> Self {
        let settings = Settings {
            device: device(),
            platform: Platform::Linux,
            collector: None,
            during_test,
            agent_version: ShortText::fit("0.1.0"),
        };
        let now = Moment {
            wall: at_minute(minute),
            mono_ms: 1_000_000,
            awake_ms: 1_000_000,
        };
        let outbox = Box::new(crate::outbox::MemoryOutbox::new(
            roomready_shared::ids::StreamId::new(uuid::Uuid::from_bytes([1; 16])),
        ));
        let epoch = ClockEpoch::new(uuid::Uuid::from_bytes([2; 16]));
        let run = ClockRun::begin(epoch);
        let cycle = Cycle::start(settings, assignment, outbox, run, Chance::from_seed(1), now);
        Self {
            cycle,
            now,
            sent: None,
        }
    }

    fn pass(&mut self, ms: u64) {
        self.now.mono_ms += ms;
        self.now.awake_ms += ms;
        let step = jiff::SignedDuration::from_millis(i64::try_from(ms).expect("a short time"));
        self.now.wall = self.now.wall.checked_add(step).expect("a time");
    }

    fn tick(&mut self) -> Todo {
        let mut todo = self.cycle.tick(self.now);
        if let Some(report) = todo.report.take() {
            self.sent = Some(report);
        }
        todo
    }

    /// Walks on until a report goes out, at most this long; a fetch brings nothing new, and readings are dropped.
    fn report_within(&mut self, ms: u64) -> Option<Report> {
        let end = self.now.mono_ms + ms;
        loop {
            let todo = self.tick();
            if let Some(report) = self.sent.take() {
                return Some(report);
            }
            if todo.fetch.is_some() {
                self.cycle.fetched(Ok(Fetched::Unchanged), self.now);
                continue;
            }
            if self.now.mono_ms >= end {
                return None;
            }
            let nap = todo.wake_at.min(end).saturating_sub(self.now.mono_ms).max(1);
            self.pass(nap);
        }
    }

    fn reply_to(&self, report: &Report) -> ReportReply {
        ReportReply {
            acked_through: report.news.last().map_or(report.first_seq - 1, |news| news.seq),
            expected: None,
            refused: vec![],
            server_time: self.now.wall,
            phase: derive(self.cycle.assignment.as_ref(), self.now.wall)
                .0
                .unwrap_or(Phase::Scheduled),
            next_ms: 60_000,
            assignment_tag: ShortText::fit("tag-1"),
            commands: vec![],
        }
    }

    /// A report and its answer.
    fn exchange(&mut self) -> Report {
        let report = self.report_within(120_000).expect("a report within two minutes");
        let reply = self.reply_to(&report);
        self.cycle.replied(&reply, self.now);
        report
    }

    fn read(&mut self, kind: Kind, facts: Facts) {
        self.cycle.read(&BTreeSet::from([kind]), facts, self.now);
    }

    fn app(&mut self, run: AppRun) {
        let reading = self.cycle.reading(run, self.now);
        let facts = Facts {
            app_run: Some(reading),
            ..Facts::none(Platform::Linux)
        };
        self.read(Kind::AppRun, facts);
    }
}

fn kinds(report: &Report) -> Vec<String> {
    report
        .news
        .iter()
        .map(|news| news.body["kind"].as_str().expect("a kind").to_owned())
        .collect()
}

fn unreachable() -> Trouble {
    Trouble::Unreachable {
        why: "connection refused".into(),
    }
}

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
        asks.iter().any(|ask| ask.kinds.contains(&Kind::AppRun))
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
    let different: BTreeSet<u64> = gaps.iter().map(|gap| gap / 50).collect();
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
        let vendor = asks.iter().filter(|ask| ask.kinds.contains(&Kind::Vendor));
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
    let asked = |asks: &[Ask], kind| asks.iter().any(|ask| ask.kinds.contains(&kind));
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
