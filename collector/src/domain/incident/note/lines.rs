//! A note as lines of the record: a whole school in one incident is more than one line may hold.

use serde::Serialize;

use super::{Amended, Change, Note, Opened};
use crate::domain::entry::MOST_BODY_BYTES;

/// Bytes of members or changes in one line; the rest is for what else stands in it: rooms, what is ruled out.
const MOST_BYTES: usize = MOST_BODY_BYTES / 2;

impl Note {
    /// The same as one or more notes that each fit into a line. Folded in their order they come to the same: members
    /// that do not fit have joined, changes that do not fit follow in an amendment of the same moment.
    #[must_use]
    pub fn lines(&self) -> Vec<Self> {
        match self {
            Self::Opened(opened) => {
                let mut pieces = pieces(&opened.members).into_iter();
                let first = Opened {
                    members: pieces.next().unwrap_or_default(),
                    ..opened.clone()
                };
                let joined = pieces.map(|members| {
                    Self::Amended(Amended {
                        incident: opened.incident.clone(),
                        at: opened.detected,
                        changes: members.into_iter().map(Change::Joined).collect(),
                    })
                });
                std::iter::once(Self::Opened(first)).chain(joined).collect()
            }
            Self::Amended(amended) => {
                let of = |changes| {
                    Self::Amended(Amended {
                        changes,
                        ..amended.clone()
                    })
                };
                pieces(&amended.changes).into_iter().map(of).collect()
            }
            Self::Ended(_)
            | Self::SeatStarted(_)
            | Self::SeatFinished(_)
            | Self::Phase(_)
            | Self::Blind(_) => vec![self.clone()],
        }
    }
}

/// In order, as few as there must be; one empty piece of nothing.
fn pieces<T: Serialize + Clone>(items: &[T]) -> Vec<Vec<T>> {
    let mut pieces = vec![Vec::new()];
    let mut bytes = 0;
    for item in items {
        let takes = serde_json::to_string(item).map_or(0, |text| text.len() + 1);
        if bytes + takes > MOST_BYTES && bytes > 0 {
            pieces.push(Vec::new());
            bytes = 0;
        }
        bytes += takes;
        if let Some(piece) = pieces.last_mut() {
            piece.push(item.clone());
        }
    }
    pieces
}
