//! The rule of a stream, pure, so that both backends keep the very same one: take only the record that is wanted
//! next, treat lower numbers as done, move past declared losses, say where a gap begins.

use roomready_shared::wire::v1::{Lost, Refused};

use super::{Batch, Offered};

/// What a batch means to a stream that wants a certain number next.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict<'a> {
    /// The number wanted after it.
    pub(super) next_wanted: u64,
    /// Records to take, in order: understood ones to store, others to keep aside.
    pub(super) take: Vec<&'a Offered>,
    /// Losses that moved the stream on.
    pub(super) lost: Vec<Lost>,
    /// Where a gap begins.
    pub(super) expected: Option<u64>,
    /// What to tell about records that were not understood, repeated ones too: the reply to them may have been lost.
    pub(super) refused: Vec<Refused>,
}

/// Judges a batch.
pub(super) fn judge(next_wanted: u64, batch: &Batch) -> Verdict<'_> {
    let mut next = next_wanted;
    let mut take = Vec::new();
    let mut lost = Vec::new();
    let mut losses = batch.lost.clone();
    losses.sort_unstable_by_key(|loss| loss.from);
    let mut losses = losses.into_iter().peekable();
    let mut news = batch.news.iter().peekable();
    loop {
        // A record that is there is taken even where it is also declared lost: what we have, we have.
        if news.next_if(|offered| offered.seq() < next).is_some() {
            continue;
        }
        if let Some(offered) = news.next_if(|offered| offered.seq() == next) {
            take.push(offered);
            next += 1;
        } else if losses.next_if(|loss| loss.to < next).is_some() {
            // Done before, or just now.
        } else if let Some(loss) = losses.peek().filter(|loss| loss.from <= next) {
            // A record that is here interrupts a loss that claims it; the rest of the loss comes after it.
            let to = news
                .peek()
                .map_or(loss.to, |offered| loss.to.min(offered.seq() - 1));
            lost.push(Lost {
                from: next,
                to,
                why: loss.why,
            });
            next = to + 1;
        } else {
            break;
        }
    }
    let gap = batch.first_seq > next || news.peek().is_some() || losses.peek().is_some();
    let refused = batch
        .news
        .iter()
        .take_while(|offered| offered.seq() < next)
        .filter_map(|offered| match offered {
            Offered::Understood(_) => None,
            Offered::NotUnderstood { raw, why } => Some(Refused {
                seq: raw.seq,
                why: why.clone(),
            }),
        })
        .collect();
    Verdict {
        next_wanted: next,
        take,
        lost,
        expected: gap.then_some(next),
        refused,
    }
}

#[cfg(test)]
mod tests;
