//! Whether a charger feeds the device, by the kernel's own list of supplies.

use std::fs;
use std::path::Path;

/// Whether any supply that is no battery is in use; `None` when none is listed.
pub(super) fn connected(supplies: &Path) -> Option<bool> {
    fs::read_dir(supplies)
        .ok()?
        .flatten()
        .filter_map(|entry| in_use(&entry.path()))
        .reduce(|one, other| one || other)
}

fn in_use(supply: &Path) -> Option<bool> {
    let said = |file: &str| fs::read_to_string(supply.join(file)).ok();
    let word = said("type")?;
    // What feeds a mouse or a pen does not feed the device.
    let of_a_device = said("scope").is_some_and(|scope| scope.trim() == "Device");
    if word.trim() == "Battery" || of_a_device {
        return None;
    }
    // 1 is a fixed, 2 a programmable supply.
    said("online").map(|online| online.trim() != "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn supply(root: &Path, name: &str, files: &[(&str, &str)]) {
        let folder = root.join(name);
        fs::create_dir_all(&folder).expect("a folder");
        for (file, text) in files {
            fs::write(folder.join(file), text).expect("a file");
        }
    }

    #[test]
    fn one_charger_in_use_is_enough_and_a_pen_on_its_cradle_is_none() {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path();
        supply(root, "BAT0", &[("type", "Battery\n"), ("status", "Unknown\n")]);
        supply(
            root,
            "pen",
            &[("type", "USB\n"), ("scope", "Device\n"), ("online", "1\n")],
        );
        assert_eq!(connected(root), None, "no charger is listed");
        supply(root, "AC", &[("type", "Mains\n"), ("online", "0\n")]);
        assert_eq!(connected(root), Some(false));
        supply(root, "ucsi", &[("type", "USB\n"), ("online", "1\n")]);
        assert_eq!(connected(root), Some(true));
        assert_eq!(connected(&root.join("missing")), None);
    }
}
