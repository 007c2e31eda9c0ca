//! `doctor`: what the agent can and cannot read here, why, and what would help.

use std::path::Path;
use std::sync::Arc;

use roomready_shared::evaluate::Occasion;

use super::args::DoctorArguments;
use super::check::requirement;
use super::way;
use super::{Failure, print};
use crate::assignment::DiskShelf;
use crate::check::{Inquiry, look};
use crate::clock::SystemClock;
use crate::config::{self, Config};
use crate::doctor::page::{draw, output};
use crate::doctor::{Enrolled, Folder, House, Item, Outbox, exit_code, own, reads};
use crate::identity::{Identity, IdentityError};
use crate::outbox::peek;
use crate::ports::{AssignmentShelf as _, Clock};
use crate::probe::SystemProbes;
use crate::probe::platform::{alive, house};
use crate::service::perform::Where;
use crate::service::state;
use crate::status::{judge, load};
use crate::telemetry;
use crate::uplink::{CollectorAddress, Door, Trust};

pub(super) async fn doctor(arguments: DoctorArguments) -> Result<u8, Failure> {
    telemetry::start("error");
    let settings = &arguments.settings;
    let config = config::load(settings.file().as_deref())?.overridden(settings.overrides());
    let identity = Identity::load(&config.data);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let house = house(&config, &identity, clock.as_ref());
    let identity = identity.ok();
    // What the running agent reads is what its assignment names.
    let held = DiskShelf::new(&config.data).load();
    let outside = held.as_ref().and_then(|held| held.outside.clone());
    let requirement = match requirement(arguments.profile.as_deref(), None)? {
        Some(given) => Some(given),
        None => held.and_then(|held| held.requirement),
    };
    let inquiry = Inquiry {
        platform: SystemProbes::platform(),
        requirement,
        occasion: Occasion::None,
        collector: collector(&config, identity.as_ref()),
        outside,
    };
    let door = door(&config, identity.as_ref(), clock.as_ref())?;
    let probes = SystemProbes::new(Arc::clone(&clock));
    let looked = look(&inquiry, &probes, door.as_ref().map(Door::client), &clock).await;
    let mut items: Vec<Item> = own(&house);
    items.extend(reads(&looked.facts, inquiry.requirement.is_some()));
    if arguments.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&output(&items))?));
    } else {
        print(&draw(&items, house.administrator));
    }
    Ok(exit_code(&items))
}

fn collector(config: &Config, identity: Option<&Identity>) -> Option<CollectorAddress> {
    let collectors = config
        .collectors
        .as_ref()
        .or_else(|| identity.map(|identity| &identity.collectors))?;
    Some(collectors.first().clone())
}

/// The way to the collector as the agent goes it; its credential is shown to nobody here.
fn door(config: &Config, identity: Option<&Identity>, clock: &dyn Clock) -> Result<Option<Door>, Failure> {
    if let Some(identity) = identity {
        let doors = way::doors(config, &way::Said::by(identity), clock.now().wall)?;
        return Ok(doors.into_iter().next());
    }
    let Some(address) = collector(config, None) else {
        return Ok(None);
    };
    let proxies = way::proxies(config.proxy.as_ref());
    Ok(Some(Door::open(address, &Trust::System, &proxies)?))
}

fn house(config: &Config, identity: &Result<Identity, IdentityError>, clock: &dyn Clock) -> House {
    let now = clock.now();
    House {
        administrator: house::is_administrator(),
        service: state::look(&Where::Here),
        running: judge(load(&config.data).ok().flatten(), alive::is_agent, now.wall),
        data: config.data.clone(),
        folder: folder(&config.data),
        enrolled: enrolled(config, identity),
        outbox: outbox(config, identity.as_ref().ok()),
        up_ms: now.mono_ms,
        asleep_ms: now.mono_ms.saturating_sub(now.awake_ms),
        tells_exit: house::tells_exit(),
    }
}

fn folder(data: &Path) -> Folder {
    match std::fs::read_dir(data) {
        Ok(_) => Folder::There {
            mode: house::mode(data),
            free: house::free(data),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Folder::Missing,
        Err(_) => Folder::Closed,
    }
}

fn enrolled(config: &Config, identity: &Result<Identity, IdentityError>) -> Enrolled {
    match identity {
        Ok(identity) => Enrolled::As {
            name: identity.name.to_string(),
            at: config
                .collectors
                .as_ref()
                .unwrap_or(&identity.collectors)
                .first()
                .to_string(),
        },
        Err(IdentityError::Damaged(faults)) => Enrolled::Damaged(faults.to_string()),
        Err(IdentityError::NotEnrolled { .. } | IdentityError::Io { .. }) => Enrolled::Not {
            file: config.enrolment.clone().filter(|file| file.is_file()),
        },
    }
}

/// Looked into without taking it: a running agent goes on.
fn outbox(config: &Config, identity: Option<&Identity>) -> Outbox {
    let Some(identity) = identity else {
        return Outbox::None;
    };
    let folder = config
        .data
        .join(super::run::OUTBOX)
        .join(identity.device.to_string());
    match peek(&folder) {
        Ok(peek) => Outbox::There(peek),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Outbox::None,
        Err(error) => Outbox::Closed(error.to_string()),
    }
}
