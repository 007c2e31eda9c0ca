//! Readings of a machine that is not there: what its temper says, and what the script does to its test app.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{BoxFuture, FutureExt as _};
use roomready_agent::ports::{Clock as _, Probes};
use roomready_agent::probe::{Ask, Kind};
use roomready_shared::facts::{AppRun, Facts, Outcome, Platform, Reach, Reading, Resolution, Source, Via};
use roomready_shared::units::{ShortText, Timestamp};
use roomready_shared::wire::v1::ExitKind;
use tokio::sync::watch;

use super::{App, Broken, DeviceClock, State};
use crate::school::{Look, Temper, facts};

/// The probes of a simulated device. Like real ones they give what is asked and nothing else.
pub struct ScriptedProbes {
    platform: Platform,
    temper: Temper,
    number: u32,
    clock: Arc<DeviceClock>,
    state: watch::Receiver<State>,
    /// The running copy that the latest reading found, by its start.
    found: Mutex<Option<Timestamp>>,
}

impl ScriptedProbes {
    /// Probes of one device whose state the script changes.
    #[must_use]
    pub const fn new(
        platform: Platform,
        temper: Temper,
        number: u32,
        clock: Arc<DeviceClock>,
        state: watch::Receiver<State>,
    ) -> Self {
        Self {
            platform,
            temper,
            number,
            clock,
            state,
            found: Mutex::new(None),
        }
    }

    fn look(&self, ask: &Ask) -> Facts {
        let at = self.clock.now().wall;
        let everything = facts(Look {
            platform: self.platform,
            temper: self.temper,
            number: self.number,
            running_s: self.clock.running_s(),
            at,
            hosts: &ask.targets.hosts,
        });
        let everything = through(everything, self.state.borrow().broken, at);
        let app_run = Some(Reading {
            outcome: Outcome::Measured(self.app_run()),
            source: Source::Agent,
            at,
        });
        only(
            Facts {
                app_run,
                ..everything
            },
            ask,
        )
    }

    fn app_run(&self) -> AppRun {
        match self.state.borrow().app {
            App::Running(since) => AppRun::Running { since: Some(since) },
            App::NotOpened | App::Crashed => AppRun::NotRunning,
        }
    }

    fn remember(&self, facts: &Facts) {
        let Some(run) = facts.app_run.as_ref().and_then(Reading::value) else {
            return;
        };
        let since = match run {
            AppRun::Running { since } => *since,
            AppRun::NotRunning => None,
        };
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }

    /// Gives up the copy that was found, if it is no longer the one that runs.
    fn gone(&self, state: State) -> Option<ExitKind> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let copy = (*found)?;
        let exit = match state.app {
            App::Running(since) if since == copy => return None,
            App::Crashed => ExitKind::Crashed,
            App::Running(_) | App::NotOpened => ExitKind::Unknown,
        };
        *found = None;
        Some(exit)
    }
}

impl Probes for ScriptedProbes {
    fn read(&self, ask: Ask) -> BoxFuture<'_, Facts> {
        async move {
            let facts = self.look(&ask);
            self.remember(&facts);
            facts
        }
        .boxed()
    }

    fn app_ended(&self) -> BoxFuture<'_, ExitKind> {
        let mut changes = self.state.clone();
        async move {
            loop {
                let state = *changes.borrow_and_update();
                if let Some(exit) = self.gone(state) {
                    return exit;
                }
                if changes.changed().await.is_err() {
                    // Nobody holds the strings any more: nothing will ever happen to this device again.
                    return std::future::pending().await;
                }
            }
        }
        .boxed()
    }
}

/// The readings that were asked for.
fn only(facts: Facts, ask: &Ask) -> Facts {
    let wants = |kind| ask.kinds.contains(kind);
    Facts {
        platform: facts.platform,
        os: facts.os.filter(|_| wants(Kind::Os)),
        memory: facts.memory.filter(|_| wants(Kind::Memory)),
        disk: facts.disk.filter(|_| wants(Kind::Disk)),
        display: facts.display.filter(|_| wants(Kind::Display)),
        power: facts.power.filter(|_| wants(Kind::Power)),
        uptime: facts.uptime.filter(|_| wants(Kind::Uptime)),
        gateway: facts.gateway.filter(|_| wants(Kind::Gateway)),
        resolution: facts.resolution.filter(|_| wants(Kind::Resolution)),
        collector: facts.collector.filter(|_| wants(Kind::Collector)),
        vendor: if wants(Kind::Vendor) {
            facts.vendor
        } else {
            Facts::none(facts.platform).vendor
        },
        outside: facts.outside.filter(|_| wants(Kind::Outside)),
        app: facts.app.filter(|_| wants(Kind::App)),
        app_run: facts.app_run.filter(|_| wants(Kind::AppRun)),
        updates: facts.updates.filter(|_| wants(Kind::Updates)),
        sleep: facts.sleep.filter(|_| wants(Kind::Sleep)),
        intruders: facts.intruders.filter(|_| wants(Kind::Intruders)),
        saved_responses: facts.saved_responses.filter(|_| wants(Kind::SavedResponses)),
        link: facts.link.filter(|_| wants(Kind::Link)),
        certificates: facts.certificates.filter(|_| wants(Kind::Certificates)),
        ..Facts::none(facts.platform)
    }
}

/// What a device reads when a part of the way outside is broken.
fn through(mut facts: Facts, broken: Broken, at: Timestamp) -> Facts {
    let nothing = |via| {
        let reach = Reach::new(via, 2, 0, 2_000, None, Some(ShortText::fit("no answer"))).ok()?;
        Some(Reading {
            outcome: Outcome::Measured(reach),
            source: Source::Agent,
            at,
        })
    };
    if broken.network {
        facts.gateway = nothing(Via::Icmp);
        facts.collector = nothing(Via::Tcp);
    }
    if broken.network || broken.uplink {
        facts.resolution = Some(Reading {
            outcome: Outcome::Measured(Resolution {
                asked: 1,
                answered: 0,
                slowest_ms: 2_000,
                trouble: Some(ShortText::fit("no answer")),
            }),
            source: Source::Agent,
            at,
        });
    }
    if broken.network || broken.uplink {
        facts.outside = nothing(Via::Tcp);
    }
    if broken != Broken::default() {
        for reading in facts.vendor.values_mut() {
            if let Some(none) = nothing(Via::Tls) {
                *reading = none;
            }
        }
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Happening;
    use roomready_agent::probe::{Effort, Targets};
    use roomready_shared::facts::HostPort;

    struct Stage {
        strings: watch::Sender<State>,
        probes: ScriptedProbes,
    }

    impl Stage {
        fn new() -> Self {
            let (strings, state) = watch::channel(State::default());
            let clock = Arc::new(DeviceClock::start(3_600));
            Self {
                strings,
                probes: ScriptedProbes::new(Platform::Windows, Temper::Calm, 1, clock, state),
            }
        }

        fn happens(&self, what: Happening, second: i64) {
            let at = Timestamp::from_second(second).unwrap();
            self.strings.send_modify(|state| *state = state.after(what, at));
        }

        async fn read(&self, kinds: &[Kind]) -> Facts {
            let hosts = vec![HostPort::parse("home.testnav.com:443").unwrap()];
            let targets = Arc::new(Targets {
                hosts,
                ..Targets::default()
            });
            let kinds = kinds.iter().copied().collect();
            self.probes
                .read(Ask {
                    kinds,
                    targets,
                    effort: Effort::Light,
                    clock_ahead_ms: None,
                })
                .await
        }

        async fn app(&self) -> AppRun {
            let facts = self.read(&[Kind::AppRun]).await;
            facts.app_run.as_ref().and_then(Reading::value).copied().unwrap()
        }
    }

    #[tokio::test]
    async fn only_what_is_asked_is_read() {
        let stage = Stage::new();
        let facts = stage.read(&[Kind::Power]).await;
        assert!(facts.power.is_some());
        assert_eq!(Facts { power: None, ..facts }, Facts::none(Platform::Windows));
        let facts = stage.read(&[Kind::Vendor]).await;
        assert_eq!(facts.vendor.len(), 1);
        assert!(facts.app_run.is_none());
    }

    #[tokio::test]
    async fn a_crash_is_told_at_once_and_the_readings_agree_with_it() {
        let stage = Stage::new();
        assert_eq!(stage.app().await, AppRun::NotRunning);
        stage.happens(Happening::AppOpens, 5);
        assert!(matches!(stage.app().await, AppRun::Running { since: Some(_) }));
        let mut ended = stage.probes.app_ended();
        assert!((&mut ended).now_or_never().is_none(), "it is running");
        stage.happens(Happening::AppCrashes, 9);
        assert_eq!(ended.now_or_never(), Some(ExitKind::Crashed));
        assert_eq!(stage.app().await, AppRun::NotRunning);
        assert!(
            stage.probes.app_ended().now_or_never().is_none(),
            "an end is told once"
        );
        stage.happens(Happening::AppOpens, 20);
        assert!(matches!(stage.app().await, AppRun::Running { since: Some(_) }));
    }

    #[tokio::test]
    async fn an_app_that_no_reading_found_does_not_end() {
        let stage = Stage::new();
        stage.happens(Happening::AppOpens, 5);
        let mut ended = stage.probes.app_ended();
        stage.happens(Happening::AppCrashes, 6);
        assert!((&mut ended).now_or_never().is_none());
    }

    #[tokio::test]
    async fn an_app_opened_anew_between_two_looks_is_another_copy() {
        let stage = Stage::new();
        stage.happens(Happening::AppOpens, 5);
        stage.app().await;
        stage.happens(Happening::AppCrashes, 6);
        stage.happens(Happening::AppOpens, 7);
        assert_eq!(stage.probes.app_ended().now_or_never(), Some(ExitKind::Unknown));
    }
}
