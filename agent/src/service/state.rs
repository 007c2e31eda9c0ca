//! Whether the service is installed and runs.

use std::path::Path;

use roomready_shared::facts::Platform;

use super::perform::{Where, ask};
use crate::places::Places;
use crate::probe::platform::PLATFORM;

/// How the service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Its program or its settings are not there.
    NotInstalled,
    /// It is in a staged root, where nothing runs.
    Staged,
    /// It is installed; how it is by the system's own words.
    Installed {
        /// Whether it runs, if the system tells whoever asks.
        running: Option<bool>,
        /// The system's words.
        said: String,
    },
}

impl State {
    /// 0 installed and running, 10 installed and not running, 30 not installed.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Installed {
                running: Some(true), ..
            } => 0,
            Self::Installed { .. } | Self::Staged => 10,
            Self::NotInstalled => 30,
        }
    }
}

/// Looks.
#[must_use]
pub fn look(place: &Where) -> State {
    let places = Places::here();
    let there = |path: &str| place.at(Path::new(path)).exists();
    if !there(places.program) || !there(places.settings) {
        return State::NotInstalled;
    }
    match place {
        Where::Below(_) => State::Staged,
        Where::Here => by_system(places.service),
    }
}

fn by_system(service: &str) -> State {
    let said = match PLATFORM {
        Platform::Windows => ask(&[r"C:\Windows\System32\sc.exe", "query", service]),
        Platform::Macos => ask(&["/bin/launchctl", "print", &format!("system/{service}")]),
        _ => ask(&[
            "systemctl",
            "show",
            "--property=ActiveState,SubState,UnitFileState,NRestarts,Result",
            service,
        ]),
    };
    let Some(said) = said else {
        return State::Installed {
            running: None,
            said: "nothing; ask as an administrator".into(),
        };
    };
    of_words(&said)
}

/// From what `systemctl show`, `launchctl print` or `sc query` says.
fn of_words(said: &str) -> State {
    let lines: Vec<&str> = said.lines().map(str::trim).collect();
    let running = lines.iter().any(|line| {
        *line == "ActiveState=active" || *line == "state = running" || line.contains("4  RUNNING")
    });
    let tells = |line: &&str| {
        line.contains("State=")
            || line.starts_with("NRestarts=")
            || line.starts_with("Result=")
            || line.starts_with("state = ")
            || line.starts_with("last exit code")
            || line.starts_with("STATE")
            || line.starts_with("SERVICE_EXIT_CODE")
    };
    let said: Vec<&str> = lines.iter().filter(|line| tells(line)).copied().collect();
    State::Installed {
        running: Some(running),
        said: said.join(", "),
    }
}

/// For a person.
#[must_use]
pub fn words(state: &State) -> String {
    match state {
        State::NotInstalled => {
            "The service is not installed. `roomready-agent service install --enrolment FILE` does it.\n"
                .into()
        }
        State::Staged => "The service is put down in this root; nothing runs there.\n".into(),
        State::Installed { running, said } => {
            let how = match running {
                Some(true) => "installed and runs",
                Some(false) => "installed and DOES NOT RUN",
                None => "installed",
            };
            format!("The service is {how}.\nThe system says: {said}\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_s_words_are_understood() {
        for (said, runs) in [
            ("ActiveState=active\nSubState=running\nNRestarts=0\n", true),
            (
                "ActiveState=activating\nSubState=auto-restart\nNRestarts=7\n",
                false,
            ),
            (
                "system/org.roomready.agent = {\n\tstate = running\n\tpid = 7\n}",
                true,
            ),
            ("\tstate = waiting\n\tlast exit code = 2\n", false),
            ("        STATE              : 4  RUNNING \n", true),
            ("        STATE              : 1  STOPPED \n", false),
        ] {
            let State::Installed { running, said: told } = of_words(said) else {
                panic!("{said}");
            };
            assert_eq!(running, Some(runs), "{said}");
            assert!(!told.is_empty(), "{said}");
        }
    }
}
