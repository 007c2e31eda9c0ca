//! How far somebody's sight and hand reach.

use std::collections::BTreeSet;

use roomready_shared::ids::{RoomRef, SchoolId};

/// Where something is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// In no one school.
    District,
    /// In a school.
    School(SchoolId),
    /// In a room.
    Room(RoomRef),
}

/// The places that somebody may see and act in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// All of the district.
    District,
    /// These schools with all their rooms.
    Schools(BTreeSet<SchoolId>),
    /// One room.
    Room(RoomRef),
}

impl Scope {
    /// Whether a place lies in it as a whole.
    #[must_use]
    pub fn covers(&self, place: &Place) -> bool {
        match (self, place) {
            (Self::District, _) => true,
            (Self::Schools(schools), Place::School(school)) => schools.contains(school),
            (Self::Schools(schools), Place::Room(room)) => schools.contains(&room.school),
            (Self::Room(own), Place::Room(room)) => own == room,
            (Self::Schools(_), Place::District) | (Self::Room(_), Place::District | Place::School(_)) => {
                false
            }
        }
    }

    /// Whether a school lies in it as a whole.
    #[must_use]
    pub fn covers_school(&self, school: &SchoolId) -> bool {
        match self {
            Self::District => true,
            Self::Schools(schools) => schools.contains(school),
            Self::Room(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn school(id: &str) -> SchoolId {
        SchoolId::parse(id).unwrap()
    }

    fn room(of: &str, id: &str) -> RoomRef {
        RoomRef {
            school: school(of),
            room: id.parse().unwrap(),
        }
    }

    #[test]
    fn a_school_s_people_reach_its_rooms_and_no_other_school() {
        let lincoln = Scope::Schools([school("lincoln-ms")].into());
        assert!(lincoln.covers(&Place::School(school("lincoln-ms"))));
        assert!(lincoln.covers(&Place::Room(room("lincoln-ms", "101"))));
        for elsewhere in [
            Place::District,
            Place::School(school("oak-es")),
            Place::Room(room("oak-es", "101")),
        ] {
            assert!(!lincoln.covers(&elsewhere), "{elsewhere:?}");
        }
    }

    #[test]
    fn a_proctor_reaches_one_room_only() {
        let own = Scope::Room(room("lincoln-ms", "101"));
        assert!(own.covers(&Place::Room(room("lincoln-ms", "101"))));
        for elsewhere in [
            Place::District,
            Place::School(school("lincoln-ms")),
            Place::Room(room("lincoln-ms", "102")),
            Place::Room(room("oak-es", "101")),
        ] {
            assert!(!own.covers(&elsewhere), "{elsewhere:?}");
        }
    }

    #[test]
    fn somebody_without_a_school_reaches_nothing() {
        let nowhere = Scope::Schools(BTreeSet::new());
        assert!(!nowhere.covers(&Place::School(school("lincoln-ms"))));
        assert!(!nowhere.covers(&Place::District));
    }
}
