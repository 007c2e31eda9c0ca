//! What one host showed: its certificate and those between it and an authority.

use std::time::Duration;

use roomready_shared::facts::HostPort;
use roomready_shared::units::{ShortText, Timestamp};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use x509_cert::certificate::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::name::Name;

use super::authorities::Verifier;

/// A chain as it was shown: the host's own certificate first.
pub(super) struct Shown {
    own: CertificateDer<'static>,
    between: Vec<CertificateDer<'static>>,
}

impl Shown {
    pub(super) fn of(chain: &[CertificateDer<'_>]) -> Option<Self> {
        let (own, between) = chain.split_first()?;
        Some(Self {
            own: own.clone().into_owned(),
            between: between
                .iter()
                .map(|certificate| certificate.clone().into_owned())
                .collect(),
        })
    }

    /// Whether somebody stands for it at this time.
    pub(super) fn stands(&self, verifier: &Verifier, host: &HostPort, at: Timestamp) -> bool {
        let at = Duration::from_secs(u64::try_from(at.as_second()).unwrap_or(0));
        let Ok(name) = ServerName::try_from(host.host()) else {
            return false;
        };
        let at = UnixTime::since_unix_epoch(at);
        verifier
            .verify_server_cert(&self.own, &self.between, &name, &[], at)
            .is_ok()
    }

    /// Whether somebody stood for it in the middle of its time, so that nothing but a date is in the way.
    pub(super) fn would_stand(&self, verifier: &Verifier, host: &HostPort) -> bool {
        self.time()
            .and_then(|(from, to)| Timestamp::from_second(from.midpoint(to)).ok())
            .is_some_and(|middle| self.stands(verifier, host, middle))
    }

    /// Seconds since 1970 between which every certificate of the chain holds, where they can be read.
    fn time(&self) -> Option<(i64, i64)> {
        std::iter::once(&self.own)
            .chain(&self.between)
            .filter_map(|certificate| {
                let certificate = Certificate::from_der(certificate).ok()?;
                let validity = certificate.tbs_certificate().validity();
                let seconds =
                    |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).ok();
                Some((seconds(validity.not_before)?, seconds(validity.not_after)?))
            })
            .reduce(|(from, to), (other_from, other_to)| (from.max(other_from), to.min(other_to)))
    }

    /// For a person: "from 2026-01-01 to 2026-12-31".
    pub(super) fn dates(&self) -> String {
        let day = |second: i64| {
            Timestamp::from_second(second)
                .map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
                .unwrap_or_default()
        };
        self.time().map_or_else(
            || "at another time".to_owned(),
            |(from, to)| format!("from {} to {}", day(from), day(to)),
        )
    }

    /// Who signed it, by its own word.
    pub(super) fn issuer(&self) -> Option<ShortText> {
        let certificate = Certificate::from_der(&self.own).ok()?;
        named(certificate.tbs_certificate().issuer()).map(|name| ShortText::fit(&name))
    }
}

/// "Campus Filter CA (Filter Company)": what the authority is called, and whose it is.
fn named(name: &Name) -> Option<String> {
    let common = name
        .common_name()
        .ok()
        .flatten()
        .map(|text| text.value().to_string());
    let organisation = name
        .organization()
        .ok()
        .flatten()
        .map(|text| text.value().to_string());
    match (common, organisation) {
        (Some(common), Some(organisation)) if common.contains(&organisation) => Some(common),
        (Some(common), Some(organisation)) => Some(format!("{common} ({organisation})")),
        (one, other) => one.or(other),
    }
    .filter(|name| !name.trim().is_empty())
}
