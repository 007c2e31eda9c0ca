//! Which notice is due.

use jiff::{SignedDuration, Timestamp};
use roomready_shared::ids::{SchoolId, TargetId};

use super::message::{Kind, What};
use super::plan::{NoticePlan, Step, Target};
use super::{Case, CaseKey, GIVEN_UP_AFTER, Ledger};

/// What comes within this time becomes one notice: a cart that was unplugged, a room's devices one after another.
pub const GATHER_FOR: SignedDuration = SignedDuration::from_secs(5);
/// A case that a target should have heard of for at least this long before it was over, and did not, is told as over:
/// nothing could be written (the collector stood still, its disk was full), or the target's hour was. Twice the gathering,
/// so that a case that came and went between two seconds stays untold.
const SURELY_DUE: SignedDuration = SignedDuration::from_secs(10);
/// Notices to one target within an hour. A bad morning of a school has about ten incidents; a telephone that rings more
/// often is switched off, and then says nothing at all.
pub const MOST_AN_HOUR: usize = 12;
/// After [`MOST_AN_HOUR`], what has come together is told as a summary this often, until the hour has room again.
pub const SUMMARY_EVERY: SignedDuration = SignedDuration::from_mins(15);

/// A notice that is due, without its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// To whom.
    pub target: TargetId,
    /// On which step it stands.
    pub step: Step,
    /// Of which school.
    pub school: SchoolId,
    /// What kind.
    pub kind: Kind,
    /// What it tells of, in the order of the keys; each with when the present "on my way" ran out, for reminders.
    pub tells: Vec<(CaseKey, What)>,
    /// What makes it another notice than an earlier one of the same cases: when "on my way" ran out last.
    pub after: Option<Timestamp>,
}

/// Something that could be told now.
struct Pending<'a> {
    key: &'a CaseKey,
    what: What,
    /// How long it has been waiting to be told.
    waited: SignedDuration,
    ran_out: Option<Timestamp>,
}

/// The notices that are due now, for each school with its cases: every open one, every one of [`Ledger::told`] that is
/// over, and whatever else was over within [`GIVEN_UP_AFTER`].
#[must_use]
pub fn due(
    ledger: &Ledger,
    plan: &NoticePlan,
    schools: &[(SchoolId, Vec<Case>)],
    now: Timestamp,
) -> Vec<Due> {
    let mut all = Vec::new();
    for target in &plan.targets {
        let (mut within_the_hour, mut latest) = ledger.lately(&target.id, now);
        for (school, cases) in schools.iter().filter(|(school, _)| target.hears_of(school)) {
            let mut pending: Vec<_> = cases
                .iter()
                .filter_map(|case| pending(ledger, plan, target, case, now))
                .collect();
            pending.sort_by_key(|pending| pending.key);
            let notice = |kind, told: Vec<&Pending<'_>>| Due {
                target: target.id.clone(),
                step: target.step,
                school: school.clone(),
                kind,
                after: told.iter().filter_map(|pending| pending.ran_out).max(),
                tells: told
                    .into_iter()
                    .map(|pending| (pending.key.clone(), pending.what))
                    .collect(),
            };
            for what in What::ALL {
                let of_kind: Vec<_> = pending.iter().filter(|pending| pending.what == what).collect();
                let gathered = of_kind.iter().any(|pending| pending.waited >= GATHER_FOR);
                if gathered && within_the_hour < MOST_AN_HOUR {
                    all.push(notice(what.kind(), of_kind));
                    within_the_hour += 1;
                    latest = Some(now);
                }
            }
            let rested = latest.is_none_or(|latest| now.duration_since(latest) >= SUMMARY_EVERY);
            if within_the_hour >= MOST_AN_HOUR && rested && !pending.is_empty() {
                all.push(notice(Kind::Summary, pending.iter().collect()));
                latest = Some(now);
            }
        }
    }
    all
}

fn pending<'a>(
    ledger: &Ledger,
    plan: &NoticePlan,
    target: &Target,
    case: &'a Case,
    now: Timestamp,
) -> Option<Pending<'a>> {
    let told = |what, waited, ran_out| {
        Some(Pending {
            key: &case.key,
            what,
            waited,
            ran_out,
        })
    };
    match (ledger.heard(&case.key, &target.id), case.over) {
        (None, Some(over)) => {
            let missed = case.unanswered_for(over) - plan.ladder.wait(target.step) >= SURELY_DUE;
            let ago = now.duration_since(over);
            let tell = missed && target.step <= case.highest && ago < GIVEN_UP_AFTER;
            // It has waited for long enough.
            tell.then(|| told(What::Over, ago.max(GATHER_FOR), None))
                .flatten()
        }
        (None, None) if target.step > case.highest || case.is_answered(now) => None,
        (None, None) => {
            let waited = case.unanswered_for(now) - plan.ladder.wait(target.step);
            if waited < SignedDuration::ZERO {
                return None;
            }
            told(What::Opened, waited, None)
        }
        (Some(heard), Some(over)) if !heard.over => told(What::Over, now.duration_since(over), None),
        (Some(heard), None) => {
            let ran_out = case.ran_out(now).filter(|end| heard.last < *end)?;
            told(What::Reminder, now.duration_since(ran_out), Some(ran_out))
        }
        (Some(_), Some(_)) => None,
    }
}
