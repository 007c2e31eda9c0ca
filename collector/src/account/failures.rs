//! Failed sign-ins as lines of the record: the first at once, what follows within a minute as a number, so that a
//! flood costs a bounded number of lines.

use std::collections::BTreeMap;
use std::net::IpAddr;

use roomready_shared::ids::AccountId;

use super::throttle::Mono;
use crate::domain::entry::FailedSignIns;
use crate::limits;

/// Counts failed sign-ins.
#[derive(Debug, Default)]
pub struct Failures {
    apart: BTreeMap<Key, Counted>,
    together: Option<Counted>,
}

type Key = (Option<AccountId>, Option<IpAddr>, &'static str);

#[derive(Debug, Clone, Copy)]
struct Counted {
    since: Mono,
    /// After the one that was written.
    more: u32,
}

impl Failures {
    /// One failed; what to write about it now, if anything.
    pub fn add(
        &mut self,
        account: Option<AccountId>,
        address: Option<IpAddr>,
        what: &'static str,
        now: Mono,
    ) -> Option<FailedSignIns> {
        let key = (account, address, what);
        let begun = Counted { since: now, more: 0 };
        if let Some(counted) = self.apart.get_mut(&key) {
            counted.more = counted.more.saturating_add(1);
            return None;
        }
        if self.apart.len() < limits::MOST_FAILED_SIGN_INS_APART {
            self.apart.insert(key, begun);
            return Some(line(key, 1));
        }
        let counted = self.together.get_or_insert(begun);
        counted.more = counted.more.saturating_add(1);
        None
    }

    /// What was counted for [`limits::FAILED_SIGN_INS_COUNTED`], to be written. Call now and then.
    pub fn due(&mut self, now: Mono) -> Vec<FailedSignIns> {
        let is_due = |counted: &Counted| now.saturating_sub(counted.since) >= limits::FAILED_SIGN_INS_COUNTED;
        let mut due: Vec<_> = self
            .apart
            .extract_if(.., |_, counted| is_due(counted))
            .filter(|(_, counted)| counted.more > 0)
            .map(|(key, counted)| line(key, counted.more))
            .collect();
        if let Some(counted) = self.together.take_if(|counted| is_due(counted)) {
            due.push(line((None, None, "any"), counted.more));
        }
        due
    }
}

const fn line((account, address, what): Key, times: u32) -> FailedSignIns {
    FailedSignIns {
        account,
        address,
        what,
        times,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use super::*;

    const HERE: Option<IpAddr> = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));

    #[test]
    fn the_first_is_told_at_once_and_those_after_it_as_a_number() {
        let mut failures = Failures::default();
        let second = Duration::from_secs;
        assert_eq!(failures.add(None, HERE, "password", second(0)).unwrap().times, 1);
        for moment in 1..30 {
            assert_eq!(failures.add(None, HERE, "password", second(moment)), None);
        }
        assert_eq!(failures.due(second(59)), []);
        assert_eq!(failures.due(second(60))[0].times, 29);
        assert_eq!(failures.due(second(61)), []);
        assert!(failures.add(None, HERE, "password", second(62)).is_some());
    }

    #[test]
    fn a_flood_from_everywhere_costs_few_lines_and_none_of_it_is_lost() {
        let mut failures = Failures::default();
        let now = Duration::ZERO;
        let flood = 10_000_u32;
        let mut told = Vec::new();
        for number in 0..flood {
            told.extend(failures.add(None, Some(Ipv4Addr::from(number).into()), "password", now));
        }
        told.extend(failures.due(limits::FAILED_SIGN_INS_COUNTED));
        assert_eq!(told.iter().map(|line| line.times).sum::<u32>(), flood);
        assert!(
            told.len() <= limits::MOST_FAILED_SIGN_INS_APART + 1,
            "{}",
            told.len()
        );
    }
}
