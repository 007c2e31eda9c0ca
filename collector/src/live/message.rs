//! What travels to an open page.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

/// One element of a page by its id, rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// The `id` attribute that the script looks for.
    pub id: String,
    /// The whole element, its own tag included.
    pub html: String,
}

#[derive(Serialize)]
struct Message<'a> {
    changes: Vec<Change<'a>>,
    at: Timestamp,
}

#[derive(Serialize)]
struct Change<'a> {
    id: &'a str,
    html: &'a str,
}

/// One JSON line, shared between all who get it.
pub(super) fn of(elements: &[(&str, &str)], at: Timestamp) -> Arc<str> {
    let changes = elements.iter().map(|&(id, html)| Change { id, html }).collect();
    serde_json::to_string(&Message { changes, at })
        .expect("texts and a time are always JSON")
        .into()
}
