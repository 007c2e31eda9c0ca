//! The devices behind a number.

use super::{
    frame::{EmptyState, Frame, Link},
    standing::Standing,
};
use crate::pages::time::LocalTime;

/// Devices of a place, all or of one standing (`?show=lost`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceList {
    /// What surrounds it.
    pub frame: Frame,
    /// Whose devices: `Lincoln Middle School`.
    pub place: String,
    /// Only this standing, if one was chosen.
    pub only: Option<Standing>,
    /// Address of the same list with all devices.
    pub all_url: String,
    /// The devices, worst first.
    pub rows: Vec<DeviceRow>,
    /// What to read while there are none.
    pub empty: EmptyState,
}

/// One device of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// Device and its page.
    pub device: Link,
    /// Room and its board; none for a device without a room.
    pub room: Option<Link>,
    /// `12`; none without a seat.
    pub seat: Option<String>,
    /// Its status.
    pub standing: Standing,
    /// Why, in a few words.
    pub reason: Option<String>,
    /// When it was last heard; none if never.
    pub last_heard: Option<LocalTime>,
}
