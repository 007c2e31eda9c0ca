//! Notices never show in front of a student. A staff computer may carry the ordinary agent, as a sentinel does; so the
//! district's own roster decides, and where an agent is installed, or was enrolled under that name, it must say so.

use roomready_shared::ids::DeviceName;

use crate::domain::plan::{District, Watched};

/// Why a computer may not show notices.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StudentsDevice {
    /// The roster has it as a student's.
    #[error(
        "{0} is a testing device: notices must never show in front of a student. Use a computer of the staff; one that \
         watches a room's network for you is `sentinel = true` in the district's roster"
    )]
    InTheRoster(DeviceName),
    /// An agent is enrolled under its name, and the roster does not have it as one of the staff's.
    #[error(
        "{0} is enrolled as a testing device: notices must never show in front of a student. Use a computer of the staff, \
         or have this one entered in the district's roster as a sentinel"
    )]
    Enrolled(DeviceName),
    /// An agent is installed on it, and the roster does not have it as one of the staff's.
    #[error(
        "an agent is installed on {0}, and the district's roster does not have that name as a sentinel: it may be a \
         student's device, where notices must never show. Use a computer without the agent, or have it entered as a \
         sentinel"
    )]
    AgentInstalled(String),
}

/// Whether notices may show on a computer of this name. `enrolled` knows how the enrolled device of a name is watched.
///
/// # Errors
/// When it is a student's device, or may be one.
pub fn may_show_here(
    district: &District,
    enrolled: impl Fn(&DeviceName) -> Option<Watched>,
    computer: &str,
    agent_here: bool,
) -> Result<(), StudentsDevice> {
    // A host's name may carry its domain; the roster may have either.
    let short = computer.split('.').next().unwrap_or(computer);
    let names: Vec<DeviceName> = [computer, short]
        .into_iter()
        .filter_map(|name| name.parse().ok())
        .collect();
    let entries: Vec<_> = names
        .iter()
        .filter_map(|name| district.roster_entry(name))
        .collect();
    if let Some(student) = entries.iter().find(|entry| entry.watched != Watched::Sentinel) {
        return Err(StudentsDevice::InTheRoster(student.name.clone()));
    }
    let student = |name: &&DeviceName| enrolled(name).is_some_and(|watched| watched != Watched::Sentinel);
    if let Some(student) = names.iter().find(student) {
        return Err(StudentsDevice::Enrolled(student.clone()));
    }
    if entries.is_empty() && agent_here {
        return Err(StudentsDevice::AgentInstalled(computer.to_owned()));
    }
    Ok(())
}
