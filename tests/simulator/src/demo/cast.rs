//! Everybody who plays: one task per device, all owned here, none of which may end by itself.

use std::collections::BTreeMap;
use std::time::Duration;

use roomready_agent::cycle::Settings;
use roomready_agent::run::{Ports, run};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::DemoError;
use super::collector::part_ended;
use crate::device::Strings;
use crate::script::Scene;

/// An agent has 2 s for its goodbye; a little more for all of them together.
const GOODBYES: Duration = Duration::from_secs(4);

/// The devices that run an agent.
pub(super) struct Cast {
    agents: JoinSet<String>,
    strings: BTreeMap<String, Strings>,
    stop: CancellationToken,
}

impl Cast {
    /// Nobody yet.
    pub(super) fn new() -> Self {
        Self {
            agents: JoinSet::new(),
            strings: BTreeMap::new(),
            stop: CancellationToken::new(),
        }
    }

    /// Starts a device's agent. A device with strings is moved by the script.
    pub(super) fn starts(&mut self, name: &str, settings: Settings, ports: Ports, strings: Option<Strings>) {
        if let Some(strings) = strings {
            self.strings.insert(name.to_owned(), strings);
        }
        let (name, stop) = (name.to_owned(), self.stop.clone());
        self.agents.spawn(async move {
            run(settings, ports, stop).await;
            name
        });
    }

    /// Lets something happen. The real device has no strings.
    pub(super) fn pull(&self, scene: &Scene) {
        if let Some(strings) = self.strings.get(&scene.device) {
            strings.pull(scene.what);
        }
    }

    /// Lets everybody play until this moment.
    pub(super) async fn play_until(&mut self, moment: Instant) -> Result<(), DemoError> {
        tokio::select! {
            () = sleep_until(moment) => Ok(()),
            Some(ended) = self.agents.join_next() => Err(match ended {
                Ok(name) => DemoError::PartEnded { part: format!("the agent of {name}"), why: String::new() },
                Err(error) => part_ended("the agent of a device", &error),
            }),
        }
    }

    /// Everybody says goodbye; who takes too long is cut off.
    pub(super) async fn stop(&mut self) {
        self.stop.cancel();
        let all = async { while self.agents.join_next().await.is_some() {} };
        if timeout(GOODBYES, all).await.is_err() {
            tracing::warn!(
                late = self.agents.len(),
                "agents that did not stop in time are cut off"
            );
            self.agents.shutdown().await;
        }
    }
}
