//! The published table: who may ask for what. `docs/access.md` holds it, and a test holds the two together.

use std::fmt::Write as _;

use super::{Access, Route, Surface};
use crate::access::Role;

/// What somebody is answered, before the handler has looked at what exactly is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It goes to the handler, wherever it lies.
    Yes,
    /// It goes to the handler when it lies in one's schools.
    OwnSchools,
    /// It goes to the handler when it lies in one's room.
    OwnRoom,
    /// Refused.
    No,
}

impl Answer {
    const fn words(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::OwnSchools => "own schools",
            Self::OwnRoom => "own room",
            Self::No => "–",
        }
    }
}

impl Route {
    /// What a role is answered.
    #[must_use]
    pub fn answer(&self, role: Role) -> Answer {
        match self.access {
            Access::Open => Answer::Yes,
            Access::Device | Access::Watcher(_) => Answer::No,
            Access::Monitor(asks) | Access::Person(asks) if !role.permits(asks) => Answer::No,
            // A whole school never lies in one room.
            Access::Person(_)
                if role == Role::Proctor
                    && self.path.contains("{school}")
                    && !self.path.contains("{room}") =>
            {
                Answer::No
            }
            // Numbers of the whole collector: they name no place.
            Access::Monitor(_) => Answer::Yes,
            Access::Person(_) if role == Role::Proctor => Answer::OwnRoom,
            Access::Person(_) if role.is_of_schools() => Answer::OwnSchools,
            Access::Person(_) => Answer::Yes,
        }
    }

    fn asks(&self) -> &'static str {
        match self.access {
            Access::Open => "nothing",
            Access::Device => "a device's credential",
            Access::Watcher(_) => "a staff computer's token",
            Access::Monitor(asks) | Access::Person(asks) => asks.words(),
        }
    }
}

/// The whole table, in Markdown.
#[must_use]
pub fn table(surface: &Surface) -> String {
    let mut text = String::from("| Method | Route | Asks for | Nobody | Device |");
    for role in Role::ALL {
        let _ = write!(text, " {} |", role.title());
    }
    text.push_str("\n|---|---|---|---|---|");
    text.push_str(&"---|".repeat(Role::ALL.len()));
    for route in surface.routes() {
        let (nobody, device) = match route.access {
            Access::Open => ("yes", "yes"),
            Access::Device => ("–", "for itself"),
            Access::Monitor(_) => ("on this computer", "–"),
            Access::Watcher(_) | Access::Person(_) => ("–", "–"),
        };
        let _ = write!(
            text,
            "\n| {} | `{}` | {} | {nobody} | {device} |",
            route.method,
            route.path,
            route.asks()
        );
        for role in Role::ALL {
            let _ = write!(text, " {} |", route.answer(role).words());
        }
    }
    text.push('\n');
    text
}
