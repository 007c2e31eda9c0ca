//! The signature of our own web hook message (`docs/notices.md` tells receivers how to check it).

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

/// When the message was signed, in whole seconds since 1970: receivers refuse old ones.
pub const TIMESTAMP_HEADER: &str = "roomready-timestamp";
/// The signature: `v1=` and 64 hexadecimal digits.
pub const SIGNATURE_HEADER: &str = "roomready-signature";
/// The notice's id, the same on each try: who has seen it has the notice already.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";

/// HMAC-SHA-256 over the timestamp, a dot and the body.
#[must_use]
pub fn signature(secret: &str, at: Timestamp, body: &[u8]) -> String {
    let whole = mac(secret, &at.as_second().to_string(), body).finalize();
    format!("v1={}", hex::encode(whole.into_bytes()))
}

/// Whether a message with these headers is from somebody who knows the secret. The comparison takes the same time
/// whatever was sent. Whether the timestamp is fresh is the caller's to ask.
#[must_use]
pub fn is_genuine(secret: &str, timestamp: &str, body: &[u8], signature: &str) -> bool {
    let told = signature
        .strip_prefix("v1=")
        .and_then(|digits| hex::decode(digits).ok());
    told.is_some_and(|told| mac(secret, timestamp, body).verify_slice(&told).is_ok())
}

fn mac(secret: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length does");
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_genuine_only_with_its_secret_its_time_and_its_bytes() {
        let at: Timestamp = "2026-10-06T09:41:00Z".parse().unwrap();
        let (secret, body) = ("four words of a dog", br#"{"version":1}"#);
        let signed = signature(secret, at, body);
        // By another program: `printf '1791279660.{"version":1}' | openssl dgst -sha256 -hmac 'four words of a dog'`.
        assert_eq!(at.as_second(), 1_791_279_660);
        assert_eq!(
            signed,
            "v1=e5046d68e629cb5485d123716a525aa8b953a8f0d32ac03308ef67ba258a6f33"
        );
        assert!(is_genuine(secret, "1791279660", body, &signed));
        for (secret, timestamp, body, signature) in [
            ("another", "1791279660", &body[..], signed.as_str()),
            (secret, "1791279661", body, &signed),
            (secret, "1791279660", b"{}", &signed),
            (secret, "1791279660", body, "v1="),
            (secret, "1791279660", body, signed.trim_start_matches("v1=")),
        ] {
            assert!(!is_genuine(secret, timestamp, body, signature));
        }
    }
}
