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
    held: HashMap<DeviceId, SecretHash>,
}

impl Credentials {
    /// What the store knew at the start.
    #[must_use]
    pub fn of(known: impl IntoIterator<Item = (DeviceId, SecretHash)>) -> Self {
        let credentials = Self::default();
        for (device, credential) in known {
            credentials.give(device, credential);
        }
        credentials
    }

    /// Gives a device its credential; an earlier one of it ends.
    pub fn give(&self, device: DeviceId, credential: SecretHash) {
        // Both maps change together or, should memory run out in between, the older credential stays: harmless.
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(earlier) = known.held.insert(device, credential) {
            known.holder.remove(&earlier);
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
        credentials.give(device, new);
        assert_eq!(credentials.holder(&old), None);
        assert_eq!(credentials.holder(&new), Some(device));
    }
}
