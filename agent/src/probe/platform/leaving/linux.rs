//! Linux: asked at the moment of a stop, never listened to.
//!
//! Sleep is not among it. logind announces it on the bus just before it happens; to be sure of a goodbye the agent would
//! have to hold the sleep up, which it must not. A device that slept says so when it wakes.

mod jobs;

use std::path::Path;
use std::time::Duration;

use futures_util::future::BoxFuture;
use roomready_shared::units::Timestamp;
use roomready_shared::wire::v1::GoodbyeReason;

use crate::leaving::{End, of_jobs, of_schedule, reason};
use crate::ports::Leaving;
use crate::supervise::contained_blocking;

/// Written by logind when somebody announces an end with a time.
const SCHEDULE: &str = "/run/systemd/shutdown/scheduled";
/// There where systemd runs the machine.
const SYSTEMD: &str = "/run/systemd/system";
/// A goodbye is worth more than its reason.
const LIMIT: Duration = Duration::from_millis(1_500);

pub(super) struct Systemd;

impl Leaving for Systemd {
    fn why(&self, now: Timestamp) -> BoxFuture<'_, GoodbyeReason> {
        Box::pin(async move {
            // Another init says nothing; neither does one that takes too long.
            let end = contained_blocking(LIMIT, move || end(now))
                .await
                .unwrap_or_default();
            reason(end)
        })
    }
}

fn end(now: Timestamp) -> Option<End> {
    if !Path::new(SYSTEMD).is_dir() {
        return None;
    }
    match jobs::list(LIMIT) {
        Ok(jobs) => of_jobs(jobs.iter().map(|job| (job.unit.as_str(), job.kind.as_str()))),
        Err(error) => {
            tracing::debug!(%error, "systemd does not tell what it is about to do");
            let text = std::fs::read_to_string(SCHEDULE).ok()?;
            of_schedule(&text, now)
        }
    }
}
