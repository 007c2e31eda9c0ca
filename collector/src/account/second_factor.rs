//! The second factor: six digits from an authenticator app (TOTP, RFC 6238), each good once.
//!
//! SHA-1, six digits, thirty seconds: what every authenticator app takes. One step to either side is accepted, for a
//! phone whose clock is a little off and for somebody who types slowly.

use std::fmt;

use jiff::Timestamp;
use totp_rs::{Builder, Secret, Totp};

use crate::secret::NoRandomness;

mod code_image;

pub use code_image::CodeImage;

/// Bytes of the shared secret: RFC 4226 recommends 160 bits.
const SECRET_BYTES: usize = 20;
/// Seconds that one code is shown.
const STEP_SECONDS: u64 = 30;

/// Who the app says the code is for.
pub const ISSUER: &str = "RoomReady";

/// The number of a half minute since 1970. The last one used is kept: none is accepted twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step(u64);

/// What an authenticator app and the collector share. It prints as dots.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; SECRET_BYTES]);

impl Step {
    /// As the store keeps it.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// For the store.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl TotpSecret {
    /// A new one.
    ///
    /// # Errors
    ///
    /// When the machine's random source does not answer.
    pub fn new() -> Result<Self, NoRandomness> {
        let mut bytes = [0; SECRET_BYTES];
        crate::secret::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// As the store kept it; `None` when it has another length.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// For the store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The step whose code this is, unless it is not one of now, or was used already, or lies before one that was.
    /// Blanks are overlooked: apps show "123 456".
    #[must_use]
    pub fn accepts(&self, typed: &str, now: Timestamp, last_used: Option<Step>) -> Option<Step> {
        let digits: String = typed.chars().filter(|c| !c.is_whitespace()).take(7).collect();
        let seconds = u64::try_from(now.as_second()).ok()?;
        let present = seconds / STEP_SECONDS;
        let totp = self.totp();
        (present.saturating_sub(1)..=present + 1)
            .map(Step)
            .filter(|step| last_used.is_none_or(|used| *step > used))
            // Compares in constant time.
            .find(|step| totp.check(&digits, step.0 * STEP_SECONDS).is_some())
    }

    /// The code of a moment, as an app would show it.
    #[must_use]
    pub fn code_at(&self, now: Timestamp) -> String {
        let seconds = u64::try_from(now.as_second()).unwrap_or(0);
        self.totp().generate(seconds).to_string()
    }

    /// For typing into an app: base 32 in groups of four.
    #[must_use]
    pub fn grouped(&self) -> String {
        let text = Secret::from(self.0).to_base32();
        let groups: Vec<_> = text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
        groups.join(" ")
    }

    /// For scanning: what the QR code says.
    #[must_use]
    pub fn address(&self, person: &str) -> String {
        format!(
            "otpauth://totp/{issuer}:{person}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30",
            issuer = ISSUER,
            person = percent_encoded(person),
            secret = Secret::from(self.0).to_base32(),
        )
    }

    fn totp(&self) -> Totp {
        Builder::new()
            .with_secret(self.0)
            .with_skew(0)
            .with_step_duration(STEP_SECONDS)
            .build_noncompliant()
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// Everything but letters, digits and `-._~` as `%XX`.
fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            all.push(char::from(byte));
        } else {
            all.push('%');
            all.push_str(&hex::encode_upper([byte]));
        }
        all
    })
}

#[cfg(test)]
mod tests;
