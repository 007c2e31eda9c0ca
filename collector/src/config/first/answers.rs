//! What a new installation is asked, checked once.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use roomready_shared::ids::{RoomId, RoomRef, SchoolId, Title};

use crate::limits;

/// A test platform whose requirements come with the collector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Platform {
    /// Pearson's.
    TestNav,
    /// Data Recognition Corporation's.
    Drc,
}

impl Platform {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::TestNav, Self::Drc];

    /// The word in a form.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::TestNav => "testnav",
            Self::Drc => "drc-insight",
        }
    }

    /// For people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::TestNav => "TestNav",
            Self::Drc => "DRC INSIGHT",
        }
    }

    /// Its file in `profiles/`.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::TestNav => "testnav-2026-27.toml",
            Self::Drc => "drc-insight-2026-27.toml",
        }
    }

    pub(super) const fn profile(self) -> &'static str {
        match self {
            Self::TestNav => include_str!("../../../../configs/profiles/testnav-2026-27.toml"),
            Self::Drc => include_str!("../../../../configs/profiles/drc-insight-2026-27.toml"),
        }
    }
}

/// A district with its first school, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    pub(super) district: Title,
    pub(super) zone: String,
    pub(super) school: (SchoolId, Title),
    pub(super) rooms: Vec<(RoomId, Title)>,
    pub(super) platform: Option<Platform>,
}

/// One answer that cannot be used, in words for who gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Which field.
    pub field: &'static str,
    /// What to do.
    pub sentence: String,
}

/// All of them at once.
pub type WrongAnswers = Vec<Wrong>;

impl Answers {
    /// Checks what was written into the form. `rooms` has one room a line.
    ///
    /// # Errors
    ///
    /// Every answer that cannot be used.
    pub fn new(
        district: &str,
        zone: &str,
        school: &str,
        rooms: &str,
        platform: &str,
    ) -> Result<Self, WrongAnswers> {
        let mut wrong = Vec::new();
        let district = title("district", "the district", district, &mut wrong);
        let school = title("school", "the school", school, &mut wrong);
        if TimeZone::get(zone).is_err() || zone.is_empty() {
            wrong.push(Wrong {
                field: "zone",
                sentence: "Choose a time zone from the list.".to_owned(),
            });
        }
        let rooms = read_rooms(rooms, &mut wrong);
        let known = Platform::ALL.into_iter().find(|known| known.word() == platform);
        if known.is_none() && platform != "none" {
            wrong.push(Wrong {
                field: "platform",
                sentence: "Choose what the devices are to be checked for.".to_owned(),
            });
        }
        match (district, school) {
            (Some(district), Some(school)) if wrong.is_empty() => Ok(Self {
                district,
                zone: zone.to_owned(),
                school: (slug(school.as_str(), "school"), school),
                rooms,
                platform: known,
            }),
            _ => Err(wrong),
        }
    }

    /// The room whose key the first device gets.
    #[must_use]
    pub fn first_room(&self) -> Option<RoomRef> {
        let (room, _) = self.rooms.first()?;
        Some(RoomRef {
            school: self.school.0.clone(),
            room: room.clone(),
        })
    }
}

fn title(field: &'static str, what: &str, given: &str, wrong: &mut WrongAnswers) -> Option<Title> {
    let given = given.trim();
    let sentence = if given.is_empty() {
        format!("Write the name of {what}.")
    } else {
        match Title::parse(given) {
            Ok(title) => return Some(title),
            Err(_) => format!("The name of {what} may have 80 characters."),
        }
    };
    wrong.push(Wrong { field, sentence });
    None
}

/// One a line; "101" becomes "Room 101".
fn read_rooms(text: &str, wrong: &mut WrongAnswers) -> Vec<(RoomId, Title)> {
    let mut rooms: Vec<(RoomId, Title)> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut say = |sentence: String| {
        wrong.push(Wrong {
            field: "rooms",
            sentence,
        });
    };
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if lines.is_empty() {
        say("Write at least one room, for example 101.".to_owned());
    }
    if lines.len() > limits::MOST_FIRST_ROOMS {
        say(format!(
            "Begin with {} rooms; add the others to the configuration file later.",
            limits::MOST_FIRST_ROOMS
        ));
        return rooms;
    }
    for line in lines {
        let name = if line.starts_with(|c: char| c.is_ascii_digit()) && line.chars().count() <= 5 {
            format!("Room {line}")
        } else {
            line.to_owned()
        };
        let Ok(title) = Title::parse(&name) else {
            let begin: String = line.chars().take(30).collect();
            say(format!("The name of a room may have 80 characters: {begin}…"));
            continue;
        };
        if !seen.insert(name.to_lowercase()) {
            say(format!("{name} stands there twice."));
            continue;
        }
        let short = name.get(..5).filter(|start| start.eq_ignore_ascii_case("room "));
        let id = slug(short.map_or(name.as_str(), |_| &name[5..]), "room");
        let id = free(id, |id| rooms.iter().any(|(taken, _)| taken == id));
        rooms.push((id, title));
    }
    rooms
}

/// Lower-case letters, digits and hyphens of a name; marks above letters are left out. The stand-in where none is left.
fn slug<T: std::str::FromStr>(name: &str, stand_in: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        let plain: &str = match c {
            'á' | 'à' | 'â' | 'ã' | 'å' => "a",
            'ä' | 'æ' => "ae",
            'ç' => "c",
            'é' | 'è' | 'ê' | 'ë' => "e",
            'í' | 'ì' | 'î' | 'ï' => "i",
            'ñ' => "n",
            'ó' | 'ò' | 'ô' | 'õ' | 'ø' => "o",
            'ö' => "oe",
            'ú' | 'ù' | 'û' => "u",
            'ü' => "ue",
            'ß' => "ss",
            '\'' | '’' | '.' => "",
            c if c.is_ascii_alphanumeric() => {
                slug.push(c);
                continue;
            }
            _ if slug.is_empty() || slug.ends_with('-') => "",
            _ => "-",
        };
        slug.push_str(plain);
    }
    slug.truncate(40);
    let slug = slug.trim_matches('-');
    slug.parse()
        .or_else(|_| stand_in.parse())
        .expect("a plain word is an id")
}

/// The id itself, or with the first number behind it that makes it free.
fn free(id: RoomId, is_taken: impl Fn(&RoomId) -> bool) -> RoomId {
    if !is_taken(&id) {
        return id;
    }
    (2..)
        .filter_map(|number| RoomId::parse(&format!("{id}-{number}")).ok())
        .find(|candidate| !is_taken(candidate))
        .expect("there are more numbers than rooms")
}
