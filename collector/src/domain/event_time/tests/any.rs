//! A true timeline against what is made of it.

use proptest::prelude::*;

use super::*;
use roomready_shared::wire::v1::MAX_NEWS;

/// What happens next.
#[derive(Debug, Clone)]
enum Step {
    /// Awake or asleep: the monotonic clock counts both.
    Passes { ms: i64 },
    /// Something worth a record.
    Happens,
    /// Somebody, or a time server, sets the wall clock.
    WallJumps { ms: i64 },
    /// A new epoch, which begins anywhere.
    Reboots { mono_ms: u64 },
    /// The agent is killed and what it kept of its anchor is lost.
    ForgetsAnchor,
    /// A report with its way there and back, and what of it gets lost.
    Reports { there_ms: i64, back_ms: i64, lost: Lost },
    /// The collector starts again, from what its store keeps.
    CollectorRestarts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lost {
    Nothing,
    Report,
    Reply,
}

fn step() -> impl Strategy<Value = Step> {
    let lost = prop_oneof![
        4 => Just(Lost::Nothing),
        2 => Just(Lost::Report),
        1 => Just(Lost::Reply)
    ];
    let way = || prop_oneof![3 => 0..80_i64, 1 => 80..2_400_i64];
    prop_oneof![
        6 => (0..8_000_i64).prop_map(|ms| Step::Passes { ms }),
        2 => (0..12 * HOUR * 1_000).prop_map(|ms| Step::Passes { ms }),
        8 => Just(Step::Happens),
        2 => (-9 * DAY * 1_000..9 * DAY * 1_000).prop_map(|ms| Step::WallJumps { ms }),
        1 => (0..90_000_u64).prop_map(|mono_ms| Step::Reboots { mono_ms }),
        1 => Just(Step::ForgetsAnchor),
        6 => (way(), way(), lost).prop_map(|(there_ms, back_ms, lost)| Step::Reports { there_ms, back_ms, lost }),
        1 => Just(Step::CollectorRestarts),
    ]
}

/// All times are true milliseconds since nine.
struct World {
    now: i64,
    drift_ppm: i64,
    booted: i64,
    mono_at_boot: u64,
    boots: u128,
    ahead_ms: i64,
    anchor: Option<ClockAnchor>,
    outbox: Vec<(News, i64)>,
    seq: u64,
    clocks: DeviceClocks,
    latest: Option<EventTime>,
    stored: u64,
    /// As they were stored: what was made of them, what is true, when they came.
    record: Vec<(EventTime, i64, i64)>,
}

fn ms(at: i64) -> Timestamp {
    super::at(0) + SignedDuration::from_millis(at)
}

fn since_nine(at: Timestamp) -> i64 {
    at.as_millisecond() - super::at(0).as_millisecond()
}

impl World {
    fn new(drift_ppm: i64) -> Self {
        Self {
            now: 0,
            drift_ppm,
            booted: 0,
            mono_at_boot: 20_000,
            boots: 1,
            ahead_ms: 0,
            anchor: None,
            outbox: Vec::new(),
            seq: 0,
            clocks: DeviceClocks::default(),
            latest: None,
            stored: 0,
            record: Vec::new(),
        }
    }

    fn mono_ms(&self) -> u64 {
        let up = self.now - self.booted;
        self.mono_at_boot + u64::try_from(up + up * self.drift_ppm / 1_000_000).unwrap()
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Passes { ms } => self.now += ms,
            Step::Happens => {
                self.seq += 1;
                let news = News {
                    seq: self.seq,
                    at: ms(self.now + self.ahead_ms),
                    mono_ms: self.mono_ms(),
                    epoch: epoch(self.boots),
                    body: NewsBody::AppStarted,
                };
                self.outbox.push((news, self.now));
            }
            Step::WallJumps { ms } => self.ahead_ms += ms,
            Step::Reboots { mono_ms } => {
                self.now += 20_000;
                self.booted = self.now;
                self.mono_at_boot = *mono_ms;
                self.boots += 1;
                self.anchor = None;
            }
            Step::ForgetsAnchor => self.anchor = None,
            Step::Reports {
                there_ms,
                back_ms,
                lost,
            } => self.report(*there_ms, *back_ms, *lost),
            Step::CollectorRestarts => {
                let kept = serde_json::to_string(&self.clocks).unwrap();
                self.clocks = serde_json::from_str(&kept).unwrap();
            }
        }
    }

    fn report(&mut self, there_ms: i64, back_ms: i64, lost: Lost) {
        let sent = self.mono_ms();
        let mut live = LAPTOP.live(0, None);
        live.at = ms(self.now + self.ahead_ms);
        live.mono_ms = sent;
        live.epoch = epoch(self.boots);
        live.anchor = self.anchor;
        self.now += there_ms;
        if lost == Lost::Report {
            return;
        }
        let batch: Vec<_> = self.outbox.iter().take(MAX_NEWS).cloned().collect();
        let received = self.now;
        let exchange = Exchange {
            live: &live,
            received: ms(received),
        };
        let news = batch.iter().map(|(news, _)| news.clone()).collect();
        let dated = self.clocks.date(&exchange, self.latest, news);
        self.clocks.learn(&exchange);
        for (dated, (_, truly)) in dated.iter().zip(&batch) {
            if dated.news.seq > self.stored {
                self.stored = dated.news.seq;
                self.latest = Some(dated.time);
                self.record.push((dated.time, *truly, received));
            }
        }
        if lost == Lost::Reply {
            return;
        }
        self.now += back_ms;
        let round_trip = self.mono_ms() - sent;
        self.anchor = Some(ClockAnchor {
            mono_ms: sent + round_trip / 2,
            at: ms(received),
            plus_minus_ms: u32::try_from(round_trip.div_ceil(2) + 1).unwrap(),
        });
        let stored = self.stored;
        self.outbox.retain(|(news, _)| news.seq > stored);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn a_measured_time_is_true_within_its_plus_minus_and_the_order_of_a_stream_is_kept(
        drift_ppm in -200..=200_i64,
        steps in prop::collection::vec(step(), 1..150),
    ) {
        let mut world = World::new(drift_ppm);
        for step in &steps {
            world.take(step);
        }
        // In the end everything is told.
        while !world.outbox.is_empty() {
            world.report(20, 20, Lost::Nothing);
        }
        prop_assert_eq!(world.stored, world.seq);
        let mut before: Option<EventTime> = None;
        for (index, (time, truly, received)) in world.record.iter().enumerate() {
            let told = since_nine(time.at);
            prop_assert!(told <= *received, "record {index} is later than its receipt");
            prop_assert!(before.is_none_or(|before| before.at <= time.at), "record {index} is out of order");
            if time.basis == Basis::Measured {
                let off = told.abs_diff(*truly);
                prop_assert!(off <= time.plus_minus_ms, "record {index} is {off} ms off: {time:?}");
            }
            before = Some(*time);
        }
    }

    #[test]
    fn whatever_a_device_sends_is_dated_between_1970_and_its_receipt_in_order(
        lives in prop::collection::vec((any::<(u64, u64, bool)>(), 0..3_u128, 0..u32::MAX), 1..4),
        told in prop::collection::vec((any::<u64>(), 0..4_u128, any::<u64>()), 0..20),
    ) {
        let sane = |number: u64| {
            let ms = i64::try_from(number % 7_258_118_400_000).unwrap();
            Timestamp::from_millisecond(ms).unwrap()
        };
        let mut clocks = DeviceClocks::default();
        let mut received = Timestamp::UNIX_EPOCH;
        let mut latest = None;
        for ((mono_ms, wall, anchored), boot, plus_minus_ms) in lives {
            let mut live = LAPTOP.live(0, None);
            live.at = sane(wall);
            live.mono_ms = mono_ms;
            live.epoch = epoch(boot);
            live.anchor = anchored.then_some(ClockAnchor { mono_ms: wall, at: sane(mono_ms), plus_minus_ms });
            received = received.max(sane(wall ^ mono_ms));
            let news = told.iter().enumerate().map(|(seq, (mono_ms, boot, wall))| News {
                seq: u64::try_from(seq).unwrap() + 1,
                at: sane(*wall),
                mono_ms: *mono_ms,
                epoch: epoch(*boot),
                body: NewsBody::AppStarted,
            });
            let exchange = Exchange { live: &live, received };
            for dated in clocks.date(&exchange, latest, news.collect()) {
                prop_assert!(dated.time.at >= Timestamp::UNIX_EPOCH && dated.time.at <= received);
                prop_assert!(latest.is_none_or(|latest: EventTime| latest.at <= dated.time.at));
                latest = Some(dated.time);
            }
            clocks.learn(&exchange);
            prop_assert!(clocks.anchors().len() <= MOST_ANCHORS);
        }
    }
}
