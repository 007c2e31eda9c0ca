//! What surrounds every page: where one is, whether it is live, and what an empty page teaches.

use sha2::{Digest as _, Sha256};

use crate::access::{Permission, Role};
use crate::pages::time::LocalTime;

/// Who looks at a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// What people call them.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// What they may do, where their scope reaches.
    pub may: &'static [Permission],
    /// What each form of the page must send in its field `csrf`.
    pub csrf: String,
}

impl Viewer {
    /// Whether to offer them something that asks for this.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.may.contains(&permission)
    }
}

impl Frame {
    /// What each form of the page sends in its field `csrf`.
    #[must_use]
    pub fn csrf(&self) -> &str {
        self.viewer.as_ref().map_or("", |viewer| &viewer.csrf)
    }

    /// What each form of the page sends in its field `once`: pressed twice on one page, the same thing is done once, also
    /// without a script. No secret.
    #[must_use]
    pub fn once(&self) -> String {
        let digest = Sha256::digest(format!("roomready once {} {}", self.csrf(), self.made_at.iso));
        hex::encode(&digest[..12])
    }

    /// Tells a browser's sign-ins apart, so that it never sends what one person pressed as another's. No secret: it
    /// gives nobody the token.
    #[must_use]
    pub fn sign_in_mark(&self) -> String {
        let digest = Sha256::digest(format!("roomready presses {}", self.csrf()));
        hex::encode(&digest[..8])
    }

    /// Whether to offer what asks for this permission.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.may(permission))
    }
}

/// A place one can go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Words of the link.
    pub text: String,
    /// Address, absolute on this collector (`/schools/lincoln`).
    pub url: String,
}

impl Link {
    /// A link of these words to this address.
    pub fn new(text: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            url: url.into(),
        }
    }
}

/// What surrounds the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Name of the page, for the tab and the history: `Room 101`. Never a person's name.
    pub title: String,
    /// Places above this page, outermost first (district, school, room). The page itself is not in it.
    pub trail: Vec<Link>,
    /// The incident log of this place, where there is one.
    pub log: Option<Link>,
    /// Address of this page's event stream; `None` for a page that does not change.
    pub stream: Option<String>,
    /// When the page was made, to the second.
    pub made_at: LocalTime,
    /// Who looks at it; nobody when an element of it is painted for everybody who has it open.
    pub viewer: Option<Viewer>,
    /// The school's time zone by its IANA name (`America/Chicago`): all times on the page are in it.
    pub zone: String,
}

/// What an empty page teaches: what is missing, why that is fine, and the next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmptyState {
    /// What there is not: `No rooms yet`.
    pub headline: String,
    /// One sentence about it.
    pub meaning: String,
    /// What to do, in order.
    pub steps: Vec<Step>,
}

/// One step of an empty page's instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What to do, as a sentence.
    pub words: String,
    /// The exact line to type or text to put into a file, if there is one.
    pub command: Option<String>,
}

impl EmptyState {
    /// Nothing is set up: no school, no room.
    #[must_use]
    pub fn no_rooms(config_sample: &str) -> Self {
        Self {
            headline: "No rooms yet".to_owned(),
            meaning: "RoomReady does not know any school or room.".to_owned(),
            steps: vec![
                Step {
                    words: "Name your schools and rooms in the collector's configuration file.".to_owned(),
                    command: Some(config_sample.to_owned()),
                },
                Step {
                    words: "Start the collector again and reload this page.".to_owned(),
                    command: None,
                },
            ],
        }
    }

    /// Whoever looks answers for schools that are not there.
    #[must_use]
    pub fn no_school_of_yours() -> Self {
        Self {
            headline: "No school of yours is here".to_owned(),
            meaning: "Your account is for schools that RoomReady does not know, or that have no rooms yet."
                .to_owned(),
            steps: vec![Step {
                words: "Ask your administrator to look at the schools of your account.".to_owned(),
                command: None,
            }],
        }
    }

    /// The room exists and no device of it was ever heard. `enrol_command` is the exact line to run on a device.
    #[must_use]
    pub fn no_device_has_reported(enrol_command: &str) -> Self {
        Self {
            headline: "Add the first device".to_owned(),
            meaning: "A device shows up here as soon as it reports for the first time.".to_owned(),
            steps: vec![
                Step {
                    words: "On a device of this room, enrol it once:".to_owned(),
                    command: Some(enrol_command.to_owned()),
                },
                Step {
                    words: "Then start it. It appears here by itself:".to_owned(),
                    command: Some("roomready-agent run".to_owned()),
                },
            ],
        }
    }

    /// The log holds nothing.
    #[must_use]
    pub fn no_incidents() -> Self {
        Self {
            headline: "No incidents".to_owned(),
            meaning: "Nothing has gone wrong here. When a device goes silent or its test app crashes during a test, it is written here by itself.".to_owned(),
            steps: Vec::new(),
        }
    }
}
