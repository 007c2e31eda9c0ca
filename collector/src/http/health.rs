//! Is it alive, is it ready: for service managers and monitors. Answers without names, so without sign-in.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use tokio::sync::Mutex;

use super::App;
use crate::clock::{Clock, Mono};
use crate::error::with_causes;
use crate::limits;
use crate::store::Store;

/// The process runs and its loop turns. Says nothing about the store: restarting would not mend a full disk.
pub(super) async fn livez() -> &'static str {
    "alive\n"
}

/// It can do its work: the store itself was asked within [`limits::READY_KEPT`], and nobody has asked the collector to
/// stop.
pub(super) async fn readyz(State(app): State<App>) -> Response {
    if app.stop.accepting.is_cancelled() {
        return ill("stopping");
    }
    match app.readiness.look(&*app.store, &*app.clock).await {
        None => "ready\n".into_response(),
        Some(why) => ill(&why),
    }
}

/// What the store said last. Anybody may ask, and each question to the store costs a synced write: so all who ask
/// within a short while get one answer, and those who ask meanwhile wait for it.
#[derive(Debug, Default)]
pub(super) struct Readiness(Mutex<Option<Look>>);

#[derive(Debug)]
struct Look {
    at: Mono,
    /// Why it was not ready.
    ill: Option<String>,
}

impl Readiness {
    async fn look(&self, store: &dyn Store, clock: &dyn Clock) -> Option<String> {
        let mut last = self.0.lock().await;
        if let Some(look) = &*last
            && clock.mono().since(look.at) < limits::READY_KEPT
        {
            return look.ill.clone();
        }
        let ill = ask(store).await;
        *last = Some(Look {
            at: clock.mono(),
            ill: ill.clone(),
        });
        ill
    }
}

async fn ask(store: &dyn Store) -> Option<String> {
    match tokio::time::timeout(limits::STORE_PULSE_PATIENCE, store.ready()).await {
        Ok(Ok(())) => None,
        // What the system said stays in the log: anybody may ask here.
        Ok(Err(error)) => {
            tracing::debug!("not ready: {}", with_causes(&error));
            Some(error.to_string())
        }
        Err(_late) => Some(format!(
            "the store has not answered for {} s",
            limits::STORE_PULSE_PATIENCE.as_secs()
        )),
    }
}

fn ill(why: &str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")).into_response()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock::FakeClock;
    use crate::store::sqlite::SqliteStore;

    #[tokio::test]
    async fn a_flood_of_questions_costs_the_disk_one_write_and_an_illness_is_told_after_a_moment() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).unwrap();
        let clock = FakeClock::at("2026-10-06T13:00:00Z".parse().unwrap());
        let readiness = Readiness::default();
        let before = store.counts().jobs;
        let flood = (0..500).map(|_| readiness.look(&store, &clock));
        let answers = futures_util::future::join_all(flood).await;
        assert!(answers.iter().all(Option::is_none));
        assert_eq!(store.counts().jobs - before, 1);

        store.close().await.unwrap();
        assert_eq!(readiness.look(&store, &clock).await, None);
        clock.pass(limits::READY_KEPT - Duration::from_millis(1));
        assert_eq!(readiness.look(&store, &clock).await, None);
        clock.pass(Duration::from_millis(1));
        let ill = readiness.look(&store, &clock).await.unwrap();
        assert!(ill.contains("closed"), "{ill}");
    }
}
