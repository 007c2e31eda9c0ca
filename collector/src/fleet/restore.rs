//! The fleet after a restart.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, SchoolId};
use roomready_shared::wire::v1::News;

use super::notices::Notices;
use super::people::People;
use super::{Fleet, IncidentLog, State};
use crate::config::Config;
use crate::domain::event_time::{Dated, EventTime};
use crate::domain::incident::Note;
use crate::domain::plan::{Enrolled, Home};
use crate::domain::watch::{
    self, Input, Now, Recorded, Restored, RestoredDevice, Said, StoredRecord, Story, WatchPlan, WatchState,
};
use crate::store::{
    Arrival, EntryQuery, KnownDevice, MOST_ENTRIES_A_PAGE, MOST_NEWS_A_PAGE, Page, Store, StoreError,
    StoredNews,
};

/// How far back the record is read for open incidents: a sitting lasts hours, a weekend lies between two.
pub const RESTORE_LOOKS_BACK: Duration = Duration::from_secs(4 * 24 * 60 * 60);
/// Records of a device that nearly always reach back before its latest absence.
const USUAL_STORY: u32 = 32;
/// Most records of a device that are read for the story of its latest absence.
const LONGEST_STORY: u32 = 256;

/// Rebuilds the fleet from the store.
///
/// # Errors
///
/// When the store cannot tell what it knows.
pub async fn restore(config: Config, store: &dyn Store, now: Timestamp) -> Result<Fleet, StoreError> {
    rebuild(config, store, now, None).await
}

/// The same, and from now on each tick gives what the watches were given and wrote ([`super::Ticked::recorded`]).
///
/// # Errors
///
/// When the store cannot tell what it knows.
pub async fn restore_recorded(
    config: Config,
    store: &dyn Store,
    now: Timestamp,
) -> Result<Fleet, StoreError> {
    rebuild(config, store, now, Some(Vec::new())).await
}

async fn rebuild(
    config: Config,
    store: &dyn Store,
    now: Timestamp,
    mut recording: Option<Vec<Recorded>>,
) -> Result<Fleet, StoreError> {
    let devices = store.devices().await?;
    let last_alive = store.last_alive().await?;
    let judged = store.judged().await?;
    let mut people = People::of(
        store.proctor_links().await?,
        store.proctors().await?,
        store.accounts().await?,
    );
    let notices = Notices::of(store).await?;
    let approvals = super::advice::approvals(store, &config.advice).await?;
    let mut watches = BTreeMap::new();
    let mut logs = BTreeMap::new();
    for school in config.district.schools().keys() {
        let (notes, said) = notes_of(store, school, now, &mut people).await?;
        let log: &mut IncidentLog = logs.entry(school.clone()).or_default();
        notes.iter().for_each(|note| log.take(note));
        let homes: Vec<_> = devices
            .iter()
            .map(|device| (device, home(&config, device)))
            .collect();
        let plan = WatchPlan::of(
            &config.district,
            school,
            homes.iter().map(|(device, home)| (device.id, home)),
        );
        let absences = watch::absences(&notes, now);
        let mut heard = Vec::new();
        for (device, home) in &homes {
            let Some(last) = device.last_news_at.filter(|_| home.room.school == *school) else {
                continue;
            };
            let story = match absences.get(&device.id) {
                Some(since) => Some(story_of(store, device, *since, judged).await?),
                None => None,
            };
            let facts = device.facts.as_deref();
            heard.push(RestoredDevice::of(device.id, last, facts, story));
        }
        let restored = Restored {
            school: school.clone(),
            plan,
            heard,
            notes,
            said,
            last_alive,
        };
        if let Some(recording) = &mut recording {
            recording.push(Recorded::Begins(restored.clone()));
        }
        watches.insert(school.clone(), WatchState::restore(restored));
    }
    let fleet = Fleet::new(config, devices, watches);
    fleet.state().logs = logs;
    fleet.state().recording = recording;
    fleet.state().people = people;
    fleet.state().approvals = approvals;
    fleet.state().notices = notices;
    hand_over_unjudged(&fleet, store).await?;
    Ok(fleet)
}

fn home(config: &Config, device: &KnownDevice) -> Home {
    config.district.home_of(Enrolled {
        name: &device.name,
        serial: device.serial.as_ref(),
        platform: device.platform,
        room: &device.room,
    })
}

/// The notes of a school's watch, and what people said there.
async fn notes_of(
    store: &dyn Store,
    school: &SchoolId,
    now: Timestamp,
    people: &mut People,
) -> Result<(Vec<Note>, Vec<Said>), StoreError> {
    let (mut notes, mut said) = (Vec::new(), Vec::new());
    let mut page = Page::First;
    loop {
        let query = EntryQuery {
            school: Some(school.clone()),
            since: now.saturating_sub(RESTORE_LOOKS_BACK).ok(),
            page,
            limit: MOST_ENTRIES_A_PAGE,
            ..EntryQuery::default()
        };
        let entries = store.entries(query).await?;
        let Some(last) = entries.last() else {
            return Ok((notes, said));
        };
        page = Page::After(last.seq);
        for entry in &entries {
            said.extend(people.take(entry));
            match Note::of_entry(&entry.entry) {
                Some(Ok(note)) => notes.push(note),
                // The record keeps it; a watch that refused to start over one line would see nothing at all.
                Some(Err(error)) => {
                    tracing::error!(seq = entry.seq, %error, "a line of the record is skipped");
                }
                None => {}
            }
        }
    }
}

/// What a device told around an absence that began then.
async fn story_of(
    store: &dyn Store,
    device: &KnownDevice,
    since: Timestamp,
    judged: Arrival,
) -> Result<Story, StoreError> {
    let mut lost = store.lost_after(device.id, since).await?;
    let mut news = store.news_of(device.id, USUAL_STORY).await?;
    let reaches_back = |news: &[StoredNews]| news.last().is_none_or(|oldest| oldest.received_at < since);
    if !reaches_back(&news) && is_full(&news, USUAL_STORY) {
        news = store.news_of(device.id, LONGEST_STORY).await?;
        // What is not read again is as good as lost.
        lost |= !reaches_back(&news) && is_full(&news, LONGEST_STORY);
    }
    let stored: Vec<_> = news
        .into_iter()
        .map(|news| StoredRecord {
            received: news.received_at,
            judged: news.arrival <= judged,
            dated: dated(news.news, news.time),
        })
        .collect();
    Ok(Story::of(since, device.facts.as_deref(), &stored, lost))
}

fn is_full(page: &[StoredNews], most: u32) -> bool {
    u32::try_from(page.len()).is_ok_and(|length| length >= most)
}

fn dated(news: News, time: EventTime) -> Dated {
    Dated {
        news,
        time,
        // Counted by the run that received it.
        ahead: false,
    }
}

/// Records that were stored and that no watch has judged: the run before ended in between.
async fn hand_over_unjudged(fleet: &Fleet, store: &dyn Store) -> Result<(), StoreError> {
    let mut after = store.judged().await?;
    fleet.state().handed = after;
    loop {
        let page = store.news_after(after).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.arrival;
        let full = is_full(&page, MOST_NEWS_A_PAGE);
        let mut state = fleet.state();
        for stored in page {
            let received = Now {
                wall: stored.received_at,
                mono_ms: 0,
            };
            let dated = dated(stored.news, stored.time);
            let report = watch::Report::stored(stored.device, received, stored.stream, &dated);
            state.hand_over_stored(stored.device, report);
        }
        state.handed = after;
        drop(state);
        if !full {
            return Ok(());
        }
    }
}

impl State {
    fn hand_over_stored(&mut self, device: DeviceId, report: watch::Report) {
        if let Some(school) = self
            .devices
            .get(&device)
            .map(|device| device.home.room.school.clone())
        {
            self.hand_over(&school, Input::Report(report));
        }
    }
}
