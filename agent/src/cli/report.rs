//! `report --print`: exactly what a start of the agent would send, without sending it.

use std::sync::Arc;

use roomready_shared::ids::{DeviceId, StreamId};
use roomready_shared::units::ShortText;

use super::args::ReportArguments;
use super::{Failure, print};
use crate::assignment::DiskShelf;
use crate::chance::Chance;
use crate::clock::SystemClock;
use crate::config;
use crate::cycle::{Cycle, Settings};
use crate::identity::{Identity, IdentityError};
use crate::outbox::MemoryOutbox;
use crate::ports::{AssignmentShelf as _, Clock, Probes as _};
use crate::probe::SystemProbes;
use crate::telemetry;

pub(super) async fn report(arguments: ReportArguments) -> Result<u8, Failure> {
    let settings = &arguments.settings;
    let config = config::load(settings.file().as_deref())?.overridden(settings.overrides());
    telemetry::start("error");
    // A device that is not enrolled yet can show what it would send too; that is what people ask before they enrol.
    let identity = match Identity::load(&config.data) {
        Ok(identity) => Some(identity),
        Err(IdentityError::NotEnrolled { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let collectors = config
        .collectors
        .or_else(|| identity.as_ref().map(|identity| identity.collectors.clone()));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let settings = Settings {
        device: identity.map_or(DeviceId::new(uuid::Uuid::nil()), |identity| identity.device),
        platform: SystemProbes::platform(),
        collector: collectors.map(|addresses| addresses.first().host().clone()),
        during_test: config.during_test,
        agent_version: ShortText::fit(crate::VERSION),
    };
    let mut cycle = Cycle::start(
        settings,
        DiskShelf::new(&config.data).load(),
        Box::new(MemoryOutbox::new(StreamId::new(uuid::Uuid::new_v4()))),
        clock.run(),
        Chance::from_system(),
        clock.now(),
    );
    let probes = SystemProbes::new(Arc::clone(&clock));
    let asks = cycle.tick(clock.now()).asks;
    let readings = asks.into_iter().map(|ask| async {
        let kinds = ask.kinds;
        (kinds, probes.read(ask).await)
    });
    for (kinds, facts) in futures_util::future::join_all(readings).await {
        cycle.read(kinds, facts, clock.now());
    }
    let report = cycle.report(clock.now());
    print(&format!("{}\n", serde_json::to_string_pretty(&report)?));
    Ok(0)
}
