//! What travels to an open page.

use std::borrow::Borrow;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use crate::pages::Fragment;

#[derive(Serialize)]
struct Message<'a> {
    changes: Vec<&'a Fragment>,
    at: Timestamp,
}

/// One JSON line, shared between all who get it.
pub(super) fn of<F: Borrow<Fragment>>(fragments: &[F], at: Timestamp) -> Arc<str> {
    let changes = fragments.iter().map(Borrow::borrow).collect();
    serde_json::to_string(&Message { changes, at })
        .expect("texts and a time are always JSON")
        .into()
}
