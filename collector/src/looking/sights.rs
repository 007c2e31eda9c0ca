//! What is to be looked at, what was seen, and what of it is told. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use roomready_shared::facts::HostPort;
use roomready_shared::ids::SchoolId;
use roomready_shared::timetable::Phase;

use crate::domain::plan::District;
use crate::domain::watch::Looked;
use crate::limits;

/// Which hosts answered.
pub(super) type Answers = BTreeMap<HostPort, bool>;

/// What is to be looked at now: the vendors' hosts for each school in which students test, and the host outside.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    schools: BTreeMap<SchoolId, BTreeSet<HostPort>>,
    outside: Option<HostPort>,
}

impl Wanted {
    /// By the district's plan. A break counts: it ends on time only if the network is there.
    pub(super) fn of(district: &District, now: Timestamp) -> Self {
        let mut wanted = Self {
            schools: BTreeMap::new(),
            outside: district.outside().cloned(),
        };
        for session in district.sessions().values() {
            if !matches!(session.phase_at(now), Phase::Testing | Phase::Break) {
                continue;
            }
            let hosts = wanted.schools.entry(session.room.school.clone()).or_default();
            let requirement = session.requirement.as_ref().or(district.requirement());
            hosts.extend(
                requirement
                    .iter()
                    .flat_map(|requirement| &requirement.hosts)
                    .cloned(),
            );
        }
        wanted
    }

    /// The host outside alone.
    pub(super) fn without_vendor(mut self) -> Self {
        self.schools.values_mut().for_each(BTreeSet::clear);
        self
    }

    /// Each host once, at most [`limits::MOST_HOSTS_LOOKED_AT`] of them, the host outside first.
    pub(super) fn hosts(&self) -> Vec<&HostPort> {
        if self.schools.is_empty() {
            return Vec::new();
        }
        let vendors: BTreeSet<_> = self.schools.values().flatten().collect();
        let vendors = vendors
            .into_iter()
            .filter(|host| Some(*host) != self.outside.as_ref());
        let all = self.outside.iter().chain(vendors);
        all.take(limits::MOST_HOSTS_LOOKED_AT).collect()
    }
}

/// What was seen in this run, and what each school's watch was told of it.
#[derive(Debug, Default)]
pub(super) struct Sights {
    /// Hosts that answered at least once. Others are no evidence when they do not.
    known: BTreeSet<HostPort>,
    told: BTreeMap<SchoolId, (Looked, u64)>,
}

impl Sights {
    /// Takes one look over and gives what is to be told: what changed, what was told a minute ago, and that nothing is
    /// seen any more where students no longer test.
    pub(super) fn take(
        &mut self,
        wanted: &Wanted,
        answers: &Answers,
        mono_ms: u64,
    ) -> Vec<(SchoolId, Looked)> {
        // Hosts that nobody asks for any more are forgotten, so that this stays as small as the plan.
        self.known.retain(|host| answers.contains_key(host));
        let answering = answers.iter().filter(|(_, answered)| **answered);
        self.known.extend(answering.map(|(host, _)| host.clone()));
        let mut tell = Vec::new();
        for (school, hosts) in &wanted.schools {
            let looked = Looked {
                vendor: self.any(hosts, answers),
                outside: self.any(&wanted.outside, answers),
            };
            let due = self.told.get(school).is_none_or(|(before, at)| {
                *before != looked || mono_ms.saturating_sub(*at) >= limits::LOOK_OUTSIDE_TOLD_EVERY_MS
            });
            if due && (looked != Looked::default() || self.told.contains_key(school)) {
                tell.push((school.clone(), looked));
                self.told.insert(school.clone(), (looked, mono_ms));
            }
        }
        let over: Vec<_> = self
            .told
            .keys()
            .filter(|school| !wanted.schools.contains_key(*school))
            .cloned()
            .collect();
        for school in over {
            self.told.remove(&school);
            tell.push((school, Looked::default()));
        }
        tell
    }

    /// Whether any of these hosts answers; none where none of them ever did.
    fn any<'h>(&self, hosts: impl IntoIterator<Item = &'h HostPort>, answers: &Answers) -> Option<bool> {
        let known = hosts.into_iter().filter(|host| self.known.contains(*host));
        known
            .map(|host| answers.get(host).copied().unwrap_or(false))
            .reduce(|one, other| one || other)
    }
}
