//! What was known of a device when it went away, and what it told of the time since.

use jiff::Timestamp;
use roomready_shared::ids::{ClockEpoch, IncidentId};
use serde::Serialize;

use crate::domain::incident::{Counted, Incident, Span};
use crate::domain::watch::input::{Reached, Record, What};

/// Most records kept of one absence; more have more to tell than an incident keeps of one device.
const MOST_RECORDS: usize = 64;

/// What was known of a device when it went away, and what it told of the time since.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(in crate::domain::watch) struct Past {
    pub(in crate::domain::watch) epoch: Option<ClockEpoch>,
    pub(in crate::domain::watch) app: bool,
    /// It had said goodbye.
    pub(in crate::domain::watch) gone: bool,
    /// Some of its records are lost.
    pub(in crate::domain::watch) lost: bool,
    /// It is known to come and go, and is away once more.
    pub(super) gap: bool,
    pub(in crate::domain::watch) vendor: Option<bool>,
    pub(super) records: Vec<Told>,
    /// When the first happened of those that were too many to be kept: from there on nothing is known.
    pub(super) left_out_from: Option<Timestamp>,
    /// The absence that is to be explained, once everything is told.
    pub(super) due: Option<(IncidentId, Timestamp, Timestamp)>,
    /// What it came to.
    pub(super) explained: Option<Explained>,
}

/// One record of an absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Told {
    pub(super) at: Timestamp,
    pub(super) plus_minus_ms: u32,
    /// What a look found came about after this.
    pub(super) earliest: Timestamp,
    pub(super) run: ClockEpoch,
    pub(super) what: What,
}

/// In short, what an absence was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Explained {
    pub(super) incident: IncidentId,
    pub(super) spans: Vec<Span>,
    pub(super) worst: Counted,
    pub(super) gateway_down: bool,
    /// Its gateway answered whenever it was told, while the vendor did not.
    pub(super) gateway_answered: bool,
    /// So did somebody outside.
    pub(super) outside_answered: bool,
    pub(super) first_failure: Option<Timestamp>,
}

impl From<&Record> for Told {
    fn from(record: &Record) -> Self {
        Self {
            at: record.time.at,
            plus_minus_ms: u32::try_from(record.time.plus_minus_ms).unwrap_or(u32::MAX),
            earliest: record.earliest(),
            run: record.epoch,
            what: record.what,
        }
    }
}

impl Told {
    /// Whether it happened after this moment, however far from the truth its time may be.
    pub(super) fn is_surely_after(&self, moment: Timestamp) -> bool {
        self.at.as_millisecond() - i64::from(self.plus_minus_ms) > moment.as_millisecond()
    }
}

impl Past {
    /// Keeps a record, if it says anything new. Gives back whether there was room for it.
    pub(super) fn tell(&mut self, record: &Record) -> bool {
        if let What::Reached(reached) = record.what
            && !self.says_more(reached)
        {
            return true;
        }
        let told = Told::from(record);
        let room = self.records.len() < MOST_RECORDS && self.left_out_from.is_none();
        if room {
            self.records.push(told);
        } else {
            self.left_out_from = Some(self.left_out_from.map_or(told.at, |from| from.min(told.at)));
        }
        room
    }

    /// Whether a reading is another one than the one before it.
    fn says_more(&self, newer: Reached) -> bool {
        let last = self.records.iter().rev().find_map(|told| match told.what {
            What::Reached(reached) => Some(reached),
            _ => None,
        });
        last != Some(newer)
    }

    /// After a restart: what it told of an absence, which was over then.
    pub(in crate::domain::watch) fn take_up(&mut self, records: &[Record], until: Option<Timestamp>) {
        for record in records {
            // What happened surely later tells nothing of it, but that a later run of the device began.
            let later = until.is_some_and(|until| Told::from(record).is_surely_after(until));
            if !later || record.what == What::Started {
                self.tell(record);
            }
        }
    }

    /// After a restart: what the record says that an absence came to. What it was taken for when it began may be all that
    /// is known of it; or it was never explained.
    pub(in crate::domain::watch) fn was(&mut self, incident: &Incident, spans: &[Span], until: Timestamp) {
        let as_it_began = |span: &Span| {
            let began = incident.condition.span_from(span.from, None);
            (span.counted, span.basis) == (began.counted, began.basis)
        };
        match spans {
            [only] if as_it_began(only) => self.due = Some((incident.id.clone(), only.from, until)),
            _ => {
                self.explained = Some(self.came_to(&incident.id, spans.to_vec()));
                self.records.clear();
            }
        }
    }

    /// In short, with what its records tell of why.
    pub(super) fn came_to(&self, incident: &IncidentId, spans: Vec<Span>) -> Explained {
        let failures = || {
            self.records.iter().filter_map(|told| match told.what {
                What::Reached(reached) if reached.vendor == Some(false) || reached.gateway == Some(false) => {
                    Some((told.at, reached))
                }
                _ => None,
            })
        };
        let said =
            |of: fn(Reached) -> Option<bool>, what| failures().any(|(_, reached)| of(reached) == Some(what));
        let always = |of| said(of, true) && !said(of, false);
        Explained {
            incident: incident.clone(),
            worst: spans
                .iter()
                .map(|span| span.counted)
                .min()
                .unwrap_or(Counted::Unheard),
            spans,
            gateway_down: said(|reached| reached.gateway, false),
            gateway_answered: always(|reached| reached.gateway),
            // What was read before it failed, and was read again later, says nothing.
            outside_answered: always(|reached| reached.outside),
            first_failure: failures().map(|(at, _)| at).min(),
        }
    }
}
