//! Who stands for certificates: the public authorities, as this program carries them, and those of the device.

use std::sync::Arc;

use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;

/// One party's say.
pub(super) type Verifier = Arc<dyn ServerCertVerifier>;

/// Both parties, made when they are asked for. Neither is held between two looks: a store has hundreds of authorities,
/// and the whole program is promised to be small.
pub(in crate::probe) struct Authorities {
    public: Box<dyn Fn() -> Result<Verifier, String> + Send>,
    device: Box<dyn Fn() -> Option<Verifier> + Send>,
}

impl Authorities {
    /// Mozilla's list of this program's release, and the store of the system that it runs on. A public authority that is
    /// younger than the program looks like one of the device's own; a newer release mends that.
    pub(in crate::probe) fn of_this_machine() -> Self {
        Self {
            public: Box::new(|| {
                let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned();
                trusting(RootCertStore::from_iter(roots))
            }),
            // On Linux the store is found as every program with TLS finds it, a service's `SSL_CERT_FILE` included: the
            // question is what programs on this device trust. A system without a store trusts nobody.
            device: Box::new(|| {
                let verifier = rustls_platform_verifier::Verifier::new(ring()).ok()?;
                Some(Arc::new(verifier))
            }),
        }
    }

    pub(super) fn public(&self) -> Result<Verifier, String> {
        (self.public)()
    }

    pub(super) fn device(&self) -> Option<Verifier> {
        (self.device)()
    }

    /// Parties of a test's own making.
    #[cfg(test)]
    pub(super) fn made(public: RootCertStore, device: Option<RootCertStore>) -> Self {
        Self {
            public: Box::new(move || trusting(public.clone())),
            device: Box::new(move || trusting(device.clone()?).ok()),
        }
    }
}

fn trusting(roots: RootCertStore) -> Result<Verifier, String> {
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), ring())
        .build()
        .map(|verifier| -> Verifier { verifier })
        .map_err(|error| error.to_string())
}

pub(super) fn ring() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
