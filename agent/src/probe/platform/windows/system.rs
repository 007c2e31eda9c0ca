//! Which Windows this is, and what its updates have left open.

use roomready_shared::facts::{Os, Outcome, Updates};
use roomready_shared::units::ShortText;

use super::super::told::windows::release::{Release, s_mode};
use super::registry::{self, NoKey};

const RELEASE: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion";
const CODE_INTEGRITY: &str = r"SYSTEM\CurrentControlSet\Control\CI\Policy";
const SERVICING: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing";
const UPDATE: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update";

pub(crate) fn os() -> Outcome<Os> {
    let text = |name| registry::text(RELEASE, name);
    let release = Release {
        build: text("CurrentBuildNumber").or_else(|| text("CurrentBuild")),
        update: registry::number(RELEASE, "UBR"),
        edition: text("EditionID"),
        display_version: text("DisplayVersion").or_else(|| text("ReleaseId")),
        installation: text("InstallationType"),
        product: text("ProductName"),
    };
    let policy = match registry::machine(CODE_INTEGRITY) {
        Ok(key) => Some(s_mode(key.get_u32("SkuPolicyRequired").ok())),
        Err(NoKey::Missing) => Some(s_mode(None)),
        Err(_) => None,
    };
    release
        .understand(&sysinfo::System::cpu_arch(), policy)
        .map_or_else(
            || {
                Outcome::Failed(ShortText::fit(
                    "the registry does not tell which build of Windows this is",
                ))
            },
            Outcome::Measured,
        )
}

/// Two keys exist exactly while a restart is due: for parts of the system, and for Windows Update. File renames that wait
/// for a restart (`PendingFileRenameOperations`) are not asked: browsers and virus scanners leave some nearly always, and a
/// reading that is true everywhere sends people nowhere.
///
/// That an update is staged shows in a third key. That none is found is known to the update service alone, and asking it
/// may start a search in the middle of a test; so "no" is never said.
pub(crate) fn updates() -> Outcome<Updates> {
    let keys = [
        format!(r"{SERVICING}\RebootPending"),
        format!(r"{UPDATE}\RebootRequired"),
    ];
    let found = keys.map(|path| registry::machine(&path).map(drop));
    let restart_pending = if found.contains(&Ok(())) {
        Some(true)
    } else if found.iter().all(|key| *key == Err(NoKey::Missing)) {
        Some(false)
    } else {
        None
    };
    let staged = registry::machine(&format!(r"{SERVICING}\PackagesPending"))
        .is_ok_and(|key| !registry::names(&key).is_empty());
    Outcome::Measured(Updates {
        restart_pending,
        update_pending: staged.then_some(true),
    })
}
