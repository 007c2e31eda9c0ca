//! Whom a device believes that it is the collector.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::ports::Uplink as _;

/// A certificate authority: the collector's own, or a filter's that opens encrypted traffic.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(super) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(vec![]).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("an authority"))
    }

    /// A server's certificate for one name, until the end of a year.
    pub(super) fn server_until(&self, name: &str, year: i32) -> TlsAcceptor {
        crate::supervise::install_crypto();
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(year, 12, 31);
        let key = KeyPair::generate().expect("a key");
        let leaf: CertificateDer<'static> = params.signed_by(&key, &self.0).expect("signed").into();
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a private key");
        let config = rustls::ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![leaf], key)
            .expect("a server");
        TlsAcceptor::from(Arc::new(config))
    }

    pub(super) fn server(&self, name: &str) -> TlsAcceptor {
        self.server_until(name, 2120)
    }

    /// What an enrolment file would bring.
    pub(super) fn pinned(&self) -> Trust {
        let now = "2026-10-06T14:00:00Z".parse().expect("a time");
        Trust::only(&self.0.pem(), "the enrolment file", now).expect("a whole CA")
    }
}

async fn told(server: &Server, trust: &Trust) -> Trouble {
    uplink(&[&server.address], trust, &Proxies::None)
        .report(&report_at(0))
        .await
        .expect_err("not believed")
}

#[tokio::test]
async fn the_collector_s_own_ca_is_believed() {
    let ours = Authority::new("RoomReady");
    let server = Server::start_tls(&taken(), ours.server("127.0.0.1")).await;
    let way = uplink(&[&server.address], &ours.pinned(), &Proxies::None);
    way.report(&report_at(0)).await.expect("taken");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_filter_that_opens_encrypted_traffic_gets_nothing_and_is_named_as_what_it_may_be() {
    let ours = Authority::new("RoomReady");
    // It mints a certificate of its own for our very name, as such filters do; even its authority has our name.
    let filter = Authority::new("RoomReady");
    let server = Server::start_tls(&taken(), filter.server("127.0.0.1")).await;
    let trouble = told(&server, &ours.pinned()).await;
    assert!(matches!(trouble, Trouble::WrongCertificate { .. }), "{trouble:?}");
    let text = trouble.to_string();
    let host = server.address.host().to_string();
    assert!(
        text.starts_with(&format!(
            "{host}: its certificate is not from the CA in the enrolment file"
        )),
        "{text}"
    );
    assert!(
        text.ends_with("a filter that opens encrypted traffic, a wrong address, or a new CA"),
        "{text}"
    );
    assert!(
        server.asked().is_empty(),
        "no report and no credential was shown to it"
    );
}

#[tokio::test]
async fn a_pinned_ca_stands_alone_and_the_system_s_do_not_know_ours() {
    let ours = Authority::new("RoomReady");
    let server = Server::start_tls(&taken(), ours.server("127.0.0.1")).await;
    let door = Door::open(server.address.clone(), &Trust::System, &Proxies::None);
    let Ok(door) = door else {
        // A system without any certificates says so when the client is made.
        let told = door.expect_err("just seen").to_string();
        assert!(told.contains("certificates"), "{told}");
        return;
    };
    let trouble = HttpUplink::new(vec![door], Credential::new("s3cret".into()))
        .report(&report_at(0))
        .await
        .expect_err("a stranger to this system");
    let text = trouble.to_string();
    assert!(text.contains("not from a CA that this device trusts"), "{text}");
}

#[tokio::test]
async fn a_certificate_that_has_ended_or_is_for_somebody_else_says_so() {
    let ours = Authority::new("RoomReady");
    let ended = Server::start_tls(&taken(), ours.server_until("127.0.0.1", 2021)).await;
    let text = told(&ended, &ours.pinned()).await.to_string();
    assert!(text.contains("ended on 2021-12-31T00:00:00Z"), "{text}");
    assert!(text.contains("this device's clock says 20"), "{text}");
    let other = Server::start_tls(&taken(), ours.server("other.example")).await;
    let text = told(&other, &ours.pinned()).await.to_string();
    assert!(text.contains("is for other.example only"), "{text}");
}

#[tokio::test]
async fn what_speaks_no_tls_or_only_tls_is_a_stranger() {
    let ours = Authority::new("RoomReady");
    let open = Server::start(&taken()).await;
    let secure = CollectorAddress::parse(&format!("https://{}", open.address.host())).expect("an address");
    let trouble = uplink(&[&secure], &ours.pinned(), &Proxies::None)
        .report(&report_at(0))
        .await
        .expect_err("no TLS there");
    assert!(matches!(trouble, Trouble::NotOurs { .. }), "{trouble:?}");
    assert!(trouble.to_string().contains("does not speak TLS"), "{trouble}");

    let closed = Server::start_tls(&taken(), ours.server("127.0.0.1")).await;
    let plain = CollectorAddress::parse(&format!("http://{}", closed.address.host())).expect("an address");
    let trouble = uplink(&[&plain], &ours.pinned(), &Proxies::None)
        .report(&report_at(0))
        .await
        .expect_err("only TLS there");
    let text = trouble.to_string();
    assert!(text.contains("is its address https?"), "{text}");
}

#[tokio::test]
async fn a_ca_that_the_collector_names_is_believed_without_a_restart() {
    let (old, new) = (Authority::new("RoomReady"), Authority::new("RoomReady anew"));
    let first = Server::start_tls(&taken(), old.server("127.0.0.1")).await;
    let door = |address: &CollectorAddress, trust: &Trust| {
        Door::open(address.clone(), trust, &Proxies::None).expect("a client")
    };
    // The collector after the change, at an address of its own so that no connection is left over.
    let second = Server::start_tls(&taken(), new.server("127.0.0.1")).await;
    let (told, there) = (new.pinned(), second.address.clone());
    let way = HttpUplink::new(
        vec![door(&first.address, &old.pinned())],
        Credential::new("s3cret".into()),
    )
    .learning(Box::new(move |named, _| {
        (named == "the new CA").then(|| vec![door(&there, &told)])
    }));
    way.report(&report_at(0)).await.expect("taken");
    let now = "2026-10-06T14:00:00Z".parse().expect("a time");
    way.named_ca("something else", now);
    assert!(second.asked().is_empty());
    way.named_ca("the new CA", now);
    way.report(&report_at(5_000)).await.expect("taken");
    assert_eq!(second.asked().len(), 1);
}
