//! What people in a room say and do, as its board shows it, and what somebody may do about it.

use super::frame::{Frame, Link};
use crate::pages::time::LocalTime;

/// The calm strip under the verdict. It looks the same to every viewer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeopleStrip {
    /// Changes whenever [`Actions`] do: an open page then fetches its own panel anew.
    pub mark: String,
    /// Who asks for help.
    pub hand: Option<Said>,
    /// Pauses that go on: `Everybody here is paused since`.
    pub pauses: Vec<Said>,
    /// Seats at which something is wrong, who waits longest first.
    pub troubles: Vec<TroubleLine>,
    /// Where the test stands, as people said: `Started`, `Break`.
    pub run: Option<Said>,
    /// Whether students still work, as people said.
    pub still: Option<Said>,
    /// Who is on the way, newest first.
    pub on_the_way: Vec<Said>,
    /// Who is in the room by a link: `Proctor here since 07:58: A. Jones, substitute`.
    pub proctors: Option<String>,
    /// Pauses that are over: `Paused from 09:10 to 09:35`.
    pub past: Vec<Said>,
    /// Devices that are kept aside: `LIN-4 (seat 4)`.
    pub aside: Vec<Said>,
    /// What was written down, newest first.
    pub notes: Vec<Said>,
}

/// One thing that somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Its number in the record: an open page tells a screen reader of each once.
    pub seq: u64,
    /// What, in a few words; a note as it was written.
    pub words: String,
    /// When.
    pub at: LocalTime,
    /// By whom: `A. Jones, substitute`.
    pub by: String,
}

/// Something wrong at a seat, as people said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TroubleLine {
    /// What: `Seat 4: message 8026`.
    pub said: Said,
    /// What the vendor says about the code.
    pub meaning: Option<Meaning>,
}

/// What a code means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// It is in the profile.
    Known {
        /// What it means.
        meaning: String,
        /// What to do, where the vendor names something.
        action: Option<String>,
    },
    /// It is not.
    Unknown,
}

impl PeopleStrip {
    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let without_mark = Self {
            mark: String::new(),
            ..self.clone()
        };
        without_mark == Self::default()
    }
}

/// What may be done in a room. The same for everybody who may take part; it stands on a person's own page only, never
/// in a live element, because its forms carry that person's token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actions {
    /// Address of the room, under which the forms are.
    pub url: String,
    /// The sitting for which this is; empty without one.
    pub session: String,
    /// Whether we cannot see the room and nobody has said yet whether students work.
    pub ask_still: bool,
    /// What was said about that, to be taken back.
    pub said_still: Option<String>,
    /// Since when everybody here is paused.
    pub paused: Option<String>,
    /// Seats whose test app was closed in good order.
    pub finished: Vec<SeatChoice>,
    /// Seats at which something is wrong: `Seat 4: frozen`.
    pub troubles: Vec<SeatChoice>,
    /// Whether a hand is up, which is then lowered.
    pub hand_is_up: bool,
    /// Where the test may go from here.
    pub steps: Vec<StepForm>,
    /// What can be taken back for a moment, newest first.
    pub undo: Vec<Undo>,
    /// The seats of the room.
    pub seats: Vec<SeatChoice>,
    /// Devices that are kept aside: `LIN-4 (seat 4)`.
    pub aside: Vec<SeatChoice>,
}

/// Of how many finished seats the panel asks at once; more are folded away.
pub const FINISHED_AT_ONCE: usize = 4;

impl Actions {
    /// Whether there is something to answer or to see to now.
    #[must_use]
    pub fn has_first(&self) -> bool {
        self.ask_still || self.paused.is_some() || !self.troubles.is_empty() || !self.finished.is_empty()
    }

    /// Finished seats that are asked about at once.
    #[must_use]
    pub fn finished_first(&self) -> &[SeatChoice] {
        self.finished.get(..FINISHED_AT_ONCE).unwrap_or(&self.finished)
    }

    /// The others.
    #[must_use]
    pub fn finished_rest(&self) -> &[SeatChoice] {
        self.finished.get(FINISHED_AT_ONCE..).unwrap_or_default()
    }
}

/// A seat, or a device, in a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatChoice {
    /// What the form sends: the device's tag.
    pub device: String,
    /// What is read: `Seat 4`.
    pub label: String,
}

/// A step of the room's test, asked for once more before it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepForm {
    /// Part of its address.
    pub slug: &'static str,
    /// What is offered: `Begin a break`.
    pub offer: &'static str,
    /// What it means and what it does not.
    pub meaning: &'static str,
    /// The button: `Yes, begin the break`.
    pub yes: &'static str,
}

/// Something that can be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    /// Its number in the record.
    pub seq: u64,
    /// What it is: `Started 09:02`.
    pub words: String,
    /// Until when: `09:04`.
    pub until: String,
}

/// One seat with all that can be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatPage {
    /// What surrounds it.
    pub frame: Frame,
    /// `Seat 4`.
    pub seat: String,
    /// The device that stands there.
    pub device: String,
    /// What changes while it is open.
    pub now: AtSeat,
    /// The device's own page, for whoever sees devices.
    pub device_url: Option<String>,
    /// Address of the room, under which the forms are.
    pub url: String,
    /// The sitting for which this is; empty without one.
    pub session: String,
    /// The way back.
    pub back: Link,
}

/// What is so at a seat now. It looks the same to every viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtSeat {
    /// `Seat 4`.
    pub seat: String,
    /// The device that stands there.
    pub device: String,
    /// Its status in words, with the reason: `Finished?, TestNav closed at 10:31`.
    pub standing: String,
    /// What to do now: a room's board sends people here for it. None where nothing is to be done.
    pub to_do: Option<String>,
    /// What people said is wrong there.
    pub trouble: Option<TroubleLine>,
    /// Whether its student may have finished.
    pub may_be_finished: bool,
    /// The device stands there no longer.
    pub gone: Option<Gone>,
}

/// A device that is at no seat of the room any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// `LIN-4 was swapped for CART-9 at 9:41.`
    pub words: String,
    /// The seat with the device that stands there now.
    pub instead: Option<Link>,
}

/// Asks once more before a device is swapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwapPage {
    /// What surrounds it.
    pub frame: Frame,
    /// `Give seat 4 another device?`
    pub question: String,
    /// Address of the room, under which the form is.
    pub url: String,
    /// The sitting for which this is; empty without one.
    pub session: String,
    /// The device that is taken away.
    pub old: String,
    /// What changes while it is open.
    pub now: AtSeat,
    /// What was typed of the new one's tag.
    pub typed: String,
    /// Devices whose tag ends like that: name and where it is at home.
    pub found: Vec<SeatChoice>,
    /// The way back.
    pub back: Link,
}

/// Pausing a whole school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolPause {
    /// Address of the school, under which the forms are.
    pub url: String,
    /// Since when everybody is paused.
    pub paused: Option<String>,
    /// What can be taken back for a moment, newest first.
    pub undo: Vec<Undo>,
}

/// Asks once more before something is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmPage {
    /// What surrounds it.
    pub frame: Frame,
    /// `Seat 4 is not answering`
    pub question: String,
    /// What it means and what it does not.
    pub meaning: String,
    /// Where the answer goes.
    pub action: String,
    /// The button: `I am on my way`.
    pub yes: String,
    /// The way back.
    pub back: Link,
}

/// One thing to read, and where to go from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SayPage {
    /// The heading.
    pub headline: String,
    /// What it means, a paragraph each.
    pub words: Vec<String>,
    /// Where to go.
    pub next: Option<Link>,
}
