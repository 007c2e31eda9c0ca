//! The outbox on disk. What it promises and why it keeps it: `DESIGN.md` beside this file.

use std::collections::VecDeque;
use std::io;
use std::path::Path;

use roomready_shared::ids::{ClockEpoch, StreamId};
use roomready_shared::wire::v1::{LostReason, MAX_NEWS_BYTES, News, NewsBody, RawNews};

use super::disk::{Folder, SystemFolder};
use super::entry::{Entry, SET_ASIDE, SegmentName};
use super::line::Line;
use super::recover::{Segment, Tail, recover};
use super::{MAX_SEGMENTS, MAX_SET_ASIDE, OpenError, SEGMENT_BYTES};
use crate::ports::{Batch, Moment, Outbox, OutboxError};

/// Gives a stream id that was never given before.
pub type Mint = Box<dyn FnMut() -> StreamId + Send>;

/// The segment that is written to: the last one.
#[derive(Debug, Clone, Copy)]
struct Active {
    /// Bytes of it that are sound.
    length: usize,
    /// More may lie behind them: to be cut before anything is put there.
    dirty: bool,
    /// It takes no more records.
    full: bool,
}

/// Numbers whose records could not be kept. They are told to nobody before something durable stands behind them, or
/// a crash would give them out again.
#[derive(Debug, Clone, Copy)]
struct Burned {
    count: u64,
    why: LostReason,
}

/// An outbox that outlives its program.
pub struct DiskOutbox<F: Folder = SystemFolder> {
    folder: F,
    mint: Mint,
    /// Streams with something to tell, oldest first; the last is the one that grows.
    lines: VecDeque<Line>,
    segments: VecDeque<Segment>,
    active: Option<Active>,
    next_index: u64,
    burned: Option<Burned>,
    /// What the segments say is done of the growing stream.
    done_kept: u64,
    /// The collector knew more of a stream than we gave out, and it was left.
    left_a_stream: bool,
}

impl DiskOutbox {
    /// Opens the outbox in a folder of its own, for this process alone.
    ///
    /// # Errors
    /// When another process has it, or the folder cannot be used.
    pub fn in_folder(path: &Path, mint: Mint) -> Result<Self, OpenError> {
        Self::open(SystemFolder::take(path)?, mint)
    }
}

impl<F: Folder> DiskOutbox<F> {
    /// Opens what a folder holds.
    ///
    /// # Errors
    /// When the folder cannot be read or made durable. What its files say is never an error.
    pub fn open(mut folder: F, mut mint: Mint) -> Result<Self, OpenError> {
        let place = folder.place();
        let files = read_all(&mut folder).map_err(|source| OpenError::Io { place, source })?;
        let next_index = files.last().map_or(1, |(name, _)| name.index.saturating_add(1));
        let found = recover(&files);
        let mut lines = found.lines;
        let active = match found.tail {
            Tail::SameStream {
                length,
                torn,
                elsewhere,
            } => Some(Active {
                length,
                dirty: torn,
                full: elsewhere,
            }),
            Tail::NewStream => {
                lines.push_back(Line::from(mint(), 1));
                None
            }
        };
        let mut outbox = Self {
            folder,
            mint,
            done_kept: lines.back().map_or(0, Line::done),
            lines,
            segments: found.segments,
            active,
            next_index,
            burned: None,
            left_a_stream: false,
        };
        outbox.tell_damage();
        outbox.clear_out_of_place();
        outbox.clear_away();
        Ok(outbox)
    }

    /// Sets aside what lies out of place before anything else changes: once the files before it are done and gone, it
    /// would look like a stream of its own, and what follows it would lie out of place.
    fn clear_out_of_place(&mut self) {
        let stray = |segment: &Segment| segment.out_of_place;
        if !self.segments.iter().any(stray) {
            return;
        }
        for name in self
            .segments
            .iter()
            .filter(|segment| stray(segment))
            .map(|segment| segment.name.to_string())
        {
            make_room_aside(&mut self.folder);
            if let Err(error) = self.folder.rename(&name, &format!("{name}{SET_ASIDE}")) {
                tracing::warn!(%error, segment = name, "a part of the outbox that lies out of place cannot be set aside");
            }
        }
        self.segments.retain(|segment| !stray(segment));
        let _comes_back = self.folder.sync_names();
    }

    fn tell_damage(&self) {
        for segment in self.segments.iter().filter(|segment| segment.damaged) {
            tracing::warn!(
                segment = %segment.name, outbox = self.folder.place(),
                "a part of the outbox is damaged; what can be read is delivered, the rest is declared lost"
            );
        }
    }

    fn growing(&self) -> &Line {
        self.lines
            .back()
            .expect("an outbox always has the stream that grows")
    }

    fn growing_mut(&mut self) -> &mut Line {
        self.lines
            .back_mut()
            .expect("an outbox always has the stream that grows")
    }

    /// Numbers a record and makes it durable.
    fn keep(&mut self, mut record: RawNews) -> io::Result<u64> {
        record.seq = self.growing().next() + self.burned.map_or(0, |burned| burned.count);
        let json = serde_json::to_vec(&record)?;
        let seq = record.seq;
        let mut bytes = self.burned_entry();
        Entry::News(record).write(&mut bytes);
        self.ready_for(bytes.len())?;
        self.write(&bytes)?;
        self.burned_is_told();
        self.growing_mut().add(json.into());
        Ok(seq)
    }

    /// The number of a record that could not be kept is used up, and lost.
    fn burn(&mut self, error: &io::Error) {
        let why = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => LostReason::Full,
            _ => LostReason::Damaged,
        };
        let count = self.burned.map_or(0, |burned| burned.count) + 1;
        self.burned = Some(Burned { count, why });
    }

    /// The entry that goes ahead of whatever is written next.
    fn burned_entry(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        if let Some(burned) = self.burned {
            let next = self.growing().next();
            let lost = Entry::Lost {
                from: next,
                to: next + burned.count - 1,
                why: burned.why,
                next,
            };
            lost.write(&mut bytes);
        }
        bytes
    }

    fn burned_is_told(&mut self) {
        if let Some(burned) = self.burned.take() {
            let line = self.growing_mut();
            line.lose(line.next(), line.next() + burned.count - 1, burned.why);
        }
    }

    /// Puts bytes at the end of the active segment. When this is `Ok` they are durable.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (Some(active), Some(segment)) = (&mut self.active, self.segments.back()) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let name = segment.name.to_string();
        if active.dirty {
            self.folder.truncate(&name, active.length)?;
        }
        active.dirty = true;
        self.folder.append(&name, bytes)?;
        self.folder.sync(&name)?;
        active.dirty = false;
        active.length += bytes.len();
        Ok(())
    }

    /// Sees to it that there is a segment with room for so many bytes.
    fn ready_for(&mut self, bytes: usize) -> io::Result<()> {
        match self.active {
            Some(active) if !active.full && active.length + bytes <= SEGMENT_BYTES => Ok(()),
            _ => self.begin_segment(),
        }
    }

    fn begin_segment(&mut self) -> io::Result<()> {
        let line = self.growing();
        let (stream, next, done) = (line.stream(), line.next(), line.done());
        let index = self.next_index;
        self.next_index += 1;
        let name = SegmentName {
            index,
            first: next,
            stream,
        };
        let mut bytes = Vec::new();
        Entry::Done { through: done, next }.write(&mut bytes);
        // At the cap the oldest segments make room. That is durable before they go.
        let most_before = MAX_SEGMENTS - 1;
        let dropped = self.segments.len().saturating_sub(most_before);
        let dropped: Vec<Segment> = self.segments.iter().take(dropped).copied().collect();
        let dropped_through = dropped.iter().filter(|segment| segment.name.stream == stream);
        if let Some(to) = dropped_through.map(|segment| segment.through).max()
            && to > done
        {
            let (from, why) = (done + 1, LostReason::Full);
            Entry::Lost { from, to, why, next }.write(&mut bytes);
        }
        if let Err(error) = self.make_segment(&name.to_string(), &bytes) {
            // It holds nothing yet that was accepted; should it stay, opening finds it and goes on in it.
            let _stays = self.folder.remove(&name.to_string());
            return Err(error);
        }
        self.leave_segment(next);
        self.segments.push_back(Segment {
            name,
            through: 0,
            damaged: false,
            out_of_place: false,
        });
        self.active = Some(Active {
            length: bytes.len(),
            dirty: false,
            full: false,
        });
        self.done_kept = done;
        for segment in dropped {
            tracing::warn!(segment = %segment.name, "the outbox is full; the oldest news is dropped and declared lost");
            if let Some(line) = self.line(segment.name.stream) {
                line.lose(line.done() + 1, segment.through, LostReason::Full);
            }
            self.dispose_oldest();
        }
        Ok(())
    }

    fn make_segment(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.folder.create(name)?;
        self.folder.append(name, bytes)?;
        self.folder.sync(name)?;
        self.folder.sync_names()
    }

    /// Says at the end of the segment that the stream goes on in another. Without this entry nothing is lost; with
    /// it the loss of that other file is noticed.
    fn leave_segment(&mut self, next: u64) {
        let same = self.segments.back().map(|segment| segment.name.stream) == Some(self.growing().stream());
        if same && self.active.is_some() {
            let mut bytes = Vec::new();
            Entry::GoesOn { next }.write(&mut bytes);
            let _only_a_witness = self.write(&bytes);
        }
        if let Some(segment) = self.segments.back_mut().filter(|_| same) {
            segment.through = segment.through.max(next - 1);
        }
        self.active = None;
    }

    fn line(&mut self, stream: StreamId) -> Option<&mut Line> {
        self.lines.iter_mut().find(|line| line.stream() == stream)
    }

    /// Removes what is done: streams, and segments, which frees a full disk.
    fn clear_away(&mut self) {
        while self.lines.len() > 1 && self.lines.front().is_some_and(Line::is_finished) {
            self.lines.pop_front();
        }
        let mut cleared = false;
        while let Some(oldest) = self.segments.front().copied() {
            let is_active = self.active.is_some() && self.segments.len() == 1;
            let open = self
                .line(oldest.name.stream)
                .is_some_and(|line| line.done() < oldest.through);
            if is_active || open || !self.dispose_oldest() {
                break;
            }
            cleared = true;
        }
        if cleared {
            // A file that comes back after a crash is sent again and done at once.
            let _comes_back = self.folder.sync_names();
        }
    }

    /// The oldest segment goes: removed, or set aside when it is damaged. False when the disk refused.
    fn dispose_oldest(&mut self) -> bool {
        let Some(oldest) = self.segments.front() else {
            return false;
        };
        let name = oldest.name.to_string();
        let gone = if oldest.damaged {
            make_room_aside(&mut self.folder);
            self.folder.rename(&name, &format!("{name}{SET_ASIDE}"))
        } else {
            self.folder.remove(&name)
        };
        match gone {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, segment = name, "a part of the outbox that is done cannot be removed");
                false
            }
            _ => {
                self.segments.pop_front();
                true
            }
        }
    }

    /// Keeps what the collector has, and the numbers that were burned, when there is anything to keep.
    fn keep_position(&mut self) -> io::Result<()> {
        let done = self.growing().done();
        if self.burned.is_none() && (done == self.done_kept || self.active.is_none()) {
            return Ok(());
        }
        if self.active.is_none() {
            self.begin_segment()?;
        }
        let mut bytes = self.burned_entry();
        let burned = self.burned.map_or(0, |burned| burned.count);
        let next = self.growing().next() + burned;
        Entry::Done { through: done, next }.write(&mut bytes);
        self.write(&bytes)?;
        self.burned_is_told();
        self.done_kept = done;
        Ok(())
    }

    /// The collector has numbers of this stream that we have not given out: the folder is an older copy of itself, as
    /// on a computer that is reset at each start. What waits goes out under numbers of a new stream.
    fn leave_stream(&mut self) {
        if std::mem::replace(&mut self.left_a_stream, true) {
            return;
        }
        tracing::warn!(
            "the collector knows more than this outbox gave out: it is an older copy; going on under a new stream"
        );
        let new = Line::from((self.mint)(), 1);
        let old = std::mem::replace(self.growing_mut(), new);
        self.burned = None;
        self.active = None;
        self.done_kept = 0;
        for record in old.records() {
            if let Err(error) = self.keep(record) {
                tracing::error!(%error, "news could not be kept");
                self.burn(&error);
            }
        }
    }
}

/// Keeps room for one more segment beside those that were set aside before.
fn make_room_aside(folder: &mut impl Folder) {
    let mut aside = folder.list().unwrap_or_default();
    aside.retain(|name| name.ends_with(SET_ASIDE));
    aside.sort_unstable();
    let excess = (aside.len() + 1).saturating_sub(MAX_SET_ASIDE);
    for name in aside.iter().take(excess) {
        let _one_too_many = folder.remove(name);
    }
}

impl<F: Folder> Outbox for DiskOutbox<F> {
    fn push(&mut self, at: Moment, epoch: ClockEpoch, body: &NewsBody) -> Result<u64, OutboxError> {
        let news = News {
            seq: self.growing().next(),
            at: at.wall,
            mono_ms: at.mono_ms,
            epoch,
            body: body.clone(),
        };
        let record = news.to_raw();
        let bytes = serde_json::to_vec(&record).map_or(usize::MAX, |text| text.len());
        if bytes > MAX_NEWS_BYTES {
            return Err(OutboxError::TooLarge {
                bytes,
                limit: MAX_NEWS_BYTES,
            });
        }
        self.keep(record).map_err(|source| {
            self.burn(&source);
            OutboxError::Io {
                place: self.folder.place(),
                source,
            }
        })
    }

    fn batch(&self, records: usize) -> Batch {
        let telling = self.lines.iter().find(|line| !line.is_finished());
        telling.unwrap_or_else(|| self.growing()).batch(records)
    }

    fn acknowledge(&mut self, stream: StreamId, through: u64) {
        let growing = self.growing();
        if stream == growing.stream() && through >= growing.next() {
            self.leave_stream();
        } else if let Some(line) = self.line(stream) {
            line.acknowledge(through);
        }
        let kept = self.keep_position();
        self.clear_away();
        // Clearing away may just have made the room that was missing. If not: what is not kept is sent again.
        if kept.is_err() {
            let _sent_again = self.keep_position();
        }
    }

    fn expect(&mut self, stream: StreamId, next: u64) {
        if let Some(line) = self.line(stream) {
            line.expect(next);
        }
    }

    fn waiting(&self) -> u32 {
        let waiting = self.lines.iter().map(Line::waiting).sum::<usize>();
        u32::try_from(waiting).unwrap_or(u32::MAX)
    }
}

/// All segments in order. They are made durable first: what a killed program wrote may not be, and what is sent from
/// here must be.
fn read_all<F: Folder>(folder: &mut F) -> io::Result<Vec<(SegmentName, Option<Vec<u8>>)>> {
    let mut names: Vec<SegmentName> = folder
        .list()?
        .iter()
        .filter_map(|name| SegmentName::parse(name))
        .collect();
    names.sort_unstable();
    folder.sync_names()?;
    let mut files = Vec::with_capacity(names.len());
    for name in names {
        let file = name.to_string();
        folder.sync(&file)?;
        files.push((name, folder.read(&file).ok()));
    }
    Ok(files)
}

#[cfg(test)]
mod tests;
