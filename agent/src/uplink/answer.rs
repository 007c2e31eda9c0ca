//! Reading what answered: the collector, or somebody in its place.

use reqwest::header::{CONTENT_TYPE, DATE, HeaderName, LOCATION, RETRY_AFTER};
use reqwest::{Response, StatusCode, Url};
use roomready_shared::wire::v1::{ErrorBody, ErrorCode};
use serde::de::DeserializeOwned;

use super::door::Door;
use super::fault::{self, NO_WAY_ON, SIGN_IN};
use super::retry_after::wait_ms;
use super::trouble::{Stranger, Trouble};

/// Longest wait that something between here and the collector can ask for: a filter's "come back in an hour" must not
/// silence a device that is being watched.
const STRANGER_WAIT_MOST_MS: u64 = 15_000;
/// Largest answer that is read: an assignment with its requirement stays under 64 KB.
pub(super) const MAX_ANSWER_BYTES: usize = 512 * 1024;

/// Reads a good answer.
pub(super) async fn understand<T: DeserializeOwned>(response: Response, door: &Door) -> Result<T, Trouble> {
    let kind = content_type(&response);
    let bytes = body(response, door).await?;
    serde_json::from_slice(&bytes).map_err(|error| match kind {
        // A network that wants a sign-in answers everything with its page, and calls that a success.
        kind if is_page(&kind) => Trouble::NotOurs {
            who: Stranger::LoginPage,
            why: "a web page came".into(),
        },
        kind if kind == "application/json" => somebody(format!("an answer that is not understood: {error}")),
        kind => somebody(format!("an answer of type {kind}")),
    })
}

/// Reads anything else. A refusal is ours only when it speaks our language: a web filter's 403 must not make a device
/// think that it is not enrolled.
pub(super) async fn refusal(response: Response, door: &Door) -> Trouble {
    let status = response.status();
    if status.is_redirection() {
        return redirected(&response, door);
    }
    let kind = content_type(&response);
    let header_wait = wait_ms(header(&response, &RETRY_AFTER), header(&response, &DATE));
    let bytes = match body(response, door).await {
        Ok(bytes) => bytes,
        Err(trouble) => return trouble,
    };
    let Ok(said) = serde_json::from_slice::<ErrorBody>(&bytes) else {
        return strange_refusal(status, &kind, header_wait, door);
    };
    let why = said.message;
    match said.error {
        ErrorCode::NotEnrolled => Trouble::NotEnrolled { why },
        ErrorCode::TooLarge => Trouble::TooLarge,
        ErrorCode::Busy | ErrorCode::Unavailable => Trouble::Busy {
            retry_after_ms: said.retry_after_ms.map(u64::from).or(header_wait),
            why,
        },
        ErrorCode::BadKey | ErrorCode::Malformed | ErrorCode::NotFound | ErrorCode::Internal => {
            Trouble::Refused {
                status: status.as_u16(),
                why,
            }
        }
    }
}

/// A refusal by somebody who does not speak our language.
fn strange_refusal(status: StatusCode, kind: &str, header_wait: Option<u64>, door: &Door) -> Trouble {
    let proxy = |why: &str| {
        door.hop.as_ref().map(|hop| Trouble::Proxy {
            proxy: hop.name().to_owned(),
            why: why.to_owned(),
        })
    };
    let not_ours = |who| Trouble::NotOurs {
        who,
        why: format!("status {}", status.as_u16()),
    };
    let plain = || {
        somebody(format!(
            "status {} with an answer of type {kind}",
            status.as_u16()
        ))
    };
    match status {
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => proxy(SIGN_IN).unwrap_or_else(plain),
        StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => proxy(NO_WAY_ON).unwrap_or_else(plain),
        // The way between may be busy without speaking our language; waiting as asked is right then too.
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Trouble::Busy {
            retry_after_ms: header_wait.map(|wait| wait.min(STRANGER_WAIT_MOST_MS)),
            why: format!("status {}", status.as_u16()),
        },
        StatusCode::NETWORK_AUTHENTICATION_REQUIRED => not_ours(Stranger::LoginPage),
        StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS => not_ours(Stranger::BlockPage),
        StatusCode::FORBIDDEN if is_page(kind) => not_ours(Stranger::BlockPage),
        _ => plain(),
    }
}

/// A collector never redirects. Only the host is told: path and query may carry what nobody should read in a log.
fn redirected(response: &Response, door: &Door) -> Trouble {
    let own = door.address.host();
    let target = header(response, &LOCATION)
        .and_then(|location| Url::parse(&door.address.at("/")).ok()?.join(location).ok());
    let Some(host) = target.as_ref().and_then(Url::host_str) else {
        return somebody(format!("status {} to nowhere", response.status().as_u16()));
    };
    let bare = host.trim_matches(['[', ']']);
    if bare.eq_ignore_ascii_case(own.host()) {
        let https = target.as_ref().is_some_and(|url| url.scheme() == "https") && !door.address.is_secure();
        let hint = if https { "; is its address https?" } else { "" };
        return somebody(format!("redirected within {bare}{hint}"));
    }
    let host: String = host.chars().take(120).collect();
    Trouble::NotOurs {
        who: Stranger::LoginPage,
        why: format!("redirected to {host}"),
    }
}

const fn somebody(why: String) -> Trouble {
    Trouble::NotOurs {
        who: Stranger::Somebody,
        why,
    }
}

fn header<'r>(response: &'r Response, name: &HeaderName) -> Option<&'r str> {
    response.headers().get(name).and_then(|value| value.to_str().ok())
}

/// The type alone, in small letters: `text/html; charset=utf-8` is `text/html`.
fn content_type(response: &Response) -> String {
    let text = header(response, &CONTENT_TYPE).unwrap_or("unknown");
    let kind = text.split(';').next().unwrap_or_default().trim();
    kind.chars().take(60).collect::<String>().to_ascii_lowercase()
}

fn is_page(kind: &str) -> bool {
    matches!(kind, "text/html" | "application/xhtml+xml")
}

async fn body(mut response: Response, door: &Door) -> Result<Vec<u8>, Trouble> {
    let mut bytes = vec![];
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| fault::trouble(&error, door))?
    {
        if bytes.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(somebody("an answer larger than any collector sends".into()));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
