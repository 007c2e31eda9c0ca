//! The first set-up: from an empty data folder to the first device.

use super::account::Way;
use super::form::{Choice, Field};
use super::frame::{Frame, Link};

/// The first person makes their account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetUpStartPage {
    /// Where one is.
    pub way: Way,
    /// The link's secret.
    pub token: String,
    /// Name, and the password twice.
    pub fields: Vec<Field>,
}

/// The district, its first school and rooms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetUpDistrictPage {
    /// Surroundings.
    pub frame: Frame,
    /// Where one is.
    pub way: Way,
    /// The district's name.
    pub district: Field,
    /// Time zones near by.
    pub zones_near: Vec<Choice>,
    /// All others.
    pub zones: Vec<Choice>,
    /// What was wrong with the zone.
    pub wrong_zone: Option<String>,
    /// The school's name.
    pub school: Field,
    /// Its rooms.
    pub rooms: Field,
    /// What devices are checked for.
    pub platforms: Vec<Choice>,
    /// What was wrong with that.
    pub wrong_platform: Option<String>,
}

impl SetUpDistrictPage {
    /// Whether one of the zones is chosen: a wrong one that nobody chose would make every time on every page wrong.
    #[must_use]
    pub fn knows_zone(&self) -> bool {
        self.zones_near.iter().chain(&self.zones).any(|zone| zone.chosen)
    }
}

/// The first device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetUpDevicePage {
    /// Surroundings.
    pub frame: Frame,
    /// Where one is.
    pub way: Way,
    /// The district came with a configuration file, so its page was left out.
    pub district_given: bool,
    /// The room it will stand in, with its board.
    pub room: Link,
    /// What was made for it; none before.
    pub key: Option<FirstKey>,
    /// Where to press for a key.
    pub make_url: String,
}

/// A key for the first device, shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstKey {
    /// The key itself, for the download.
    pub key: String,
    /// How many devices it lets in.
    pub uses: u32,
    /// The one line to paste on a device.
    pub command: String,
    /// It uses the downloaded file, which also tells the device whom to trust.
    pub file_only: bool,
    /// The room's summary as its board shows it, which changes by itself.
    pub tally: super::Tally,
    /// The room's tiles, likewise.
    pub seats: Vec<super::SeatTile>,
}
