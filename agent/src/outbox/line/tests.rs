//! Stories of one stream.

use super::*;
use roomready_shared::ids::ClockEpoch;
use roomready_shared::units::Timestamp;
use roomready_shared::wire::v1::{News, NewsBody};

fn line(records: u64) -> Line {
    let mut line = Line::from(StreamId::new(uuid::Uuid::nil()), 1);
    for _ in 0..records {
        add(&mut line);
    }
    line
}

fn add(line: &mut Line) {
    let news = News {
        seq: line.next(),
        at: Timestamp::UNIX_EPOCH,
        mono_ms: 0,
        epoch: ClockEpoch::new(uuid::Uuid::nil()),
        body: NewsBody::AppStarted,
    };
    line.add(serde_json::to_vec(&news.to_raw()).expect("JSON").into());
}

/// First number, records, losses.
type Sent = (u64, Vec<u64>, Vec<(u64, u64)>);

fn sent(line: &Line) -> Sent {
    let batch = line.batch(64);
    (
        batch.first_seq,
        batch.news.iter().map(|record| record.seq).collect(),
        batch.lost.iter().map(|loss| (loss.from, loss.to)).collect(),
    )
}

#[test]
fn a_hole_between_records_is_declared_in_its_turn_and_never_claims_what_still_waits() {
    let mut line = line(9);
    line.lose(3, 4, LostReason::Damaged);
    line.lose(8, 8, LostReason::Full);
    assert_eq!(sent(&line), (1, vec![1, 2], vec![(3, 4)]));
    line.acknowledge(4);
    assert_eq!(sent(&line), (5, vec![5, 6, 7], vec![(8, 8)]));
    line.acknowledge(8);
    assert_eq!(sent(&line), (9, vec![9], vec![]));
    line.acknowledge(9);
    assert!(line.is_finished());
    assert_eq!(sent(&line), (10, vec![], vec![]));
}

#[test]
fn a_loss_with_nothing_after_it_is_declared_by_itself() {
    let mut line = line(0);
    line.lose(1, 3, LostReason::Full);
    assert_eq!(sent(&line), (4, vec![], vec![(1, 3)]));
    line.acknowledge(2);
    assert_eq!(sent(&line), (4, vec![], vec![(3, 3)]), "half of it was heard");
}

#[test]
fn a_better_known_reason_replaces_a_worse_known_one() {
    use LostReason::{Damaged, Full};
    let mut line = line(6);
    line.lose(1, 4, Damaged);
    line.lose(2, 3, Full);
    let losses: Vec<_> = line
        .losses
        .iter()
        .map(|loss| (loss.from, loss.to, loss.why))
        .collect();
    assert_eq!(losses, [(1, 1, Damaged), (2, 3, Full), (4, 4, Damaged)]);
}

#[test]
fn more_losses_than_a_report_may_declare_go_in_the_next_one() {
    let mut line = line(40);
    for seq in (1..40).step_by(2) {
        line.lose(seq, seq, LostReason::Full);
    }
    let mut heard = 0;
    for _ in 0..40 {
        let batch = line.batch(64);
        assert!(batch.lost.len() <= MAX_LOST);
        let last = batch.news.iter().map(|record| record.seq);
        heard = last
            .chain(batch.lost.iter().map(|loss| loss.to))
            .max()
            .unwrap_or(heard);
        line.acknowledge(heard);
    }
    assert!(line.is_finished());
    let reasons = [LostReason::Full, LostReason::Damaged];
    let mut line = self::line(40);
    for seq in 1..=40 {
        line.lose(seq, seq, reasons[usize::from(seq % 2 == 0)]);
    }
    assert_eq!(sent(&line).2.len(), MAX_LOST);
    assert_eq!(sent(&line).0, 17);
}

#[test]
fn a_collector_that_forgot_is_told_what_is_gone() {
    let mut line = line(4);
    line.acknowledge(3);
    line.expect(1);
    line.expect(1);
    assert_eq!(sent(&line), (4, vec![4], vec![(1, 3)]));
    line.expect(4);
    line.expect(99);
    assert_eq!(
        sent(&line),
        (4, vec![4], vec![(1, 3)]),
        "nothing new is asked for"
    );
}
