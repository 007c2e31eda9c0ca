//! All probes of this machine behind the one port.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use roomready_shared::facts::{Facts, HostPort, Outcome, Platform, Reach, Reading, Source};
use roomready_shared::requirement::AppIdentity;
use roomready_shared::units::{Seconds, ShortText};
use roomready_shared::wire::v1::ExitKind;

use super::reach::{Network, SystemNetwork};
use super::test_app::Follow;
use super::{Ask, Kind, disk, gateway, memory, os, platform, power, reach, resolution, test_app};
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
}

impl SystemProbes {
    /// Probes that stamp their readings with this clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            follow: Arc::default(),
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

    async fn vendor(
        &self,
        wanted: bool,
        network: &dyn Network,
        ask: &Ask,
    ) -> BTreeMap<HostPort, Reading<Reach>> {
        if !wanted {
            return BTreeMap::new();
        }
        let looks = ask.targets.hosts.iter().map(|host| async move {
            let reading = self
                .network(true, reach::service(network, host, ask.effort))
                .await;
            reading.map(|reading| (host.clone(), reading))
        });
        join_all(looks).await.into_iter().flatten().collect()
    }

    async fn collector(&self, wanted: bool, network: &dyn Network, ask: &Ask) -> Option<Reading<Reach>> {
        let host = ask.targets.collector.as_ref()?;
        self.network(wanted, reach::service(network, host, ask.effort))
            .await
    }

    async fn machine_facts(&self, ask: &Ask, facts: &mut Facts) {
        let wants = |kind| ask.kinds.contains(&kind);
        let app = ask.targets.app.clone().unwrap_or_default();
        let running = app.clone();
        let follow = Arc::clone(&self.follow);
        (
            facts.os,
            facts.memory,
            facts.disk,
            facts.display,
            facts.power,
            facts.uptime,
            facts.app,
            facts.app_run,
            facts.link,
            facts.updates,
            facts.sleep,
        ) = tokio::join!(
            self.local(wants(Kind::Os), os::read),
            self.local(wants(Kind::Memory), memory::read),
            self.local(wants(Kind::Disk), disk::read),
            self.local(wants(Kind::Display), platform::display),
            self.local(wants(Kind::Power), power::read),
            self.local(wants(Kind::Uptime), uptime),
            self.local(wants(Kind::App), move || test_app::installed(&app)),
            self.run(wants(Kind::AppRun), follow, running),
            self.local(wants(Kind::Link), platform::link),
            self.local(wants(Kind::Updates), platform::updates),
            self.local(wants(Kind::Sleep), platform::sleep_settings),
        );
    }

    /// Handles of programs belong to the runtime, so this one is not moved to a thread; it takes a millisecond or two.
    async fn run(
        &self,
        wanted: bool,
        follow: Arc<Follow>,
        identity: AppIdentity,
    ) -> Option<Reading<roomready_shared::facts::AppRun>> {
        self.network(wanted, async move { follow.look(&identity) }).await
    }

    async fn network_facts(&self, ask: &Ask, facts: &mut Facts) {
        let wants = |kind| ask.kinds.contains(&kind);
        let network = SystemNetwork::default();
        (facts.gateway, facts.resolution, facts.collector, facts.vendor) = tokio::join!(
            self.network(wants(Kind::Gateway), gateway::read(&network, ask.effort)),
            self.network(
                wants(Kind::Resolution),
                resolution::read(&network, &ask.targets.hosts)
            ),
            self.collector(wants(Kind::Collector), &network, ask),
            self.vendor(wants(Kind::Vendor), &network, ask),
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
