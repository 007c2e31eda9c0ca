//! One task for each target: asks the outbox, tries, remembers.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use roomready_shared::ids::TargetId;
use roomready_shared::units::ShortText;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{Failure, Settings, Way, hook, mail};
use crate::clock::Clock;
use crate::domain::notice::{GIVEN_UP_AFTER, Kind, Notice, next_try};
use crate::error::with_causes;
use crate::fleet::Fleet;
use crate::store::{Delivery, MOST_NOTICES_A_PAGE, Outgoing, Page, Store, StoreError, Tried};
use crate::supervise::TaskError;

/// One try in all, whatever it does: a mail server may say each of its words late.
const TRY: Duration = Duration::from_secs(45);
/// Longest rest without looking: a clock that jumped is noticed after it.
const LONGEST_REST: Duration = Duration::from_secs(30);
/// Rest after trouble with the store, or after a task of ours that fell over.
const PAUSE: Duration = Duration::from_secs(2);
/// A try that is under way as the collector stops may end within this time; else it is tried again after the next start,
/// under the same id.
const LAST_TRY: Duration = Duration::from_secs(3);

/// What telling needs.
#[derive(Clone)]
pub struct Telling {
    /// Whom and how.
    pub settings: Arc<Settings>,
    /// The outbox.
    pub store: Arc<dyn Store>,
    /// Hears what arrived, and rings when there is something new.
    pub fleet: Fleet,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where links begin; none where nothing may lead people here.
    pub base: Option<String>,
}

/// Sends what the outbox holds until told to stop.
///
/// # Errors
///
/// When no client for web hooks can be made.
pub async fn keep_telling(telling: Telling, stop: CancellationToken) -> Result<(), TaskError> {
    // An error says that another part installed one before; it serves as well.
    let _already_there = rustls::crypto::ring::default_provider().install_default();
    let client = hook::client(&telling.settings)?;
    let telling = Arc::new(telling);
    telling.give_up_removed().await;
    let mut tasks = JoinSet::new();
    let start = |tasks: &mut JoinSet<()>, target: TargetId| {
        let one = One {
            telling: Arc::clone(&telling),
            client: client.clone(),
            target,
            bell: telling.fleet.outbox_bell(),
            stop: stop.clone(),
        };
        tasks.spawn(one.tell())
    };
    let mut names = std::collections::HashMap::new();
    for target in telling.settings.ways.keys() {
        names.insert(start(&mut tasks, target.clone()).id(), target.clone());
    }
    loop {
        let ended = tokio::select! {
            Some(ended) = tasks.join_next_with_id(), if !tasks.is_empty() => ended,
            () = stop.cancelled() => break,
        };
        // Only a fault of ours ends one before its time. The others go on, and it begins anew.
        let Err(error) = ended else { continue };
        tracing::error!(%error, "telling a target fell over; it begins again");
        let target = names.remove(&error.id());
        if timeout(PAUSE, stop.cancelled()).await.is_ok() {
            break;
        }
        if let Some(target) = target {
            names.insert(start(&mut tasks, target.clone()).id(), target);
        }
    }
    while tasks.join_next().await.is_some() {}
    Ok(())
}

impl Telling {
    /// What waits for a target that is no longer in the settings is given up, and says so.
    async fn give_up_removed(&self) {
        let mut page = Page::First;
        loop {
            let found = match self.store.notices(page, MOST_NOTICES_A_PAGE).await {
                Ok(found) => found,
                Err(error) => {
                    tracing::warn!("the outbox cannot be looked through: {}", with_causes(&error));
                    return;
                }
            };
            let Some(last) = found.last() else { return };
            page = Page::After(last.seq);
            let removed = found.iter().filter(|known| {
                !known.delivery.is_done() && !self.settings.ways.contains_key(&known.notice.target)
            });
            for known in removed {
                let why = ShortText::fit("this target is no longer in the settings");
                count_given_up(&known.notice.target);
                self.remember(&known.notice, Tried::Failed { why, next: None })
                    .await;
            }
        }
    }

    /// Whether there is nothing more to remember.
    async fn remember(&self, notice: &Notice, tried: Tried) -> bool {
        let now = self.clock.wall();
        match self.store.notice_tried(notice.id, tried.clone(), now).await {
            Ok(()) => {
                self.fleet.notice_tried(notice, tried, now);
                true
            }
            Err(StoreError::Closed) => true,
            Err(error) => {
                tracing::warn!(
                    "what came of a notice is not remembered yet: {}",
                    with_causes(&error)
                );
                false
            }
        }
    }
}

/// One target's task.
struct One {
    telling: Arc<Telling>,
    client: reqwest::Client,
    target: TargetId,
    bell: watch::Receiver<u64>,
    stop: CancellationToken,
}

impl One {
    async fn tell(mut self) {
        loop {
            // Before the outbox is asked: what comes in between rings again.
            self.bell.mark_unchanged();
            let rest = match self.telling.store.next_notice(self.target.clone()).await {
                Ok(Some(next)) => match self.until(&next) {
                    rest if rest.is_zero() => {
                        self.work_on(next).await;
                        rest
                    }
                    rest => rest.min(LONGEST_REST),
                },
                Ok(None) => LONGEST_REST,
                Err(StoreError::Closed) => return,
                Err(error) => {
                    tracing::warn!(target_of_notices = %self.target, "the outbox does not answer: {}", with_causes(&error));
                    PAUSE
                }
            };
            if self.stop.is_cancelled() || (!rest.is_zero() && self.rested(rest).await) {
                return;
            }
        }
    }

    fn until(&self, next: &Outgoing) -> Duration {
        let Delivery::Waiting { next } = next.delivery else {
            return LONGEST_REST;
        };
        let left = next.duration_since(self.telling.clock.wall());
        Duration::try_from(left).unwrap_or(Duration::ZERO)
    }

    /// Whether it is time to stop.
    async fn rested(&mut self, rest: Duration) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => true,
            _ = timeout(rest, self.bell.changed()) => false,
        }
    }

    async fn work_on(&self, outgoing: Outgoing) {
        let (notice, failures) = (outgoing.notice, outgoing.failures);
        let now = self.telling.clock.wall();
        if now.duration_since(notice.at) > GIVEN_UP_AFTER {
            let why = outgoing.failed.map_or_else(
                || ShortText::fit("the collector stood still for too long; it would have been old news"),
                |(_, why)| why,
            );
            count_given_up(&self.target);
            self.telling
                .remember(&notice, Tried::Failed { why, next: None })
                .await;
            return;
        }
        let tried = tokio::select! {
            tried = self.try_once(&notice, now) => tried,
            () = async { self.stop.cancelled().await; let _ = timeout(LAST_TRY, std::future::pending::<()>()).await; } => return,
        };
        self.take(&notice, failures, tried).await;
    }

    async fn try_once(&self, notice: &Notice, now: Timestamp) -> Result<(), Failure> {
        let telling = &self.telling;
        let (settings, base) = (&telling.settings, telling.base.as_deref());
        let trying = async {
            match settings.ways.get(&self.target) {
                Some(Way::Mail(to)) => mail::send(settings, to, notice, base).await,
                Some(Way::Hook(hook)) => hook::post(&self.client, settings, hook, notice, base, now).await,
                None => Err(Failure::new(
                    "settings",
                    "this target is no longer in the settings",
                )),
            }
        };
        timeout(TRY, trying).await.unwrap_or_else(|_| {
            let text = format!("it was not taken within {} s; it is tried again", TRY.as_secs());
            Err(Failure::new("timeout", &text))
        })
    }

    async fn take(&self, notice: &Notice, failures: u32, tried: Result<(), Failure>) {
        let (target, now) = (self.target.to_string(), self.telling.clock.wall());
        let tried = match tried {
            Ok(()) => {
                metrics::counter!("roomready_notices_delivered_total", "target" => target).increment(1);
                self.telling.fleet.notice_delivered(notice);
                Tried::Delivered
            }
            Err(failure) => {
                tracing::warn!(target_of_notices = %target, notice = %notice.id, "a notice was not delivered: {failure}");
                metrics::counter!(
                    "roomready_notices_failed_total", "target" => target, "why" => failure.kind()
                )
                .increment(1);
                // Somebody waits for what comes of a test, and presses again; hours later it would only puzzle.
                let next = next_try(notice.at, failures.saturating_add(1), now)
                    .filter(|_| notice.kind != Kind::Test);
                if next.is_none() {
                    count_given_up(&self.target);
                }
                Tried::Failed {
                    why: failure.text().clone(),
                    next,
                }
            }
        };
        // What arrived must not be sent again because a disk is full: nothing else is sent until it is remembered.
        while !self.telling.remember(notice, tried.clone()).await {
            if timeout(PAUSE, self.stop.cancelled()).await.is_ok() {
                return;
            }
        }
    }
}

fn count_given_up(target: &TargetId) {
    metrics::counter!("roomready_notices_given_up_total", "target" => target.to_string()).increment(1);
}
