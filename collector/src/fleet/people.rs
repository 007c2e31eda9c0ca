//! People in rooms: who entered by which link, what they did, what they are called. In memory, because every board of
//! a room shows it each second; rebuilt from tables and entries at start.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use roomready_shared::ids::{ProctorId, ProctorLinkId, RoomRef, SchoolId, SessionId, Title};

use super::{Fleet, State};
use crate::access::Role;
use crate::domain::entry::{Actor, Entry};
use crate::domain::people::{About, Act, Acts, Deed, Moment, NotNow, Press};
use crate::domain::proctor::{Proctor, ProctorLink, sitting_of};
use crate::domain::watch::{Input, Said};
use crate::store::Account;

/// How long a browser may keep a press before it is too old to be believed: as long as a sign-in lasts at most.
const KEPT_AT_MOST: SignedDuration = SignedDuration::from_hours(12);

/// People of the district.
#[derive(Debug, Default)]
pub(super) struct People {
    rooms: BTreeMap<RoomRef, Acts>,
    /// What was said of whole schools.
    schools: BTreeMap<SchoolId, Acts>,
    links: BTreeMap<ProctorLinkId, ProctorLink>,
    proctors: BTreeMap<ProctorId, Present>,
    /// What those are called who acted and are not proctors.
    names: BTreeMap<Actor, Called>,
}

/// A proctor, and when their browser was last heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Who.
    pub proctor: Proctor,
    /// When last heard in this run of the collector; when they entered, before.
    pub last_seen: Timestamp,
}

/// What a person is called on pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// Their name.
    pub name: Title,
    /// What they are, in a word or two of small letters.
    pub role: String,
}

impl Called {
    /// Somebody with an account.
    #[must_use]
    pub fn of(name: Title, role: Role) -> Self {
        Self {
            name,
            role: role.title().to_lowercase(),
        }
    }
}

impl People {
    /// What the store knew at the start.
    pub(super) fn of(links: Vec<ProctorLink>, proctors: Vec<Proctor>, accounts: Vec<Account>) -> Self {
        let mut people = Self::default();
        for account in accounts {
            let called = Called::of(account.name, account.role);
            people.names.insert(Actor::Account(account.id), called);
        }
        links
            .into_iter()
            .for_each(|link| drop(people.links.insert(link.id, link)));
        proctors.into_iter().for_each(|proctor| people.enter(proctor));
        people
    }

    /// Takes an entry that is an act of a person; gives it back as the watch hears of it.
    pub(super) fn take(&mut self, entry: &Entry) -> Option<Said> {
        match Act::of_entry(entry)? {
            Ok((about, act)) => {
                let (acts, room) = match about {
                    About::Room(room) => (self.rooms.entry(room.clone()).or_default(), Some(room.room)),
                    About::School(school) => (self.schools.entry(school).or_default(), None),
                };
                acts.take(act.clone());
                Some(Said { room, act })
            }
            // The record keeps it; a collector that refused to start over one line would show nothing at all.
            Err(error) => {
                tracing::error!(seq = entry.seq, %error, "a line of the record is skipped");
                None
            }
        }
    }

    pub(super) fn is_called(&mut self, who: Actor, called: Called) {
        self.names.insert(who, called);
    }

    fn enter(&mut self, proctor: Proctor) {
        let last_seen = proctor.entered_at;
        self.proctors.insert(proctor.id, Present { proctor, last_seen });
    }
}

impl Fleet {
    /// An act of a person is durable: pages show it from now on.
    pub fn acted(&self, entry: &Entry, by: Called) {
        let mut state = self.state();
        if !matches!(entry.entry.actor, Actor::Proctor(_)) {
            state.people.names.insert(entry.entry.actor.clone(), by);
        }
        if let (Some(said), Some(school)) = (state.people.take(entry), &entry.entry.school) {
            state.hand_over(school, Input::Person(said));
        }
    }

    /// A link was made.
    pub fn link_made(&self, link: ProctorLink, by: Called) {
        let people = &mut self.state().people;
        people.names.insert(link.made_by.clone(), by);
        people.links.insert(link.id, link);
    }

    /// A link was ended, and with it everybody who entered by it.
    pub fn link_revoked(&self, link: ProctorLinkId, at: Timestamp) {
        let people = &mut self.state().people;
        if let Some(held) = people.links.get_mut(&link) {
            held.revoked_at = held.revoked_at.or(Some(at));
        }
        for present in people
            .proctors
            .values_mut()
            .filter(|present| present.proctor.link == link)
        {
            present.proctor.released_at = present.proctor.released_at.or(Some(at));
        }
    }

    /// Somebody entered.
    pub fn proctor_entered(&self, proctor: Proctor) {
        self.state().people.enter(proctor);
    }

    /// A proctor's browser was let go.
    pub fn proctor_released(&self, proctor: ProctorId, at: Timestamp) {
        if let Some(present) = self.state().people.proctors.get_mut(&proctor) {
            present.proctor.released_at = present.proctor.released_at.or(Some(at));
        }
    }

    /// A proctor's browser was heard.
    pub fn proctor_seen(&self, proctor: ProctorId, at: Timestamp) {
        if let Some(present) = self.state().people.proctors.get_mut(&proctor) {
            present.last_seen = present.last_seen.max(at);
        }
    }
}

impl State {
    /// The acts of a room.
    #[must_use]
    pub fn acts(&self, room: &RoomRef) -> Option<&Acts> {
        self.people.rooms.get(room)
    }

    /// What was said of a school as a whole.
    #[must_use]
    pub fn acts_of_school(&self, school: &SchoolId) -> Option<&Acts> {
        self.people.schools.get(school)
    }

    fn acts_about(&self, about: &About) -> Option<&Acts> {
        match about {
            About::Room(room) => self.acts(room),
            About::School(school) => self.acts_of_school(school),
        }
    }

    /// Whether something may be done now, and in which sitting. `meant` is the sitting for which it was pressed,
    /// where the page told: what was kept without a network through the morning is not carried over to the afternoon.
    ///
    /// # Errors
    ///
    /// When it may not, and why.
    pub fn check_act(
        &self,
        about: &About,
        deed: &Deed,
        meant: Option<&SessionId>,
        press: Option<Press>,
        now: Timestamp,
    ) -> Result<Option<SessionId>, NotNow> {
        let nothing = Acts::default();
        let acts = self.acts_about(about).unwrap_or(&nothing);
        if press.is_some_and(|press| acts.has_arrived(press.key)) {
            return Err(NotNow::AlreadySo);
        }
        if press.is_some_and(|press| now.duration_since(press.at) > KEPT_AT_MOST) {
            return Err(NotNow::TooOld);
        }
        let moment = self.moment(about, now);
        let session = moment.session.map(|session| session.id.clone());
        if meant.is_some() && matches!(about, About::Room(_)) && meant != session.as_ref() {
            return Err(NotNow::OtherSession);
        }
        acts.check(about, deed, &moment).map(|()| session)
    }

    fn moment<'a>(&'a self, about: &About, now: Timestamp) -> Moment<'a> {
        let district = self.district();
        match about {
            About::Room(room) => {
                let session = sitting_of(district, room, now);
                Moment {
                    now,
                    session,
                    sittings: session.into_iter().collect(),
                }
            }
            About::School(school) => Moment {
                now,
                session: None,
                sittings: district
                    .sessions()
                    .values()
                    .filter(|session| session.room.school == *school)
                    .filter(|session| {
                        sitting_of(district, &session.room, now).is_some_and(|of| of.id == session.id)
                    })
                    .collect(),
            },
        }
    }

    /// A proctor link.
    #[must_use]
    pub fn proctor_link(&self, id: ProctorLinkId) -> Option<&ProctorLink> {
        self.people.links.get(&id)
    }

    /// Every proctor link.
    pub fn proctor_links(&self) -> impl Iterator<Item = &ProctorLink> {
        self.people.links.values()
    }

    /// The links of a sitting, newest first.
    #[must_use]
    pub fn links_of(&self, session: &SessionId) -> Vec<&ProctorLink> {
        let of = self.proctor_links().filter(|link| link.session == *session);
        let mut of: Vec<_> = of.collect();
        of.sort_by_key(|link| std::cmp::Reverse((link.made_at, link.id)));
        of
    }

    /// A proctor.
    #[must_use]
    pub fn proctor(&self, id: ProctorId) -> Option<&Present> {
        self.people.proctors.get(&id)
    }

    /// Who entered by a link, in that order.
    #[must_use]
    pub fn entered_by(&self, link: ProctorLinkId) -> Vec<&Present> {
        let all = self.people.proctors.values();
        let mut here: Vec<_> = all.filter(|present| present.proctor.link == link).collect();
        here.sort_by_key(|present| (present.proctor.entered_at, present.proctor.id));
        here
    }

    /// Who is in a room now by a link, in the order in which they entered.
    #[must_use]
    pub fn proctors_in(&self, room: &RoomRef, now: Timestamp) -> Vec<&Present> {
        let open = self.proctor_links().filter(|link| {
            let session = link.state(self.district(), now).open();
            session.is_some_and(|(session, _)| session.room == *room)
        });
        let mut here: Vec<_> = open
            .flat_map(|link| self.entered_by(link.id))
            .filter(|present| present.proctor.released_at.is_none())
            .collect();
        here.sort_by_key(|present| (present.proctor.entered_at, present.proctor.id));
        here
    }

    /// What an actor of the record is called on pages.
    #[must_use]
    pub fn called(&self, who: &Actor) -> Option<Called> {
        match who {
            Actor::Proctor(id) => self.proctor(*id).map(|present| Called {
                name: present.proctor.name.clone(),
                role: present.proctor.capacity.to_string(),
            }),
            other => self.people.names.get(other).cloned(),
        }
    }
}
