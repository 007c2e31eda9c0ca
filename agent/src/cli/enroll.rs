//! `enroll`: makes this device known to a collector, by a key or by an enrolment file.

use std::path::Path;

use roomready_shared::ids::DeviceName;
use roomready_shared::units::Timestamp;

use super::args::EnrollArguments;
use super::way::{self, Said};
use super::{Failure, print};
use crate::clock::SystemClock;
use crate::config::{self, Config};
use crate::enrolment::{self, Joining, join};
use crate::identity::{Identity, IdentityError};
use crate::ports::{Clock as _, Uplink as _};
use crate::telemetry;
use crate::uplink::{HttpUplink, Trouble};

#[derive(Debug, thiserror::Error)]
enum EnrollError {
    #[error("which collector? add --collector URL, or write it into the settings file")]
    WhichCollector,
    #[error("which room? add --key KEY, or --file FILE")]
    WhichRoom,
    #[error("this machine has no host name that could serve as its name; add --name NAME")]
    Nameless,
}

pub(super) async fn enroll(arguments: EnrollArguments) -> Result<u8, Failure> {
    let settings = &arguments.settings;
    let config = config::load(settings.file().as_deref())?.overridden(settings.overrides());
    telemetry::start(&config.log);
    let now = SystemClock::start().now().wall;
    match &arguments.file {
        Some(file) => by_file(&config, file, &arguments, now).await,
        None => by_key(&config, arguments, now).await,
    }
}

async fn by_key(config: &Config, arguments: EnrollArguments, now: Timestamp) -> Result<u8, Failure> {
    let joining = Joining {
        key: arguments.key.ok_or(EnrollError::WhichRoom)?,
        name: own_name(arguments.name)?,
        collectors: config.collectors.clone().ok_or(EnrollError::WhichCollector)?,
        ca: None,
        proxy: None,
    };
    enrol(config, joining, now).await
}

/// Device management runs this again and again: where nothing is to be done, nothing is done, and that is a success.
async fn by_file(
    config: &Config,
    file: &Path,
    arguments: &EnrollArguments,
    now: Timestamp,
) -> Result<u8, Failure> {
    let said = enrolment::read(file)?;
    if !arguments.again
        && let Some(mut identity) = enrolled(config)?
        && identity.collectors.meets(&said.collectors)
    {
        let renewed = enrolment::renew(&mut identity, &said, &config.data)?;
        if still_known(config, &identity, now).await? {
            let what = if renewed {
                "addresses, CA and proxy taken over from the file"
            } else {
                "nothing to do"
            };
            print(&format!("already enrolled as {}: {what}.\n", identity.name));
            return Ok(0);
        }
    }
    let joining = Joining {
        key: said.key,
        name: own_name(arguments.name.clone())?,
        collectors: said.collectors,
        ca: said.ca,
        proxy: said.proxy,
    };
    enrol(config, joining, now).await
}

/// Who this device is, if it was ever enrolled. A damaged identity is as good as none: enrolling replaces it.
fn enrolled(config: &Config) -> Result<Option<Identity>, IdentityError> {
    match Identity::load(&config.data) {
        Ok(identity) => Ok(Some(identity)),
        Err(IdentityError::NotEnrolled { .. } | IdentityError::Damaged(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Only the collector's own no counts: one that cannot be asked now may well know the device.
async fn still_known(config: &Config, identity: &Identity, now: Timestamp) -> Result<bool, Failure> {
    let doors = way::doors(config, &Said::by(identity), now)?;
    let uplink = HttpUplink::new(doors, identity.credentials.present.clone());
    match uplink.assignment(None).await {
        Err(Trouble::NotEnrolled { .. }) => {
            tracing::warn!(name = %identity.name, "the collector does not know this device any more; enrolling again");
            Ok(false)
        }
        Err(trouble) => {
            tracing::warn!(%trouble, "whether the collector still knows this device could not be asked");
            Ok(true)
        }
        Ok(_) => Ok(true),
    }
}

async fn enrol(config: &Config, joining: Joining, now: Timestamp) -> Result<u8, Failure> {
    let said = Said {
        collectors: &joining.collectors,
        ca: joining.ca.as_deref(),
        proxy: joining.proxy.as_ref(),
    };
    let doors = way::doors(config, &said, now)?;
    way::warn_if_overheard(&doors, "the key and this device's credential");
    let identity = join(joining, &HttpUplink::unknown(doors), &config.data).await?;
    print(&format!(
        "{} is known to {} as {}.\nKept in {}.\n",
        identity.name,
        identity.collectors.first(),
        identity.device,
        config.data.join(crate::identity::FILE).display()
    ));
    Ok(0)
}

/// The name given, or the host's.
pub(super) fn own_name(given: Option<DeviceName>) -> Result<DeviceName, Failure> {
    if let Some(name) = given {
        return Ok(name);
    }
    let host = sysinfo::System::host_name()
        .ok()
        .and_then(|name| DeviceName::parse(name.trim()).ok());
    let name = host.ok_or(EnrollError::Nameless)?;
    tracing::info!(%name, "called by its host name; where host names carry people's names, give it another with `enroll --name`");
    Ok(name)
}
