//! When the device sleeps by itself, as systemd-logind is set. What each user's desktop sets besides is kept where a
//! service does not look, so with a desktop installed the time on battery is never certain.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use roomready_shared::facts::{Idle, LidAction, Outcome, SleepSettings};
use roomready_shared::units::{Seconds, ShortText};

/// Folders of settings, the weakest first; a file in a later one takes the place of its namesake before.
const FOLDERS: [&str; 4] = [
    "usr/lib/systemd",
    "usr/local/lib/systemd",
    "run/systemd",
    "etc/systemd",
];
/// Most files of one folder that are read; a distribution brings two or three.
const MAX_FILES: usize = 64;
/// Where desktops say that somebody can sign in to them.
const DESKTOPS: [&str; 2] = ["usr/share/wayland-sessions", "usr/share/xsessions"];
/// What every way to sleep goes through. Masked, the device cannot sleep, whoever asks.
const EVERY_SLEEP: &str = "sleep.target";
/// The two that desktops ask for.
const USUAL_SLEEPS: [&str; 2] = ["suspend.target", "hibernate.target"];
/// logind's own time where none is set.
const DEFAULT_IDLE: Seconds = Seconds(30 * 60);

/// Reads it below a root.
pub(super) fn read(root: &Path) -> Outcome<SleepSettings> {
    if !root.join("run/systemd/seats").is_dir() {
        return Outcome::Unsupported(ShortText::fit(
            "this system's sleep is not set by systemd-logind, the only one that is read here",
        ));
    }
    let masked = |target: &str| {
        ["etc", "run"].iter().any(|place| {
            let link = root.join(place).join("systemd/system").join(target);
            fs::read_link(link).is_ok_and(|to| to == Path::new("/dev/null"))
        })
    };
    let cannot_sleep = masked(EVERY_SLEEP) || USUAL_SLEEPS.into_iter().all(masked);
    let settings = settings(root);
    let of = |key: &str| {
        settings
            .get(key)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    };
    let desktop = DESKTOPS
        .iter()
        .any(|folder| fs::read_dir(root.join(folder)).is_ok_and(|mut entries| entries.next().is_some()));
    let idle = match of("IdleAction").and_then(action) {
        Some(LidAction::Sleep | LidAction::Hibernate | LidAction::ShutDown) => {
            Idle::After(of("IdleActionSec").and_then(time_span).unwrap_or(DEFAULT_IDLE))
        }
        Some(LidAction::Nothing | LidAction::Lock) | None => Idle::Never,
    };
    let (on_mains, on_battery) = match (cannot_sleep, desktop, idle) {
        (true, _, _) => (Idle::Never, Idle::Never),
        (false, false, idle) => (idle, idle),
        (false, true, Idle::After(seconds)) => (Idle::After(seconds), Idle::NotTold),
        (false, true, Idle::Never | Idle::NotTold) => (Idle::NotTold, Idle::NotTold),
    };
    let lid = has_lid(root).then(|| {
        let on_battery = of("HandleLidSwitch").and_then(action).unwrap_or(LidAction::Sleep);
        let on_mains = of("HandleLidSwitchExternalPower").and_then(action);
        let lid = worse(on_battery, on_mains.unwrap_or(on_battery));
        if cannot_sleep && matches!(lid, LidAction::Sleep | LidAction::Hibernate) {
            LidAction::Nothing
        } else {
            lid
        }
    });
    Outcome::Measured(SleepSettings {
        on_mains,
        on_battery,
        lid,
    })
}

/// Settings of the section `[Login]`: the main file first, then the others in the order of their names.
fn settings(root: &Path) -> BTreeMap<String, String> {
    let main = FOLDERS
        .iter()
        .rev()
        .map(|folder| root.join(folder).join("logind.conf"));
    let mut files = BTreeMap::new();
    for folder in FOLDERS {
        let entries = fs::read_dir(root.join(folder).join("logind.conf.d"));
        for entry in entries.into_iter().flatten().flatten().take(MAX_FILES) {
            let path = entry.path();
            if path.extension().is_some_and(|ending| ending == "conf") {
                files.insert(entry.file_name(), path);
            }
        }
    }
    let mut settings = BTreeMap::new();
    let texts = main
        .map(fs::read_to_string)
        .find_map(Result::ok)
        .into_iter()
        .chain(files.values().filter_map(|path| fs::read_to_string(path).ok()));
    for text in texts {
        let mut ours = false;
        for line in text.lines().map(str::trim) {
            if line.starts_with('[') {
                ours = line == "[Login]";
            } else if ours
                && !line.starts_with(['#', ';'])
                && let Some((key, value)) = line.split_once('=')
            {
                settings.insert(key.trim().to_owned(), value.trim().to_owned());
            }
        }
    }
    settings
}

fn action(word: &str) -> Option<LidAction> {
    Some(match word {
        "ignore" => LidAction::Nothing,
        "lock" => LidAction::Lock,
        "suspend" | "sleep" | "hybrid-sleep" | "suspend-then-hibernate" => LidAction::Sleep,
        "hibernate" => LidAction::Hibernate,
        "poweroff" | "halt" | "reboot" | "kexec" | "soft-reboot" | "factory-reset" => LidAction::ShutDown,
        _ => return None,
    })
}

/// Nobody knows how the device will be fed when its lid falls shut, so the one that disturbs more is told.
const fn worse(one: LidAction, other: LidAction) -> LidAction {
    const fn weight(action: LidAction) -> u8 {
        match action {
            LidAction::Nothing => 0,
            LidAction::Lock => 1,
            LidAction::Sleep => 2,
            LidAction::Hibernate => 3,
            LidAction::ShutDown => 4,
        }
    }
    if weight(one) < weight(other) { other } else { one }
}

/// A lid as the firmware tells of it, or as a switch of its own.
fn has_lid(root: &Path) -> bool {
    let firmware_s = fs::read_dir(root.join("proc/acpi/button/lid"));
    firmware_s.is_ok_and(|mut entries| entries.next().is_some())
        || fs::read_to_string(root.join("proc/bus/input/devices"))
            .is_ok_and(|text| text.lines().any(|line| line.starts_with("N: Name=\"Lid Switch")))
}

/// "30min", "1h 30min", "900", as systemd writes times; `None` for "infinity" and what is no time.
fn time_span(text: &str) -> Option<Seconds> {
    let mut seconds = 0_u64;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(rest.len());
        let number: u64 = rest.get(..digits)?.parse().ok()?;
        rest = rest.get(digits..)?.trim_start();
        let letters = rest
            .find(|letter: char| !letter.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        let unit = match rest.get(..letters)? {
            "" | "s" | "sec" | "second" | "seconds" => 1,
            "m" | "min" | "minute" | "minutes" => 60,
            "h" | "hr" | "hour" | "hours" => 3_600,
            "d" | "day" | "days" => 86_400,
            _ => return None,
        };
        rest = rest.get(letters..)?.trim_start();
        seconds = seconds.checked_add(number.checked_mul(unit)?)?;
    }
    (seconds > 0).then_some(Seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(root: &Path, file: &str, text: &str) {
        let path = root.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// A system that logind looks after.
    fn system() -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(root.path().join("run/systemd/seats")).expect("a folder");
        root
    }

    fn measured(root: &Path) -> SleepSettings {
        match read(root) {
            Outcome::Measured(settings) => settings,
            other => panic!("not read: {other:?}"),
        }
    }

    #[test]
    fn without_logind_nothing_is_known() {
        let root = tempfile::tempdir().expect("a folder");
        assert!(matches!(read(root.path()), Outcome::Unsupported(_)));
    }

    #[test]
    fn a_desktop_may_send_the_device_to_sleep_by_settings_of_its_own() {
        let root = system();
        let got = measured(root.path());
        assert_eq!(
            (got.on_mains, got.on_battery, got.lid),
            (Idle::Never, Idle::Never, None)
        );
        put(root.path(), "usr/share/wayland-sessions/gnome.desktop", "");
        let got = measured(root.path());
        assert_eq!((got.on_mains, got.on_battery), (Idle::NotTold, Idle::NotTold));
        // What logind does comes at the latest; on its battery a desktop may be sooner.
        put(
            root.path(),
            "etc/systemd/logind.conf",
            "[Login]\nIdleAction=suspend\nIdleActionSec=20min\n",
        );
        let got = measured(root.path());
        assert_eq!(
            (got.on_mains, got.on_battery),
            (Idle::After(Seconds(1_200)), Idle::NotTold)
        );
    }

    #[test]
    fn a_district_that_masks_sleep_has_devices_that_stay_awake() {
        let root = system();
        put(root.path(), "usr/share/xsessions/gnome.desktop", "");
        put(
            root.path(),
            "proc/acpi/button/lid/LID0/state",
            "state:      open\n",
        );
        assert_eq!(measured(root.path()).lid, Some(LidAction::Sleep));
        fs::create_dir_all(root.path().join("etc/systemd/system")).expect("a folder");
        let mask = |target: &str| {
            let link = root.path().join("etc/systemd/system").join(target);
            std::os::unix::fs::symlink("/dev/null", link).expect("a link");
        };
        mask("suspend.target");
        assert_eq!(measured(root.path()).on_mains, Idle::NotTold, "it may hibernate");
        mask("hibernate.target");
        let got = measured(root.path());
        assert_eq!(
            (got.on_mains, got.on_battery, got.lid),
            (Idle::Never, Idle::Never, Some(LidAction::Nothing))
        );
    }

    #[test]
    fn later_files_win_and_comments_and_other_sections_count_for_nothing() {
        let root = system();
        let root = root.path();
        put(
            root,
            "usr/lib/systemd/logind.conf",
            "[Login]\nIdleAction=poweroff\n",
        );
        put(
            root,
            "etc/systemd/logind.conf",
            "[Other]\nIdleAction=poweroff\n[Login]\n#IdleAction=lock\nHandleLidSwitch=ignore\n",
        );
        put(
            root,
            "proc/bus/input/devices",
            "I: Bus=0019\nN: Name=\"Lid Switch\"\n",
        );
        let got = measured(root);
        assert_eq!((got.on_mains, got.lid), (Idle::Never, Some(LidAction::Nothing)));
        put(
            root,
            "usr/lib/systemd/logind.conf.d/50-school.conf",
            "[Login]\nIdleAction=hibernate\n",
        );
        put(
            root,
            "etc/systemd/logind.conf.d/60-lid.conf",
            "[Login]\nHandleLidSwitchExternalPower=poweroff\n",
        );
        put(
            root,
            "etc/systemd/logind.conf.d/notes.txt",
            "[Login]\nIdleAction=ignore\n",
        );
        let got = measured(root);
        assert_eq!(
            (got.on_mains, got.lid),
            (Idle::After(DEFAULT_IDLE), Some(LidAction::ShutDown))
        );
        // A namesake in /etc takes the place of what the distribution brought.
        put(root, "etc/systemd/logind.conf.d/50-school.conf", "");
        assert_eq!(measured(root).on_mains, Idle::Never);
    }

    #[test]
    fn times_are_read_as_systemd_writes_them() {
        let of = |text| time_span(text).map(|seconds| seconds.0);
        assert_eq!(of("900"), Some(900));
        assert_eq!(of("1h 30min"), Some(5_400));
        assert_eq!(of("2h5s"), Some(7_205));
        for nonsense in [
            "infinity",
            "0",
            "",
            "ten",
            "5 apples",
            "99999999999999999999",
            "1é",
        ] {
            assert_eq!(of(nonsense), None, "{nonsense}");
        }
    }
}
