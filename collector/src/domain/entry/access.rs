//! Lines about people's coming, going and looking: the access log.

use jiff::Timestamp;
use roomready_shared::ids::SchoolId;

use super::{Actor, Body, EntryKind, NewEntry, Subject};
use crate::access::{Actor as Person, Place, Role};
use crate::domain::notice::Notice;

impl NewEntry {
    /// Somebody signed in on a browser, in this way.
    #[must_use]
    pub fn signed_in(at: Timestamp, person: &Person, how: &str) -> Self {
        let body = Body::of_fields([
            ("role", person.role.word().into()),
            ("how", how.into()),
            ("session", person.session.to_string().into()),
        ]);
        of(at, person, EntryKind::StaffSignedIn, Subject::Collector, body)
    }

    /// A sign-in ended.
    #[must_use]
    pub fn signed_out(at: Timestamp, person: &Person, session: &str) -> Self {
        let body = Body::of_fields([("session", session.into())]);
        of(at, person, EntryKind::StaffSignedOut, Subject::Collector, body)
    }

    /// Somebody looked at a page.
    #[must_use]
    pub fn viewed(at: Timestamp, person: &Person, route: &str, subject: Subject, place: &Place) -> Self {
        let body = Body::of_fields([("route", route.into()), ("role", person.role.word().into())]);
        let mut entry = of(at, person, EntryKind::Viewed, subject, body);
        entry.school = school_of(place);
        entry
    }

    /// Somebody asked for what is not theirs.
    #[must_use]
    pub fn access_refused(
        at: Timestamp,
        person: &Person,
        route: &str,
        method: &str,
        subject: Subject,
        why: &str,
    ) -> Self {
        let body = Body::of_fields([
            ("route", route.into()),
            ("method", method.into()),
            ("role", person.role.word().into()),
            ("why", why.into()),
        ]);
        of(at, person, EntryKind::AccessRefused, subject, body)
    }

    /// Somebody took a copy of this out.
    #[must_use]
    pub fn exported(at: Timestamp, person: &Person, what: &str) -> Self {
        let body = Body::of_fields([("what", what.into()), ("role", person.role.word().into())]);
        of(at, person, EntryKind::Exported, Subject::Collector, body)
    }

    /// Somebody had a test notice sent to a target.
    #[must_use]
    pub fn notice_tested(at: Timestamp, by: Actor, notice: &Notice) -> Self {
        let body = Body::of_fields([
            ("target", notice.target.as_str().into()),
            ("notice", notice.id.to_string().into()),
        ]);
        Self::new(at, None, by, EntryKind::NoticeTested, Subject::Collector, body)
    }

    /// An account was made.
    #[must_use]
    pub fn account_created(
        at: Timestamp,
        by: Actor,
        account: roomready_shared::ids::AccountId,
        role: Role,
        schools: &str,
    ) -> Self {
        let body = Body::of_fields([("role", role.word().into()), ("schools", schools.into())]);
        let (kind, subject) = (EntryKind::AccountCreated, Subject::Account(account));
        Self::new(at, None, by, kind, subject, body)
    }
}

fn of(at: Timestamp, person: &Person, kind: EntryKind, subject: Subject, body: Body) -> NewEntry {
    NewEntry::new(at, None, person.who.into(), kind, subject, body)
}

fn school_of(place: &Place) -> Option<SchoolId> {
    match place {
        Place::District => None,
        Place::School(school) => Some(school.clone()),
        Place::Room(room) => Some(room.school.clone()),
    }
}
