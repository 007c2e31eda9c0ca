//! Enrolment as in every district: a key per room, and each device asks for its own credential over HTTP.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use roomready_agent::VERSION;
use roomready_agent::assignment::DiskShelf;
use roomready_agent::chance::Chance;
use roomready_agent::clock::SystemClock;
use roomready_agent::cycle::Settings;
use roomready_agent::outbox::MemoryOutbox;
use roomready_agent::ports::{Clock, Enroll as _, NoBoard, Probes, Silent};
use roomready_agent::probe::{Ask, SystemProbes};
use roomready_agent::run::Ports;
use roomready_agent::uplink::{Credential, Door, HttpUplink, Proxies, Trust};
use roomready_collector::secret::Secret;
use roomready_shared::facts::Facts;
use roomready_shared::ids::{DeviceName, StreamId};
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::{DuringTest, EnrollReply, EnrollRequest, ExitKind};

use super::DemoError;
use super::cast::Cast;
use super::collector::Desk;
use super::folder::Folder;
use super::progress::Progress;
use crate::device::simulated;
use crate::school::{Device, Reader, devices};

type RoomKeys = BTreeMap<(&'static str, &'static str), Secret>;

/// Lets in every device that runs an agent, and starts that agent. All share one HTTP client, so that sixty devices
/// do not need sixty pools of connections.
pub(super) async fn everybody(
    desk: &Desk,
    folder: &Folder,
    cast: &mut Cast,
    progress: &mut Progress,
) -> Result<(), DemoError> {
    let devices = devices();
    let with_agent = || {
        devices
            .iter()
            .zip(0_u32..)
            .filter(|(device, _)| device.reader != Reader::Nobody)
    };
    progress.says("making enrolment keys");
    let keys = room_keys(desk, with_agent().map(|(device, _)| device)).await?;
    let district = District {
        door: Door::open(desk.as_devices_know_it(), &Trust::System, &Proxies::None)?,
    };
    let all = with_agent().count();
    progress.says(&format!("enrolling {all} devices"));
    for (place, (device, number)) in (1..).zip(with_agent()) {
        progress.has_come_to(&format!("enrolling device {place} of {all}: {}", device.name));
        let key = keys
            .get(&(device.school, device.room))
            .expect("a key was made for the room of each device");
        let known = district.enrol(device, key).await?;
        let settings = district.settings(device, &known);
        let uplink = district.uplink(known);
        match device.reader {
            Reader::ScriptedAgent(temper) | Reader::Sentinel(temper) => {
                let (strings, ports) = simulated(device.platform, temper, number, Arc::new(uplink));
                cast.starts(&device.name, settings, ports, Some(strings));
            }
            Reader::RealAgent => cast.starts(&device.name, settings, real_ports(folder, uplink), None),
            Reader::Nobody => {}
        }
    }
    Ok(())
}

async fn room_keys(desk: &Desk, devices: impl Iterator<Item = &Device>) -> Result<RoomKeys, DemoError> {
    let mut wanted: BTreeMap<(&'static str, &'static str), u32> = BTreeMap::new();
    for device in devices {
        *wanted.entry((device.school, device.room)).or_default() += 1;
    }
    let mut keys = RoomKeys::new();
    for ((school, room), uses) in wanted {
        keys.insert((school, room), desk.enrolment_key(school, room, uses).await?);
    }
    Ok(keys)
}

/// The collector as all devices see it.
struct District {
    door: Door,
}

impl District {
    async fn enrol(&self, device: &Device, key: &Secret) -> Result<EnrollReply, DemoError> {
        let request = EnrollRequest {
            key: key.reveal().to_owned(),
            name: DeviceName::parse(&device.name)?,
            platform: device.platform,
            serial: None,
            agent_version: ShortText::fit(VERSION),
        };
        let unknown = HttpUplink::unknown(vec![self.door.clone()]);
        unknown.enroll(&request).await.map_err(|source| DemoError::Enrol {
            device: device.name.clone(),
            source,
        })
    }

    fn settings(&self, device: &Device, known: &EnrollReply) -> Settings {
        Settings {
            device: known.device,
            platform: device.platform,
            collector: Some(self.door.address().host().clone()),
            during_test: DuringTest::Quiet,
            agent_version: ShortText::fit(VERSION),
        }
    }

    fn uplink(&self, known: EnrollReply) -> HttpUplink {
        HttpUplink::new(vec![self.door.clone()], Credential::new(known.credential))
    }
}

/// The probes of this very machine. What the agent costs it is not told here: the demo's collector and every other agent run
/// in the same program, and the measured sum would be held against this one.
struct InOneProgram(SystemProbes);

impl Probes for InOneProgram {
    fn read(&self, ask: Ask) -> BoxFuture<'_, Facts> {
        self.0.read(ask)
    }

    fn app_ended(&self) -> BoxFuture<'_, ExitKind> {
        self.0.app_ended()
    }
}

/// This very machine: its clock, its probes, its disk.
fn real_ports(folder: &Folder, uplink: HttpUplink) -> Ports {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    Ports {
        probes: Arc::new(InOneProgram(SystemProbes::new(Arc::clone(&clock)))),
        clock,
        outbox: Box::new(MemoryOutbox::new(StreamId::new(uuid::Uuid::new_v4()))),
        uplink: Arc::new(uplink),
        shelf: Arc::new(DiskShelf::new(&folder.this_computer())),
        chance: Chance::from_system(),
        board: Box::new(NoBoard),
        leaving: Arc::new(Silent),
    }
}
