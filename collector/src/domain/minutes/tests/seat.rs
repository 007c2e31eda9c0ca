//! One seat, by the minute.

use jiff::Timestamp;

use crate::domain::incident::{Basis, Blind, Counted, Span};
use crate::domain::minutes::{Answer, Asked, OwnTime, SeatMinutes, covered, number_in_words, seat_minutes};
use crate::domain::people::StillWorking;

const MINUTE: u64 = 60_000;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + minute * 60).unwrap()
}

fn span(counted: Counted, basis: Basis, from: i64, until: i64) -> Span {
    Span {
        from: at(from),
        until: Some(at(until)),
        counted,
        basis,
        plus_minus_ms: 0,
    }
}

/// A seat that tests from minute 0 to minute 120, with a break from 60 to 70.
fn counted(spans: &[Span], blind: &[Blind], answers: &[Answer]) -> SeatMinutes {
    seat_minutes(&Asked {
        own: OwnTime {
            from: at(0),
            until: at(120),
        },
        off: &[(at(60), at(70))],
        spans,
        blind,
        answers,
        now: at(200),
    })
}

fn answer(minute: i64, said: StillWorking) -> Answer {
    Answer { at: at(minute), said }
}

#[test]
fn an_outage_over_a_break_counts_without_the_break() {
    let outage = span(Counted::CutOff, Basis::Measured, 50, 80);
    let minutes = counted(&[outage], &[], &[]);
    assert_eq!(minutes.cut_off.total_ms(), 20 * MINUTE);
    assert_eq!(minutes.testing_ms, 110 * MINUTE);
}

#[test]
fn what_begins_before_the_test_or_ends_after_it_counts_only_inside() {
    let early = span(Counted::Stopped, Basis::Measured, -30, 5);
    let late = span(Counted::Stopped, Basis::Measured, 110, 150);
    assert_eq!(counted(&[early, late], &[], &[]).stopped.total_ms(), 15 * MINUTE);
}

#[test]
fn a_crash_inside_an_uplink_outage_is_stopped_and_not_also_cut_off() {
    let outage = span(Counted::CutOff, Basis::Measured, 10, 30);
    let crash = span(Counted::Stopped, Basis::Measured, 20, 40);
    let minutes = counted(&[outage, crash], &[], &[]);
    assert_eq!(minutes.stopped.total_ms(), 20 * MINUTE);
    assert_eq!(minutes.cut_off.total_ms(), 10 * MINUTE);
}

#[test]
fn losing_only_the_collector_counts_nothing() {
    let out_of_reach = span(Counted::Working, Basis::Measured, 10, 40);
    let minutes = counted(&[out_of_reach], &[], &[]);
    assert!(minutes.is_quiet());
    assert_eq!(minutes.heard_ms, minutes.testing_ms);
}

#[test]
fn silence_while_nobody_listened_is_blindness_and_not_unheard() {
    let silence = span(Counted::Unheard, Basis::Inferred, 10, 30);
    let blind = Blind {
        from: at(15),
        until: at(20),
    };
    let minutes = counted(&[silence], &[blind], &[]);
    assert_eq!(minutes.unheard.total_ms(), 15 * MINUTE);
    assert_eq!(minutes.blind_ms, 5 * MINUTE);
    assert_eq!(minutes.heard_ms, 90 * MINUTE);
}

#[test]
fn everybody_works_as_the_proctor_says_so_the_silence_is_working() {
    let silence = span(Counted::Unheard, Basis::Inferred, 10, 30);
    let minutes = counted(&[silence], &[], &[answer(14, StillWorking::All)]);
    assert!(minutes.unheard.is_nothing());
    assert_eq!(minutes.working_as_said_ms, 20 * MINUTE);
    assert!(!minutes.is_quiet(), "it is told, with who said so");
    assert_eq!(minutes.heard_ms, 90 * MINUTE, "said is not heard");
}

#[test]
fn some_stopped_leaves_the_silence_as_it_is_and_says_so() {
    let silence = span(Counted::Unheard, Basis::Inferred, 10, 30);
    let minutes = counted(&[silence], &[], &[answer(14, StillWorking::Some)]);
    assert_eq!(minutes.unheard.total_ms(), 20 * MINUTE);
    assert!(minutes.some_stopped);
}

#[test]
fn between_all_and_some_stopped_nobody_knows() {
    let silence = span(Counted::Unheard, Basis::Inferred, 10, 40);
    let said = [answer(15, StillWorking::All), answer(25, StillWorking::Some)];
    let minutes = counted(&[silence], &[], &said);
    assert_eq!(minutes.working_as_said_ms, 5 * MINUTE);
    assert_eq!(minutes.unheard.total_ms(), 25 * MINUTE);
}

#[test]
fn an_answer_about_one_silence_says_nothing_about_the_next() {
    let first = span(Counted::Unheard, Basis::Inferred, 10, 20);
    let second = span(Counted::Unheard, Basis::Inferred, 30, 40);
    let minutes = counted(&[first, second], &[], &[answer(14, StillWorking::All)]);
    assert_eq!(minutes.unheard.total_ms(), 10 * MINUTE);
}

#[test]
fn a_silence_that_goes_on_counts_up_to_now() {
    let mut silence = span(Counted::Unheard, Basis::Inferred, 10, 0);
    silence.until = None;
    let minutes = seat_minutes(&Asked {
        own: OwnTime {
            from: at(0),
            until: at(120),
        },
        off: &[],
        spans: &[silence],
        blind: &[],
        answers: &[],
        now: at(12),
    });
    assert_eq!(minutes.unheard.total_ms(), 2 * MINUTE);
    assert_eq!(minutes.testing_ms, 12 * MINUTE);
}

#[test]
fn a_number_says_how_it_is_known_and_how_exact_it_is() {
    let mut measured = span(Counted::Stopped, Basis::Measured, 10, 16);
    measured.plus_minus_ms = 900;
    let minutes = counted(&[measured], &[], &[]);
    assert_eq!(number_in_words(&minutes.stopped), "6 min ± 2 s, measured");
    let stated = span(Counted::Stopped, Basis::Stated, 14, 19);
    let minutes = counted(&[measured, stated], &[], &[]);
    assert_eq!(
        number_in_words(&minutes.stopped),
        "9 min ± 2 s, 6 min measured, 3 min as people said"
    );
}

#[test]
fn coverage_never_promises_a_minute_that_was_not_heard() {
    let silence = span(Counted::Unheard, Basis::Inferred, 10, 12);
    assert_eq!(covered(&counted(&[silence], &[], &[])), "108 of 110 min");
    let mut moment = span(Counted::Unheard, Basis::Inferred, 10, 10);
    moment.until = Some(at(10) + std::time::Duration::from_secs(1));
    assert_eq!(covered(&counted(&[moment], &[], &[])), "109 of 110 min");
    assert_eq!(covered(&counted(&[], &[], &[])), "110 of 110 min");
}
