//! Whatever one honest device does, it is one; whatever two do, once they take turns they are two.

use proptest::prelude::*;

use super::*;

/// What happens to one device next.
#[derive(Debug, Clone, Copy)]
enum Happens {
    /// It reports; the report takes this long on its way.
    Report { way_ms: u64 },
    /// It reports and gives up; the report arrives this much later, whatever comes in between.
    Late { after_ms: u64 },
    /// It sleeps or is just quiet. Its clock counts both.
    Quiet { ms: u64 },
    /// It boots again.
    Boots { ms: u64 },
    /// Its agent begins a new epoch: a doubt, or a restart on a system that does not name its boots.
    NewEpoch,
    /// Its agent is restarted and takes up the epoch on its disk, which may be an older one: nothing was kept since.
    TakesUpOld,
    /// It is halted, as virtual machines are: its clock stands still, and it begins a new epoch when it hears of that.
    Halted { ms: u64 },
    /// The collector starts again, and its clock with it.
    CollectorRestarts,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        10 => (0..5_000_u64).prop_map(|way_ms| Happens::Report { way_ms }),
        2 => (5_000..110_000_u64).prop_map(|after_ms| Happens::Late { after_ms }),
        3 => (0..7_200_000_u64).prop_map(|ms| Happens::Quiet { ms }),
        2 => (5_000..600_000_u64).prop_map(|ms| Happens::Boots { ms }),
        1 => Just(Happens::NewEpoch),
        1 => Just(Happens::TakesUpOld),
        1 => (1_000..7_200_000_u64).prop_map(|ms| Happens::Halted { ms }),
        1 => Just(Happens::CollectorRestarts),
    ]
}

/// A device backs off from a collector that does not answer, so that so many of its reports are under way at the most.
const MOST_UNDER_WAY: usize = 5;

/// One device and the way to the collector.
struct Device {
    now_ms: u64,
    booted_ms: u64,
    drift_ppm: i64,
    epoch: u128,
    on_disk: u128,
    epochs: u128,
    /// The latest epoch in which it was answered.
    answered: u128,
    /// Under way: when it arrives, and what it says.
    late: Vec<(u64, Sign)>,
    presence: Presence,
    collector_since_ms: u64,
}

impl Device {
    fn new(drift_ppm: i64) -> Self {
        Self {
            now_ms: 1_000_000_000,
            booted_ms: 999_900_000,
            drift_ppm,
            epoch: 1,
            on_disk: 1,
            epochs: 1,
            answered: 0,
            late: Vec::new(),
            presence: Presence::default(),
            collector_since_ms: 0,
        }
    }

    /// What it would say now; when it is heard is another's to say.
    fn says(&self) -> Sign {
        let true_ms = i64::try_from(self.now_ms - self.booted_ms).unwrap();
        Sign {
            epoch: epoch(self.epoch),
            mono_ms: u64::try_from(true_ms + true_ms / 1_000 * self.drift_ppm / 1_000).unwrap(),
            answered: self.answered == self.epoch,
            received_ms: 0,
        }
    }

    fn begins_epoch(&mut self) {
        self.epochs += 1;
        self.epoch = self.epochs;
    }

    /// Time passes, and what was under way arrives in it.
    fn pass(&mut self, ms: u64) -> bool {
        let until = self.now_ms + ms;
        let mut found = false;
        self.late.sort_unstable_by_key(|(at, _)| *at);
        while self.late.first().is_some_and(|(at, _)| *at <= until) {
            let (at, said) = self.late.remove(0);
            found |= self.arrives(at, said);
        }
        self.now_ms = until;
        found
    }

    fn arrives(&mut self, at: u64, said: Sign) -> bool {
        let received_ms = at - self.collector_since_ms;
        self.presence.hear(Sign { received_ms, ..said })
    }

    fn reports(&mut self, way_ms: u64) -> bool {
        let said = self.says();
        let mut found = self.pass(way_ms);
        found |= self.arrives(self.now_ms, said);
        self.answered = self.epoch;
        found | self.pass(1_000)
    }

    fn happens(&mut self, what: Happens) -> bool {
        match what {
            Happens::Report { way_ms } => self.reports(way_ms),
            Happens::Late { after_ms } => {
                if self.late.len() < MOST_UNDER_WAY {
                    self.late.push((self.now_ms + after_ms, self.says()));
                }
                // It is waited for so long.
                self.pass(5_000)
            }
            Happens::Quiet { ms } => self.pass(ms),
            Happens::Boots { ms } => {
                let found = self.pass(ms);
                self.booted_ms = self.now_ms;
                self.begins_epoch();
                self.on_disk = self.epoch;
                found
            }
            Happens::NewEpoch => {
                self.begins_epoch();
                false
            }
            Happens::TakesUpOld => {
                self.epoch = self.on_disk;
                self.pass(1_000)
            }
            Happens::Halted { ms } => {
                let mut found = self.pass(ms);
                self.booted_ms += ms;
                found |= self.reports(20);
                self.begins_epoch();
                self.on_disk = self.epoch;
                found
            }
            Happens::CollectorRestarts => {
                self.presence = Presence::default();
                self.collector_since_ms = self.now_ms;
                false
            }
        }
    }
}

/// One of two machines speaks next, after so long, and its report takes so long.
type Turn = (bool, u64, u64);

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    prop::collection::vec((any::<bool>(), 1_000..900_000_u64, 0..300_u64), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn one_honest_device_is_never_taken_for_two(
        drift_ppm in -200_i64..200,
        story in prop::collection::vec(happens(), 0..120),
    ) {
        let mut device = Device::new(drift_ppm);
        for what in story {
            prop_assert!(!device.happens(what), "{what:?}");
            prop_assert!(device.presence.runs.len() <= RUNS);
        }
    }

    /// Booted at different times, or copies of one running machine of which one was halted.
    #[test]
    fn two_machines_of_different_boots_are_noticed_by_the_fourth_return(
        turns in turns(),
        same_epoch in any::<bool>(),
        apart_ms in 2 * SAME_RUN_MS..40_000_000,
    ) {
        let (found, came_back) = take_turns(turns, same_epoch, apart_ms);
        prop_assert_eq!(found, came_back.iter().sum::<u32>() >= 4);
    }

    #[test]
    fn two_machines_that_were_booted_together_are_noticed_when_each_came_back_twice(
        turns in turns(),
        apart_ms in 0..60_000_u64,
    ) {
        let (found, came_back) = take_turns(turns, false, apart_ms);
        prop_assert_eq!(found, came_back.iter().all(|times| *times >= 2));
    }
}

/// Whether they were noticed, and how often each came back.
fn take_turns(turns: Vec<Turn>, same_epoch: bool, apart_ms: u64) -> (bool, [u32; 2]) {
    let mut presence = Presence::default();
    let (mut now, mut last, mut came_back) = (50_000_000_u64, None, [0_u32; 2]);
    let (mut seen, mut found) = ([false; 2], false);
    for (first, pause_ms, way_ms) in turns {
        now += pause_ms;
        let which = usize::from(first);
        if last != Some(which) && seen[which] {
            came_back[which] += 1;
        }
        seen[which] = true;
        last = Some(which);
        let booted = if first { 0 } else { apart_ms };
        found = presence.hear(Sign {
            epoch: epoch(u128::from(first && !same_epoch)),
            mono_ms: now - booted,
            answered: true,
            received_ms: now + way_ms,
        });
    }
    (found, came_back)
}
