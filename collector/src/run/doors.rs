//! The listeners of a collector, bound and ready to be opened.

use std::net::SocketAddr;
use std::sync::Arc;

use roomready_shared::address::{CollectorAddress, Collectors};
use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::error::RunError;
use crate::http::{Audience, PeoplesTrust};
use crate::limits;
use crate::serve::{Door, Most, Proxies};
use crate::tls::Kept;

/// Where people and devices come in.
#[derive(Debug)]
pub struct Doors {
    /// For people; for devices too, when they have none of their own.
    pub people: PeoplesDoor,
    /// For devices.
    pub devices: Option<DevicesDoor>,
    /// What both show, kept up to date while the collector runs.
    pub kept: Kept,
}

/// The listener of people's pages.
#[derive(Debug)]
pub struct PeoplesDoor {
    /// Bound.
    pub listener: TcpListener,
    /// With which certificate; without one, plain HTTP, on loopback only.
    pub tls: Option<Arc<ServerConfig>>,
    /// How far browsers trust it.
    pub trust: PeoplesTrust,
    /// What people open, where that is not the listener's own address.
    pub address: Option<CollectorAddress>,
    /// Who may say for whom it speaks.
    pub proxies: Arc<Proxies>,
}

/// The listener of devices.
#[derive(Debug)]
pub struct DevicesDoor {
    /// Bound.
    pub listener: TcpListener,
    /// With a leaf of the private CA.
    pub tls: Arc<ServerConfig>,
    /// Where devices find it.
    pub addresses: Collectors,
    /// Whom devices are told to believe.
    pub bundles: watch::Receiver<Arc<str>>,
}

impl From<TcpListener> for Doors {
    /// One listener for all, over plain HTTP: for loopback.
    fn from(listener: TcpListener) -> Self {
        Self {
            people: PeoplesDoor {
                listener,
                tls: None,
                trust: PeoplesTrust::Loopback,
                address: None,
                proxies: Proxies::none(),
            },
            devices: None,
            kept: Kept::nothing(),
        }
    }
}

impl Doors {
    /// Where people's listener is bound.
    ///
    /// # Errors
    /// When the system does not say, and when pages would go over the network unencrypted: the listener itself is asked,
    /// not an argument, so that no caller can open one by mistake.
    pub(super) fn peoples_address(&self) -> Result<SocketAddr, RunError> {
        let address = self
            .people
            .listener
            .local_addr()
            .map_err(RunError::starting("asking where it listens"))?;
        if self.people.tls.is_none() && !address.ip().is_loopback() {
            return Err(RunError::Overheard { address });
        }
        Ok(address)
    }

    /// Whether anybody can come in from another machine.
    pub(super) fn networked(&self, bound: SocketAddr) -> bool {
        let devices = self.devices.as_ref().map(|door| door.listener.local_addr());
        let mut addresses = std::iter::once(bound).chain(devices.into_iter().flatten());
        addresses.any(|address| !address.ip().is_loopback())
    }

    /// What people open.
    pub(super) fn people_open(&self, bound: SocketAddr) -> String {
        match &self.people.address {
            Some(address) => address.to_string(),
            None if self.people.tls.is_some() => format!("https://{bound}"),
            None => format!("http://{bound}"),
        }
    }

    /// Where devices find the collector, in the order in which they try.
    pub(super) fn devices_try(&self, bound: SocketAddr) -> Vec<String> {
        match &self.devices {
            Some(devices) => devices.addresses.all().iter().map(ToString::to_string).collect(),
            None => vec![self.people_open(bound)],
        }
    }

    /// Each with its routes.
    pub(super) fn open(self, router: impl Fn(Audience) -> axum::Router) -> (Vec<Door>, Kept) {
        let Self {
            people,
            devices,
            kept,
        } = self;
        let together = devices.is_none();
        let mut doors = vec![Door {
            name: "people",
            listener: people.listener,
            tls: people.tls,
            router: router(if together {
                Audience::Everybody
            } else {
                Audience::People
            }),
            most: if together {
                Most::OF_DEVICES
            } else {
                Most::OF_PEOPLE
            },
            proxies: people.proxies,
        }];
        if let Some(devices) = devices {
            doors.push(Door {
                name: "devices",
                listener: devices.listener,
                tls: Some(devices.tls),
                router: router(Audience::Devices),
                most: Most::OF_DEVICES,
                proxies: Proxies::none(),
            });
        }
        (doors, kept)
    }
}

impl Most {
    const OF_DEVICES: Self = Self {
        in_all: limits::MOST_DEVICE_CONNECTIONS,
        an_address: limits::MOST_DEVICE_CONNECTIONS_AN_ADDRESS,
    };
    const OF_PEOPLE: Self = Self {
        in_all: limits::MOST_PEOPLE_CONNECTIONS,
        an_address: limits::MOST_PEOPLE_CONNECTIONS_AN_ADDRESS,
    };
}
