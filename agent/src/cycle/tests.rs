//! Stories of one device's cycle.

mod app;
mod assignments;
mod delivery;
mod looking;
mod orders;
mod phases;

use super::*;
use crate::conduct::derive;
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
        outside: None,
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
        ca: None,
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
        self.cycle.read(Kinds::from([kind]), facts, self.now);
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
