//! Reads a body within its limits of size and time.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt as _;

use crate::http::Refusal;

/// Bytes beyond the limit that are read and thrown away, so that the sender gets to read why it was refused: closing
/// a connection with unread bytes resets it and may destroy the answer on its way.
const MOST_DRAINED_BYTES: usize = 1024 * 1024;

/// The whole body.
///
/// # Errors
///
/// 413 when it is longer than `most`, 408 when it takes longer than `patience`, 400 when the sender stops halfway.
pub(in crate::http) async fn read(
    headers: &HeaderMap,
    mut body: Body,
    most: usize,
    patience: Duration,
) -> Result<Bytes, Refusal> {
    let reading = async {
        let mut taken = BytesMut::with_capacity(announced(headers).unwrap_or(0).min(most));
        let mut seen = 0_usize;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|cause| {
                Refusal::malformed("the body ended before its announced length; send it again").because(cause)
            })?;
            let Ok(data) = frame.into_data() else { continue };
            seen = seen.saturating_add(data.len());
            if seen <= most {
                taken.extend_from_slice(&data);
            } else if seen > most.saturating_add(MOST_DRAINED_BYTES) {
                break;
            }
        }
        if seen > most {
            return Err(Refusal::too_large(format!(
                "the body is larger than {most} bytes; send less at once"
            )));
        }
        Ok(taken.freeze())
    };
    tokio::time::timeout(patience, reading)
        .await
        .unwrap_or_else(|_late| Err(Refusal::too_slow(patience)))
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
