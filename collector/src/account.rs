//! What proves that somebody is who they say: passwords, second factors, and how often a guess may be made.
//!
//! Pure but for [`Checker`], which keeps slow password checks off the threads that answer requests: no HTTP, no SQL,
//! no clock. Who may do what, once known, is another room's subject.

mod checker;
mod failures;
mod half_way;
pub mod password;
pub mod second_factor;
pub mod throttle;

pub use checker::{Busy, Checker, Verified};
pub use failures::Failures;
pub use half_way::{HalfWay, HalfWays};
pub use password::{Password, PasswordHash, Unfit};
pub use second_factor::{CodeImage, Step, TotpSecret};
pub use throttle::{Attempt, Throttle, Wait};
