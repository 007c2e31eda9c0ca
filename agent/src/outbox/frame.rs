//! How an entry lies in a segment: length, CRC-32C, JSON. Pure.
//!
//! The length is written twice, the second time with every bit turned, so that damage to a length is told from a
//! write that was cut off: a frame whose length is sound and runs past the end of the file was never finished, and
//! so was never accepted.

/// Bytes before the JSON: length (2), length inverted (2), CRC-32C of the JSON (4), all little-endian.
const HEAD_BYTES: usize = 8;
/// No record is smaller than this in a segment (a test looks), so that damage of a size hides at most so many.
pub(super) const SMALLEST_RECORD_BYTES: usize = 128;

/// A stretch of a segment.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// A frame whose sum is right.
    Whole(&'a [u8]),
    /// Bytes that are not what was written. They held at most so many records.
    Damaged { most: u64 },
    /// The beginning of a frame that was never finished, and where it begins.
    Torn { at: usize },
}

/// Puts a frame after what is there.
pub(super) fn write(into: &mut Vec<u8>, json: &[u8]) {
    let length = u16::try_from(json.len()).expect("an entry is a record of at most 16 KB and its envelope");
    into.extend_from_slice(&length.to_le_bytes());
    into.extend_from_slice(&(!length).to_le_bytes());
    into.extend_from_slice(&crc32c::crc32c(json).to_le_bytes());
    into.extend_from_slice(json);
}

/// A segment as far as it can be understood, in order. Any bytes give an answer.
pub(super) fn pieces(bytes: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        match Head::of(rest) {
            Head::Cut => {
                pieces.push(Piece::Torn { at });
                break;
            }
            Head::Frame { json, sound, end } => {
                pieces.push(if sound {
                    Piece::Whole(json)
                } else {
                    Piece::Damaged { most: 1 }
                });
                at += end;
            }
            Head::Nonsense => {
                let length = next_sound(rest);
                pieces.push(Piece::Damaged {
                    most: records_in(length),
                });
                at += length;
            }
        }
    }
    pieces
}

/// The most records that so many bytes can have held.
pub(super) fn records_in(bytes: usize) -> u64 {
    u64::try_from(bytes.div_ceil(SMALLEST_RECORD_BYTES)).unwrap_or(u64::MAX)
}

enum Head<'a> {
    /// The file ends inside of this frame.
    Cut,
    Frame {
        json: &'a [u8],
        sound: bool,
        end: usize,
    },
    Nonsense,
}

impl<'a> Head<'a> {
    fn of(rest: &'a [u8]) -> Self {
        let Some((length, rest)) = rest.split_first_chunk::<4>() else {
            return Self::Cut;
        };
        let [a, b, c, d] = *length;
        let length = u16::from_le_bytes([a, b]);
        if u16::from_le_bytes([c, d]) != !length {
            return Self::Nonsense;
        }
        let length = usize::from(length);
        let Some((sum, rest)) = rest.split_first_chunk::<4>() else {
            return Self::Cut;
        };
        rest.get(..length).map_or(Self::Cut, |json| Self::Frame {
            json,
            sound: crc32c::crc32c(json) == u32::from_le_bytes(*sum),
            end: HEAD_BYTES + length,
        })
    }
}

/// Bytes up to the next frame whose sum is right, or all of them.
fn next_sound(rest: &[u8]) -> usize {
    (1..rest.len())
        .find(
            |at| matches!(Head::of(&rest[*at..]), Head::Frame { json, sound: true, .. } if !json.is_empty()),
        )
        .unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> Vec<u8> {
        let mut bytes = Vec::new();
        for text in ["one", "two", "three"] {
            write(&mut bytes, text.as_bytes());
        }
        bytes
    }

    #[test]
    fn what_was_written_is_read_again() {
        let bytes = three();
        let whole = [&b"one"[..], b"two", b"three"].map(Piece::Whole);
        assert_eq!(pieces(&bytes), whole);
    }

    #[test]
    fn a_write_that_was_cut_off_at_any_byte_is_torn_and_nothing_before_it_is() {
        let bytes = three();
        let last = bytes.len() - HEAD_BYTES - "three".len();
        for end in last + 1..bytes.len() {
            let read = pieces(&bytes[..end]);
            assert_eq!(read[2..], [Piece::Torn { at: last }], "cut at {end}");
        }
    }

    #[test]
    fn one_turned_byte_anywhere_costs_one_frame_and_is_never_taken_for_a_cut() {
        for at in 0..three().len() {
            for turned in [0x01, 0x80, 0xff] {
                let mut bytes = three();
                bytes[at] ^= turned;
                let read = pieces(&bytes);
                let whole = read.iter().filter(|piece| matches!(piece, Piece::Whole(_)));
                assert_eq!(whole.count(), 2, "byte {at}");
                assert!(read.contains(&Piece::Damaged { most: 1 }), "byte {at}: {read:?}");
                assert!(!read.iter().any(|piece| matches!(piece, Piece::Torn { .. })));
            }
        }
    }
}
