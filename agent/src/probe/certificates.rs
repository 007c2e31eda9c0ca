//! Whose certificates the vendor's hosts show on this network. Where a filter opens encrypted traffic, it shows one of
//! its own: the device trusts it, because the district put its authority there, and the public authorities do not.
//!
//! One TLS handshake for each host, and nothing is sent over it. It stands apart from the timed hello of
//! [`super::reach`], which takes any certificate because it asks another question.

mod authorities;
mod handshake;
mod shown;
#[cfg(test)]
mod tests;

use futures_util::future::join_all;
use jiff::SignedDuration;
use roomready_shared::facts::{Certificates, ForeignCertificate, HostPort, Outcome, Trust};
use roomready_shared::units::{ShortText, Timestamp};

use super::reach::Network;
pub(super) use authorities::Authorities;
use shown::Shown;

use crate::supervise::contained_blocking;

/// Verifying takes milliseconds, and loading the device's store some ten; some systems may ask their own services.
const JUDGE_LIMIT: std::time::Duration = std::time::Duration::from_secs(3);
/// The port whose service never encrypts.
const PLAIN_PORT: u16 = 80;

/// The time that certificates are judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Now {
    /// The device's clock, corrected by what an exchange with the collector has told.
    Known(Timestamp),
    /// The device's clock, which nobody has compared yet.
    AsTheDeviceSays(Timestamp),
}

impl Now {
    /// By the device's clock and what is known of its error.
    pub(super) fn of(wall: Timestamp, ahead_ms: Option<i64>) -> Self {
        let corrected = ahead_ms.and_then(|ahead| wall.checked_sub(SignedDuration::from_millis(ahead)).ok());
        corrected.map_or(Self::AsTheDeviceSays(wall), Self::Known)
    }

    const fn time(self) -> Timestamp {
        match self {
            Self::Known(time) | Self::AsTheDeviceSays(time) => time,
        }
    }
}

/// Looks at each host once, all at the same time.
pub(super) async fn read(
    network: &dyn Network,
    hosts: &[HostPort],
    now: Now,
    authorities: Authorities,
) -> Outcome<Certificates> {
    let hosts: Vec<&HostPort> = hosts.iter().filter(|host| host.port() != PLAIN_PORT).collect();
    if hosts.is_empty() {
        return Outcome::Unsupported(ShortText::fit(
            "the requirements name no host whose traffic is encrypted",
        ));
    }
    let looks = hosts.into_iter().map(|host| async move {
        let shown = handshake::look(network, host).await;
        shown.map(|shown| (host.clone(), shown))
    });
    let (seen, unseen): (Vec<_>, Vec<_>) = join_all(looks).await.into_iter().partition(Result::is_ok);
    let seen: Vec<(HostPort, Shown)> = seen.into_iter().flatten().collect();
    if seen.is_empty() {
        let why = unseen.into_iter().find_map(Result::err).unwrap_or_default();
        return Outcome::Failed(ShortText::fit(&format!("no host showed a certificate; {why}")));
    }
    contained_blocking(JUDGE_LIMIT, move || judge_all(&seen, now, &authorities))
        .await
        .unwrap_or_else(|mishap| Outcome::Failed(ShortText::fit(&mishap.to_string())))
}

/// What one certificate comes to.
#[derive(Debug, PartialEq, Eq)]
enum Judgement {
    /// The public authorities stand for it.
    Public,
    /// They would, at another time than the one that this device's clock shows.
    OutOfDate,
    /// They do not.
    Foreign(Trust),
}

fn judge_all(seen: &[(HostPort, Shown)], now: Now, authorities: &Authorities) -> Outcome<Certificates> {
    let public = match authorities.public() {
        Ok(public) => public,
        Err(why) => {
            return Outcome::Failed(ShortText::fit(&format!(
                "the public authorities cannot be used: {why}"
            )));
        }
    };
    let mut foreign = vec![];
    let mut out_of_date = None;
    // Loaded when the first certificate needs it, which on most networks none does, and let go with this look.
    let mut device = None;
    for (host, shown) in seen {
        let judgement = if shown.stands(&public, host, now.time()) {
            Judgement::Public
        } else if shown.would_stand(&public, host) {
            match now {
                // The vendor's own, and over: nobody trusts it, however well the clock goes.
                Now::Known(_) => Judgement::Foreign(Trust::Nobody),
                Now::AsTheDeviceSays(_) => Judgement::OutOfDate,
            }
        } else {
            let device = device.get_or_insert_with(|| authorities.device());
            // A filter's certificate that is out of date is a filter's all the same.
            let trusted = device.as_ref().is_some_and(|device| {
                shown.stands(device, host, now.time()) || shown.would_stand(device, host)
            });
            Judgement::Foreign(if trusted { Trust::DeviceOnly } else { Trust::Nobody })
        };
        match judgement {
            Judgement::Public => {}
            Judgement::OutOfDate => out_of_date = Some((host, shown)),
            Judgement::Foreign(trust) => foreign.push(ForeignCertificate {
                host: host.clone(),
                trust,
                issuer: shown.issuer(),
            }),
        }
    }
    match out_of_date {
        // What is foreign is certain and comes first; what is out of date may be the clock's fault alone.
        Some((host, shown)) if foreign.is_empty() => Outcome::Failed(ShortText::fit(&format!(
            "the certificate of {} holds {}, and this device's clock shows {:.0}: the clock is wrong, or the certificate is \
             out of date",
            host.host(),
            shown.dates(),
            now.time()
        ))),
        Some(_) | None => Outcome::Measured(Certificates {
            seen: u16::try_from(seen.len()).unwrap_or(u16::MAX),
            foreign,
        }),
    }
}
