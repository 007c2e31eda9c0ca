//! One TLS handshake, for the sake of what the other side shows.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use roomready_shared::facts::HostPort;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::authorities::ring;
use super::shown::Shown;
use crate::probe::reach::Network;

/// A look-up that takes longer has failed for this look.
const RESOLVE_LIMIT: Duration = Duration::from_secs(3);
/// One handshake; two of them and a look-up stay within a look at the network.
const HANDSHAKE_LIMIT: Duration = Duration::from_millis(1_800);

/// What a host shows; or why it shows nothing.
pub(super) async fn look(network: &dyn Network, host: &HostPort) -> Result<Shown, String> {
    let addresses = timeout(RESOLVE_LIMIT, network.resolve(host))
        .await
        .unwrap_or_else(|_| Err(format!("{} could not be looked up in time", host.host())))?;
    let first = addresses
        .first()
        .copied()
        .ok_or_else(|| format!("{} has no address", host.host()))?;
    // A school may have one family only.
    let other = addresses
        .iter()
        .copied()
        .find(|address| address.is_ipv4() != first.is_ipv4());
    match (shake(first, host).await, other) {
        (Err(why), Some(other)) => shake(other, host).await.map_err(|_| why),
        (result, _) => result,
    }
    .map_err(|why| format!("{host}: {why}"))
}

async fn shake(address: SocketAddr, host: &HostPort) -> Result<Shown, String> {
    let name = ServerName::try_from(host.host().to_owned()).map_err(|error| error.to_string())?;
    let work = async {
        let stream = TcpStream::connect(address).await?;
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config()?));
        let stream = connector.connect(name, stream).await?;
        let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
        Ok::<_, std::io::Error>(Shown::of(chain))
    };
    match timeout(HANDSHAKE_LIMIT, work).await {
        Ok(Ok(shown)) => shown.ok_or_else(|| "it showed no certificate".into()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer in time".into()),
    }
}

fn config() -> std::io::Result<ClientConfig> {
    let provider = ring();
    let witness = Witness(provider.signature_verification_algorithms);
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(std::io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(witness))
        .with_no_client_auth();
    Ok(config)
}

/// Lets every certificate in, because it is judged afterwards and nothing is sent before. That the other side owns it is
/// verified: a copy of the vendor's certificate is public.
#[derive(Debug)]
struct Witness(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for Witness {
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
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        owned(rustls::crypto::verify_tls12_signature(
            message,
            certificate,
            signed,
            &self.0,
        ))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        owned(rustls::crypto::verify_tls13_signature(
            message,
            certificate,
            signed,
            &self.0,
        ))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}

/// Only a wrong signature ends the look. A certificate too odd to be read, as some filters make them, is one that nobody
/// can stand for, and is told as that.
fn owned(verified: Result<HandshakeSignatureValid, Error>) -> Result<HandshakeSignatureValid, Error> {
    match verified {
        Err(Error::InvalidCertificate(CertificateError::BadSignature)) => verified,
        Err(Error::InvalidCertificate(_)) => Ok(HandshakeSignatureValid::assertion()),
        Ok(_) | Err(_) => verified,
    }
}
