//! From what lies in the folder to what waits. Pure, and total: any bytes give an answer, the same bytes the same.

use std::collections::VecDeque;

use roomready_shared::wire::v1::LostReason;

use super::SEGMENT_BYTES;
use super::entry::{Entry, LARGEST_SEQ, SegmentName};
use super::frame::{self, Piece, records_in};
use super::line::Line;

/// A file of the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) name: SegmentName,
    /// Largest number in it: once that is done, the file can go.
    pub(super) through: u64,
    /// Some of it is not what was written: it is set aside, not removed.
    pub(super) damaged: bool,
    /// It belongs to a stream that was left before: nothing in it counts, now or later.
    pub(super) out_of_place: bool,
}

/// How to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// After so many bytes of the last segment; what lies behind them was never accepted and is cut.
    SameStream {
        length: usize,
        torn: bool,
        /// Another segment is to be begun: this one is damaged, or nothing would tell should it go missing.
        elsewhere: bool,
    },
    /// In a new stream: which numbers of the last one were given out cannot be known.
    NewStream,
}

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Recovered {
    pub(super) lines: VecDeque<Line>,
    pub(super) segments: VecDeque<Segment>,
    pub(super) tail: Tail,
}

/// Reads all segments, given in the order of their places. `None` stands for a file that cannot be read.
pub(super) fn recover(files: &[(SegmentName, Option<Vec<u8>>)]) -> Recovered {
    let mut found = Found::default();
    for (name, bytes) in files {
        found.segment(*name, bytes.as_deref());
    }
    found.finish()
}

#[derive(Default)]
struct Found {
    lines: VecDeque<Line>,
    segments: VecDeque<Segment>,
    /// At most so many numbers from the last line's next one on may have been given out without a sound trace.
    unknown: u64,
    /// Where the sound part of the last segment ends, and whether something unfinished lies behind it.
    end: (usize, bool),
    /// The segment being read is the oldest of its stream.
    oldest: bool,
    /// The latest entry said that the stream goes on in another segment.
    goes_on: bool,
    /// The one before the last segment says that there is another.
    witnessed: bool,
}

impl Found {
    fn segment(&mut self, name: SegmentName, bytes: Option<&[u8]>) {
        let goes_on = self.lines.back().is_some_and(|line| line.stream() == name.stream);
        let came_back = !goes_on && self.lines.iter().any(|line| line.stream() == name.stream);
        self.segments.push_back(Segment {
            name,
            through: 0,
            damaged: came_back,
            out_of_place: came_back,
        });
        if came_back {
            // A stream that was left never goes on: a file out of place, which is set aside unread.
            return;
        }
        if goes_on {
            self.next_is(name.first);
        } else {
            self.close_line();
            self.lines.push_back(Line::from(name.stream, name.first));
        }
        self.oldest = !goes_on;
        self.witnessed = !goes_on || std::mem::take(&mut self.goes_on);
        self.end = (0, false);
        match bytes {
            Some(bytes) => self.content(bytes),
            None => self.damage(records_in(SEGMENT_BYTES)),
        }
        self.note_through();
    }

    fn content(&mut self, bytes: &[u8]) {
        let mut first = true;
        for piece in frame::pieces(bytes) {
            match piece {
                Piece::Whole(json) => match Entry::read(json) {
                    Some(entry) => self.entry(entry, first),
                    None => self.damage(1),
                },
                Piece::Damaged { most } => self.damage(most),
                Piece::Torn { at } => {
                    self.end = (at, true);
                    return;
                }
            }
            first = false;
        }
        self.end = (bytes.len(), false);
    }

    fn damage(&mut self, most: u64) {
        self.unknown = self.unknown.saturating_add(most);
        if let Some(segment) = self.segments.back_mut() {
            segment.damaged = true;
        }
    }

    /// A sound trace says that this number was the next: whatever is missing before it is lost.
    fn next_is(&mut self, next: u64) {
        self.unknown = 0;
        if let Some(line) = self.lines.back_mut() {
            line.lose(line.next(), next - 1, LostReason::Damaged);
        }
    }

    fn entry(&mut self, entry: Entry, first_of_segment: bool) {
        self.goes_on = matches!(entry, Entry::GoesOn { .. });
        match entry {
            Entry::News(record) => {
                self.next_is(record.seq);
                let json = serde_json::to_vec(&record).unwrap_or_default();
                // A number that is taken stays with the record that had it first.
                if let Some(line) = self.lines.back_mut()
                    && line.next() == record.seq
                {
                    line.add(json.into());
                }
            }
            Entry::Lost { from, to, why, next } => {
                self.next_is(next);
                if let Some(line) = self.lines.back_mut() {
                    line.lose(from, to, why);
                }
            }
            Entry::Done { through, next } => {
                self.next_is(next);
                if let Some(line) = self.lines.back_mut() {
                    // The oldest segment says what was open before it was begun: that lay in segments that are gone.
                    if first_of_segment && self.oldest {
                        line.reopen(through + 1, LostReason::Damaged);
                    }
                    line.acknowledge(through);
                }
            }
            Entry::GoesOn { next } => {
                self.next_is(next);
                // It was durable when this was written; should it be missing, it may have been full.
                self.unknown = records_in(SEGMENT_BYTES);
            }
        }
    }

    fn note_through(&mut self) {
        let Some(line) = self.lines.back() else { return };
        let its = |segment: &&mut Segment| segment.name.stream == line.stream();
        if let Some(segment) = self.segments.iter_mut().rev().find(its) {
            segment.through = line.next() - 1;
        }
    }

    /// Nothing more comes of the last stream. True when its numbering is known to its end.
    fn close_line(&mut self) -> bool {
        let Some(line) = self.lines.back_mut() else {
            return true;
        };
        let honest = self.unknown == 0 && line.next() <= LARGEST_SEQ;
        let last = line.next().saturating_add(self.unknown) - 1;
        line.lose(line.next(), last, LostReason::Damaged);
        self.unknown = 0;
        self.note_through();
        honest
    }

    fn is_of_last_line(&self, segment: &Segment) -> bool {
        self.lines
            .back()
            .is_some_and(|line| line.stream() == segment.name.stream)
    }

    fn finish(mut self) -> Recovered {
        let honest = !self.lines.is_empty() && self.close_line();
        let (length, torn) = self.end;
        let tail = match self.segments.back() {
            Some(last) if honest && self.is_of_last_line(last) => Tail::SameStream {
                length,
                torn,
                elsewhere: last.damaged || !self.witnessed,
            },
            _ => Tail::NewStream,
        };
        Recovered {
            lines: self.lines,
            segments: self.segments,
            tail,
        }
    }
}

#[cfg(test)]
mod tests;
