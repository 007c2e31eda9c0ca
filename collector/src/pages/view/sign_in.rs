//! Nobody is signed in: what to do.

/// The page shown in place of any staff page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInPage {
    /// Why it is shown.
    pub reason: SignInReason,
    /// The line to type on the collector's own computer that prints a new link, if such a command exists.
    pub command: Option<String>,
}

/// Why somebody has to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInReason {
    /// This browser has not signed in, or its sign-in ended.
    Needed,
    /// The link was used already, or RoomReady was started again since.
    Spent,
}

/// A link that is about to be used: its button does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInLinkPage {
    /// Who will be signed in.
    pub name: String,
    /// The link's secret.
    pub token: String,
}
