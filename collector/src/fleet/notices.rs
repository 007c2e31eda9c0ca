//! What the staff has to be told of, and who was told: the cases of each school, and the ledger over the outbox.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use roomready_shared::ids::{IncidentId, RoomRef, SchoolId};
use tokio::sync::watch;

use super::outbox::Outbox;
use super::{Fleet, State};
use crate::domain::notice::{Case, CaseKey, Due, GIVEN_UP_AFTER, Ledger, Notice, Step, due, highest_step};
use crate::domain::proctor::sitting_of;
use crate::store::{Delivery, MOST_NOTICES_A_PAGE, Page, Store, StoreError};

/// Notices of the district.
#[derive(Debug)]
pub(super) struct Notices {
    pub(super) ledger: Ledger,
    /// As their page shows them.
    pub(super) outbox: Outbox,
    /// Rings when something new is in the outbox; the number only makes each ring another one.
    bell: watch::Sender<u64>,
}

impl Default for Notices {
    fn default() -> Self {
        Self {
            ledger: Ledger::default(),
            outbox: Outbox::default(),
            bell: watch::Sender::new(0),
        }
    }
}

impl Notices {
    /// What the outbox knew at the start.
    pub(super) async fn of(store: &dyn Store) -> Result<Self, StoreError> {
        let mut notices = Self::default();
        let mut page = Page::First;
        loop {
            let found = store.notices(page, MOST_NOTICES_A_PAGE).await?;
            let Some(last) = found.last() else {
                return Ok(notices);
            };
            page = Page::After(last.seq);
            for known in found {
                notices.ledger.take(&known.notice);
                if matches!(known.delivery, Delivery::Delivered { .. }) {
                    notices.ledger.delivered(&known.notice);
                }
                notices.outbox.take(known);
            }
        }
    }
}

impl Fleet {
    /// These are in the outbox now: nobody is told of the same again, and who sends them hears the bell.
    pub fn notices_written(&self, notices: &[Notice], now: Timestamp) {
        let kept = &mut self.state().notices;
        for notice in notices {
            kept.ledger.take(notice);
            kept.outbox.written(notice);
        }
        kept.ledger.forget(now);
        kept.bell.send_modify(|rings| *rings = rings.wrapping_add(1));
    }

    /// A notice arrived.
    pub fn notice_delivered(&self, notice: &Notice) {
        self.state().notices.ledger.delivered(notice);
    }

    /// Rings when something new is in the outbox.
    #[must_use]
    pub fn outbox_bell(&self) -> watch::Receiver<u64> {
        self.state().notices.bell.subscribe()
    }
}

impl State {
    /// Which notices are due, without their words.
    #[must_use]
    pub fn notices_due(&self, now: Timestamp) -> Vec<Due> {
        let plan = &self.config.notices.plan;
        if plan.targets.is_empty() {
            return Vec::new();
        }
        let schools = self.district().schools().keys();
        let schools: Vec<_> = schools
            .map(|school| (school.clone(), self.cases(school, now)))
            .filter(|(_, cases)| !cases.is_empty())
            .collect();
        due(&self.notices.ledger, plan, &schools, now)
    }

    /// Whether help knows of an incident: a notice of it arrived with somebody, or somebody is on the way.
    #[must_use]
    pub fn help_knows(&self, school: &SchoolId, incident: &IncidentId) -> bool {
        let key = CaseKey::Incident(incident.clone());
        self.notices.ledger.has_arrived(&key) || !self.on_the_way(school, incident).is_empty()
    }

    /// What somebody has to come for in a school, what was told and is over, and what was over lately. Hands are left out of
    /// the last: they go up and down through a collector that runs and can write.
    fn cases(&self, school: &SchoolId, now: Timestamp) -> Vec<Case> {
        let told: BTreeSet<_> = self.notices.ledger.told().collect();
        let mut cases = Vec::new();
        for known in self
            .incidents(school)
            .into_iter()
            .flat_map(super::IncidentLog::all)
        {
            let incident = &known.incident;
            let key = CaseKey::Incident(incident.id.clone());
            let over = ended_at(known);
            // Short of that, it may be that nobody could be told while it lasted.
            let is_old = over.is_some_and(|over| now.duration_since(over) >= GIVEN_UP_AFTER);
            if !is_old || told.contains(&key) {
                cases.push(Case {
                    key,
                    known: incident.detected,
                    over,
                    on_the_way: self.on_the_way(school, &incident.id),
                    highest: highest_step(incident),
                });
            }
        }
        for room in self.rooms_of(school) {
            self.hands(&room, now, &told, &mut cases);
        }
        cases
    }

    /// The raised hands of a room, its own and those of its seats; and those that were told and are down.
    fn hands(&self, room: &RoomRef, now: Timestamp, told: &BTreeSet<&CaseKey>, cases: &mut Vec<Case>) {
        let session = sitting_of(self.district(), room, now).map(|session| session.id.clone());
        let seen = self.acts(room).map(|acts| acts.now(session.as_ref(), now));
        let mut up = BTreeMap::new();
        if let Some(seen) = seen {
            let firsts = seen.troubles.iter().map(|trouble| trouble.first);
            up.extend(
                seen.hand
                    .into_iter()
                    .chain(firsts)
                    .map(|act| (act.seq, act.when())),
            );
        }
        let key = |entry| CaseKey::Hand {
            room: room.room.clone(),
            entry,
        };
        let hand = |key, known, over| Case {
            key,
            known,
            over,
            on_the_way: Vec::new(),
            highest: Step::Second,
        };
        cases.extend(up.iter().map(|(entry, at)| hand(key(*entry), *at, None)));
        for down in told {
            if let CaseKey::Hand { room: of, entry } = down
                && *of == room.room
                && !up.contains_key(entry)
                && let Some(act) = self.acts(room).and_then(|acts| acts.get(*entry))
            {
                // When it went down is of no use here: that it is down is told at once.
                cases.push(hand((*down).clone(), act.when(), Some(act.when())));
            }
        }
    }

    /// Each time that somebody said to be on the way because of an incident.
    fn on_the_way(&self, school: &SchoolId, incident: &IncidentId) -> Vec<Timestamp> {
        let rooms = self.rooms_of(school);
        // Before this version an incident of several rooms was acknowledged in the school.
        let acts = rooms.filter_map(|room| self.acts(&room));
        let acts = acts.chain(self.acts_of_school(school));
        let mut said = Vec::new();
        for acts in acts {
            said.extend(acts.on_the_way(incident));
        }
        said
    }

    fn rooms_of(&self, school: &SchoolId) -> impl Iterator<Item = RoomRef> + '_ {
        let of = school.clone();
        let rooms = self
            .district()
            .schools()
            .get(school)
            .map(|school| school.rooms.as_slice())
            .unwrap_or_default();
        rooms.iter().map(move |(room, _)| RoomRef {
            school: of.clone(),
            room: room.clone(),
        })
    }
}

/// When we knew that it was over: what ended it may lie further back.
fn ended_at(told: &super::Told) -> Option<Timestamp> {
    let until = told.incident.until()?;
    Some(told.notes.last().map_or(until, |note| note.at().max(until)))
}
