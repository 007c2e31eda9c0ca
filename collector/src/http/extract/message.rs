//! A wire message out of a request.

use axum::extract::{FromRef, FromRequest, Request};
use http::header::CONTENT_TYPE;
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::{EnrollRequest, MAX_REPORT_BYTES, Report, WatchAsk, WatchRequest};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::{body, json_limits};
use crate::http::Refusal;
use crate::limits;
use crate::serve::Timeouts;

/// A message with its largest size.
pub(in crate::http) trait WireMessage: DeserializeOwned {
    const MOST_BYTES: usize;
}

impl WireMessage for Report {
    const MOST_BYTES: usize = MAX_REPORT_BYTES;
}

impl WireMessage for EnrollRequest {
    const MOST_BYTES: usize = limits::MOST_ENROL_BYTES;
}

impl WireMessage for WatchRequest {
    const MOST_BYTES: usize = limits::MOST_ENROL_BYTES;
}

impl WireMessage for WatchAsk {
    const MOST_BYTES: usize = limits::MOST_ENROL_BYTES;
}

/// A message that came whole, in time, within its limits, and that is what it should be.
#[derive(Debug)]
pub(in crate::http) struct Message<T>(pub(in crate::http) T);

impl<T: WireMessage, S: Send + Sync> FromRequest<S> for Message<T>
where
    Timeouts: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let (head, body) = request.into_parts();
        let is_json = head
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| {
                value
                    .split(';')
                    .next()
                    .is_some_and(|kind| kind.trim() == "application/json")
            });
        if !is_json {
            return Err(Refusal::not_json());
        }
        let bytes = body::read(
            &head.headers,
            body,
            T::MOST_BYTES,
            Timeouts::from_ref(state).body_read,
        )
        .await?;
        parse(&bytes).map(Self)
    }
}

/// A body's text, read within its limits of shape.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    json_limits::check(bytes).map_err(|beyond| Refusal::too_large(beyond.to_string()))?;
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        Category::Data => {
            Refusal::not_this_message(format!("the message cannot be read: {}", shortly(&error)))
        }
        Category::Syntax | Category::Eof | Category::Io => {
            Refusal::malformed(format!("the body is not whole JSON: {}", shortly(&error)))
        }
    })
}

/// What was sent may stand in an error, and is not sent back at full length.
fn shortly(error: &serde_json::Error) -> ShortText {
    ShortText::fit(&error.to_string())
}
