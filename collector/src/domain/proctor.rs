//! Proctors: who enters a room without an account, by a link for one sitting, and for how long.
//!
//! A link belongs to a sitting, not to an hour or a room: all that follows from it is asked of the timetable as it
//! stands now, so a sitting that is moved takes its links with it. The link alone opens nothing. It is on paper and
//! may be photographed; who opens it says their name and the room word, which is spoken.

mod entering;
mod guesses;
mod link;
mod screen;
mod state;
#[cfg(test)]
mod tests;

pub use entering::{Capacity, Entrant, MOST_BROWSERS_A_LINK, NotACapacity, NotEntered, Proctor, enter};
pub use guesses::{Guesses, Origin};
pub use link::{MOST_LINKS_A_SESSION, NotARoomWord, ProctorLink, RoomWord, word_for};
pub use screen::{MOST_PHONE_RULE_CHARACTERS, NotAPhoneRule, PhoneRule, ProctorScreen, Proctoring};
pub use state::{CLOSES_AFTER, LinkState, OPENS_BEFORE, Window, sitting_of};
