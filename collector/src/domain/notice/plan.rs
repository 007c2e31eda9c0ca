//! Whom to tell, and when it is their turn.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use roomready_shared::ids::{SchoolId, TargetId, Title};
use serde::{Deserialize, Serialize};

/// Targets of a district: three steps of 25 schools fit, and each has a task and a connection of its own.
pub const MOST_TARGETS: usize = 100;

/// A step of the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Step {
    /// Told at once.
    First,
    /// Told when nobody is on the way for a while.
    Second,
    /// Told when nobody is on the way for long.
    Third,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::First, Self::Second, Self::Third];

    /// 1 to 3.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::First => 1,
            Self::Second => 2,
            Self::Third => 3,
        }
    }
}

impl From<Step> for u8 {
    fn from(step: Step) -> Self {
        step.number()
    }
}

impl TryFrom<u8> for Step {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|step| step.number() == number);
        found.ok_or_else(|| format!("{number} is no step of the ladder: it has 1, 2 and 3"))
    }
}

/// How long nobody must be on the way before a step is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ladder {
    /// Before the second step.
    pub second_after: SignedDuration,
    /// Before the third step, from the beginning.
    pub third_after: SignedDuration,
}

impl Ladder {
    /// Unless the district says otherwise: a technician walks from one end of a school to the other in less than five
    /// minutes, and after a quarter of an hour without anybody the district has to know.
    pub const USUAL: Self = Self {
        second_after: SignedDuration::from_mins(5),
        third_after: SignedDuration::from_mins(15),
    };

    /// How long nobody must be on the way before this step is told.
    #[must_use]
    pub const fn wait(&self, step: Step) -> SignedDuration {
        match step {
            Step::First => SignedDuration::ZERO,
            Step::Second => self.second_after,
            Step::Third => self.third_after,
        }
    }
}

impl Default for Ladder {
    fn default() -> Self {
        Self::USUAL
    }
}

/// Whom to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its id, which the outbox keeps.
    pub id: TargetId,
    /// For people.
    pub name: Title,
    /// Its step.
    pub step: Step,
    /// Of which schools; all of the district's where none is named.
    pub schools: Option<BTreeSet<SchoolId>>,
}

impl Target {
    /// Whether it hears of this school.
    #[must_use]
    pub fn hears_of(&self, school: &SchoolId) -> bool {
        self.schools.as_ref().is_none_or(|named| named.contains(school))
    }
}

/// Whom to tell in a district, and when it is their turn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticePlan {
    /// The waits.
    pub ladder: Ladder,
    /// In the order of the settings.
    pub targets: Vec<Target>,
}

impl NoticePlan {
    /// One of them.
    #[must_use]
    pub fn target(&self, id: &TargetId) -> Option<&Target> {
        self.targets.iter().find(|target| target.id == *id)
    }
}
