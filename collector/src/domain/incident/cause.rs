//! What is taken to be the cause of an incident, how surely, and what speaks against others.

use roomready_shared::ids::RoomId;
use roomready_shared::units::ShortText;
use serde::{Deserialize, Serialize};

/// Where the cause lies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CauseKind {
    /// In this device alone.
    #[default]
    Device,
    /// In something that reached several devices at once: an update, a command, somebody's word.
    Together,
    /// In the test app: it fails on several devices of a room at once.
    TestApp,
    /// In this room's Wi-Fi or power.
    RoomNetwork,
    /// In an access point that several rooms share, by the district's own map.
    AccessPoint,
    /// In one of the school's networks, which devices of several rooms stand in by their own word.
    Subnet,
    /// In the school's own network: devices of all its rooms went silent at once.
    SchoolNetwork,
    /// In the school's way to the internet: neither the vendor nor anybody else outside answers.
    SchoolUplink,
    /// In the way to the collector alone: students can go on.
    CollectorPath,
    /// With the vendor: everything else answers.
    Vendor,
    /// Between one part of the school and the vendor: the rest reaches it.
    VendorPath,
}

impl CauseKind {
    /// The word in the record.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Together => "together",
            Self::TestApp => "test_app",
            Self::RoomNetwork => "room_network",
            Self::AccessPoint => "access_point",
            Self::Subnet => "subnet",
            Self::SchoolNetwork => "school_network",
            Self::SchoolUplink => "school_uplink",
            Self::CollectorPath => "collector_path",
            Self::Vendor => "vendor",
            Self::VendorPath => "vendor_path",
        }
    }
}

/// How a cause is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Devices' own readings say so.
    Measured,
    /// It follows from who is affected and who is not.
    #[default]
    Inferred,
    /// People said so.
    Stated,
}

/// Something that was looked at as a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suspect {
    /// The room: others in it are heard.
    Room,
    /// Whatever the rooms share beside the network: devices there that stand in another one are heard.
    OtherNetworks,
    /// The school's network: others elsewhere in it are heard.
    SchoolNetwork,
    /// The school's way out: others here reach somebody outside.
    SchoolUplink,
    /// The vendor: others here reach its hosts.
    Vendor,
    /// The test app: others here have it running.
    TestApp,
}

/// A suspect that is ruled out, with its numbers: "212 of 214 other devices here reach TestNav's servers".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RuledOut {
    /// What is ruled out.
    pub what: Suspect,
    /// So many devices speak against it.
    pub well: u32,
    /// Of so many that could be asked.
    pub of: u32,
}

/// Most suspects that are ruled out beside one cause; there are only so many.
pub const MOST_RULED_OUT: usize = 6;

/// The cause of an incident.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Where it lies.
    pub kind: CauseKind,
    /// How that is known.
    pub confidence: Confidence,
    /// Rooms that it reaches, sorted. Empty for a single device.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rooms: Vec<RoomId>,
    /// What the district's map calls the access point, or the network as its devices tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<ShortText>,
    /// What is ruled out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ruled_out: Vec<RuledOut>,
}

impl Cause {
    /// Whether it lies between a network that its devices still reached and the school's way out, which carried others:
    /// of a fault inside the school that way is ruled out only where devices told that nothing behind their gateway
    /// answered.
    #[must_use]
    pub fn lies_behind_gateway(&self) -> bool {
        self.ruled_out.iter().any(|out| out.what == Suspect::SchoolUplink)
    }

    /// Whether two open incidents with these causes would be one too many.
    #[must_use]
    pub fn same_place(&self, other: &Self) -> bool {
        self.kind != CauseKind::Device
            && self.kind == other.kind
            && (self.named.is_some() || other.named.is_some() || self.rooms == other.rooms)
            && self.named == other.named
    }
}
