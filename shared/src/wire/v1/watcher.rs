//! What `roomready-watch` on a staff computer and the collector say to each other.
//!
//! | request | answer |
//! |---|---|
//! | `POST /api/v1/watchers` [`WatchRequest`] | [`WatchOffer`] |
//! | `POST /api/v1/watchers/token` [`WatchAsk`] | [`WatchGrant`], or 202 [`WatchPending`] until somebody has confirmed |
//! | `GET /api/v1/incidents/live` (server-sent events) | a [`Sight`] at once and after each change; `heartbeat` events between |
//! | `DELETE /api/v1/watchers/token` (no body) | 204: this token ends |
//!
//! The last two are sent as `authorization: Bearer` with the token of the grant. No message carries a person's name.

use serde::{Deserialize, Serialize};

use crate::units::{ShortText, Timestamp};

/// Most matters in one [`Sight`]: a district's worst day has some tens open at once.
pub const MAX_MATTERS: usize = 100;
/// Largest [`Sight`] as JSON: [`MAX_MATTERS`] of some 600 bytes.
pub const MAX_SIGHT_BYTES: usize = 128 * 1024;
/// The header by which a watcher says on which computer it runs, and the one that says whether an agent is installed there.
pub const COMPUTER_HEADER: &str = "roomready-computer";
/// See [`COMPUTER_HEADER`]: `yes` or `no`.
pub const AGENT_HEADER: &str = "roomready-agent-here";

/// A staff computer wants to show notices for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WatchRequest {
    /// What the computer calls itself, for the person who confirms.
    pub computer: ShortText,
    /// Whether an agent is installed on it: then it may be a student's.
    pub agent_here: bool,
    /// Version of the program.
    pub version: ShortText,
}

/// How somebody confirms it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WatchOffer {
    /// What the program shows to ask for its token. Secret.
    pub request: String,
    /// What the person reads on both screens: `BCDF-GHJK`.
    pub code: String,
    /// The path of the page on which they confirm.
    pub page: String,
    /// Seconds until this offer ends.
    pub ends_in_s: u32,
    /// Seconds between two questions for the token.
    pub ask_every_s: u32,
}

/// Has somebody confirmed?
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WatchAsk {
    /// From the [`WatchOffer`].
    pub request: String,
}

/// Nobody has yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WatchPending {
    /// Seconds until the offer ends.
    pub ends_in_s: u32,
}

/// Somebody has. Told once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WatchGrant {
    /// What the program shows from now on. Secret.
    pub token: String,
    /// First moment at which it no longer holds.
    pub ends: Timestamp,
}

/// What is open in the scope of a token's owner, all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sight {
    /// When it was so, by the collector's clock.
    pub at: Timestamp,
    /// Worst first, at most [`MAX_MATTERS`].
    pub matters: Vec<Matter>,
    /// How many more there are.
    pub more: u32,
}

/// Something that somebody should see to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Matter {
    /// The same for as long as it is open.
    pub id: ShortText,
    /// What it is.
    pub kind: MatterKind,
    /// Where, for people: `Room 204, Lincoln Middle School`.
    pub place: ShortText,
    /// What, for people. Never a person's name.
    pub what: ShortText,
    /// Since when.
    pub since: Timestamp,
    /// How many devices it is about; none of a raised hand.
    pub devices: u32,
    /// Whether somebody has said that they are on their way, and that still holds.
    pub on_the_way: bool,
    /// The path of its page.
    pub page: String,
}

/// What kind of matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MatterKind {
    /// Somebody in a room asked for help.
    Hand,
    /// An incident is open.
    Incident,
}

macro_rules! secret {
    ($($name:ident)*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}

secret! { WatchOffer WatchAsk WatchGrant }
