//! One report's path: checked, stored, told to the fleet, answered. In this order, so that an acknowledged record is
//! durable and a watch never judges by one that is not.
//!
//! It refuses to know how anything is stored, what a reading means, or which status an answer has on the way out.

mod check;
mod look;
mod manners;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use roomready_shared::ids::DeviceId;
use roomready_shared::wire::v1::{Command, Report, ReportReply};

use self::check::{Checked, check, take_out};
use self::manners::Manners;
use crate::clock::Clock;
use crate::domain::entry::Actor;
use crate::domain::identity::{AccessStep, Sign};
use crate::domain::watch::Now;
use crate::error::with_causes;
use crate::fleet::{Answer, Fleet, Heard};
use crate::store::{Accepted, Batch, Refusal, Store, StoreError};

pub(crate) use self::look::look_at;
pub use self::manners::{RECHECK_ASKED_AGAIN_AFTER, REPORT_EVERY, REPORTS_AT_ONCE};

/// Why a report was not taken. Nothing of it was.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NotTaken {
    /// Over a limit of the wire.
    #[error("{0}")]
    TooLarge(String),
    /// It contradicts itself or the wire.
    #[error("{0}")]
    Malformed(String),
    /// The device reports faster than any pace asks for.
    #[error("this device reports too often; wait {retry_after_ms} ms")]
    TooFast {
        /// When one more is taken.
        retry_after_ms: u32,
    },
    /// Nobody of this id is enrolled.
    #[error("device {0} is not enrolled; enrol it again")]
    NotEnrolled(DeviceId),
    /// The store could not take it, or a rule of the store refused it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The work on it ended before it was done: a fault of ours.
    #[error("the report could not be worked on to its end; send it again")]
    Interrupted,
}

/// Takes reports. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Ingest(Arc<Parts>);

struct Parts {
    store: Arc<dyn Store>,
    fleet: Fleet,
    clock: Arc<dyn Clock>,
    manners: Manners,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ingest").finish_non_exhaustive()
    }
}

impl Ingest {
    /// Joins the parts.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, fleet: Fleet, clock: Arc<dyn Clock>) -> Self {
        let manners = Manners::default();
        Self(Arc::new(Parts {
            store,
            fleet,
            clock,
            manners,
        }))
    }

    /// Takes one report of a device that has shown its credential. When this is `Ok`, everything it acknowledges is
    /// durable and the fleet knows of it.
    ///
    /// # Errors
    /// When the report was not taken; the device keeps its records and sends them again.
    pub async fn take(&self, device: DeviceId, mut report: Report) -> Result<ReportReply, NotTaken> {
        // A task of its own: when the device hangs up while its records are being stored, this future is dropped.
        // They would be durable then, done when sent again, and no watch would ever hear of them.
        let parts = Arc::clone(&self.0);
        let work = tokio::spawn(async move { parts.take(device, &mut report).await });
        work.await.unwrap_or(Err(NotTaken::Interrupted))
    }

    /// The same as a part of the caller's own work, for whoever has no runtime to spawn on and waits to the end: a
    /// rehearsal. The report's records and losses are taken out of it.
    ///
    /// # Errors
    /// When the report was not taken.
    pub async fn take_here(&self, device: DeviceId, report: &mut Report) -> Result<ReportReply, NotTaken> {
        self.0.take(device, report).await
    }

    /// Whether a device may ask for something beside its reports; counts as one of them.
    ///
    /// # Errors
    /// When it asks faster than any pace.
    pub fn may_ask(&self, device: DeviceId) -> Result<(), NotTaken> {
        let parts = &self.0;
        parts.may_report(device, parts.clock.mono().as_millis())
    }
}

impl Parts {
    async fn take(&self, device: DeviceId, report: &mut Report) -> Result<ReportReply, NotTaken> {
        let received = Now {
            wall: self.clock.wall(),
            mono_ms: self.clock.mono().as_millis(),
        };
        self.may_report(device, received.mono_ms)?;
        if self.speaks_for_two(device, report, received).await? {
            return self.take_sign_of_life(device, report, received);
        }
        check(report)?;
        // Most reports are signs of life: there is nothing to date, and nothing arrives in the store.
        let tells = !report.news.is_empty() || !report.lost.is_empty();
        if !tells && let Some((next_wanted, answer)) = self.fleet.took_beat(device, report, received) {
            metrics::counter!("roomready_reports_total").increment(1);
            let nothing_new = Accepted::nothing_new(next_wanted, report.first_seq);
            return Ok(self.reply_with(device, nothing_new, answer, received));
        }
        let storing = tells.then(|| self.fleet.storing());
        let accepted = if !tells {
            // The store is asked about a stream once, and wherever a number looks like a gap.
            let next_wanted = self.store.next_wanted(device, report.stream).await?;
            Accepted::nothing_new(next_wanted, report.first_seq)
        } else {
            let (clocks, latest) = self.fleet.clocks(device, report.stream);
            let Checked { news, lost, clocks } = take_out(report, received.wall, clocks, latest);
            let batch = Batch {
                device,
                stream: report.stream,
                first_seq: report.first_seq,
                news,
                lost,
                received_at: received.wall,
                clocks,
            };
            self.store.accept(batch).await?
        };
        metrics::counter!("roomready_reports_total").increment(1);
        metrics::counter!("roomready_news_stored_total").increment(count(accepted.fresh.len()));
        metrics::counter!("roomready_news_refused_total").increment(count(accepted.refused.len()));
        self.fleet.took(device, report, &accepted, received);
        drop(storing);
        if accepted.contradicted {
            tracing::warn!(%device, stream = %report.stream, "another record than the stored one came under its number");
            self.fleet.contradicted(device, received);
        }
        self.reply(device, accepted, received)
    }

    /// Whether two machines are known to use the device's credential. When that is found now, the record says so.
    async fn speaks_for_two(
        &self,
        device: DeviceId,
        report: &Report,
        received: Now,
    ) -> Result<bool, NotTaken> {
        let live = &report.live;
        let sign = Sign {
            epoch: live.epoch,
            mono_ms: live.mono_ms,
            answered: live.anchor.is_some(),
            received_ms: received.mono_ms,
        };
        match self.fleet.hears(device, sign) {
            Heard::Nobody => Err(NotTaken::NotEnrolled(device)),
            Heard::One => Ok(false),
            Heard::Two => Ok(true),
            Heard::TwoNow => {
                let (step, by) = (AccessStep::Share, Actor::Machine);
                match self.store.change_access(device, step, by, received.wall).await {
                    Ok(now) => {
                        tracing::warn!(%device, "two machines use this device's credential");
                        metrics::counter!("roomready_shared_credentials_total").increment(1);
                        self.fleet.access_changed(now);
                    }
                    // Found again with the next report.
                    Err(error) => tracing::error!(
                        %device,
                        "two machines use this device's credential, which cannot be written: {}",
                        with_causes(&error)
                    ),
                }
                Ok(true)
            }
        }
    }

    /// Nobody can tell which of two machines is the district's: a copy has all that the original has. So neither is
    /// believed, and nothing that either says is taken: it waits on both until a person has decided. That somebody speaks
    /// is believed of either, or a copy could make a device look as if it were gone.
    fn take_sign_of_life(
        &self,
        device: DeviceId,
        report: &Report,
        received: Now,
    ) -> Result<ReportReply, NotTaken> {
        self.fleet.took_sign_of_life(device, report, received);
        self.reply(device, Accepted::nothing_new(0, 0), received)
    }

    fn may_report(&self, device: DeviceId, now_ms: u64) -> Result<(), NotTaken> {
        self.manners.may_report(device, now_ms).map_err(|retry_after_ms| {
            metrics::counter!("roomready_reports_refused_total", "why" => "too_fast").increment(1);
            NotTaken::TooFast { retry_after_ms }
        })
    }

    fn reply(&self, device: DeviceId, accepted: Accepted, received: Now) -> Result<ReportReply, NotTaken> {
        let answer = self
            .fleet
            .answer(device, received.wall)
            .ok_or(NotTaken::Store(Refusal::DeviceUnknown(device).into()))?;
        Ok(self.reply_with(device, accepted, answer, received))
    }

    fn reply_with(&self, device: DeviceId, accepted: Accepted, answer: Answer, received: Now) -> ReportReply {
        let recheck = answer.knows_nothing && self.manners.may_ask_for_recheck(device, received.mono_ms);
        ReportReply {
            acked_through: accepted.acked_through,
            expected: accepted.expected,
            refused: accepted.refused,
            server_time: self.clock.wall(),
            phase: answer.phase,
            next_ms: answer.next_ms,
            assignment_tag: answer.assignment_tag,
            commands: recheck
                .then_some(Command::Recheck)
                .into_iter()
                .chain(answer.rotate.then_some(Command::RotateCredential))
                .collect(),
        }
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
