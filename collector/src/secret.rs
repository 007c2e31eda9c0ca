//! Secrets that the collector hands out once and keeps only as a hash.
//!
//! All of them (device credentials, enrolment keys, sign-in links, staff cookies) are 256 random bits. A plain
//! SHA-256 is the right hash for such a secret: there is no dictionary to try, so a slow hash would protect nothing
//! and cost a core at each report. Passwords, when accounts exist, get argon2id instead.
//!
//! A secret is found by looking its hash up. The look-up may take a time that depends on the *hash*, which tells an
//! attacker nothing about the secret: a guess that matches a hash prefix does not bring him nearer to the secret.

use std::fmt;

use sha2::{Digest, Sha256};

/// Random bytes in a secret.
const SECRET_BYTES: usize = 32;

/// Longest text that is worth hashing; anything longer is no secret of ours.
const MOST_SECRET_CHARACTERS: usize = 128;

/// A secret in the clear. Never logged: it prints as dots. Lives only between making (or reading) and hashing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// What is kept of a secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretHash([u8; 32]);

/// The machine's random source did not answer.
#[derive(Debug, thiserror::Error)]
#[error("cannot make a secret: the machine's random source does not answer")]
pub struct NoRandomness(#[source] getrandom::Error);

/// Bytes from the machine's random source.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), NoRandomness> {
    getrandom::fill(bytes).map_err(NoRandomness)
}

impl Secret {
    /// A new one from the machine's random source.
    ///
    /// # Errors
    ///
    /// When that source does not answer.
    pub fn new() -> Result<Self, NoRandomness> {
        let mut bytes = [0; SECRET_BYTES];
        fill(&mut bytes)?;
        Ok(Self(hex::encode(bytes)))
    }

    /// One that somebody showed us; `None` when it cannot be one of ours.
    #[must_use]
    pub fn shown(text: &str) -> Option<Self> {
        let plausible = !text.is_empty()
            && text.len() <= MOST_SECRET_CHARACTERS
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        plausible.then(|| Self(text.to_owned()))
    }

    /// What to keep and to look up.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash(Sha256::digest(self.0.as_bytes()).into())
    }

    /// Another secret that follows from this one and does not lead back to it.
    #[must_use]
    pub fn derived(&self, purpose: &str) -> Self {
        let mut hash = Sha256::new();
        // A purpose of ours holds no zero byte, so no two pairs run together.
        hash.update(purpose.as_bytes());
        hash.update([0]);
        hash.update(self.0.as_bytes());
        Self(hex::encode(hash.finalize()))
    }

    /// The clear text, for the one place that hands it to its owner.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl SecretHash {
    /// The hash of a past session of this program, as the store kept it.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// For the store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Four bytes tell two apart in a log and are of no use to anybody else.
        write!(f, "SecretHash({}…)", hex::encode(&self.0[..4]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_prints_itself() {
        let secret = Secret::new().unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert!(!format!("{:?}", secret.hash()).contains(secret.reveal()));
    }

    #[test]
    fn two_secrets_differ_and_a_shown_one_hashes_the_same() {
        let (one, other) = (Secret::new().unwrap(), Secret::new().unwrap());
        assert_ne!(one.hash(), other.hash());
        assert_eq!(Secret::shown(one.reveal()).unwrap().hash(), one.hash());
    }

    #[test]
    fn what_cannot_be_a_secret_is_not_even_hashed() {
        for text in ["", "with space", "ä", &"x".repeat(MOST_SECRET_CHARACTERS + 1)] {
            assert_eq!(Secret::shown(text), None, "{text:?}");
        }
    }
}
