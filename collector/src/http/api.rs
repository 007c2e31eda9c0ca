//! What programs ask, version 1: devices, and staff computers that show notices. Its messages are [`roomready_shared::wire::v1`].

pub(super) mod assignment;
pub(super) mod credential;
pub(super) mod enroll;
pub(super) mod reports;
pub(super) mod watchers;
