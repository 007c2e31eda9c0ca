//! What stands between a device and the vendor: an authority of the suite's own, and services that show its certificates.

use std::fmt;
use std::net::TcpListener;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// One who signs certificates.
#[derive(Clone)]
pub struct Authority(Arc<CertifiedIssuer<'static, KeyPair>>);

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authority")
    }
}

impl Authority {
    /// Makes one that is called so and belongs to somebody.
    ///
    /// # Panics
    ///
    /// When no key can be made.
    #[must_use]
    pub fn called(common: &str, organisation: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, common);
        params
            .distinguished_name
            .push(DnType::OrganizationName, organisation);
        let key = KeyPair::generate().expect("a key");
        Self(Arc::new(
            CertifiedIssuer::self_signed(params, key).expect("an authority"),
        ))
    }

    /// Its certificate, as stores keep it.
    #[must_use]
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for one name, made on the spot as filters do.
    fn mint(&self, name: &str) -> CertifiedKey {
        let params = CertificateParams::new([name.to_owned()]).expect("a name");
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &*self.0).expect("a certificate");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("its key");
        let key = rustls::crypto::ring::sign::any_supported_type(&key).expect("its key");
        CertifiedKey::new(vec![certificate.der().clone()], key)
    }
}

/// What a service shows.
#[derive(Debug, Clone)]
pub enum Service {
    /// A certificate for whatever name it is asked for: a filter that opens traffic.
    Filter(Authority),
    /// A certificate for its own name, whatever it is asked for: a block page.
    Page(Authority, &'static str),
}

impl Service {
    fn mint(&self, asked: Option<&str>) -> CertifiedKey {
        match self {
            Self::Filter(authority) => authority.mint(asked.unwrap_or("filter.example")),
            Self::Page(authority, name) => authority.mint(name),
        }
    }
}

impl ResolvesServerCert for Service {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::new(self.mint(hello.server_name())))
    }
}

/// Serves until the test's runtime ends.
pub(super) fn serve(listener: TcpListener, service: Service) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(service));
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    listener.set_nonblocking(true).expect("a socket of ours");
    let listener = tokio::net::TcpListener::from_std(listener).expect("a socket of ours");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let _shaken = acceptor.accept(stream).await;
            });
        }
    });
}
