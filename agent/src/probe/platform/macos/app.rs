//! Installed apps by their own description.

use std::path::{Path, PathBuf};

use roomready_shared::requirement::AppIdentity;
use roomready_shared::units::Version;

use super::super::Registered;
use super::property_list;
use super::told::bundle::{Bundle, bundle, mark};

/// Where apps for all users are.
const FOLDERS: [&str; 2] = ["/Applications", "/Applications/Utilities"];
/// A Mac has a hundred or two.
const MAX_APPS: usize = 1_000;

/// By bundle id. Apps that a team has signed are not looked for by the team: that would open the signature of each app.
pub(crate) fn registered(app: &AppIdentity) -> Option<Registered> {
    if app.bundle_ids.is_empty() {
        return None;
    }
    let apps = FOLDERS
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten().flatten())
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "app"));
    apps.take(MAX_APPS).find_map(|path| {
        let described = described(&path)?;
        let mark = mark(described.id.as_deref()?, &app.bundle_ids)?.clone();
        Some(Registered {
            version: described.version,
            mark,
        })
    })
}

/// The version of the app in this folder.
pub(crate) fn app_version(path: &Path) -> Option<Version> {
    described(path)?.version
}

fn described(app: &Path) -> Option<Bundle> {
    let list: PathBuf = app.join("Contents/Info.plist");
    property_list::file(&list).ok().map(|list| bundle(&list))
}
