//! Times as a scenario writes them: of day, with a date, as an offset from its beginning, or in UTC.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use roomready_shared::strict::{Reader, Value};
use roomready_shared::units::Timestamp;

use super::{DAY, ZONE};

/// How to write a time.
const INSTEAD: &str = "write a time of day such as \"09:12\" or \"09:12:30\", one with its date, or an offset from the beginning such as \"+1h30m\"";

/// The day and zone of a scenario.
pub(super) struct Times {
    zone: TimeZone,
    day: Date,
    from: Option<Timestamp>,
}

impl Times {
    pub(super) fn of(root: &mut Reader<'_>) -> Self {
        let zone = root.optional("zone").and_then(|value| {
            let place = value.place();
            let name = value.text()?;
            let found = TimeZone::get(name).ok();
            if found.is_none() {
                place.fault(
                    "there is no such time zone",
                    "write its IANA name, such as \"America/Chicago\"",
                );
            }
            found
        });
        let day = root.optional("date").and_then(Value::date);
        Self {
            zone: zone.or_else(|| TimeZone::get(ZONE).ok()).unwrap_or(TimeZone::UTC),
            day: day.unwrap_or(DAY),
            from: None,
        }
    }

    pub(super) const fn begin(&mut self, from: Option<Timestamp>) {
        self.from = from;
    }

    pub(super) const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Reads a moment.
    pub(super) fn at(&self, value: Value<'_>) -> Option<Timestamp> {
        let place = value.place();
        let text = value.text()?;
        let at = self.parse(text);
        match at {
            Ok(at) => Some(at),
            Err(problem) => {
                place.fault(&format!("{text:?} {problem}"), INSTEAD);
                None
            }
        }
    }

    /// Reads a moment as milliseconds after the beginning.
    pub(super) fn at_ms(&self, value: Value<'_>) -> Option<u64> {
        let place = value.place();
        let at = self.at(value)?;
        let after = at.duration_since(self.from?);
        let ms = u64::try_from(after.as_millis()).ok();
        if ms.is_none() {
            place.fault(
                "this is before the beginning",
                "let the day begin earlier, or write a later time",
            );
        }
        ms
    }

    /// A time of day in a longer text.
    pub(super) fn of_day(&self, text: &str) -> Option<Timestamp> {
        self.parse(text.trim()).ok()
    }

    fn parse(&self, text: &str) -> Result<Timestamp, &'static str> {
        if let Some(offset) = text.strip_prefix('+') {
            let from = self.from.ok_or("cannot be counted without \"from\"")?;
            let offset: SignedDuration = offset.parse().map_err(|_| "is no length of time")?;
            return from.checked_add(offset).map_err(|_| "is too far away");
        }
        if let Ok(at) = text.parse::<Timestamp>() {
            return Ok(at);
        }
        let local = match text.parse::<Time>() {
            Ok(time) => self.day.to_datetime(time),
            Err(_) => text.parse::<DateTime>().map_err(|_| "is no time")?,
        };
        self.zone
            .to_ambiguous_zoned(local)
            .unambiguous()
            .map(|zoned| zoned.timestamp())
            .map_err(|_| "comes twice or never in that night")
    }
}
