//! What is true of a simulated device at a moment.

use roomready_shared::units::Timestamp;

use crate::script::Happening;

/// Its test app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum App {
    /// Not opened yet.
    #[default]
    NotOpened,
    /// Running since this moment.
    Running(Timestamp),
    /// It has crashed and was not opened again.
    Crashed,
}

/// What the script has made of the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct State {
    /// Its test app.
    pub app: App,
    /// Its reports do not arrive.
    pub silent: bool,
    /// What of the way outside is broken.
    pub broken: Broken,
}

/// What of the way outside is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Broken {
    /// The device's own network.
    pub network: bool,
    /// The school's way to the internet.
    pub uplink: bool,
    /// The vendor's servers.
    pub vendor: bool,
}

impl State {
    /// After something happened. What cannot happen changes nothing: an app that is not running does not crash.
    #[must_use]
    pub const fn after(self, what: Happening, at: Timestamp) -> Self {
        match (what, self.app) {
            (Happening::AppCrashes, App::Running(_)) => Self {
                app: App::Crashed,
                ..self
            },
            (Happening::AppOpens, App::NotOpened | App::Crashed) => Self {
                app: App::Running(at),
                ..self
            },
            (Happening::AppCrashes | Happening::AppOpens, _) => self,
            (Happening::GoesSilent, _) => Self { silent: true, ..self },
            (Happening::ComesBack, _) => Self {
                silent: false,
                ..self
            },
            (Happening::NetworkDown | Happening::NetworkUp, _) => Self {
                broken: Broken {
                    network: matches!(what, Happening::NetworkDown),
                    ..self.broken
                },
                ..self
            },
            (Happening::UplinkDown | Happening::UplinkUp, _) => Self {
                broken: Broken {
                    uplink: matches!(what, Happening::UplinkDown),
                    ..self.broken
                },
                ..self
            },
            (Happening::VendorDown | Happening::VendorUp, _) => Self {
                broken: Broken {
                    vendor: matches!(what, Happening::VendorDown),
                    ..self.broken
                },
                ..self
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_runs_crashes_and_is_opened_again_whatever_the_network_does() {
        let [first, second] = [10, 20].map(|second| Timestamp::from_second(second).unwrap());
        let state = State::default().after(Happening::AppCrashes, first);
        assert_eq!(state.app, App::NotOpened, "what was never opened cannot crash");
        let state = state
            .after(Happening::AppOpens, first)
            .after(Happening::GoesSilent, first);
        assert_eq!(
            state.after(Happening::AppOpens, second).app,
            App::Running(first),
            "opened once"
        );
        let state = state.after(Happening::AppCrashes, second);
        assert_eq!(
            state,
            State {
                app: App::Crashed,
                silent: true,
                broken: Broken::default()
            }
        );
        let state = state
            .after(Happening::ComesBack, second)
            .after(Happening::AppOpens, second);
        assert_eq!(
            state,
            State {
                app: App::Running(second),
                silent: false,
                broken: Broken::default()
            }
        );
    }
}
