//! A live page's stream: changes as messages, a heartbeat when there are none, an end when the collector stops or the
//! sign-in that opened it is over.

use std::convert::Infallible;
use std::fmt::Debug;
use std::sync::Arc;

use axum::response::sse::{Event, Sse};
use futures_util::stream::{self, Stream};
use jiff::Timestamp;

use super::Refusal;
use crate::clock::Clock;
use crate::live::{Hub, LiveMessage, NotLive};

/// Opens the stream of one page. It says nothing more from `until` on; a page asks again then, and is asked to sign in.
pub(super) fn open<T: Ord + Clone + Debug + Send + Sync + 'static>(
    hub: &Hub<T>,
    topic: T,
    clock: Arc<dyn Clock>,
    until: Timestamp,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<T>>, Refusal> {
    let subscription = hub.subscribe(topic, clock.wall())?;
    let events = stream::unfold(
        (subscription, clock),
        move |(mut subscription, clock)| async move {
            let message = subscription.next(|| clock.wall()).await?;
            // Looked at with each message: there is one every few seconds, be it a heartbeat.
            if clock.wall() >= until {
                return None;
            }
            let event = match message {
                LiveMessage::Changes(changes) => Event::default().data(changes),
                // The page compares clocks by it, and sees that the line lives.
                LiveMessage::Heartbeat => Event::default()
                    .event("heartbeat")
                    .data(format!(r#"{{"at":"{}"}}"#, clock.wall())),
            };
            Some((Ok(event), (subscription, clock)))
        },
    );
    Ok(Sse::new(events))
}

impl From<NotLive> for Refusal {
    fn from(not_live: NotLive) -> Self {
        match not_live {
            NotLive::Full => Self::busy(not_live.to_string()),
            NotLive::Stopping => Self::unavailable(not_live.to_string()),
            NotLive::NoSuchPage => Self::not_found(not_live.to_string()),
        }
    }
}
