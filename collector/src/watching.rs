//! The second hand: each tick steps the watch, makes it durable, and only then tells open pages.

use std::fmt::Debug;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::domain::entry::NewEntry;
use crate::domain::watch::Now;
use crate::error::with_causes;
use crate::fleet::{Fleet, Ticked};
use crate::limits;
use crate::live::Hub;
use crate::present::{Scene, notices_due};
use crate::recorder::Recorder;
use crate::store::{Arrival, Store, StoreError};
use crate::supervise::TaskError;

/// Counts lines of the record that were lost because too many waited for the disk.
pub(crate) const LINES_LOST: &str = "roomready_record_lines_lost_total";

/// Both clocks at one moment.
#[must_use]
pub fn now(clock: &dyn Clock) -> Now {
    Now {
        wall: clock.wall(),
        mono_ms: clock.mono().as_millis(),
    }
}

/// Runs until told to stop, with one last tick so that nothing accepted stays unjudged.
///
/// # Errors
///
/// Never by itself; a panic in the watch ends the task, and the collector with it.
pub async fn keep_watch<T: Ord + Clone + Debug + Send + 'static>(
    fleet: Fleet,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    hub: Hub<T>,
    mut recorder: Option<Recorder>,
    stop: CancellationToken,
) -> Result<(), TaskError> {
    let mut second = interval(limits::WATCH_TICK);
    // After a stall one tick with the true time is right; a burst of them would only repeat it.
    second.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut unwritten = Unwritten::default();
    loop {
        let last = tokio::select! {
            biased;
            () = stop.cancelled() => true,
            _ = second.tick() => false,
        };
        let now = now(&*clock);
        let mut ticked = fleet.tick(now);
        if let Some(recorder) = &mut recorder {
            recorder.keep(std::mem::take(&mut ticked.recorded));
        }
        unwritten.add(ticked);
        unwritten.write(&*store).await;
        if !unwritten.failing {
            tell_staff(&fleet, &*store, now.wall).await;
        }
        if last {
            if let Some(recorder) = recorder {
                recorder.finish().await;
            }
            return Ok(());
        }
        // Pages before the mark: they wait for what they show to be durable, not for one more sync of the disk.
        hub.tick(now.wall);
        if let Err(error) = store.mark_alive(now.wall).await {
            tracing::debug!("no alive mark: {}", with_causes(&error));
        }
    }
}

/// Puts the notices that are due into the outbox, after the lines that they come from. One that cannot be written is due
/// again a second later, under the same id.
pub(crate) async fn tell_staff(fleet: &Fleet, store: &dyn Store, now: Timestamp) {
    let due = fleet.read(|state| notices_due(&Scene::new(state, now, "")));
    if due.is_empty() {
        return;
    }
    match store.add_notices(due.clone(), Vec::new()).await {
        Ok(()) => {
            for notice in &due {
                let target = notice.target.to_string();
                metrics::counter!("roomready_notices_written_total", "target" => target).increment(1);
            }
            fleet.notices_written(&due, now);
        }
        Err(error) => tracing::error!(
            notices = due.len(),
            "notices to the staff cannot be written, and wait: {}",
            with_causes(&error)
        ),
    }
}

/// Lines for the record that are not durable yet. When the disk is full they wait here: what a board shows is then
/// ahead of the record, which is better than a board that hides a silent device.
#[derive(Debug, Default)]
struct Unwritten {
    entries: Vec<NewEntry>,
    judged: Arrival,
    written: Arrival,
    failing: bool,
}

impl Unwritten {
    fn add(&mut self, ticked: Ticked) {
        self.judged = self.judged.max(ticked.judged);
        let room = limits::WAITING_ENTRIES.saturating_sub(self.entries.len());
        let lost = ticked.entries.len().saturating_sub(room);
        if lost > 0 {
            metrics::counter!(LINES_LOST).increment(u64::try_from(lost).unwrap_or(u64::MAX));
            tracing::error!(lost, "lines of the record are lost: too many wait for the disk");
        }
        self.entries.extend(ticked.entries.into_iter().take(room));
    }

    async fn write(&mut self, store: &dyn Store) {
        if self.entries.is_empty() && self.judged == self.written {
            return;
        }
        match store.append(self.entries.clone(), Some(self.judged)).await {
            Ok(_) => {
                self.entries.clear();
                self.written = self.judged;
                if std::mem::take(&mut self.failing) {
                    tracing::info!("the record is written again");
                }
            }
            Err(error) => self.tell_once(&error),
        }
    }

    fn tell_once(&mut self, error: &StoreError) {
        if !std::mem::replace(&mut self.failing, true) {
            tracing::error!(
                "the record cannot be written; its lines wait: {}",
                with_causes(error)
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;
    use crate::domain::entry::{Actor, Body, EntryKind, Subject};

    #[test]
    fn lines_that_find_no_room_to_wait_are_counted() {
        let line = NewEntry::new(
            Timestamp::UNIX_EPOCH,
            None,
            Actor::Machine,
            EntryKind::IncidentOpened,
            Subject::Incident("lost-1".parse().unwrap()),
            Body::of(&serde_json::json!({})).unwrap(),
        );
        let ticked = |lines: usize| Ticked {
            entries: vec![line.clone(); lines],
            judged: Arrival::default(),
            recorded: Vec::new(),
        };
        let recorder = PrometheusBuilder::new().build_recorder();
        let mut unwritten = Unwritten::default();
        metrics::with_local_recorder(&recorder, || {
            unwritten.add(ticked(limits::WAITING_ENTRIES - 1));
            assert!(
                !recorder.handle().render().contains(LINES_LOST),
                "nothing is lost"
            );
            unwritten.add(ticked(4));
        });
        assert_eq!(unwritten.entries.len(), limits::WAITING_ENTRIES);
        let told = recorder.handle().render();
        assert!(told.contains(&format!("{LINES_LOST} 3\n")), "{told}");
    }
}
