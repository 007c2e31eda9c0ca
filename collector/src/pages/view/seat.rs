//! One seat on the room board.

use super::standing::Standing;

/// One tile. It looks the same to every viewer, so one rendering serves all open pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatTile {
    /// Stable key of the tile on this board, for its element id: letters, digits, `-`, `_`. A seat number or a device id.
    pub key: String,
    /// What is written large: `12`; a device without a seat shows its short name.
    pub label: String,
    /// Place in seat order, from 0.
    pub place: usize,
    /// Its status.
    pub standing: Standing,
    /// One short reason in plain words (`silent since 10:41`, `31 GB disk, 32 needed`); none where all is well.
    pub reason: Option<String>,
    /// Its battery, when known.
    pub battery: Option<Battery>,
    /// The device's own page; none while the seat has no device.
    pub url: Option<String>,
    /// Name of the device, read to those who do not see the board.
    pub device: Option<String>,
}

impl SeatTile {
    /// How the tile is called in a sentence: `seat 12`, or the device's own name where the label is no number.
    #[must_use]
    pub fn spoken_label(&self) -> String {
        if self.is_numbered() {
            format!("seat {}", self.label)
        } else {
            self.label.clone()
        }
    }

    /// Whether the label is a seat number and not the name of a device without a seat.
    #[must_use]
    pub fn is_numbered(&self) -> bool {
        self.label.starts_with(|first: char| first.is_ascii_digit())
    }
}

/// A battery as a tile shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Battery {
    /// Charge, 0 to 100.
    pub percent: u8,
    /// Whether it is plugged in.
    pub charging: bool,
    /// Whether it is too low for what is left of this seat's time.
    pub low: bool,
}

impl Battery {
    /// Width of the charge in the small drawing, 0 to 14 units.
    #[must_use]
    pub fn fill(self) -> u8 {
        self.percent.min(100) / 7
    }
}

/// In which order the tiles stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SeatOrder {
    /// Who needs a person stands first.
    #[default]
    WorstFirst,
    /// As the seats stand in the room.
    BySeat,
}

impl SeatOrder {
    /// Value of `?order=` and of the cookie that remembers it.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::WorstFirst => "worst",
            Self::BySeat => "seat",
        }
    }

    /// The order of that name.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        [Self::WorstFirst, Self::BySeat]
            .into_iter()
            .find(|order| order.slug() == slug)
    }

    /// Puts the tiles in this order.
    pub fn sort(self, seats: &mut [SeatTile]) {
        match self {
            Self::WorstFirst => seats.sort_by_key(|seat| (seat.standing.rank(), seat.place)),
            Self::BySeat => seats.sort_by_key(|seat| seat.place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_remembered_by_its_name() {
        for order in [SeatOrder::WorstFirst, SeatOrder::BySeat] {
            assert_eq!(SeatOrder::from_slug(order.slug()), Some(order));
        }
        assert_eq!(SeatOrder::from_slug("alphabet"), None);
    }

    #[test]
    fn the_smallest_battery_drawing_is_empty_and_the_largest_stays_inside() {
        let fill = |percent| {
            Battery {
                percent,
                charging: false,
                low: false,
            }
            .fill()
        };
        assert_eq!(
            (fill(0), fill(6), fill(50), fill(100), fill(255)),
            (0, 0, 7, 14, 14)
        );
    }
}
