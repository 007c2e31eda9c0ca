use roomready_shared::facts::Platform;
use roomready_shared::wire::v1::LostReason;

use super::*;
use crate::store::contract::story;

fn batch(first_seq: u64, seqs: &[u64], lost: &[(u64, u64)]) -> Batch {
    let mut batch = story::batch(story::device(1, Platform::Linux).id, story::stream(1), first_seq);
    batch.news = seqs
        .iter()
        .map(|seq| story::understood(story::app_started(*seq)))
        .collect();
    batch.lost = lost
        .iter()
        .map(|(from, to)| Lost {
            from: *from,
            to: *to,
            why: LostReason::Full,
        })
        .collect();
    batch
}

/// Numbers taken, losses, next wanted, gap.
type Outcome = (Vec<u64>, Vec<(u64, u64)>, u64, Option<u64>);

fn outcome(next: u64, batch: &Batch) -> Outcome {
    let verdict = judge(next, batch);
    let taken = verdict.take.iter().map(|offered| offered.seq()).collect();
    let lost = verdict.lost.iter().map(|loss| (loss.from, loss.to)).collect();
    (taken, lost, verdict.next_wanted, verdict.expected)
}

#[test]
fn what_comes_next_is_taken_and_what_was_done_is_done_again() {
    assert_eq!(
        outcome(1, &batch(1, &[1, 2, 3], &[])),
        (vec![1, 2, 3], vec![], 4, None)
    );
    assert_eq!(outcome(3, &batch(1, &[1, 2, 3], &[])), (vec![3], vec![], 4, None));
    assert_eq!(outcome(4, &batch(1, &[1, 2, 3], &[])), (vec![], vec![], 4, None));
}

#[test]
fn a_gap_is_answered_with_the_number_that_is_wanted() {
    assert_eq!(outcome(3, &batch(5, &[5, 6], &[])), (vec![], vec![], 3, Some(3)));
    assert_eq!(outcome(3, &batch(5, &[], &[])), (vec![], vec![], 3, Some(3)));
    assert_eq!(
        outcome(1, &batch(9, &[9], &[(3, 8)])),
        (vec![], vec![], 1, Some(1))
    );
}

#[test]
fn a_declared_loss_moves_the_stream_past_it() {
    assert_eq!(
        outcome(1, &batch(5, &[5], &[(1, 4)])),
        (vec![5], vec![(1, 4)], 6, None)
    );
    // Half of it was done before: only the rest is lost.
    assert_eq!(
        outcome(3, &batch(5, &[5], &[(1, 4)])),
        (vec![5], vec![(3, 4)], 6, None)
    );
    assert_eq!(outcome(6, &batch(6, &[], &[(1, 4)])), (vec![], vec![], 6, None));
}

#[test]
fn a_record_that_is_here_is_not_lost_whatever_is_declared() {
    assert_eq!(
        outcome(1, &batch(3, &[3, 4], &[(1, 10)])),
        (vec![3, 4], vec![(1, 2), (5, 10)], 11, None)
    );
}

#[test]
fn losses_may_overlap_and_come_in_any_order() {
    assert_eq!(
        outcome(1, &batch(11, &[], &[(4, 10), (1, 5)])),
        (vec![], vec![(1, 5), (6, 10)], 11, None)
    );
}
