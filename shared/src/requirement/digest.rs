//! A requirement's fingerprint: two sides that name the same one judge by the same rules.

use sha2::{Digest, Sha256};

use super::Requirement;
use crate::units::ShortText;

/// Hex digits of a digest: 64 bits tell a district's handful of requirements apart and fit a log line.
const DIGITS: usize = 16;

impl Requirement {
    /// Fingerprint over everything that is judged, so over [`Requirement::for_devices`]. A change of error codes
    /// or of a deviation's wording leaves it as it is.
    #[must_use]
    pub fn digest(&self) -> ShortText {
        let canonical = serde_json_canonicalizer::to_vec(&self.for_devices())
            .expect("a requirement is plain data with text keys, which JSON can always hold");
        let mut digits = hex::encode(Sha256::digest(canonical));
        digits.truncate(DIGITS);
        ShortText::fit(&digits)
    }
}
