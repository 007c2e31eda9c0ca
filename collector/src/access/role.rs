//! Roles of people (design section 9), and what each permits.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use roomready_shared::ids::SchoolId;

use super::Permission::{
    self, ApproveTexts, GetNotices, ManageAccounts, ManageDevices, ManageLinks, ManageNotices,
    ManageSettings, OwnAccount, PauseSchool, ReadRecord, SeeBoards, SeeDevices, SeeMetrics, TakePart,
};
use super::Scope;

/// What somebody is in the district.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Looks after the devices of some schools.
    Technician,
    /// Answers for testing in a school.
    SchoolCoordinator,
    /// Answers for testing in the district.
    DistrictCoordinator,
    /// Reads and verifies, changes nothing.
    Auditor,
    /// Looks after accounts and settings; approves nothing.
    Administrator,
    /// In the room with the students, by a link, for one sitting.
    Proctor,
}

/// A word that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a role; it is one of technician, school-coordinator, district-coordinator, auditor, administrator"
)]
pub struct NotARole(String);

impl Role {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Technician,
        Self::SchoolCoordinator,
        Self::DistrictCoordinator,
        Self::Auditor,
        Self::Administrator,
        Self::Proctor,
    ];

    /// Those that an account may have; a proctor has no account.
    pub const OF_ACCOUNTS: [Self; 5] = [
        Self::Technician,
        Self::SchoolCoordinator,
        Self::DistrictCoordinator,
        Self::Auditor,
        Self::Administrator,
    ];

    /// What it permits.
    #[must_use]
    pub const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Technician => &[
                SeeBoards,
                SeeDevices,
                TakePart,
                ManageDevices,
                ManageNotices,
                SeeMetrics,
                GetNotices,
                OwnAccount,
            ],
            Self::SchoolCoordinator => &[
                SeeBoards,
                SeeDevices,
                TakePart,
                PauseSchool,
                ManageLinks,
                GetNotices,
                OwnAccount,
            ],
            Self::DistrictCoordinator => &[
                SeeBoards,
                SeeDevices,
                TakePart,
                PauseSchool,
                ManageLinks,
                ManageDevices,
                ManageNotices,
                ApproveTexts,
                SeeMetrics,
                GetNotices,
                OwnAccount,
            ],
            Self::Auditor => &[SeeBoards, SeeDevices, ReadRecord, GetNotices, OwnAccount],
            Self::Administrator => &[
                SeeBoards,
                SeeDevices,
                ManageDevices,
                ReadRecord,
                ManageAccounts,
                ManageSettings,
                ManageNotices,
                SeeMetrics,
                GetNotices,
                OwnAccount,
            ],
            Self::Proctor => &[SeeBoards, TakePart],
        }
    }

    /// Whether it permits this.
    #[must_use]
    pub fn permits(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }

    /// Whether it is a role for some schools, and not for the district.
    #[must_use]
    pub const fn is_of_schools(self) -> bool {
        matches!(self, Self::Technician | Self::SchoolCoordinator)
    }

    /// Whether a password alone is too little: whoever decides, reads everything or makes accounts.
    #[must_use]
    pub const fn needs_second_factor(self) -> bool {
        matches!(
            self,
            Self::SchoolCoordinator | Self::DistrictCoordinator | Self::Auditor | Self::Administrator
        )
    }

    /// How far an account of this role with these schools reaches.
    #[must_use]
    pub fn scope(self, schools: &BTreeSet<SchoolId>) -> Scope {
        if self.is_of_schools() {
            Scope::Schools(schools.clone())
        } else {
            Scope::District
        }
    }

    /// The word in commands and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Technician => "technician",
            Self::SchoolCoordinator => "school-coordinator",
            Self::DistrictCoordinator => "district-coordinator",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
            Self::Proctor => "proctor",
        }
    }

    /// For people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Technician => "Technician",
            Self::SchoolCoordinator => "School coordinator",
            Self::DistrictCoordinator => "District coordinator",
            Self::Auditor => "Auditor",
            Self::Administrator => "Administrator",
            Self::Proctor => "Proctor",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Role {
    type Err = NotARole;

    /// A role of an account: nobody is made a proctor by a word.
    fn from_str(text: &str) -> Result<Self, NotARole> {
        Self::OF_ACCOUNTS
            .into_iter()
            .find(|role| role.word() == text)
            .ok_or_else(|| NotARole(text.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_administrator_takes_no_part_and_a_coordinator_makes_no_accounts() {
        assert!(!Role::Administrator.permits(TakePart));
        assert!(!Role::Administrator.permits(ManageLinks));
        assert!(
            !Role::Technician.permits(PauseSchool),
            "a technician pauses rooms"
        );
        assert!(!Role::DistrictCoordinator.permits(ManageAccounts));
        assert!(!Role::Auditor.permits(ManageDevices));
    }

    #[test]
    fn a_proctor_sees_and_takes_part_and_that_is_all() {
        assert_eq!(Role::Proctor.permissions(), [SeeBoards, TakePart]);
        assert!(
            "proctor".parse::<Role>().is_err(),
            "a proctor comes by a link, not by an account"
        );
    }

    #[test]
    fn every_role_of_an_account_is_read_back_from_its_word() {
        for role in Role::OF_ACCOUNTS {
            assert_eq!(role.word().parse(), Ok(role));
            assert!(role.permits(OwnAccount), "{role}");
        }
    }
}
