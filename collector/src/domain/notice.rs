//! Telling the staff: which notice is due to whom, from the cases of each school, who is on the way, the settings and now.
//!
//! A *case* is what somebody has to come for: an open incident, or a raised hand. A *target* is whom to tell, on one of
//! three steps: the first is told at once, the second and the third when nobody is on the way for so long. Each target
//! hears of a case once, once more each time that "on my way" has run out with the case still open, and once when it is
//! over. [`due`] decides, [`Ledger`] remembers as a fold over the notices of the outbox; so a restart, which reads both
//! record and outbox, neither loses nor doubles a notice: ids are drawn from what a notice tells of.
//!
//! Nothing in a notice names a person or a device.

mod case;
mod delivery;
mod due;
mod ledger;
mod message;
mod plan;
#[cfg(test)]
mod tests;
mod words;

pub use case::{Case, CaseKey, highest_step};
pub use delivery::{GIVEN_UP_AFTER, next_try};
pub use due::{Due, GATHER_FOR, MOST_AN_HOUR, SUMMARY_EVERY, due};
pub use ledger::{FORGOTTEN_AFTER, Ledger};
pub use message::{Item, Kind, MOST_ITEMS, NotANoticeId, Notice, NoticeId, What};
pub use plan::{Ladder, MOST_TARGETS, NoticePlan, Step, Target};
pub use words::{cause, problem, subject, text};
