//! Taking one report: its beat and its records.

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, StreamId};
use roomready_shared::timetable::Phase;
use roomready_shared::wire::v1::{AppState, GoodbyeReason};

use super::Now;
use super::book::Book;
use super::contact::{AppDoubt, Contact, Test};
use super::device::{DeviceWatch, Pending};
use super::input::{Beat, Reached, Record, Report, What, whole_ms};
use super::looks::Over;
use super::replay::{Late, absence_of, lost_records, told_late};
use super::roster::WatchPlan;
use super::signs::{follows, trouble_around};
use super::table::{CLOSES, CLOSES_WITHIN_MS, LATE_AFTER};
use crate::domain::incident::{Change, Condition, Detection, Reason};
use crate::domain::plan::phase_until;

pub(super) fn take(device: &mut DeviceWatch, report: &Report, plan: &WatchPlan, book: &mut Book<'_>) {
    let mut received = report.received;
    received.wall = whole_ms(received.wall);
    received.mono_ms = received.mono_ms.min(book.now.mono_ms);
    let mut taker = Taker {
        id: report.device,
        device,
        plan,
        book,
        received,
    };
    if let Some(network) = report.network {
        taker.device.subnet = network.subnet;
    }
    if report.lost {
        lost_records(taker.id, taker.device, taker.book);
    }
    let going = report.going();
    let before = report.records.len() - usize::from(going.is_some());
    for record in &report.records[..before] {
        taker.record(report.stream, record);
    }
    if let Some(beat) = &report.beat {
        taker.beat(beat);
    }
    if let Some(record) = going {
        taker.record_going(report.stream, record);
    }
}

struct Taker<'a, 'b> {
    id: DeviceId,
    device: &'a mut DeviceWatch,
    plan: &'a WatchPlan,
    book: &'a mut Book<'b>,
    received: Now,
}

impl Taker<'_, '_> {
    /// Whether a record is new; the store already sees to it, so a repetition is counted and left.
    fn is_new(&mut self, stream: StreamId, record: &Record) -> bool {
        if record.ahead {
            self.book.counts.from_future += 1;
        }
        let old = self
            .device
            .position
            .is_some_and(|(held, seq)| held == stream && record.seq <= seq);
        if old {
            self.book.counts.duplicates += 1;
        } else {
            self.device.position = Some((stream, record.seq));
            self.device.told_until = self.device.told_until.max(Some(record.time.at));
        }
        !old
    }

    /// The phase that the device's present sitting was in; none when the moment belongs to another sitting or to none.
    fn phase_then(&mut self, at: Timestamp) -> Option<Phase> {
        if let Some(current) = &self.device.current
            && current.brought.is_some_and(|since| since <= at)
        {
            let sitting = self.plan.sessions.get(&current.session)?;
            return Some(phase_until(&sitting.timetable, current.ends, at));
        }
        let (seat, phase) = self.device.place.seating_at(&self.plan.sessions, at)?;
        let same = self
            .device
            .current
            .as_ref()
            .is_some_and(|current| current.session == seat.session);
        if !same {
            self.book.counts.late += 1;
        }
        same.then_some(phase)
    }

    fn record(&mut self, stream: StreamId, record: &Record) {
        if !self.is_new(stream, record) {
            return;
        }
        let at = record.time.at;
        self.device.remember(record, self.book);
        match record.what {
            What::Started => {
                self.device.app_doubt = AppDoubt::BeganAgain;
                let absences = [Condition::ShutDown, Condition::Restarted, Condition::Slept];
                self.over_late(absences, Over::from(at));
            }
            What::Woke { .. } => self.over_late([Condition::Slept], Over::from(at)),
            What::Reached(reached) => self.reached_then(reached, record.earliest(), at),
            What::AppStarted => {
                let phase = self.phase_then(at);
                self.device.app_begins(at);
                self.device.app_runs(at, None);
                self.test_goes_on(at, phase);
            }
            What::AppClosed => self.app_closed(at),
            What::AppCrashed => self.app_crashed(at),
            What::ShutsDown | What::Restarts | What::Sleeps | What::AgentStops | What::StandsAside => {
                if let Some(goodbye) = record.what.goodbye() {
                    self.said_goodbye(goodbye, at);
                }
            }
        }
    }

    fn beat(&mut self, beat: &Beat) {
        if let Some(since) = self.device.returns(self.received.mono_ms) {
            self.came_and_went(since);
        }
        if !self.device.hear(self.received, beat.promise_ms) {
            self.device.app_doubt = self.device.app_doubt.max(AppDoubt::Away);
        }
        let at = self.received.wall;
        let told_before = std::mem::replace(&mut self.device.told_app, beat.app);
        self.device.epoch = Some(beat.epoch);
        self.device.waiting = beat.waiting;
        let in_test = self.device.testing() && self.device.test.under_way();
        self.device
            .health
            .take_charge(beat.charge, in_test, self.received.mono_ms);
        // Judged at once: whether this beat is a good one is asked before the tick is over.
        self.device.look_after(self.received);
        self.device.reached.overlay(beat.reached);
        if let Some(answers) = beat.reached.vendor {
            self.device.looks.take(answers, at, beat.vendor_age_ms);
        }
        let phase = self.device.phase();
        match beat.app {
            AppState::Running => {
                if told_before == AppState::NotRunning && self.device.app.is_none() {
                    self.device.app_begins(at);
                }
                self.device.app_runs(at, Some(self.received.mono_ms));
                self.test_goes_on(at, phase);
            }
            AppState::NotRunning => {
                self.device.app = None;
                if let (Test::Running { started }, Some(Phase::Testing | Phase::Break)) =
                    (self.device.test, phase)
                {
                    match self.device.app_doubt {
                        AppDoubt::Seen => self.finish(started, at),
                        // What it recorded while it was away is still on its way, and may say how the app ended.
                        AppDoubt::Away if beat.waiting > 0 => {}
                        // Its app did not come back with it: nobody closed it in good order.
                        AppDoubt::Away | AppDoubt::BeganAgain => {
                            self.device.test = Test::Interrupted { started, at };
                        }
                    }
                }
            }
            AppState::Unknown => {}
        }
        self.device.count_good_beats(self.received);
    }

    /// While it is known to come and go, one gap more is a line of that incident.
    fn came_and_went(&mut self, since: Timestamp) {
        if let Some(open) = self.device.open.get(&Condition::Unstable) {
            let incident = open.incident.clone();
            self.device.well.remove(&Condition::Unstable);
            follows(self.id, &incident, Condition::LostContact, since, self.book);
            self.device.gap_is_over(&incident, since, self.received.wall);
        }
    }

    /// The app runs: a test begins in testing only, and goes on in a break as well.
    fn test_goes_on(&mut self, at: Timestamp, phase: Option<Phase>) {
        if self.device.place.sentinel {
            return;
        }
        match (self.device.test, phase) {
            (Test::NotStarted, Some(Phase::Testing)) => {
                self.device.test = Test::Running { started: at };
                self.book.seat_started(self.id, self.device, at);
            }
            // What still runs is what the student has finished with.
            (Test::Closed { .. }, _) if self.device.said_finished().is_some() => {}
            (Test::Closed { started, .. }, Some(Phase::Testing | Phase::Break)) => {
                self.device.test = Test::Running { started };
                self.book.seat_started(self.id, self.device, at);
            }
            (Test::Interrupted { started, .. }, Some(Phase::Testing | Phase::Break)) => {
                self.device.test = Test::Running { started };
            }
            _ => {}
        }
    }

    fn finish(&mut self, started: Timestamp, at: Timestamp) {
        self.device.test = Test::Closed { started, at };
        self.book.seat_finished(self.id, self.device, at);
    }

    /// Whether the app was seen running after that moment: then the event is told late.
    fn seen_running_after(&self, at: Timestamp) -> bool {
        self.device.app.is_some_and(|run| run.last > at)
    }

    fn app_closed(&mut self, at: Timestamp) {
        let Some(phase) = self.phase_then(at) else {
            self.device.app = None;
            return;
        };
        let told_late = self.seen_running_after(at);
        if !told_late {
            self.device.app = None;
        }
        if !matches!(phase, Phase::Testing | Phase::Break) || self.device.place.sentinel {
            return;
        }
        if phase == Phase::Testing && self.keeps_closing(at) {
            self.crashed(at, Reason::KeptClosing, told_late);
            return;
        }
        // One that was interrupted is closed already: what is told of it now is no student's doing.
        if let (Test::Running { started }, false) = (self.device.test, told_late) {
            if self.device.app_doubt == AppDoubt::BeganAgain {
                // Found gone by an agent that has just begun: the device was away, so nobody closed it in good order.
                self.device.test = Test::Interrupted { started, at };
            } else {
                self.finish(started, at);
            }
        }
    }

    /// Three closes within a minute are no student's doing.
    fn keeps_closing(&mut self, at: Timestamp) -> bool {
        let near = |close: &Timestamp| {
            (close.as_millisecond() - at.as_millisecond()).abs() <= CLOSES_WITHIN_MS && *close != at
        };
        self.device.closes.retain(near);
        if self.device.closes.len() >= CLOSES {
            self.device.closes.remove(0);
        }
        self.device.closes.push(at);
        self.device.closes.len() >= CLOSES
    }

    fn app_crashed(&mut self, at: Timestamp) {
        match self.phase_then(at) {
            Some(Phase::Testing) if !self.device.place.sentinel => {
                let told_late = self.seen_running_after(at);
                self.crashed(at, Reason::Crashed, told_late);
            }
            Some(Phase::Break) => {
                self.device.app = None;
                if let Test::Running { started } = self.device.test {
                    self.device.test = Test::Interrupted { started, at };
                }
            }
            _ => self.device.app = None,
        }
    }

    fn crashed(&mut self, at: Timestamp, why: Reason, told_late: bool) {
        // Whatever was seen before must be seen again before this is over.
        self.device.app = None;
        if !told_late {
            let started = self.device.test.started().unwrap_or(at);
            if self.device.test == Test::NotStarted {
                self.book.seat_started(self.id, self.device, at);
            }
            self.device.test = Test::Interrupted { started, at };
        }
        if !self.device.testing() {
            self.book.counts.after_the_fact += 1;
            return;
        }
        if let Some(trouble) = trouble_around(self.device, Condition::TestAppCrashed, at, self.book) {
            follows(self.id, &trouble, Condition::TestAppCrashed, at, self.book);
            return;
        }
        if self.device.open.contains_key(&Condition::TestAppCrashed) {
            self.book.amend_open(self.device, Condition::TestAppCrashed, why);
            return;
        }
        let seen = if told_late {
            Detection::Replay
        } else {
            Detection::Live
        };
        self.tell(Condition::TestAppCrashed, at, why, seen);
    }

    /// Something is to be told in this very tick, once it is known who else has it.
    fn tell(&mut self, condition: Condition, at: Timestamp, why: Reason, seen: Detection) {
        let pending = Pending {
            since: at,
            broken: at,
            from_ms: self.received.mono_ms,
            why: Some(why),
            seen,
        };
        self.device.pending.entry(condition).or_insert(pending);
    }

    /// A goodbye that is told when the device is back, or that was followed by more: evidence, no absence.
    fn said_goodbye(&mut self, goodbye: GoodbyeReason, at: Timestamp) {
        if goodbye == GoodbyeReason::StandsAside || self.phase_then(at) != Some(Phase::Testing) {
            return;
        }
        let why = Reason::Announced { goodbye, at };
        if let Some((condition, _)) = self.device.absence() {
            self.book.amend_open(self.device, condition, why);
        } else if let Some(incident) = self.book.absence_around(self.device, at) {
            self.book.learn(&incident, Change::Why(why));
        } else {
            self.book.counts.after_the_fact += 1;
            self.device.late = absence_of(goodbye).map(|condition| Late {
                condition,
                since: at,
                broken: at,
            });
        }
    }

    fn over_late<const N: usize>(&mut self, conditions: [Condition; N], over: Over) {
        for condition in conditions {
            told_late(self.device, condition, over, self.book.now);
        }
    }

    /// The way out was read at a moment in the past, and is not as it was at the look before.
    fn reached_then(&mut self, reached: Reached, before: Timestamp, at: Timestamp) {
        let told_late = self.received.wall.duration_since(at) > LATE_AFTER;
        match reached.vendor {
            Some(true) => {
                let over = Over {
                    found: Some(before),
                    good: at,
                };
                self.over_late([Condition::VendorUnreachable], over);
            }
            Some(false) if told_late && self.phase_then(at) == Some(Phase::Testing) => {
                let known = self.device.absence().is_some()
                    || self.book.absence_around(self.device, at).is_some()
                    || self.device.is_in(Condition::VendorUnreachable)
                    || self.device.is_in(Condition::Unstable);
                if !known {
                    self.device.late = Some(Late {
                        condition: Condition::VendorUnreachable,
                        since: before,
                        broken: at,
                    });
                }
            }
            _ => {}
        }
    }

    /// The device is going now.
    fn record_going(&mut self, stream: StreamId, record: &Record) {
        let Some(goodbye) = record.what.goodbye() else {
            return;
        };
        if !self.is_new(stream, record) {
            return;
        }
        let at = record.time.at;
        // Told only after it was heard again (it had been kept in the outbox): it is not going any more.
        if matches!(self.device.contact, Contact::Heard(run) if run.from > at && run.beats > 1) {
            self.said_goodbye(goodbye, at);
            return;
        }
        let testing = self.phase_then(at) == Some(Phase::Testing) && self.device.testing();
        self.device.contact = Contact::Gone {
            goodbye,
            at,
            at_ms: self.received.mono_ms,
        };
        self.device.app = None;
        if goodbye == GoodbyeReason::StandsAside {
            // Its silence until the sitting is over is what the district asked for.
            self.device.present = false;
            self.device.pending.remove(&Condition::LostContact);
            return;
        }
        // Who has finished may close the lid.
        if !testing || matches!(self.device.test, Test::Closed { .. }) {
            return;
        }
        self.device.present = true;
        let why = Reason::Announced { goodbye, at };
        if let Some((condition, _)) = self.device.absence() {
            self.book.amend_open(self.device, condition, why);
        } else if goodbye == GoodbyeReason::AgentStopped {
            self.tell(Condition::LostContact, at, why, Detection::Live);
        } else {
            self.tell(Condition::announced(goodbye), at, why, Detection::Live);
        }
    }
}
