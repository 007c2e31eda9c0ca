//! Sends what the outbox holds to the staff: mail by SMTP, web hooks by HTTP.
//!
//! Each target has a task of its own ([`keep_telling`]) that asks the outbox for its next notice, tries it, and
//! remembers what came of it. So a target that hangs holds up nobody else, and the watch never waits for any. What a
//! notice says and when it is due is decided in [`crate::domain::notice`].

mod body;
mod certificate;
mod deliver;
mod failure;
mod hook;
mod mail;
mod secret;
mod settings;
mod sign;
#[cfg(test)]
mod tests;

pub use deliver::{Telling, keep_telling};
pub use failure::Failure;
pub use settings::{
    Address, Encryption, Hook, HookAddress, HookKind, KeptIn, MOST_RECIPIENTS, MailServer, NotAHookAddress,
    Settings, Way,
};
pub use sign::{IDEMPOTENCY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, is_genuine, signature};
