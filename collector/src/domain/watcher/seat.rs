//! Notices never show in front of a student. A staff computer may carry the ordinary agent, as a sentinel does; so the
//! district's own roster decides, and where an agent is installed it must say so.

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
    /// An agent is installed on it, and the roster does not have it as one of the staff's.
    #[error(
        "an agent is installed on {0}, and the district's roster does not have that name as a sentinel: it may be a \
         student's device, where notices must never show. Use a computer without the agent, or have it entered as a \
         sentinel"
    )]
    AgentInstalled(String),
}

/// Whether notices may show on a computer of this name.
///
/// # Errors
/// When it is a student's device, or may be one.
pub fn may_show_here(district: &District, computer: &str, agent_here: bool) -> Result<(), StudentsDevice> {
    let device: Option<DeviceName> = computer.parse().ok();
    let entry = device.as_ref().and_then(|name| district.roster_entry(name));
    match entry.map(|entry| entry.watched) {
        Some(Watched::Sentinel) => Ok(()),
        Some(Watched::ByAgent | Watched::NotOneByOne) => {
            let name = entry.map(|entry| entry.name.clone()).or(device);
            name.map_or(Ok(()), |name| Err(StudentsDevice::InTheRoster(name)))
        }
        None if agent_here => Err(StudentsDevice::AgentInstalled(computer.to_owned())),
        None => Ok(()),
    }
}
