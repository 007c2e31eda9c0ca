//! Single stories of the outbox on disk.

use roomready_shared::facts::{Facts, HostPort, Outcome, Platform, Reading, Source};
use roomready_shared::units::{ShortText, Timestamp};
use roomready_shared::wire::v1::Lost;

use super::super::super::simulated::{Fault, SimulatedFolder};
use super::super::*;

/// Facts of roughly 300 bytes for each vendor host.
pub(super) fn large(hosts: u8) -> Facts {
    let mut facts = Facts::none(Platform::Linux);
    for port in 1..=hosts {
        facts.vendor.insert(
            HostPort::parse(&format!("a.example:{port}")).expect("a host"),
            Reading {
                outcome: Outcome::Failed(ShortText::fit(&"x".repeat(200))),
                source: Source::Agent,
                at: Timestamp::UNIX_EPOCH,
            },
        );
    }
    facts
}

fn stream(byte: u8) -> StreamId {
    StreamId::new(uuid::Uuid::from_bytes([byte; 16]))
}

fn open(folder: &SimulatedFolder, byte: u8) -> DiskOutbox<SimulatedFolder> {
    DiskOutbox::open(folder.clone(), Box::new(move || stream(byte))).expect("it opens")
}

fn push(outbox: &mut DiskOutbox<SimulatedFolder>, hosts: u8) -> Result<u64, OutboxError> {
    let moment = Moment {
        wall: Timestamp::UNIX_EPOCH,
        mono_ms: 1,
        awake_ms: 1,
    };
    outbox.push(
        moment,
        ClockEpoch::new(uuid::Uuid::nil()),
        &NewsBody::facts(large(hosts)),
    )
}

fn numbers(batch: &Batch) -> Vec<u64> {
    batch.news.iter().map(|record| record.seq).collect()
}

fn lost(from: u64, to: u64, why: LostReason) -> Lost {
    Lost { from, to, why }
}

#[test]
fn what_waits_outlives_the_program_under_its_numbers_and_what_is_done_stays_done() {
    let folder = SimulatedFolder::default();
    let mut outbox = open(&folder, 1);
    assert_eq!([1, 2, 3].map(|_| push(&mut outbox, 1).expect("kept")), [1, 2, 3]);
    outbox.acknowledge(stream(1), 1);
    drop(outbox);
    let mut outbox = open(&folder, 2);
    let batch = outbox.batch(64);
    assert_eq!((batch.stream, numbers(&batch)), (stream(1), vec![2, 3]));
    assert_eq!(push(&mut outbox, 1).expect("kept"), 4);
}

#[test]
fn segments_that_are_done_are_removed() {
    let folder = SimulatedFolder::default();
    let mut outbox = open(&folder, 1);
    let last = (0..60).map(|_| push(&mut outbox, 15).expect("kept")).last();
    assert!(folder.files().len() > 3);
    outbox.acknowledge(stream(1), last.expect("pushed"));
    assert_eq!(
        folder.files().len(),
        1,
        "the one that is written to stays and says the number"
    );
    drop(outbox);
    assert_eq!(push(&mut open(&folder, 2), 1).expect("kept"), 61);
}

#[test]
fn a_full_outbox_drops_the_oldest_segment_and_declares_it_also_after_a_restart() {
    let folder = SimulatedFolder::default();
    let mut outbox = open(&folder, 1);
    while outbox.batch(1).lost.is_empty() {
        push(&mut outbox, 15).expect("kept");
    }
    assert_eq!(folder.files().len(), MAX_SEGMENTS);
    let batch = outbox.batch(1);
    let dropped = batch.lost[0].to;
    assert_eq!(batch.lost, [lost(1, dropped, LostReason::Full)]);
    assert_eq!(numbers(&batch), [dropped + 1]);
    drop(outbox);
    assert_eq!(open(&folder, 2).batch(1), batch);
}

#[test]
fn a_full_disk_costs_the_news_of_that_time_says_so_and_heals_alone() {
    let folder = SimulatedFolder::default();
    let mut outbox = open(&folder, 1);
    push(&mut outbox, 1).expect("kept");
    folder.arm(0, Fault::NoSpace { times: 2, part: 90 });
    for _ in 0..2 {
        let error = push(&mut outbox, 1).expect_err("no space");
        assert!(
            matches!(&error, OutboxError::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull)
        );
    }
    assert_eq!(
        outbox.batch(64).lost,
        [],
        "not told before it is durable: a crash would use the number again"
    );
    assert_eq!(push(&mut outbox, 1).expect("space is back"), 4);
    let batch = outbox.batch(64);
    assert_eq!(
        (numbers(&batch), batch.lost),
        (vec![1], vec![lost(2, 3, LostReason::Full)])
    );
    drop(outbox);
    assert_eq!(open(&folder, 2).batch(64).lost, [lost(2, 3, LostReason::Full)]);
}

#[test]
fn a_loss_for_want_of_space_is_declared_without_any_further_news() {
    let folder = SimulatedFolder::default();
    let mut outbox = open(&folder, 1);
    push(&mut outbox, 1).expect("kept");
    folder.arm(0, Fault::NoSpace { times: 1, part: 0 });
    push(&mut outbox, 1).expect_err("no space");
    outbox.acknowledge(stream(1), 1);
    let batch = outbox.batch(64);
    assert_eq!(
        (batch.first_seq, batch.lost),
        (3, vec![lost(2, 2, LostReason::Full)])
    );
}

#[test]
fn a_torn_end_is_cut_and_its_number_given_to_the_next() {
    let folder = SimulatedFolder::default();
    let mut outbox = open(&folder, 1);
    push(&mut outbox, 1).expect("kept");
    folder.arm(0, Fault::Stop { part: 128 });
    push(&mut outbox, 1).expect_err("the machine stops");
    folder.start_again();
    let mut outbox = open(&folder, 2);
    assert_eq!(push(&mut outbox, 1).expect("kept"), 2);
    drop(outbox);
    let batch = open(&folder, 3).batch(64);
    assert_eq!(
        (batch.stream, numbers(&batch), batch.lost),
        (stream(1), vec![1, 2], vec![])
    );
}

#[test]
fn a_damaged_record_is_declared_and_its_segment_set_aside_once_the_rest_is_delivered() {
    let folder = SimulatedFolder::default();
    let mut outbox = open(&folder, 1);
    for _ in 0..3 {
        push(&mut outbox, 1).expect("kept");
    }
    drop(outbox);
    let segment = folder.files()[0].clone();
    folder.turn(&segment, folder.size(&segment) / 2, 1);
    let mut outbox = open(&folder, 2);
    assert_eq!(
        push(&mut outbox, 1).expect("kept"),
        4,
        "a later record shows where the numbers stand"
    );
    let batch = outbox.batch(64);
    assert_eq!(
        (numbers(&batch), batch.lost),
        (vec![1], vec![lost(2, 2, LostReason::Damaged)])
    );
    outbox.acknowledge(stream(1), 2);
    assert_eq!(numbers(&outbox.batch(64)), [3, 4]);
    outbox.acknowledge(stream(1), 4);
    assert!(
        folder.files().contains(&format!("{segment}{SET_ASIDE}")),
        "{:?}",
        folder.files()
    );
    assert!(!folder.files().contains(&segment));
}

#[test]
fn a_damaged_end_hides_which_numbers_were_used_so_a_new_stream_begins() {
    let folder = SimulatedFolder::default();
    let mut outbox = open(&folder, 1);
    for _ in 0..2 {
        push(&mut outbox, 1).expect("kept");
    }
    drop(outbox);
    let segment = folder.files()[0].clone();
    folder.turn(&segment, folder.size(&segment) - 1, 1);
    let mut outbox = open(&folder, 2);
    assert_eq!(push(&mut outbox, 1).expect("kept"), 1);
    let batch = outbox.batch(64);
    assert_eq!(
        (batch.stream, numbers(&batch)),
        (stream(1), vec![1]),
        "what is older is told first"
    );
    assert_eq!(batch.lost, [lost(2, 2, LostReason::Damaged)]);
    outbox.acknowledge(stream(1), 2);
    let batch = outbox.batch(64);
    assert_eq!(
        (batch.stream, numbers(&batch), batch.lost),
        (stream(2), vec![1], vec![])
    );
}

#[test]
fn no_more_than_a_few_damaged_segments_are_kept() {
    let folder = SimulatedFolder::default();
    for byte in 1..=9 {
        let mut outbox = open(&folder, byte);
        push(&mut outbox, 1).expect("kept");
        drop(outbox);
        let segments = folder.files();
        let segment = segments
            .iter()
            .rfind(|name| SegmentName::parse(name).is_some())
            .expect("one");
        folder.turn(segment, folder.size(segment) - 1, 1);
        let mut outbox = open(&folder, byte + 100);
        let batch = outbox.batch(64);
        outbox.acknowledge(batch.stream, batch.lost[0].to);
    }
    let aside = folder
        .files()
        .iter()
        .filter(|name| name.ends_with(SET_ASIDE))
        .count();
    assert_eq!(aside, MAX_SET_ASIDE);
}

#[test]
fn a_computer_that_is_reset_at_each_start_tells_its_news_under_a_new_stream() {
    let folder = SimulatedFolder::default();
    let mut outbox = open(&folder, 1);
    push(&mut outbox, 1).expect("kept");
    push(&mut outbox, 1).expect("kept");
    // The collector has had nine records of this stream: those were pushed after the copy was made.
    let mut minted = 1;
    outbox.mint = Box::new(move || {
        minted += 1;
        stream(minted)
    });
    outbox.acknowledge(stream(1), 9);
    let batch = outbox.batch(64);
    assert_eq!((batch.stream, numbers(&batch)), (stream(2), vec![1, 2]));
    drop(outbox);
    assert_eq!(open(&folder, 9).batch(64), batch);
    let mut outbox = open(&folder, 9);
    outbox.acknowledge(stream(2), 99);
    outbox.acknowledge(outbox.growing().stream(), 99);
    outbox.acknowledge(outbox.growing().stream(), 99);
    assert_eq!(
        outbox.batch(64).stream,
        stream(9),
        "a collector that answers nonsense is not followed for ever"
    );
}
