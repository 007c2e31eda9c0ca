//! Whose certificates the vendor's hosts show on this network: the vendor's, or those of something in between.

use serde::{Deserialize, Serialize};

use super::HostPort;
use crate::units::ShortText;

/// What the vendor's hosts showed in one look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Certificates {
    /// Hosts that showed one.
    pub seen: u16,
    /// Those whose certificate the public authorities do not stand for, at most [`super::MAX_VENDOR_HOSTS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign: Vec<ForeignCertificate>,
}

/// A certificate that no public authority stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ForeignCertificate {
    /// Who showed it.
    pub host: HostPort,
    /// Who trusts it.
    pub trust: Trust,
    /// Who signed it, by the certificate's own word: usually the maker of a web filter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<ShortText>,
}

/// Who trusts a foreign certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// The device does, because the district put the authority there: encrypted traffic is opened on its way.
    DeviceOnly,
    /// Nobody does: expired, made out for another name, or signed by nobody known.
    Nobody,
}
