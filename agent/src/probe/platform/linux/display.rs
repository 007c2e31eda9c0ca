//! Connected displays, as the kernel's graphics drivers list them. No window system is asked.

use std::fs;
use std::path::Path;

use roomready_shared::facts::{Display, Outcome};
use roomready_shared::units::ShortText;

use super::super::told::edid;

/// The largest connected display below the given folder.
pub(super) fn read(drivers: &Path) -> Outcome<Display> {
    let entries = match fs::read_dir(drivers) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Outcome::Unsupported(ShortText::fit(
                "this machine has no graphics that the system lists; a server or a virtual machine",
            ));
        }
        Err(error) => {
            return Outcome::Failed(ShortText::fit(&format!("displays could not be listed: {error}")));
        }
    };
    let largest = entries
        .flatten()
        .filter_map(|entry| connected(&entry.path()))
        .max_by_key(|display| u64::from(display.width) * u64::from(display.height));
    match largest {
        Some(display) => Outcome::Measured(display),
        None => Outcome::Unsupported(ShortText::fit("no display is connected")),
    }
}

fn connected(connector: &Path) -> Option<Display> {
    let status = fs::read_to_string(connector.join("status")).ok()?;
    if status.trim() != "connected" {
        return None;
    }
    let modes = fs::read_to_string(connector.join("modes")).ok()?;
    let (width, height) = mode(modes.lines().next()?)?;
    let description = fs::read(connector.join("edid")).unwrap_or_default();
    Some(Display {
        width,
        height,
        diagonal_tenths: edid::diagonal(&description),
    })
}

/// "1920x1080", or "1920x1080i" where every second line is drawn.
fn mode(line: &str) -> Option<(u32, u32)> {
    let (width, height) = line.trim().split_once('x')?;
    let digits = height.trim_end_matches(|c: char| !c.is_ascii_digit());
    Some((width.parse().ok()?, digits.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connector(root: &Path, name: &str, status: &str, modes: &str, edid: &[u8]) {
        let folder = root.join(name);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("status"), status).expect("a file");
        fs::write(folder.join("modes"), modes).expect("a file");
        fs::write(folder.join("edid"), edid).expect("a file");
    }

    #[test]
    fn a_laptop_s_panel_is_read_with_its_size() {
        let root = tempfile::tempdir().expect("a folder");
        let mut edid = [0_u8; 128];
        // 256 mm × 144 mm in the timing: 11.6 inches.
        (edid[54], edid[66], edid[67], edid[68]) = (1, 0x00, 0x90, 0x10);
        connector(
            root.path(),
            "card0-eDP-1",
            "connected\n",
            "1366x768\n1024x768\n",
            &edid,
        );
        connector(root.path(), "card0-HDMI-A-1", "disconnected\n", "", &[]);
        fs::create_dir(root.path().join("card0")).expect("a card without a connector's files");
        assert_eq!(
            read(root.path()),
            Outcome::Measured(Display {
                width: 1366,
                height: 768,
                diagonal_tenths: Some(116)
            })
        );
    }

    #[test]
    fn the_largest_of_two_counts_and_a_silent_one_has_no_size() {
        let root = tempfile::tempdir().expect("a folder");
        connector(root.path(), "card0-eDP-1", "connected", "1366x768", &[]);
        connector(root.path(), "card0-DP-1", "connected", "1920x1080i", &[0; 20]);
        let Outcome::Measured(display) = read(root.path()) else {
            panic!("two displays are connected");
        };
        assert_eq!(
            (display.width, display.height, display.diagonal_tenths),
            (1920, 1080, None)
        );
    }

    #[test]
    fn a_machine_without_a_display_says_so() {
        let root = tempfile::tempdir().expect("a folder");
        assert!(matches!(read(root.path()), Outcome::Unsupported(_)));
        assert!(matches!(
            read(&root.path().join("missing")),
            Outcome::Unsupported(_)
        ));
    }
}
