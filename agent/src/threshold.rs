//! Which changes are news. One table of thresholds; pure.
//!
//! Between two thresholds a reading changes without a word, so that a device with nothing to say sends nothing but
//! that it is alive. What did not change is told again now and then, because a verdict rests only on fresh readings.

use jiff::SignedDuration;
use roomready_shared::facts::{
    Battery, Certificates, ClockOffset, Disk, Facts, Footprint, Memory, Outcome, Power, Reach, Reading,
    Resolution, SavedResponses,
};
use roomready_shared::units::{Seconds, Timestamp};

use crate::footprint::{RESIDENT_BAR, RESIDENT_FAR_OVER};

/// Change of charge that is news, in points.
const CHARGE_POINTS: u8 = 5;
/// Change of free storage that is news.
const DISK_BYTES: u64 = 1024 * 1024 * 1024;
/// Change of the clock's distance that is news, in milliseconds.
const CLOCK_MS: u64 = 1_000;
/// Bounds of the classes of a median time, in milliseconds: what a person would call good, fair, slow, bad.
const LATENCY_CLASSES_MS: [u32; 6] = [20, 50, 100, 200, 400, 1_000];
/// Bounds of the classes of loss, in percent.
const LOSS_CLASSES: [u8; 4] = [1, 10, 30, 100];
/// A time that sits on a bound must move by this share too before it counts, or it would be news every minute.
const LATENCY_MOVE_PERCENT: u32 = 25;

/// What changes within a morning is told again after this, unchanged.
const RETELL_LIVELY: SignedDuration = SignedDuration::from_mins(30);
/// What changes within days likewise.
const RETELL_STEADY: SignedDuration = SignedDuration::from_hours(24);

/// The time since the last start is never news by itself; told twice a day, it stays younger than any rule's day.
const RETELL_UPTIME: SignedDuration = SignedDuration::from_hours(12);

/// What moves each kind of fact far enough, and after which time it is told again unchanged.
macro_rules! table {
    ($of:ident, $of_hosts:ident) => {
        $of! {
            os: differ, RETELL_STEADY;
            memory: memory, RETELL_STEADY;
            disk: disk, RETELL_STEADY;
            display: differ, RETELL_STEADY;
            power: power, RETELL_LIVELY;
            uptime: uptime, RETELL_UPTIME;
            clock: clock, RETELL_LIVELY;
            managed: differ, RETELL_STEADY;
            gateway: reach, RETELL_LIVELY;
            resolution: resolution, RETELL_LIVELY;
            collector: reach, RETELL_LIVELY;
            outside: reach, RETELL_LIVELY;
            app: differ, RETELL_STEADY;
            app_run: differ, RETELL_LIVELY;
            kiosk: differ, RETELL_STEADY;
            updates: differ, RETELL_STEADY;
            sleep: differ, RETELL_STEADY;
            intruders: differ, RETELL_LIVELY;
            saved_responses: saved_responses, RETELL_UPTIME;
            link: differ, RETELL_STEADY;
            certificates: certificates, RETELL_STEADY;
            footprint: footprint, RETELL_STEADY;
        }
        $of_hosts! {
            vendor: reach, RETELL_LIVELY;
            local: reach, RETELL_LIVELY;
        }
    };
}

/// The readings of `held` that are news to somebody who was told `told`; `None` when nothing is.
#[must_use]
pub fn news(told: &Facts, held: &Facts, now: Timestamp) -> Option<Facts> {
    // Asked after every answer and every reading, and mostly there is no news: nothing is copied then.
    let mut news: Option<Facts> = None;
    macro_rules! tell {
        ($($field:ident: $moved:expr, $retell:expr;)*) => {
            $(if let Some(reading) = &held.$field
                && is_news(told.$field.as_ref(), reading, $moved, now, $retell)
            {
                news.get_or_insert_with(|| Facts::none(held.platform)).$field = Some(reading.clone());
            })*
        };
    }
    macro_rules! tell_hosts {
        ($($field:ident: $moved:expr, $retell:expr;)*) => {
            $(for (host, reading) in &held.$field {
                if is_news(told.$field.get(host), reading, $moved, now, $retell) {
                    let news = news.get_or_insert_with(|| Facts::none(held.platform));
                    news.$field.insert(host.clone(), reading.clone());
                }
            })*
        };
    }
    table!(tell, tell_hosts);
    news
}

/// A time in which nothing that was told is told again for its age alone: after the first moment and before the second,
/// what is not read anew is no news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    after: Timestamp,
    before: Timestamp,
}

impl Quiet {
    /// As long as this is what was told.
    #[must_use]
    pub fn of(told: &Facts) -> Self {
        let mut quiet = Self {
            after: Timestamp::MIN,
            before: Timestamp::MAX,
        };
        macro_rules! of {
            ($($field:ident: $moved:expr, $retell:expr;)*) => {
                $(if let Some(reading) = &told.$field {
                    quiet.bound(reading.at, $retell);
                })*
            };
        }
        macro_rules! of_hosts {
            ($($field:ident: $moved:expr, $retell:expr;)*) => {
                $(for reading in told.$field.values() {
                    quiet.bound(reading.at, $retell);
                })*
            };
        }
        table!(of, of_hosts);
        quiet
    }

    fn bound(&mut self, told_at: Timestamp, after: SignedDuration) {
        self.before = self
            .before
            .min(told_at.checked_add(after).unwrap_or(Timestamp::MAX));
        self.after = self
            .after
            .max(told_at.checked_sub(after).unwrap_or(Timestamp::MIN));
    }

    /// Whether a moment lies in it.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.after < now && now < self.before
    }
}

fn due(told_at: Timestamp, now: Timestamp, after: SignedDuration) -> bool {
    // Either way: a clock that was set back must not make a device mute until it has caught up.
    now.duration_since(told_at).abs() >= after
}

/// A reading is news when nobody was told, when it could be read before and cannot now (or the other way round), when
/// its value moved far enough, or when what was told has grown old and a newer reading is there.
fn is_news<T>(
    told: Option<&Reading<T>>,
    held: &Reading<T>,
    moved: impl Fn(&T, &T) -> bool,
    now: Timestamp,
    retell: SignedDuration,
) -> bool {
    told.is_none_or(|told| {
        let changed = match (&told.outcome, &held.outcome) {
            (Outcome::Measured(before), Outcome::Measured(after)) => moved(before, after),
            (before, after) => std::mem::discriminant(before) != std::mem::discriminant(after),
        };
        changed || (held.at != told.at && due(told.at, now, retell))
    })
}

fn differ<T: PartialEq>(before: &T, after: &T) -> bool {
    before != after
}

fn memory(before: &Memory, after: &Memory) -> bool {
    before.total != after.total
}

fn disk(before: &Disk, after: &Disk) -> bool {
    before.total != after.total || before.free.0.abs_diff(after.free.0) >= DISK_BYTES
}

const fn uptime(_: &Seconds, _: &Seconds) -> bool {
    false
}

fn power(before: &Power, after: &Power) -> bool {
    match (before, after) {
        (Power::Battery(before), Power::Battery(after)) => battery(before, after),
        (Power::MainsOnly, Power::MainsOnly) => false,
        (Power::MainsOnly, Power::Battery(_)) | (Power::Battery(_), Power::MainsOnly) => true,
    }
}

fn battery(before: &Battery, after: &Battery) -> bool {
    before.flow != after.flow
        || before.health != after.health
        || before.charge.get().abs_diff(after.charge.get()) >= CHARGE_POINTS
}

const fn clock(before: &ClockOffset, after: &ClockOffset) -> bool {
    before.ahead_ms.abs_diff(after.ahead_ms) >= CLOCK_MS
}

fn resolution(before: &Resolution, after: &Resolution) -> bool {
    (before.asked - before.answered.min(before.asked)) != (after.asked - after.answered.min(after.asked))
        || time_moved(
            before.slowest_ms.saturating_mul(1_000),
            after.slowest_ms.saturating_mul(1_000),
        )
}

/// Ages move by themselves; a size moves with each answer that is saved.
const fn saved_responses(before: &SavedResponses, after: &SavedResponses) -> bool {
    before.count != after.count
}

/// Fewer hosts answered, but what answered is as it was: no news.
fn certificates(before: &Certificates, after: &Certificates) -> bool {
    before.foreign != after.foreign || (before.seen == 0) != (after.seen == 0)
}

/// The figures move all the time; what the agent makes of them, and memory that leaves its bounds, is news.
const fn footprint(before: &Footprint, after: &Footprint) -> bool {
    const fn class(footprint: &Footprint) -> u8 {
        let resident = footprint.resident.0;
        (resident > RESIDENT_BAR) as u8 + (resident > RESIDENT_FAR_OVER) as u8
    }
    before.widened != after.widened || class(before) != class(after)
}

fn reach(before: &Reach, after: &Reach) -> bool {
    let loss_class = |reach: &Reach| {
        let loss = reach.loss().get();
        LOSS_CLASSES.iter().filter(|bound| loss >= **bound).count()
    };
    let time = match (before.latency(), after.latency()) {
        (Some(before), Some(after)) => time_moved(before.median_us, after.median_us),
        (None, None) => false,
        _ => true,
    };
    time || loss_class(before) != loss_class(after)
}

fn time_moved(before_us: u32, after_us: u32) -> bool {
    let class = |us: u32| {
        LATENCY_CLASSES_MS
            .iter()
            .filter(|bound| us / 1_000 >= **bound)
            .count()
    };
    class(before_us) != class(after_us)
        && before_us.abs_diff(after_us) / LATENCY_MOVE_PERCENT >= before_us.max(after_us) / 100
}

#[cfg(test)]
mod tests {
    use super::*;
    use roomready_shared::facts::{Flow, Latency, Platform, Source, Via};
    use roomready_shared::units::{Bytes, Percent, ShortText};

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minute * 60).expect("a time")
    }

    fn read<T>(value: T, minute: i64) -> Option<Reading<T>> {
        Some(Reading {
            outcome: Outcome::Measured(value),
            source: Source::Agent,
            at: at(minute),
        })
    }

    fn with_charge(percent: u8, flow: Flow, minute: i64) -> Facts {
        let battery = Battery {
            charge: Percent::new(percent).expect("a percentage"),
            flow,
            drain_tenths_per_hour: None,
            health: None,
        };
        Facts {
            power: read(Power::Battery(battery), minute),
            ..Facts::none(Platform::Linux)
        }
    }

    fn with_median(ms: u32, minute: i64) -> Facts {
        let latency = Latency {
            median_us: ms * 1_000,
            p95_us: ms * 1_000,
            jitter_us: 0,
        };
        Facts {
            gateway: read(
                Reach::new(Via::Icmp, 5, 5, 1_000, Some(latency), None).expect("sound"),
                minute,
            ),
            ..Facts::none(Platform::Linux)
        }
    }

    #[test]
    fn four_points_of_charge_are_silence_and_five_are_news() {
        let told = with_charge(80, Flow::Discharging, 0);
        assert_eq!(news(&told, &with_charge(76, Flow::Discharging, 1), at(1)), None);
        assert!(news(&told, &with_charge(75, Flow::Discharging, 1), at(1)).is_some());
        assert!(
            news(&told, &with_charge(80, Flow::Charging, 1), at(1)).is_some(),
            "a charger plugged in is news at any charge"
        );
    }

    #[test]
    fn a_gigabyte_is_news_and_uptime_never_is() {
        let facts = |free, uptime, minute| Facts {
            disk: read(
                Disk {
                    total: Bytes::from_mib(100_000),
                    free: Bytes(free),
                },
                minute,
            ),
            uptime: read(Seconds(uptime), minute),
            ..Facts::none(Platform::Linux)
        };
        let told = facts(50 << 30, 60, 0);
        assert_eq!(news(&told, &facts((49 << 30) + 1, 100_000, 1), at(1)), None);
        let said = news(&told, &facts(49 << 30, 100_000, 1), at(1)).expect("a gigabyte less");
        assert!(said.disk.is_some() && said.uptime.is_none());
    }

    #[test]
    fn a_time_is_news_when_it_changes_its_class_and_not_when_it_sits_on_a_bound() {
        let told = with_median(49, 0);
        assert_eq!(news(&told, &with_median(51, 1), at(1)), None);
        assert_eq!(news(&told, &with_median(30, 1), at(1)), None, "same class");
        assert!(news(&told, &with_median(80, 1), at(1)).is_some());
    }

    #[test]
    fn a_reading_that_fails_after_it_worked_is_news_once() {
        let told = with_median(10, 0);
        let failed = |why: &str, minute| Facts {
            gateway: Some(Reading {
                outcome: Outcome::Failed(ShortText::fit(why)),
                source: Source::Agent,
                at: at(minute),
            }),
            ..Facts::none(Platform::Linux)
        };
        let first = failed("no route", 1);
        assert!(news(&told, &first, at(1)).is_some());
        assert_eq!(news(&first, &failed("no route at all", 2), at(2)), None);
    }

    #[test]
    fn what_did_not_change_is_told_again_before_it_grows_stale() {
        let told = with_charge(80, Flow::Full, 0);
        let same = with_charge(80, Flow::Full, 29);
        assert_eq!(news(&told, &same, at(29)), None);
        assert!(news(&told, &with_charge(80, Flow::Full, 30), at(30)).is_some());
        assert_eq!(
            news(&told, &told.clone(), at(60)),
            None,
            "an old reading is not made young by telling it"
        );
    }

    #[test]
    fn in_the_quiet_time_the_same_read_anew_is_never_news_and_at_its_ends_it_is() {
        let told = Facts {
            uptime: read(Seconds(60), 0),
            ..with_charge(80, Flow::Full, 10)
        };
        let quiet = Quiet::of(&told);
        let anew = |minute| Facts {
            uptime: read(Seconds(90), minute),
            ..with_charge(80, Flow::Full, minute)
        };
        for minute in -800..800 {
            let silent = news(&told, &anew(minute), at(minute)).is_none();
            assert_eq!(quiet.holds(at(minute)), silent, "minute {minute}");
        }
        assert!(!quiet.holds(at(-20)) && quiet.holds(at(-19)));
        assert!(quiet.holds(at(39)) && !quiet.holds(at(40)));
        assert!(Quiet::of(&Facts::none(Platform::Linux)).holds(at(0)));
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_make_a_device_mute() {
        let told = with_charge(80, Flow::Full, 24 * 60);
        assert!(news(&told, &with_charge(80, Flow::Full, 1), at(1)).is_some());
    }
}
