//! What the watch remembers of one device.

use std::collections::BTreeMap;

use jiff::Timestamp;
use roomready_shared::facts::Subnet;
use roomready_shared::ids::{ClockEpoch, IncidentId, RoomId, SeatLabel, SessionId, StreamId};
use roomready_shared::timetable::{Phase, Timing};
use roomready_shared::wire::v1::AppState;
use serde::Serialize;

use super::contact::{AppDoubt, AppRun, Contact, Heard, Test};
use super::health::Health;
use super::looks::{Looks, Over};
use super::people::OfDevice;
use super::replay::{Late, Past};
use super::roster::Place;
use super::signs::Well;
use super::table::{BEATS_APART_MS, MISSED_PROMISES, RECONNECT_MS, silence_limit_ms};
use super::{Now, Reached};
use crate::domain::incident::{Condition, Detection, Reason};
use crate::domain::standing::Sight;

/// A device's seat in its present sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Current {
    /// The sitting.
    pub session: SessionId,
    /// Its room.
    pub room: RoomId,
    /// The seat.
    pub seat: Option<SeatLabel>,
    /// When this seat's test ends.
    pub ends: Timestamp,
    /// Whether the clock ends it or the student does.
    pub timing: Timing,
    /// The phase for this seat.
    pub phase: Phase,
    /// Since when it stands there in another device's place.
    pub(super) brought: Option<Timestamp>,
    /// When that phase began, as seen by us.
    pub(super) phase_from_ms: u64,
}

/// Something wrong that is not yet an incident. The tile shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Pending {
    /// Last good sign.
    pub(super) since: Timestamp,
    /// First broken promise, or first sign of what is wrong.
    pub(super) broken: Timestamp,
    /// When we saw it.
    pub(super) from_ms: u64,
    pub(super) why: Option<Reason>,
    pub(super) seen: Detection,
}

/// An open incident, with what a tile needs of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct OpenRef {
    pub(super) incident: IncidentId,
    pub(super) since: Timestamp,
    pub(super) why: Option<Reason>,
}

/// All that the watch remembers of one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceWatch {
    pub(super) place: Place,
    pub(super) current: Option<Current>,
    pub(super) contact: Contact,
    pub(super) app: Option<AppRun>,
    pub(super) app_doubt: AppDoubt,
    /// The sitting that the four following belong to.
    pub(super) session: Option<SessionId>,
    pub(super) test: Test,
    /// It was there while this sitting was testing, so its silence means something.
    pub(super) present: bool,
    pub(super) closes: Vec<Timestamp>,
    pub(super) seat_notes: u8,
    /// What is wrong and not yet an incident.
    pub(super) pending: BTreeMap<Condition, Pending>,
    pub(super) open: BTreeMap<Condition, OpenRef>,
    /// The latest absence, for evidence that comes when it is over.
    pub(super) last_absence: Option<IncidentId>,
    /// Since when it is silent, if the sitting ended before it was heard again.
    pub(super) not_heard_again: Option<Timestamp>,
    /// The latest record taken.
    pub(super) position: Option<(StreamId, u64)>,
    /// When the latest thing happened that its records tell.
    pub(super) told_until: Option<Timestamp>,
    /// What of the way outside answered it, by its latest word.
    pub(super) reached: Reached,
    /// The network that it stands in, by its latest word.
    pub(super) subnet: Option<Subnet>,
    /// When it looked at the vendor's hosts in its present sitting, and what it found.
    pub(super) looks: Looks,
    /// Its test app, by its latest word.
    pub(super) told_app: AppState,
    /// When its test app was last found to have been opened.
    pub(super) app_began: Option<Timestamp>,
    /// What people said of it in its present sitting.
    pub(super) said: OfDevice,
    /// The run of its clock, by its latest beat.
    pub(super) epoch: Option<ClockEpoch>,
    /// Records that wait on it still.
    pub(super) waiting: u32,
    /// What it tells of the time in which it was not heard.
    pub(super) past: Past,
    /// Something that began and that nobody noticed: it is told once it is known when it ended.
    pub(super) late: Option<Late>,
    /// When what is told after the fact was over.
    pub(super) late_end: BTreeMap<Condition, Over>,
    /// Since when what is open has been well again.
    pub(super) well: BTreeMap<Condition, Well>,
    /// Its battery, its checks, its coming and going.
    pub(super) health: Health,
    pub(super) sight: Sight,
}

impl DeviceWatch {
    pub(super) fn new(place: Place) -> Self {
        Self {
            place,
            current: None,
            contact: Contact::Never,
            app: None,
            app_doubt: AppDoubt::Seen,
            session: None,
            test: Test::NotStarted,
            present: false,
            closes: Vec::new(),
            seat_notes: 0,
            pending: BTreeMap::new(),
            open: BTreeMap::new(),
            last_absence: None,
            not_heard_again: None,
            position: None,
            told_until: None,
            reached: Reached::default(),
            subnet: None,
            looks: Looks::default(),
            told_app: AppState::Unknown,
            app_began: None,
            said: OfDevice::default(),
            epoch: None,
            waiting: 0,
            past: Past::default(),
            late: None,
            late_end: BTreeMap::new(),
            well: BTreeMap::new(),
            health: Health::default(),
            sight: Sight::NeverHeard,
        }
    }

    /// What is known about it now: what its tile is drawn from.
    #[must_use]
    pub const fn sight(&self) -> Sight {
        self.sight
    }

    /// Where it belongs.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// Its seat in its present sitting.
    #[must_use]
    pub const fn current(&self) -> Option<&Current> {
        self.current.as_ref()
    }

    /// Whether it is there.
    #[must_use]
    pub const fn contact(&self) -> Contact {
        self.contact
    }

    /// Its test in the present sitting.
    #[must_use]
    pub const fn test(&self) -> Test {
        self.test
    }

    /// Whether it keeps its promises.
    #[must_use]
    pub const fn is_heard(&self) -> bool {
        matches!(self.contact, Contact::Heard(_))
    }

    /// Whether its test app runs although it has no seat in any sitting now.
    #[must_use]
    pub fn tests_unexpected(&self) -> bool {
        let seated = matches!(self.phase(), Some(Phase::Testing | Phase::Break));
        !seated && !self.place.sentinel && matches!(self.told_app, AppState::Running)
    }

    /// Its open incidents.
    pub fn open_incidents(&self) -> impl Iterator<Item = &IncidentId> {
        self.open.values().map(|open| &open.incident)
    }

    pub(super) fn phase(&self) -> Option<Phase> {
        self.current.as_ref().map(|current| current.phase)
    }

    pub(super) fn testing(&self) -> bool {
        self.phase() == Some(Phase::Testing)
    }

    /// The open incident that says the device is not there. There is at most one.
    pub(super) fn absence(&self) -> Option<(Condition, &OpenRef)> {
        self.open
            .iter()
            .find(|(condition, _)| condition.is_absence())
            .map(|(condition, open)| (*condition, open))
    }

    /// A beat came. Gives back whether the run of beats before it was unbroken.
    pub(super) fn hear(&mut self, received: Now, promise_ms: u32) -> bool {
        let run = match self.contact {
            Contact::Heard(run)
                if received.mono_ms.saturating_sub(run.last_ms) <= silence_limit_ms(run.promise_ms) =>
            {
                Some(run)
            }
            _ => None,
        };
        self.contact = Contact::Heard(match run {
            Some(run) => {
                let counts = received.mono_ms.saturating_sub(run.counted_ms) >= BEATS_APART_MS;
                Heard {
                    from: run.from,
                    last: received.wall,
                    last_ms: received.mono_ms.max(run.last_ms),
                    promise_ms,
                    beats: run.beats.saturating_add(u8::from(counts)),
                    counted_ms: if counts { received.mono_ms } else { run.counted_ms },
                }
            }
            None => Heard {
                from: received.wall,
                last: received.wall,
                last_ms: received.mono_ms,
                promise_ms,
                beats: 1,
                counted_ms: received.mono_ms,
            },
        });
        self.pending.remove(&Condition::LostContact);
        self.not_heard_again = None;
        run.is_some()
    }

    /// Since when its student has finished, as people said. Whoever opens the test app afterwards goes on.
    pub(super) fn said_finished(&self) -> Option<Timestamp> {
        let outgrown = |said: &Timestamp| self.app_began.is_some_and(|began| began > *said);
        self.said.finished.filter(|said| !outgrown(said))
    }

    /// The test app was found to have been opened then.
    pub(super) fn app_begins(&mut self, at: Timestamp) {
        self.app_began = self.app_began.max(Some(at));
    }

    /// The test app was seen running; `beat_ms` is set when a beat showed it.
    pub(super) fn app_runs(&mut self, at: Timestamp, beat_ms: Option<u64>) {
        self.app_doubt = AppDoubt::Seen;
        let run = self.app.get_or_insert(AppRun {
            from: at,
            last: at,
            beats: 0,
            counted_ms: 0,
        });
        run.last = run.last.max(at);
        if let Some(beat_ms) = beat_ms
            && (run.beats == 0 || beat_ms.saturating_sub(run.counted_ms) >= BEATS_APART_MS)
        {
            run.beats = run.beats.saturating_add(1);
            run.counted_ms = beat_ms;
        }
    }

    /// We were blind until now: whoever is not known to be lost or away gets two promises to be heard.
    pub(super) fn was_not_seen(&mut self, now: Now, assumed_promise_ms: u32) {
        if self.absence().is_some() {
            return;
        }
        let promise_ms = match self.contact {
            Contact::Heard(run) => run.promise_ms,
            Contact::Checking { .. } | Contact::Silent { .. } => assumed_promise_ms,
            Contact::Never | Contact::Gone { .. } => return,
        };
        let promises = MISSED_PROMISES * u64::from(promise_ms.max(RECONNECT_MS));
        self.contact = Contact::Checking {
            since: now.wall,
            until_ms: now.mono_ms + promises,
        };
        self.pending.remove(&Condition::LostContact);
    }

    /// The worst that is true.
    pub(super) fn sight_now(&self) -> Sight {
        if let Some((_, open)) = self.absence() {
            return Sight::Lost {
                since: open.since,
                why: open.why,
            };
        }
        if let Some(pending) = self.pending.get(&Condition::LostContact) {
            return Sight::Lost {
                since: pending.since,
                why: pending.why,
            };
        }
        let phase = self.phase();
        if let (Some(since), Some(Phase::Finished)) = (self.not_heard_again, phase) {
            return Sight::Lost { since, why: None };
        }
        if let Some(open) = self.open.get(&Condition::TestAppCrashed) {
            return Sight::AppCrashed {
                since: open.since,
                why: open.why,
            };
        }
        let test = match phase {
            Some(Phase::Testing | Phase::Break) => self.test,
            _ => Test::NotStarted,
        };
        match (self.contact, test) {
            (Contact::Never, _) => Sight::NeverHeard,
            (_, Test::Closed { at, .. }) => Sight::FinishedMaybe { at },
            (Contact::Checking { .. }, _) => Sight::Checking,
            (Contact::Silent { since, .. }, _) => Sight::Silent { since },
            (Contact::Gone { goodbye, at, .. }, _) => Sight::Away { goodbye, at },
            (Contact::Heard(_), Test::Running { started }) => Sight::Working { since: started },
            (Contact::Heard(_), Test::Interrupted { at, .. }) => Sight::AppNotBack { since: at },
            (Contact::Heard(_), Test::NotStarted) => Sight::Here,
        }
    }
}
