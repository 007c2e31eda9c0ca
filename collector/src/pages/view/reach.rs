//! Whether this network reaches the collector: one page to open from each network.

/// The page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReachPage {
    /// What is known of the certificate before the browser says anything.
    pub certificate: ReachCertificate,
}

/// What is known of the certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReachCertificate {
    /// Nothing is encrypted, because nothing leaves this computer.
    NotNeeded,
    /// Browsers warn of it.
    Untrusted,
    /// Browsers should trust it; only this one can say.
    ToBeSeen,
}
