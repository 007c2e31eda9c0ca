//! Proctor links: the page on which somebody enters, the coordinator's page of a session, the printed sheet.

use super::frame::{Frame, Link};
use crate::account::second_factor::CodeImage;
use crate::pages::time::LocalTime;

/// The page that a link opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnterPage {
    /// `Room 101`.
    pub room: String,
    /// `Grade 7 Math, today 12:30`.
    pub session: String,
    /// The secret of the link, for the form to send back.
    pub token: String,
    /// What was wrong with the last try.
    pub problem: Option<String>,
    /// The name as it was typed.
    pub name: String,
    /// Roles to choose from, each with whether it was chosen.
    pub roles: Vec<(&'static str, bool)>,
}

/// The coordinator's page of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProctorsPage {
    /// What surrounds it.
    pub frame: Frame,
    /// `Grade 7 Math`.
    pub session: String,
    /// `Room 101, Tue 6 Oct, 08:30 to 10:00`.
    pub place_and_time: String,
    /// `Links work from 07:00 to 11:00.`
    pub window: String,
    /// Address of this page, under which its forms are.
    pub url: String,
    /// Why no link is made here, in plain words.
    pub no_links: Option<String>,
    /// Why a sheet carries no code, in plain words.
    pub no_code: Option<String>,
    /// The word to speak, while a link holds.
    pub word: Option<String>,
    /// Links, newest first.
    pub links: Vec<LinkCard>,
    /// Whether one more can be made now.
    pub may_make: bool,
    /// The paper card of this room.
    pub sheet_url: String,
}

/// One link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkCard {
    /// Stable key, for element ids and addresses.
    pub key: String,
    /// `Works until 11:00`, `Ended 09:12`, `Works from 07:00`.
    pub state: String,
    /// Whether somebody can still enter or is inside by it.
    pub holds: bool,
    /// When it was made.
    pub made_at: LocalTime,
    /// By whom.
    pub made_by: String,
    /// `7 wrong room words lately`.
    pub wrong_words: Option<String>,
    /// Its sheet, while its address is still known.
    pub sheet_url: Option<String>,
    /// `2 browsers`.
    pub browsers: String,
    /// Who entered.
    pub inside: Vec<BrowserRow>,
}

/// One browser that entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserRow {
    /// The person's id, for the form that lets them go.
    pub id: String,
    /// Their name, as they gave it.
    pub name: String,
    /// What they are, as they said.
    pub role: String,
    /// Since when.
    pub since: LocalTime,
    /// When last heard; none once let go.
    pub last_seen: Option<LocalTime>,
}

/// What hangs in a room or lies in a binder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetPage {
    /// `Cedar Valley Schools`.
    pub district: String,
    /// `Lincoln Middle School`.
    pub school: String,
    /// `Room 101`.
    pub room: String,
    /// `Grade 7 Math`.
    pub session: String,
    /// `Tue 6 Oct, 08:30 to 10:00`.
    pub times: String,
    /// The district's own rule about telephones.
    pub phone_rule: Option<String>,
    /// What the district has approved for this test: what it is about, and what to do.
    pub approved: Vec<(String, String)>,
    /// What is on it.
    pub kind: SheetKind,
    /// The coordinator's page, for the screen only.
    pub back: Link,
}

/// What a sheet is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetKind {
    /// A link for proctors' screens.
    Link {
        /// `07:00 to 11:00`.
        works: String,
        /// The address, in pieces that are read and typed one by one.
        address: Vec<String>,
        /// The code to scan, where the district allows telephones.
        code: Option<CodeImage>,
        /// Why there is none.
        no_code: Option<String>,
    },
    /// A card to fill in by hand.
    Paper,
}
