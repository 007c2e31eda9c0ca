//! What people in a room say and do: a fold over entries of the record.
//!
//! An [`Act`] is one entry by a person. [`RoomActs`] holds those of a room, and [`RoomActs::now`] says what they come
//! to for the sitting of the moment. Nothing is taken out of the record: what was pressed by mistake is undone by a
//! further entry. The watch does not judge by any of it yet; it goes by the timetable and the devices.

mod deed;
mod fold;
mod note_text;
mod rule;
#[cfg(test)]
mod tests;

pub use deed::{Act, Deed, NotAnAct};
pub use fold::{MOST_ACTS_A_ROOM, Now, OnTheWay, RoomActs, Run};
pub use note_text::{MOST_NOTE_CHARACTERS, NotANoteText, NoteText};
pub use rule::{MOST_ACTS_A_MINUTE, NotNow, ON_THE_WAY_FOR, UNDO_WITHIN};
