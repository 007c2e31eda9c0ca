//! The way to a host, looked at several times over a short window.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::NotA;
use crate::units::{Percent, ShortText};

/// A host name or address with its port: "home.testnav.com:443".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostPort {
    host: String,
    port: u16,
}

impl HostPort {
    /// # Errors
    /// When the text is not `host:port` with a host of letters, digits, dots and hyphens (or an address) and a
    /// port of 1 to 65535.
    pub fn parse(text: &str) -> Result<Self, NotA> {
        let refuse = || {
            NotA::new(
                "a host with port",
                "host:port, such as home.testnav.com:443",
                text,
            )
        };
        let (host, port) = text.rsplit_once(':').ok_or_else(refuse)?;
        let port: u16 = port.parse().map_err(|_| refuse())?;
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let is_address = bare.parse::<std::net::IpAddr>().is_ok();
        let is_name = !host.is_empty()
            && host.len() <= 253
            && host.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            });
        if port == 0 || !(is_address || is_name) {
            return Err(refuse());
        }
        Ok(Self {
            host: bare.to_ascii_lowercase(),
            port,
        })
    }

    /// The host alone, without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl FromStr for HostPort {
    type Err = NotA;
    fn from_str(text: &str) -> Result<Self, NotA> {
        Self::parse(text)
    }
}

impl TryFrom<String> for HostPort {
    type Error = NotA;
    fn try_from(text: String) -> Result<Self, NotA> {
        Self::parse(&text)
    }
}

impl From<HostPort> for String {
    fn from(value: HostPort) -> String {
        value.to_string()
    }
}

/// What was timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// Echo request to echo reply.
    Icmp,
    /// TCP connection set-up.
    Tcp,
    /// TLS hello to TLS hello, after the connection stood.
    Tls,
}

/// Times in microseconds over the answered tries of one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Latency {
    /// Half of the answers came within this time.
    pub median_us: u32,
    /// 95 of 100 came within this time; with fewer than 20 answers, the slowest.
    pub p95_us: u32,
    /// Mean difference between one answer and the next.
    pub jitter_us: u32,
}

/// Several tries at one host. Nothing answered is a measurement too: `answered` is 0 and there is no latency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "RawReach")]
pub struct Reach {
    via: Via,
    sent: u16,
    answered: u16,
    window_ms: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency: Option<Latency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<ShortText>,
}

#[derive(Deserialize)]
struct RawReach {
    via: Via,
    sent: u16,
    answered: u16,
    window_ms: u32,
    latency: Option<Latency>,
    trouble: Option<ShortText>,
}

/// Numbers that contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadReach {
    /// A window without a try measured nothing.
    #[error("a reach needs at least one try")]
    NothingSent,
    /// More answers than tries.
    #[error("a reach cannot have more answers than tries")]
    TooManyAnswers,
    /// Times without answers, or answers without times.
    #[error("a reach has times exactly when something answered")]
    LatencyMismatch,
}

impl Reach {
    /// # Errors
    /// When the numbers contradict each other.
    pub fn new(
        via: Via,
        sent: u16,
        answered: u16,
        window_ms: u32,
        latency: Option<Latency>,
        trouble: Option<ShortText>,
    ) -> Result<Self, BadReach> {
        if sent == 0 {
            Err(BadReach::NothingSent)
        } else if answered > sent {
            Err(BadReach::TooManyAnswers)
        } else if (answered > 0) != latency.is_some() {
            Err(BadReach::LatencyMismatch)
        } else {
            Ok(Self {
                via,
                sent,
                answered,
                window_ms,
                latency,
                trouble,
            })
        }
    }

    /// What was timed.
    #[must_use]
    pub const fn via(&self) -> Via {
        self.via
    }

    /// Tries and answers.
    #[must_use]
    pub const fn counts(&self) -> (u16, u16) {
        (self.sent, self.answered)
    }

    /// Length of the window in milliseconds.
    #[must_use]
    pub const fn window_ms(&self) -> u32 {
        self.window_ms
    }

    /// Whether anything answered.
    #[must_use]
    pub const fn answers(&self) -> bool {
        self.answered > 0
    }

    /// The times, when something answered.
    #[must_use]
    pub const fn latency(&self) -> Option<&Latency> {
        self.latency.as_ref()
    }

    /// How the last failed try failed, in words.
    #[must_use]
    pub const fn trouble(&self) -> Option<&ShortText> {
        self.trouble.as_ref()
    }

    /// Share of tries without an answer.
    #[must_use]
    pub fn loss(&self) -> Percent {
        Percent::clamped(100.0 * f64::from(self.sent - self.answered) / f64::from(self.sent))
    }
}

impl TryFrom<RawReach> for Reach {
    type Error = BadReach;
    fn try_from(raw: RawReach) -> Result<Self, BadReach> {
        Self::new(
            raw.via,
            raw.sent,
            raw.answered,
            raw.window_ms,
            raw.latency,
            raw.trouble,
        )
    }
}

/// Looking up names through the device's own resolver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Resolution {
    /// Names asked.
    pub asked: u16,
    /// Names that gave at least one address.
    pub answered: u16,
    /// The slowest answer in milliseconds.
    pub slowest_ms: u32,
    /// How the last failed look-up failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<ShortText>,
}

/// The device's clock against the collector's, from one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClockOffset {
    /// Milliseconds that the device runs ahead; negative when it runs behind.
    pub ahead_ms: i64,
    /// Half of the exchange's round trip: the truth lies within ± this.
    pub uncertainty_ms: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_needs_its_port_and_a_sound_name() {
        assert_eq!(
            HostPort::parse("Home.TestNav.com:443")
                .expect("valid")
                .to_string(),
            "home.testnav.com:443"
        );
        assert_eq!(
            HostPort::parse("[::1]:8080").expect("valid").to_string(),
            "[::1]:8080"
        );
        for bad in [
            "home.testnav.com",
            "a b:1",
            ":443",
            "x:0",
            "x:70000",
            "-x:1",
            "http://x:80",
        ] {
            assert!(HostPort::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn contradicting_numbers_are_refused_on_the_wire_too() {
        let text = r#"{"via":"tcp","sent":3,"answered":5,"window_ms":100}"#;
        let error = serde_json::from_str::<Reach>(text)
            .expect_err("must be refused")
            .to_string();
        assert!(error.contains("more answers than tries"), "{error}");
        assert_eq!(
            Reach::new(Via::Tcp, 3, 0, 100, None, None)
                .expect("valid")
                .loss()
                .get(),
            100
        );
    }
}
