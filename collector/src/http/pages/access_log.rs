//! The access log: its pages, and the whole of it as a file.

use std::fmt::Write as _;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Deserialize;

use crate::domain::entry::{Actor, Entry, NewEntry};
use crate::http::extract::person::Person;
use crate::http::{App, Refusal};
use crate::pages;
use crate::present::csv::csv_cell;
use crate::present::{self, Names};
use crate::store::{EntryQuery, MOST_ENTRIES_A_PAGE, Page};

/// Lines of one page: a screen or two.
const LINES: u32 = 100;

#[derive(Deserialize)]
pub(in crate::http) struct From {
    before: Option<u64>,
}

pub(in crate::http) async fn page(
    State(app): State<App>,
    person: Person,
    Query(from): Query<From>,
) -> Result<Html<String>, Refusal> {
    let query = EntryQuery {
        access: true,
        page: from.before.map_or(Page::Last, Page::Before),
        limit: LINES + 1,
        ..EntryQuery::default()
    };
    let entries = app.store.entries(query).await?;
    let names = names(&app).await?;
    let lines = usize::try_from(LINES).unwrap_or(usize::MAX);
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::access_log(scene, &entries, lines, from.before.is_none(), &names)
    });
    Ok(Html(pages::access_log::render(&view)))
}

/// All of it, oldest first, in pieces: however long it is, no more than a page of it is in memory.
pub(in crate::http) async fn export(State(app): State<App>, person: Person) -> Result<Response, Refusal> {
    let (now, names) = (app.clock.wall(), names(&app).await?);
    let entry = NewEntry::exported(now, &person.actor, "access log");
    app.store.append(vec![entry], None).await?;
    let head = "number,time (UTC),actor,name,what,to,details\r\n";
    let pieces = stream::unfold(Some((app, names, 0, head.to_owned())), next_piece);
    let file = "attachment; filename=\"roomready-access-log.csv\"";
    Ok((
        [
            (CONTENT_TYPE, "text/csv; charset=utf-8"),
            (CONTENT_DISPOSITION, file),
        ],
        Body::from_stream(pieces),
    )
        .into_response())
}

type Rest = Option<(App, Names, u64, String)>;

async fn next_piece(rest: Rest) -> Option<(Result<Bytes, crate::store::StoreError>, Rest)> {
    let (app, names, after, mut text) = rest?;
    let query = EntryQuery {
        access: true,
        page: Page::After(after),
        limit: MOST_ENTRIES_A_PAGE,
        ..EntryQuery::default()
    };
    let entries = match app.store.entries(query).await {
        Ok(entries) => entries,
        // The file ends broken off, which its reader sees, instead of looking whole.
        Err(error) => return Some((Err(error), None)),
    };
    app.stage.look(app.clock.wall(), |scene| {
        for entry in &entries {
            write_line(&mut text, entry, &present::in_words(scene, entry, &names));
        }
    });
    let full = u32::try_from(entries.len()).is_ok_and(|read| read == MOST_ENTRIES_A_PAGE);
    let next = entries.last().filter(|_| full).map(|last| last.seq);
    let rest = next.map(|after| (app, names, after, String::new()));
    Some((Ok(Bytes::from(text)), rest))
}

fn write_line(text: &mut String, entry: &Entry, words: &present::InWords) {
    let at = entry.entry.at().to_string();
    let actor = entry.entry.actor.to_string();
    let cells = [&at, &actor, &words.who, &words.what, &words.to, &words.details];
    let _ = write!(text, "{}", entry.seq);
    for cell in cells {
        text.push(',');
        text.push_str(&csv_cell(cell));
    }
    text.push_str("\r\n");
}

pub(super) async fn names(app: &App) -> Result<Names, Refusal> {
    let accounts = app.store.accounts().await?;
    let accounts = accounts.into_iter().map(|account| {
        let id = Actor::Account(account.id).to_string();
        (id, account.name.to_string())
    });
    let proctors = app.store.proctors().await?;
    let proctors = proctors.into_iter().map(|proctor| {
        let id = Actor::Proctor(proctor.id).to_string();
        (id, format!("{}, {}", proctor.name, proctor.capacity))
    });
    Ok(accounts.chain(proctors).collect())
}
