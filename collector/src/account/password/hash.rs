//! What is kept of a password: argon2id, as a PHC string that says how it was made.

use std::fmt;
use std::str::FromStr;

use argon2::password_hash::Error as HashError;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};

use super::Password;
use crate::limits;
use crate::secret::{self, NoRandomness};

/// Random bytes beside each password, so that equal ones are kept unequal.
const SALT_BYTES: usize = 16;

/// A password as it is kept: `$argon2id$v=19$m=19456,t=2,p=1$…`. It prints without its salt and digest.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

/// A password could not be hashed: no memory, or no randomness.
#[derive(Debug, thiserror::Error)]
pub enum NotHashed {
    /// The machine's random source did not answer.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The hash itself failed: the machine has no memory for it.
    #[error("cannot keep a password: {0}")]
    Failed(HashError),
}

/// A text that is no hash of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a kept password: {0}")]
pub struct NotAHash(String);

fn params() -> Params {
    Params::new(limits::PASSWORD_MEMORY_KIB, limits::PASSWORD_PASSES, 1, None)
        .expect("the limits are valid parameters")
}

fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params())
}

impl PasswordHash {
    /// Hashes a password. Slow on purpose, some 20 ms and [`limits::PASSWORD_MEMORY_KIB`]: not for a thread that
    /// answers requests.
    ///
    /// # Errors
    ///
    /// When the machine has no memory or no randomness left.
    pub fn of(password: &Password) -> Result<Self, NotHashed> {
        let mut salt = [0; SALT_BYTES];
        secret::fill(&mut salt)?;
        let hash = hasher()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map_err(NotHashed::Failed)?;
        Ok(Self(hash.to_string()))
    }

    /// Whether this is the password that was kept. As slow as [`Self::of`].
    #[must_use]
    pub fn is_of(&self, password: &Password) -> bool {
        hasher()
            .verify_password(password.as_bytes(), self.0.as_str())
            .is_ok()
    }

    /// Whether it was made with less work than passwords get now; then it is made again at the next sign-in, which is
    /// when the password is at hand.
    #[must_use]
    pub fn is_outgrown(&self) -> bool {
        let parsed = argon2::PasswordHash::new(&self.0);
        let made_with = parsed.as_ref().ok().and_then(|hash| Params::try_from(hash).ok());
        made_with.is_none_or(|made| {
            made.m_cost() < limits::PASSWORD_MEMORY_KIB || made.t_cost() < limits::PASSWORD_PASSES
        })
    }

    /// For the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PasswordHash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let parsed = argon2::PasswordHash::new(text).map_err(|error| NotAHash(error.to_string()))?;
        if parsed.algorithm.as_str() != Algorithm::Argon2id.as_ref() {
            return Err(NotAHash(format!("made by {}, not by argon2id", parsed.algorithm)));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_password_knows_its_own_and_no_other() {
        let password = Password::typed("the ferry leaves at six").unwrap();
        let kept = PasswordHash::of(&password).unwrap();
        assert!(
            kept.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            kept.as_str()
        );
        assert!(kept.is_of(&password));
        assert!(!kept.is_of(&Password::typed("the ferry leaves at seven").unwrap()));
        assert_eq!(kept.as_str().parse::<PasswordHash>().unwrap(), kept);
        assert_ne!(
            PasswordHash::of(&password).unwrap(),
            kept,
            "each has its own salt"
        );
        assert_eq!(format!("{kept:?}{password:?}"), "PasswordHash(…)Password(…)");
    }

    #[test]
    fn one_made_with_less_work_still_opens_and_asks_to_be_made_again() {
        let password = Password::typed("the ferry leaves at six").unwrap();
        let less = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(8_192, 1, 1, None).unwrap(),
        );
        let old = less
            .hash_password_with_salt(password.as_bytes(), &[7; SALT_BYTES])
            .unwrap();
        let old: PasswordHash = old.to_string().parse().unwrap();
        assert!(old.is_of(&password) && old.is_outgrown());
        assert!(!PasswordHash::of(&password).unwrap().is_outgrown());
    }

    #[test]
    fn what_is_no_hash_of_ours_is_refused() {
        for text in [
            "",
            "secret",
            "$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNo",
            "$2b$12$abcdef",
        ] {
            assert!(text.parse::<PasswordHash>().is_err(), "{text}");
        }
    }
}
