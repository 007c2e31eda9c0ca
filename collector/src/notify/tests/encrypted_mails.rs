//! Mail over TLS, to a server whose CA is the district's own.

use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tempfile::TempDir;

use super::mail_house::{MailHouse, to};
use super::world::*;
use crate::notify::{Encryption, KeptIn, Settings};

/// A district's CA, and a folder with its certificate.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let folder = tempfile::tempdir().unwrap();
        let shown = params.self_signed(&key).unwrap().pem();
        std::fs::write(folder.path().join("mail-ca.pem"), shown).unwrap();
        Self {
            issuer: Issuer::new(params, key),
            folder,
        }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("mail-ca.pem")
    }

    /// A server with a certificate for this name, or one that has ended.
    fn server(&self, name: &str, ended: bool) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        if ended {
            (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
        }
        let leaf = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key)
            .unwrap()
    }
}

/// A house with this certificate, settings for it, and the same with a CA and a sign-in.
async fn house(
    encryption: Encryption,
    server: ServerConfig,
    ca: Option<PathBuf>,
) -> (Arc<MailHouse>, Settings) {
    let house = MailHouse::encrypted(encryption, server).await;
    let mut settings = house.settings(encryption);
    let mail = settings.mail.as_mut().unwrap();
    mail.ca = ca;
    mail.sign_in = Some((
        "roomready".to_owned(),
        KeptIn::Environment("MAIL_PASSWORD".to_owned()),
    ));
    settings.environment = [("MAIL_PASSWORD".to_owned(), "four words".to_owned())].into();
    (house, settings)
}

/// Why a mail is not sent there.
async fn refused(house: &MailHouse, settings: Settings) -> String {
    let world = World::telling(vec![("on-call", to(&["on-call@cedarvalley.example"]))], settings);
    let notice = notice("on-call", 1);
    world.put(&notice).await;
    let failed = world.until(&notice, "failed", |known| known.failures == 1).await;
    world.stop().await;
    assert!(house.taken().is_empty(), "nothing is told to a stranger");
    failed.failed.unwrap().1.to_string()
}

#[tokio::test]
async fn a_mail_goes_encrypted_to_a_server_with_the_districts_own_ca() {
    let authority = Authority::new();
    for encryption in [Encryption::StartTls, Encryption::Tls] {
        let server = authority.server("127.0.0.1", false);
        let (house, settings) = house(encryption, server, Some(authority.file())).await;
        let world = World::telling(vec![("on-call", to(&["on-call@cedarvalley.example"]))], settings);
        let notice = notice("on-call", 1);
        world.put(&notice).await;
        let known = world
            .until(&notice, "tried", |known| {
                known.delivery.is_done() || known.failures > 0
            })
            .await;
        assert_eq!(known.failed, None, "{encryption:?}");
        let taken = house.taken();
        assert!(taken.len() == 1 && taken[0].encrypted, "{taken:?}");
        // "\0roomready\0four words", as RFC 4616 writes it.
        assert_eq!(
            taken[0].signed_in.as_deref(),
            Some("PLAIN AHJvb21yZWFkeQBmb3VyIHdvcmRz"),
            "{encryption:?}"
        );
        world.stop().await;
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_believed_is_told_with_what_to_do_and_nothing_else_is_said() {
    let (ours, other) = (Authority::new(), Authority::new());
    let here = |authority: &Authority| authority.server("127.0.0.1", false);
    let file = ours.file();
    let cases = [
        (
            here(&other),
            Some(&file),
            format!(
                "is from nobody who is believed: only the CA in {} is",
                file.display()
            ),
        ),
        (
            here(&ours),
            None,
            "is from nobody who is believed: name its CA by \"ca\" in [notices.mail]".to_owned(),
        ),
        (
            ours.server("relay.example", false),
            Some(&file),
            "is for another name: write the name that stands in it".to_owned(),
        ),
        (
            ours.server("127.0.0.1", true),
            Some(&file),
            "ended on 2021-01-01T00:00:00Z: it needs a new one, unless the clock of this computer is wrong"
                .to_owned(),
        ),
    ];
    for (server, ca, words) in cases {
        for encryption in [Encryption::Tls, Encryption::StartTls] {
            let (house, settings) = house(encryption, server.clone(), ca.cloned()).await;
            let why = refused(&house, settings).await;
            assert_eq!(why, format!("the certificate of {} {words}", house.address));
        }
    }
}

#[tokio::test]
async fn a_ca_that_cannot_be_read_is_told_with_its_file() {
    let authority = Authority::new();
    let folder = authority.folder.path();
    std::fs::write(folder.join("empty.pem"), "no certificate\n").unwrap();
    std::fs::write(
        folder.join("torn.pem"),
        "-----BEGIN CERTIFICATE-----\nMIIB!\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    for (file, words) in [
        ("missing.pem", "cannot read"),
        ("empty.pem", "there is no certificate in"),
        ("torn.pem", "torn.pem is damaged"),
    ] {
        let server = authority.server("127.0.0.1", false);
        let (house, settings) = house(Encryption::Tls, server, Some(folder.join(file))).await;
        let why = refused(&house, settings).await;
        assert!(why.contains(words) && why.contains(file), "{why}");
        assert!(why.contains("correct \"ca\" in [notices.mail]"), "{why}");
    }
}

#[tokio::test]
async fn the_wrong_kind_of_encryption_is_told_as_such() {
    let plain = MailHouse::open(vec!["250 taken"]).await;
    let why = refused(&plain, plain.settings(Encryption::Tls)).await;
    assert!(why.contains("does not speak TLS as \"encryption\""), "{why}");
}
