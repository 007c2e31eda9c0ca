//! The hub that keeps open pages current. It is fed, it does not ask: somebody paints, it compares and tells.
//!
//! Each topic (a page) is painted once per tick whoever looks, and only while somebody looks. What changed since the
//! last tick goes to all of its subscribers as one shared message, so a hundred boards of one room cost one painting.
//! A subscriber begins with a snapshot of every element, which closes the gap between loading a page and opening its
//! stream; what the page shows and the snapshot does not is taken away there. One that falls behind loses its queue and gets a fresh snapshot: a slow board is late, never wrong, and
//! never costs memory.

mod message;
mod subscription;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::{Semaphore, broadcast};
use tokio_util::sync::CancellationToken;

pub use subscription::{LiveMessage, Subscription};

use crate::limits;
use crate::pages::Fragment;

/// What one page shows now, or nothing when the page does not exist (any more).
pub type Painting = Option<Vec<Fragment>>;

/// Knows how to paint every topic.
pub trait Painter<T>: Send + Sync + 'static {
    /// Every element of this page that may change, in page order.
    fn paint(&self, topic: &T, now: Timestamp) -> Painting;
}

/// No more live pages can be served at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotLive {
    /// See [`limits::MOST_LIVE_STREAMS`].
    #[error(
        "{} pages are live already; this one shows its state when it was loaded",
        limits::MOST_LIVE_STREAMS
    )]
    Full,
    /// The page does not exist.
    #[error("there is no such page to keep live")]
    NoSuchPage,
    /// The collector is stopping.
    #[error("the collector is stopping")]
    Stopping,
}

/// Feeds open pages. Cheap to clone.
#[derive(Debug)]
pub struct Hub<T> {
    inner: Arc<Inner<T>>,
}

struct Inner<T> {
    painter: Box<dyn Painter<T>>,
    topics: Mutex<BTreeMap<T, Topic>>,
    places: Arc<Semaphore>,
    stop: CancellationToken,
}

#[derive(Debug)]
struct Topic {
    shown: BTreeMap<String, Fragment>,
    /// Page order, for snapshots.
    order: Vec<String>,
    changes: broadcast::Sender<Arc<str>>,
}

impl<T> Clone for Hub<T> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

impl<T: Debug> Debug for Inner<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub")
            .field("topics", &self.topics)
            .finish_non_exhaustive()
    }
}

impl<T: Ord + Clone + Debug + Send + 'static> Hub<T> {
    /// A hub without subscribers. Its streams end when `stop` is cancelled.
    #[must_use]
    pub fn new(painter: impl Painter<T>, most_streams: usize, stop: CancellationToken) -> Self {
        Self {
            inner: Arc::new(Inner {
                painter: Box::new(painter),
                topics: Mutex::default(),
                places: Arc::new(Semaphore::new(most_streams)),
                stop,
            }),
        }
    }

    /// Opens a stream of changes that begins with a snapshot.
    ///
    /// # Errors
    ///
    /// When the page does not exist, when all places are taken, or when the collector is stopping.
    pub fn subscribe(&self, topic: T, now: Timestamp) -> Result<Subscription<T>, NotLive> {
        if self.inner.stop.is_cancelled() {
            return Err(NotLive::Stopping);
        }
        let place = Arc::clone(&self.inner.places)
            .try_acquire_owned()
            .map_err(|_| NotLive::Full)?;
        // Painted outside the lock: painting may wait for others.
        let painting = self.inner.painter.paint(&topic, now).ok_or(NotLive::NoSuchPage)?;
        let mut topics = self.topics();
        let receiver = match topics.entry(topic.clone()) {
            // Others look already: the next tick brings them, and us, what this painting may know before them.
            Entry::Occupied(known) => known.get().changes.subscribe(),
            Entry::Vacant(free) => {
                let (changes, receiver) = broadcast::channel(limits::LIVE_QUEUE);
                let mut fresh = Topic {
                    shown: BTreeMap::new(),
                    order: Vec::new(),
                    changes,
                };
                fresh.take(painting);
                free.insert(fresh);
                receiver
            }
        };
        drop(topics);
        Ok(Subscription::new(
            self.clone(),
            topic,
            receiver,
            place,
            self.inner.stop.clone(),
        ))
    }

    /// Paints every page that somebody looks at and sends what changed. Call once per [`limits::LIVE_TICK`], after
    /// the watch has committed.
    pub fn tick(&self, now: Timestamp) {
        let looked_at: Vec<T> = {
            let mut topics = self.topics();
            topics.retain(|_, topic| topic.changes.receiver_count() > 0);
            topics.keys().cloned().collect()
        };
        for name in looked_at {
            let Some(painting) = self.inner.painter.paint(&name, now) else {
                continue;
            };
            let mut topics = self.topics();
            let Some(topic) = topics.get_mut(&name) else {
                continue;
            };
            let changed = topic.take(painting);
            if !changed.is_empty() {
                // No receiver is no fault: the last one left just now.
                let _ = topic.changes.send(message::of(&changed, false, now));
            }
        }
    }

    /// Every element as last painted.
    pub(crate) fn snapshot(&self, topic: &T, now: Timestamp) -> Option<Arc<str>> {
        let topics = self.topics();
        let topic = topics.get(topic)?;
        let all: Vec<_> = topic.order.iter().filter_map(|id| topic.shown.get(id)).collect();
        Some(message::of(&all, true, now))
    }

    fn topics(&self) -> MutexGuard<'_, BTreeMap<T, Topic>> {
        // Every change under this lock is complete before anything can panic.
        self.inner.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Topic {
    /// Takes over a painting and returns what differs from the last one: changed elements in page order, then those
    /// that are gone.
    fn take(&mut self, painting: Vec<Fragment>) -> Vec<Fragment> {
        let mut before = std::mem::take(&mut self.shown);
        self.order = painting.iter().map(|fragment| fragment.id.clone()).collect();
        let mut changed = Vec::new();
        for fragment in painting {
            if before.remove(&fragment.id).as_ref() != Some(&fragment) {
                changed.push(fragment.clone());
            }
            self.shown.insert(fragment.id.clone(), fragment);
        }
        changed.extend(before.into_keys().map(Fragment::gone));
        changed
    }
}
