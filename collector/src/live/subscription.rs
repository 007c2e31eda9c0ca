//! One open page's end of the hub.

use std::fmt::Debug;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::Interval;
use tokio_util::sync::CancellationToken;

use super::Hub;
use crate::limits;

/// What the page hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LiveMessage {
    /// Elements to swap, as one JSON text.
    Changes(Arc<str>),
    /// Nothing new; the connection lives.
    Heartbeat,
}

/// A stream of changes of one topic. Counted while it lives.
#[derive(Debug)]
pub struct Subscription<T> {
    hub: Hub<T>,
    topic: T,
    changes: Receiver<Arc<str>>,
    heartbeat: Interval,
    stop: CancellationToken,
    snapshot_due: bool,
    _place: OwnedSemaphorePermit,
    _counted: Counted,
}

impl<T: Ord + Clone + Debug + Send + 'static> Subscription<T> {
    pub(super) fn new(
        hub: Hub<T>,
        topic: T,
        changes: Receiver<Arc<str>>,
        place: OwnedSemaphorePermit,
        stop: CancellationToken,
    ) -> Self {
        metrics::gauge!("roomready_live_streams_open").increment(1.0);
        let mut heartbeat = tokio::time::interval(limits::LIVE_HEARTBEAT);
        heartbeat.reset();
        Self {
            hub,
            topic,
            changes,
            heartbeat,
            stop,
            snapshot_due: true,
            _place: place,
            _counted: Counted,
        }
    }

    /// The next message; `None` when the collector stops. `now` stamps a snapshot.
    pub async fn next(&mut self, now: impl Fn() -> Timestamp) -> Option<LiveMessage> {
        loop {
            if self.stop.is_cancelled() {
                return None;
            }
            if std::mem::take(&mut self.snapshot_due) {
                // The snapshot holds all that waits in the queue.
                self.changes = self.changes.resubscribe();
                return self.hub.snapshot(&self.topic, now()).map(LiveMessage::Changes);
            }
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return None,
                received = self.changes.recv() => match received {
                    Ok(message) => {
                        self.heartbeat.reset();
                        return Some(LiveMessage::Changes(message));
                    }
                    // Lag is not goodbye.
                    Err(RecvError::Lagged(_)) => {
                        metrics::counter!("roomready_live_snapshots_total").increment(1);
                        self.snapshot_due = true;
                    }
                    Err(RecvError::Closed) => return None,
                },
                _ = self.heartbeat.tick() => return Some(LiveMessage::Heartbeat),
            }
        }
    }
}

#[derive(Debug)]
struct Counted;

impl Drop for Counted {
    fn drop(&mut self) {
        metrics::gauge!("roomready_live_streams_open").decrement(1.0);
    }
}
