//! What follows from the requirement held, drawn once for each: a report is made each few seconds, and hashing the
//! requirement for every one of them would be most of what the agent costs.

use std::sync::Arc;

use roomready_shared::units::ShortText;

use super::Cycle;
use crate::probe::{Kind, Kinds, Targets};

/// What follows.
#[derive(Debug, Clone, Default)]
pub(super) struct Required {
    /// Its digest.
    pub(super) digest: Option<ShortText>,
    /// What to look for and whom to try.
    pub(super) targets: Arc<Targets>,
    /// What can be asked at all: without a requirement nobody has said which hosts and which app.
    pub(super) possible: Kinds,
}

impl Cycle {
    /// To be called whenever the assignment or the collector's place has changed.
    pub(super) fn draw_required(&mut self) {
        self.derived = None;
        let held = self.assignment.as_ref();
        let requirement = held.and_then(|held| held.requirement.as_ref());
        let targets = Targets::of(
            requirement,
            self.settings.platform,
            self.settings.collector.clone(),
        )
        .with_outside(held.and_then(|held| held.outside.clone()));
        self.required = Required {
            digest: requirement.map(roomready_shared::requirement::Requirement::digest),
            possible: Kind::ALL
                .into_iter()
                .filter(|kind| targets.allow(*kind))
                .collect(),
            targets: Arc::new(targets),
        };
    }
}
