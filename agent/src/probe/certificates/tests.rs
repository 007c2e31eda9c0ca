use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair};
use rustls::RootCertStore;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;

use super::*;
use crate::probe::reach::SystemNetwork;

/// Half of the certificates' time.
const NOW: &str = "2026-10-06T14:00:00Z";

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// An authority and the store that trusts it.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn called(common: &str, organisation: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, common);
        params
            .distinguished_name
            .push(DnType::OrganizationName, organisation);
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("an authority"))
    }

    fn store(&self) -> RootCertStore {
        let mut store = RootCertStore::empty();
        store.add(self.0.der().clone()).expect("an authority");
        store
    }

    /// A service that shows a certificate of this authority for `localhost`; gives back where.
    async fn serve(&self) -> HostPort {
        let mut params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2026, 12, 31);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        let config = rustls::ServerConfig::builder_with_provider(authorities::ring())
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).expect("its key"),
            )
            .expect("a service");
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _shaken = acceptor.accept(stream).await;
            }
        });
        HostPort::parse(&format!("localhost:{port}")).expect("a host")
    }
}

fn vendor_s() -> Authority {
    Authority::called("Practice Root", "Practice Trust")
}

fn filter_s() -> Authority {
    Authority::called("Campus Filter CA", "Filter Company")
}

async fn look(hosts: &[HostPort], now: Now, authorities: Authorities) -> Outcome<Certificates> {
    read(&SystemNetwork::default(), hosts, now, authorities).await
}

fn known(text: &str) -> Now {
    Now::Known(time(text))
}

fn foreign(outcome: Outcome<Certificates>) -> (u16, Vec<(Trust, String)>) {
    let Outcome::Measured(certificates) = outcome else {
        panic!("not measured: {outcome:?}");
    };
    let foreign = certificates.foreign.into_iter().map(|foreign| {
        let issuer = foreign
            .issuer
            .map_or_else(String::new, |issuer| issuer.to_string());
        (foreign.trust, issuer)
    });
    (certificates.seen, foreign.collect())
}

#[tokio::test]
async fn the_vendor_s_own_certificate_is_nothing_to_tell() {
    let vendor = vendor_s();
    let host = vendor.serve().await;
    // A device without any store of its own.
    let authorities = Authorities::made(vendor.store(), None);
    assert_eq!(foreign(look(&[host], known(NOW), authorities).await), (1, vec![]));
}

#[tokio::test]
async fn a_filter_that_opens_traffic_is_told_by_its_name_and_by_who_trusts_it() {
    let (vendor, filter) = (vendor_s(), filter_s());
    let hosts = [vendor.serve().await, filter.serve().await];
    let name = "Campus Filter CA (Filter Company)".to_owned();
    let trusted = Authorities::made(vendor.store(), Some(filter.store()));
    assert_eq!(
        foreign(look(&hosts, known(NOW), trusted).await),
        (2, vec![(Trust::DeviceOnly, name.clone())])
    );
    for device in [None, Some(vendor.store())] {
        let authorities = Authorities::made(vendor.store(), device);
        assert_eq!(
            foreign(look(&hosts, known(NOW), authorities).await),
            (2, vec![(Trust::Nobody, name.clone())])
        );
    }
    // However late it is.
    let trusted = Authorities::made(vendor.store(), Some(filter.store()));
    let (_, late) = foreign(look(&hosts[1..], known("2030-01-01T00:00:00Z"), trusted).await);
    assert_eq!(late, [(Trust::DeviceOnly, name)]);
}

#[tokio::test]
async fn with_a_clock_that_nobody_compared_a_certificate_out_of_date_is_no_finding_and_says_why() {
    let vendor = vendor_s();
    let host = vendor.serve().await;
    let hosts = std::slice::from_ref(&host);
    for wrong in ["2025-06-01T08:00:00Z", "2031-01-01T08:00:00Z"] {
        let authorities = Authorities::made(vendor.store(), None);
        let said = look(hosts, Now::AsTheDeviceSays(time(wrong)), authorities).await;
        let Outcome::Failed(why) = said else {
            panic!("nothing is certain: {said:?}");
        };
        let why = why.as_str();
        assert!(
            why.contains("from 2026-01-01 to 2026-12-31")
                && why.contains(&wrong[..10])
                && why.contains("clock is wrong"),
            "{why}"
        );
    }
    // The collector has told how far off the clock is: six years.
    let wall = time("2032-10-06T14:00:00Z");
    let ahead = wall.duration_since(time(NOW)).as_millis();
    let corrected = Now::of(wall, i64::try_from(ahead).ok());
    let authorities = Authorities::made(vendor.store(), None);
    assert_eq!(foreign(look(hosts, corrected, authorities).await), (1, vec![]));
    // A right clock and a vendor who forgot to renew.
    let authorities = Authorities::made(vendor.store(), None);
    let (_, over) = foreign(look(hosts, known("2027-02-01T08:00:00Z"), authorities).await);
    assert_eq!(over, [(Trust::Nobody, "Practice Root (Practice Trust)".into())]);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_nobody_s() {
    let vendor = vendor_s();
    let port = vendor.serve().await.port();
    let host = HostPort::parse(&format!("127.0.0.1:{port}")).expect("a host");
    let authorities = Authorities::made(vendor.store(), Some(vendor.store()));
    let (_, seen) = foreign(look(&[host], known(NOW), authorities).await);
    assert_eq!(seen, [(Trust::Nobody, "Practice Root (Practice Trust)".into())]);
}

#[tokio::test]
async fn a_host_that_shows_nothing_says_why_and_hides_no_other_s() {
    let vendor = vendor_s();
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = closed.local_addr().expect("an address").port();
    drop(closed);
    let silent = HostPort::parse(&format!("localhost:{port}")).expect("a host");
    let authorities = || Authorities::made(vendor.store(), None);
    let said = look(std::slice::from_ref(&silent), known(NOW), authorities()).await;
    assert!(
        matches!(&said, Outcome::Failed(why) if why.as_str().starts_with("no host showed a certificate; localhost:")),
        "{said:?}"
    );
    let hosts = [silent, vendor.serve().await];
    assert_eq!(
        foreign(look(&hosts, known(NOW), authorities()).await),
        (1, vec![])
    );
    let plain = HostPort::parse("home.testnav.com:80").expect("a host");
    assert!(matches!(
        look(&[plain], known(NOW), authorities()).await,
        Outcome::Unsupported(_)
    ));
}

#[test]
fn the_public_authorities_of_this_release_can_be_used() {
    assert!(Authorities::of_this_machine().public().is_ok());
}

#[test]
fn bytes_that_are_no_certificate_have_no_signer_and_no_time() {
    for bytes in [&b""[..], b"\x30", b"\x30\x82\xff\xff", &[0x30; 200]] {
        let shown = Shown::of(&[bytes.to_vec().into()]).expect("one");
        assert_eq!(shown.issuer(), None);
        assert_eq!(shown.dates(), "at another time");
        let public = Authorities::of_this_machine().public().expect("authorities");
        let host = HostPort::parse("home.testnav.com:443").expect("a host");
        assert!(!shown.stands(&public, &host, time(NOW)) && !shown.would_stand(&public, &host));
    }
}
