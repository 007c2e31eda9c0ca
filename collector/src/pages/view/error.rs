//! Pages that say why there is no page.

/// An error page. It has no surroundings of its own to look up, so it can always be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorPage {
    /// What went wrong.
    pub kind: ErrorKind,
    /// The thing concerned, in words, if known: `a room called "room-999"`.
    pub subject: Option<String>,
    /// Number under which the collector's own log tells more, if it wrote one.
    pub reference: Option<String>,
}

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// 404.
    NotFound,
    /// 403.
    Forbidden,
    /// 403: a second factor is to be set up first.
    SecondFactor,
    /// 500.
    Failed,
    /// 503: starting, stopping, or the store does not answer.
    Unavailable,
}

impl ErrorKind {
    /// The HTTP status that goes with the page.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::Forbidden | Self::SecondFactor => 403,
            Self::Failed => 500,
            Self::Unavailable => 503,
        }
    }

    /// What happened.
    #[must_use]
    pub fn headline(self) -> &'static str {
        match self {
            Self::NotFound => "This page does not exist",
            Self::Forbidden => "This page is not for your sign-in",
            Self::SecondFactor => "One more step before you begin",
            Self::Failed => "RoomReady could not make this page",
            Self::Unavailable => "RoomReady is not ready right now",
        }
    }

    /// What it means.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::NotFound => {
                "The address may be mistyped, or the room, device or incident has another name now."
            }
            Self::Forbidden => "You are signed in, but this place belongs to somebody else's work.",
            Self::SecondFactor => "Your role sees and decides a lot, so a password alone is not enough.",
            Self::Failed => "Something inside RoomReady went wrong. Students' tests are not touched by this.",
            Self::Unavailable => {
                "It is starting, stopping, or cannot reach its own records. Students' tests are not touched by this."
            }
        }
    }

    /// What to do.
    #[must_use]
    pub fn next(self) -> &'static str {
        match self {
            Self::NotFound => "Go to the overview and find it from there.",
            Self::Forbidden => "Ask your school's test coordinator, or go back to the overview.",
            Self::SecondFactor => "Set up a second factor for your account.",
            Self::Failed => {
                "Reload the page. If it happens again, tell your technician the time and the number below."
            }
            Self::Unavailable => "Wait a minute and reload. If it stays like this, tell your technician.",
        }
    }
}
