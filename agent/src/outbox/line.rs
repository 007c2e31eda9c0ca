//! What waits of one stream: records and losses that together cover every number from the oldest that is not done to
//! the next. Pure.

use std::collections::VecDeque;

use roomready_shared::ids::StreamId;
use roomready_shared::wire::v1::{Lost, LostReason, MAX_LOST, MAX_NEWS, MAX_REPORT_BYTES, RawNews};

use super::REPORT_RESERVE_BYTES;
use crate::ports::Batch;

/// A record that waits, as JSON: parsed again when it is sent, since a parsed one takes several times the memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Waiting {
    seq: u64,
    json: Box<[u8]>,
}

/// One stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    stream: StreamId,
    /// The collector has everything up to this number.
    done: u64,
    next: u64,
    records: VecDeque<Waiting>,
    /// In order, without overlap, none of them done.
    losses: Vec<Lost>,
}

impl Line {
    /// A stream whose next number this is and of which nothing waits.
    pub(super) const fn from(stream: StreamId, next: u64) -> Self {
        Self {
            stream,
            done: next - 1,
            next,
            records: VecDeque::new(),
            losses: Vec::new(),
        }
    }

    pub(super) const fn stream(&self) -> StreamId {
        self.stream
    }

    pub(super) const fn done(&self) -> u64 {
        self.done
    }

    pub(super) const fn next(&self) -> u64 {
        self.next
    }

    pub(super) fn waiting(&self) -> usize {
        self.records.len()
    }

    pub(super) const fn is_finished(&self) -> bool {
        self.done + 1 == self.next
    }

    /// The records that wait, oldest first.
    pub(super) fn records(&self) -> impl Iterator<Item = RawNews> + '_ {
        self.records.iter().map(Waiting::read)
    }

    /// A record under the next number.
    pub(super) fn add(&mut self, json: Box<[u8]>) {
        self.records.push_back(Waiting { seq: self.next, json });
        self.next += 1;
    }

    /// These numbers will never come. A later reason replaces an earlier one; records under them are dropped.
    pub(super) fn lose(&mut self, from: u64, to: u64, why: LostReason) {
        let from = from.max(self.done + 1);
        if to < from {
            return;
        }
        self.records
            .retain(|waiting| waiting.seq < from || waiting.seq > to);
        let mut losses = Vec::with_capacity(self.losses.len() + 2);
        for old in self.losses.drain(..) {
            if old.from < from {
                let to = old.to.min(from - 1);
                losses.push(Lost { to, ..old });
            }
            if old.to > to {
                let from = old.from.max(to + 1);
                losses.push(Lost { from, ..old });
            }
        }
        losses.push(Lost { from, to, why });
        losses.sort_unstable_by_key(|loss| loss.from);
        for loss in losses {
            match self.losses.last_mut() {
                Some(last) if last.to + 1 == loss.from && last.why == loss.why => last.to = loss.to,
                _ => self.losses.push(loss),
            }
        }
        self.next = self.next.max(to + 1);
    }

    /// Everything up to this number is done.
    pub(super) fn acknowledge(&mut self, through: u64) {
        let through = through.min(self.next - 1);
        if through <= self.done {
            return;
        }
        self.done = through;
        while self.records.front().is_some_and(|waiting| waiting.seq <= through) {
            self.records.pop_front();
        }
        self.losses.retain(|loss| loss.to > through);
        if let Some(first) = self.losses.first_mut() {
            first.from = first.from.max(through + 1);
        }
    }

    /// The collector wants a number that it had acknowledged: it forgot, and we no longer hold it.
    pub(super) fn expect(&mut self, next: u64) {
        self.reopen(next, LostReason::NotKept);
    }

    /// What was taken for done from this number on was not; it is gone.
    pub(super) fn reopen(&mut self, next: u64, why: LostReason) {
        if next == 0 || next > self.done {
            return;
        }
        let gone = self.done;
        self.done = next - 1;
        self.lose(next, gone, why);
    }

    /// What can be sent: losses up to the first record, that record and its neighbours, losses right after them. A
    /// loss further on is declared when its turn comes, so that no declaration ever claims a record that still waits.
    pub(super) fn batch(&self, records: usize) -> Batch {
        let mut at = self.done + 1;
        let mut lost: Vec<Lost> = Vec::new();
        let mut losses = self.losses.iter().peekable();
        let mut first_seq = None;
        let mut news: Vec<RawNews> = Vec::new();
        let mut room = MAX_REPORT_BYTES - REPORT_RESERVE_BYTES;
        let mut waiting = self.records.iter().take(records.min(MAX_NEWS));
        loop {
            while lost.len() < MAX_LOST
                && let Some(loss) = losses.next_if(|loss| loss.from == at)
            {
                lost.push(*loss);
                at = loss.to + 1;
            }
            if first_seq.is_some() {
                break;
            }
            first_seq = Some(at);
            for record in waiting.by_ref() {
                let bytes = record.json.len() + 1;
                if record.seq != at || bytes > room {
                    break;
                }
                room -= bytes;
                news.push(record.read());
                at += 1;
            }
        }
        Batch {
            stream: self.stream,
            first_seq: first_seq.unwrap_or(at),
            news,
            lost,
        }
    }
}

impl Waiting {
    fn read(&self) -> RawNews {
        serde_json::from_slice(&self.json).expect("it was written from a record")
    }
}

#[cfg(test)]
mod tests;
