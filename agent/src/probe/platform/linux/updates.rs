//! Updates and restarts that wait, by the marks that distributions leave in files. No package manager is started: that
//! takes locks, a network and minutes.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use roomready_shared::facts::{Outcome, Updates};
use roomready_shared::units::{ShortText, Version};

/// Made when an installed update works from the next start only (Debian, Ubuntu).
const RESTART_MARKS: [&str; 2] = ["run/reboot-required", "var/run/reboot-required"];
/// An image or a set of packages that the next start takes (Fedora and its relatives).
const NEXT_START_MARKS: [&str; 3] = [
    "system-update",
    "etc/system-update",
    "run/ostree/staged-deployment",
];
/// What makes the first marks: where one of these is installed, no mark means that no restart waits.
const MARKERS: [&str; 3] = [
    "usr/share/update-notifier/notify-reboot-required",
    "etc/kernel/postinst.d/unattended-upgrades",
    "etc/kernel/postinst.d/update-notifier",
];
/// Downloaded and ready (PackageKit).
const PREPARED_MARK: &str = "var/lib/PackageKit/prepared-update";
/// "12 updates can be applied immediately." (Ubuntu, once a day)
const AVAILABLE: &str = "var/lib/update-notifier/updates-available";
/// Kernels that are installed, by the folders of their modules.
const KERNELS: [&str; 2] = ["usr/lib/modules", "lib/modules"];

/// Reads them below a root. `running` is the kernel's own release, `started` the moment of the last start.
pub(super) fn read(root: &Path, running: &str, started: Option<SystemTime>) -> Outcome<Updates> {
    // A mark may be a link to something that is not mounted yet.
    let there = |file: &str| root.join(file).symlink_metadata().is_ok();
    let next_start = NEXT_START_MARKS.iter().any(|file| there(file));
    let restart_pending = if next_start
        || RESTART_MARKS.iter().any(|file| there(file))
        || started.is_some_and(|started| newer_kernel(root, running, started))
    {
        Some(true)
    } else {
        MARKERS.iter().any(|file| there(file)).then_some(false)
    };
    let update_pending = if next_start || there(PREPARED_MARK) {
        Some(true)
    } else {
        available(root)
    };
    if restart_pending.is_none() && update_pending.is_none() {
        return Outcome::Unsupported(ShortText::fit(
            "this system leaves no mark when an update waits for a restart; on Debian the package unattended-upgrades makes \
             one",
        ));
    }
    Outcome::Measured(Updates {
        restart_pending,
        update_pending,
    })
}

/// The first number of the file's first line that begins with one; the words around it are in the machine's language.
fn available(root: &Path) -> Option<bool> {
    let text = fs::read_to_string(root.join(AVAILABLE)).ok()?;
    let number = text.lines().find_map(|line| {
        let digits: String = line.trim().chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().ok()
    })?;
    Some(number > 0)
}

/// Whether a kernel was installed since the last start that comes before the running one. An older start of an older
/// kernel was somebody's choice.
fn newer_kernel(root: &Path, running: &str, started: SystemTime) -> bool {
    let Some(running_version) = numbers(running) else {
        return false;
    };
    let Some(folders) = KERNELS
        .iter()
        .find_map(|folder| fs::read_dir(root.join(folder)).ok())
    else {
        return false;
    };
    folders.flatten().any(|entry| {
        let name = entry.file_name();
        let installed_since = entry
            .metadata()
            .and_then(|folder| folder.modified())
            .is_ok_and(|at| at > started);
        installed_since
            && name.to_str().is_some_and(|name| {
                flavour(name) == flavour(running)
                    && numbers(name).is_some_and(|version| version > running_version)
                    // A kernel's last file is the list of its modules; headers alone are no kernel.
                    && entry.path().join("modules.dep").exists()
            })
    })
}

/// "6.8.0-45-generic" as 6.8.0.45.
fn numbers(release: &str) -> Option<Version> {
    let dotted: String = release
        .chars()
        .take_while(|letter| letter.is_ascii_digit() || ".-".contains(*letter))
        .map(|letter| if letter == '-' { '.' } else { letter })
        .collect();
    Version::parse(dotted.trim_end_matches('.')).ok()
}

/// What is left of a release's name without its numbers: "generic", "amd64". A machine starts the newest of its own
/// flavour; others may lie beside it.
fn flavour(release: &str) -> &str {
    release.trim_start_matches(|letter: char| letter.is_ascii_digit() || ".-+".contains(letter))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const RUNNING: &str = "6.8.0-45-generic";

    fn put(root: &Path, file: &str, text: &str) {
        let path = root.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn read_at(root: &Path, started: SystemTime) -> (Option<bool>, Option<bool>) {
        match read(root, RUNNING, Some(started)) {
            Outcome::Measured(updates) => (updates.restart_pending, updates.update_pending),
            Outcome::Unsupported(_) => (None, None),
            other => panic!("neither read nor unknown: {other:?}"),
        }
    }

    fn long_ago() -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    #[test]
    fn a_system_that_leaves_no_marks_is_not_called_up_to_date() {
        let root = tempfile::tempdir().expect("a folder");
        assert_eq!(read_at(root.path(), long_ago()), (None, None));
        assert!(matches!(
            read(root.path(), RUNNING, None),
            Outcome::Unsupported(_)
        ));
    }

    #[test]
    fn ubuntu_s_marks_are_understood() {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path();
        put(root, MARKERS[0], "");
        assert_eq!(read_at(root, long_ago()), (Some(false), None));
        let available =
            "\nExpanded Security Maintenance is not enabled.\n\n12 updates can be applied immediately.\n";
        put(root, AVAILABLE, available);
        assert_eq!(read_at(root, long_ago()), (Some(false), Some(true)));
        put(
            root,
            AVAILABLE,
            "\n0 Aktualisierungen können sofort angewendet werden.\n",
        );
        assert_eq!(read_at(root, long_ago()), (Some(false), Some(false)));
        put(root, "run/reboot-required", "*** System restart required ***\n");
        assert_eq!(read_at(root, long_ago()), (Some(true), Some(false)));
    }

    #[test]
    fn what_fedora_keeps_for_the_next_start_is_both() {
        let root = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink("/nowhere/packages", root.path().join("system-update")).expect("a link");
        assert_eq!(read_at(root.path(), long_ago()), (Some(true), Some(true)));
        let root = tempfile::tempdir().expect("a folder");
        put(root.path(), PREPARED_MARK, "");
        assert_eq!(read_at(root.path(), long_ago()), (None, Some(true)));
    }

    #[test]
    fn a_newer_kernel_of_the_same_flavour_waits_only_when_it_came_after_the_start() {
        let kernel = |release: &str| {
            let root = tempfile::tempdir().expect("a folder");
            put(root.path(), &format!("lib/modules/{RUNNING}/modules.dep"), "");
            put(root.path(), &format!("lib/modules/{release}/modules.dep"), "");
            root
        };
        for newer in ["6.8.0-110-generic", "6.11.0-9-generic"] {
            assert_eq!(read_at(kernel(newer).path(), long_ago()).0, Some(true), "{newer}");
        }
        for other in ["6.8.0-44-generic", "6.11.0-9-lowlatency", "6.11.0-9", "extra"] {
            assert_eq!(read_at(kernel(other).path(), long_ago()).0, None, "{other}");
        }
        let tomorrow = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
        assert_eq!(read_at(kernel("6.11.0-9-generic").path(), tomorrow).0, None);
        let headers = tempfile::tempdir().expect("a folder");
        put(headers.path(), "lib/modules/6.11.0-9-generic/build", "");
        assert_eq!(read_at(headers.path(), long_ago()).0, None);
    }
}
