//! `enroll`: makes this device known to a collector.

use roomready_shared::ids::DeviceName;
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::EnrollRequest;

use super::args::EnrollArguments;
use super::{Failure, print};
use crate::config;
use crate::identity::Identity;
use crate::ports::Enroll as _;
use crate::probe::SystemProbes;
use crate::telemetry;
use crate::uplink::{Credential, HttpUplink, client};

#[derive(Debug, thiserror::Error)]
enum EnrollError {
    #[error("which collector? add --collector URL, or write it into the settings file")]
    NoCollector,
    #[error("this machine has no host name that could serve as its name; add --name NAME")]
    NoName,
}

pub(super) async fn enroll(arguments: EnrollArguments) -> Result<u8, Failure> {
    let settings = &arguments.settings;
    let config = config::load(settings.config.as_deref())?.overridden(settings.overrides());
    telemetry::start(&config.log);
    let collector = config.collector.ok_or(EnrollError::NoCollector)?;
    let name = match arguments.name {
        Some(name) => name,
        None => host_name().ok_or(EnrollError::NoName)?,
    };
    if collector.is_overheard() {
        tracing::warn!(%collector, "the key and this device's credential travel unencrypted; give the collector an https address");
    }
    Identity::make_room(&config.data)?;
    let request = EnrollRequest {
        key: arguments.key,
        name: name.clone(),
        platform: SystemProbes::platform(),
        serial: None,
        agent_version: ShortText::fit(crate::VERSION),
    };
    let reply = HttpUplink::unknown(client()?, collector.clone())
        .enroll(&request)
        .await?;
    let identity = Identity {
        device: reply.device,
        name,
        credential: Credential::new(reply.credential),
        collector,
    };
    identity.save(&config.data)?;
    print(&format!(
        "{} is known to {} as {}.\nKept in {}.\n",
        identity.name,
        identity.collector,
        identity.device,
        config.data.join(crate::identity::FILE).display()
    ));
    Ok(0)
}

fn host_name() -> Option<DeviceName> {
    let name = sysinfo::System::host_name().ok()?;
    DeviceName::parse(name.trim()).ok()
}
