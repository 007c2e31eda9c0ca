//! From a raw request to something a handler can trust.

pub(super) mod body;
pub(super) mod device;
pub(super) mod json_limits;
pub(super) mod message;
pub(super) mod person;
pub(super) mod sent;
pub(super) mod watching;
