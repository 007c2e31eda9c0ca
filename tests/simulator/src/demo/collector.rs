//! The real collector, inside this program: the same library that `roomready-collector serve` runs.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use roomready_agent::uplink::CollectorAddress;
use roomready_collector::access::Role;
use roomready_collector::clock::{Clock, SystemClock};
use roomready_collector::domain::entry::{Actor, NewEntry};
use roomready_collector::domain::identity::{EnrolmentKey, KeyPlace};
use roomready_collector::error::RunError;
use roomready_collector::secret::Secret;
use roomready_collector::store::sqlite::SqliteStore;
use roomready_collector::store::{Account, OneTimeLink, Opens, SecondFactor, Store};
use roomready_collector::{config, limits};
use roomready_shared::ids::{AccountId, RoomId, RoomRef, SchoolId, Title};
use roomready_shared::units::Timestamp;
use tokio::net::TcpListener;
use tokio::task::{JoinError, JoinHandle};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::DemoError;
use super::folder::Folder;

/// Who signs in to the demo.
const COORDINATOR: &str = "Demo coordinator";

/// The collector stops in named phases of seconds; past all of them together something hangs.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a technician would ask the collector for.
#[derive(Clone)]
pub(super) struct Desk {
    address: SocketAddr,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

/// A collector that runs.
pub(super) struct Running {
    desk: Desk,
    shutdown: CancellationToken,
    task: JoinHandle<Result<(), RunError>>,
}

impl Running {
    /// Starts it on embedded SQLite in the demo's folder.
    pub(super) async fn start(folder: &Folder, listener: TcpListener) -> Result<Self, DemoError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
        let config = config::load(&folder.write_config(clock.wall())?)?;
        let data = folder.collector();
        // Opening waits for the disk.
        let store = tokio::task::spawn_blocking(move || SqliteStore::open(&data))
            .await
            .map_err(|error| part_ended("opening the store", &error))?
            .map_err(DemoError::Data)?;
        let store: Arc<dyn Store> = Arc::new(store);
        let address = listener.local_addr().map_err(|source| DemoError::Listen {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            source,
        })?;
        let shutdown = CancellationToken::new();
        let task = tokio::spawn(roomready_collector::run(
            config,
            listener,
            Arc::clone(&store),
            Arc::clone(&clock),
            shutdown.clone(),
        ));
        Ok(Self {
            desk: Desk {
                address,
                store,
                clock,
            },
            shutdown,
            task,
        })
    }

    /// Where to ask for keys and links.
    pub(super) fn desk(&self) -> Desk {
        self.desk.clone()
    }

    /// Waits until it ends by itself, which it must not.
    pub(super) async fn ended(&mut self) -> DemoError {
        match (&mut self.task).await {
            Ok(Err(error)) => DemoError::CollectorFailed(error),
            Ok(Ok(())) => DemoError::PartEnded {
                part: "the collector".to_owned(),
                why: String::new(),
            },
            Err(error) => part_ended("the collector", &error),
        }
    }

    /// Stops it in order. One that had ended before is said by [`Self::ended`].
    pub(super) async fn stop(self) -> Result<(), DemoError> {
        self.shutdown.cancel();
        if self.task.is_finished() {
            return Ok(());
        }
        match tokio::time::timeout(PATIENCE, self.task).await {
            Ok(Ok(ended)) => ended.map_err(DemoError::CollectorFailed),
            Ok(Err(error)) => Err(part_ended("the collector", &error)),
            Err(_late) => Err(DemoError::PartEnded {
                part: "the collector".to_owned(),
                why: format!(": it did not stop within {} s", PATIENCE.as_secs()),
            }),
        }
    }
}

impl Desk {
    /// Where it listens.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same as devices are told it.
    pub(super) fn as_devices_know_it(&self) -> CollectorAddress {
        CollectorAddress::parse(&format!("http://{}", self.address))
            .expect("an IP address with a port is one")
    }

    /// A link that signs the demo's coordinator in, once. Her second factor is set up, or she would have to do that
    /// before she sees anything.
    pub(super) async fn sign_in_link(&self) -> Result<String, DemoError> {
        let token = Secret::new()?;
        let now = self.clock.wall();
        let coordinator = Account {
            id: AccountId::new(Uuid::new_v4()),
            name: Title::parse(COORDINATOR)?,
            role: Role::DistrictCoordinator,
            schools: BTreeSet::new(),
            password: None,
            second_factor: Some(SecondFactor {
                secret: Secret::new()?.reveal().as_bytes().to_vec(),
                used_step: 0,
            }),
            created_at: now,
            closed_at: None,
        };
        let (id, role) = (coordinator.id, coordinator.role);
        let entry = NewEntry::account_created(now, Actor::Console, id, role, "");
        self.store.add_account(coordinator, entry).await?;
        let ends = self.later(limits::SIGN_IN_LINK_LIFE);
        self.store
            .add_link(OneTimeLink {
                token: token.hash(),
                opens: Opens::SignIn(id),
                ends,
            })
            .await?;
        Ok(format!(
            "http://{}/sign-in?token={}",
            self.address,
            token.reveal()
        ))
    }

    /// An enrolment key for a room, as the district's technician makes one.
    pub(super) async fn enrolment_key(
        &self,
        school: &str,
        room: &str,
        uses: u32,
    ) -> Result<Secret, DemoError> {
        let room = RoomRef {
            school: SchoolId::parse(school)?,
            room: RoomId::parse(room)?,
        };
        let key = Secret::new()?;
        let ends = self.later(limits::ENROLMENT_KEY_LIFE);
        self.store
            .add_key(EnrolmentKey::new(
                key.hash(),
                KeyPlace::Room(room),
                uses,
                ends,
                self.clock.wall(),
                Actor::Console,
            ))
            .await?;
        Ok(key)
    }

    fn later(&self, time: Duration) -> Timestamp {
        self.clock.wall().saturating_add(time).unwrap_or(Timestamp::MAX)
    }
}

pub(super) fn part_ended(part: &str, error: &JoinError) -> DemoError {
    DemoError::PartEnded {
        part: part.to_owned(),
        why: format!(": {error}"),
    }
}
