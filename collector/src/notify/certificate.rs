//! Certificates of the far end: whose word counts, and what is wrong with one, for a person.

use std::error::Error;
use std::io;

use jiff::Timestamp;
use rustls::CertificateError;
use rustls::pki_types::UnixTime;

/// The fault of TLS that lies under another one. An I/O error hides the error that it was made from, which is the one
/// that says something.
pub(super) fn under<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref() {
            return Some(found);
        }
        let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
    None
}

/// What is wrong and what to do, after "the certificate of HOST". `believed` says who was believed and where to name
/// another one.
pub(super) fn fault(wrong: &CertificateError, believed: &str) -> String {
    match wrong {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            format!("is from nobody who is believed: {believed}")
        }
        CertificateError::ExpiredContext { not_after, .. } => format!(
            "ended on {}: it needs a new one, unless the clock of this computer is wrong",
            spelled(*not_after)
        ),
        CertificateError::NotValidYetContext { not_before, .. } => format!(
            "begins on {}: it is too early, unless the clock of this computer is wrong",
            spelled(*not_before)
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "is for another name: write the name that stands in it".to_owned()
        }
        other => format!("cannot be believed ({other})"),
    }
}

fn spelled(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).ok();
    let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    time.map_or_else(|| "a day unknown".to_owned(), |time| time.to_string())
}
