//! The one thread that changes the database.
//!
//! It takes all that waits, up to a limit, does each piece of work under its own savepoint, commits once and only
//! then answers. One that fails is undone by itself and spoils nothing for the others.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::fault::Fault;
use super::folder::Folder;
use crate::store::StoreError;

/// Pieces of work that may wait. At 750 a second (1,800 testing devices at full pace bring far fewer) it is more than
/// a second of work; who comes later is told to come back, which is better than an answer after the device's time-out.
pub const WRITE_QUEUE: usize = 1_024;
/// Most pieces of work in one commit: bounds how long the first one waits for the last.
pub const MOST_JOBS_A_COMMIT: usize = 256;

/// How much was written since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriterCounts {
    /// Commits.
    pub commits: u64,
    /// Pieces of work in them.
    pub jobs: u64,
}

#[derive(Debug, Default)]
struct Counters {
    commits: AtomicU64,
    jobs: AtomicU64,
}

/// A piece of work whose answer waits for the commit.
trait Job: Send {
    /// Does it; on an error it must be undone.
    fn run(&mut self, connection: &Connection) -> Result<(), StoreError>;
    /// Tells the caller, after the commit.
    fn answer(self: Box<Self>, committed: &Result<(), StoreError>);
}

struct Work<T, W> {
    doing: &'static str,
    work: Option<W>,
    outcome: Option<Result<T, StoreError>>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, W> Job for Work<T, W>
where
    T: Send,
    W: FnOnce(&Connection) -> Result<T, Fault> + Send,
{
    fn run(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let work = self.work.take().ok_or(StoreError::Closed)?;
        let outcome = work(connection).map_err(|fault| fault.into_error(self.doing));
        let done = outcome.as_ref().map(drop).map_err(Clone::clone);
        self.outcome = Some(outcome);
        done
    }

    fn answer(self: Box<Self>, committed: &Result<(), StoreError>) {
        let outcome = match (committed, self.outcome) {
            // Refused by a rule before the batch failed: the rule's answer holds all the same.
            (_, Some(Err(error))) => Err(error),
            (Ok(()), Some(Ok(value))) => Ok(value),
            (Err(error), _) => Err(error.clone()),
            (Ok(()), None) => Err(StoreError::Closed),
        };
        // A caller who went away does not need it. What he asked for has happened, and he may ask again.
        let _ = self.answer.send(outcome);
    }
}

/// The way to the writing thread.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Box<dyn Job>>>>,
    counters: Arc<Counters>,
    ended: Mutex<Option<oneshot::Receiver<Result<(), StoreError>>>>,
}

impl Writer {
    /// Gives the connection to a thread of its own, and the folder with it: no other collector may have that before
    /// the last write is done.
    pub(super) fn start(connection: Connection, folder: Folder) -> Result<Self, StoreError> {
        let (queue, jobs) = mpsc::channel(WRITE_QUEUE);
        let (end, ended) = oneshot::channel();
        let counters = Arc::new(Counters::default());
        let counting = Arc::clone(&counters);
        thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                serve(&connection, jobs, &counting);
                let finished = finish(connection);
                drop(folder);
                let _ = end.send(finished);
            })
            .map_err(|source| StoreError::Io {
                doing: "start the writing thread",
                source: Arc::new(source),
            })?;
        Ok(Self {
            queue: Mutex::new(Some(queue)),
            counters,
            ended: Mutex::new(Some(ended)),
        })
    }

    /// Has a piece of work done. It stands in the queue when this returns; the answer comes after the commit.
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
        let job = Box::new(Work {
            doing,
            work: Some(work),
            outcome: None,
            answer,
        });
        let queued = self.put(job);
        async move {
            queued?;
            // The thread ends only after it has answered everything, unless it panicked.
            answered.await.unwrap_or(Err(StoreError::Closed))
        }
    }

    fn put(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = queue.as_ref().ok_or(StoreError::Closed)?;
        queue.try_send(job).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
        })
    }

    /// Takes no more, has done what waits, and closes the file.
    pub(super) async fn close(&self) -> Result<(), StoreError> {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner).take();
        match ended {
            Some(ended) => ended.await.unwrap_or(Err(StoreError::Closed)),
            None => Ok(()),
        }
    }

    pub(super) fn counts(&self) -> WriterCounts {
        WriterCounts {
            commits: self.counters.commits.load(Ordering::Relaxed),
            jobs: self.counters.jobs.load(Ordering::Relaxed),
        }
    }
}

fn serve(connection: &Connection, mut jobs: mpsc::Receiver<Box<dyn Job>>, counters: &Counters) {
    let mut batch = Vec::with_capacity(MOST_JOBS_A_COMMIT);
    while let Some(first) = jobs.blocking_recv() {
        batch.push(first);
        while batch.len() < MOST_JOBS_A_COMMIT
            && let Ok(next) = jobs.try_recv()
        {
            batch.push(next);
        }
        // Counted before they are answered, so that nobody sees an answer that is not counted.
        let committed = commit(connection, &mut batch);
        let jobs = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        counters.commits.fetch_add(1, Ordering::Relaxed);
        counters.jobs.fetch_add(jobs, Ordering::Relaxed);
        metrics::counter!("roomready_store_commits_total").increment(1);
        metrics::counter!("roomready_store_jobs_total").increment(jobs);
        if let Err(error) = &committed {
            metrics::counter!("roomready_store_failed_commits_total").increment(1);
            tracing::error!(jobs, "nothing was stored: {}", crate::error::with_causes(error));
        }
        for job in batch.drain(..) {
            job.answer(&committed);
        }
    }
}

/// One transaction around all of them. On an error, nothing of any of them has happened.
fn commit(connection: &Connection, batch: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    let doing = "commit";
    let run = |statement: &str| -> Result<(), StoreError> {
        connection
            .prepare_cached(statement)
            .and_then(|mut statement| statement.execute([]))
            .map(drop)
            .map_err(|error| Fault::Sql(error).into_error(doing))
    };
    let all = || {
        run("BEGIN IMMEDIATE")?;
        for job in batch {
            run("SAVEPOINT job")?;
            if let Err(error) = job.run(connection) {
                // A full or failing disk can make SQLite undo the whole transaction of its own accord.
                if connection.is_autocommit() {
                    return Err(error);
                }
                run("ROLLBACK TO job")?;
            }
            run("RELEASE job")?;
        }
        run("COMMIT")
    };
    let done = all();
    if done.is_err() && !connection.is_autocommit() {
        // If even this fails, the next BEGIN fails and says why.
        let _ = run("ROLLBACK");
    }
    done
}

/// Empties the log into the database and closes it.
fn finish(connection: Connection) -> Result<(), StoreError> {
    let doing = "close the database";
    // Best effort: what is in the log is durable there, and the next start reads it.
    if let Err(error) = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
        tracing::warn!("the database log stays for the next start: {error}");
    }
    connection
        .close()
        .map_err(|(_, error)| Fault::Sql(error).into_error(doing))
}
