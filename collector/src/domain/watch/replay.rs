//! What a device's own records say of the time in which it was not heard.
//!
//! While a device is away, and until its outbox is empty again, what it tells about that time is kept ([`Past`]). Then
//! the silence is explained ([`explain`]): a walk along the records from what was known before it, which gives each
//! stretch its name. When most devices of an incident have explained themselves, its cause is looked at again
//! ([`reconsider`]): a guess that the readings contradict is corrected in the open.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use roomready_shared::ids::{ClockEpoch, DeviceId, IncidentId};
use roomready_shared::wire::v1::GoodbyeReason;
use serde::Serialize;

use super::Now;
use super::book::Book;
use super::cause::Devices;
use super::contact::{Contact, Test};
use super::device::{DeviceWatch, Pending};
use super::input::{Reached, Record, What};
use crate::domain::incident::{
    Basis, Cause, CauseKind, Change, Condition, Confidence, Counted, Detection, Ending, MOST_SPANS, Span,
};

/// Most records kept of one absence. A device that tells more says nothing new with it.
const MOST_RECORDS: usize = 64;
/// A device that came back without its test app is explained once that runs again, or after this long, when it is an
/// incident of its own.
const APP_IS_AWAITED: SignedDuration = SignedDuration::from_mins(3);
/// What lasted for less than this is not told after the fact.
const SHORTEST_LATE: SignedDuration = SignedDuration::from_secs(15);
/// Readings of the way out are a minute apart: a first failure so soon after the last good sign began with it.
const READINGS_APART: SignedDuration = SignedDuration::from_secs(90);

/// What was known of a device when it went away, and what it told of the time since.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Past {
    epoch: Option<ClockEpoch>,
    app: bool,
    /// It had said goodbye.
    gone: bool,
    /// Some of its records are lost.
    lost: bool,
    /// It is known to come and go, and is away once more.
    gap: bool,
    vendor: Option<bool>,
    records: Vec<(Timestamp, u32, ClockEpoch, What)>,
    /// The absence that is to be explained, once everything is told.
    due: Option<(IncidentId, Timestamp, Timestamp)>,
    /// What it came to.
    explained: Option<Explained>,
}

/// In short, what an absence was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Explained {
    incident: IncidentId,
    spans: Vec<Span>,
    worst: Counted,
    gateway_down: bool,
    first_failure: Option<Timestamp>,
}

impl DeviceWatch {
    /// It went away: what was known of it until then.
    pub(super) fn remember_before(&mut self, gone: bool) {
        self.past = Past {
            gone,
            epoch: self.epoch,
            app: matches!(self.test, Test::Running { .. }),
            vendor: self.reached.vendor,
            ..Past::default()
        };
    }

    /// A record that may tell of an absence.
    pub(super) fn remember(&mut self, record: &Record, book: &mut Book<'_>) {
        if self.absence().is_none() && self.past.due.is_none() && !self.past.gap {
            return;
        }
        if self.past.records.len() >= MOST_RECORDS {
            book.counts.left_out += 1;
            return;
        }
        let plus_minus = u32::try_from(record.time.plus_minus_ms).unwrap_or(u32::MAX);
        let told = (record.time.at, plus_minus, record.epoch, record.what);
        self.past.records.push(told);
    }

    /// It is known to come and go, and has gone.
    pub(super) fn is_in_a_gap(&mut self) {
        self.remember_before(false);
        self.past.gap = true;
    }

    /// A gap of what is known to come and go is over.
    pub(super) fn gap_is_over(&mut self, incident: &IncidentId, since: Timestamp, until: Timestamp) {
        if self.past.gap {
            self.is_back(incident, since, until);
        }
    }

    /// An absence is over; its story may still be under way.
    pub(super) fn is_back(&mut self, incident: &IncidentId, since: Timestamp, until: Timestamp) {
        self.past.due = Some((incident.clone(), since, until));
    }
}

/// Records are lost. Of an absence they may have told: nothing is known of it then. Often a device can only say so when
/// its disk has space again, long after the absence was explained; what was concluded from its saying nothing is taken
/// back.
pub(super) fn lost_records(id: DeviceId, device: &mut DeviceWatch, book: &mut Book<'_>) {
    if device.absence().is_some() || device.past.due.is_some() {
        device.past.lost = true;
        return;
    }
    let told_until = device.told_until.unwrap_or(Timestamp::MIN);
    let Some(explained) = &mut device.past.explained else {
        return;
    };
    let spans = without_what_was_not_told(&explained.spans, told_until);
    if spans != explained.spans {
        explained.spans.clone_from(&spans);
        book.learn(&explained.incident, Change::Exact { device: id, spans });
    }
}

/// Work and being cut off are concluded from what a device tells and from what it does not: after its last word before
/// a loss there is no such conclusion. That it was off is known from its next start.
fn without_what_was_not_told(spans: &[Span], told_until: Timestamp) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    for span in spans {
        let known = matches!(span.counted, Counted::Stopped | Counted::Unheard)
            || span.until.is_some_and(|until| until <= told_until);
        if known {
            out.push(*span);
            continue;
        }
        if span.from < told_until {
            out.push(Span {
                until: Some(told_until),
                ..*span
            });
        }
        out.push(Span {
            from: span.from.max(told_until),
            counted: Counted::Unheard,
            basis: Basis::Inferred,
            ..*span
        });
    }
    out.truncate(MOST_SPANS);
    out
}

/// What nobody noticed is over, and nobody was told of it: it is held until others have told the same, then it is
/// opened and ended by its own times.
pub(super) fn told_late(device: &mut DeviceWatch, condition: Condition, until: Timestamp, now: Now) {
    let Some((_, since)) = device.late.take_if(|(late, _)| *late == condition) else {
        return;
    };
    if until.duration_since(since) < SHORTEST_LATE || device.is_in(condition) {
        return;
    }
    let pending = Pending {
        since,
        broken: since,
        from_ms: now.mono_ms,
        why: None,
        seen: Detection::Replay,
    };
    device.pending.insert(condition, pending);
    device.late_end.insert(condition, until);
}

/// Ends what was told after the fact.
pub(super) fn end_late(id: DeviceId, device: &mut DeviceWatch, book: &mut Book<'_>) {
    let due: Vec<_> = device
        .late_end
        .iter()
        .filter(|(condition, _)| !device.pending.contains_key(condition))
        .map(|(condition, until)| (*condition, *until))
        .collect();
    for (condition, until) in due {
        device.late_end.remove(&condition);
        let how = if condition.is_absence() {
            Ending::HeardAgain
        } else {
            Ending::Cleared
        };
        book.end(id, device, condition, until, how);
    }
}

/// Explains the absence of a device that has told everything.
pub(super) fn settle(id: DeviceId, device: &mut DeviceWatch, book: &mut Book<'_>) -> Option<IncidentId> {
    if device.waiting > 0 || !matches!(device.contact, Contact::Heard(_)) {
        return None;
    }
    let (_, _, back) = device.past.due.as_ref()?;
    let waits_for_app = device.past.app
        && device.testing()
        && matches!(device.test, Test::Interrupted { .. })
        && device.app.is_none()
        && !device.open.contains_key(&Condition::TestAppNotRunning)
        && book.now.wall.duration_since(*back) < APP_IS_AWAITED;
    if waits_for_app {
        return None;
    }
    let (incident, since, until) = device.past.due.take()?;
    device.past.records.sort_by_key(|(at, ..)| *at);
    let mut spans = explain(&device.past, device.epoch, since, until);
    if let Some(run) = device.app.filter(|run| device.past.app && run.from > until)
        && spans.last().is_some_and(|last| last.counted == Counted::Stopped)
    {
        // It came back without its test app: until that ran again the student could not go on.
        spans.push(Span {
            from: until,
            until: Some(run.from),
            counted: Counted::Stopped,
            basis: Basis::Measured,
            plus_minus_ms: 0,
        });
    }
    let failures = || {
        device
            .past
            .records
            .iter()
            .filter_map(|(at, _, _, what)| match what {
                What::Reached(reached) if reached.vendor == Some(false) || reached.gateway == Some(false) => {
                    Some((*at, reached.gateway == Some(false)))
                }
                _ => None,
            })
    };
    let explained = Explained {
        incident: incident.clone(),
        spans: spans.clone(),
        worst: spans
            .iter()
            .map(|span| span.counted)
            .min()
            .unwrap_or(Counted::Unheard),
        gateway_down: failures().any(|(_, gateway)| gateway),
        first_failure: failures().map(|(at, _)| at).min(),
    };
    device.past.records.clear();
    device.past.explained = Some(explained);
    // An absence counts as unheard until more is known; a gap counts as nothing.
    let guessed = spans.iter().all(|span| span.counted == Counted::Unheard);
    if !guessed || std::mem::take(&mut device.past.gap) {
        book.learn(&incident, Change::Exact { device: id, spans });
    }
    Some(incident)
}

/// Walks along the records of an absence. Where nothing was told the device went on as it was: it tells what changes.
fn explain(past: &Past, epoch_now: Option<ClockEpoch>, since: Timestamp, until: Timestamp) -> Vec<Span> {
    let mut walk = Walk {
        at: since,
        since,
        until,
        awake: !past.gone,
        recorded: true,
        app: past.app,
        app_matters: past.app,
        // The way out is read once a minute: so short an absence may have passed between two readings.
        vendor: past
            .vendor
            .filter(|_| until.duration_since(since) > READINGS_APART && !past.lost),
        spans: Vec::new(),
    };
    // After a restart of ours it is not known which run of the device the absence began in.
    let first_told = past.records.iter().find(|(.., what)| *what != What::Started);
    let mut epoch = past
        .epoch
        .or_else(|| Some(first_told.map_or(epoch_now?, |(_, _, run, _)| *run)));
    for (at, plus_minus, run, what) in &past.records {
        let (at, plus_minus) = ((*at).clamp(since, until), *plus_minus);
        match what {
            What::ShutsDown | What::Restarts | What::Sleeps => {
                walk.until(at, plus_minus);
                walk.awake = false;
            }
            What::AgentStops => {
                walk.until(at, plus_minus);
                walk.recorded = false;
            }
            What::Started if epoch == Some(*run) => {
                // Our program began again, the device went on; what happened between is not recorded.
                walk.recorded = walk.awake && walk.recorded && walk.at == at;
                walk.until(at, plus_minus);
                (walk.awake, walk.recorded) = (true, true);
            }
            What::Started => {
                // A boot without a word before it: it lost its power at some moment since its last record.
                let unannounced = walk.awake;
                walk.awake = false;
                walk.until(at, plus_minus);
                if unannounced && let Some(off) = walk.spans.last_mut() {
                    off.basis = Basis::Inferred;
                }
                (walk.awake, walk.recorded, walk.app) = (true, true, false);
                epoch = Some(*run);
            }
            What::Woke { slept_ms } => {
                if walk.awake && *slept_ms > 0 {
                    // It slept without a word: it knows for how long.
                    let slept = SignedDuration::from_millis(i64::try_from(*slept_ms).unwrap_or(i64::MAX));
                    walk.until(at.saturating_sub(slept).unwrap_or(since).max(since), plus_minus);
                    walk.awake = false;
                }
                walk.until(at, plus_minus);
                (walk.awake, walk.recorded) = (true, true);
            }
            What::AppStarted => {
                walk.until(at, plus_minus);
                walk.app = true;
                walk.app_matters = true;
            }
            What::AppClosed | What::AppCrashed => {
                walk.until(at, plus_minus);
                walk.app = false;
            }
            What::Reached(reached) => walk.reads(*reached, at, plus_minus),
            What::StandsAside => {}
        }
    }
    if epoch != epoch_now {
        // It is another run by now and nothing tells of its beginning.
        walk.recorded = false;
    }
    walk.until(until, 0);
    walk.spans.truncate(MOST_SPANS);
    walk.spans
}

struct Walk {
    at: Timestamp,
    since: Timestamp,
    until: Timestamp,
    awake: bool,
    /// Our program ran and would have told.
    recorded: bool,
    app: bool,
    app_matters: bool,
    vendor: Option<bool>,
    spans: Vec<Span>,
}

impl Walk {
    /// As it was, until then.
    fn until(&mut self, at: Timestamp, plus_minus_ms: u32) {
        let (counted, basis) = match (self.awake, self.recorded, self.vendor) {
            (false, ..) => (Counted::Stopped, Basis::Measured),
            (true, false, _) => (Counted::Unheard, Basis::Inferred),
            (true, true, _) if self.app_matters && !self.app => (Counted::Stopped, Basis::Measured),
            (true, true, Some(false)) => (Counted::CutOff, Basis::Measured),
            (true, true, Some(true)) => (Counted::Working, Basis::Measured),
            (true, true, None) => (Counted::Unheard, Basis::Inferred),
        };
        let at = at.min(self.until);
        if at <= self.at {
            return;
        }
        match self.spans.last_mut() {
            Some(last) if last.counted == counted && last.basis == basis => {
                last.until = Some(at);
                last.plus_minus_ms = last.plus_minus_ms.max(plus_minus_ms);
            }
            _ => self.spans.push(Span {
                from: self.at,
                until: Some(at),
                counted,
                basis,
                plus_minus_ms,
            }),
        }
        self.at = at;
    }

    fn reads(&mut self, reached: Reached, at: Timestamp, plus_minus_ms: u32) {
        let fails = reached.vendor == Some(false);
        let soon = self.at == self.since && at.duration_since(self.since) <= READINGS_APART;
        if fails && soon && self.awake && self.recorded {
            // It began somewhere between the last good sign and this reading.
            self.vendor = Some(false);
            let late = u32::try_from(at.duration_since(self.since).as_millis()).unwrap_or(u32::MAX);
            self.until(at, plus_minus_ms.max(late));
            return;
        }
        if reached.vendor.is_some() && reached.vendor != self.vendor {
            self.until(at, plus_minus_ms);
            self.vendor = reached.vendor;
        }
    }
}

/// Looks at the causes of these incidents again, by what their devices told.
pub(super) fn reconsider(incidents: &BTreeSet<IncidentId>, devices: &Devices, book: &mut Book<'_>) {
    for id in incidents {
        let Some(incident) = book.incidents.get(id) else {
            continue;
        };
        if incident.condition != Condition::LostContact {
            continue;
        }
        let told: Vec<&Explained> = incident
            .members
            .iter()
            .filter_map(|member| devices.get(&member.device)?.past.explained.as_ref())
            .filter(|explained| explained.incident == *id)
            .collect();
        let members = incident.members.len();
        let most = |count: usize| count * 2 > members;
        let count = |worst: Counted| told.iter().filter(|explained| explained.worst == worst).count();
        let gateways = told.iter().filter(|explained| explained.gateway_down).count();
        let held = &incident.cause;
        let alone = held.kind == CauseKind::Device;
        let watches_for_all = alone
            && incident.members.iter().any(|member| {
                devices
                    .get(&member.device)
                    .is_some_and(|device| device.place.sentinel)
            });
        if alone && !watches_for_all {
            continue;
        }
        let local = matches!(
            held.kind,
            CauseKind::RoomNetwork | CauseKind::AccessPoint | CauseKind::SchoolNetwork
        );
        let kind = if most(gateways) {
            if watches_for_all {
                CauseKind::RoomNetwork
            } else if local {
                held.kind
            } else {
                CauseKind::SchoolNetwork
            }
        } else if most(count(Counted::Working)) {
            CauseKind::CollectorPath
        } else if most(count(Counted::CutOff)) && !alone {
            CauseKind::SchoolUplink
        } else if most(count(Counted::Stopped)) && !local && !alone {
            CauseKind::Together
        } else {
            continue;
        };
        // Which rooms share an access point is the district's word: that is never measured.
        let confidence = if kind == CauseKind::AccessPoint {
            held.confidence
        } else {
            Confidence::Measured
        };
        if kind == held.kind && confidence == held.confidence {
            continue;
        }
        let rooms = incident.members.iter().map(|member| member.room.clone());
        let to = Cause {
            kind,
            confidence,
            rooms: rooms.collect::<BTreeSet<_>>().into_iter().collect(),
            named: held.named.clone().filter(|_| kind == CauseKind::AccessPoint),
            ruled_out: held.ruled_out.clone(),
        };
        let change = Change::Corrected {
            from: (held.kind != kind).then_some(held.kind),
            to,
            began: told.iter().filter_map(|explained| explained.first_failure).min(),
        };
        book.learn(id, change);
    }
}

/// The goodbye that an absence of a kind begins with.
pub(super) const fn absence_of(goodbye: GoodbyeReason) -> Option<Condition> {
    match goodbye {
        GoodbyeReason::Shutdown => Some(Condition::ShutDown),
        GoodbyeReason::Restart => Some(Condition::Restarted),
        GoodbyeReason::Sleep => Some(Condition::Slept),
        GoodbyeReason::AgentStopped | GoodbyeReason::StandsAside => None,
    }
}
