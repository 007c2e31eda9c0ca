//! Keeping a session's inputs in a file, for a rehearsal of it later.
//!
//! A thread of its own writes: a slow disk must never hold up the watch. What it cannot follow ends the recording, not
//! the collector, and the file says so in its last line.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use crate::domain::watch::Recorded;
use crate::limits;
use crate::private;

/// The recording cannot begin.
#[derive(Debug, thiserror::Error)]
#[error("the recording {} cannot be made; name a new file in a folder that can be written to", .file.display())]
pub struct NoRecording {
    file: PathBuf,
    #[source]
    source: io::Error,
}

/// Takes lines and keeps them.
#[derive(Debug)]
pub struct Recorder {
    /// None once the recording has ended.
    lines: Option<SyncSender<Vec<Recorded>>>,
    writer: JoinHandle<()>,
}

impl Recorder {
    /// A recording in a new file that only the collector's own account reads.
    ///
    /// # Errors
    /// When there is such a file already, or it cannot be made.
    pub fn into_file(path: &Path) -> Result<Self, NoRecording> {
        Self::with_room_for(path, limits::RECORDED_BYTES)
    }

    fn with_room_for(path: &Path, most: u64) -> Result<Self, NoRecording> {
        let no = |source| NoRecording {
            file: path.to_owned(),
            source,
        };
        let file = private::make_file(path).map_err(no)?;
        let (lines, kept) = sync_channel(limits::RECORDED_WAITING);
        let writer = std::thread::Builder::new()
            .name("recording".to_owned())
            .spawn(move || write_all(file, &kept, most))
            .map_err(no)?;
        Ok(Self {
            lines: Some(lines),
            writer,
        })
    }

    /// Keeps the lines of a tick, without waiting.
    pub fn keep(&mut self, lines: Vec<Recorded>) {
        let Some(sender) = &self.lines else {
            return;
        };
        if let Err(error) = sender.try_send(lines) {
            if matches!(error, TrySendError::Full(_)) {
                tracing::error!(
                    "the disk of the recording is too slow: the recording ends, the collector goes on"
                );
            }
            self.lines = None;
        }
    }

    /// Ends the recording: when this returns, its last line is written.
    pub async fn finish(self) {
        drop(self.lines);
        let writer = self.writer;
        let ended = tokio::task::spawn_blocking(move || writer.join()).await;
        if !matches!(ended, Ok(Ok(()))) {
            tracing::error!("the recording could not be ended in good order");
        }
    }
}

fn write_all(file: File, lines: &Receiver<Vec<Recorded>>, most: u64) {
    let mut recording = Recording {
        file: BufWriter::new(file),
        room: most,
    };
    while let Ok(some) = lines.recv() {
        match some.iter().try_for_each(|line| recording.write(line)) {
            Ok(()) => {}
            Err(Stopped::Full) => {
                tracing::warn!(most, "the recording is full and ends; the collector goes on");
                break;
            }
            Err(Stopped::Failed(error)) => {
                tracing::error!(%error, "the recording cannot be written and ends; the collector goes on");
                break;
            }
        }
    }
    if let Err(error) = recording.file.flush() {
        tracing::error!(%error, "the end of the recording could not be written");
    }
}

struct Recording {
    file: BufWriter<File>,
    room: u64,
}

enum Stopped {
    Full,
    Failed(io::Error),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl Recording {
    fn write(&mut self, line: &Recorded) -> Result<(), Stopped> {
        let mut text = as_line(line)?;
        let full = u64::try_from(text.len()).unwrap_or(u64::MAX) > self.room;
        if full {
            text = as_line(&Recorded::Full)?;
        }
        self.file.write_all(text.as_bytes())?;
        if full {
            return Err(Stopped::Full);
        }
        self.room -= u64::try_from(text.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}

fn as_line(line: &Recorded) -> io::Result<String> {
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::watch::{Now, Tick};

    fn tick(second: i64) -> Recorded {
        Recorded::Tick(Tick {
            school: "lincoln-ms".parse().unwrap(),
            now: Now {
                wall: jiff::Timestamp::from_second(second).unwrap(),
                mono_ms: u64::try_from(second).unwrap() * 1_000,
            },
            inputs: Vec::new(),
            notes: Vec::new(),
        })
    }

    fn lines(path: &Path) -> Vec<Recorded> {
        let text = std::fs::read_to_string(path).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[tokio::test]
    async fn a_recording_holds_every_line_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("morning.jsonl");
        let mut recorder = Recorder::into_file(&path).unwrap();
        recorder.keep(vec![tick(1), tick(2)]);
        recorder.keep(vec![tick(3)]);
        recorder.finish().await;
        assert_eq!(lines(&path), [tick(1), tick(2), tick(3)]);
    }

    #[tokio::test]
    async fn a_recording_that_is_full_says_so_in_its_last_line_and_takes_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("morning.jsonl");
        let two = as_line(&tick(1)).unwrap().len() * 2;
        let mut recorder = Recorder::with_room_for(&path, u64::try_from(two).unwrap()).unwrap();
        recorder.keep(vec![tick(1), tick(2), tick(3), tick(4)]);
        recorder.keep(vec![tick(5)]);
        recorder.finish().await;
        assert_eq!(lines(&path), [tick(1), tick(2), Recorded::Full]);
    }

    #[test]
    fn a_recording_never_replaces_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("morning.jsonl");
        std::fs::write(&path, "something else").unwrap();
        let error = Recorder::into_file(&path).unwrap_err().to_string();
        assert!(error.contains("name a new file"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "something else");
    }
}
