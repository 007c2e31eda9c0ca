//! Nobody is signed in: what to do.

/// The page shown in place of any staff page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInPage {
    /// Why it is shown.
    pub reason: SignInReason,
    /// The name that was typed already.
    pub name: String,
    /// Where to go afterwards, a path of our own.
    pub to: String,
}

/// Why somebody has to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInReason {
    /// This browser has not signed in, or its sign-in ended.
    Needed,
    /// The link was used already, or it has ended.
    Spent,
    /// The name or the password was not right.
    Wrong,
    /// Too many were not right: come back then.
    TooEarly {
        /// Seconds until then.
        seconds: u64,
    },
    /// Too much time passed between password and code.
    TooLate,
    /// A password was just chosen.
    Chosen,
    /// They signed out.
    Out,
}

impl SignInPage {
    /// An empty form, shown for this reason.
    #[must_use]
    pub fn because(reason: SignInReason) -> Self {
        Self {
            reason,
            name: String::new(),
            to: "/".to_owned(),
        }
    }

    /// What is wrong, if anything is.
    #[must_use]
    pub fn wrong(&self) -> Option<String> {
        Some(match self.reason {
            SignInReason::Wrong => {
                "Name or password is not right. Capitals in the name do not matter.".to_owned()
            }
            SignInReason::TooEarly { seconds } => {
                let words = if seconds == 1 { "second" } else { "seconds" };
                format!(
                    "Several tries were wrong. Try again in {seconds} {words}. The account is not locked."
                )
            }
            SignInReason::TooLate => "That took more than five minutes. Please begin again.".to_owned(),
            SignInReason::Needed | SignInReason::Spent | SignInReason::Chosen | SignInReason::Out => {
                return None;
            }
        })
    }

    /// The form's fields.
    #[must_use]
    pub fn fields(&self) -> [super::Field; 2] {
        use super::{Field, FieldKind};
        [
            Field::new(FieldKind::UserName, "name", "Your name").holding(self.name.clone()),
            Field::new(FieldKind::Password, "password", "Password"),
        ]
    }
}

/// A link that is about to be used: its button does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInLinkPage {
    /// Who will be signed in.
    pub name: String,
    /// The link's secret.
    pub token: String,
}
