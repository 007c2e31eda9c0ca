//! One CA, and the leaves that it signs.

use std::fmt;
use std::time::Duration;

use jiff::{Timestamp, Unit};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use sha2::{Digest as _, Sha256};
use x509_cert::certificate::Certificate;
use x509_cert::der::{Decode as _, Encode as _};

use super::name::Name;
use super::{TlsError, rules};

/// A CA that can sign.
pub struct Authority {
    made: Timestamp,
    ends: Timestamp,
    certificate: CertificateDer<'static>,
    pem: String,
    key: KeyPair,
}

/// A certificate for a listener, with its key, in memory only.
pub struct Leaf {
    /// When it was made.
    pub made: Timestamp,
    /// The digest of its signer.
    pub signer: [u8; 32],
    /// As the TLS library wants it.
    pub key: CertifiedKey,
}

impl Authority {
    /// Makes a new one.
    ///
    /// # Errors
    /// When this system gives no randomness.
    pub fn make(now: Timestamp) -> Result<Self, TlsError> {
        let made = now.round(Unit::Second).unwrap_or(now);
        let ends = made.saturating_add(rules::CA_LIFE).unwrap_or(Timestamp::MAX);
        let key = KeyPair::generate()?;
        let mut params = params(made, &key);
        valid(&mut params, made, ends);
        let certificate = params.self_signed(&key)?;
        Ok(Self {
            made,
            ends,
            pem: certificate.pem(),
            certificate: certificate.der().clone(),
            key,
        })
    }

    /// Takes one from its certificate and its key.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn read(pem: String, key: &str) -> Result<Self, String> {
        let not_whole = |error: &dyn fmt::Display| format!("it is not a whole certificate ({error})");
        let certificate =
            CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|error| not_whole(&error))?;
        let parsed = Certificate::from_der(&certificate).map_err(|error| not_whole(&error))?;
        let key = KeyPair::from_pem(key).map_err(|error| format!("its key cannot be read ({error})"))?;
        let tbs = parsed.tbs_certificate();
        let public = tbs.subject_public_key_info().to_der();
        let public = public.map_err(|error| not_whole(&error))?;
        if public != rcgen::PublicKeyData::subject_public_key_info(&key) {
            return Err("the key beside it belongs to another certificate".into());
        }
        let validity = tbs.validity();
        Ok(Self {
            made: timestamp(validity.not_before.to_unix_duration()),
            ends: timestamp(validity.not_after.to_unix_duration()),
            certificate,
            pem,
            key,
        })
    }

    /// When it was made.
    #[must_use]
    pub const fn made(&self) -> Timestamp {
        self.made
    }

    /// When it ends.
    #[must_use]
    pub const fn ends(&self) -> Timestamp {
        self.ends
    }

    /// Its certificate, as devices are given it.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Its key, for its file.
    pub(super) fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// What people compare over the telephone.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.certificate).into()
    }

    /// Signs a certificate for these names.
    ///
    /// # Errors
    /// When this system gives no randomness.
    pub fn sign(&self, names: &[Name], now: Timestamp) -> Result<Leaf, TlsError> {
        let texts: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut leaf = CertificateParams::new(texts)?;
        let begins = now.saturating_sub(rules::LEAF_BACKDATED).unwrap_or(now);
        let ends = now.saturating_add(rules::LEAF_LIFE).unwrap_or(self.ends);
        valid(&mut leaf, begins, ends.min(self.ends));
        leaf.distinguished_name = called("RoomReady collector");
        leaf.use_authority_key_identifier_extension = true;
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate()?;
        let issuer = Issuer::new(params(self.made, &self.key), &self.key);
        let certificate = leaf.signed_by(&key, &issuer)?.der().clone();
        let secret = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let provider = rustls::crypto::ring::default_provider();
        Ok(Leaf {
            made: now,
            signer: self.digest(),
            key: CertifiedKey::from_der(vec![certificate], secret, &provider)?,
        })
    }
}

/// What is the same each time this CA is put together again: its leaves name it by these words, and no other CA has them.
fn params(made: Timestamp, key: &KeyPair) -> CertificateParams {
    let of_key = Sha256::digest(key.public_key_raw());
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name = called(&format!(
        "RoomReady CA {} {}",
        made.strftime("%Y-%m-%d"),
        hex::encode(&of_key[..4])
    ));
    params
}

fn called(name: &str) -> DistinguishedName {
    let mut called = DistinguishedName::new();
    called.push(DnType::CommonName, name);
    called
}

fn valid(params: &mut CertificateParams, from: Timestamp, to: Timestamp) {
    let since_1970 = |at: Timestamp| Duration::from_secs(u64::try_from(at.as_second()).unwrap_or(0));
    // The library's kind of time comes from a crate that is no dependency of ours: this is the way to one.
    let beginning = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = beginning + since_1970(from);
    params.not_after = beginning + since_1970(to);
}

fn timestamp(since_1970: Duration) -> Timestamp {
    i64::try_from(since_1970.as_secs())
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .unwrap_or(Timestamp::MAX)
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority")
            .field("made", &self.made)
            .field("ends", &self.ends)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leaf")
            .field("made", &self.made)
            .finish_non_exhaustive()
    }
}

/// When a certificate ends, by its own word.
pub(super) fn ends(certificate: &CertificateDer<'_>) -> Option<Timestamp> {
    let read = Certificate::from_der(certificate).ok()?;
    Some(timestamp(
        read.tbs_certificate().validity().not_after.to_unix_duration(),
    ))
}
