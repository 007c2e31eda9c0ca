//! Staff computers that wait for somebody to confirm them. In memory alone: who was waiting when the collector was started
//! anew asks again.

use std::collections::BTreeMap;

use roomready_shared::ids::AccountId;
use roomready_shared::units::ShortText;

use super::WatchCode;
use crate::domain::proctor::Origin;
use crate::limits;
use crate::secret::SecretHash;

/// A computer that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What its person reads on both screens.
    pub code: WatchCode,
    /// Hash of what the program shows to ask for its token.
    pub request: SecretHash,
    /// What the computer calls itself.
    pub computer: ShortText,
    /// From where it asked, for limits.
    pub origin: Origin,
    /// The same, for the person who confirms.
    pub address: ShortText,
    /// When it asked, in milliseconds of the collector's own clock.
    pub made_ms: u64,
    /// Who confirmed it.
    pub confirmed: Option<AccountId>,
}

impl Offer {
    fn ends_ms(&self) -> u64 {
        let life = u64::try_from(limits::WATCH_OFFER_LIFE.as_millis()).unwrap_or(u64::MAX);
        self.made_ms.saturating_add(life)
    }
}

/// What the program is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Nobody has confirmed it yet; milliseconds until it ends.
    Pending(u64),
    /// Somebody has. It is told once.
    Confirmed(Box<Offer>, AccountId),
    /// It has ended, was refused, or was told already.
    Gone,
}

/// A code that nobody waits with, or not any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "no computer waits with this code: it may have ended, so start `roomready-watch sign-in` there again"
)]
pub struct Gone;

/// See [`limits::MOST_WATCH_OFFERS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many computers wait to be confirmed; try again in some minutes")]
pub struct TooMany;

/// All of them.
#[derive(Debug, Default)]
pub struct Offers(BTreeMap<WatchCode, Offer>);

impl Offers {
    /// Adds one. The oldest from the same address gives way to one too many from there.
    ///
    /// # Errors
    /// When too many wait already; also when its code is taken, which a new draw mends.
    pub fn make(&mut self, offer: Offer) -> Result<(), TooMany> {
        self.forget_ended(offer.made_ms);
        let from_there = || self.0.values().filter(|held| held.origin == offer.origin);
        if from_there().count() >= limits::MOST_WATCH_OFFERS_OF_AN_ADDRESS
            && let Some(oldest) = from_there().min_by_key(|held| held.made_ms).map(|held| held.code)
        {
            self.0.remove(&oldest);
        }
        if self.0.len() >= limits::MOST_WATCH_OFFERS || self.0.contains_key(&offer.code) {
            return Err(TooMany);
        }
        self.0.insert(offer.code, offer);
        Ok(())
    }

    /// The one with this code, for the page that asks.
    #[must_use]
    pub fn waiting(&mut self, code: WatchCode, now_ms: u64) -> Option<&Offer> {
        self.forget_ended(now_ms);
        self.0.get(&code).filter(|held| held.confirmed.is_none())
    }

    /// Somebody says that it is theirs.
    ///
    /// # Errors
    /// When nobody waits with this code any more.
    pub fn confirm(&mut self, code: WatchCode, by: AccountId, now_ms: u64) -> Result<(), Gone> {
        self.forget_ended(now_ms);
        let held = self.0.get_mut(&code).filter(|held| held.confirmed.is_none());
        held.ok_or(Gone)?.confirmed = Some(by);
        Ok(())
    }

    /// Somebody says that it is not theirs.
    pub fn refuse(&mut self, code: WatchCode) {
        if self.0.get(&code).is_some_and(|held| held.confirmed.is_none()) {
            self.0.remove(&code);
        }
    }

    /// The program asks.
    pub fn ask(&mut self, request: SecretHash, now_ms: u64) -> Asked {
        self.forget_ended(now_ms);
        let Some(code) = self
            .0
            .values()
            .find(|held| held.request == request)
            .map(|held| held.code)
        else {
            return Asked::Gone;
        };
        match self.0.get(&code) {
            Some(held) if held.confirmed.is_none() => Asked::Pending(held.ends_ms() - now_ms),
            _ => match self.0.remove(&code) {
                Some(offer) => offer
                    .confirmed
                    .map_or(Asked::Gone, |by| Asked::Confirmed(Box::new(offer), by)),
                None => Asked::Gone,
            },
        }
    }

    fn forget_ended(&mut self, now_ms: u64) {
        self.0.retain(|_, held| held.ends_ms() > now_ms);
    }
}
