//! Forms: what is asked, what was written, and what was wrong with it.

/// One line of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Name under which it is sent, and its id in the page.
    pub name: &'static str,
    /// What is asked.
    pub label: &'static str,
    /// What kind of answer.
    pub kind: FieldKind,
    /// What stands in it already. Never a password or a code.
    pub value: String,
    /// What helps to answer.
    pub hint: Option<String>,
    /// What was wrong with the answer, and what to do.
    pub wrong: Option<String>,
}

/// What kind of answer a field takes; browsers and password managers go by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Words.
    Text,
    /// Several lines.
    Lines,
    /// The name that somebody signs in with.
    UserName,
    /// The password of somebody who has one.
    Password,
    /// A password that is being chosen.
    NewPassword,
    /// Six digits from an app.
    Code,
}

impl Field {
    /// An empty field.
    #[must_use]
    pub fn new(kind: FieldKind, name: &'static str, label: &'static str) -> Self {
        Self {
            name,
            label,
            kind,
            value: String::new(),
            hint: None,
            wrong: None,
        }
    }

    /// With this in it.
    #[must_use]
    pub fn holding(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// With a hint.
    #[must_use]
    pub fn hinting(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With what was wrong, if anything was.
    #[must_use]
    pub fn wrong(mut self, wrong: Option<String>) -> Self {
        self.wrong = wrong;
        self
    }

    /// Ids of what describes it, for `aria-describedby`; empty without any.
    #[must_use]
    pub fn described_by(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let wrong = self.wrong.as_ref().map(|_| format!("{}-wrong", self.name));
        let ids: Vec<_> = hint.into_iter().chain(wrong).collect();
        ids.join(" ")
    }
}

impl FieldKind {
    /// The `type` of the input.
    #[must_use]
    pub const fn input(self) -> &'static str {
        match self {
            Self::Password | Self::NewPassword => "password",
            Self::Text | Self::Lines | Self::UserName | Self::Code => "text",
        }
    }

    /// The `autocomplete` of the input.
    #[must_use]
    pub const fn autocomplete(self) -> &'static str {
        match self {
            Self::UserName => "username",
            Self::Password => "current-password",
            Self::NewPassword => "new-password",
            Self::Code => "one-time-code",
            Self::Text | Self::Lines => "off",
        }
    }

    /// Whether it takes several lines.
    #[must_use]
    pub const fn is_lines(self) -> bool {
        matches!(self, Self::Lines)
    }

    /// Whether it takes digits only.
    #[must_use]
    pub const fn is_code(self) -> bool {
        matches!(self, Self::Code)
    }
}

/// One of several to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// For people.
    pub label: String,
    /// What it means, where the label alone does not tell.
    pub hint: Option<String>,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Choice {
    /// One that is not chosen.
    #[must_use]
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            hint: None,
            chosen: false,
        }
    }

    /// The same, chosen if its value is among these.
    #[must_use]
    pub fn chosen_in(mut self, values: &[String]) -> Self {
        self.chosen = values.contains(&self.value);
        self
    }

    /// With a hint.
    #[must_use]
    pub fn hinting(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
