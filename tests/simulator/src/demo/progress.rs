//! What the demo is doing while it starts and stops: one line on standard error.

use std::io::{IsTerminal as _, Write as _, stderr};

/// The line. On a terminal it is written over; elsewhere each step has a line of its own.
pub(super) struct Progress {
    terminal: bool,
    /// Something stands on the terminal's line.
    shown: bool,
}

impl Progress {
    /// Nothing is shown yet.
    pub(super) fn start() -> Self {
        Self {
            terminal: stderr().is_terminal(),
            shown: false,
        }
    }

    /// Says what is being done now.
    pub(super) fn says(&mut self, what: &str) {
        // Whoever closed standard error does not want to be told.
        let _ = if self.terminal {
            write!(stderr(), "\r\x1b[K{what} …")
        } else {
            writeln!(stderr(), "{what} …")
        };
        let _ = stderr().flush();
        self.shown = true;
    }

    /// Says how far the present step has come. Only where it is written over: a log needs no line for each device.
    pub(super) fn has_come_to(&mut self, what: &str) {
        if self.terminal {
            self.says(what);
        }
    }

    /// Clears the line.
    pub(super) fn ends(&mut self) {
        if self.terminal && self.shown {
            let _ = write!(stderr(), "\r\x1b[K");
            let _ = stderr().flush();
        }
        self.shown = false;
    }
}
