//! An exchange that brought no answer, in words that help.

use std::error::Error;
use std::io;

use roomready_shared::units::Timestamp;
use rustls::CertificateError;
use rustls::pki_types::UnixTime;

use super::door::Door;
use super::trouble::{Stranger, Trouble};
use super::trust::Trust;

/// How the library that speaks to proxies words a proxy that wants a sign-in. Its error type is not public; a test with a
/// real proxy holds these words.
const WANTS_SIGN_IN: &str = "tunnel error: proxy authorization required";
/// How it words a proxy that does not answer "go ahead".
const NOT_THROUGH: &str = "tunnel error: unsuccessful";
/// How it words a proxy that cannot be reached at all.
const NO_PROXY_THERE: &str = "tunnel error: failed to create underlying connection";
/// How the HTTP library words an answer that is not HTTP.
const NO_HTTP: &str = "invalid HTTP version parsed";

/// What it was, told apart by what helps.
pub(super) fn trouble(error: &reqwest::Error, door: &Door) -> Trouble {
    let causes = causes(error);
    let says = |words: &str| causes.iter().any(|cause| cause.to_string() == words);
    let innermost = causes.last().map(ToString::to_string).unwrap_or_default();
    if let Some(tls) = causes
        .iter()
        .find_map(|cause| cause.downcast_ref::<rustls::Error>())
    {
        return certificate(tls, door);
    }
    if let Some(hop) = &door.hop {
        let proxy = |why: String| Trouble::Proxy {
            proxy: hop.name().to_owned(),
            why,
        };
        // What goes unencrypted to a dead proxy fails as a connection; what is encrypted fails as a tunnel.
        let plain = !door.address.is_secure() && error.is_connect();
        if says(WANTS_SIGN_IN) {
            return proxy(SIGN_IN.into());
        }
        if says(NOT_THROUGH) {
            return proxy(NO_WAY_ON.into());
        }
        if says(NO_PROXY_THERE) || plain {
            let why = if error.is_timeout() {
                "no answer in time"
            } else {
                &innermost
            };
            return proxy(format!("cannot be reached ({why})"));
        }
    }
    // The address stands before it: a mistyped one is the most common reason of all.
    let host = door.address.host();
    if says(NO_HTTP) {
        return Trouble::NotOurs {
            who: Stranger::Somebody,
            why: format!("{host} does not speak plain HTTP; is its address https?"),
        };
    }
    Trouble::Unreachable {
        why: if error.is_timeout() {
            format!("{host}: no answer in time")
        } else {
            format!("{host}: {innermost}")
        },
    }
}

/// A proxy that wants a sign-in.
pub(super) const SIGN_IN: &str = "asks for a sign-in, which an agent cannot give: let it pass without one";
/// A proxy that is there and goes no further.
pub(super) const NO_WAY_ON: &str = "cannot reach the collector, or does not let its address through";

/// The error and its causes, outermost first. An I/O error hides the error that it was made from, which is the one that
/// says something.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> Vec<&'e (dyn Error + 'static)> {
    let mut found = vec![];
    let mut next = Some(error);
    while let Some(cause) = next {
        found.push(cause);
        let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
    found
}

fn certificate(error: &rustls::Error, door: &Door) -> Trouble {
    let address = door.address.host().to_string();
    let rustls::Error::InvalidCertificate(wrong) = error else {
        return Trouble::NotOurs {
            who: Stranger::Somebody,
            why: format!("{address} does not speak TLS as the collector does: {error}"),
        };
    };
    let filter = "a filter that opens encrypted traffic, a wrong address";
    let why = match wrong {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => match &door.trust {
            Trust::Only(pinned) => {
                format!("is not from the CA in {}: {filter}, or a new CA", pinned.from())
            }
            Trust::System => format!(
                "is not from a CA that this device trusts: {filter}, or a collector whose own CA this device was not given"
            ),
        },
        CertificateError::ExpiredContext { time, not_after } => format!(
            "ended on {}, and this device's clock says {}: the collector needs a new one, or the clock is wrong",
            spelled(*not_after),
            spelled(*time)
        ),
        CertificateError::NotValidYetContext { time, not_before } => format!(
            "begins on {}, and this device's clock says {}: the clock is wrong, or the certificate",
            spelled(*not_before),
            spelled(*time)
        ),
        CertificateError::NotValidForNameContext { presented, .. } => format!(
            "is for {} only: {filter}, or a certificate that lacks this address",
            names(presented)
        ),
        other => format!("cannot be believed ({other}): {filter}, or a damaged certificate"),
    };
    Trouble::WrongCertificate { address, why }
}

fn spelled(time: UnixTime) -> String {
    i64::try_from(time.as_secs())
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .map_or_else(|| "an unknown time".to_owned(), |time| time.to_string())
}

/// At most three of the names in a certificate, without the library's type names around them.
fn names(presented: &[String]) -> String {
    const MOST: usize = 3;
    if presented.is_empty() {
        return "nobody".to_owned();
    }
    let bare = |name: &String| {
        let text = name.split_once('(').map_or(name.as_str(), |(_, rest)| rest);
        text.trim_matches(['"', ')']).chars().take(80).collect::<String>()
    };
    presented
        .iter()
        .take(MOST)
        .map(bare)
        .collect::<Vec<_>>()
        .join(", ")
}
