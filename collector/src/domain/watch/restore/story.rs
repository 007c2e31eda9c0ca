//! What devices told of absences that nobody has explained to the end: a restart takes it up where it stood.
//!
//! The record keeps what an absence came to; what was told of it, and by how many, lives in memory. The devices' records
//! are stored, so that both are drawn from them again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use roomready_shared::facts::{Facts, HostPort, Reach, Reading};
use roomready_shared::ids::{ClockEpoch, DeviceId, SessionId};
use roomready_shared::wire::v1::NewsBody;
use serde::{Deserialize, Serialize};

use crate::domain::event_time::Dated;
use crate::domain::incident::{self, Condition, Incident, Incidents, Note, SeatNote, Span};
use crate::domain::watch::contact::AppRun;
use crate::domain::watch::device::DeviceWatch;
use crate::domain::watch::input::{self, Record, What, whole_ms};
use crate::domain::watch::replay::Past;
use crate::domain::watch::table::KEPT_AFTER_END;

/// What a device told around its latest absence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Story {
    /// Whether any of the vendor's hosts answered it by its last word before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<bool>,
    /// The run of its clock by its last word before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<ClockEpoch>,
    /// What it told since, as far as the watch has judged it, in the order that it came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<Record>,
    /// Some of that is lost.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lost: bool,
}

/// A device's record as it lies in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    /// When it came.
    pub received: Timestamp,
    /// The watch has judged it. Others it is given like new ones.
    pub judged: bool,
    /// The record.
    pub dated: Dated,
}

impl Story {
    /// From a device's records, the newest first, and its merged facts. Before `since` go those that its last good sign
    /// can have brought.
    #[must_use]
    pub fn of(since: Timestamp, facts: Option<&Facts>, newest_first: &[StoredRecord], lost: bool) -> Self {
        let tells_since = |stored: &&StoredRecord| stored.received.as_millisecond() > since.as_millisecond();
        let later = newest_first.iter().take_while(tells_since).count();
        let (later, before) = newest_first.split_at(later);
        let records = later.iter().rev().filter(|stored| stored.judged);
        Self {
            vendor: vendor_before(facts, later, before),
            epoch: before.first().map(|stored| stored.dated.news.epoch),
            records: records
                .filter_map(|stored| input::record(&stored.dated))
                .collect(),
            lost,
        }
    }
}

/// Whether any of the vendor's hosts answered, by the last word of each before. A record tells those that changed; of
/// the others the merged facts know it.
fn vendor_before(facts: Option<&Facts>, later: &[StoredRecord], before: &[StoredRecord]) -> Option<bool> {
    let changed: BTreeSet<_> = later.iter().flat_map(told).map(|(host, _)| host).collect();
    let mut hosts = BTreeMap::new();
    for (host, answers) in before.iter().flat_map(told) {
        hosts.entry(host).or_insert(answers);
    }
    let merged = facts.into_iter().flat_map(answers);
    for (host, answers) in merged.filter(|(host, _)| !changed.contains(host)) {
        hosts.entry(host).or_insert(answers);
    }
    let all_known = changed.iter().all(|host| hosts.contains_key(host));
    let any = hosts.values().any(|answers| *answers);
    (any || (all_known && !hosts.is_empty())).then_some(any)
}

fn told(stored: &StoredRecord) -> impl Iterator<Item = (&HostPort, bool)> {
    let facts = match &stored.dated.news.body {
        NewsBody::Facts { facts, .. } => Some(&**facts),
        _ => None,
    };
    facts.into_iter().flat_map(answers)
}

fn answers(facts: &Facts) -> impl Iterator<Item = (&HostPort, bool)> {
    let read = |reading: &Reading<Reach>| reading.value().map(Reach::answers);
    facts
        .vendor
        .iter()
        .filter_map(move |(host, reading)| Some((host, read(reading)?)))
}

/// The latest absence of a device, as the record tells it.
#[derive(Clone, Copy)]
pub(super) struct Absence<'a> {
    pub(super) incident: &'a Incident,
    /// Without a gap between them.
    pub(super) spans: &'a [Span],
    session: &'a SessionId,
}

impl Absence<'_> {
    pub(super) fn since(&self) -> Timestamp {
        self.spans[0].from
    }

    /// None while it goes on.
    fn until(&self) -> Option<Timestamp> {
        self.spans[self.spans.len() - 1].until
    }
}

/// The latest absence of each device.
pub(super) fn latest_absences(incidents: &Incidents) -> BTreeMap<DeviceId, Absence<'_>> {
    let mut latest: BTreeMap<DeviceId, Absence<'_>> = BTreeMap::new();
    let absences = incidents
        .values()
        .filter(|incident| incident.condition.is_absence() && incident.part_of().is_none());
    for incident in absences {
        for member in &incident.members {
            let Some(spans) = incident
                .spans
                .get(&member.device)
                .filter(|spans| !spans.is_empty())
            else {
                continue;
            };
            let apart = |pair: &[Span]| pair[0].until != Some(pair[1].from);
            let begins = spans.windows(2).rposition(apart).map_or(0, |at| at + 1);
            let absence = Absence {
                incident,
                spans: &spans[begins..],
                session: &member.session,
            };
            let held = latest.entry(member.device).or_insert(absence);
            if held.since() <= absence.since() {
                *held = absence;
            }
        }
    }
    latest
}

/// Since when what a device told may tell of an absence that the watch remembers: for these a restart needs a [`Story`].
#[must_use]
pub fn absences(notes: &[Note], now: Timestamp) -> BTreeMap<DeviceId, Timestamp> {
    let mut incidents = Incidents::new();
    for note in notes {
        incident::fold(&mut incidents, note);
    }
    let remembered = |absence: &Absence<'_>| {
        absence
            .until()
            .is_none_or(|until| now.duration_since(until) < KEPT_AFTER_END)
    };
    latest_absences(&incidents)
        .into_iter()
        .filter(|(_, absence)| remembered(absence))
        .map(|(device, absence)| (device, absence.since()))
        .collect()
}

impl DeviceWatch {
    /// Takes up the story of its latest absence where it stood.
    pub(super) fn take_up(
        &mut self,
        id: DeviceId,
        absence: Absence<'_>,
        story: &Story,
        notes: &[Note],
        incidents: &Incidents,
    ) {
        let told_until = story.records.iter().map(|record| record.time.at).max();
        self.told_until = self.told_until.max(told_until);
        self.past = Past::default();
        self.past.gone = absence.incident.condition != Condition::LostContact;
        self.past.app = ran(id, absence, notes, incidents);
        self.past.epoch = story.epoch;
        self.past.vendor = story.vendor;
        self.past.lost = story.lost;
        let until = absence.until();
        self.past.take_up(&story.records, until);
        if let Some(until) = until {
            self.app = app_since(&story.records, until);
            self.past.was(absence.incident, absence.spans, until);
        }
    }
}

/// Its test app, if it was told after the absence that it ran again: then it is known since when.
fn app_since(records: &[Record], until: Timestamp) -> Option<AppRun> {
    let mut runs = None;
    for record in records {
        match record.what {
            What::AppStarted => {
                runs.get_or_insert(record.time.at);
            }
            What::AppClosed | What::AppCrashed | What::Started => runs = None,
            _ => {}
        }
    }
    let from = runs.filter(|from| *from > until)?;
    Some(AppRun {
        from: whole_ms(from),
        last: from,
        beats: 0,
        counted_ms: 0,
    })
}

/// Whether its test app ran when the absence began.
fn ran(id: DeviceId, absence: Absence<'_>, notes: &[Note], incidents: &Incidents) -> bool {
    let since = absence.since();
    let without_it = incidents.values().any(|incident| {
        let condition = incident.condition;
        let of_app = matches!(
            condition,
            Condition::TestAppCrashed | Condition::TestAppNotRunning
        );
        let mut spans = incident.spans.get(&id).into_iter().flatten();
        of_app && spans.any(|span| span.from <= since && span.until.is_none_or(|until| since < until))
    });
    let of = |seat: &SeatNote| seat.device == id && seat.session == *absence.session && seat.at <= since;
    let last = notes.iter().rev().find_map(|note| match note {
        Note::SeatStarted(seat) if of(seat) => Some(true),
        Note::SeatFinished(seat) if of(seat) => Some(false),
        _ => None,
    });
    last == Some(true) && !without_it
}
