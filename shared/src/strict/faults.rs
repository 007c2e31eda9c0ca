//! What is wrong with a file, told all at once.

use std::fmt;

/// Most faults told of one file: whoever has a hundred reads the first ones and starts over.
pub const MAX_FAULTS: usize = 100;

/// One thing wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file, as the reader of the message knows it.
    pub file: String,
    /// Its line, counted from 1.
    pub line: usize,
    /// The character in the line, counted from 1.
    pub column: usize,
    /// What is wrong, with the thing it is wrong about.
    pub problem: String,
    /// What to write instead, where that can be said.
    pub instead: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.problem)?;
        if let Some(instead) = &self.instead {
            write!(f, "; {instead}")?;
        }
        Ok(())
    }
}

/// Everything wrong with one file, in the order of its lines. Never empty. Displayed with one fault a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    told: Vec<Fault>,
    untold: usize,
}

impl Faults {
    /// Puts the faults in order and cuts them at the limit. The caller has at least one.
    pub(super) fn of(mut found: Vec<Fault>) -> Self {
        found.sort_by_key(|fault| (fault.line, fault.column));
        let untold = found.len().saturating_sub(MAX_FAULTS);
        found.truncate(MAX_FAULTS);
        Self { told: found, untold }
    }

    /// The faults, at most [`MAX_FAULTS`] of them.
    #[must_use]
    pub fn told(&self) -> &[Fault] {
        &self.told
    }

    /// How many more there are.
    #[must_use]
    pub const fn untold(&self) -> usize {
        self.untold
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.told.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            fault.fmt(f)?;
        }
        if self.untold > 0 {
            write!(f, "\nand {} more faults", self.untold)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
