//! What every request passes through, outermost first. The order is in [`super::router`].

pub(super) mod observe;
pub(super) mod panic_guard;
pub(super) mod security_headers;
pub(super) mod show_refusals;
pub(super) mod time_limit;
