//! The door: what stands between a typed name and a sign-in, and keeps count of who knocks.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Extensions;
use roomready_shared::ids::AccountId;

use super::{App, Refusal};
use crate::account::{
    Attempt, Busy, Checker, Failures, HalfWays, Password, PasswordHash, Throttle, Verified, Wait,
};
use crate::clock::Mono;
use crate::domain::entry::NewEntry;
use crate::serve::Peer;
use crate::store::Account;

/// What is remembered of sign-ins under way. In memory only.
#[derive(Debug, Default)]
pub struct Door {
    checker: Checker,
    throttle: Mutex<Throttle>,
    failures: Mutex<Failures>,
    half_ways: Mutex<HalfWays>,
}

/// How a password was.
#[derive(Debug)]
pub(super) enum Proof {
    /// Right; the attempt is still counted until it is forgiven.
    Right {
        attempt: Attempt,
        renewed: Option<PasswordHash>,
    },
    /// Wrong, and written down.
    Wrong,
    /// Not even looked at: too many were wrong before.
    TooEarly(Wait),
}

impl Door {
    /// People between password and code.
    pub(super) fn half_ways(&self) -> MutexGuard<'_, HalfWays> {
        locked(&self.half_ways)
    }

    /// Begins an attempt, unless it has to wait.
    pub(super) fn begin(&self, app: &App, name: &str, address: IpAddr) -> Result<Attempt, Wait> {
        let begun = locked(&self.throttle).begin(name, address, since_start(app));
        if begun.is_err() {
            metrics::counter!("roomready_sign_ins_slowed_total").increment(1);
        }
        begun
    }

    /// Attempts that were none of a guesser.
    pub(super) fn forgive(&self, app: &App, attempts: impl IntoIterator<Item = Attempt>) {
        let mut throttle = locked(&self.throttle);
        for attempt in attempts {
            throttle.succeeded(attempt, since_start(app));
        }
    }

    /// Whether this is the account's password. For a name that nobody has it takes as long.
    pub(super) async fn prove(
        &self,
        app: &App,
        name: &str,
        account: Option<&Account>,
        typed: &str,
        address: IpAddr,
    ) -> Result<Proof, Refusal> {
        let attempt = match self.begin(app, name, address) {
            Ok(attempt) => attempt,
            Err(wait) => return Ok(Proof::TooEarly(wait)),
        };
        let kept = account.and_then(|account| account.password.as_deref());
        let kept = kept.and_then(|kept| kept.parse().ok());
        let verified = match Password::typed(typed) {
            Some(password) => self.checker.verify(kept, password).await?,
            None => Verified::Wrong,
        };
        match verified {
            Verified::Right { renewed } => Ok(Proof::Right { attempt, renewed }),
            Verified::Wrong => {
                self.failed(app, account.map(|account| account.id), address, "password")
                    .await;
                Ok(Proof::Wrong)
            }
        }
    }

    /// What to keep of a new password.
    pub(super) async fn hash(&self, password: Password) -> Result<PasswordHash, Refusal> {
        Ok(self.checker.hash(password).await?)
    }

    /// Writes a failed sign-in down, or counts it with others like it.
    pub(super) async fn failed(
        &self,
        app: &App,
        account: Option<AccountId>,
        address: IpAddr,
        what: &'static str,
    ) {
        metrics::counter!("roomready_sign_ins_failed_total").increment(1);
        let line = locked(&self.failures).add(account, Some(address), what, since_start(app));
        let entries: Vec<_> = line
            .iter()
            .map(|line| NewEntry::sign_in_failed(app.clock.wall(), line))
            .collect();
        append(app, entries).await;
    }

    /// Writes down what was counted. Call now and then.
    pub(super) async fn write_counted(&self, app: &App) {
        let due = locked(&self.failures).due(since_start(app));
        let entries = due
            .iter()
            .map(|line| NewEntry::sign_in_failed(app.clock.wall(), line))
            .collect();
        append(app, entries).await;
    }
}

async fn append(app: &App, entries: Vec<NewEntry>) {
    if entries.is_empty() {
        return;
    }
    if let Err(error) = app.store.append(entries, None).await {
        metrics::counter!("roomready_access_log_missed_total").increment(1);
        tracing::warn!(
            "a failed sign-in could not be written down: {}",
            crate::error::with_causes(&error)
        );
    }
}

/// Where a request comes from.
pub(super) fn address(extensions: &Extensions) -> IpAddr {
    extensions
        .get::<Peer>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.address.ip())
}

fn since_start(app: &App) -> Duration {
    app.clock.mono().since(Mono::START)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every change under these locks is complete before anything can panic.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl From<Busy> for Refusal {
    fn from(busy: Busy) -> Self {
        match busy {
            Busy::Full => Self::busy(busy.to_string()),
            Busy::Interrupted => Self::unavailable(busy.to_string()),
            Busy::NotHashed(_) => Self::internal(busy),
        }
    }
}
