//! A device judged by its requirement: in short for boards, in full for its page.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use roomready_shared::evaluate::{Occasion, evaluate};
use roomready_shared::facts::Facts;
use roomready_shared::requirement::Requirement;
use roomready_shared::timetable::Phase;
use roomready_shared::verdict::{Assessment, Finding, Readiness};

use crate::domain::incident::Condition;
use crate::domain::plan::{District, Home};
use crate::domain::standing::{Judged, loudest_finding};
use crate::domain::watch::checks::wrong;

/// Readings grow old without news, so a device is judged again after this time, and when its phase changes.
pub(super) const JUDGED_AGAIN_AFTER: Duration = Duration::from_secs(60);

/// A device's checks in short. The full assessment is drawn when somebody opens its page: keeping it for every device
/// would be most of the fleet's memory.
#[derive(Debug, Clone)]
pub struct Checks {
    /// The device as a whole.
    pub judged: Judged,
    /// The check that speaks loudest, for a tile: "Memory: 3.7 GB". None when all are met.
    pub loudest: Option<Arc<str>>,
    /// What of it is more than a matter of readiness while students test.
    pub(super) wrong: BTreeSet<Condition>,
    pub(super) at: Timestamp,
    pub(super) phase: Phase,
}

impl Checks {
    pub(super) fn draw(district: &District, home: &Home, facts: &Facts, now: Timestamp) -> Option<Self> {
        let (requirement, assessment) = assess(district, home, facts, now)?;
        let loudest = (assessment.readiness != Readiness::Ready)
            .then(|| loudest_finding(&assessment))
            .flatten();
        Some(Self {
            judged: Judged::of(&assessment),
            loudest: loudest.map(|finding| for_a_tile(finding).into()),
            wrong: wrong(&requirement, facts, &assessment),
            at: now,
            phase: district.phase_of(home, now),
        })
    }

    pub(super) fn is_due(&self, phase: Phase, now: Timestamp) -> bool {
        self.phase != phase || !now.duration_since(self.at).unsigned_abs().le(&JUDGED_AGAIN_AFTER)
    }
}

/// Longest reason that still reads at a glance on a tile of 130 px: three short lines.
const TILE_CHARS: usize = 44;

/// "Memory: 3.7 GB"; where what was measured is a whole sentence, its title: the device's page tells the rest.
fn for_a_tile(finding: &Finding) -> String {
    let whole = format!("{}: {}", finding.title, finding.measured);
    if whole.chars().count() <= TILE_CHARS {
        whole
    } else {
        finding.title.to_string()
    }
}

/// The full assessment, with the requirement it was drawn by; none when nothing is required of the device.
#[must_use]
pub fn assess(
    district: &District,
    home: &Home,
    facts: &Facts,
    now: Timestamp,
) -> Option<(Arc<Requirement>, Assessment)> {
    let requirement = district.requirement_of(home, now)?;
    let occasion = match district.seating_at(home, now) {
        Some((seating, phase)) if phase != Phase::Finished => {
            Occasion::of(&seating.session.timetable, seating.ends)
        }
        _ => Occasion::None,
    };
    Some((
        Arc::clone(requirement),
        evaluate(requirement, facts, &occasion, now),
    ))
}
