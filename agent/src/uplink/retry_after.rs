//! How long an answer asks to wait. HTTP knows two forms: seconds, and a date.

use roomready_shared::units::Timestamp;

/// Milliseconds that a `Retry-After` asks for.
///
/// A date counts from the answer's own `Date`: both come from one clock, and the device's may be hours off. Without one
/// a date says nothing; the ordinary backing off holds then.
pub(super) fn wait_ms(retry_after: Option<&str>, date: Option<&str>) -> Option<u64> {
    let text = retry_after?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(seconds.saturating_mul(1_000));
    }
    let wait = http_date(text)?.duration_since(http_date(date?.trim())?);
    // A date that has passed means now.
    Some(u64::try_from(wait.as_millis()).unwrap_or(0))
}

/// "Sun, 06 Nov 1994 08:49:37 GMT", the one form that HTTP still sends.
pub(crate) fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text)
        .ok()
        .map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_understood_whatever_the_device_s_own_clock_says() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        let later = Some("Sun, 06 Nov 1994 08:51:37 GMT");
        assert_eq!(wait_ms(Some(" 7 "), None), Some(7_000));
        assert_eq!(wait_ms(later, date), Some(120_000));
        assert_eq!(wait_ms(date, later), Some(0), "a date that has passed");
        assert_eq!(wait_ms(later, None), None, "nothing to count from");
        assert_eq!(wait_ms(Some("soon"), date), None);
        assert_eq!(wait_ms(Some("-5"), date), None);
        assert_eq!(wait_ms(Some("99999999999999999999"), date), None);
        assert_eq!(wait_ms(Some("18446744073709551615"), date), Some(u64::MAX));
    }
}
