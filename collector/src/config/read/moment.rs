//! Times of day in the district's zone.

use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use roomready_shared::strict::{Reader, Value};
use roomready_shared::units::Timestamp;

/// A day and a time of day: "2026-10-06 08:30".
struct LocalMoment(DateTime);

impl FromStr for LocalMoment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A date alone would silently mean midnight.
        let moment = text.contains(':').then(|| text.parse().ok()).flatten();
        moment.map(Self).ok_or_else(|| {
            let given: String = text.chars().take(40).collect();
            format!("{given:?} is not a day and a time; write for example \"2026-10-06 08:30\"")
        })
    }
}

/// A moment that must be there.
pub(super) fn required(reader: &mut Reader<'_>, key: &str, zone: &TimeZone) -> Option<Timestamp> {
    let value = reader.required(key, "\"2026-10-06 08:30\"");
    moment(reader, value, zone)
}

/// A moment that may be absent.
pub(super) fn optional(reader: &mut Reader<'_>, key: &str, zone: &TimeZone) -> Option<Timestamp> {
    let value = reader.optional(key);
    moment(reader, value, zone)
}

fn moment(reader: &Reader<'_>, value: Option<Value<'_>>, zone: &TimeZone) -> Option<Timestamp> {
    let LocalMoment(local) = value?.parsed()?;
    let instant = zone.to_ambiguous_timestamp(local);
    // An hour that the clocks skip does not exist; one that they repeat is taken as the first.
    if matches!(instant.offset(), AmbiguousOffset::Gap { .. }) {
        let problem = format!("{local} does not exist here: the clocks go forward over it");
        reader.fault(&problem, "write a time that exists");
        return None;
    }
    instant.earlier().ok()
}
