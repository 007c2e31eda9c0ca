//! Which machine speaks, and by what right: enrolment keys, where they let a device in, and the credential that a
//! device then holds. Plain functions of what is known, what is asked and the time; both stores follow the same ones.

mod access;
mod admission;
mod key;
mod presence;

pub use access::{Access, AccessRefused, AccessStep, Stepped};
pub use admission::{KnownPlace, MatchedBy, NotAdmitted, RosterPlace, room_for};
pub use key::{EnrolmentKey, KeyId, KeyPlace, KeyRefused, NotAKeyId};
pub use presence::{NOTICED_WITHIN, Presence, Sign};
