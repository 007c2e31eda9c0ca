//! All probes of this machine behind the one port.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use roomready_shared::facts::{
    AppRun, Certificates, Facts, HostPort, Intruders, Outcome, Platform, Power, Reach, Reading, Source,
};
use roomready_shared::units::{Seconds, ShortText};
use roomready_shared::wire::v1::ExitKind;

use super::certificates::{Authorities, Now};
use super::power::Drain;
use super::reach::{Network, SystemNetwork};
use super::test_app::Follow;
use super::{
    Ask, Kind, certificates, disk, gateway, memory, os, platform, power, programs, reach, resolution,
    saved_responses, test_app,
};
use crate::ports::{Clock, Probes, Usage};
use crate::supervise::{Mishap, contained, contained_blocking};

/// Files and system calls of one machine answer in milliseconds; a dead network drive does not.
const LOCAL_LIMIT: Duration = Duration::from_secs(3);
/// A window of network tries with a slow look-up before it; the whole `check` must end within 10 s.
const NETWORK_LIMIT: Duration = Duration::from_secs(7);

/// Reads the machine that this runs on.
pub struct SystemProbes {
    clock: Arc<dyn Clock>,
    follow: Arc<Follow>,
    drain: Mutex<Drain>,
}

impl SystemProbes {
    /// Probes that stamp their readings with this clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            follow: Arc::default(),
            drain: Mutex::default(),
        }
    }

    /// The system family of this machine.
    #[must_use]
    pub const fn platform() -> Platform {
        platform::PLATFORM
    }

    fn stamp<T>(&self, outcome: Outcome<T>) -> Reading<T> {
        Reading {
            outcome,
            source: Source::Agent,
            at: self.clock.now().wall,
        }
    }

    async fn local<T: Send + 'static>(
        &self,
        wanted: bool,
        probe: impl FnOnce() -> Outcome<T> + Send + 'static,
    ) -> Option<Reading<T>> {
        if !wanted {
            return None;
        }
        let outcome = flatten(contained_blocking(LOCAL_LIMIT, probe).await);
        Some(self.stamp(outcome))
    }

    async fn network<T>(&self, wanted: bool, probe: impl Future<Output = Outcome<T>>) -> Option<Reading<T>> {
        if !wanted {
            return None;
        }
        let outcome = flatten(contained(NETWORK_LIMIT, probe).await);
        Some(self.stamp(outcome))
    }

    /// One look at each of several hosts, all at the same time.
    async fn each<'a, L>(
        &self,
        wanted: bool,
        hosts: &'a [HostPort],
        look: impl Fn(&'a HostPort) -> L,
    ) -> BTreeMap<HostPort, Reading<Reach>>
    where
        L: Future<Output = Outcome<Reach>>,
    {
        if !wanted {
            return BTreeMap::new();
        }
        let looks = hosts.iter().map(|host| {
            let look = look(host);
            async move {
                let reading = self.network(true, look).await;
                reading.map(|reading| (host.clone(), reading))
            }
        });
        join_all(looks).await.into_iter().flatten().collect()
    }

    async fn certificates(
        &self,
        wanted: bool,
        network: &dyn Network,
        ask: &Ask,
    ) -> Option<Reading<Certificates>> {
        let now = Now::of(self.clock.now().wall, ask.clock_ahead_ms);
        let authorities = Authorities::of_this_machine();
        let look = certificates::read(network, &ask.targets.hosts, now, authorities);
        self.network(wanted, look).await
    }

    async fn collector(&self, wanted: bool, network: &dyn Network, ask: &Ask) -> Option<Reading<Reach>> {
        let host = ask.targets.collector.as_ref()?;
        self.network(wanted, reach::service(network, host, ask.effort))
            .await
    }

    async fn outside(&self, wanted: bool, network: &dyn Network, ask: &Ask) -> Option<Reading<Reach>> {
        let host = ask.targets.outside.as_ref()?;
        // It is not ours: a connection is enough, even where the vendor's are greeted.
        self.network(wanted, reach::connection(network, host, ask.effort))
            .await
    }

    async fn machine_facts(&self, ask: &Ask, facts: &mut Facts) {
        let wants = |kind| ask.kinds.contains(kind);
        let app = ask.targets.app.clone().unwrap_or_default();
        let (places, now) = (app.saved_responses.clone(), self.clock.now().wall);
        let saved_responses = move || {
            let places: Vec<_> = places
                .iter()
                .flat_map(|place| platform::expand(place.as_str()))
                .collect();
            saved_responses::read(&places, now)
        };
        (
            facts.os,
            facts.memory,
            facts.disk,
            facts.display,
            facts.power,
            facts.uptime,
            facts.app,
            (facts.app_run, facts.intruders),
            facts.link,
            facts.updates,
            facts.sleep,
            facts.saved_responses,
        ) = tokio::join!(
            self.local(wants(Kind::Os), os::read),
            self.local(wants(Kind::Memory), memory::read),
            self.local(wants(Kind::Disk), disk::read),
            self.local(wants(Kind::Display), platform::display),
            self.power(wants(Kind::Power)),
            self.local(wants(Kind::Uptime), uptime),
            self.local(wants(Kind::App), move || test_app::installed(&app)),
            self.programs(ask),
            self.local(wants(Kind::Link), platform::link),
            self.local(wants(Kind::Updates), platform::updates),
            self.local(wants(Kind::Sleep), platform::sleep_settings),
            self.local(wants(Kind::SavedResponses), saved_responses),
        );
    }

    async fn power(&self, wanted: bool) -> Option<Reading<Power>> {
        let mut reading = self.local(wanted, power::read).await;
        if let Some(Outcome::Measured(Power::Battery(battery))) =
            reading.as_mut().map(|reading| &mut reading.outcome)
        {
            let mut drain = self.drain.lock().unwrap_or_else(PoisonError::into_inner);
            drain.smooth(battery);
        }
        reading
    }

    /// The walk is moved to a thread, since a busy machine has thousands of programs; the handles that follow a test app
    /// belong to the runtime.
    async fn programs(&self, ask: &Ask) -> (Option<Reading<AppRun>>, Option<Reading<Intruders>>) {
        let (wants_run, wants_intruders) = (
            ask.kinds.contains(Kind::AppRun),
            ask.kinds.contains(Kind::Intruders),
        );
        if !(wants_run || wants_intruders) {
            return (None, None);
        }
        let app = ask.targets.app.as_ref().filter(|_| wants_run);
        let app = app.map_or_else(Vec::new, |app| app.processes.clone());
        let intruders = if wants_intruders {
            ask.targets.intruders.clone()
        } else {
            vec![]
        };
        let walk = move || programs::look(&app, &intruders, platform::matching_processes);
        let found = match contained_blocking(LOCAL_LIMIT, walk).await {
            Ok(found) => found,
            Err(mishap) => programs::Programs::not_seen(&mishap.to_string()),
        };
        let run = self
            .network(wants_run, async { self.follow.take(found.app) })
            .await;
        (run, wants_intruders.then(|| self.stamp(found.intruders)))
    }

    async fn network_facts(&self, ask: &Ask, facts: &mut Facts) {
        let wants = |kind| ask.kinds.contains(kind);
        let network = SystemNetwork::default();
        let hosts = &ask.targets;
        (
            facts.gateway,
            facts.resolution,
            facts.collector,
            facts.vendor,
            facts.outside,
            facts.local,
            facts.certificates,
        ) = tokio::join!(
            self.network(wants(Kind::Gateway), gateway::read(&network, ask.effort)),
            self.network(
                wants(Kind::Resolution),
                resolution::read(&network, &ask.targets.hosts)
            ),
            self.collector(wants(Kind::Collector), &network, ask),
            self.each(wants(Kind::Vendor), &hosts.hosts, |host| {
                reach::service(&network, host, ask.effort)
            }),
            self.outside(wants(Kind::Outside), &network, ask),
            // A cache computer's two ports speak protocols of their own.
            self.each(wants(Kind::Local), &hosts.local, |host| {
                reach::connection(&network, host, ask.effort)
            }),
            self.certificates(wants(Kind::Certificates), &network, ask),
        );
    }
}

impl Probes for SystemProbes {
    fn read(&self, ask: Ask) -> BoxFuture<'_, Facts> {
        async move {
            let mut machine = Facts::none(platform::PLATFORM);
            let mut network = Facts::none(platform::PLATFORM);
            tokio::join!(
                self.machine_facts(&ask, &mut machine).boxed(),
                self.network_facts(&ask, &mut network).boxed(),
            );
            machine.gateway = network.gateway;
            machine.resolution = network.resolution;
            machine.collector = network.collector;
            machine.vendor = network.vendor;
            machine.outside = network.outside;
            machine.local = network.local;
            machine.certificates = network.certificates;
            machine
        }
        .boxed()
    }

    fn app_ended(&self) -> BoxFuture<'_, ExitKind> {
        self.follow.ended().boxed()
    }

    fn own_usage(&self) -> Option<Usage> {
        platform::own::usage()
            .inspect_err(|error| tracing::debug!(%error, "this program cannot tell what it uses"))
            .ok()
    }

    fn give_memory_back(&self) {
        platform::own::give_memory_back();
    }
}

fn flatten<T>(result: Result<Outcome<T>, Mishap>) -> Outcome<T> {
    result.unwrap_or_else(|mishap| Outcome::Failed(ShortText::fit(&mishap.to_string())))
}

fn uptime() -> Outcome<Seconds> {
    match sysinfo::System::uptime() {
        Ok(seconds) => Outcome::Measured(Seconds(seconds)),
        Err(error) => Outcome::Failed(ShortText::fit(&format!(
            "the time since the last start could not be read: {error:?}"
        ))),
    }
}
