//! Which computer this is, and whether an agent is installed on it.

use std::path::Path;

use roomready_agent::places::Places;
use roomready_shared::units::ShortText;

/// As the collector is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Computer {
    /// What it calls itself.
    pub name: ShortText,
    /// An agent is installed: it may be a student's device, and the collector asks its roster.
    pub agent_here: bool,
}

impl Computer {
    /// This one; `named` stands above what the system says.
    #[must_use]
    pub fn here(named: Option<&str>) -> Self {
        let system =
            || sysinfo::System::host_name().unwrap_or_else(|_| "a computer without a name".to_owned());
        let name = named.map_or_else(system, str::to_owned);
        let places = Places::here();
        Self {
            name: ShortText::fit(name.trim()),
            agent_here: any_exists([places.program, places.settings, places.data]),
        }
    }
}

/// Something that cannot be looked at may be there.
fn any_exists<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> bool {
    paths
        .into_iter()
        .any(|path| path.as_ref().try_exists().unwrap_or(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_here_where_any_part_of_it_lies() {
        let folder = tempfile::tempdir().expect("a folder");
        let (there, missing) = (folder.path().join("data"), folder.path().join("agent.toml"));
        assert!(!any_exists([&there, &missing]));
        std::fs::create_dir(&there).expect("made");
        assert!(any_exists([&missing, &there]));
    }
}
