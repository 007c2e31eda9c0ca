//! Whether a network reaches the collector. Open to everybody who can ask: it tells nothing of schools.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::sse::{Event, Sse};
use axum::response::{Html, IntoResponse as _, Response};
use futures_util::stream;

use crate::http::{App, PeoplesTrust, Refusal};
use crate::limits;
use crate::pages;
use crate::pages::view::{ReachCertificate, ReachPage};
use crate::serve::Peer;

pub(in crate::http) async fn page(State(app): State<App>, peer: Option<Extension<Peer>>) -> Html<String> {
    let secure = peer.is_some_and(|Extension(peer)| peer.secure);
    let certificate = match app.peoples_trust() {
        PeoplesTrust::Untrusted => ReachCertificate::Untrusted,
        PeoplesTrust::Trusted | PeoplesTrust::Proxy if secure => ReachCertificate::ToBeSeen,
        // What is not encrypted is on loopback.
        PeoplesTrust::Loopback | PeoplesTrust::Trusted | PeoplesTrust::Proxy => ReachCertificate::NotNeeded,
    };
    Html(pages::reach::render(&ReachPage { certificate }))
}

/// A few words with pauses between, and then the end: what a board's stream is like, without anything in it.
pub(in crate::http) async fn stream(State(app): State<App>) -> Result<Response, Refusal> {
    let Ok(place) = Arc::clone(&app.reach).try_acquire_owned() else {
        metrics::counter!("roomready_reach_refused_total").increment(1);
        return Err(Refusal::busy(
            "many networks are tried at this moment; try again shortly",
        ));
    };
    let words = stream::unfold((0, place), |(said, place)| async move {
        if said >= limits::REACH_WORDS {
            return None;
        }
        if said > 0 {
            tokio::time::sleep_until(tokio::time::Instant::now() + limits::REACH_PAUSE).await;
        }
        let last = said + 1 == limits::REACH_WORDS;
        let word = Event::default().data((said + 1).to_string());
        let word = if last { word.event("last") } else { word };
        Some((Ok::<_, Infallible>(word), (said + 1, place)))
    });
    Ok(Sse::new(words).into_response())
}
