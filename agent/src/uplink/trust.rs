//! Whose certificates are believed.

use std::io;
use std::path::{Path, PathBuf};

use roomready_shared::enrolment::{MAX_CA_BYTES, certificates_only};
use roomready_shared::units::Timestamp;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use x509_cert::certificate::Certificate;
use x509_cert::der::Decode as _;

use crate::keep;

/// Most certificates of one CA: an old and a new root with their intermediates are four.
const MAX_CERTIFICATES: usize = 16;

/// Whose certificates are believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// Whoever this system trusts: its own store, with what device management put there.
    System,
    /// These alone.
    Only(Pinned),
}

/// Certificates that were given to this device, by somebody it can trust, before it ever spoke to its collector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    certificates: Vec<CertificateDer<'static>>,
    /// Where they came from, for sentences: "the enrolment file", "/etc/roomready/ca.pem".
    from: String,
}

/// Certificates that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CaError {
    /// The file is not there.
    #[error("the CA file {} is not there; correct `ca` in the settings file", .0.display())]
    Missing(PathBuf),
    /// It cannot be read.
    #[error("the CA file {} cannot be read", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is not what it should be.
    #[error("the CA in {from} cannot be used: {why}; take the CA's certificates again from the collector")]
    Damaged {
        /// Where it came from.
        from: String,
        /// What is wrong.
        why: String,
    },
    /// It has ended.
    #[error(
        "the CA in {from} ended on {ended}, and this device's clock says {now}: take the collector's present CA, or set \
         the clock"
    )]
    Ended {
        /// Where it came from.
        from: String,
        /// When the last of its certificates ended.
        ended: Timestamp,
        /// What time this device thinks it is.
        now: Timestamp,
    },
}

impl Trust {
    /// Believes only the certificates in a PEM text.
    ///
    /// One that has ended beside one that holds is left out: during a change of the CA both stand there.
    ///
    /// # Errors
    /// When the text has no certificate, a damaged one, or only such that have ended.
    pub fn only(pem: &str, from: &str, now: Timestamp) -> Result<Self, CaError> {
        let damaged = |why: String| CaError::Damaged {
            from: from.to_owned(),
            why,
        };
        certificates_only(pem).map_err(|why| damaged(why.to_owned()))?;
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes())
            .take(MAX_CERTIFICATES + 1)
            .collect();
        let mut certificates = read.map_err(|error| damaged(format!("it is not whole ({error})")))?;
        if certificates.is_empty() {
            return Err(damaged("no certificate in it is whole".into()));
        }
        if certificates.len() > MAX_CERTIFICATES {
            return Err(damaged(format!(
                "it has more than {MAX_CERTIFICATES} certificates"
            )));
        }
        for certificate in &certificates {
            RootCertStore::empty()
                .add(certificate.clone())
                .map_err(|_| damaged("a certificate in it is damaged".into()))?;
        }
        // Nobody else looks at the end of a root: the TLS library takes what is pinned as it is.
        let last = certificates.iter().filter_map(ends).max();
        certificates.retain(|certificate| ends(certificate).is_none_or(|ended| now <= ended));
        match last {
            Some(ended) if certificates.is_empty() => Err(CaError::Ended {
                from: from.to_owned(),
                ended,
                now,
            }),
            _ => Ok(Self::Only(Pinned {
                certificates,
                from: from.to_owned(),
            })),
        }
    }

    /// Whether one certificate is believed by both.
    #[must_use]
    pub fn shares_one_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Only(one), Self::Only(other)) => one
                .certificates
                .iter()
                .any(|certificate| other.certificates.contains(certificate)),
            _ => false,
        }
    }

    /// Believes only the certificates in a file.
    ///
    /// # Errors
    /// When the file is missing or unreadable, and as for [`Trust::only`].
    pub fn only_file(path: &Path, now: Timestamp) -> Result<Self, CaError> {
        let most = u64::try_from(MAX_CA_BYTES).unwrap_or(u64::MAX);
        match keep::read(path, most) {
            Ok(Some(pem)) => Self::only(&pem, &path.display().to_string(), now),
            Ok(None) => Err(CaError::Missing(path.into())),
            Err(source) => Err(CaError::Io {
                path: path.into(),
                source,
            }),
        }
    }
}

/// The end of a certificate; none where it does not say one that can be understood.
fn ends(certificate: &CertificateDer<'_>) -> Option<Timestamp> {
    let read = Certificate::from_der(certificate).ok()?;
    let end = read.tbs_certificate().validity().not_after.to_unix_duration();
    Timestamp::from_second(i64::try_from(end.as_secs()).ok()?).ok()
}

impl Pinned {
    /// As the HTTP library wants them.
    pub(super) fn to_reqwest(&self) -> Result<Vec<reqwest::Certificate>, reqwest::Error> {
        self.certificates
            .iter()
            .map(|certificate| reqwest::Certificate::from_der(certificate))
            .collect()
    }

    /// Where they came from.
    pub(super) fn from(&self) -> &str {
        &self.from
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(from_year: i32, to_year: i32) -> String {
        let key = rcgen::KeyPair::generate().expect("a key");
        let mut params = rcgen::CertificateParams::new(vec![]).expect("parameters");
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.not_before = rcgen::date_time_ymd(from_year, 1, 2);
        params.not_after = rcgen::date_time_ymd(to_year, 3, 4);
        params.self_signed(&key).expect("a certificate").pem()
    }

    fn in_2026() -> Timestamp {
        "2026-10-06T14:00:00Z".parse().expect("a time")
    }

    fn refused(pem: &str) -> String {
        Trust::only(pem, "the enrolment file", in_2026())
            .expect_err("not usable")
            .to_string()
    }

    #[test]
    fn a_ca_is_believed_until_it_ends_and_a_change_of_it_may_name_both() {
        let (old, new) = (root(2019, 2025), root(2025, 2051));
        assert!(Trust::only(&new, "x", in_2026()).is_ok());
        let both = Trust::only(&format!("{old}{new}"), "x", in_2026()).expect("one holds");
        assert_eq!(both, Trust::only(&new, "x", in_2026()).expect("the same"));
        let told = refused(&old);
        assert!(told.contains("ended on 2025-03-04T00:00:00Z"), "{told}");
        assert!(told.contains("clock says 2026-10-06T14:00:00Z"), "{told}");
    }

    #[test]
    fn what_is_no_ca_is_refused_in_words() {
        let whole = root(2025, 2030);
        let cut: String = whole.lines().take(4).map(|line| format!("{line}\n")).collect();
        let told = refused(&cut);
        assert!(
            told.contains("the CA in the enrolment file cannot be used"),
            "{told}"
        );
        let mut letters: Vec<String> = whole.lines().map(str::to_owned).collect();
        letters[1] = letters[1].replace('M', "N");
        assert!(refused(&letters.join("\n")).contains("damaged"));
        assert!(refused("hello").contains("no certificate"));
        let key = rcgen::KeyPair::generate().expect("a key").serialize_pem();
        assert!(refused(&format!("{whole}{key}")).contains("private key"));
        let many: String = std::iter::repeat_n(whole.as_str(), MAX_CERTIFICATES + 1).collect();
        assert!(refused(&many).contains("more than 16"), "{}", refused(&many));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let told = Trust::only_file(Path::new("/nowhere/ca.pem"), in_2026())
            .expect_err("missing")
            .to_string();
        assert!(told.contains("/nowhere/ca.pem is not there"), "{told}");
    }
}
