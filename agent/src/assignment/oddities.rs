//! What is odd about an assignment and is followed all the same: a person should hear of it once.

use jiff::SignedDuration;
use roomready_shared::requirement::Check;
use roomready_shared::units::Timestamp;
use roomready_shared::wire::v1::{Assignment, SITTING_HORIZON_HOURS};

/// An assignment speaks of the days ahead. One that speaks of later than this comes from another time: one of the two
/// clocks is wrong, or somebody changed the file.
const FAR_AHEAD: SignedDuration = SignedDuration::from_hours(3 * SITTING_HORIZON_HOURS);
/// Most names in one sentence.
const MOST_NAMED: usize = 3;

/// Each oddity in words.
#[must_use]
pub fn oddities(assignment: &Assignment, now: Timestamp) -> Vec<String> {
    [from_the_future(assignment, now), too_new(assignment)]
        .into_iter()
        .flatten()
        .collect()
}

fn from_the_future(assignment: &Assignment, now: Timestamp) -> Option<String> {
    let starts = assignment
        .sittings
        .iter()
        .map(|sitting| sitting.timetable.starts());
    let latest = starts.chain([assignment.valid_until]).max()?;
    (latest.duration_since(now) > FAR_AHEAD).then(|| {
        format!(
            "it speaks of {latest}, and this device's clock says {now}: one of the two is wrong; it is followed as it stands"
        )
    })
}

fn too_new(assignment: &Assignment) -> Option<String> {
    let rules = &assignment.requirement.as_ref()?.rules;
    let titles: Vec<&str> = rules
        .iter()
        .filter(|rule| matches!(rule.check, Check::TooNew { .. }))
        .map(|rule| rule.title.as_str())
        .collect();
    let more = titles.len().saturating_sub(MOST_NAMED);
    let named = titles
        .iter()
        .take(MOST_NAMED)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    match (titles.len(), more) {
        (0, _) => None,
        (_, 0) => Some(format!(
            "this agent is too old to check {named}: install a newer one"
        )),
        _ => Some(format!(
            "this agent is too old to check {named} and {more} more: install a newer one"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cycle::tests::{assignment, at_minute, requirement, sitting};

    #[test]
    fn an_ordinary_assignment_is_not_remarkable() {
        let held = assignment(Some(requirement()), vec![sitting(0, 60, 60)]);
        assert_eq!(oddities(&held, at_minute(-60)), Vec::<String>::new());
        // Expired is not odd: a laptop was in a cupboard.
        assert_eq!(oddities(&held, at_minute(60 * 24 * 90)), Vec::<String>::new());
    }

    #[test]
    fn an_assignment_from_the_future_is_told_with_both_times() {
        let mut held = assignment(None, vec![sitting(0, 60, 60)]);
        let told = oddities(&held, at_minute(-60 * 24 * 365));
        assert_eq!(told.len(), 1);
        assert!(told[0].contains(&held.valid_until.to_string()), "{told:?}");
        held.valid_until = "9999-12-30T22:00:00Z".parse().expect("the last of days");
        assert!(
            oddities(&held, at_minute(0))[0].contains("9999"),
            "no arithmetic fails on it"
        );
    }

    #[test]
    fn kinds_of_another_age_are_named_and_three_of_them_are_enough() {
        let mut held = assignment(Some(requirement()), vec![]);
        let rules = &mut held.requirement.as_mut().expect("just given").rules;
        rules[0].check = Check::TooNew {
            named: roomready_shared::units::ShortText::fit("mood"),
        };
        for _ in 0..4 {
            rules.push(rules[0].clone());
        }
        let told = oddities(&held, at_minute(0));
        assert_eq!(
            told,
            ["this agent is too old to check Memory, Memory, Memory and 2 more: install a newer one"]
        );
    }
}
