//! What people in a room say and do: a fold over entries of the record.
//!
//! An [`Act`] is one entry by a person, about a room or about every room of a school. [`Acts`] holds those of one of
//! the two, and [`Acts::now`] says what they come to for the sitting of the moment; [`pauses`] says when students did
//! not test because people said so. Nothing is taken out of the record: what was pressed by mistake is undone by a
//! further entry.

mod clock_time;
mod code_text;
mod deed;
mod fold;
mod note_text;
mod pauses;
mod rule;
mod spot;
#[cfg(test)]
mod tests;
mod written;

pub use clock_time::at_clock;
pub use code_text::{CodeText, MOST_CODE_CHARACTERS, NotACode};
pub use deed::{About, Act, Deed, Press, StillWorking, Symptom};
pub use fold::{Acts, MOST_ACTS_A_ROOM, MOST_KEYS_A_ROOM, Now, OnTheWay, Run, Trouble};
pub use note_text::{MOST_NOTE_CHARACTERS, NotANoteText, NoteText};
pub use pauses::{Stretch, Why, pauses};
pub use rule::{LEFT_ALONE_FOR, MOST_ACTS_A_MINUTE, Moment, NotNow, ON_THE_WAY_FOR, UNDO_WITHIN};
pub use spot::{Machine, Spot};
pub use written::NotAnAct;
