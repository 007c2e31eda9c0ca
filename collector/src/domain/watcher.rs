//! Staff computers that show notices for somebody: how one is let in, and where none may be.
//!
//! A program on the computer asks, and is given a code. Its person reads the code there, opens a page in the browser where
//! they are signed in, sees the same code and confirms; the program then fetches a token, once. So no password is ever typed
//! into it, and a link that somebody sends shows a code that is on no screen of theirs.

mod code;
mod offers;
mod seat;
#[cfg(test)]
mod tests;

pub use code::{CODE_LETTERS, NotACode, WatchCode};
pub use offers::{Asked, Gone, Offer, Offers, TooMany};
pub use seat::{StudentsDevice, may_show_here};
