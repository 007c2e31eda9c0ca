//! A certificate of the district's own, from two files that somebody else renews.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use sha2::{Digest as _, Sha256};

use super::TlsError;
use super::authority::ends;

/// Largest file of certificates or of a key: a chain of four with RSA keys is 8 KB.
const MAX_BYTES: u64 = 128 * 1024;

/// Where the two files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnCertificate {
    /// The certificate and those between it and its root, in PEM.
    pub certificate: PathBuf,
    /// Its key, in PEM.
    pub key: PathBuf,
}

/// What the two files hold at one moment.
pub(super) struct Found {
    /// Of both, to see a change.
    pub(super) digest: [u8; 32],
    /// As the TLS library wants it, or why it cannot be used.
    pub(super) usable: Result<Arc<CertifiedKey>, TlsError>,
    /// When the certificate ends.
    pub(super) ends: Option<Timestamp>,
}

impl OwnCertificate {
    /// Reads it and checks all that can be checked without a browser.
    ///
    /// # Errors
    /// Which file cannot be used, and why.
    pub fn load(&self, now: Timestamp) -> Result<Arc<CertifiedKey>, TlsError> {
        self.look(now)?.usable
    }

    /// Reads both files. An error is a file that cannot be read; what is in them is in the answer.
    pub(super) fn look(&self, now: Timestamp) -> Result<Found, TlsError> {
        let (certificate, key) = (read(&self.certificate)?, read(&self.key)?);
        let mut digest = Sha256::new();
        digest.update(&certificate);
        digest.update(&key);
        let chain = self.chain(&certificate);
        Ok(Found {
            digest: digest.finalize().into(),
            ends: chain.as_ref().ok().and_then(|chain| chain.first().and_then(ends)),
            usable: chain.and_then(|chain| self.usable(chain, &key, now)),
        })
    }

    fn chain(&self, text: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let damaged = |why: String| TlsError::Damaged {
            path: self.certificate.clone(),
            why,
        };
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
        let chain = chain.map_err(|error| damaged(format!("it is not whole ({error})")))?;
        if chain.is_empty() {
            return Err(damaged("there is no certificate in it; it must be in PEM".into()));
        }
        Ok(chain)
    }

    fn usable(
        &self,
        chain: Vec<CertificateDer<'static>>,
        key: &[u8],
        now: Timestamp,
    ) -> Result<Arc<CertifiedKey>, TlsError> {
        if let Some(ended) = chain.first().and_then(ends).filter(|ended| *ended < now) {
            return Err(TlsError::Ended {
                path: self.certificate.clone(),
                ended,
            });
        }
        let damaged = |why: String| TlsError::Damaged {
            path: self.key.clone(),
            why,
        };
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|error| damaged(format!("there is no private key in PEM in it ({error})")))?;
        let provider = rustls::crypto::ring::default_provider();
        match CertifiedKey::from_der(chain, key, &provider) {
            Ok(usable) => Ok(Arc::new(usable)),
            Err(rustls::Error::InconsistentKeys(_)) => Err(damaged(format!(
                "it is not the key of {}",
                self.certificate.display()
            ))),
            Err(error) => Err(damaged(error.to_string())),
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .and_then(|read| match u64::try_from(read) {
            Ok(read) if read <= MAX_BYTES => Ok(()),
            _ => Err(io::Error::other("it is larger than any certificate")),
        })
        .map_err(|source| TlsError::File {
            path: path.to_owned(),
            doing: "read",
            source,
        })?;
    Ok(bytes)
}
