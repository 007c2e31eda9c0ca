//! The devices' interface, version 1. Its messages are [`roomready_shared::wire::v1`].

pub(super) mod assignment;
pub(super) mod credential;
pub(super) mod enroll;
pub(super) mod reports;
