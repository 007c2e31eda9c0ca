//! Milliseconds for people: rounded here and nowhere before.

use super::{Amount, SeatMinutes};
use crate::domain::incident::Basis;

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;

/// `40 s` below a minute, else whole minutes, half a minute upwards: `6 min`. Anything at all is at least `1 s`.
#[must_use]
pub fn in_words(ms: u64) -> String {
    let seconds = (ms + SECOND / 2) / SECOND;
    match ms {
        0 => "0".to_owned(),
        _ if seconds < 60 => format!("{} s", seconds.max(1)),
        _ => format!("{} min", (ms + MINUTE / 2) / MINUTE),
    }
}

/// `6 min ± 2 s, measured`; `9 min, 6 min measured, 3 min not explained`. Empty for nothing.
#[must_use]
pub fn number_in_words(amount: &Amount) -> String {
    if amount.is_nothing() {
        return String::new();
    }
    let plus_minus = match amount.plus_minus_ms {
        0 => String::new(),
        // Never told smaller than it is.
        ms if ms < MINUTE => format!(" ± {} s", ms.div_ceil(SECOND)),
        ms => format!(" ± {} min", ms.div_ceil(MINUTE)),
    };
    let bases: Vec<_> = amount.bases().collect();
    let how = match bases.as_slice() {
        [(basis, _)] => word(*basis).to_owned(),
        several => several
            .iter()
            .map(|(basis, ms)| format!("{} {}", in_words(*ms), word(*basis)))
            .collect::<Vec<_>>()
            .join(", "),
    };
    format!("{}{plus_minus}, {how}", in_words(amount.total_ms()))
}

const fn word(basis: Basis) -> &'static str {
    match basis {
        Basis::Measured => "measured",
        Basis::Stated => "as people said",
        Basis::Inferred => "inferred",
    }
}

/// `118 of 120 min`: what is missing is rounded up, so that nobody reads a whole hour where a second is missing.
#[must_use]
pub fn covered(minutes: &SeatMinutes) -> String {
    let whole = (minutes.testing_ms + MINUTE / 2) / MINUTE;
    let missing = (minutes.testing_ms - minutes.heard_ms.min(minutes.testing_ms)).div_ceil(MINUTE);
    format!("{} of {whole} min", whole.saturating_sub(missing))
}
