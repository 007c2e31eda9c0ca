//! Devices at a test that no session expects: what a row says of them, and where somebody decides.

use super::frame::{Frame, Link};
use super::people::{Said, SeatChoice, Undo};

/// What the row of a room says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// `Did Room 204 move? 14 of its 28 devices have the test app open, and it has no session now.`
    pub words: String,
    /// Where somebody who takes part decides.
    pub offer: Link,
}

/// The devices of one room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnexpectedPage {
    /// What surrounds it.
    pub frame: Frame,
    /// `Room 204`.
    pub room: String,
    /// What changes while it is open.
    pub now: Unexpected,
    /// The way back.
    pub back: Link,
}

/// What is to be decided, and what was. It looks the same to every viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unexpected {
    /// Address of the room.
    pub url: String,
    /// Where the whole room may have moved: what is asked, and what is seen.
    pub moved: Option<Moved>,
    /// Each device.
    pub devices: Vec<UnexpectedDevice>,
    /// Those that are left alone, the latest first.
    pub left: Vec<LeftAlone>,
}

/// A whole room at a test without a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// `Did Room 204 move?`
    pub question: String,
    /// `14 of its 28 devices have the test app open, and it has no session now.`
    pub seen: String,
    /// The sessions of the school that go on now, each with its board.
    pub sessions: Vec<Link>,
}

/// One device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnexpectedDevice {
    /// Stable key, for the element id.
    pub key: String,
    /// Its tag.
    pub name: String,
    /// Where its seat is chosen.
    pub seat_url: String,
}

/// One that is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftAlone {
    /// Which, since when and by whom.
    pub said: Said,
    /// How that is taken back, for a moment.
    pub undo: Option<Undo>,
}

/// Asks at which seat a device stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChooseSeatPage {
    /// What surrounds it.
    pub frame: Frame,
    /// `At which seat of Room 101 is B-1?`
    pub question: String,
    /// The device's tag.
    pub device: String,
    /// Address of the room, under which the form is.
    pub url: String,
    /// The sitting for which this is; empty without one.
    pub session: String,
    /// Its seats, those without a device at its test first.
    pub seats: Vec<SeatChoice>,
    /// Other rooms that test now.
    pub rooms: Vec<Link>,
    /// The way back.
    pub back: Link,
}
