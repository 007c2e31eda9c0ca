//! Whatever `push` accepted is delivered or declared lost, in order, and never are there two records under one number.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use roomready_shared::ids::{ClockEpoch, StreamId};
use roomready_shared::units::Timestamp;
use roomready_shared::wire::v1::{MAX_LOST, NewsBody};

use super::super::super::simulated::{Dice, Fault, SimulatedFolder};
use super::super::super::{DiskOutbox, SEGMENT_BYTES};
use super::super::*;

/// What a collector holds of one stream.
#[derive(Default)]
struct Held {
    done: u64,
    records: BTreeMap<u64, u64>,
    lost: Vec<(u64, u64)>,
}

pub(super) struct World {
    pub(super) folder: SimulatedFolder,
    pub(super) outbox: Option<DiskOutbox<SimulatedFolder>>,
    streams: u8,
    /// Each piece of news has a number of its own, in the order of happening.
    news: u64,
    accepted: Vec<(StreamId, u64, u64)>,
    /// What was ever on its way under a number.
    sent: BTreeMap<(StreamId, u64), u64>,
    held: BTreeMap<StreamId, Held>,
    /// In the order in which the collector got them.
    delivered: Vec<u64>,
}

impl World {
    pub(super) fn new() -> Self {
        let mut world = Self {
            folder: SimulatedFolder::default(),
            outbox: None,
            streams: 0,
            news: 0,
            accepted: Vec::new(),
            sent: BTreeMap::new(),
            held: BTreeMap::new(),
            delivered: Vec::new(),
        };
        world.open();
        world
    }

    /// Opens, should the disk let it. Each program start mints ids of its own.
    pub(super) fn open(&mut self) {
        self.outbox = None;
        self.streams += 1;
        let (start, mut minted) = (self.streams, 0);
        let mint = Box::new(move || {
            minted += 1;
            StreamId::new(uuid::Uuid::from_bytes([
                start, minted, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
            ]))
        });
        self.outbox = DiskOutbox::open(self.folder.clone(), mint).ok();
    }

    pub(super) fn push(&mut self, padding: u8) -> bool {
        self.news += 1;
        let Some(outbox) = &mut self.outbox else {
            return false;
        };
        let moment = Moment {
            wall: Timestamp::UNIX_EPOCH,
            mono_ms: self.news,
            awake_ms: 0,
        };
        let body = if padding == 0 {
            NewsBody::AppStarted
        } else {
            NewsBody::facts(super::stories::large(padding))
        };
        let stream = outbox.growing().stream();
        match outbox.push(moment, ClockEpoch::new(uuid::Uuid::nil()), &body) {
            Ok(seq) => {
                self.accepted.push((stream, seq, self.news));
                true
            }
            Err(_) => false,
        }
    }

    /// One report and its answer, as far as they come.
    pub(super) fn exchange(&mut self, records: usize, arrives: bool, answered: bool) {
        let Some(outbox) = &mut self.outbox else { return };
        let batch = outbox.batch(records);
        assert!(batch.lost.len() <= MAX_LOST);
        for (place, record) in (batch.first_seq..).zip(&batch.news) {
            assert_eq!(record.seq, place, "records come without gaps");
            let before = self.sent.insert((batch.stream, record.seq), record.mono_ms);
            assert!(
                before.is_none_or(|before| before == record.mono_ms),
                "two records under number {}",
                record.seq
            );
        }
        if !arrives {
            return;
        }
        let held = self.held.entry(batch.stream).or_default();
        let mut losses = batch.lost.iter().peekable();
        let mut records = batch.news.iter().peekable();
        loop {
            if records.next_if(|record| record.seq <= held.done).is_some() {
                continue;
            }
            if let Some(record) = records.next_if(|record| record.seq == held.done + 1) {
                held.done += 1;
                held.records.insert(record.seq, record.mono_ms);
                self.delivered.push(record.mono_ms);
            } else if losses.next_if(|loss| loss.to <= held.done).is_some() {
            } else if let Some(loss) = losses.next_if(|loss| loss.from <= held.done + 1) {
                let next = records.peek().map_or(u64::MAX, |record| record.seq);
                assert!(loss.to < next, "a loss claims a record that is there");
                held.lost.push((held.done + 1, loss.to));
                held.done = loss.to;
            } else {
                break;
            }
        }
        let gap = batch.first_seq > held.done + 1 || records.peek().is_some() || losses.peek().is_some();
        if answered {
            outbox.acknowledge(batch.stream, held.done);
            if gap {
                outbox.expect(batch.stream, held.done + 1);
            }
        }
    }

    /// The disk is whole again: everything is told, and then each accepted record must have a place.
    pub(super) fn settle(&mut self) {
        self.folder.start_again();
        self.open();
        assert!(self.outbox.is_some(), "a whole disk opens");
        assert!(self.push(0), "a whole disk takes a record");
        for _ in 0..2_000 {
            self.exchange(64, true, true);
            let outbox = self.outbox.as_ref().expect("open");
            if outbox.waiting() == 0 && outbox.lines.iter().all(Line::is_finished) {
                break;
            }
        }
        for (stream, seq, news) in &self.accepted {
            let held = self.held.get(stream);
            let delivered = held
                .and_then(|held| held.records.get(seq))
                .is_some_and(|id| id == news);
            let declared =
                held.is_some_and(|held| held.lost.iter().any(|(from, to)| (from..=to).contains(&seq)));
            assert!(
                delivered || declared,
                "news {news}, number {seq}, is neither delivered nor declared lost"
            );
        }
        assert!(self.delivered.is_sorted(), "in order: {:?}", self.delivered);
        let last = self.accepted.last().expect("the last push was accepted");
        assert_eq!(self.delivered.last(), Some(&last.2), "the newest is delivered");
    }
}

/// A day of an agent, as moves.
#[derive(Debug, Clone)]
enum Move {
    Push {
        padding: u8,
        times: u8,
    },
    Exchange {
        records: usize,
        arrives: bool,
        answered: bool,
    },
    Arm {
        after: u64,
        fault: Fault,
    },
    Killed,
    PowerCut,
    Turn {
        file: u16,
        at: u32,
        by: u8,
    },
    LoseLast,
}

fn moves() -> impl Strategy<Value = Move> {
    let fault = prop_oneof![
        any::<u8>().prop_map(|part| Fault::Stop { part }),
        (1_u32..6, any::<u8>()).prop_map(|(times, part)| Fault::NoSpace { times, part }),
        Just(Fault::SyncFails),
    ];
    prop_oneof![
        8 => (0_u8..3, 1_u8..8).prop_map(|(padding, times)| Move::Push { padding, times }),
        1 => (Just(15_u8), 1_u8..30).prop_map(|(padding, times)| Move::Push { padding, times }),
        6 => (1_usize..65, any::<bool>(), any::<bool>())
            .prop_map(|(records, arrives, answered)| Move::Exchange { records, arrives, answered }),
        3 => (0_u64..12, fault).prop_map(|(after, fault)| Move::Arm { after, fault }),
        2 => Just(Move::Killed),
        2 => Just(Move::PowerCut),
        1 => (any::<u16>(), any::<u32>(), 1_u8..=255).prop_map(|(file, at, by)| Move::Turn { file, at, by }),
        1 => Just(Move::LoseLast),
    ]
}

fn play(moves: Vec<Move>, dice: &mut dyn FnMut(usize) -> usize) {
    let mut world = World::new();
    // A last file that is gone has one witness, the entry that says that it was begun. A day in which a byte turns and
    // the last file goes may lose both, which nothing can notice (DESIGN.md): the first of the two happens.
    let mut turns = None;
    let mut may = |is_turn: bool| *turns.get_or_insert(is_turn) == is_turn;
    for step in moves {
        match step {
            Move::Turn { .. } if !may(true) => {}
            Move::LoseLast if !may(false) => {}
            Move::Push { padding, times } => {
                for _ in 0..times {
                    world.push(padding);
                }
            }
            Move::Exchange {
                records,
                arrives,
                answered,
            } => world.exchange(records, arrives, answered),
            Move::Arm { after, fault } => world.folder.arm(after, fault),
            Move::Killed => {
                world.folder.start_again();
                world.open();
            }
            Move::PowerCut => {
                world.folder.power_cut(&mut Dice(dice));
                world.folder.start_again();
                world.open();
            }
            Move::Turn { file, at, by } => {
                world.folder.start_again();
                world.open();
                let files = world.folder.files();
                if let Some(name) = files.get(usize::from(file) % files.len().max(1)) {
                    let size = world.folder.size(name).max(1);
                    let at = usize::try_from(at).expect("64 bits") % size;
                    world.folder.turn(name, at, by);
                }
                world.open();
            }
            Move::LoseLast => {
                world.folder.start_again();
                world.open();
                let mut segments = world.folder.files();
                segments.retain(|name| SegmentName::parse(name).is_some());
                // A stream of which no file is left cannot say what it held; and a witness that could not be written
                // for want of space cannot tell of another loss.
                let stream = |name: &String| SegmentName::parse(name).map(|name| name.stream);
                if let [.., before, last] = &segments[..]
                    && stream(before) == stream(last)
                    && !world.folder.refused_something()
                {
                    world.folder.lose_name(last);
                }
                world.open();
            }
        }
        if world.folder.is_stopped() {
            // In the middle of an operation the program is killed, or the power goes.
            if dice(2) == 0 {
                world.folder.power_cut(&mut Dice(dice));
            }
            world.folder.start_again();
            world.open();
        }
    }
    world.settle();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn whatever_push_accepted_is_delivered_or_declared_lost_in_order_and_once(
        moves in vec(moves(), 1..40), mut seed in any::<u64>(),
    ) {
        play(moves, &mut |sides| roll(&mut seed, sides));
    }
}

/// Small numbers from a seed.
fn roll(seed: &mut u64, sides: usize) -> usize {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 33).expect("31 bits") % sides
}

/// Pushes, exchanges and two segments' worth of records. Gives up at the first machine stop.
fn day(world: &mut World) {
    for turn in 0..14_u8 {
        for _ in 0..3 {
            world.push(if turn % 2 == 0 { 15 } else { 0 });
        }
        if turn % 3 == 2 {
            world.exchange(5, true, turn % 2 == 0);
        }
        if world.folder.is_stopped() {
            return;
        }
    }
}

#[test]
fn a_stop_at_every_single_operation_loses_nothing_that_was_accepted() {
    let mut world = World::new();
    day(&mut world);
    let operations = world.folder.operations();
    assert!(
        world.folder.files().len() > 1,
        "the day is longer than a segment of {SEGMENT_BYTES}"
    );
    world.settle();
    let mut seed = 7;
    for at in 0..operations {
        for part in [0, 100, 255] {
            // Killed alone, everything that was written is still there: it is sent, and then the power goes.
            for killed_first in [false, true] {
                let mut world = World::new();
                let after = at.saturating_sub(world.folder.operations());
                world.folder.arm(after, Fault::Stop { part });
                day(&mut world);
                if killed_first {
                    world.folder.start_again();
                    world.open();
                    world.exchange(64, true, false);
                }
                world
                    .folder
                    .power_cut(&mut Dice(&mut |sides| roll(&mut seed, sides)));
                world.folder.start_again();
                world.open();
                world.push(0);
                world.exchange(64, true, false);
                world.settle();
            }
        }
    }
}

#[test]
fn a_turned_byte_anywhere_is_declared_and_no_number_that_was_sent_is_used_again() {
    let begin = |answered| {
        let mut world = World::new();
        for _ in 0..4 {
            world.push(0);
        }
        world.exchange(2, true, answered);
        world.exchange(64, true, false);
        world
    };
    for answered in [false, true] {
        let world = begin(answered);
        let name = world.folder.files().remove(0);
        for at in 0..world.folder.size(&name) {
            let mut world = begin(answered);
            // The streams of a world are the same each time, and so are the names.
            world.folder.turn(&name, at, 0x04);
            world.open();
            assert!(world.push(0));
            world.settle();
        }
    }
}

#[test]
fn no_space_and_a_refused_sync_at_every_single_operation_are_survived() {
    let mut world = World::new();
    day(&mut world);
    for at in 0..world.folder.operations() {
        let no_space = [0, 128].map(|part| Fault::NoSpace { times: 3, part });
        for fault in [no_space[0], no_space[1], Fault::SyncFails] {
            let mut world = World::new();
            world
                .folder
                .arm(at.saturating_sub(world.folder.operations()), fault);
            day(&mut world);
            world.settle();
        }
    }
}
