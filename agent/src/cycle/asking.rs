//! What is to be read, about what, and at what cost.

use std::sync::Arc;

use roomready_shared::facts::Reading;

use super::Cycle;
use crate::conduct::Manner;
use crate::probe::{Ask, Effort, Kind, Kinds};

impl Cycle {
    pub(super) fn asks(&self, due: Kinds) -> Vec<Ask> {
        let effort = match self.conduct.manner {
            Manner::Free => Effort::Full,
            Manner::Quiet | Manner::Off => Effort::Light,
        };
        let offset = self.facts.clock.as_ref().and_then(Reading::value);
        let clock_ahead_ms = offset.map(|offset| offset.ahead_ms);
        let mut asks: Vec<Ask> = vec![];
        for group in Kind::GROUPS {
            let kinds = due.and(group.iter().copied().collect());
            if !kinds.is_empty() {
                asks.push(Ask {
                    kinds,
                    targets: Arc::clone(&self.required.targets),
                    effort,
                    clock_ahead_ms,
                });
            }
        }
        asks
    }
}
