//! Web hooks over HTTP.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use tokio::time::timeout;

use super::{
    Address, Failure, Hook, HookAddress, HookKind, IDEMPOTENCY_HEADER, SIGNATURE_HEADER, Settings,
    TIMESTAMP_HEADER, body, certificate, signature,
};
use crate::domain::notice::Notice;
use crate::error::with_causes;

/// To a service on the internet, with name resolution and a handshake.
const CONNECT: Duration = Duration::from_secs(5);
/// The whole exchange: chat services answer within a second.
const EXCHANGE: Duration = Duration::from_secs(15);
/// What is read of an answer. Only its status counts; the rest is read so that the connection ends in good order.
const MOST_ANSWER_BYTES: usize = 16 * 1024;
/// And how long for: the notice was taken, and the next one of this target waits.
const REST_OF_ANSWER: Duration = Duration::from_secs(2);

/// A client for all web hooks. It follows no redirect: a signed message goes where the district said, and nowhere else.
pub(super) fn client(settings: &Settings) -> Result<Client, reqwest::Error> {
    let builder = Client::builder()
        .user_agent(concat!("roomready-collector/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .timeout(EXCHANGE)
        // Notices are minutes apart, and a kept connection that died in between would cost a try.
        .pool_max_idle_per_host(0)
        .redirect(reqwest::redirect::Policy::none());
    let builder = match &settings.proxy {
        Some(proxy) => builder.proxy(reqwest::Proxy::all(proxy.to_string())?),
        // Said, because the library would else look into the environment by itself.
        None => builder.no_proxy(),
    };
    builder.build()
}

/// Tries once.
pub(super) async fn post(
    client: &Client,
    settings: &Settings,
    hook: &Hook,
    notice: &Notice,
    base: Option<&str>,
    now: Timestamp,
) -> Result<(), Failure> {
    let address = match &hook.address {
        Address::Written(address) => address.clone(),
        Address::Kept(kept) => {
            let text = settings.reveal(kept).await?;
            text.parse::<HookAddress>()
                .map_err(|error| Failure::new("secret", &error.to_string()))?
        }
    };
    let host = address.host().to_owned();
    let request = match &hook.kind {
        HookKind::Signed(secret) => {
            let body = body::signed(notice, base).to_string();
            let secret = settings.reveal(secret).await?;
            client
                .post(address.url().clone())
                .header(TIMESTAMP_HEADER, now.as_second().to_string())
                .header(SIGNATURE_HEADER, signature(&secret, now, body.as_bytes()))
                .body(body)
        }
        HookKind::GoogleChat => client
            .post(address.url().clone())
            .body(body::google_chat(notice, base).to_string()),
        HookKind::Teams => client
            .post(address.url().clone())
            .body(body::teams(notice, base).to_string()),
        HookKind::Slack => client
            .post(address.url().clone())
            .body(body::slack(notice, base).to_string()),
        HookKind::Ntfy(token) => {
            let (root, topic) = topic(address.url()).ok_or_else(|| {
                Failure::new(
                    "settings",
                    "the address of ntfy has no topic; write it as https://server/topic",
                )
            })?;
            let request = client
                .post(root)
                .body(body::ntfy(notice, &topic, base).to_string());
            match token {
                Some(token) => request.bearer_auth(settings.reveal(token).await?),
                None => request,
            }
        }
    };
    let request = request
        .header(CONTENT_TYPE, "application/json; charset=utf-8")
        .header(IDEMPOTENCY_HEADER, notice.id.to_string());
    exchange(request, &host).await
}

async fn exchange(request: RequestBuilder, host: &str) -> Result<(), Failure> {
    let mut response = request.send().await.map_err(|error| trouble(error, host))?;
    let status = response.status();
    let reading = async {
        let mut read = 0;
        while let Ok(Some(chunk)) = response.chunk().await {
            read += chunk.len();
            if read > MOST_ANSWER_BYTES {
                break;
            }
        }
    };
    let _whatever_it_says = timeout(REST_OF_ANSWER, reading).await;
    if status.is_success() {
        return Ok(());
    }
    let code = status.as_u16();
    let (kind, text) = match status {
        _ if status.is_redirection() => {
            let elsewhere = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            let elsewhere = elsewhere
                .and_then(|to| Url::parse(to).ok())
                .and_then(|to| to.host_str().map(|to| format!(" on {to}")))
                .unwrap_or_default();
            let text = format!(
                "{host} sends us to another address{elsewhere}, which is not followed; write that address if you trust it"
            );
            ("redirect", text)
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => (
            "refused",
            format!("{host} does not let us in ({code}); check the secret, token or address of this target"),
        ),
        StatusCode::NOT_FOUND | StatusCode::GONE => (
            "refused",
            format!("{host} has no such web hook ({code}); make a new one there and write its address"),
        ),
        StatusCode::TOO_MANY_REQUESTS => (
            "busy",
            format!("{host} wants fewer messages ({code}); it is tried again later"),
        ),
        _ if status.is_client_error() => (
            "refused",
            format!("{host} does not understand the notice ({code}); check the kind of this target"),
        ),
        _ => (
            "server",
            format!("{host} has trouble of its own ({code}); it is tried again"),
        ),
    };
    Err(Failure::new(kind, &text))
}

/// The address may be a secret: the library's own words would repeat it.
fn trouble(error: reqwest::Error, host: &str) -> Failure {
    let error = error.without_url();
    if error.is_timeout() {
        return Failure::new(
            "timeout",
            &format!(
                "{host} took the connection or the notice and did not answer in {} s; it is tried again",
                EXCHANGE.as_secs()
            ),
        );
    }
    if let Some(rustls::Error::InvalidCertificate(wrong)) = certificate::under(&error) {
        let why = certificate::fault(wrong, "let this computer believe its CA");
        return Failure::new("tls", &format!("the certificate of {host} {why}"));
    }
    let causes = with_causes(&error);
    if error.is_connect() {
        return Failure::new(
            "connection",
            &format!("cannot reach {host}; check that this computer may go there ({causes})"),
        );
    }
    Failure::new(
        "connection",
        &format!("the exchange with {host} broke off ({causes})"),
    )
}

/// The server's root and the topic, from `https://server/topic`.
fn topic(address: &Url) -> Option<(Url, String)> {
    let mut root = address.clone();
    let topic = address
        .path_segments()?
        .rfind(|part| !part.is_empty())?
        .to_owned();
    root.path_segments_mut().ok()?.pop_if_empty().pop().push("");
    Some((root, topic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_the_last_part_of_the_address() {
        for (address, root, name) in [
            ("https://ntfy.sh/rooms", "https://ntfy.sh/", "rooms"),
            (
                "https://school.example/ntfy/rooms/",
                "https://school.example/ntfy/",
                "rooms",
            ),
        ] {
            let (found, topic) = topic(&Url::parse(address).unwrap()).unwrap();
            assert_eq!((found.as_str(), topic.as_str()), (root, name));
        }
        assert_eq!(topic(&Url::parse("https://ntfy.sh/").unwrap()), None);
    }
}
