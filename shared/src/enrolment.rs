//! The enrolment file: all that a device needs to join its collector, in one file that device management can push.
//!
//! ```toml
//! collectors = ["https://collector.example:8443"]   # tried in this order
//! key = "…"                                         # the room's enrolment key: a secret
//! ca = """                                          # optional: then these certificates alone are trusted
//! -----BEGIN CERTIFICATE-----
//! …
//! -----END CERTIFICATE-----
//! """
//! proxy = "system"                                  # optional: "system", "none" or "http://host:port"
//! ```
//!
//! The collector writes it, the agent reads it. A fault in it names line and key, and never shows a value.

use std::fmt;

use crate::address::{Collectors, ProxyChoice};
use crate::strict::{Document, Faults, Reader, Value};

/// Largest text of certificates: sixteen of the larger kind.
pub const MAX_CA_BYTES: usize = 32 * 1024;
/// Longest key: the collector's own have 43 letters.
const MAX_KEY_BYTES: usize = 256;

/// What an enrolment file says.
#[derive(Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The collector's addresses, in the order in which they are tried.
    pub collectors: Collectors,
    /// The room's key. Never printed, except into the file itself.
    pub key: String,
    /// Certificates in PEM; with them, nobody else's are trusted.
    pub ca: Option<String>,
    /// The way out of the school's network, where the file says one.
    pub proxy: Option<ProxyChoice>,
}

impl Enrolment {
    /// Reads the text of an enrolment file. `file` is only for messages.
    ///
    /// # Errors
    /// Every fault at once, by line. No fault repeats what was written: it may be the key.
    pub fn parse(file: &str, text: &str) -> Result<Self, Faults> {
        let document = Document::parse(file, text)?;
        let mut root = document.root();
        let enrolment = Self::read(&mut root);
        root.finish();
        document.finish(enrolment)
    }

    fn read(root: &mut Reader<'_>) -> Option<Self> {
        let collectors = root
            .required("collectors", "[\"https://collector.example:8443\"]")
            .and_then(Collectors::read);
        let key = root
            .required("key", "\"…\", the room's enrolment key")
            .and_then(key);
        let ca = root.optional("ca").map(ca);
        let proxy = root.optional("proxy").map(ProxyChoice::read);
        Some(Self {
            collectors: collectors?,
            key: key?,
            ca: match ca {
                Some(given) => Some(given?),
                None => None,
            },
            proxy: match proxy {
                Some(given) => Some(given?),
                None => None,
            },
        })
    }
}

fn key(value: Value<'_>) -> Option<String> {
    let place = value.place();
    let text = value.text()?.trim();
    let sound = !text.is_empty() && text.len() <= MAX_KEY_BYTES && text.bytes().all(|b| b.is_ascii_graphic());
    if !sound {
        place.fault("this is not an enrolment key", "copy the whole key again");
        return None;
    }
    Some(text.to_owned())
}

/// Certificates in PEM as a text in a file, with line ends as [`lines`] writes them: an editor's other ones are no other CA.
/// What they are is for the reader with a TLS library to say.
#[must_use]
pub fn ca(value: Value<'_>) -> Option<String> {
    let place = value.place();
    let text = value.text()?;
    let instead =
        "paste the CA's certificates, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----";
    match certificates_only(text) {
        Ok(()) => Some(format!("{}\n", text.replace('\r', "").trim_matches('\n'))),
        Err(problem) => {
            place.fault(problem, instead);
            None
        }
    }
}

/// Whether a text can be certificates in PEM and nothing that must stay with the CA.
///
/// # Errors
/// What is wrong, in a few words.
pub fn certificates_only(text: &str) -> Result<(), &'static str> {
    if text.contains("PRIVATE KEY") {
        return Err("there is a private key in it, which must never leave the collector");
    }
    if text.len() > MAX_CA_BYTES {
        return Err("it is larger than any CA's certificates");
    }
    if !text.contains("-----BEGIN CERTIFICATE-----") {
        return Err("there is no certificate in it");
    }
    Ok(())
}

/// The secret stays out of logs.
impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enrolment")
            .field("collectors", &self.collectors)
            .field("key", &"(secret)")
            .field("ca", &self.ca.is_some())
            .field("proxy", &self.proxy)
            .finish()
    }
}

/// The file's text. This is the one place that writes the key out.
impl fmt::Display for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "collectors = {}", self.collectors)?;
        writeln!(f, "key = {}", quoted(&self.key))?;
        if let Some(proxy) = &self.proxy {
            writeln!(f, "proxy = {}", quoted(&proxy.to_string()))?;
        }
        if let Some(ca) = &self.ca {
            writeln!(f, "ca = {}", lines(ca))?;
        }
        Ok(())
    }
}

/// A text as TOML writes it in one line.
#[must_use]
pub fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A text of several lines as TOML writes it, so that a person can still read it. PEM has no backslash and no quote;
/// what is not PEM is written in one line.
#[must_use]
pub fn lines(text: &str) -> String {
    if text.contains(['\\', '"']) || text.contains(|c: char| c.is_control() && c != '\n' && c != '\r') {
        return quoted(text);
    }
    let text = text.replace('\r', "");
    format!("\"\"\"\n{}\n\"\"\"", text.trim_matches('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::CollectorAddress;

    const PEM: &str = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

    fn enrolment() -> Enrolment {
        let address = |text: &str| CollectorAddress::parse(text).expect("an address");
        Enrolment {
            collectors: Collectors::new(vec![address("https://a:8443"), address("https://b:8443")])
                .expect("a list"),
            key: "k-s3cret".into(),
            ca: Some(PEM.into()),
            proxy: Some(ProxyChoice::Direct),
        }
    }

    #[test]
    fn what_a_collector_writes_a_device_reads() {
        let written = enrolment().to_string();
        assert_eq!(Enrolment::parse("e.toml", &written).as_ref(), Ok(&enrolment()));
        let bare = Enrolment {
            ca: None,
            proxy: None,
            ..enrolment()
        };
        assert_eq!(Enrolment::parse("e.toml", &bare.to_string()).as_ref(), Ok(&bare));
        assert!(!format!("{:?}", enrolment()).contains("s3cret"));
    }

    #[test]
    fn a_ca_with_the_line_ends_of_windows_is_the_same_ca_when_it_is_written_again() {
        let text = "collectors = [\"https://a:1\"]\nkey = \"k\"\nca = \"\"\"\r\n\r\n-----BEGIN CERTIFICATE-----\r\nMIIB\r\n\r\n\"\"\"\n";
        let read = Enrolment::parse("e.toml", text).expect("a file");
        assert_eq!(Enrolment::parse("e.toml", &read.to_string()), Ok(read));
    }

    #[test]
    fn every_fault_is_told_at_once_and_none_shows_the_key() {
        let text = "collectors = [\"https://a:1\", \"k-s3cret\"]\nky = \"k-s3cret\"\nca = \"k-s3cret\"\nproxy = \"http://u:k-s3cret@p:1\"\n";
        let told = Enrolment::parse("e.toml", text)
            .expect_err("four faults")
            .to_string();
        for (line, word) in [
            (1, "https://"),
            (2, "unknown key \"ky\""),
            (3, "BEGIN CERTIFICATE"),
            (4, "\"none\""),
        ] {
            let at = format!("e.toml:{line}:");
            assert!(
                told.lines()
                    .any(|fault| fault.starts_with(&at) && fault.contains(word)),
                "{line}: {told}"
            );
        }
        assert!(!told.contains("s3cret"), "{told}");
    }

    #[test]
    fn a_broken_line_is_told_without_what_stands_in_it() {
        for text in [
            "key = k-s3cret\n",
            "key = \"k-s3cret\n",
            "key = 'k-s3cret\ncollectors = [",
            "k-s3cret\n",
            "key = \"k-s3cret\" k-s3cret\n",
            "key = [\"k-s3cret\"]",
            "key = \"k s3cret\"",
            "collectors = \"s3cret\"\nproxy = 's3cret'\nca = {s3cret=1}",
        ] {
            let told = Enrolment::parse("e.toml", text).expect_err(text).to_string();
            assert!(!told.contains("s3cret"), "{told}");
            assert!(told.starts_with("e.toml:1:"), "{told}");
        }
    }

    #[test]
    fn a_private_key_has_no_place_in_the_file() {
        let text = enrolment()
            .to_string()
            .replace("MIIB", "MIIB\n-----BEGIN PRIVATE KEY-----");
        let told = Enrolment::parse("e.toml", &text)
            .expect_err("a private key")
            .to_string();
        assert!(told.contains("must never leave"), "{told}");
    }
}
