//! What the agent costs its device, watched and answered.

use roomready_shared::facts::Footprint;
use roomready_shared::units::Bytes;

use super::Cycle;
use crate::conduct::Manner;
use crate::footprint::Sample;
use crate::ports::{Moment, Usage};

impl Cycle {
    /// Never a reason to wake up by itself: whatever wakes the agent next serves.
    pub(super) fn measure_due(&self, now: Moment) -> bool {
        self.conduct.manner != Manner::Off && self.footprint.due(now.awake_ms)
    }

    /// What this program has used so far, with the bytes of its uplink. Gives whether free memory is to be given back.
    pub fn measured(&mut self, usage: Usage, uplink_bytes: u64, now: Moment) -> bool {
        let verdict = self.footprint.look(Sample {
            awake_ms: now.awake_ms,
            cpu_us: usage.cpu_us,
            bytes: uplink_bytes.saturating_add(self.probed_bytes),
            reading_bytes: self.probed_bytes,
            resident: usage.resident,
        });
        let widening = self.footprint.widening();
        if verdict.change.is_some() {
            tracing::warn!(
                cost = ?verdict.cost,
                readings = widening.readings(),
                reports = widening.reports(),
                "intervals are now so many times as long, for what this program costs"
            );
            self.pace.widen(widening.reports());
            self.schedule
                .widen(widening.readings(), now.mono_ms, self.conduct, &mut self.chance);
        }
        if verdict.far_over_memory {
            tracing::error!(
                resident = usage.resident,
                "this program occupies far more memory than it should; restart it outside of a test and tell who looks after it"
            );
        }
        if let Some(cost) = verdict.cost {
            self.facts.footprint = Some(self.reading(
                Footprint {
                    resident: Bytes(cost.resident),
                    cpu_millionths: cost.cpu_millionths,
                    bytes_per_hour: Bytes(cost.hourly_bytes),
                    widened: widening.factor(),
                },
                now,
            ));
            self.tell_changes(now);
        }
        verdict.give_memory_back
    }
}
