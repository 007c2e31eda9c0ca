//! The system's own network.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use roomready_shared::facts::HostPort;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use surge_ping::{Client, Config, ICMP, IcmpPacket, PingIdentifier, PingSequence};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::{Network, NoEcho};
use crate::probe::platform;

type Lookup = Shared<BoxFuture<'static, Result<Vec<SocketAddr>, String>>>;

/// Content of an echo request: what ping programs send, so that no filter takes it for something else.
const ECHO_BYTES: [u8; 32] = [0x52; 32];

/// The network for one window of readings. It looks each name up once and opens an echo socket only when asked to;
/// both end with the window, so that an idle agent holds nothing open.
#[derive(Default)]
pub(in crate::probe) struct SystemNetwork {
    lookups: Mutex<BTreeMap<String, Lookup>>,
    echo_v4: OnceLock<Result<Client, String>>,
    echo_v6: OnceLock<Result<Client, String>>,
    /// Two of the vendor's names may share one address, so numbers are the window's, not the host's.
    echoes: AtomicU16,
}

impl SystemNetwork {
    fn echo_client(&self, target: IpAddr) -> Result<&Client, NoEcho> {
        let (slot, kind) = match target {
            IpAddr::V4(_) => (&self.echo_v4, ICMP::V4),
            IpAddr::V6(_) => (&self.echo_v6, ICMP::V6),
        };
        slot.get_or_init(|| {
            Client::new(&Config::builder().kind(kind).build()).map_err(|error| {
                // The library's own text runs over several lines; the first says what matters.
                let text = error.to_string();
                text.lines().next().unwrap_or_default().to_owned()
            })
        })
        .as_ref()
        .map_err(|why| NoEcho::NotPermitted(why.clone()))
    }
}

impl Network for SystemNetwork {
    fn resolve<'a>(&'a self, host: &'a HostPort) -> BoxFuture<'a, Result<Vec<SocketAddr>, String>> {
        let port = host.port();
        let lookup = self
            .lookups
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(host.host().to_owned())
            .or_insert_with(|| {
                let name = host.host().to_owned();
                let work = async move {
                    match tokio::net::lookup_host((name.as_str(), port)).await {
                        Ok(addresses) => Ok(addresses.collect()),
                        Err(error) => Err(format!("{name} cannot be looked up: {}", resolver_words(&error))),
                    }
                };
                work.boxed().shared()
            })
            .clone();
        async move {
            let mut addresses = lookup.await?;
            for address in &mut addresses {
                address.set_port(port);
            }
            Ok(addresses)
        }
        .boxed()
    }

    fn echo(&self, target: IpAddr, limit: Duration) -> BoxFuture<'_, Result<Duration, NoEcho>> {
        async move {
            let client = self.echo_client(target)?;
            let mut pinger = client.pinger(target, PingIdentifier(own_identifier())).await;
            pinger.timeout(limit);
            if let Some(zone) = zone_of(target) {
                pinger.scope_id(zone);
            }
            let number = PingSequence(self.echoes.fetch_add(1, Ordering::Relaxed));
            match pinger.ping(number, &ECHO_BYTES).await {
                Ok((packet, time)) if is_echo_reply(&packet) || comes_from(&packet, target) => Ok(time),
                // Another's "unreachable" is not an answer of the host.
                Ok(_) => Err(NoEcho::Lost),
                Err(surge_ping::SurgeError::IOError(error))
                    if error.kind() == io::ErrorKind::PermissionDenied =>
                {
                    Err(NoEcho::NotPermitted(error.to_string()))
                }
                Err(_) => Err(NoEcho::Lost),
            }
        }
        .boxed()
    }

    fn connect(&self, target: SocketAddr) -> BoxFuture<'_, io::Result<Duration>> {
        async move {
            let started = Instant::now();
            TcpStream::connect(on_its_link(target))
                .await
                .map(|_| started.elapsed())
        }
        .boxed()
    }

    fn hello<'a>(&'a self, target: SocketAddr, name: &'a str) -> BoxFuture<'a, io::Result<Duration>> {
        async move {
            let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
            let stream = TcpStream::connect(target).await?;
            let started = Instant::now();
            let connector = tokio_rustls::TlsConnector::from(hello_config());
            connector.connect(name, stream).await.map(|_| started.elapsed())
        }
        .boxed()
    }
}

/// The interface of an address that holds on its link alone. Only a gateway has one here.
fn zone_of(target: IpAddr) -> Option<u32> {
    match target {
        IpAddr::V6(address) if address.is_unicast_link_local() => platform::zone(),
        IpAddr::V4(_) | IpAddr::V6(_) => None,
    }
}

fn on_its_link(mut target: SocketAddr) -> SocketAddr {
    if let Some(zone) = zone_of(target.ip())
        && let SocketAddr::V6(target) = &mut target
    {
        target.set_scope_id(zone);
    }
    target
}

/// Tells the answers for this program from those for another one on the same machine, where the socket does not.
fn own_identifier() -> u16 {
    static IDENTIFIER: OnceLock<u16> = OnceLock::new();
    *IDENTIFIER.get_or_init(|| u16::try_from(getrandom::u32().unwrap_or(1) & 0xFFFF).unwrap_or(1))
}

fn is_echo_reply(packet: &IcmpPacket) -> bool {
    const V4_ECHO_REPLY: u8 = 0;
    const V6_ECHO_REPLY: u8 = 129;
    match packet {
        IcmpPacket::V4(packet) => packet.get_icmp_type().0 == V4_ECHO_REPLY,
        IcmpPacket::V6(packet) => packet.get_icmpv6_type().0 == V6_ECHO_REPLY,
    }
}

/// Whoever refuses to be asked is there, as with a refused connection.
fn comes_from(packet: &IcmpPacket, target: IpAddr) -> bool {
    match packet {
        IcmpPacket::V4(packet) => IpAddr::V4(packet.get_source()) == target,
        IcmpPacket::V6(packet) => IpAddr::V6(packet.get_source()) == target,
    }
}

/// The resolver's own words, without the library's preface.
fn resolver_words(error: &io::Error) -> String {
    let text = error.to_string();
    text.strip_prefix("failed to lookup address information: ")
        .unwrap_or(&text)
        .to_owned()
}

/// Settings of the timed hello: any certificate will do, because nothing is ever sent over the connection and the
/// question is only whether and how fast the service answers. Whose certificate it is, is another check's question.
fn hello_config() -> Arc<ClientConfig> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    CONFIG
        .get_or_init(|| {
            crate::supervise::install_crypto();
            let config = ClientConfig::builder()
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(timing::AnyCertificate))
                .with_no_client_auth();
            Arc::new(config)
        })
        .clone()
}

mod timing {
    //! A verifier for a connection that carries nothing.

    use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
    use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
    use rustls::{DigitallySignedStruct, Error, SignatureScheme};

    #[derive(Debug)]
    pub(super) struct AnyCertificate;

    impl ServerCertVerifier for AnyCertificate {
        fn verify_server_cert(
            &self,
            _: &CertificateDer<'_>,
            _: &[CertificateDer<'_>],
            _: &ServerName<'_>,
            _: &[u8],
            _: UnixTime,
        ) -> Result<ServerCertVerified, Error> {
            Ok(ServerCertVerified::assertion())
        }

        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Ok(HandshakeSignatureValid::assertion())
        }

        fn verify_tls13_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Ok(HandshakeSignatureValid::assertion())
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            rustls::crypto::ring::default_provider()
                .signature_verification_algorithms
                .supported_schemes()
        }
    }
}
