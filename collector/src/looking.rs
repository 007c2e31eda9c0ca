//! The collector's own look outside, while students test: whether the vendor's servers and the host outside answer it.
//!
//! What this means for a school is the watch's to say, which knows where the collector stands. Here it is only found
//! out, each [`limits::LOOK_OUTSIDE_EVERY`], with a TCP connection that is closed at once, and handed on when it changes
//! and each minute. A host that never answered in this run is not told of: where a firewall keeps the collector in, its
//! failing to reach a server is no news about the server.

mod sights;
#[cfg(test)]
mod tests;
mod vantage;

use std::sync::Arc;

use futures_util::future::join_all;
use jiff::Timestamp;
use roomready_shared::facts::HostPort;
use roomready_shared::ids::SchoolId;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::domain::watch::Looked;
use crate::fleet::Fleet;
use crate::limits;
use crate::supervise::TaskError;

use self::sights::{Answers, Sights, Wanted};
pub use self::vantage::{SystemVantage, Vantage};

/// Looks until told to stop. On a machine that nobody reaches over a network (`networked` is false) it looks only at
/// the host outside that the district has named: a trial on one's own computer speaks to nobody else.
///
/// # Errors
///
/// Never by itself.
pub async fn keep_looking(
    fleet: Fleet,
    vantage: Arc<dyn Vantage>,
    clock: Arc<dyn Clock>,
    networked: bool,
    stop: CancellationToken,
) -> Result<(), TaskError> {
    let mut tick = interval(limits::LOOK_OUTSIDE_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut sights = Sights::default();
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = tick.tick() => {}
        }
        let now = clock.wall();
        let looked = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            looked = look(&mut sights, wanted(&fleet, networked, now), &*vantage, &*clock) => looked,
        };
        for (school, looked) in looked {
            tracing::debug!(%school, ?looked, "looked outside");
            fleet.looked(&school, looked);
        }
    }
}

fn wanted(fleet: &Fleet, networked: bool, now: Timestamp) -> Wanted {
    fleet.read(|state| {
        let district = state.district();
        match (networked, district.outside()) {
            (true, _) => Wanted::of(district, now),
            (false, Some(_)) => Wanted::of(district, now).without_vendor(),
            (false, None) => Wanted::default(),
        }
    })
}

/// One look at everything that is wanted, at the same time; and what each school's watch is to be told of it.
async fn look(
    sights: &mut Sights,
    wanted: Wanted,
    vantage: &dyn Vantage,
    clock: &dyn Clock,
) -> Vec<(SchoolId, Looked)> {
    let hosts = wanted.hosts();
    let tries = hosts
        .iter()
        .map(|host| async move { ((*host).clone(), answers(vantage, host).await) });
    let answers: Answers = join_all(tries).await.into_iter().collect();
    sights.take(&wanted, &answers, clock.mono().as_millis())
}

/// Whether a host answers. One failure is tried again, since one packet may be lost.
async fn answers(vantage: &dyn Vantage, host: &HostPort) -> bool {
    if vantage.answers(host).await {
        return true;
    }
    tokio::time::sleep_until(Instant::now() + limits::LOOK_OUTSIDE_AGAIN).await;
    vantage.answers(host).await
}
