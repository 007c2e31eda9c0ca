//! Against a model that walks through a sitting millisecond by millisecond; whatever overlaps whatever.

use jiff::Timestamp;
use proptest::prelude::*;

use crate::domain::incident::{Basis, Blind, Counted, Span};
use crate::domain::minutes::{Amount, Answer, Asked, OwnTime, SeatMinutes, seat_minutes};
use crate::domain::people::StillWorking;

const LAST: i64 = 60;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(1_790_000_000_000 + ms).unwrap()
}

fn moment(at: Timestamp) -> i64 {
    at.as_millisecond() - 1_790_000_000_000
}

#[derive(Debug, Clone)]
struct Seat {
    own: OwnTime,
    off: Vec<(Timestamp, Timestamp)>,
    spans: Vec<Span>,
    blind: Vec<Blind>,
    answers: Vec<Answer>,
    now: Timestamp,
}

impl Seat {
    fn count(&self) -> SeatMinutes {
        seat_minutes(&Asked {
            own: self.own,
            off: &self.off,
            spans: &self.spans,
            blind: &self.blind,
            answers: &self.answers,
            now: self.now,
        })
    }
}

fn stretch() -> impl Strategy<Value = (Timestamp, Timestamp)> {
    (0..LAST, 0..20_i64).prop_map(|(from, length)| (at(from), at(from + length)))
}

fn span() -> impl Strategy<Value = Span> {
    let counted = prop::sample::select(vec![
        Counted::Stopped,
        Counted::CutOff,
        Counted::Unheard,
        Counted::Unheard,
        Counted::Working,
    ]);
    let basis = prop::sample::select(vec![Basis::Measured, Basis::Inferred, Basis::Stated]);
    (stretch(), any::<bool>(), counted, basis, 0..4_u32).prop_map(
        |((from, until), over, counted, basis, plus_minus_ms)| Span {
            from,
            until: over.then_some(until),
            counted,
            basis,
            plus_minus_ms,
        },
    )
}

fn answer() -> impl Strategy<Value = Answer> {
    (0..LAST, any::<bool>()).prop_map(|(ms, all)| Answer {
        at: at(ms),
        said: if all {
            StillWorking::All
        } else {
            StillWorking::Some
        },
    })
}

fn seat() -> impl Strategy<Value = Seat> {
    (
        (0..20_i64, 1..60_i64),
        prop::collection::vec(stretch(), 0..3),
        prop::collection::vec(span(), 0..6),
        prop::collection::vec(stretch(), 0..2),
        prop::collection::vec(answer(), 0..4),
        1..90_i64,
    )
        .prop_map(|((from, length), off, spans, blind, mut answers, now)| {
            answers.sort_by_key(|answer| answer.at);
            Seat {
                own: OwnTime {
                    from: at(from),
                    until: at(from + length),
                },
                off,
                spans,
                blind: blind
                    .into_iter()
                    .map(|(from, until)| Blind { from, until })
                    .collect(),
                answers,
                now: at(now),
            }
        })
}

/// What one moment of a seat is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Is {
    Out,
    Stopped(Basis),
    CutOff(Basis),
    Blind,
    Unheard(Basis),
    AsSaid,
    Heard,
}

fn holds(seat: &Seat, counted: Counted, ms: i64) -> Option<Basis> {
    let here = |basis: Basis| {
        seat.spans.iter().any(|span| {
            let until = moment(span.until.unwrap_or(seat.now));
            span.counted == counted && span.basis == basis && moment(span.from) <= ms && ms < until
        })
    };
    [Basis::Measured, Basis::Stated, Basis::Inferred]
        .into_iter()
        .find(|basis| here(*basis))
}

/// Walks to both sides as long as the silence lasts, and asks the answers next to the moment.
fn as_said(seat: &Seat, ms: i64) -> bool {
    let silent = |ms: i64| holds(seat, Counted::Unheard, ms).is_some();
    let mut from = ms;
    while silent(from - 1) {
        from -= 1;
    }
    let mut until = ms;
    while silent(until) {
        until += 1;
    }
    let here = |answer: &&Answer| (from..=until).contains(&moment(answer.at));
    let before = seat
        .answers
        .iter()
        .filter(here)
        .rfind(|answer| moment(answer.at) <= ms);
    let after = seat
        .answers
        .iter()
        .filter(here)
        .find(|answer| moment(answer.at) > ms);
    let all = |answer: Option<&Answer>| answer.is_none_or(|answer| answer.said == StillWorking::All);
    (before.is_some() || after.is_some()) && all(before) && all(after)
}

fn is(seat: &Seat, ms: i64) -> Is {
    let inside = |(from, until): &(Timestamp, Timestamp)| moment(*from) <= ms && ms < moment(*until);
    let own = (seat.own.from, seat.own.until.min(seat.now));
    if !inside(&own) || seat.off.iter().any(inside) {
        return Is::Out;
    }
    if let Some(basis) = holds(seat, Counted::Stopped, ms) {
        return Is::Stopped(basis);
    }
    if let Some(basis) = holds(seat, Counted::CutOff, ms) {
        return Is::CutOff(basis);
    }
    if seat.blind.iter().any(|blind| inside(&(blind.from, blind.until))) {
        return Is::Blind;
    }
    match holds(seat, Counted::Unheard, ms) {
        Some(_) if as_said(seat, ms) => Is::AsSaid,
        Some(basis) => Is::Unheard(basis),
        None => Is::Heard,
    }
}

fn walked(seat: &Seat) -> SeatMinutes {
    let mut sum = SeatMinutes::default();
    let add = |amount: &mut Amount, basis: Basis| match basis {
        Basis::Measured => amount.measured_ms += 1,
        Basis::Stated => amount.stated_ms += 1,
        Basis::Inferred => amount.inferred_ms += 1,
    };
    for ms in -1..200 {
        let here = is(seat, ms);
        sum.testing_ms += u64::from(here != Is::Out);
        match here {
            Is::Out => {}
            Is::Stopped(basis) => add(&mut sum.stopped, basis),
            Is::CutOff(basis) => add(&mut sum.cut_off, basis),
            Is::Unheard(basis) => add(&mut sum.unheard, basis),
            Is::AsSaid => sum.working_as_said_ms += 1,
            Is::Blind => sum.blind_ms += 1,
            Is::Heard => {}
        }
        sum.heard_ms += u64::from(matches!(here, Is::Heard | Is::Stopped(_) | Is::CutOff(_)));
    }
    sum
}

/// Without what the model does not tell.
fn counted(minutes: SeatMinutes) -> SeatMinutes {
    let exact = |amount: Amount| Amount {
        plus_minus_ms: 0,
        ..amount
    };
    SeatMinutes {
        stopped: exact(minutes.stopped),
        cut_off: exact(minutes.cut_off),
        unheard: exact(minutes.unheard),
        some_stopped: false,
        ..minutes
    }
}

/// Either end of a stretch, anywhere within its ±.
fn moved(seat: &Seat, by: &[(i64, i64)]) -> Seat {
    let mut moved = seat.clone();
    for (span, (from, until)) in moved.spans.iter_mut().zip(by) {
        let most = i64::from(span.plus_minus_ms);
        span.from = at(moment(span.from) + from.clamp(&-most, &most));
        span.until = span
            .until
            .map(|end| at((moment(end) + until.clamp(&-most, &most)).max(moment(span.from))));
    }
    moved
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn every_moment_counts_once_and_as_the_model_says(seat in seat()) {
        prop_assert_eq!(counted(seat.count()), walked(&seat));
    }

    #[test]
    fn the_parts_of_a_seats_time_never_exceed_it(seat in seat()) {
        let minutes = seat.count();
        let parts = minutes.stopped.total_ms() + minutes.cut_off.total_ms() + minutes.unheard.total_ms()
            + minutes.working_as_said_ms + minutes.blind_ms;
        prop_assert!(parts <= minutes.testing_ms);
        prop_assert!(minutes.heard_ms <= minutes.testing_ms);
    }

    #[test]
    fn a_stretch_told_twice_counts_once(seat in seat()) {
        let mut twice = seat.clone();
        twice.spans.extend(seat.spans.clone());
        prop_assert_eq!(counted(twice.count()), counted(seat.count()));
    }

    #[test]
    fn what_went_on_working_changes_no_number(seat in seat()) {
        let mut without = seat.clone();
        without.spans.retain(|span| span.counted != Counted::Working);
        prop_assert_eq!(without.count(), seat.count());
    }

    #[test]
    fn the_true_number_lies_within_its_plus_minus(
        seat in seat(),
        by in prop::collection::vec((-4..=4_i64, -4..=4_i64), 6),
    ) {
        // Whoever answers, answers about the silence that was seen: its ends are not moved under the answer.
        let seat = Seat { answers: Vec::new(), blind: Vec::new(), ..seat };
        let (told, truth) = (seat.count(), moved(&seat, &by).count());
        for (told, truth) in [
            (told.stopped, truth.stopped),
            (told.cut_off, truth.cut_off),
            (told.unheard, truth.unheard),
        ] {
            prop_assert!(
                told.total_ms().abs_diff(truth.total_ms()) <= told.plus_minus_ms,
                "{told:?} is {truth:?}"
            );
        }
    }
}
