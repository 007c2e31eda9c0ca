//! Threads that read. They never wait for the writer, nor the writer for them (WAL).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::fault::Fault;
use super::folder::Folder;
use crate::store::StoreError;

/// One for pages and one more, so that a long page of the record does not hold a sign-in.
const READERS: usize = 2;
/// Questions that may wait for one reader. Pages are drawn from memory; questions are rare and short.
const READ_QUEUE: usize = 128;

type Question = Box<dyn FnOnce(&Connection) + Send>;

#[derive(Debug)]
struct Reader {
    queue: mpsc::Sender<Question>,
    ended: oneshot::Receiver<()>,
}

/// The way to the reading threads.
#[derive(Debug)]
pub(super) struct Readers {
    readers: Mutex<Vec<Reader>>,
    turn: AtomicUsize,
}

impl Readers {
    /// Starts them.
    pub(super) fn start(folder: &Folder) -> Result<Self, StoreError> {
        let readers = (0..READERS)
            .map(|number| Reader::start(number, folder.open_for_reading()?))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            readers: Mutex::new(readers),
            turn: AtomicUsize::new(0),
        })
    }

    /// Has a question answered.
    pub(super) fn ask<T, W>(
        &self,
        doing: &'static str,
        work: W,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, W>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let queued = self.put(Box::new(move |connection| {
            let outcome = work(connection).map_err(|fault| fault.into_error(doing));
            // A caller who went away does not need it.
            let _ = answer.send(outcome);
        }));
        async move {
            queued?;
            answered.await.unwrap_or(Err(StoreError::Closed))
        }
    }

    fn put(&self, mut question: Question) -> Result<(), StoreError> {
        let readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        let first = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut refusal = StoreError::Closed;
        for step in 0..readers.len() {
            let reader = &readers[first.wrapping_add(step) % readers.len()];
            match reader.queue.try_send(question) {
                Ok(()) => return Ok(()),
                Err(mpsc::error::TrySendError::Full(back)) => {
                    question = back;
                    refusal = StoreError::Busy;
                }
                Err(mpsc::error::TrySendError::Closed(back)) => question = back,
            }
        }
        Err(refusal)
    }

    /// Takes no more and waits until what waits is answered.
    pub(super) async fn close(&self) {
        let readers = std::mem::take(&mut *self.readers.lock().unwrap_or_else(PoisonError::into_inner));
        for Reader { queue, ended } in readers {
            drop(queue);
            // An error means that the thread has ended, which is what we wait for.
            let _ = ended.await;
        }
    }
}

impl Reader {
    fn start(number: usize, connection: Connection) -> Result<Self, StoreError> {
        let (queue, mut questions) = mpsc::channel::<Question>(READ_QUEUE);
        let (end, ended) = oneshot::channel();
        thread::Builder::new()
            .name(format!("store-reader-{number}"))
            .spawn(move || {
                while let Some(question) = questions.blocking_recv() {
                    question(&connection);
                }
                drop(connection);
                let _ = end.send(());
            })
            .map_err(|source| StoreError::Io {
                doing: "start a reading thread",
                source: Arc::new(source),
            })?;
        Ok(Self { queue, ended })
    }
}
