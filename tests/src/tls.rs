//! Clients that believe whom a test tells them, and the certificates of a test's own district.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::wait::PATIENCE;

/// Somebody who believes certain certificates alone.
#[derive(Clone)]
pub struct Believer(TlsConnector);

/// An open connection over TLS.
#[derive(Debug)]
pub struct Secure(TlsStream<TcpStream>);

impl Believer {
    /// Of these certificates, in PEM.
    ///
    /// # Panics
    ///
    /// When they are none.
    #[must_use]
    pub fn of(pem: &str) -> Self {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            roots.add(certificate.expect("PEM")).expect("a certificate");
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self(TlsConnector::from(Arc::new(config)))
    }

    /// Shakes hands over a connection, or says why not. The far end must prove to be this address.
    ///
    /// # Errors
    ///
    /// What the handshake failed on.
    ///
    /// # Panics
    ///
    /// When it never ends.
    pub async fn over(&self, stream: TcpStream, who: IpAddr) -> std::io::Result<Secure> {
        let shaking = self.0.connect(ServerName::IpAddress(who.into()), stream);
        let shaken = tokio::time::timeout(PATIENCE, shaking).await;
        shaken.expect("a handshake ends").map(Secure)
    }

    /// Connects.
    ///
    /// # Errors
    ///
    /// What the connection or the handshake failed on.
    pub async fn connect(&self, to: SocketAddr) -> std::io::Result<Secure> {
        self.over(TcpStream::connect(to).await?, to.ip()).await
    }
}

impl Secure {
    /// One request with a short answer, on a connection that stays open.
    ///
    /// # Panics
    ///
    /// When no answer comes.
    pub async fn ask(&mut self, head: &str) -> String {
        let request = format!("{head} HTTP/1.1\r\nHost: here\r\n\r\n");
        self.0.write_all(request.as_bytes()).await.expect("it listens");
        let mut answer = vec![0; 64 * 1024];
        let reading = tokio::time::timeout(PATIENCE, self.0.read(&mut answer)).await;
        let read = reading.expect("an answer in time").expect("an answer");
        String::from_utf8_lossy(&answer[..read]).into_owned()
    }
}

/// Writes a certificate for an address, valid for a month, and its key; gives the certificate's text.
///
/// # Panics
///
/// When the folder takes no files.
pub fn write_certificate(certificate: &Path, key: &Path, who: &str) -> String {
    let pair = rcgen::KeyPair::generate().expect("a key");
    let params = rcgen::CertificateParams::new(vec![who.to_owned()]).expect("a name");
    let made = params.self_signed(&pair).expect("a certificate").pem();
    std::fs::write(key, pair.serialize_pem()).expect("the folder takes files");
    std::fs::write(certificate, &made).expect("the folder takes files");
    made
}
