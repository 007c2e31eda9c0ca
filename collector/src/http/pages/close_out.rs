//! The close-out sheet of a session, read from the record each time: it is right for yesterday's session, and after a
//! restart.

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse as _, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use jiff::{SignedDuration, Timestamp};
use roomready_shared::ids::{SchoolId, SessionId};
use serde::Deserialize;

use super::proctors::session_named;
use crate::domain::entry::{Entry, EntryKind, NewEntry, Subject};
use crate::domain::incident::Note;
use crate::domain::minutes::Past;
use crate::fleet;
use crate::http::extract::person::Person;
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::pages;
use crate::present::close_out::{self, Told};
use crate::store::{EntryQuery, MOST_ENTRIES_A_PAGE, Page};

/// Before its preparation nothing belongs to a session. An id may have been used for another one long ago.
const READ_BEFORE: SignedDuration = SignedDuration::from_hours(24);
/// Devices may return days later, after a weekend too; their records amend incidents then.
const READ_AFTER: SignedDuration = SignedDuration::from_hours(4 * 24);
/// Lines of a school's record that are read for one sheet: a school's worst four days have a tenth of it.
const MOST_LINES_READ: usize = 100_000;
/// Incidents whose beginning is fetched apart, because it lies before all that is read.
const MOST_STORIES: usize = 50;

type OfSession = Path<(String, String)>;

pub(in crate::http) async fn page(
    State(app): State<App>,
    person: Person,
    Path((school, session)): OfSession,
) -> Result<Html<String>, Refusal> {
    let (id, room) = session_named(&app, &school, &session)?;
    let (past, cut) = read(&app, &room.school, &id).await?;
    let told = Told {
        session: &id,
        past: &past,
        cut,
    };
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        close_out::close_out(scene, told)
    });
    view.map(|view| Html(pages::close_out::render(&view)))
        .ok_or_else(|| Refusal::no_such("a session", &session))
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Of {
    Seats,
    Incidents,
}

#[derive(Deserialize)]
pub(in crate::http) struct Wanted {
    of: Of,
}

/// A part of it as a file. That it was taken out is a line of the record.
pub(in crate::http) async fn csv(
    State(app): State<App>,
    person: Person,
    Path((school, session)): OfSession,
    Sent(wanted): Sent<Wanted>,
) -> Result<Response, Refusal> {
    let (id, room) = session_named(&app, &school, &session)?;
    let (past, cut) = read(&app, &room.school, &id).await?;
    let told = Told {
        session: &id,
        past: &past,
        cut,
    };
    let now = app.clock.wall();
    let (what, text) = app.stage.show(now, person.viewer(), |scene| match wanted.of {
        Of::Seats => ("seats", close_out::seats_csv(scene, told)),
        Of::Incidents => ("incidents", close_out::incidents_csv(scene, told)),
    });
    let text = text.ok_or_else(|| Refusal::no_such("a session", &session))?;
    let mut entry = NewEntry::exported(now, &person.actor, &format!("close-out sheet: {what}"));
    (entry.school, entry.subject) = (Some(room.school), Subject::Session(id.clone()));
    app.store.append(vec![entry], None).await?;
    let head = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"close-out-{id}-{what}.csv\""),
        ),
    ];
    Ok((head, text).into_response())
}

/// What the record tells of a session, and whether some was left out.
async fn read(app: &App, school: &SchoolId, id: &SessionId) -> Result<(Past, bool), Refusal> {
    let begun = app.fleet.read(|fleet| {
        let session = fleet.district().session(id)?;
        let (prepared, over) = (session.timetable.sweep_from(), session.last_end());
        Some((Past::new(session), prepared, over))
    });
    let (mut past, prepared, over) = begun.ok_or_else(|| Refusal::no_such("a session", id.as_str()))?;
    let since = prepared.saturating_sub(READ_BEFORE).unwrap_or(Timestamp::MIN);
    let until = over.saturating_add(READ_AFTER).unwrap_or(Timestamp::MAX);
    let mut page = begins(app, school, id, since).await?;
    let (mut read, mut whole) = (0, false);
    while read < MOST_LINES_READ && !whole {
        let query = EntryQuery {
            school: Some(school.clone()),
            since: Some(since),
            until: Some(until),
            page,
            limit: MOST_ENTRIES_A_PAGE,
            ..EntryQuery::default()
        };
        let entries = app.store.entries(query).await?;
        entries.iter().for_each(|entry| past.take(entry));
        read += entries.len();
        whole = u32::try_from(entries.len()).is_ok_and(|read| read < MOST_ENTRIES_A_PAGE);
        page = entries.last().map_or(page, |last| Page::After(last.seq));
    }
    fetch_stories(app, &mut past).await?;
    Ok((past, !whole))
}

/// Where its lines begin in the record: at its first phase, which the index finds, so that a year of other days is not
/// walked through. Without one, at its time.
async fn begins(app: &App, school: &SchoolId, id: &SessionId, since: Timestamp) -> Result<Page, Refusal> {
    let query = EntryQuery {
        school: Some(school.clone()),
        subject: Some(Subject::Session(id.clone())),
        since: Some(since),
        limit: MOST_ENTRIES_A_PAGE,
        ..EntryQuery::default()
    };
    let entries = app.store.entries(query).await?;
    let first = entries
        .iter()
        .find(|Entry { entry, .. }| entry.kind == EntryKind::SessionPhase);
    Ok(first.map_or(Page::First, |first| Page::After(first.seq.saturating_sub(1))))
}

/// The whole story of incidents that opened before.
async fn fetch_stories(app: &App, past: &mut Past) -> Result<(), Refusal> {
    let unknown: Vec<_> = past.unknown().take(MOST_STORIES).cloned().collect();
    for id in unknown {
        let query = EntryQuery {
            subject: Some(Subject::Incident(id)),
            limit: MOST_ENTRIES_A_PAGE,
            ..EntryQuery::default()
        };
        let entries = app.store.entries(query).await?;
        let notes = entries
            .iter()
            .filter_map(|entry| Note::of_entry(&entry.entry)?.ok());
        if let Some(told) = fleet::Told::of(notes) {
            past.take_story(told.incident);
        }
    }
    Ok(())
}
