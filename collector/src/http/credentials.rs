//! Who holds which device credential, in memory: each report asks, and the store should not be.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use roomready_shared::ids::DeviceId;

use crate::secret::SecretHash;

/// Present credentials by hash. A device has one.
#[derive(Debug, Default)]
pub struct Credentials(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    holder: HashMap<SecretHash, DeviceId>,
    held: HashMap<DeviceId, Held>,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    credential: SecretHash,
    /// Its enrolment's place in the record.
    entry: u64,
}

impl Credentials {
    /// What the store knew at the start.
    #[must_use]
    pub fn of(known: impl IntoIterator<Item = (DeviceId, SecretHash)>) -> Self {
        let credentials = Self::default();
        for (device, credential) in known {
            credentials.give(device, credential, 0);
        }
        credentials
    }

    /// Gives a device its credential; an earlier one of it ends. `entry` is the enrolment's number in the record: a
    /// device that asked twice is answered twice at almost the same time, and the one that the store did last holds,
    /// whichever is heard of last.
    pub fn give(&self, device: DeviceId, credential: SecretHash, entry: u64) {
        // Both maps change together or, should memory run out in between, the older credential stays: harmless.
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.held.get(&device).is_some_and(|held| held.entry > entry) {
            return;
        }
        if let Some(earlier) = known.held.insert(device, Held { credential, entry }) {
            known.holder.remove(&earlier.credential);
        }
        known.holder.insert(credential, device);
    }

    /// Whose credential this is.
    #[must_use]
    pub fn holder(&self, credential: &SecretHash) -> Option<DeviceId> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .holder
            .get(credential)
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_enrols_again_can_no_longer_speak_with_its_old_credential() {
        let device = DeviceId::new(uuid::Uuid::from_u128(1));
        let (old, new) = (SecretHash::from_bytes([1; 32]), SecretHash::from_bytes([2; 32]));
        let credentials = Credentials::of([(device, old)]);
        assert_eq!(credentials.holder(&old), Some(device));
        credentials.give(device, new, 1);
        assert_eq!(credentials.holder(&old), None);
        assert_eq!(credentials.holder(&new), Some(device));
    }

    #[test]
    fn of_two_enrolments_at_once_the_one_that_the_store_did_last_holds() {
        let device = DeviceId::new(uuid::Uuid::from_u128(1));
        let (first, second) = (SecretHash::from_bytes([1; 32]), SecretHash::from_bytes([2; 32]));
        let credentials = Credentials::default();
        credentials.give(device, second, 8);
        credentials.give(device, first, 7);
        assert_eq!(credentials.holder(&second), Some(device));
        assert_eq!(credentials.holder(&first), None);
    }
}
