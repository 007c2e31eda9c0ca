//! Identifiers: parsed once, private inside, never confused with one another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not the identifier or label it was offered as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} must be {rule}, but it is {given:?}")]
pub struct NotA {
    /// The kind of text that was asked for, in a reader's words: "a room id".
    pub what: &'static str,
    /// The rule it breaks.
    pub rule: &'static str,
    /// What was given, cut to 80 characters.
    pub given: String,
}

impl NotA {
    pub(crate) fn new(what: &'static str, rule: &'static str, given: &str) -> Self {
        Self {
            what,
            rule,
            given: given.chars().take(80).collect(),
        }
    }
}

/// Longest identifier in characters: fits a column, a URL segment and a log line.
pub const MAX_ID: usize = 64;
/// Longest label of a person's or device's making: an asset tag, a host name, a room's name.
pub const MAX_LABEL: usize = 80;

fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_ID
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.')
        && !text.starts_with(['-', '.'])
        && !text.ends_with(['-', '.'])
}

fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text.chars().count() <= MAX_LABEL
        && text.trim() == text
        && !text.chars().any(char::is_control)
}

macro_rules! text_newtype {
    ($(#[$doc:meta])* $name:ident, $what:literal, $check:ident, $rule:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the text once; a value of this type is valid from then on.
            ///
            /// # Errors
            /// When the text breaks the rule of this type; the error names it.
            pub fn parse(text: &str) -> Result<Self, NotA> {
                if $check(text) { Ok(Self(text.to_owned())) } else { Err(NotA::new($what, $rule, text)) }
            }

            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = NotA;
            fn from_str(text: &str) -> Result<Self, NotA> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotA;
            fn try_from(text: String) -> Result<Self, NotA> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }
    };
}

macro_rules! slug {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        text_newtype!($(#[$doc])* $name, $what, is_slug,
            "1 to 64 lower-case letters, digits, dots or hyphens, beginning and ending with a letter or digit");
    };
}

macro_rules! label {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        text_newtype!($(#[$doc])* $name, $what, is_label,
            "1 to 80 printable characters without spaces at either end");
    };
}

slug!(/// A school, unique in the district: `lincoln-ms`.
    SchoolId, "a school id");
slug!(/// A room, unique in its school: `101`, `library`.
    RoomId, "a room id");
slug!(/// One sitting, unique in the district.
    SessionId, "a session id");
slug!(/// A profile file: `testnav-2026-27`.
    ProfileId, "a profile id");
slug!(/// One rule of a profile or policy, unique in it: `os-windows`, `battery`.
    RuleId, "a rule id");
slug!(/// An incident, derived from its content by the watch so that a replay gives the same one.
    IncidentId, "an incident id");
slug!(/// Somebody of the staff who is told of incidents, as the district's settings name them: `on-call`.
    TargetId, "the id of whom to tell");
label!(/// What people call a device: asset tag or host name, never a person's name.
    DeviceName, "a device name");
label!(/// What people call a seat: `12`, `A3`.
    SeatLabel, "a seat");
label!(/// A title for people: of a school, room, session, rule or profile.
    Title, "a title");

/// A room by its full address: room ids are unique in their school only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoomRef {
    /// The school.
    pub school: SchoolId,
    /// The room in it.
    pub room: RoomId,
}

impl fmt::Display for RoomRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.school, self.room)
    }
}

macro_rules! uuid_newtype {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(uuid::Uuid);

        // The order of the bytes, as one number: trees of many thousand of them are asked with each report.
        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.0.as_u128().cmp(&other.0.as_u128())
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl $name {
            /// Wraps a UUID that the caller minted: this crate draws no random numbers.
            #[must_use]
            pub const fn new(uuid: uuid::Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID inside.
            #[must_use]
            pub const fn uuid(self) -> uuid::Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotA;
            fn from_str(text: &str) -> Result<Self, NotA> {
                text.parse().map(Self).map_err(|_| NotA::new($what, "a UUID", text))
            }
        }
    };
}

uuid_newtype!(/// A link by which proctors of one sitting enter.
    ProctorLinkId, "a proctor link's id");
uuid_newtype!(/// A staff computer's leave to show notices for somebody.
    WatchTokenId, "a watch token's id");
uuid_newtype!(/// A device, given by the collector when it enrols; keeps its meaning over re-imaging.
    DeviceId, "a device id");
uuid_newtype!(/// The numbering of one outbox: minted when an outbox is created or healed, outlives boots.
    StreamId, "a stream id");
uuid_newtype!(/// One unbroken run of a device's monotonic clock: new at each boot or lost continuity.
    ClockEpoch, "a clock epoch");

uuid_newtype!(/// A person's account.
    AccountId, "an account id");
uuid_newtype!(/// A person who came by a proctor link.
    ProctorId, "a proctor id");
uuid_newtype!(/// One sign-in on one browser.
    BrowserSessionId, "a sign-in's id");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_id_that_breaks_the_rule_is_refused_with_the_rule() {
        for bad in ["", "Room 101", "-101", "101-", &"x".repeat(65), "..", "a/b"] {
            let error = RoomId::parse(bad).expect_err("must be refused").to_string();
            assert!(error.contains("a room id must be 1 to 64"), "{error}");
        }
        assert_eq!(RoomId::parse("101").expect("a plain room number").as_str(), "101");
    }

    #[test]
    fn a_label_keeps_people_s_spelling_but_no_control_characters() {
        assert!(DeviceName::parse("Cart 3 · Nº 12").is_ok());
        for bad in ["", " x", "x ", "a\nb", "a\u{0}b", &"x".repeat(81)] {
            assert!(DeviceName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_bad_id_on_the_wire_is_refused_while_reading() {
        let error = serde_json::from_str::<SchoolId>("\"Lincoln MS\"")
            .expect_err("must be refused")
            .to_string();
        assert!(error.contains("a school id must be"), "{error}");
    }
}
