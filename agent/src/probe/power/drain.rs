//! How fast a battery runs down, over some minutes instead of one moment: what a laptop takes jumps between three and
//! thirty watts while a page loads, and a forecast that jumps with it warns a teacher for nothing.

use std::collections::VecDeque;

use roomready_shared::facts::{Battery, Flow};

/// Readings that are looked at together: at one in thirty seconds two and a half minutes, which outlast a page or two
/// and still see a video begin.
const READINGS: usize = 5;

/// The latest readings of one run on battery.
#[derive(Debug, Default)]
pub(in crate::probe) struct Drain {
    latest: VecDeque<u16>,
}

impl Drain {
    /// Puts the middle of the latest readings in the place of this one.
    pub(in crate::probe) fn smooth(&mut self, battery: &mut Battery) {
        // On the charger another run begins, and the last one says nothing about it.
        if battery.flow != Flow::Discharging {
            self.latest.clear();
            return;
        }
        // A battery that is silent for once keeps its pace.
        if let Some(drain) = battery.drain_tenths_per_hour {
            self.latest.push_back(drain);
            if self.latest.len() > READINGS {
                self.latest.pop_front();
            }
        }
        let mut sorted: Vec<u16> = self.latest.iter().copied().collect();
        sorted.sort_unstable();
        battery.drain_tenths_per_hour = sorted.get(sorted.len().saturating_sub(1) / 2).copied();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use roomready_shared::units::Percent;

    fn smoothed(drain: &mut Drain, flow: Flow, tenths: Option<u16>) -> Option<u16> {
        let mut battery = Battery {
            charge: Percent::clamped(50.0),
            flow,
            drain_tenths_per_hour: tenths,
            health: None,
        };
        drain.smooth(&mut battery);
        battery.drain_tenths_per_hour
    }

    #[test]
    fn one_page_that_loads_moves_no_forecast_and_a_video_does() {
        let mut drain = Drain::default();
        let mut next = |tenths| smoothed(&mut drain, Flow::Discharging, Some(tenths));
        assert_eq!(next(100), Some(100), "the first reading is all there is");
        for (reading, told) in [(110, 100), (900, 110), (105, 105), (95, 105), (880, 110)] {
            assert_eq!(next(reading), Some(told), "{reading}");
        }
        for _ in 0..3 {
            next(850);
        }
        assert_eq!(next(850), Some(850));
    }

    #[test]
    fn the_charger_ends_a_run_and_a_silent_reading_does_not() {
        let mut drain = Drain::default();
        smoothed(&mut drain, Flow::Discharging, Some(300));
        assert_eq!(smoothed(&mut drain, Flow::Discharging, None), Some(300));
        assert_eq!(smoothed(&mut drain, Flow::Charging, None), None);
        assert_eq!(smoothed(&mut drain, Flow::Discharging, None), None);
        assert_eq!(smoothed(&mut drain, Flow::Discharging, Some(80)), Some(80));
    }
}
