//! Notices to the staff, in memory.

use jiff::Timestamp;
use roomready_shared::ids::TargetId;

use super::page as page_size;
use crate::domain::notice::{Notice, NoticeId};
use crate::store::{Delivery, MOST_NOTICES_A_PAGE, NOTICES_KEPT, Outgoing, Page, Tried};

/// The outbox.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    notices: Vec<Outgoing>,
    latest: u64,
}

impl Outbox {
    /// One that is there already changes nothing.
    pub(super) fn add(&mut self, notice: Notice) {
        if self.notices.iter().any(|known| known.notice.id == notice.id) {
            return;
        }
        self.latest += 1;
        self.notices.push(Outgoing::fresh(self.latest, notice));
    }

    pub(super) fn next(&self, target: &TargetId) -> Option<Outgoing> {
        let waiting = self.notices.iter().filter_map(|known| match known.delivery {
            Delivery::Waiting { next } if known.notice.target == *target => Some((next, known)),
            _ => None,
        });
        waiting
            .min_by_key(|(next, known)| (*next, known.seq))
            .map(|(_, known)| known.clone())
    }

    pub(super) fn tried(&mut self, id: NoticeId, tried: Tried, at: Timestamp) {
        if let Some(known) = self.notices.iter_mut().find(|known| known.notice.id == id) {
            known.take(tried, at);
        }
    }

    pub(super) fn page(&self, page: Page, limit: u32) -> Vec<Outgoing> {
        let limit = page_size(limit, MOST_NOTICES_A_PAGE);
        let all = self.notices.iter();
        match page {
            Page::First => all.take(limit).cloned().collect(),
            Page::After(seq) => all.filter(|known| known.seq > seq).take(limit).cloned().collect(),
            Page::Last => all.rev().take(limit).cloned().collect(),
            Page::Before(seq) => all
                .rev()
                .filter(|known| known.seq < seq)
                .take(limit)
                .cloned()
                .collect(),
        }
    }

    pub(super) fn prune(&mut self, now: Timestamp) {
        let oldest = now.saturating_sub(NOTICES_KEPT).unwrap_or(Timestamp::MIN);
        self.notices
            .retain(|known| !known.delivery.is_done() || known.delivery.parts().1 >= oldest);
    }

    pub(super) fn len(&self) -> usize {
        self.notices.len()
    }
}
