//! What a segment says, entry by entry, and what its name says.

use std::fmt;

use roomready_shared::ids::StreamId;
use roomready_shared::wire::v1::{LostReason, RawNews};
use serde::{Deserialize, Serialize};

use super::frame;

/// How the names of this format end. Another format would have another.
const ENDING: &str = ".outbox1";
/// How the name of a segment ends that was set aside.
pub(super) const SET_ASIDE: &str = ".damaged";
/// Largest number in a stream: whole numbers up to it mean the same in every JSON reader.
pub(super) const LARGEST_SEQ: u64 = (1 << 53) - 1;

/// One entry. Each tells the stream's next number as it stood before the entry (a record by its own), so that any sound
/// entry after a damaged stretch says exactly which numbers the stretch held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Entry {
    /// A record, as it travels.
    News(RawNews),
    /// Numbers that will never come.
    Lost {
        from: u64,
        to: u64,
        why: LostReason,
        next: u64,
    },
    /// The collector has everything up to this number.
    Done { through: u64, next: u64 },
    /// The stream goes on in another segment, which was durable before this was written.
    GoesOn { next: u64 },
}

impl Entry {
    /// Puts it after what is there.
    pub(super) fn write(&self, into: &mut Vec<u8>) {
        let json = serde_json::to_vec(self).expect("an entry has text keys only");
        frame::write(into, &json);
    }

    /// Reads one; `None` when it is not one, or its numbers are none.
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        let entry: Self = serde_json::from_slice(json).ok()?;
        let is_number = |seq: u64| (1..=LARGEST_SEQ).contains(&seq);
        let sane = match &entry {
            Self::News(record) => is_number(record.seq),
            Self::Lost { from, to, next, .. } => {
                is_number(*from) && is_number(*to) && is_number(*next) && from <= to && from <= next
            }
            Self::Done { through, next } => is_number(*next) && through < next,
            Self::GoesOn { next } => is_number(*next),
        };
        sane.then_some(entry)
    }
}

/// A segment's name says its place, the stream's next number when it was begun, and the stream. So a segment that is
/// gone or whose beginning is damaged takes none of this with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SegmentName {
    pub(super) index: u64,
    pub(super) first: u64,
    pub(super) stream: StreamId,
}

impl SegmentName {
    /// Reads a name; `None` for any other file.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let mut parts = name.strip_suffix(ENDING)?.splitn(3, '-');
        let mut number = |width: usize| {
            let digits = parts.next().filter(|part| part.len() == width)?;
            digits.parse::<u64>().ok()
        };
        let (index, first) = (number(8)?, number(16)?);
        let stream = StreamId::new(parts.next()?.parse().ok()?);
        let parsed = Self { index, first, stream };
        // One spelling only: two files must not have one place.
        ((1..=LARGEST_SEQ).contains(&first) && parsed.to_string() == name).then_some(parsed)
    }
}

impl fmt::Display for SegmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08}-{:016}-{}{ENDING}", self.index, self.first, self.stream)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use roomready_shared::ids::ClockEpoch;
    use roomready_shared::units::Timestamp;
    use roomready_shared::wire::v1::{News, NewsBody};

    #[test]
    fn the_smallest_record_is_not_smaller_than_damage_is_counted_by() {
        let mut bytes = Vec::new();
        let news = News {
            seq: 1,
            at: Timestamp::UNIX_EPOCH,
            mono_ms: 0,
            epoch: ClockEpoch::new(uuid::Uuid::nil()),
            body: NewsBody::AppStarted,
        };
        Entry::News(news.to_raw()).write(&mut bytes);
        assert!(bytes.len() >= frame::SMALLEST_RECORD_BYTES, "{}", bytes.len());
    }

    #[test]
    fn a_segment_s_name_is_read_again_and_no_other_name_is() {
        let name = SegmentName {
            index: 3,
            first: 51,
            stream: StreamId::new(uuid::Uuid::from_bytes([7; 16])),
        };
        let text = name.to_string();
        assert_eq!(SegmentName::parse(&text), Some(name));
        for other in [
            "lock",
            "",
            "3-51-x.outbox1",
            &format!("{text}{SET_ASIDE}"),
            &text.replace("51-", "00-"),
        ] {
            assert_eq!(SegmentName::parse(other), None, "{other}");
        }
    }

    #[test]
    fn numbers_that_are_none_make_no_entry() {
        for json in [
            r#"{"done":{"through":5,"next":5}}"#,
            r#"{"lost":{"from":3,"to":2,"why":"full","next":3}}"#,
            r#"{"lost":{"from":9,"to":9,"why":"full","next":3}}"#,
            r#"{"goes_on":{"next":0}}"#,
            r#"{"goes_on":{"next":18446744073709551615}}"#,
            "{}",
        ] {
            assert_eq!(Entry::read(json.as_bytes()), None, "{json}");
        }
    }
}
