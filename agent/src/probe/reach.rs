//! The way to a host, looked at several times over a short window.
//!
//! Two looks at once: the service itself (a TCP connection, on port 443 with the TLS hello after it) and echo requests
//! where the system permits them. The service decides whether a host answers, because a school's filter may let
//! pings pass and hold up the test, or the other way round. The times are those of the pings when none was lost.

mod system;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::{BoxFuture, join, join_all};
use roomready_shared::facts::{HostPort, Outcome, Reach, Via};
use roomready_shared::units::ShortText;
use tokio::time::{Instant, sleep_until, timeout};

use super::Effort;
use super::statistics::latency;
pub(super) use system::SystemNetwork;

/// A look-up that takes longer has failed as far as a test is concerned.
const RESOLVE_LIMIT: Duration = Duration::from_millis(3_000);
/// A connection, or its TLS hello, that takes longer likewise.
const KNOCK_LIMIT: Duration = Duration::from_millis(1_800);
/// An echo likewise.
const ECHO_LIMIT: Duration = Duration::from_millis(1_200);

/// The port whose service speaks TLS.
pub(crate) const TLS_PORT: u16 = 443;
/// Ports on which a gateway's own refusal proves that it is there: name service, its pages.
const GATEWAY_PORTS: [u16; 2] = [53, 80];

/// Why an echo brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoEcho {
    /// The system does not let this program send one.
    NotPermitted(String),
    /// Nothing came back.
    Lost,
}

/// The calls that reach makes on a system's network; a test brings its own.
pub(super) trait Network: Send + Sync {
    /// Addresses of a host.
    fn resolve<'a>(&'a self, host: &'a HostPort) -> BoxFuture<'a, Result<Vec<SocketAddr>, String>>;
    /// One echo.
    fn echo(&self, target: IpAddr, limit: Duration) -> BoxFuture<'_, Result<Duration, NoEcho>>;
    /// One TCP connection, closed at once.
    fn connect(&self, target: SocketAddr) -> BoxFuture<'_, std::io::Result<Duration>>;
    /// One TLS hello over a connection of its own; the time is that of the hello alone.
    fn hello<'a>(&'a self, target: SocketAddr, name: &'a str) -> BoxFuture<'a, std::io::Result<Duration>>;
}

/// A look that brought nothing is confirmed after this: long enough for a lost packet or a roaming laptop, short enough
/// that a look still ends in time.
const CONFIRM_AFTER: Duration = Duration::from_millis(700);
/// A second try that could end later than this is left out; the next look comes soon anyhow.
const CONFIRM_WITHIN: Duration = Duration::from_millis(6_500);

/// How often and how fast a window tries.
struct Window {
    knocks: u16,
    knock_gap: Duration,
    echoes: u16,
    echo_gap: Duration,
    /// When every try has failed, one more.
    confirm: bool,
}

impl Effort {
    const fn window(self) -> Window {
        match self {
            // Three hellos and six pings within about three seconds.
            Self::Full => Window {
                knocks: 3,
                knock_gap: Duration::from_millis(600),
                echoes: 6,
                echo_gap: Duration::from_millis(300),
                confirm: false,
            },
            // One try, and a second only where it failed: 1,800 devices of a district share one address towards the
            // vendor, and nearly always the first one is answered.
            Self::Light => Window {
                knocks: 1,
                knock_gap: Duration::ZERO,
                echoes: 1,
                echo_gap: Duration::ZERO,
                confirm: true,
            },
        }
    }
}

/// The tries of one kind in one window.
#[derive(Default)]
struct Tries {
    sent: u16,
    times: Vec<u32>,
    trouble: Option<String>,
}

impl Tries {
    fn answered(&self) -> u16 {
        u16::try_from(self.times.len()).unwrap_or(u16::MAX)
    }

    fn complete(&self) -> bool {
        self.sent > 0 && self.answered() == self.sent
    }

    fn reach(self, via: Via, window: Duration) -> Outcome<Reach> {
        let trouble = self.trouble.map(|why| ShortText::fit(&why));
        let latency = latency(&self.times);
        Reach::new(
            via,
            self.sent,
            u16::try_from(self.times.len()).unwrap_or(u16::MAX),
            millis(window),
            latency,
            trouble,
        )
        .map_or_else(
            |error| Outcome::Failed(ShortText::fit(&error.to_string())),
            Outcome::Measured,
        )
    }
}

/// The way to a service of the vendor or of ours.
pub(super) async fn service(network: &dyn Network, host: &HostPort, effort: Effort) -> Outcome<Reach> {
    let tls = effort == Effort::Full && host.port() == TLS_PORT;
    way(network, host, effort, tls).await
}

/// The way to a service that is only connected to, whatever it speaks.
pub(super) async fn connection(network: &dyn Network, host: &HostPort, effort: Effort) -> Outcome<Reach> {
    way(network, host, effort, false).await
}

async fn way(network: &dyn Network, host: &HostPort, effort: Effort, tls: bool) -> Outcome<Reach> {
    let started = Instant::now();
    let found = timeout(RESOLVE_LIMIT, network.resolve(host)).await;
    let addresses =
        match found.unwrap_or_else(|_| Err(format!("{} could not be looked up in time", host.host()))) {
            Ok(addresses) => addresses,
            Err(why) => return nothing_answered(Via::Tcp, started, why),
        };
    let Some(first) = addresses.first().copied() else {
        return nothing_answered(Via::Tcp, started, format!("{} has no address", host.host()));
    };
    // Where the first address fails, the other family may do: a school may have one of the two only.
    let other = addresses
        .iter()
        .copied()
        .find(|address| address.is_ipv4() != first.is_ipv4());
    let window = effort.window();
    let name = tls.then(|| host.host());
    let (mut knocks, echoes) = join(
        knocks(network, first, other, name, &window),
        echoes(network, first.ip(), &window),
    )
    .await;
    if window.confirm && knocks.times.is_empty() {
        knock_again(&mut knocks, network, first, name, started).await;
    }
    let via = if tls { Via::Tls } else { Via::Tcp };
    match echoes {
        // Pings that get lost while the service answers each time speak of a filter, not of the way.
        Ok(echoes) if echoes.complete() && knocks.complete() => echoes.reach(Via::Icmp, started.elapsed()),
        Ok(echoes) if knocks.times.is_empty() && !echoes.times.is_empty() => {
            let why = knocks.trouble.unwrap_or_else(|| "no answer".into());
            knocks.trouble = Some(format!("port {}: {why}; it answers pings", host.port()));
            knocks.reach(via, started.elapsed())
        }
        Ok(_) | Err(_) => knocks.reach(via, started.elapsed()),
    }
}

/// The way to a machine without a service that we know of: the gateway.
pub(super) async fn machine(network: &dyn Network, target: IpAddr, effort: Effort) -> Outcome<Reach> {
    let started = Instant::now();
    let window = effort.window();
    let (mut echoes, refusals) = join(
        echoes(network, target, &window),
        join_all(GATEWAY_PORTS.map(|port| knock_any_answer(network, SocketAddr::new(target, port)))),
    )
    .await;
    let proofs: Vec<u32> = refusals.into_iter().flatten().collect();
    if let Ok(tries) = &mut echoes
        && window.confirm
        && tries.times.is_empty()
        && proofs.is_empty()
    {
        echo_again(tries, network, target).await;
    }
    let knocked = Tries {
        sent: u16::try_from(proofs.len()).unwrap_or(u16::MAX),
        times: proofs,
        trouble: None,
    };
    match echoes {
        Ok(echoes) if !echoes.times.is_empty() || knocked.times.is_empty() => {
            echoes.reach(Via::Icmp, started.elapsed())
        }
        Ok(_) => knocked.reach(Via::Tcp, started.elapsed()),
        Err(_) if !knocked.times.is_empty() => knocked.reach(Via::Tcp, started.elapsed()),
        Err(why) => Outcome::Denied(ShortText::fit(&format!(
            "this program may not send pings ({why}) and the gateway answers nothing else; pings need \
             net.ipv4.ping_group_range or the capability cap_net_raw"
        ))),
    }
}

fn nothing_answered(via: Via, started: Instant, why: String) -> Outcome<Reach> {
    let tries = Tries {
        sent: 1,
        times: vec![],
        trouble: Some(why),
    };
    tries.reach(via, started.elapsed())
}

async fn knocks(
    network: &dyn Network,
    first: SocketAddr,
    other: Option<SocketAddr>,
    name: Option<&str>,
    window: &Window,
) -> Tries {
    let started = Instant::now();
    let results = join_all((0..window.knocks).map(|number| async move {
        sleep_until(started + window.knock_gap * u32::from(number)).await;
        match (knock(network, first, name).await, other) {
            (Err(why), Some(other)) => knock(network, other, name).await.map_err(|_| why),
            (result, _) => result,
        }
    }))
    .await;
    let mut tries = Tries {
        sent: window.knocks,
        ..Tries::default()
    };
    for result in results {
        match result {
            Ok(time) => tries.times.push(micros(time)),
            Err(why) => tries.trouble = Some(why),
        }
    }
    tries
}

async fn knock_again(
    tries: &mut Tries,
    network: &dyn Network,
    target: SocketAddr,
    name: Option<&str>,
    started: Instant,
) {
    if started.elapsed() + CONFIRM_AFTER + KNOCK_LIMIT > CONFIRM_WITHIN {
        return;
    }
    sleep_until(Instant::now() + CONFIRM_AFTER).await;
    tries.sent += 1;
    match knock(network, target, name).await {
        Ok(time) => tries.times.push(micros(time)),
        Err(why) => tries.trouble = Some(why),
    }
}

async fn echo_again(tries: &mut Tries, network: &dyn Network, target: IpAddr) {
    sleep_until(Instant::now() + CONFIRM_AFTER).await;
    tries.sent += 1;
    if let Ok(time) = network.echo(target, ECHO_LIMIT).await {
        tries.times.push(micros(time));
    }
}

async fn knock(network: &dyn Network, target: SocketAddr, name: Option<&str>) -> Result<Duration, String> {
    let work = async {
        match name {
            Some(name) => network.hello(target, name).await,
            None => network.connect(target).await,
        }
    };
    match timeout(KNOCK_LIMIT, work).await {
        Ok(Ok(time)) => Ok(time),
        Ok(Err(error)) => Err(plain(&error)),
        Err(_) => Err("no answer in time".into()),
    }
}

/// A refusal comes from the machine itself, so it is an answer too.
async fn knock_any_answer(network: &dyn Network, target: SocketAddr) -> Option<u32> {
    let started = Instant::now();
    match timeout(KNOCK_LIMIT, network.connect(target)).await {
        Ok(Ok(time)) => Some(micros(time)),
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            Some(micros(started.elapsed()))
        }
        Ok(Err(_)) | Err(_) => None,
    }
}

async fn echoes(network: &dyn Network, target: IpAddr, window: &Window) -> Result<Tries, String> {
    let started = Instant::now();
    let results = join_all((0..window.echoes).map(|number| async move {
        sleep_until(started + window.echo_gap * u32::from(number)).await;
        network.echo(target, ECHO_LIMIT).await
    }))
    .await;
    let mut tries = Tries {
        sent: window.echoes,
        ..Tries::default()
    };
    for result in results {
        match result {
            Ok(time) => tries.times.push(micros(time)),
            Err(NoEcho::Lost) => tries.trouble = Some("it does not answer pings".into()),
            Err(NoEcho::NotPermitted(why)) => return Err(why),
        }
    }
    Ok(tries)
}

/// System words for common failures, without an error number that helps nobody.
fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::ConnectionRefused => "connection refused".into(),
        std::io::ErrorKind::ConnectionReset => "connection cut off".into(),
        std::io::ErrorKind::NetworkUnreachable | std::io::ErrorKind::HostUnreachable => {
            "no way to it from this network".into()
        }
        std::io::ErrorKind::TimedOut => "no answer in time".into(),
        _ => error.to_string(),
    }
}

pub(super) fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}

pub(super) fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}
