//! Records in memory, oldest first, capped.

use std::collections::VecDeque;

use roomready_shared::ids::{ClockEpoch, StreamId};
use roomready_shared::wire::v1::{
    Lost, LostReason, MAX_LOST, MAX_NEWS, MAX_NEWS_BYTES, MAX_REPORT_BYTES, News, NewsBody, RawNews,
};

use super::MAX_WAITING;
use crate::ports::{Batch, Moment, Outbox, OutboxError};

/// Part of a report's size that is left to everything but its records.
const REPORT_RESERVE_BYTES: usize = 16 * 1024;

struct Waiting {
    record: RawNews,
    bytes: usize,
}

/// An outbox that lives as long as its program.
pub struct MemoryOutbox {
    stream: StreamId,
    waiting: VecDeque<Waiting>,
    /// Number of the oldest record that is neither acknowledged nor dropped.
    first: u64,
    next: u64,
    lost: Vec<Lost>,
    most: usize,
}

impl MemoryOutbox {
    /// An empty outbox under a stream of its own.
    #[must_use]
    pub const fn new(stream: StreamId) -> Self {
        Self::with_room_for(stream, MAX_WAITING)
    }

    const fn with_room_for(stream: StreamId, most: usize) -> Self {
        Self {
            stream,
            waiting: VecDeque::new(),
            first: 1,
            next: 1,
            lost: Vec::new(),
            most,
        }
    }

    /// Neighbouring losses of one reason are one loss; past the wire's limit the gaps between them are given up too.
    fn lose(&mut self, from: u64, to: u64, why: LostReason) {
        let full = self.lost.len() >= MAX_LOST;
        match self.lost.last_mut() {
            Some(last) if full || (last.to + 1 == from && last.why == why) => last.to = to,
            _ => self.lost.push(Lost { from, to, why }),
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(dropped) = self.waiting.pop_front() {
            let seq = dropped.record.seq;
            self.first = seq + 1;
            self.lose(seq, seq, LostReason::Full);
        }
    }
}

impl Outbox for MemoryOutbox {
    fn push(&mut self, at: Moment, epoch: ClockEpoch, body: &NewsBody) -> Result<u64, OutboxError> {
        let seq = self.next;
        let news = News {
            seq,
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
        while self.waiting.len() >= self.most {
            self.drop_oldest();
        }
        self.next += 1;
        self.waiting.push_back(Waiting { record, bytes });
        Ok(seq)
    }

    fn batch(&self, records: usize) -> Batch {
        let mut room = MAX_REPORT_BYTES - REPORT_RESERVE_BYTES;
        let news = self
            .waiting
            .iter()
            .take(records.min(MAX_NEWS))
            .take_while(|waiting| {
                let fits = waiting.bytes < room;
                room = room.saturating_sub(waiting.bytes + 1);
                fits
            })
            .map(|waiting| waiting.record.clone())
            .collect();
        Batch {
            stream: self.stream,
            first_seq: self.first,
            news,
            lost: self.lost.clone(),
        }
    }

    fn acknowledge(&mut self, stream: StreamId, through: u64) {
        // A number that was never given out acknowledges nothing: the collector has mixed up its streams.
        if stream != self.stream || through >= self.next {
            return;
        }
        while self
            .waiting
            .front()
            .is_some_and(|waiting| waiting.record.seq <= through)
        {
            self.waiting.pop_front();
        }
        self.first = self.first.max(through + 1);
        self.lost.retain(|lost| lost.to > through);
    }

    fn expect(&mut self, stream: StreamId, next: u64) {
        // Numbers begin at 1, whatever an answer says.
        let next = next.max(1);
        let oldest_lost = self.lost.first().map_or(self.first, |lost| lost.from);
        if stream != self.stream || next >= oldest_lost {
            return;
        }
        // The collector forgot what it had acknowledged; we no longer hold it. Forgetting more is the same loss, so that
        // no number of such answers brings a report over the wire's limit.
        match self.lost.first_mut() {
            Some(lost) if lost.why == LostReason::NotKept => lost.from = next,
            _ => self.lost.insert(
                0,
                Lost {
                    from: next,
                    to: oldest_lost - 1,
                    why: LostReason::NotKept,
                },
            ),
        }
    }

    fn waiting(&self) -> u32 {
        u32::try_from(self.waiting.len()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use roomready_shared::units::{ShortText, Timestamp};

    fn stream(byte: u8) -> StreamId {
        StreamId::new(uuid::Uuid::from_bytes([byte; 16]))
    }

    fn push(outbox: &mut MemoryOutbox) -> u64 {
        let moment = Moment {
            wall: Timestamp::UNIX_EPOCH,
            mono_ms: 1,
            awake_ms: 1,
        };
        let epoch = ClockEpoch::new(uuid::Uuid::nil());
        outbox
            .push(moment, epoch, &NewsBody::AppStarted)
            .expect("a small record is taken")
    }

    fn numbers(batch: &Batch) -> Vec<u64> {
        batch.news.iter().map(|record| record.seq).collect()
    }

    #[test]
    fn news_is_numbered_from_one_and_kept_until_it_is_acknowledged() {
        let mut outbox = MemoryOutbox::new(stream(1));
        assert_eq!([1, 2, 3].map(|_| push(&mut outbox)), [1, 2, 3]);
        assert_eq!(numbers(&outbox.batch(2)), [1, 2]);
        assert_eq!(numbers(&outbox.batch(64)), [1, 2, 3], "sending is not delivering");
        outbox.acknowledge(stream(1), 2);
        let batch = outbox.batch(64);
        assert_eq!((batch.first_seq, numbers(&batch)), (3, vec![3]));
        outbox.acknowledge(stream(1), 1);
        assert_eq!(outbox.batch(64), batch, "an old answer takes nothing back");
        outbox.acknowledge(stream(1), 3);
        assert_eq!((outbox.batch(64).first_seq, outbox.waiting()), (4, 0));
    }

    #[test]
    fn a_full_outbox_drops_the_oldest_and_declares_it() {
        let mut outbox = MemoryOutbox::with_room_for(stream(1), 3);
        for _ in 0..5 {
            push(&mut outbox);
        }
        let batch = outbox.batch(64);
        assert_eq!((batch.first_seq, numbers(&batch)), (3, vec![3, 4, 5]));
        let full = Lost {
            from: 1,
            to: 2,
            why: LostReason::Full,
        };
        assert_eq!(batch.lost, [full]);
        outbox.acknowledge(stream(1), 3);
        assert!(
            outbox.batch(64).lost.is_empty(),
            "a loss the collector has heard is not declared again"
        );
    }

    #[test]
    fn a_collector_that_forgot_is_told_what_is_gone() {
        let mut outbox = MemoryOutbox::new(stream(1));
        for _ in 0..4 {
            push(&mut outbox);
        }
        outbox.acknowledge(stream(1), 3);
        outbox.expect(stream(1), 1);
        outbox.expect(stream(1), 1);
        let batch = outbox.batch(64);
        let gone = Lost {
            from: 1,
            to: 3,
            why: LostReason::NotKept,
        };
        assert_eq!((batch.lost, batch.first_seq), (vec![gone], 4));
    }

    #[test]
    fn answers_for_other_streams_and_impossible_numbers_change_nothing() {
        let mut outbox = MemoryOutbox::new(stream(1));
        push(&mut outbox);
        outbox.acknowledge(stream(2), 1);
        outbox.acknowledge(stream(1), 99);
        assert_eq!(outbox.waiting(), 1);
    }

    #[test]
    fn a_collector_that_forgets_again_and_again_is_told_of_one_loss() {
        let mut outbox = MemoryOutbox::new(stream(1));
        for _ in 0..40 {
            push(&mut outbox);
        }
        outbox.acknowledge(stream(1), 40);
        for next in (0..=35).rev() {
            outbox.expect(stream(1), next);
        }
        let lost = Lost {
            from: 1,
            to: 40,
            why: LostReason::NotKept,
        };
        assert_eq!(outbox.batch(1).lost, [lost]);
    }

    #[test]
    fn a_record_that_no_collector_takes_is_refused_at_the_door() {
        let mut outbox = MemoryOutbox::new(stream(1));
        let mut facts = roomready_shared::facts::Facts::none(roomready_shared::facts::Platform::Linux);
        for port in 1..200 {
            facts.vendor.insert(
                roomready_shared::facts::HostPort::parse(&format!("a.example:{port}")).expect("a host"),
                roomready_shared::facts::Reading {
                    outcome: roomready_shared::facts::Outcome::Failed(ShortText::fit(&"x".repeat(200))),
                    source: roomready_shared::facts::Source::Agent,
                    at: Timestamp::UNIX_EPOCH,
                },
            );
        }
        let moment = Moment {
            wall: Timestamp::UNIX_EPOCH,
            mono_ms: 1,
            awake_ms: 1,
        };
        let body = NewsBody::facts(facts);
        let error = outbox
            .push(moment, ClockEpoch::new(uuid::Uuid::nil()), &body)
            .expect_err("must be refused");
        assert!(matches!(error, OutboxError::TooLarge { .. }), "{error}");
        assert_eq!(push(&mut outbox), 1, "its number was not used up");
    }
}
