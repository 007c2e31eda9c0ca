//! What travels to an open page.

use std::borrow::Borrow;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use crate::pages::Fragment;

#[derive(Serialize)]
struct Message<'a> {
    changes: Vec<&'a Fragment>,
    /// These are all elements of the page: of a list, what is not among them is gone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    whole: bool,
    at: Timestamp,
}

/// One JSON line, shared between all who get it.
pub(super) fn of<F: Borrow<Fragment>>(fragments: &[F], whole: bool, at: Timestamp) -> Arc<str> {
    let changes = fragments.iter().map(Borrow::borrow).collect();
    serde_json::to_string(&Message { changes, whole, at })
        .expect("texts and a time are always JSON")
        .into()
}
