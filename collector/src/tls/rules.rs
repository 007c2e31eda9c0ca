//! What follows from time. Nothing here reads a clock or a file.

use std::time::Duration;

use jiff::Timestamp;

const DAY: u64 = 24 * 60 * 60;

/// A CA holds for ten years: longer than a collector is kept, and it can be renewed at any time.
pub const CA_LIFE: Duration = Duration::from_secs(10 * 365 * DAY);
/// For so long a new CA is only named beside the old one, which still signs. A device that is off for longer (a summer)
/// is told of the new one by a new enrolment file.
pub const CA_OVERLAP: Duration = Duration::from_secs(30 * DAY);
/// From here on `ca show` and the log ask for a renewal.
pub const CA_RENEWAL_ADVISED: Duration = Duration::from_secs(365 * DAY);
/// A leaf holds for a term: whoever steals it from memory has little of it, and no device ever meets one that ended.
pub const LEAF_LIFE: Duration = Duration::from_secs(90 * DAY);
/// After this a leaf is replaced: a month is left to a collector whose clock or disk needs a person first.
pub const LEAF_RENEWED_AFTER: Duration = Duration::from_secs(60 * DAY);
/// A leaf begins before it was made: laptops' clocks are slow by a time zone more often than by a day.
pub const LEAF_BACKDATED: Duration = Duration::from_secs(DAY);

/// Which of several CAs does what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    /// The place of the one that signs.
    pub signs: usize,
    /// The first of those that devices are told to believe; all after it are named too.
    pub named_from: usize,
    /// When a later one begins to sign, if one waits.
    pub hands_over: Option<Timestamp>,
}

/// Who signs and who is named, of CAs that were made at these times, oldest first.
#[must_use]
pub fn roles(made: &[Timestamp], now: Timestamp) -> Roles {
    let signs = made
        .iter()
        .skip(1)
        .rposition(|made| begins_to_sign(*made) <= now)
        .map_or(0, |place| place + 1);
    Roles {
        signs,
        named_from: signs,
        hands_over: made.get(signs + 1).map(|next| begins_to_sign(*next)),
    }
}

/// When a CA that was made beside an older one takes over.
#[must_use]
pub fn begins_to_sign(made: Timestamp) -> Timestamp {
    made.saturating_add(CA_OVERLAP).unwrap_or(Timestamp::MAX)
}

/// Whether a leaf must be replaced: it is old, its signer no longer signs, or it was made by a clock that was ahead.
#[must_use]
pub fn leaf_is_due(made: Timestamp, by_the_present_signer: bool, now: Timestamp) -> bool {
    let age = now.duration_since(made);
    !by_the_present_signer || age.is_negative() || age.unsigned_abs() >= LEAF_RENEWED_AFTER
}

/// Whether a CA should be renewed by a person now.
#[must_use]
pub fn ca_needs_renewal(ends: Timestamp, now: Timestamp) -> bool {
    let left = ends.duration_since(now);
    left.is_negative() || left.unsigned_abs() < CA_RENEWAL_ADVISED
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + day * 86_400).unwrap()
    }

    #[test]
    fn the_first_ca_signs_from_its_first_moment_even_by_a_clock_that_was_ahead() {
        assert_eq!(roles(&[day(0)], day(0)).signs, 0);
        assert_eq!(roles(&[day(100)], day(0)).signs, 0);
        assert_eq!(roles(&[day(0)], day(0)).hands_over, None);
    }

    #[test]
    fn a_new_ca_is_named_for_thirty_days_and_signs_after_them() {
        let made = [day(0), day(1_000)];
        let waiting = Roles {
            signs: 0,
            named_from: 0,
            hands_over: Some(day(1_030)),
        };
        assert_eq!(roles(&made, day(1_000)), waiting);
        assert_eq!(roles(&made, day(1_029)), waiting);
        let over = Roles {
            signs: 1,
            named_from: 1,
            hands_over: None,
        };
        assert_eq!(roles(&made, day(1_030)), over);
        assert_eq!(roles(&made, day(5_000)), over);
    }

    #[test]
    fn a_leaf_is_replaced_after_sixty_days_at_a_change_of_ca_and_when_the_clock_was_ahead() {
        assert!(!leaf_is_due(day(0), true, day(0)));
        assert!(!leaf_is_due(day(0), true, day(59)));
        assert!(leaf_is_due(day(0), true, day(60)));
        assert!(leaf_is_due(day(0), false, day(1)));
        assert!(leaf_is_due(day(10), true, day(0)));
    }

    #[test]
    fn a_year_before_its_end_a_person_is_asked_to_renew_a_ca() {
        assert!(!ca_needs_renewal(day(3_650), day(3_000)));
        assert!(ca_needs_renewal(day(3_650), day(3_300)));
        assert!(ca_needs_renewal(day(3_650), day(4_000)));
    }
}
