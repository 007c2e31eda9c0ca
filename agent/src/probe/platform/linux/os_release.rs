//! `/etc/os-release`, the one file that every distribution has.

use std::collections::BTreeMap;
use std::path::Path;

use roomready_shared::facts::{Os, Outcome};
use roomready_shared::units::{ShortText, Version};

/// Reads it below a root, in the order that the file's own manual gives.
pub(super) fn read(root: &Path) -> Outcome<Os> {
    let text = ["etc/os-release", "usr/lib/os-release"]
        .iter()
        .map(|name| std::fs::read_to_string(root.join(name)))
        .reduce(|first, second| first.or(second));
    match text {
        Some(Ok(text)) => Outcome::Measured(understand(&text, &sysinfo::System::cpu_arch())),
        Some(Err(error)) => Outcome::Failed(ShortText::fit(&format!(
            "/etc/os-release could not be read: {error}"
        ))),
        None => Outcome::Failed(ShortText::fit("/etc/os-release could not be read")),
    }
}

fn understand(text: &str, architecture: &str) -> Os {
    let values: BTreeMap<&str, String> = text.lines().filter_map(line).collect();
    let of = |key: &str| values.get(key).filter(|value| !value.is_empty());
    Os {
        name: ShortText::fit(
            of("PRETTY_NAME")
                .or_else(|| of("NAME"))
                .map_or("Linux", String::as_str),
        ),
        // The manual's default for a file without an ID.
        distribution: Some(ShortText::fit(of("ID").map_or("linux", String::as_str))),
        version: of("VERSION_ID").and_then(|text| Version::leading(text)),
        build: None,
        architecture: ShortText::fit(architecture),
        edition: None,
        channel: None,
        s_mode: None,
    }
}

/// `KEY=value`, `KEY="value"` with a backslash before what a shell would take for itself, or `KEY='value'`.
fn line(line: &str) -> Option<(&str, String)> {
    let (key, value) = line.trim().split_once('=')?;
    if key.starts_with('#') {
        return None;
    }
    let quoted = |mark: char| {
        value
            .strip_prefix(mark)
            .and_then(|value| value.strip_suffix(mark))
    };
    let text = match (quoted('"'), quoted('\'')) {
        (Some(inner), _) => {
            let mut text = String::new();
            let mut letters = inner.chars();
            while let Some(letter) = letters.next() {
                text.extend(if letter == '\\' {
                    letters.next()
                } else {
                    Some(letter)
                });
            }
            text
        }
        (None, Some(inner)) => inner.to_owned(),
        (None, None) => value.to_owned(),
    };
    Some((key, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_lts_release_says_its_name_its_distribution_and_its_version() {
        let os = understand(
            "PRETTY_NAME=\"Ubuntu 24.04.3 LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"24.04\"\nID=ubuntu\n",
            "x86_64",
        );
        assert_eq!(os.name.as_str(), "Ubuntu 24.04.3 LTS");
        assert_eq!(os.distribution.as_ref().map(ShortText::as_str), Some("ubuntu"));
        assert_eq!(os.version.map(|v| v.to_string()), Some("24.04".into()));
        assert_eq!(os.architecture.as_str(), "x86_64");
    }

    #[test]
    fn a_rolling_release_has_no_version_and_quotes_are_undone() {
        let os = understand(
            "# a comment\nNAME='Odd'\nPRETTY_NAME=\"Odd \\\"One\\\"\"\nID=odd",
            "aarch64",
        );
        assert_eq!(os.name.as_str(), "Odd \"One\"");
        assert_eq!(os.version, None);
    }

    #[test]
    fn the_second_place_is_read_when_the_first_is_missing_and_none_is_said() {
        let root = tempfile::tempdir().expect("a folder");
        assert!(matches!(read(root.path()), Outcome::Failed(_)));
        std::fs::create_dir_all(root.path().join("usr/lib")).expect("a folder");
        std::fs::write(root.path().join("usr/lib/os-release"), "ID=fedora\nVERSION_ID=44").expect("a file");
        let Outcome::Measured(os) = read(root.path()) else {
            panic!("the second place counts");
        };
        assert_eq!(os.name.as_str(), "Linux");
    }
}
