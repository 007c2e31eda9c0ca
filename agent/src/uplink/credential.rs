//! A device's own secret, and the two of them that it has while one replaces the other.

use std::fmt;
use std::io;
use std::sync::{Mutex, PoisonError};

/// A device's own secret. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential(String);

impl Credential {
    /// Wraps what the collector gave.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself, for its file and its header.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(secret)")
    }
}

/// The credential in use, and the one before it: should the collector not know the newer one after all (an earlier
/// asking overtook a later one), the older one still holds there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Shown with each request.
    pub present: Credential,
    /// Shown when the present one is refused.
    pub earlier: Option<Credential>,
}

impl Credentials {
    /// One, and none before it.
    #[must_use]
    pub const fn one(present: Credential) -> Self {
        Self {
            present,
            earlier: None,
        }
    }
}

/// Where credentials outlive the program.
pub trait CredentialShelf: Send + Sync {
    /// Keeps them in place of those that are there.
    ///
    /// # Errors
    /// When they could not be made durable; those before are then still there.
    fn keep(&self, credentials: &Credentials) -> io::Result<()>;
}

/// What is shown, changed while requests go on.
pub(super) struct Held {
    held: Mutex<Credentials>,
    shelf: Option<Box<dyn CredentialShelf>>,
}

impl Held {
    pub(super) fn new(credentials: Credentials, shelf: Option<Box<dyn CredentialShelf>>) -> Self {
        Self {
            held: Mutex::new(credentials),
            shelf,
        }
    }

    pub(super) fn present(&self) -> Credential {
        self.held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .present
            .clone()
    }

    /// Kept first, used then: what is told once must not be lost with the power.
    pub(super) fn replace(&self, new: Credential) -> io::Result<()> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let replaced = Credentials {
            present: new,
            earlier: Some(held.present.clone()),
        };
        if let Some(shelf) = &self.shelf {
            shelf.keep(&replaced)?;
        }
        *held = replaced;
        Ok(())
    }

    /// The present one was refused: the other one has its turn, if there is one.
    pub(super) fn refused(&self, shown: &Credential) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.present == *shown
            && let Some(earlier) = held.earlier.take()
        {
            let refused = std::mem::replace(&mut held.present, earlier);
            held.earlier = Some(refused);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential(text: &str) -> Credential {
        Credential::new(text.to_owned())
    }

    struct Full;

    impl CredentialShelf for Full {
        fn keep(&self, _: &Credentials) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
    }

    #[test]
    fn a_credential_that_cannot_be_kept_is_not_used() {
        let held = Held::new(Credentials::one(credential("old")), Some(Box::new(Full)));
        assert!(held.replace(credential("new")).is_err());
        assert_eq!(held.present(), credential("old"));
    }

    #[test]
    fn when_the_newer_one_is_refused_the_one_before_has_its_turn() {
        let held = Held::new(Credentials::one(credential("old")), None);
        held.refused(&credential("old"));
        assert_eq!(held.present(), credential("old"), "there is no other");
        held.replace(credential("new")).expect("no shelf");
        held.refused(&credential("old"));
        assert_eq!(
            held.present(),
            credential("new"),
            "an older answer says nothing of it"
        );
        held.refused(&credential("new"));
        assert_eq!(held.present(), credential("old"));
        held.refused(&credential("old"));
        assert_eq!(held.present(), credential("new"), "and round again");
    }
}
