//! The newest notices with what became of each, as their page shows them. In memory, because an open page is painted each
//! second and never asks the store; rebuilt from the store at start.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::{Fleet, State};
use crate::domain::notice::Notice;
use crate::store::{Delivery, MOST_NOTICES_A_PAGE, NOTICES_KEPT, Outgoing, Tried};

/// Oldest first; each is known once.
#[derive(Debug, Default)]
pub(super) struct Outbox(VecDeque<Outgoing>);

impl Outbox {
    /// One that the store knows.
    pub(super) fn take(&mut self, known: Outgoing) {
        self.0.push_back(known);
        while self.0.len() > MOST_NOTICES_A_PAGE as usize {
            self.0.pop_front();
        }
    }

    /// One that was just put into the store; one that is known already changes nothing.
    pub(super) fn written(&mut self, notice: &Notice) {
        if !self.0.iter().any(|known| known.notice.id == notice.id) {
            let seq = self.0.back().map_or(1, |last| last.seq.saturating_add(1));
            self.take(Outgoing::fresh(seq, notice.clone()));
        }
    }

    /// What came of one is in the store. Whoever sends may be faster than whoever says that it was written.
    fn tried(&mut self, notice: &Notice, tried: Tried, at: Timestamp) {
        self.written(notice);
        let known = self.0.iter_mut().find(|known| known.notice.id == notice.id);
        if let Some(known) = known {
            known.take(tried, at);
        }
    }

    /// Newest first, without those that the store may have let go.
    fn newest(&self, now: Timestamp) -> impl Iterator<Item = &Outgoing> {
        let oldest = now.saturating_sub(NOTICES_KEPT).unwrap_or(Timestamp::MIN);
        self.0.iter().rev().filter(move |known| match known.delivery {
            Delivery::Waiting { .. } => true,
            Delivery::Delivered { at } | Delivery::GivenUp { at } => at >= oldest,
        })
    }
}

impl Fleet {
    /// What came of a notice is durable: its page shows it from now on.
    pub fn notice_tried(&self, notice: &Notice, tried: Tried, at: Timestamp) {
        self.state().notices.outbox.tried(notice, tried, at);
    }
}

impl State {
    /// The newest notices, the latest first.
    pub fn newest_notices(&self, now: Timestamp) -> impl Iterator<Item = &Outgoing> {
        self.notices.outbox.newest(now)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use roomready_shared::units::ShortText;

    use super::*;
    use crate::domain::notice::{Step, Target};
    use crate::store::memory::MemoryStore;
    use crate::store::{Page, Store as _};

    const SECOND: Duration = Duration::from_secs(1);

    fn notice(at: Timestamp) -> Notice {
        let target = Target {
            id: "on-call".parse().unwrap(),
            name: "Technician on call".parse().unwrap(),
            step: Step::First,
            schools: None,
        };
        Notice::test(&target, "Cedar Valley".parse().unwrap(), at)
    }

    #[tokio::test]
    async fn it_knows_what_the_store_knows_whoever_tells_it_first() {
        let nine: Timestamp = "2026-10-06T09:00:00Z".parse().unwrap();
        let (store, mut outbox) = (MemoryStore::new(uuid::Uuid::nil()), Outbox::default());
        let failed = |next| Tried::Failed {
            why: ShortText::fit("nobody answers"),
            next,
        };
        let all: Vec<_> = (0..3).map(|second| notice(nine + SECOND * second)).collect();
        for one in &all {
            store.add_notices(vec![one.clone()], vec![]).await.unwrap();
        }
        // Sent before it was said to be written.
        for (one, tried) in [
            (&all[0], Tried::Delivered),
            (&all[1], failed(Some(nine + SECOND * 60))),
            (&all[1], failed(None)),
        ] {
            let at = nine + SECOND * 5;
            store.notice_tried(one.id, tried.clone(), at).await.unwrap();
            outbox.tried(one, tried, at);
        }
        for one in &all {
            outbox.written(one);
        }
        let shown: Vec<_> = outbox.newest(nine + SECOND * 9).cloned().collect();
        assert_eq!(shown, store.notices(Page::Last, 0).await.unwrap());
        let later = nine + NOTICES_KEPT + SECOND * 6;
        let left: Vec<_> = outbox.newest(later).map(|known| known.notice.id).collect();
        assert_eq!(left, [all[2].id], "what waits stays, however long");
    }
}
