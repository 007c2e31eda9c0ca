//! What is remembered between requests of proctors and coordinators, in memory alone: wrong room words, the addresses
//! of links that were just made, and whose turn it is to press.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use roomready_shared::ids::ProctorLinkId;

use crate::clock::Mono;
use crate::domain::proctor::{Guesses, NotEntered, Origin, ProctorLink, RoomWord, enter};
use crate::limits;
use crate::secret::Secret;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Desk {
    guesses: Mutex<Guesses>,
    fresh: Mutex<BTreeMap<ProctorLinkId, (Secret, Mono)>>,
    /// Presses are checked, written and shown one after another: two people who press Start at once start once.
    pub(super) turn: tokio::sync::Mutex<()>,
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every change under these locks is complete before anything can panic.
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// See [`enter`].
    pub(super) fn enter(
        &self,
        link: &ProctorLink,
        given: Option<RoomWord>,
        inside: usize,
        origin: Origin,
        now: Mono,
    ) -> Result<(), NotEntered> {
        enter(
            &mut held(&self.guesses),
            link,
            given,
            inside,
            origin,
            now.as_millis(),
        )
    }

    /// Wrong words of late, by link.
    pub(super) fn tried<'a>(
        &self,
        links: impl IntoIterator<Item = &'a ProctorLink>,
        now: Mono,
    ) -> BTreeMap<ProctorLinkId, u32> {
        let guesses = held(&self.guesses);
        let tried = links
            .into_iter()
            .map(|link| (link.id, guesses.tried(link.id, now.as_millis())));
        tried.collect()
    }

    /// Remembers the address of a link that was just made.
    pub(super) fn remember(&self, link: ProctorLinkId, token: Secret, now: Mono) {
        let mut fresh = self.fresh(now);
        while fresh.len() >= limits::MOST_FRESH_SHEETS
            && let Some(oldest) = fresh.iter().min_by_key(|(_, (_, made))| *made).map(|(id, _)| *id)
        {
            fresh.remove(&oldest);
        }
        fresh.insert(link, (token, now));
    }

    /// Links whose address is still known.
    pub(super) fn known(&self, now: Mono) -> BTreeSet<ProctorLinkId> {
        self.fresh(now).keys().copied().collect()
    }

    /// The secret of a link that was just made.
    pub(super) fn token_of(&self, link: ProctorLinkId, now: Mono) -> Option<Secret> {
        self.fresh(now).get(&link).map(|(token, _)| token.clone())
    }

    /// A link was ended: nobody prints its sheet any more.
    pub(super) fn forget(&self, link: ProctorLinkId) {
        held(&self.fresh).remove(&link);
    }

    fn fresh(&self, now: Mono) -> MutexGuard<'_, BTreeMap<ProctorLinkId, (Secret, Mono)>> {
        let mut fresh = held(&self.fresh);
        fresh.retain(|_, (_, made)| now.since(*made) < limits::SHEET_SHOWN_FOR);
        fresh
    }
}
