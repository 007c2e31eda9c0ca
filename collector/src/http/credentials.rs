//! Who holds which device credential, in memory: each report asks, and the store should not be.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use roomready_shared::ids::DeviceId;

use crate::domain::identity::Access;
use crate::secret::SecretHash;
use crate::store::AccessNow;

/// Credentials by hash. A device has one, and for a while the next one too.
#[derive(Debug, Default)]
pub struct Credentials(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    holder: HashMap<SecretHash, Holder>,
    held: HashMap<DeviceId, AccessNow>,
    /// Every change up to this one was heard of.
    followed: u64,
}

/// Whose a credential is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The device.
    pub device: DeviceId,
    /// It is the one that was offered and has never been used.
    pub first_use: bool,
}

impl Credentials {
    /// What the store knew at the start.
    #[must_use]
    pub fn of(known: impl IntoIterator<Item = AccessNow>) -> Self {
        let credentials = Self::default();
        credentials.follow(known);
        credentials
    }

    /// A device's credential is now this. Two changes at almost the same time may be heard of in any order: the one that
    /// the store did last holds.
    pub fn learn(&self, now: AccessNow) {
        // Should memory run out in between, fewer credentials hold than should: the next start puts it right.
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let known = &mut *known;
        let later = |held: &AccessNow| held.change > now.change;
        if known.held.get(&now.device).is_some_and(later) {
            return;
        }
        let earlier = known.held.insert(now.device, now);
        for (credential, _) in earlier.iter().flat_map(|earlier| holding(&earlier.access)) {
            known.holder.remove(&credential);
        }
        for (credential, first_use) in holding(&now.access) {
            let device = now.device;
            known.holder.insert(credential, Holder { device, first_use });
        }
    }

    /// These are the changes that came after those heard of, in order and without a gap.
    pub fn follow(&self, changes: impl IntoIterator<Item = AccessNow>) {
        let mut latest = 0;
        for now in changes {
            self.learn(now);
            latest = latest.max(now.change);
        }
        // Not with each change that is learnt: of two, another process's may be the earlier one, and be heard of later.
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.followed = known.followed.max(latest);
    }

    /// Whose credential this is.
    #[must_use]
    pub fn holder(&self, credential: &SecretHash) -> Option<Holder> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .holder
            .get(credential)
            .copied()
    }

    /// Every change up to this one was heard of.
    #[must_use]
    pub fn followed(&self) -> u64 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).followed
    }
}

/// What a device may show, and whether that would be its first use.
fn holding(access: &Access) -> impl Iterator<Item = (SecretHash, bool)> + use<> {
    let none = access.revoked_at.is_some();
    [
        Some((access.credential, false)),
        access.next.map(|next| (next, true)),
    ]
    .into_iter()
    .flatten()
    .filter(move |_| !none)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identity::AccessStep;
    use jiff::Timestamp;

    fn device() -> DeviceId {
        DeviceId::new(uuid::Uuid::from_u128(1))
    }

    fn hash(number: u8) -> SecretHash {
        SecretHash::from_bytes([number; 32])
    }

    fn now(access: Access, change: u64) -> AccessNow {
        AccessNow {
            device: device(),
            access,
            change,
        }
    }

    fn after(access: Access, step: AccessStep) -> Access {
        access.step(step, Timestamp::UNIX_EPOCH).unwrap().access
    }

    #[test]
    fn a_device_that_enrols_again_can_no_longer_speak_with_its_old_credential() {
        let credentials = Credentials::of([now(Access::enrolled(hash(1)), 1)]);
        let holds = |number| credentials.holder(&hash(number)).map(|holder| holder.device);
        assert_eq!(holds(1), Some(device()));
        credentials.learn(now(Access::enrolled(hash(2)), 2));
        assert_eq!((holds(1), holds(2)), (None, Some(device())));
    }

    #[test]
    fn of_two_changes_at_once_the_one_that_the_store_did_last_holds() {
        let credentials = Credentials::default();
        credentials.learn(now(Access::enrolled(hash(2)), 8));
        credentials.learn(now(Access::enrolled(hash(1)), 7));
        assert!(credentials.holder(&hash(2)).is_some());
        assert_eq!(credentials.holder(&hash(1)), None);
        assert_eq!(
            credentials.followed(),
            0,
            "another process may have done the one before"
        );
        credentials.follow([now(Access::enrolled(hash(2)), 8)]);
        assert_eq!(credentials.followed(), 8);
    }

    #[test]
    fn the_next_credential_holds_beside_the_present_one_until_it_is_used() {
        let ordered = after(Access::enrolled(hash(1)), AccessStep::OrderRotation);
        let offer = AccessStep::OfferNext {
            shown: hash(1),
            next: hash(2),
        };
        let offered = after(ordered, offer);
        let credentials = Credentials::of([now(offered, 3)]);
        let first_use = |number| credentials.holder(&hash(number)).map(|holder| holder.first_use);
        assert_eq!((first_use(1), first_use(2)), (Some(false), Some(true)));
        credentials.learn(now(after(offered, AccessStep::FirstUse(hash(2))), 4));
        assert_eq!((first_use(1), first_use(2)), (None, Some(false)));
    }

    #[test]
    fn a_revoked_device_holds_nothing() {
        let revoked = after(Access::enrolled(hash(1)), AccessStep::Revoke);
        let credentials = Credentials::of([now(Access::enrolled(hash(1)), 1)]);
        credentials.learn(now(revoked, 2));
        assert_eq!(credentials.holder(&hash(1)), None);
    }
}
