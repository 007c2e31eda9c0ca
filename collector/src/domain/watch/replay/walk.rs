//! A walk along a device's own records of an absence, which gives each stretch its name.

use jiff::{SignedDuration, Timestamp};
use roomready_shared::ids::ClockEpoch;

use super::Past;
use crate::domain::incident::{Basis, Counted, MOST_SPANS, Span, between};
use crate::domain::watch::input::{Reached, What};

/// Within this time of an absence a device has surely looked at the way out: each minute, and half of one for a busy
/// device. What it does not tell of then is as it was.
const SURELY_LOOKED: SignedDuration = SignedDuration::from_secs(90);

/// Walks along the records of an absence. Where nothing was told the device went on as it was: it tells what changes.
pub(super) fn explain(
    past: &Past,
    epoch_now: Option<ClockEpoch>,
    since: Timestamp,
    until: Timestamp,
) -> Vec<Span> {
    let mut walk = Walk {
        at: since,
        until,
        awake: !past.gone,
        recorded: true,
        app: past.app,
        app_matters: past.app,
        // The way out is read once a minute: so short an absence may have passed between two readings.
        vendor: past
            .vendor
            .filter(|_| until.duration_since(since) > SURELY_LOOKED && !past.lost),
        vendor_before: past.vendor,
        at_plus_minus_ms: 0,
        spans: Vec::new(),
    };
    // After a restart of ours it is not known which run of the device the absence began in.
    let first_told = past.records.iter().find(|told| told.what != What::Started);
    let mut epoch = past
        .epoch
        .or_else(|| Some(first_told.map_or(epoch_now?, |told| told.run)));
    for told in &past.records {
        if past.left_out_from.is_some_and(|from| from < told.at) {
            break;
        }
        if told.is_surely_after(until) {
            if told.what == What::Started {
                epoch = Some(told.run);
            }
            continue;
        }
        let (at, plus_minus) = (told.at.clamp(since, until), told.plus_minus_ms);
        match told.what {
            What::ShutsDown | What::Restarts | What::Sleeps => {
                walk.until(at, plus_minus);
                walk.awake = false;
            }
            What::AgentStops => {
                walk.until(at, plus_minus);
                walk.recorded = false;
            }
            What::Started if epoch == Some(told.run) => {
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
                epoch = Some(told.run);
            }
            What::Woke { slept_ms } => {
                if walk.awake && slept_ms > 0 {
                    // It slept without a word: it knows for how long.
                    let slept = SignedDuration::from_millis(i64::try_from(slept_ms).unwrap_or(i64::MAX));
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
            What::Reached(reached) => walk.reads(reached, told.earliest.max(since), at, plus_minus),
            What::StandsAside => {}
        }
    }
    if let Some(from) = past.left_out_from {
        // What it told then could not be kept: it may have been anything.
        walk.until(from.clamp(since, until), 0);
        (walk.awake, walk.recorded, walk.app_matters) = (true, false, false);
    } else if epoch != epoch_now {
        // It is another run by now and nothing tells of its beginning.
        walk.recorded = false;
    }
    walk.until(until, 0);
    no_more_than_are_kept(&mut walk.spans);
    walk.spans
}

/// Of more stretches than an incident keeps, one of which may still be added, the rest is one that nothing explains: none
/// of its time may go missing.
pub(super) fn no_more_than_are_kept(spans: &mut Vec<Span>) {
    const MOST: usize = MOST_SPANS - 1;
    let Some(until) = spans.last().map(|last| last.until).filter(|_| spans.len() > MOST) else {
        return;
    };
    spans.truncate(MOST);
    if let Some(rest) = spans.last_mut() {
        rest.until = until;
        (rest.counted, rest.basis) = (Counted::Unheard, Basis::Inferred);
    }
}

struct Walk {
    at: Timestamp,
    until: Timestamp,
    awake: bool,
    /// Our program ran and would have told.
    recorded: bool,
    app: bool,
    app_matters: bool,
    vendor: Option<bool>,
    /// By its last word before the absence.
    vendor_before: Option<bool>,
    /// What is at `at` may lie so far from it.
    at_plus_minus_ms: u32,
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
            self.at_plus_minus_ms = self.at_plus_minus_ms.max(plus_minus_ms);
            return;
        }
        let plus_minus = self.at_plus_minus_ms.max(plus_minus_ms);
        match self.spans.last_mut() {
            Some(last) if last.counted == counted && last.basis == basis => {
                last.until = Some(at);
                last.plus_minus_ms = last.plus_minus_ms.max(plus_minus);
            }
            _ => self.spans.push(Span {
                from: self.at,
                until: Some(at),
                counted,
                basis,
                plus_minus_ms: plus_minus,
            }),
        }
        self.at = at;
        self.at_plus_minus_ms = plus_minus_ms;
    }

    /// A look found the vendor's hosts otherwise than the look before: that came about somewhere between the two.
    fn reads(&mut self, reached: Reached, before: Timestamp, at: Timestamp, plus_minus_ms: u32) {
        if reached.vendor.is_some() && reached.vendor != self.vendor {
            // That all is well where nobody knew it is known from this look on: nothing has changed.
            let before = match (self.vendor, reached.vendor) {
                (None, Some(true)) => at,
                _ => before,
            };
            let (middle, half_ms) = between(before, at);
            // What else was told meanwhile stands.
            let changed = middle.max(self.at);
            if self.vendor.is_none() && reached.vendor == Some(false) {
                // As it was by its last look before the absence, until it changed.
                self.vendor = Some(self.vendor_before != Some(false));
            }
            self.until(changed, plus_minus_ms.saturating_add(half_ms));
            self.vendor = reached.vendor;
        }
    }
}
