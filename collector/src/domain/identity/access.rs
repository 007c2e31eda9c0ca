//! The credential of a device and what may become of it. Pure.
//!
//! ```text
//!            OrderRotation          OfferNext               FirstUse
//!   present ───────────────► ordered ────────► present+next ─────────► present (the next one)
//!                                      ▲     │ asked again: another next
//!                                      └─────┘
//!   Revoke, from anywhere: nothing holds until the device is enrolled again.
//! ```
//!
//! The present credential holds until the next one is used: an answer that was lost on its way costs nothing.

use jiff::Timestamp;

use crate::domain::entry::EntryKind;
use crate::secret::SecretHash;

/// What a device may show, and what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Hash of the credential that it has.
    pub credential: SecretHash,
    /// Hash of the one it was offered in its place and has not used yet.
    pub next: Option<SecretHash>,
    /// Since when it is to ask for another one.
    pub rotation_ordered_at: Option<Timestamp>,
    /// Since when nothing of it is believed.
    pub revoked_at: Option<Timestamp>,
    /// Since when two machines are known to use it.
    pub shared_at: Option<Timestamp>,
}

/// What is done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessStep {
    /// Somebody wants the device to have another credential.
    OrderRotation,
    /// The device asks for it, showing the one it has.
    OfferNext {
        /// What it showed.
        shown: SecretHash,
        /// What it gets.
        next: SecretHash,
    },
    /// The device used the one it was offered.
    FirstUse(SecretHash),
    /// Somebody ends it.
    Revoke,
    /// Two machines were found to use it.
    Share,
    /// Somebody looked into that and says that it is well.
    DismissShare,
}

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stepped {
    /// As it is now.
    pub access: Access,
    /// What the record says of it. None for what changes nothing or is no news to anybody.
    pub entry: Option<EntryKind>,
}

/// Why a step cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccessRefused {
    /// Its credential was ended.
    #[error("this device's credential was revoked; enrol it again")]
    Revoked,
    /// Nobody wants it to have another one.
    #[error("no new credential was ordered for this device; it keeps the one it has")]
    NotOrdered,
    /// What was shown is neither the present nor the next one.
    #[error("this credential is not known here; enrol this device again")]
    Stale,
}

impl Access {
    /// Of a device that was let in just now: whatever was before is over.
    #[must_use]
    pub const fn enrolled(credential: SecretHash) -> Self {
        Self {
            credential,
            next: None,
            rotation_ordered_at: None,
            revoked_at: None,
            shared_at: None,
        }
    }

    /// Takes a step.
    ///
    /// # Errors
    /// When it cannot be taken; nothing has changed then.
    pub fn step(mut self, step: AccessStep, at: Timestamp) -> Result<Stepped, AccessRefused> {
        let before = self;
        let entry = match step {
            AccessStep::OrderRotation => {
                self.must_hold()?;
                self.rotation_ordered_at.get_or_insert(at);
                EntryKind::CredentialRotationOrdered
            }
            AccessStep::OfferNext { shown, next } => {
                self.must_hold()?;
                if shown != self.credential {
                    return Err(AccessRefused::Stale);
                }
                if self.rotation_ordered_at.is_none() {
                    return Err(AccessRefused::NotOrdered);
                }
                self.next = Some(next);
                return Ok(Stepped {
                    access: self,
                    entry: None,
                });
            }
            AccessStep::FirstUse(used) => {
                self.must_hold()?;
                if used != self.credential {
                    if self.next != Some(used) {
                        return Err(AccessRefused::Stale);
                    }
                    // Only one machine has it: two that shared the one before are told apart again.
                    self = Self::enrolled(used);
                }
                EntryKind::CredentialRotated
            }
            AccessStep::Revoke => {
                self.revoked_at.get_or_insert(at);
                self.next = None;
                self.rotation_ordered_at = None;
                EntryKind::CredentialRevoked
            }
            AccessStep::Share => {
                self.shared_at.get_or_insert(at);
                EntryKind::CredentialShared
            }
            AccessStep::DismissShare => {
                self.shared_at = None;
                EntryKind::CredentialShareDismissed
            }
        };
        Ok(Stepped {
            access: self,
            entry: (self != before).then_some(entry),
        })
    }

    fn must_hold(&self) -> Result<(), AccessRefused> {
        match self.revoked_at {
            Some(_) => Err(AccessRefused::Revoked),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(number: u8) -> SecretHash {
        SecretHash::from_bytes([number; 32])
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn after(access: Access, step: AccessStep) -> Access {
        access.step(step, at(5)).unwrap().access
    }

    fn offer(shown: u8, next: u8) -> AccessStep {
        AccessStep::OfferNext {
            shown: hash(shown),
            next: hash(next),
        }
    }

    #[test]
    fn the_present_credential_holds_until_the_next_one_is_used() {
        let ordered = after(Access::enrolled(hash(1)), AccessStep::OrderRotation);
        let offered = after(ordered, offer(1, 2));
        assert_eq!((offered.credential, offered.next), (hash(1), Some(hash(2))));
        // The answer was lost: asking again gives another next one, and the present one still holds.
        let again = after(offered, offer(1, 3));
        assert_eq!((again.credential, again.next), (hash(1), Some(hash(3))));
        assert_eq!(
            again.step(AccessStep::FirstUse(hash(2)), at(6)),
            Err(AccessRefused::Stale)
        );
        let used = again.step(AccessStep::FirstUse(hash(3)), at(6)).unwrap();
        assert_eq!(used.access, Access::enrolled(hash(3)));
        assert_eq!(used.entry, Some(EntryKind::CredentialRotated));
        // Two requests with the new one at once: the second finds it done.
        assert_eq!(
            used.access
                .step(AccessStep::FirstUse(hash(3)), at(7))
                .unwrap()
                .entry,
            None
        );
    }

    #[test]
    fn nobody_gets_another_credential_unasked() {
        let held = Access::enrolled(hash(1));
        assert_eq!(held.step(offer(1, 2), at(0)), Err(AccessRefused::NotOrdered));
        let ordered = after(held, AccessStep::OrderRotation);
        assert_eq!(ordered.step(offer(9, 2), at(0)), Err(AccessRefused::Stale));
    }

    #[test]
    fn a_revoked_credential_gives_nothing_any_more() {
        let ordered = after(Access::enrolled(hash(1)), AccessStep::OrderRotation);
        let revoked = after(after(ordered, offer(1, 2)), AccessStep::Revoke);
        assert_eq!((revoked.next, revoked.revoked_at), (None, Some(at(5))));
        for step in [
            offer(1, 2),
            AccessStep::FirstUse(hash(2)),
            AccessStep::OrderRotation,
        ] {
            assert_eq!(revoked.step(step, at(6)), Err(AccessRefused::Revoked), "{step:?}");
        }
    }

    #[test]
    fn what_is_said_twice_is_written_once() {
        for (step, kind) in [
            (AccessStep::OrderRotation, EntryKind::CredentialRotationOrdered),
            (AccessStep::Revoke, EntryKind::CredentialRevoked),
            (AccessStep::Share, EntryKind::CredentialShared),
        ] {
            let first = Access::enrolled(hash(1)).step(step, at(0)).unwrap();
            assert_eq!(first.entry, Some(kind));
            let second = first.access.step(step, at(9)).unwrap();
            assert_eq!((second.entry, second.access), (None, first.access));
        }
    }

    #[test]
    fn sharing_ends_with_a_new_credential_or_a_person_s_word() {
        let shared = after(Access::enrolled(hash(1)), AccessStep::Share);
        assert_eq!(shared.shared_at, Some(at(5)));
        let ordered = after(shared, AccessStep::OrderRotation);
        assert_eq!(ordered.shared_at, Some(at(5)), "an order alone ends nothing");
        let rotated = after(after(ordered, offer(1, 2)), AccessStep::FirstUse(hash(2)));
        assert_eq!(rotated.shared_at, None);
        let dismissed = shared.step(AccessStep::DismissShare, at(6)).unwrap();
        assert_eq!(dismissed.access.shared_at, None);
        assert_eq!(dismissed.entry, Some(EntryKind::CredentialShareDismissed));
    }
}
