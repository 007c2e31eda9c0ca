//! What a report must be before anything is done with it. Pure.
//!
//! The line between the two kinds of refusal: what makes the *report* contradict itself is refused as a whole, since
//! its numbering cannot be trusted; a single *record* that cannot be understood is refused by itself and kept aside,
//! or one bad record would hold up all that come after it.

use std::io;

use jiff::Timestamp;
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::{
    Lost, MAX_LOST, MAX_NEWS, MAX_NEWS_BYTES, MAX_PROMISE_MS, News, NewsBody, RawNews, Report,
};

use super::NotTaken;
use crate::domain::event_time::{Dated, DeviceClocks, EventTime, Exchange};
use crate::store::{LARGEST_SEQ, Offered};

/// Times a device may tell, in seconds since 1970: 1970 to 2199. A clock that is years off is the device's trouble,
/// shown and corrected for; a time outside of this is no clock's.
const SANE_SECONDS: std::ops::Range<i64> = 0..7_258_118_400;

/// The part of a report that is for the store.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Checked {
    /// Records, understood or not.
    pub(super) news: Vec<Offered>,
    /// Declared losses.
    pub(super) lost: Vec<Lost>,
    /// What is known of the device's clocks with this report.
    pub(super) clocks: DeviceClocks,
}

/// Whether a report is one, whatever its records say.
pub(super) fn check(report: &Report) -> Result<(), NotTaken> {
    if report.news.len() > MAX_NEWS {
        let length = report.news.len();
        return Err(NotTaken::TooLarge(format!(
            "a report may bring {MAX_NEWS} records, but it brings {length}"
        )));
    }
    if report.lost.len() > MAX_LOST {
        let length = report.lost.len();
        return Err(NotTaken::TooLarge(format!(
            "a report may declare {MAX_LOST} losses, but it declares {length}"
        )));
    }
    check_numbers(report)?;
    if report.next_within_ms == 0 || report.next_within_ms > MAX_PROMISE_MS {
        let promise = report.next_within_ms;
        return malformed(format!(
            "next_within_ms must be 1 to {MAX_PROMISE_MS}, but it is {promise}"
        ));
    }
    let anchor = report.live.anchor;
    let sound = |mono_ms: u64, at: Timestamp| is_sane(at) && mono_ms <= LARGEST_SEQ;
    if !sound(report.live.mono_ms, report.live.at) || anchor.is_some_and(|told| !sound(told.mono_ms, told.at))
    {
        return malformed("the times of live are not those of a clock".to_owned());
    }
    Ok(())
}

/// Takes the records and losses out of a report, and dates the records by what is known of the device's clocks and by the
/// time of the latest record before them.
pub(super) fn take_out(
    report: &mut Report,
    received: Timestamp,
    mut clocks: DeviceClocks,
    latest: Option<EventTime>,
) -> Checked {
    let exchange = Exchange {
        live: &report.live,
        received,
    };
    let news = date(std::mem::take(&mut report.news), &exchange, &clocks, latest);
    clocks.learn(&exchange);
    Checked {
        news,
        lost: std::mem::take(&mut report.lost),
        clocks,
    }
}

/// Understands and dates the records: together, since each is bounded by its neighbours.
fn date(
    records: Vec<RawNews>,
    exchange: &Exchange<'_>,
    clocks: &DeviceClocks,
    latest: Option<EventTime>,
) -> Vec<Offered> {
    let mut understood = Vec::new();
    let mut offered: Vec<Option<Offered>> = Vec::new();
    for raw in records {
        match understand(raw) {
            Ok(news) => {
                understood.push(news);
                offered.push(None);
            }
            Err((raw, why)) => offered.push(Some(Offered::NotUnderstood { raw, why })),
        }
    }
    let mut dated = clocks.date(exchange, latest, understood).into_iter();
    offered
        .into_iter()
        .filter_map(|refused| {
            refused.or_else(|| {
                let mut dated = dated.next()?;
                by_our_clock(&mut dated, exchange.received);
                Some(Offered::Understood(dated))
            })
        })
        .collect()
}

fn check_numbers(report: &Report) -> Result<(), NotTaken> {
    let first = report.first_seq;
    let last = first.saturating_add(u64::try_from(report.news.len()).unwrap_or(u64::MAX));
    if first == 0 || last > LARGEST_SEQ {
        return malformed(format!(
            "records are numbered from 1 to {LARGEST_SEQ}, but first_seq is {first}"
        ));
    }
    if let Some((expected, record)) = (first..)
        .zip(&report.news)
        .find(|(expected, record)| *expected != record.seq)
    {
        let seq = record.seq;
        return malformed(format!(
            "records must be numbered one after the other from first_seq {first}, but {seq} stands where {expected} belongs"
        ));
    }
    let wrong = |loss: &&Lost| loss.from == 0 || loss.to < loss.from || loss.to > LARGEST_SEQ;
    if let Some(Lost { from, to, .. }) = report.lost.iter().find(wrong) {
        return malformed(format!(
            "a loss from {from} to {to} is none: it needs 1 or more, and its end not before"
        ));
    }
    Ok(())
}

fn malformed<T>(sentence: String) -> Result<T, NotTaken> {
    Err(NotTaken::Malformed(sentence))
}

fn is_sane(at: Timestamp) -> bool {
    SANE_SECONDS.contains(&at.as_second())
}

fn understand(mut raw: RawNews) -> Result<News, (RawNews, ShortText)> {
    let size = size(&raw.body);
    if size > MAX_NEWS_BYTES {
        let seq = raw.seq;
        let why = format!("record {seq} has {size} bytes, {MAX_NEWS_BYTES} are the most");
        // Kept aside without its body: seven days of such records would fill the disk.
        raw.body = serde_json::json!({ "left_out_bytes": size });
        return Err((raw, ShortText::fit(&why)));
    }
    if !is_sane(raw.at) || raw.mono_ms > LARGEST_SEQ {
        let why = format!("the times of record {} are not those of a clock", raw.seq);
        // Kept aside with a time that every table holds.
        raw.at = Timestamp::UNIX_EPOCH;
        raw.mono_ms = raw.mono_ms.min(LARGEST_SEQ);
        return Err((raw, ShortText::fit(&why)));
    }
    match raw.understand() {
        Ok(mut news) => {
            // As the store keeps it, so that a watch before a restart and after it sees the very same.
            news.at = Timestamp::from_microsecond(news.at.as_microsecond()).unwrap_or(news.at);
            Ok(news)
        }
        Err(why) => Err((raw, why)),
    }
}

/// Readings are judged by their age and laid over each other by their time. Taken at their word, those of a clock a
/// day ahead would be fresh for a day and hide all that is read once the clock is right; those of a clock a day
/// behind would be old when they come. The record itself keeps the time it was told with.
fn by_our_clock(Dated { news, time, .. }: &mut Dated, received: Timestamp) {
    let off = time.at.duration_since(news.at);
    if let NewsBody::Facts { facts, .. } = &mut news.body {
        facts.move_times(|read| read.checked_add(off).unwrap_or(received).min(received));
    }
}

/// Bytes of a value as JSON, without writing it anywhere.
fn size(value: &serde_json::Value) -> usize {
    struct Count(usize);
    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    match serde_json::to_writer(&mut count, value) {
        Ok(()) => count.0,
        Err(_) => usize::MAX,
    }
}

#[cfg(test)]
mod tests;
