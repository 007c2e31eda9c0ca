//! The real uplink. The client is given in, so that twenty simulated devices share one.

use std::fmt;
use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::header::{ETAG, IF_NONE_MATCH, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use roomready_shared::wire::v1::{
    Assignment, EnrollReply, EnrollRequest, ErrorBody, ErrorCode, Report, ReportReply,
};
use serde::de::DeserializeOwned;

use super::{CollectorAddress, Trouble};
use crate::ports::{Enroll, Fetched, Uplink};

/// A connection that does not stand by then will not: a school's network answers in milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// A whole exchange: the collector commits in milliseconds. Where an answer is lost while students test, this and the
/// first step of backing off together still keep the promise of 5.5 s with its second of grace.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest wait that something between here and the collector can ask for: a filter's "come back in an hour" must not
/// silence a device that is being watched.
const STRANGER_WAIT_MOST_MS: u64 = 15_000;
/// A connection that was idle for longer is not trusted: school firewalls forget after a minute or two, and the
/// collector lets go after 75 s: ours must be the shorter one, or a report meets a closing door.
const IDLE_TIMEOUT: Duration = Duration::from_secs(65);
/// Largest answer that is read: an assignment with its requirement stays under 64 KB.
const MAX_ANSWER_BYTES: usize = 512 * 1024;

/// A device's own secret. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential(String);

impl Credential {
    /// Wraps what the collector gave at enrolment.
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

/// A client with this agent's time-outs. Redirects are not followed: a collector never sends one, a sign-in page does.
///
/// # Errors
/// When the system's certificate store cannot be read.
pub fn client() -> Result<reqwest::Client, reqwest::Error> {
    crate::supervise::install_crypto();
    reqwest::Client::builder()
        .user_agent(concat!("roomready-agent/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(EXCHANGE_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .build()
}

/// The way of one device to its collector.
#[derive(Clone)]
pub struct HttpUplink {
    client: reqwest::Client,
    collector: CollectorAddress,
    credential: Option<Credential>,
}

impl HttpUplink {
    /// An enrolled device's way.
    #[must_use]
    pub const fn new(client: reqwest::Client, collector: CollectorAddress, credential: Credential) -> Self {
        Self {
            client,
            collector,
            credential: Some(credential),
        }
    }

    /// The way of a device that is not known yet: it can only enrol.
    #[must_use]
    pub const fn unknown(client: reqwest::Client, collector: CollectorAddress) -> Self {
        Self {
            client,
            collector,
            credential: None,
        }
    }

    fn authorised(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.credential {
            Some(credential) => request.bearer_auth(credential.reveal()),
            None => request,
        }
    }

    async fn send<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<T, Trouble> {
        let response = self
            .authorised(request)
            .send()
            .await
            .map_err(|error| unreachable(&error))?;
        if response.status().is_success() {
            understand(response).await
        } else {
            Err(refusal(response).await)
        }
    }
}

impl Uplink for HttpUplink {
    fn report<'a>(&'a self, report: &'a Report) -> BoxFuture<'a, Result<ReportReply, Trouble>> {
        let request = self
            .client
            .post(self.collector.at("/api/v1/reports"))
            .json(report);
        Box::pin(self.send(request))
    }

    fn assignment<'a>(&'a self, held: Option<&'a str>) -> BoxFuture<'a, Result<Fetched, Trouble>> {
        Box::pin(async move {
            let mut request = self.client.get(self.collector.at("/api/v1/assignment"));
            if let Some(tag) = held {
                request = request.header(IF_NONE_MATCH, format!("\"{tag}\""));
            }
            let response = self
                .authorised(request)
                .send()
                .await
                .map_err(|error| unreachable(&error))?;
            if response.status() == StatusCode::NOT_MODIFIED {
                return Ok(Fetched::Unchanged);
            }
            if !response.status().is_success() {
                return Err(refusal(response).await);
            }
            tracing::trace!(etag = ?response.headers().get(ETAG), "assignment fetched");
            understand::<Assignment>(response)
                .await
                .map(|assignment| Fetched::New(Box::new(assignment)))
        })
    }
}

impl Enroll for HttpUplink {
    fn enroll<'a>(&'a self, request: &'a EnrollRequest) -> BoxFuture<'a, Result<EnrollReply, Trouble>> {
        let request = self
            .client
            .post(self.collector.at("/api/v1/enroll"))
            .json(request);
        Box::pin(self.send(request))
    }
}

async fn body(mut response: Response) -> Result<Vec<u8>, Trouble> {
    let mut bytes = vec![];
    while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(&error))? {
        if bytes.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(Trouble::NotOurs {
                why: "an answer larger than any collector sends".into(),
            });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn content_type(response: &Response) -> String {
    response
        .headers()
        .get(reqwest::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("no content type")
        .to_owned()
}

async fn understand<T: DeserializeOwned>(response: Response) -> Result<T, Trouble> {
    let kind = content_type(&response);
    let bytes = body(response).await?;
    serde_json::from_slice(&bytes).map_err(|error| Trouble::NotOurs {
        why: if kind.starts_with("application/json") {
            format!("an answer that is not understood: {error}")
        } else {
            format!("a {kind} answer")
        },
    })
}

/// A refusal is ours only when it speaks our language: a web filter's 403 must not make a device think that it is
/// not enrolled.
async fn refusal(response: Response) -> Trouble {
    let status = response.status();
    let kind = content_type(&response);
    let header_wait = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.trim().parse::<u64>().ok())
        .map(|seconds| seconds.saturating_mul(1_000));
    let bytes = match body(response).await {
        Ok(bytes) => bytes,
        Err(trouble) => return trouble,
    };
    let Ok(said) = serde_json::from_slice::<ErrorBody>(&bytes) else {
        // The way between may be busy without speaking our language; waiting as asked is right then too.
        return match status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Trouble::Busy {
                retry_after_ms: header_wait.map(|wait| wait.min(STRANGER_WAIT_MOST_MS)),
                why: format!("status {}", status.as_u16()),
            },
            _ => Trouble::NotOurs {
                why: format!("status {} with a {kind} answer", status.as_u16()),
            },
        };
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

/// The innermost cause says most: "connection refused" instead of "error sending request". The address stands before it:
/// a mistyped one is the most common reason of all.
fn unreachable(error: &reqwest::Error) -> Trouble {
    let address = error.url().and_then(|url| {
        let port = url.port_or_known_default()?;
        Some(format!("{}:{port}: ", url.host_str()?))
    });
    let address = address.unwrap_or_default();
    if error.is_timeout() {
        return Trouble::Unreachable {
            why: format!("{address}no answer in time"),
        };
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    Trouble::Unreachable {
        why: format!("{address}{cause}"),
    }
}

#[cfg(test)]
mod tests;
