//! A staff computer that shows notices for somebody, found by its token.

use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use roomready_shared::ids::{BrowserSessionId, WatchTokenId};

use crate::access::{Actor, Who};
use crate::http::{App, Refusal};
use crate::secret::{Secret, SecretHash};
use crate::store::{StoreError, Watcher};

/// A staff computer with its owner as they are now. The guard finds it; handlers behind it are handed the same.
#[derive(Debug, Clone)]
pub(in crate::http) struct Watching {
    /// Its owner, for whom it looks.
    pub(in crate::http) actor: Actor,
    /// Its token.
    pub(in crate::http) token: WatchTokenId,
    /// Under which it is found again.
    pub(in crate::http) shown: SecretHash,
}

impl Watching {
    /// Under what its requests are counted.
    pub(in crate::http) fn pace(&self) -> BrowserSessionId {
        self.actor.session
    }
}

impl FromRequestParts<App> for Watching {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        if let Some(found) = parts.extensions.get::<Self>() {
            return Ok(found.clone());
        }
        let shown = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.strip_prefix("Bearer "))
            .and_then(Secret::shown)
            .ok_or_else(|| {
                Refusal::not_enrolled("no token; run `roomready-watch sign-in` on this computer")
            })?;
        // Looked up by hash: see `crate::secret` for why the time this takes tells nothing.
        of_token(app, shown.hash()).await?.ok_or_else(|| {
            Refusal::not_enrolled(
                "this computer's sign-in has ended, or was ended by its owner; run `roomready-watch sign-in` again",
            )
        })
    }
}

/// Which staff computer shows this token, and remembers that it is in use.
pub(in crate::http) async fn of_token(app: &App, shown: SecretHash) -> Result<Option<Watching>, StoreError> {
    let now = app.clock.wall();
    let Some(Watcher { token, account }) = app.store.watcher(shown, now).await? else {
        return Ok(None);
    };
    if token.wants_touch(now) {
        // With a full disk it only seems less used than it is.
        if let Err(error) = app.store.touch_watch_token(token.id, now).await {
            tracing::debug!(
                "a staff computer's use was not remembered: {}",
                crate::error::with_causes(&error)
            );
        }
    }
    Ok(Some(Watching {
        actor: Actor {
            who: Who::Account(account.id),
            name: account.name.clone(),
            role: account.role,
            scope: account.role.scope(&account.schools),
            session: BrowserSessionId::new(token.id.uuid()),
            ends: token.ends,
            lacks_second_factor: account.lacks_second_factor(),
        },
        token: token.id,
        shown,
    }))
}
