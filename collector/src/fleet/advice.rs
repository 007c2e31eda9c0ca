//! Which texts for proctors are approved, in memory: every open incident's card asks.

use super::{Called, Fleet, State};
use crate::domain::advice::{Approvals, Texts};
use crate::domain::entry::{NewEntry, Subject};
use crate::store::{EntryQuery, Page, Store, StoreError};

impl Fleet {
    /// An approval, or the end of one, is durable.
    pub fn advice_changed(&self, entry: &NewEntry, by: Called) {
        let mut state = self.state();
        state.approvals.take(entry);
        state.people.is_called(entry.actor.clone(), by);
    }
}

impl State {
    /// What the district has approved.
    #[must_use]
    pub const fn approvals(&self) -> &Approvals {
        &self.approvals
    }
}

/// What the record says of these texts: the latest line about each.
pub(super) async fn approvals(store: &dyn Store, texts: &Texts) -> Result<Approvals, StoreError> {
    let mut approvals = Approvals::default();
    for text in texts.all() {
        let query = EntryQuery {
            subject: Some(Subject::Advice(text.id.clone())),
            // Nothing else is ever written about a text.
            page: Page::Last,
            limit: 1,
            ..EntryQuery::default()
        };
        let latest = store.entries(query).await?;
        latest.iter().for_each(|entry| approvals.take(&entry.entry));
    }
    Ok(approvals)
}
