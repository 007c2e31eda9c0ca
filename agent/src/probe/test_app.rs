//! The test app: installed and running. Programs are matched here; only a match leaves the device, and of a place
//! only the profile's own words, never a folder that may carry somebody's name.

use std::sync::{Arc, Mutex, PoisonError};

use roomready_shared::facts::{AppInstall, AppRun, Outcome};
use roomready_shared::requirement::AppIdentity;
use roomready_shared::units::{ShortText, Timestamp};
use roomready_shared::wire::v1::ExitKind;
use tokio::sync::Notify;

use super::platform::{self, Followed, Match};

/// Most copies of one app that are followed; a browser-based app runs a handful of processes.
const MAX_FOLLOWED: usize = 16;

/// Looks for it in the places that the profile names, then among what the system keeps of installed programs.
pub(super) fn installed(identity: &AppIdentity) -> Outcome<AppInstall> {
    if !has_marks(identity) {
        return Outcome::Unsupported(ShortText::fit(
            "the requirements do not say where the test app is installed on this system",
        ));
    }
    let mut denied = None;
    for place in &identity.paths {
        for path in platform::expand(place.as_str()) {
            match path.try_exists() {
                Ok(true) => {
                    return Outcome::Measured(AppInstall::Installed {
                        version: platform::app_version(&path)
                            .or_else(|| platform::registered(identity)?.version),
                        place: place.clone(),
                    });
                }
                Ok(false) => {}
                Err(_) => denied = Some(place),
            }
        }
    }
    match (platform::registered(identity), denied) {
        (Some(found), _) => Outcome::Measured(AppInstall::Installed {
            version: found.version,
            place: found.mark,
        }),
        (None, Some(place)) => Outcome::Denied(ShortText::fit(&format!(
            "{place} may not be looked at by this program; let it run as a service"
        ))),
        (None, None) => Outcome::Measured(AppInstall::NotInstalled),
    }
}

/// Whether the profile says anything by which an installed app is known here. A team alone is not looked for: it would
/// open the signature of every app.
fn has_marks(identity: &AppIdentity) -> bool {
    !(identity.paths.is_empty()
        && identity.registry_names.is_empty()
        && identity.upgrade_code.is_none()
        && identity.bundle_ids.is_empty())
}

/// The running app, followed by handle.
#[derive(Default)]
pub(super) struct Follow {
    copies: Mutex<Vec<Arc<Followed>>>,
    changed: Notify,
}

impl Follow {
    /// Follows the copies that a walk has found from now on.
    pub(super) fn take(&self, found: Outcome<Vec<Match>>) -> Outcome<AppRun> {
        let mut found = match found {
            Outcome::Measured(found) => found,
            Outcome::Unsupported(why) => return Outcome::Unsupported(why),
            Outcome::Denied(why) => return Outcome::Denied(why),
            Outcome::Failed(why) => return Outcome::Failed(why),
        };
        // The oldest is the app itself, younger ones are its helpers.
        found.sort_by_key(|copy| (copy.since, copy.pid));
        found.truncate(MAX_FOLLOWED);
        self.follow(&found);
        match found.first() {
            Some(copy) => Outcome::Measured(AppRun::Running {
                since: copy.since.and_then(|at| Timestamp::from_second(at).ok()),
            }),
            None => Outcome::Measured(AppRun::NotRunning),
        }
    }

    fn follow(&self, found: &[Match]) {
        let mut copies = self.copies.lock().unwrap_or_else(PoisonError::into_inner);
        let kept: Vec<Arc<Followed>> = found
            .iter()
            .filter_map(|copy| {
                copies
                    .iter()
                    .find(|followed| followed.is(copy))
                    .cloned()
                    // One that ended between the list and this call is not followed; the next look finds it gone.
                    .or_else(|| Followed::start(*copy).ok().map(Arc::new))
            })
            .collect();
        *copies = kept;
        self.changed.notify_waiters();
    }

    /// Ends when every copy that the latest look found has ended; the oldest one's end says how.
    pub(super) async fn ended(&self) -> ExitKind {
        loop {
            let changed = self.changed.notified();
            let copies: Vec<_> = self.copies.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if copies.is_empty() {
                changed.await;
                continue;
            }
            let all = async {
                let mut how = None;
                for copy in &copies {
                    let exit = copy.ended().await;
                    how.get_or_insert(exit);
                }
                how.unwrap_or(ExitKind::Unknown)
            };
            tokio::select! {
                exit = all => {
                    self.copies.lock().unwrap_or_else(PoisonError::into_inner).clear();
                    return exit;
                }
                // Another look has found other copies.
                () = changed => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
