//! A recording of a real session through the watch again.

use std::fmt;
use std::io::{self, BufRead};

use roomready_collector::domain::incident::Note;
use roomready_collector::domain::watch::{NotBegun, Recorded, Replay};
use roomready_shared::units::Timestamp;

/// Most differences that are told one by one: after the first the rest often follows from it.
const MOST_TOLD: usize = 20;

/// Why a recording cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum NotReplayed {
    /// It cannot be read.
    #[error("the recording cannot be read")]
    Unreadable(#[from] io::Error),
    /// A line of it is none.
    #[error("line {line} is no line of a recording")]
    NotALine {
        /// Counted from 1.
        line: usize,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// Its beginning is missing.
    #[error(transparent)]
    NotBegun(#[from] NotBegun),
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Ticks.
    pub ticks: u64,
    /// Notes that were written in them.
    pub notes: u64,
    /// Ticks that came out differently; the first ones in words.
    pub differ: u64,
    told: Vec<String>,
    /// The recording ended before its session did.
    pub cut_short: bool,
}

impl Replayed {
    /// Whether the same bytes came out.
    #[must_use]
    pub const fn is_same(&self) -> bool {
        self.differ == 0
    }

    fn tick(&mut self, at: Timestamp, recorded: &[Note], now: &[Note]) {
        self.ticks += 1;
        self.notes += u64::try_from(now.len()).unwrap_or(u64::MAX);
        let (recorded, now) = (bytes(recorded), bytes(now));
        if recorded != now {
            self.differ += 1;
            if self.told.len() < MOST_TOLD {
                self.told
                    .push(format!("{at}\n  recorded: {recorded}\n  now:      {now}"));
            }
        }
    }
}

impl fmt::Display for Replayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ticks, {} notes", self.ticks, self.notes)?;
        if self.cut_short {
            writeln!(f, "The recording was full before its session ended.")?;
        }
        if self.is_same() {
            return writeln!(f, "The same came out, byte by byte.");
        }
        writeln!(f, "{} ticks came out differently:", self.differ)?;
        self.told.iter().try_for_each(|told| writeln!(f, "{told}"))
    }
}

/// Replays lines of JSON.
///
/// # Errors
/// When they are no recording.
pub fn replay(lines: impl BufRead) -> Result<Replayed, NotReplayed> {
    let mut watches = Replay::default();
    let mut replayed = Replayed::default();
    for (number, line) in lines.lines().enumerate() {
        let line = serde_json::from_str(&line?).map_err(|source| NotReplayed::NotALine {
            line: number + 1,
            source,
        })?;
        take(&mut watches, &mut replayed, &line)?;
    }
    Ok(replayed)
}

/// Replays lines that are in memory.
///
/// # Errors
/// When the beginning of a watch is missing.
pub fn replay_lines(lines: &[Recorded]) -> Result<Replayed, NotBegun> {
    let mut watches = Replay::default();
    let mut replayed = Replayed::default();
    for line in lines {
        take(&mut watches, &mut replayed, line)?;
    }
    Ok(replayed)
}

fn take(watches: &mut Replay, replayed: &mut Replayed, line: &Recorded) -> Result<(), NotBegun> {
    let notes = watches.take(line)?;
    match (line, notes) {
        (Recorded::Tick(tick), Some(notes)) => replayed.tick(tick.now.wall, &tick.notes, &notes),
        (Recorded::Full, _) => replayed.cut_short = true,
        _ => {}
    }
    Ok(())
}

fn bytes(notes: &[Note]) -> String {
    serde_json::to_string(notes).unwrap_or_default()
}
