//! Which computer this is, and whether an agent is installed on it. Looked at anew for each connection.

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

/// Another name than the computer's own was given where its own counts.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an agent is installed on this computer, so it may be a student's device, and its own name {own} counts; leave \
     --computer and ROOMREADY_WATCH_COMPUTER out"
)]
pub struct NotItsName {
    own: String,
}

impl Computer {
    /// This one; `named` stands above what the system says, unless an agent is here.
    ///
    /// # Errors
    /// When an agent is here and another name was given.
    pub fn here(named: Option<&str>) -> Result<Self, NotItsName> {
        let system = sysinfo::System::host_name().unwrap_or_else(|_| "a computer without a name".to_owned());
        let places = Places::here();
        let agent_here = any_exists([places.program, places.settings, places.data]);
        Self::of(named, &system, agent_here)
    }

    fn of(named: Option<&str>, own: &str, agent_here: bool) -> Result<Self, NotItsName> {
        let (named, own) = (named.unwrap_or(own).trim(), own.trim());
        if agent_here && !named.eq_ignore_ascii_case(own) {
            return Err(NotItsName { own: own.to_owned() });
        }
        Ok(Self {
            name: ShortText::fit(named),
            agent_here,
        })
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
    fn beside_an_agent_a_computer_has_no_name_but_its_own() {
        let name = |named, agent_here| {
            let computer = Computer::of(named, "LAPTOP-1", agent_here);
            computer.map(|computer| computer.name.to_string())
        };
        assert_eq!(name(None, true).as_deref(), Ok("LAPTOP-1"));
        assert_eq!(name(Some("laptop-1"), true).as_deref(), Ok("laptop-1"));
        assert_eq!(name(Some("OFFICE-3"), false).as_deref(), Ok("OFFICE-3"));
        let refused = name(Some("OFFICE-3"), true).expect_err("it may be a student's");
        assert!(refused.to_string().contains("its own name LAPTOP-1 counts"));
    }

    #[test]
    fn an_agent_is_here_where_any_part_of_it_lies() {
        let folder = tempfile::tempdir().expect("a folder");
        let (there, missing) = (folder.path().join("data"), folder.path().join("agent.toml"));
        assert!(!any_exists([&there, &missing]));
        std::fs::create_dir(&there).expect("made");
        assert!(any_exists([&missing, &there]));
    }
}
