//! What this system says of its own end and sleep. What follows from it is decided in [`crate::leaving`].

#[cfg(target_os = "linux")]
mod linux;

use std::sync::Arc;

use crate::ports::Leaving;

/// Whatever this system says by itself. On Windows the service manager says it; see [`super::service`].
#[cfg(target_os = "linux")]
#[must_use]
pub fn system() -> Arc<dyn Leaving> {
    Arc::new(linux::Systemd)
}

/// Nothing is known there: each stop is only a stop.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn system() -> Arc<dyn Leaving> {
    Arc::new(crate::ports::Silent)
}
