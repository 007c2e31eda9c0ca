//! Putting a notice on the screen: the only place of this package that can.

use notify_rust::{Notification, Timeout};

use crate::words::Shown;

const NAME: &str = "RoomReady";

/// A notice cannot be shown.
#[derive(Debug, thiserror::Error)]
#[error(
    "this desktop shows no notices ({0}); start roomready-watch in your own session, with a notification service running"
)]
pub struct NoDesktop(String);

fn refused(error: &notify_rust::error::Error) -> NoDesktop {
    NoDesktop(error.to_string())
}

/// Whether somebody shows notices here.
///
/// # Errors
/// When nobody does.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn is_there() -> Result<(), NoDesktop> {
    notify_rust::get_server_information()
        .map(drop)
        .map_err(|error| refused(&error))
}

/// Windows and macOS always have somebody.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub fn is_there() -> Result<(), NoDesktop> {
    Ok(())
}

/// Shows one. It stays until somebody closes it, where the desktop lets it.
///
/// # Errors
/// When nobody shows notices here.
pub fn show(shown: &Shown) -> Result<(), NoDesktop> {
    let mut notification = Notification::new();
    notification
        .appname(NAME)
        .summary(&shown.title)
        .body(&body(&shown.body))
        .timeout(if shown.urgent {
            Timeout::Never
        } else {
            Timeout::Default
        });
    #[cfg(not(target_os = "macos"))]
    notification.urgency(if shown.urgent {
        notify_rust::Urgency::Critical
    } else {
        notify_rust::Urgency::Normal
    });
    notification.show().map(drop).map_err(|error| refused(&error))
}

/// Names of rooms are people's own text: on desktops that read markup it must not be read as such.
#[cfg(all(unix, not(target_os = "macos")))]
fn body(text: &str) -> String {
    let capabilities = notify_rust::get_capabilities().unwrap_or_default();
    if capabilities.iter().any(|capability| capability == "body-markup") {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    } else {
        text.to_owned()
    }
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn body(text: &str) -> String {
    text.to_owned()
}
