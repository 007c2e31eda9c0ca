//! A live page's stream: changes as messages, a heartbeat when there are none, an end when the collector stops or the
//! sign-in that opened it is over.

use std::convert::Infallible;
use std::fmt::Debug;

use super::extract::person::{Found, of_cookie};
use super::{App, Refusal};
use crate::access::Scope;
use crate::limits;
use crate::live::{Hub, LiveMessage, NotLive};
use crate::secret::SecretHash;
use axum::response::sse::{Event, Sse};
use futures_util::stream::{self, Stream};

/// The sign-in behind a stream.
pub(super) struct Holds {
    pub(super) app: App,
    pub(super) cookie: SecretHash,
    /// How far the person reached when the stream was opened.
    pub(super) scope: Scope,
}

impl Holds {
    /// Whether the person may still look. An open page counts as use of the sign-in. While the store does not answer,
    /// pages go on: it is asked again with the next message.
    async fn still(&self) -> bool {
        match of_cookie(&self.app, self.cookie).await {
            Ok(Found::Nobody | Found::Shut(_)) => false,
            // A proctor whose sitting moved to another room asks anew, and is shown that one.
            Ok(Found::Signed(actor)) => actor.scope == self.scope,
            Err(error) => {
                tracing::debug!("cannot ask for a sign-in: {}", crate::error::with_causes(&error));
                true
            }
        }
    }
}

/// Opens the stream of one page. It ends with the sign-in behind it: a page asks again then, and is asked to sign in.
pub(super) fn open<T: Ord + Clone + Debug + Send + Sync + 'static>(
    hub: &Hub<T>,
    topic: T,
    holds: Holds,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<T>>, Refusal> {
    let subscription = hub.subscribe(topic, holds.app.clock.wall())?;
    // The guard has just asked.
    let asked = holds.app.clock.mono();
    let events = stream::unfold(
        (subscription, holds, asked),
        move |(mut subscription, holds, mut asked)| async move {
            let message = subscription.next(|| holds.app.clock.wall()).await?;
            // There is a message every few seconds, be it a heartbeat.
            if holds.app.clock.mono().since(asked) >= limits::SIGN_IN_ASKED_EVERY {
                asked = holds.app.clock.mono();
                if !holds.still().await {
                    return None;
                }
            }
            let event = match message {
                LiveMessage::Changes(changes) => Event::default().data(changes),
                // The page compares clocks by it, and sees that the line lives.
                LiveMessage::Heartbeat => Event::default()
                    .event("heartbeat")
                    .data(format!(r#"{{"at":"{}"}}"#, holds.app.clock.wall())),
            };
            Some((Ok(event), (subscription, holds, asked)))
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
