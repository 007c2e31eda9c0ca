//! One owner for every long-running task. A task's death is an event with a name, never a silence.

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinSet};

/// What a task may fail with.
pub type TaskError = Box<dyn std::error::Error + Send + Sync>;

/// How a task ended.
#[derive(Debug)]
pub enum Ending {
    /// It returned, as asked or of itself.
    Finished,
    /// It gave up and said why.
    Failed(TaskError),
    /// It panicked; this is the panic's message.
    Panicked(String),
    /// It was cut off.
    Cut,
}

impl std::fmt::Display for Ending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Finished => f.write_str("finished"),
            Self::Failed(cause) => write!(f, "failed: {}", crate::error::with_causes(&**cause)),
            Self::Panicked(message) => write!(f, "panicked: {message}"),
            Self::Cut => f.write_str("was cut off"),
        }
    }
}

/// The end of a named task.
#[derive(Debug)]
pub struct TaskEnded {
    /// The task's name.
    pub name: &'static str,
    /// How it ended.
    pub ending: Ending,
}

/// Owns every task of the process except connections, which the serving loop counts.
#[derive(Debug, Default)]
pub struct Supervisor {
    tasks: JoinSet<Result<(), TaskError>>,
    names: HashMap<Id, &'static str>,
}

impl Supervisor {
    /// Starts a task under a name.
    pub fn start<F>(&mut self, name: &'static str, task: F)
    where
        F: Future<Output = Result<(), TaskError>> + Send + 'static,
    {
        let handle = self.tasks.spawn(task);
        self.names.insert(handle.id(), name);
    }

    /// The next task to end. Waits for ever while no task ends and returns `None` only when none is left.
    pub async fn next_ended(&mut self) -> Option<TaskEnded> {
        let joined = self.tasks.join_next_with_id().await?;
        let (id, ending) = match joined {
            Ok((id, Ok(()))) => (id, Ending::Finished),
            Ok((id, Err(cause))) => (id, Ending::Failed(cause)),
            Err(error) => (error.id(), ending_of(error)),
        };
        let name = self.names.remove(&id).unwrap_or("a task without a name");
        Some(TaskEnded { name, ending })
    }

    /// Waits until the task of this name has ended; `false` when it has not within `patience`. Other tasks that end
    /// meanwhile are logged.
    pub async fn ended_within(&mut self, wanted: &'static str, patience: Duration) -> bool {
        if !self.names.values().any(|name| *name == wanted) {
            return true;
        }
        let waiting = async {
            while let Some(TaskEnded { name, ending }) = self.next_ended().await {
                if name == wanted {
                    return;
                }
                tracing::warn!(task = name, "task {name} {ending} while stopping");
            }
        };
        tokio::time::timeout(patience, waiting).await.is_ok()
    }

    /// Waits until all tasks have ended, which they do once told to stop. Those still there after `patience` are
    /// cut off; their names are returned.
    pub async fn finish(mut self, patience: Duration) -> Vec<&'static str> {
        let waited = tokio::time::timeout(patience, async {
            while let Some(TaskEnded { name, ending }) = self.next_ended().await {
                match ending {
                    Ending::Finished => tracing::debug!(task = name, "task finished"),
                    other => tracing::warn!(task = name, "task {name} {other} while stopping"),
                }
            }
        })
        .await;
        if waited.is_ok() {
            return Vec::new();
        }
        let mut late: Vec<_> = self.names.values().copied().collect();
        late.sort_unstable();
        self.tasks.shutdown().await;
        late
    }
}

fn ending_of(error: JoinError) -> Ending {
    match error.try_into_panic() {
        Ok(panic) => Ending::Panicked(panic_message(&*panic)),
        Err(_cancelled) => Ending::Cut,
    }
}

/// The text of a panic, where it has one.
#[must_use]
pub fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_panics_is_reported_by_its_name() {
        let mut supervisor = Supervisor::default();
        supervisor.start("watch", async { panic!("the tick is lost") });
        let ended = supervisor.next_ended().await.unwrap();
        assert_eq!(ended.name, "watch");
        assert_eq!(ended.ending.to_string(), "panicked: the tick is lost");
        assert!(supervisor.next_ended().await.is_none());
    }

    #[tokio::test]
    async fn who_does_not_stop_in_time_is_cut_off_and_named() {
        let mut supervisor = Supervisor::default();
        supervisor.start("stubborn", std::future::pending());
        supervisor.start("obedient", async { Ok(()) });
        let late = supervisor.finish(Duration::from_millis(20)).await;
        assert_eq!(late, ["stubborn"]);
    }
}
