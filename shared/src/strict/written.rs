//! Lengths of time and amounts, as people write them.

use std::time::Duration;

use crate::units::Bytes;

fn number_and_unit(text: &str) -> Option<(u64, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..digits].parse().ok()?, text[digits..].trim()))
}

pub(super) fn length_of_time(text: &str) -> Option<Duration> {
    let (number, unit) = number_and_unit(text.trim())?;
    let seconds = match unit {
        "ms" => return Some(Duration::from_millis(number)),
        "s" => 1,
        "m" | "min" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    number.checked_mul(seconds).map(Duration::from_secs)
}

pub(super) fn amount(text: &str) -> Option<Bytes> {
    let (number, unit) = number_and_unit(text.trim())?;
    let mib = match unit {
        "MB" | "MiB" => 1,
        "GB" | "GiB" => 1024,
        _ => return None,
    };
    number.checked_mul(mib)?.checked_mul(1024 * 1024).map(Bytes)
}

/// As people write it in the file: "250ms", "90s", "5m", "12h", "14d".
pub(super) fn spelled(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if duration.subsec_millis() > 0 {
        return format!("{}ms", duration.as_millis());
    }
    match seconds {
        s if s > 0 && s % 86_400 == 0 => format!("{}d", s / 86_400),
        s if s > 0 && s % 3_600 == 0 => format!("{}h", s / 3_600),
        s if s > 0 && s % 60 == 0 => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}
