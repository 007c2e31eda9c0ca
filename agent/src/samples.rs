//! Minute samples of a test, packed per stretch, for the record. Pure.

use roomready_shared::facts::{Facts, Latency, Reach, Via};
use roomready_shared::units::Timestamp;
use roomready_shared::wire::v1::NewsBody;

/// Length of a stretch: one record per device in 5 minutes is what the record's storage was sized for.
pub const STRETCH_MS: u64 = 5 * 60 * 1_000;
/// Most looks kept in a stretch; at a look each 30 s with 16 hosts there are 160.
const MAX_LOOKS: usize = 256;

struct Stretch {
    from: Timestamp,
    started_ms: u64,
    looks: Vec<Look>,
}

struct Look {
    via: Via,
    sent: u16,
    answered: u16,
    median_us: Option<u32>,
}

/// The stretch that is being collected, if students test.
#[derive(Default)]
pub struct Samples {
    stretch: Option<Stretch>,
}

impl Samples {
    /// Students test: begins a stretch unless one runs.
    pub fn testing(&mut self, wall: Timestamp, mono_ms: u64) {
        self.stretch.get_or_insert_with(|| Stretch {
            from: wall,
            started_ms: mono_ms,
            looks: vec![],
        });
    }

    /// New readings: their looks at the vendor join the stretch.
    pub fn add(&mut self, facts: &Facts) {
        let Some(stretch) = &mut self.stretch else {
            return;
        };
        let looks = facts.vendor.values().filter_map(|reading| reading.value());
        for reach in looks {
            if stretch.looks.len() < MAX_LOOKS {
                let (sent, answered) = reach.counts();
                stretch.looks.push(Look {
                    via: reach.via(),
                    sent,
                    answered,
                    median_us: reach.latency().map(|latency| latency.median_us),
                });
            }
        }
    }

    /// When the stretch is full.
    #[must_use]
    pub fn due(&self) -> Option<u64> {
        self.stretch
            .as_ref()
            .map(|stretch| stretch.started_ms + STRETCH_MS)
    }

    /// Ends the stretch when it is full, or at once when testing is over.
    pub fn take(&mut self, wall: Timestamp, mono_ms: u64, testing: bool, held: &Facts) -> Option<NewsBody> {
        if testing && self.due().is_none_or(|due| mono_ms < due) {
            return None;
        }
        let stretch = self.stretch.take()?;
        let battery = held
            .power
            .as_ref()
            .and_then(|reading| reading.value())
            .and_then(|power| power.battery())
            .copied();
        let vendor = pool(&stretch.looks, mono_ms.saturating_sub(stretch.started_ms));
        (vendor.is_some() || battery.is_some()).then_some(NewsBody::Samples {
            from: stretch.from,
            until: wall.max(stretch.from),
            vendor,
            battery,
        })
    }
}

/// All looks as one: counts add up; the times are those of the looks' medians, which is what was kept of them.
fn pool(looks: &[Look], window_ms: u64) -> Option<Reach> {
    let via = looks.last()?.via;
    let sum = |count: fn(&Look) -> u16| looks.iter().map(count).fold(0_u16, u16::saturating_add);
    let times: Vec<u32> = looks.iter().filter_map(|look| look.median_us).collect();
    let latency: Option<Latency> = crate::probe::statistics::latency(&times);
    Reach::new(
        via,
        sum(|look| look.sent),
        sum(|look| look.answered),
        u32::try_from(window_ms).unwrap_or(u32::MAX),
        latency,
        None,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use roomready_shared::facts::{HostPort, Outcome, Platform, Reading, Source};

    fn look(answered: u16, median_ms: u32) -> Facts {
        let latency = (answered > 0).then_some(Latency {
            median_us: median_ms * 1_000,
            p95_us: median_ms * 1_000,
            jitter_us: 0,
        });
        let mut facts = Facts::none(Platform::Linux);
        facts.vendor.insert(
            HostPort::parse("a.example:443").expect("a host"),
            Reading {
                outcome: Outcome::Measured(
                    Reach::new(Via::Tcp, 2, answered, 1_000, latency, None).expect("sound"),
                ),
                source: Source::Agent,
                at: Timestamp::UNIX_EPOCH,
            },
        );
        facts
    }

    #[test]
    fn five_minutes_of_looks_travel_as_one_record() {
        let mut samples = Samples::default();
        let (from, held) = (Timestamp::UNIX_EPOCH, Facts::none(Platform::Linux));
        samples.add(&look(2, 10));
        assert!(samples.due().is_none(), "nothing is collected outside testing");
        samples.testing(from, 1_000);
        for (answered, ms) in [(2, 10), (0, 0), (1, 30)] {
            samples.add(&look(answered, ms));
        }
        assert!(samples.take(from, 1_000 + STRETCH_MS - 1, true, &held).is_none());
        let Some(NewsBody::Samples {
            vendor: Some(reach), ..
        }) = samples.take(from, 1_000 + STRETCH_MS, true, &held)
        else {
            panic!("a full stretch is news");
        };
        assert_eq!(reach.counts(), (6, 3));
        assert_eq!(reach.latency().map(|latency| latency.p95_us), Some(30_000));
    }

    #[test]
    fn the_last_stretch_ends_with_the_test_and_an_empty_one_says_nothing() {
        let mut samples = Samples::default();
        let held = Facts::none(Platform::Linux);
        samples.testing(Timestamp::UNIX_EPOCH, 0);
        samples.add(&look(2, 10));
        assert!(samples.take(Timestamp::UNIX_EPOCH, 10, false, &held).is_some());
        samples.testing(Timestamp::UNIX_EPOCH, 20);
        assert!(samples.take(Timestamp::UNIX_EPOCH, 30, false, &held).is_none());
        assert!(samples.due().is_none());
    }
}
