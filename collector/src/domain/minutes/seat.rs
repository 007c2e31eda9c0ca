//! The three numbers of one seat.

use jiff::Timestamp;

use super::Amount;
use super::set::Set;
use crate::domain::incident::{Basis, Blind, Counted, Span};
use crate::domain::people::StillWorking;

/// A seat's own testing time: from its start to its finish or its end, or to now while it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnTime {
    /// First moment.
    pub from: Timestamp,
    /// First moment after it.
    pub until: Timestamp,
}

/// An answer to "Are students still working?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// When it was given.
    pub at: Timestamp,
    /// What was said.
    pub said: StillWorking,
}

/// What is known about a seat.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Its own testing time.
    pub own: OwnTime,
    /// Breaks and pauses: first moment, first moment after it.
    pub off: &'a [(Timestamp, Timestamp)],
    /// Its stretches of every incident of the sitting. One without an end goes on.
    pub spans: &'a [Span],
    /// When the collector could see nothing.
    pub blind: &'a [Blind],
    /// What people answered about the room, in the order of time.
    pub answers: &'a [Answer],
    /// The present.
    pub now: Timestamp,
}

/// What came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SeatMinutes {
    /// Its testing time without breaks and pauses, in milliseconds, up to now.
    pub testing_ms: u64,
    /// The test app did not run, or the device was off.
    pub stopped: Amount,
    /// None of the vendor's hosts answered.
    pub cut_off: Amount,
    /// Nothing was heard, and nothing explains it.
    pub unheard: Amount,
    /// Unheard, and a person in the room said that everybody works.
    pub working_as_said_ms: u64,
    /// A person said of a stretch that is unheard here that some had stopped.
    pub some_stopped: bool,
    /// Time of which something is known: it was heard, or its own records tell.
    pub heard_ms: u64,
    /// Time in which the collector could see nothing, and that no record explains.
    pub blind_ms: u64,
}

impl SeatMinutes {
    /// Whether there is anything to tell about it.
    #[must_use]
    pub const fn is_quiet(&self) -> bool {
        self.stopped.is_nothing()
            && self.cut_off.is_nothing()
            && self.unheard.is_nothing()
            && self.working_as_said_ms == 0
    }
}

/// The surest first: a moment that the device measured is not also stated.
const SUREST_FIRST: [Basis; 3] = [Basis::Measured, Basis::Stated, Basis::Inferred];

/// Counts.
#[must_use]
pub fn seat_minutes(asked: &Asked<'_>) -> SeatMinutes {
    let own = own_time(asked);
    let stopped = counted(asked, Counted::Stopped).and(&own);
    let cut_off = counted(asked, Counted::CutOff).and(&own).minus(&stopped);
    let told = stopped.or(&cut_off);
    let blind = Set::of(asked.blind.iter().map(|blind| (ms(blind.from), ms(blind.until))));
    let blind = blind.and(&own).minus(&told);
    let silent = counted(asked, Counted::Unheard);
    let untold = silent.and(&own).minus(&told).minus(&blind);
    let said = as_said(&silent, asked.answers);
    let (working, unheard) = (untold.and(&said), untold.minus(&said));
    SeatMinutes {
        testing_ms: own.total(),
        stopped: amount(asked, &own, Counted::Stopped, &stopped),
        cut_off: amount(asked, &own, Counted::CutOff, &cut_off),
        unheard: amount(asked, &own, Counted::Unheard, &unheard),
        working_as_said_ms: working.total(),
        some_stopped: asked
            .answers
            .iter()
            .any(|answer| answer.said == StillWorking::Some && unheard.touches(ms(answer.at), ms(answer.at))),
        heard_ms: own.minus(&untold).minus(&blind).total(),
        blind_ms: blind.total(),
    }
}

fn own_time(asked: &Asked<'_>) -> Set {
    let until = asked.own.until.min(asked.now);
    let off = asked.off.iter().map(|(from, until)| (ms(*from), ms(*until)));
    Set::of([(ms(asked.own.from), ms(until))]).minus(&Set::of(off))
}

fn counted(asked: &Asked<'_>, kind: Counted) -> Set {
    let spans = asked.spans.iter().filter(|span| span.counted == kind);
    Set::of(spans.map(|span| ends(span, asked.now)))
}

fn amount(asked: &Asked<'_>, own: &Set, kind: Counted, moments: &Set) -> Amount {
    let mut left = moments.clone();
    let mut part = |basis: Basis| {
        let spans = asked.spans.iter();
        let spans = spans.filter(|span| span.counted == kind && span.basis == basis);
        let here = left.and(&Set::of(spans.map(|span| ends(span, asked.now))));
        left = left.minus(&here);
        here.total()
    };
    let [measured_ms, stated_ms, inferred_ms] = SUREST_FIRST.map(&mut part);
    Amount {
        measured_ms,
        stated_ms,
        inferred_ms,
        plus_minus_ms: plus_minus(asked, own, kind),
    }
}

/// Every end that the number depends on, added up: moving one end by so much changes the number by no more. Those of
/// stretches that go before this kind count where they border on it.
fn plus_minus(asked: &Asked<'_>, own: &Set, kind: Counted) -> u64 {
    let of_kind = asked.spans.iter().filter(|span| span.counted == kind);
    let widest = Set::of(of_kind.map(|span| {
        let (from, until) = ends(span, asked.now);
        let by = i64::from(span.plus_minus_ms);
        (from.saturating_sub(by), until.saturating_add(by))
    }));
    let reach = widest.and(own);
    let depends = asked.spans.iter().filter(|span| span.counted <= kind);
    let ends = depends.flat_map(|span| {
        let (from, until) = ends(span, asked.now);
        // What goes on has no end yet: now is exact.
        let end = span.until.map(|_| until);
        [Some(from), end]
            .into_iter()
            .flatten()
            .map(|end| (end, span.plus_minus_ms))
    });
    ends.filter(|(end, by)| {
        let by = i64::from(*by);
        reach.touches(end.saturating_sub(by), end.saturating_add(by))
    })
    .map(|(_, by)| u64::from(by))
    .sum()
}

/// Moments of silent stretches in which everybody worked, as people said.
fn as_said(silent: &Set, answers: &[Answer]) -> Set {
    let mut working = Vec::new();
    for &(from, until) in silent.stretches() {
        let mut since = from;
        // Before the first answer nobody has said anything else.
        let mut before = StillWorking::All;
        for answer in answers {
            let at = ms(answer.at);
            if at < from || at > until {
                continue;
            }
            if before == StillWorking::All && answer.said == StillWorking::All {
                working.push((since, at));
            }
            (since, before) = (at, answer.said);
        }
        let answered = answers
            .iter()
            .any(|answer| (from..=until).contains(&ms(answer.at)));
        if answered && before == StillWorking::All {
            working.push((since, until));
        }
    }
    Set::of(working)
}

fn ends(span: &Span, now: Timestamp) -> (i64, i64) {
    (ms(span.from), ms(span.until.unwrap_or(now)))
}

pub(super) fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}
