//! What is open in somebody's scope, told at once and after each change, until the token ends.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use http::HeaderMap;
use roomready_shared::ids::WatchTokenId;
use roomready_shared::wire::v1::{AGENT_HEADER, COMPUTER_HEADER, ErrorBody, Matter, Sight};
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

use super::{allowed_here, held};
use crate::clock::Mono;
use crate::http::extract::watching::{Watching, of_token};
use crate::http::{App, Refusal};
use crate::limits;
use crate::live::{LiveMessage, Subscription};
use crate::present::{self, Topic};

/// One computer's stream.
struct Stream {
    app: App,
    watching: Watching,
    /// What it calls itself, and whether an agent is installed on it.
    computer: (String, bool),
    subscription: Subscription<Topic>,
    /// What was told last.
    told: Option<(Vec<Matter>, u32)>,
    asked: Mono,
    number: u64,
    replaced: CancellationToken,
    _place: OwnedSemaphorePermit,
}

impl Drop for Stream {
    fn drop(&mut self) {
        let mut streams = held(&self.app.watchers.streams);
        if streams
            .get(&self.watching.token)
            .is_some_and(|(number, _)| *number == self.number)
        {
            streams.remove(&self.watching.token);
        }
    }
}

/// What is open in the schools of the token's owner, until the token ends.
#[utoipa::path(
    get,
    path = "/api/v1/incidents/live",
    tag = "staff computer",
    security(("watcher" = [])),
    params(
        ("roomready-computer" = String, Header, description = "What the computer calls itself"),
        ("roomready-agent-here" = Option<String>, Header, description = "no, where no agent is installed on it"),
    ),
    responses(
        (status = 200, description = "Server-sent events: all that is open at once and after each change, as JSON in the \
            data of events without a name; events named heartbeat between them",
            body = Sight, content_type = "text/event-stream"),
        (status = 400, description = "It does not say which computer it is", body = ErrorBody),
        (status = 401, description = "No token, or one that has ended", body = ErrorBody),
        (status = 403, description = "Notices may not show on this computer, or not for its owner's role", body = ErrorBody),
        (status = 429, description = "Asked too often: wait", body = ErrorBody),
        (status = 500, description = "A fault of the collector", body = ErrorBody),
        (status = 503, description = "Too many computers look: come back later", body = ErrorBody,
            headers(("Retry-After" = u32, description = "Seconds after which to try again"))),
    )
)]
pub(in crate::http) async fn live(
    State(app): State<App>,
    watching: Watching,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let computer = text(COMPUTER_HEADER)
        .ok_or_else(|| Refusal::malformed(format!("say which computer it is: {COMPUTER_HEADER}")))?;
    let agent_here = text(AGENT_HEADER) != Some("no");
    allowed_here(&app, computer, agent_here)?;
    let place = Arc::clone(&app.watchers.places)
        .try_acquire_owned()
        .map_err(|_| Refusal::busy("too many staff computers look already; try again"))?;
    let topic = Topic::Mine(watching.actor.scope.clone(), Vec::new());
    let subscription = app.hub.subscribe(topic, app.clock.wall())?;
    let (number, replaced) = take_over(&app, watching.token);
    let stream = Stream {
        asked: app.clock.mono(),
        app,
        watching,
        computer: (computer.to_owned(), agent_here),
        subscription,
        told: None,
        number,
        replaced,
        _place: place,
    };
    let events = stream::unfold(stream, async |mut stream| {
        let event = stream.next().await?;
        Some((Ok::<_, Infallible>(event), stream))
    });
    Ok(Sse::new(events).into_response())
}

/// The stream that this token had before ends.
fn take_over(app: &App, token: WatchTokenId) -> (u64, CancellationToken) {
    let mine = CancellationToken::new();
    let mut streams = held(&app.watchers.streams);
    let number = streams.get(&token).map_or(0, |(number, _)| number + 1);
    if let Some((_, before)) = streams.insert(token, (number, mine.clone())) {
        before.cancel();
    }
    (number, mine)
}

impl Stream {
    async fn next(&mut self) -> Option<Event> {
        let clock = Arc::clone(&self.app.clock);
        let message = tokio::select! {
            () = self.replaced.cancelled() => return None,
            message = self.subscription.next(|| clock.wall()) => message?,
        };
        // There is a message every few seconds, be it a heartbeat.
        if clock.mono().since(self.asked) >= limits::SIGN_IN_ASKED_EVERY {
            self.asked = clock.mono();
            let (computer, agent_here) = &self.computer;
            // It may have become a student's device since.
            if allowed_here(&self.app, computer, *agent_here).is_err() || !self.still().await {
                return None;
            }
        }
        if matches!(message, LiveMessage::Changes(_)) {
            let scope = &self.watching.actor.scope;
            let sight = self
                .app
                .stage
                .look(clock.wall(), |scene| present::sight(scene, scope));
            let told = (sight.matters.clone(), sight.more);
            if self.told.as_ref() != Some(&told) {
                self.told = Some(told);
                return Event::default().json_data(&sight).ok();
            }
        }
        // What changed is nothing that a notice tells.
        let heartbeat = Event::default().event("heartbeat");
        Some(heartbeat.data(format!(r#"{{"at":"{}"}}"#, clock.wall())))
    }

    /// Whether the token holds and its owner still reaches as far. While the store does not answer it goes on: it is
    /// asked again with the next message.
    async fn still(&self) -> bool {
        match of_token(&self.app, self.watching.shown).await {
            Ok(None) => false,
            Ok(Some(now)) => {
                let (now, then) = (now.actor, &self.watching.actor);
                (now.scope, now.role, now.lacks_second_factor)
                    == (then.scope.clone(), then.role, then.lacks_second_factor)
            }
            Err(error) => {
                tracing::debug!(
                    "cannot ask for a staff computer: {}",
                    crate::error::with_causes(&error)
                );
                true
            }
        }
    }
}
