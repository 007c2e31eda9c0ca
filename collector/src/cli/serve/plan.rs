//! Which listeners the arguments ask for. Nothing is bound or read here.

use std::net::{IpAddr, SocketAddr};

use roomready_shared::address::{CollectorAddress, Collectors};

use crate::http::PeoplesTrust;
use crate::tls::{Name, OwnCertificate};

/// The port that is proposed for devices.
const USUAL_PORT: u16 = 8443;

/// What was asked for.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) listen: SocketAddr,
    pub(super) certificate: Option<OwnCertificate>,
    pub(super) behind_proxy: Vec<IpAddr>,
    pub(super) address: Option<CollectorAddress>,
    pub(super) devices: Option<SocketAddr>,
    pub(super) devices_names: Vec<Name>,
}

/// What is to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) people: SocketAddr,
    pub(super) shows: Shows,
    pub(super) trust: PeoplesTrust,
    pub(super) devices: Option<Devices>,
}

/// What people's listener shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shows {
    /// Nothing: plain HTTP.
    Nothing,
    /// The district's own certificate.
    Own(OwnCertificate),
    /// A leaf of the private CA.
    Leaf,
}

/// The devices' listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Devices {
    pub(super) listen: SocketAddr,
    /// What stands in the leaf.
    pub(super) names: Vec<Name>,
}

/// Arguments that do not go together, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unclear {
    #[error(
        "people's pages on {0} are reached from the network, so devices need a listener of their own: add \
         --devices ADDR:PORT, such as --devices {1}"
    )]
    NoDevices(SocketAddr, SocketAddr),
    #[error(
        "--devices {0} listens on every address, so devices cannot be told where to look: add --devices-name with the \
         name or the address of this computer that they know"
    )]
    NoName(SocketAddr),
    #[error("--devices-name says how devices find the listener of --devices, which is not asked for")]
    NamesForNobody,
    #[error("people reach the proxy over TLS, so --address must begin with https://, not {0}")]
    ProxyInTheOpen(CollectorAddress),
    #[error("--listen and --devices are both {0}: give them different ports")]
    Twice(SocketAddr),
}

impl Asked {
    /// Decides.
    pub(super) fn plan(self) -> Result<Plan, Unclear> {
        let on_loopback = self.listen.ip().is_loopback();
        let proxied = !self.behind_proxy.is_empty();
        if let Some(address) = self.address.filter(|address| proxied && !address.is_secure()) {
            return Err(Unclear::ProxyInTheOpen(address));
        }
        let devices = match self.devices {
            Some(listen) => Some(Devices::at(listen, self.devices_names)?),
            None if !self.devices_names.is_empty() => return Err(Unclear::NamesForNobody),
            None if !on_loopback => {
                let port = if self.listen.port() == USUAL_PORT {
                    USUAL_PORT + 1
                } else {
                    USUAL_PORT
                };
                let there = SocketAddr::new(self.listen.ip(), port);
                return Err(Unclear::NoDevices(self.listen, there));
            }
            None => None,
        };
        let same = devices
            .as_ref()
            .filter(|devices| devices.listen == self.listen && self.listen.port() != 0);
        if same.is_some() {
            return Err(Unclear::Twice(self.listen));
        }
        let has_own = self.certificate.is_some();
        let shows = match self.certificate {
            Some(own) => Shows::Own(own),
            None if on_loopback => Shows::Nothing,
            None => Shows::Leaf,
        };
        let trust = match (proxied, has_own, on_loopback) {
            (true, _, _) => PeoplesTrust::Proxy,
            (false, true, _) => PeoplesTrust::Trusted,
            (false, false, true) => PeoplesTrust::Loopback,
            (false, false, false) => PeoplesTrust::Untrusted,
        };
        Ok(Plan {
            people: self.listen,
            shows,
            trust,
            devices,
        })
    }
}

impl Devices {
    fn at(listen: SocketAddr, mut names: Vec<Name>) -> Result<Self, Unclear> {
        if !listen.ip().is_unspecified() {
            names.push(Name::from(listen.ip()));
        }
        let mut seen = Vec::new();
        names.retain(|name| {
            !seen.contains(name) && {
                seen.push(name.clone());
                true
            }
        });
        if names.is_empty() {
            return Err(Unclear::NoName(listen));
        }
        Ok(Self { listen, names })
    }

    /// Where devices find it, once its port is known; the given names first, in their order.
    pub(super) fn addresses(
        &self,
        port: u16,
    ) -> Result<Collectors, Box<dyn std::error::Error + Send + Sync>> {
        let addresses: Result<Vec<CollectorAddress>, _> =
            self.names.iter().map(|name| name.at(port).parse()).collect();
        Ok(Collectors::new(addresses?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(listen: &str) -> Asked {
        Asked {
            listen: listen.parse().unwrap(),
            certificate: None,
            behind_proxy: vec![],
            address: None,
            devices: None,
            devices_names: vec![],
        }
    }

    fn with_devices(listen: &str, devices: &str, names: &[&str]) -> Asked {
        Asked {
            devices: Some(devices.parse().unwrap()),
            devices_names: names.iter().map(|name| name.parse().unwrap()).collect(),
            ..asked(listen)
        }
    }

    fn own() -> Option<OwnCertificate> {
        Some(OwnCertificate {
            certificate: "fullchain.pem".into(),
            key: "key.pem".into(),
        })
    }

    fn refused(asked: Asked) -> String {
        asked.plan().unwrap_err().to_string()
    }

    #[test]
    fn on_loopback_one_plain_listener_is_enough() {
        let plan = asked("127.0.0.1:8480").plan().unwrap();
        assert_eq!((plan.shows, plan.trust), (Shows::Nothing, PeoplesTrust::Loopback));
        assert_eq!(plan.devices, None);
    }

    #[test]
    fn off_loopback_nothing_is_plain_and_only_an_own_certificate_or_a_proxy_is_trusted() {
        let bare = with_devices("10.0.0.2:8480", "10.0.0.2:8443", &[]);
        let plan = bare.clone().plan().unwrap();
        assert_eq!((plan.shows, plan.trust), (Shows::Leaf, PeoplesTrust::Untrusted));
        let certified = Asked {
            certificate: own(),
            ..bare.clone()
        };
        let plan = certified.plan().unwrap();
        assert_eq!(plan.trust, PeoplesTrust::Trusted);
        assert!(matches!(plan.shows, Shows::Own(_)));
        let proxied = Asked {
            behind_proxy: vec!["10.0.0.9".parse().unwrap()],
            address: Some("https://rooms.example".parse().unwrap()),
            ..bare
        };
        let plan = proxied.clone().plan().unwrap();
        assert_eq!((plan.shows, plan.trust), (Shows::Leaf, PeoplesTrust::Proxy));
        let open = Asked {
            address: Some("http://rooms.example".parse().unwrap()),
            ..proxied
        };
        assert!(refused(open).contains("https://"));
    }

    #[test]
    fn a_proxy_on_this_computer_is_spoken_to_without_tls() {
        let proxied = Asked {
            behind_proxy: vec!["127.0.0.1".parse().unwrap()],
            address: Some("https://rooms.example".parse().unwrap()),
            ..asked("127.0.0.1:8480")
        };
        let plan = proxied.plan().unwrap();
        assert_eq!((plan.shows, plan.trust), (Shows::Nothing, PeoplesTrust::Proxy));
    }

    #[test]
    fn what_does_not_go_together_is_refused_with_the_fix() {
        assert!(
            refused(asked("10.0.0.2:8480"))
                .contains("add --devices ADDR:PORT, such as --devices 10.0.0.2:8443")
        );
        assert!(refused(with_devices("127.0.0.1:8480", "0.0.0.0:8443", &[])).contains("add --devices-name"));
        assert!(refused(with_devices("10.0.0.2:8480", "10.0.0.2:8480", &[])).contains("different ports"));
        let names_alone = Asked {
            devices_names: vec!["a".parse().unwrap()],
            ..asked("127.0.0.1:0")
        };
        assert!(refused(names_alone).contains("--devices"));
    }

    #[test]
    fn devices_try_the_given_names_first_and_then_the_address_itself() {
        let plan = with_devices("127.0.0.1:0", "10.0.0.2:0", &["rooms.example", "10.0.0.2"])
            .plan()
            .unwrap();
        let found = plan.devices.unwrap().addresses(8443).unwrap();
        let found: Vec<_> = found.all().iter().map(ToString::to_string).collect();
        assert_eq!(found, ["https://rooms.example:8443", "https://10.0.0.2:8443"]);
    }
}
