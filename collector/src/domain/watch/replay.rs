//! What a device's own records say of the time in which it was not heard.
//!
//! While a device is away, and until its outbox is empty again, what it tells about that time is kept ([`Past`]). Then
//! the silence is explained ([`explain`]): a walk along the records from what was known before it, which gives each
//! stretch its name. When most devices of an incident have explained themselves, its cause is looked at again
//! ([`reconsider`]): a guess that the readings contradict is corrected in the open.

mod late;
mod meanwhile;
mod past;
mod reconsider;
mod walk;

pub(super) use late::{Late, absence_of, end_late, told_late};
pub(super) use past::Past;
pub(super) use reconsider::reconsider;

use jiff::{SignedDuration, Timestamp};
use roomready_shared::ids::{DeviceId, IncidentId};

use super::book::Book;
use super::contact::{Contact, Test};
use super::device::DeviceWatch;
use super::input::Record;
use crate::domain::incident::{Basis, Change, Condition, Counted, Span};
use past::Explained;
use walk::{explain, no_more_than_are_kept};

/// A device that came back without its test app is explained once that runs again, or after this long, when it is an
/// incident of its own.
const APP_IS_AWAITED: SignedDuration = SignedDuration::from_mins(3);

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
        if !self.past.tell(record) {
            book.counts.left_out += 1;
        }
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
    no_more_than_are_kept(&mut out);
    out
}

/// Explains the absence of a device that has told everything.
pub(super) fn settle(id: DeviceId, device: &mut DeviceWatch, book: &mut Book<'_>) -> Option<IncidentId> {
    if device.waiting > 0 || !matches!(device.contact, Contact::Heard(_)) {
        return None;
    }
    let Some((_, _, back)) = &device.past.due else {
        // A gap that nobody asked about, because a break began in it, is over as well.
        device.past.gap = false;
        return None;
    };
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
    device.past.records.sort_by_key(|told| told.at);
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
    let explained = device.past.came_to(&incident, spans.clone());
    device.past.records.clear();
    device.past.explained = Some(explained);
    // An absence counts as unheard until more is known; a gap counts as nothing.
    let was_gap = std::mem::take(&mut device.past.gap);
    let guessed = spans.iter().all(|span| span.counted == Counted::Unheard);
    if !guessed || was_gap {
        book.learn(&incident, Change::Exact { device: id, spans });
    }
    Some(incident)
}
