//! How many devices stand how: the bar and the numbers beside it.

use super::standing::{Standing, Tone};

/// One number of a tally and the devices behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// Which standing.
    pub standing: Standing,
    /// How many devices; never 0.
    pub devices: usize,
    /// Where those devices are listed, if anywhere.
    pub url: Option<String>,
}

/// Devices counted by standing, worst first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    counts: Vec<Count>,
}

/// One piece of the drawn bar, in thousandths of its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// How loudly it is drawn.
    pub tone: Tone,
    /// Where it starts.
    pub start: usize,
    /// How wide it is; at least [`THINNEST_PIECE`].
    pub width: usize,
}

/// Width of the whole bar in the drawing's own units.
pub const BAR_WIDTH: usize = 1000;
/// One lost device among 2,000 must still be visible, so no piece is thinner than this.
pub const THINNEST_PIECE: usize = 12;
/// Space between two pieces, so that neighbours are told apart without colour.
const GAP: usize = 4;

impl Tally {
    /// Counts standings; `url_of` gives the address of the list behind each number.
    pub fn of(
        standings: impl IntoIterator<Item = Standing>,
        url_of: impl Fn(Standing) -> Option<String>,
    ) -> Self {
        let mut by_standing = [0_usize; Standing::ALL.len()];
        for standing in standings {
            for (slot, known) in by_standing.iter_mut().zip(Standing::ALL) {
                *slot += usize::from(known == standing);
            }
        }
        let counts = Standing::ALL
            .into_iter()
            .zip(by_standing)
            .filter(|(_, devices)| *devices > 0)
            .map(|(standing, devices)| Count {
                standing,
                devices,
                url: url_of(standing),
            })
            .collect();
        Self { counts }
    }

    /// The numbers, worst first, without zeros.
    #[must_use]
    pub fn counts(&self) -> &[Count] {
        &self.counts
    }

    /// All devices.
    #[must_use]
    pub fn total(&self) -> usize {
        self.counts.iter().map(|count| count.devices).sum()
    }

    /// Devices of this standing.
    #[must_use]
    pub fn devices(&self, standing: Standing) -> usize {
        self.counts
            .iter()
            .find(|count| count.standing == standing)
            .map_or(0, |count| count.devices)
    }

    /// Devices shown this loudly.
    #[must_use]
    pub fn with_tone(&self, tone: Tone) -> usize {
        self.counts
            .iter()
            .filter(|count| count.standing.tone() == tone)
            .map(|count| count.devices)
            .sum()
    }

    /// The worst standing anybody has.
    #[must_use]
    pub fn worst(&self) -> Option<Standing> {
        self.counts.first().map(|count| count.standing)
    }

    /// The bar, one piece per standing, filling [`BAR_WIDTH`].
    #[must_use]
    pub fn pieces(&self) -> Vec<Piece> {
        let total = self.total();
        let room = BAR_WIDTH - GAP * self.counts.len().saturating_sub(1) - THINNEST_PIECE * self.counts.len();
        let mut start = 0;
        let mut pieces = Vec::with_capacity(self.counts.len());
        for count in &self.counts {
            let width = THINNEST_PIECE + room * count.devices / total;
            pieces.push(Piece {
                tone: count.standing.tone(),
                start,
                width,
            });
            start += width + GAP;
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_comes_first_and_zeros_stay_out() {
        let tally = Tally::of([Standing::Ready, Standing::Lost, Standing::Ready], |standing| {
            Some(standing.slug().into())
        });
        assert_eq!(tally.total(), 3);
        assert_eq!(tally.worst(), Some(Standing::Lost));
        let said: Vec<_> = tally
            .counts()
            .iter()
            .map(|count| (count.standing, count.devices))
            .collect();
        assert_eq!(said, [(Standing::Lost, 1), (Standing::Ready, 2)]);
        assert_eq!(tally.counts()[0].url.as_deref(), Some("lost"));
    }

    #[test]
    fn one_lost_device_among_two_thousand_is_still_seen_and_the_bar_never_overflows() {
        let mut standings = vec![Standing::Working; 2_000];
        standings.extend(Standing::ALL);
        let pieces = Tally::of(standings, |_| None).pieces();
        assert!(pieces.iter().all(|piece| piece.width >= THINNEST_PIECE));
        let last = pieces.last().unwrap();
        assert!(
            last.start + last.width <= BAR_WIDTH,
            "the bar ends at {}",
            last.start + last.width
        );
    }

    #[test]
    fn nobody_is_an_empty_bar() {
        assert!(Tally::of([], |_| None).pieces().is_empty());
    }
}
