//! A silently installed agent enrols itself when it starts for the first time, however long that takes.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use roomready_shared::timetable::Phase;

use super::Failure;
use super::enroll::own_name;
use super::way::{self, Said};
use crate::chance::Chance;
use crate::config::Config;
use crate::enrolment::{self, Joining, join};
use crate::identity::{Identity, IdentityError};
use crate::pace::{IDLE_MS, Pace};
use crate::ports::{Clock, StatusBoard as _};
use crate::status::{FileBoard, Told, enrolling};
use crate::uplink::{HttpUplink, Trouble};

/// Who this device is: from its data folder, or else by the enrolment file, tried until it works. None when it was asked
/// to stop before that.
pub(super) async fn identity(
    config: &Config,
    clock: &Arc<dyn Clock>,
    stop: impl Future<Output = ()> + Unpin,
) -> Result<Option<Identity>, Failure> {
    let Some(file) = &config.enrolment else {
        return Ok(Some(Identity::load(&config.data)?));
    };
    match Identity::load(&config.data) {
        Ok(mut identity) => {
            renew(&mut identity, file, config);
            Ok(Some(identity))
        }
        Err(IdentityError::NotEnrolled { .. }) => until_known(config, file, clock, stop).await,
        Err(error) => Err(error.into()),
    }
}

/// A device that knows who it is goes on with it, whatever has become of the file meanwhile.
fn renew(identity: &mut Identity, file: &Path, config: &Config) {
    let renewed = match enrolment::read(file) {
        Ok(said) => enrolment::renew(identity, &said, &config.data).map_err(|error| error.to_string()),
        Err(enrolment::EnrolmentError::Missing(_)) => Ok(false),
        Err(error) => Err(error.to_string()),
    };
    match renewed {
        Ok(true) => {
            tracing::info!(file = %file.display(), "addresses, CA and proxy taken over from the enrolment file");
        }
        Ok(false) => {}
        Err(error) => {
            tracing::warn!(%error, "the enrolment file is not looked at; this device is enrolled already");
        }
    }
}

async fn until_known(
    config: &Config,
    file: &Path,
    clock: &Arc<dyn Clock>,
    mut stop: impl Future<Output = ()> + Unpin,
) -> Result<Option<Identity>, Failure> {
    let mut chance = Chance::from_system();
    // The same manners as for reports: a cart of laptops that starts at once does not knock at once, and a collector
    // that is away is not stormed.
    let mut pace = Pace::start(clock.now().mono_ms, &mut chance);
    let started = clock.now().wall;
    let mut board = FileBoard::new(&config.data);
    let mut told: Option<Told> = None;
    loop {
        let now = clock.now().mono_ms;
        let nap = Duration::from_millis(pace.due().saturating_sub(now));
        let tried = async {
            tokio::time::sleep_until(tokio::time::Instant::now() + nap).await;
            try_once(config, file, clock).await
        };
        let outcome = tokio::select! {
            () = &mut stop => return Ok(None),
            outcome = tried => outcome,
        };
        let now = clock.now().mono_ms;
        pace.sent(now, IDLE_MS);
        match outcome {
            Ok(identity) => {
                tracing::info!(
                    name = %identity.name, device = %identity.device, file = %file.display(),
                    "enrolled; the key in the file is used, and the file may be deleted"
                );
                return Ok(Some(identity));
            }
            Err(failure) => {
                let words = with_causes(failure.as_ref());
                let wall = clock.now().wall;
                if told.as_ref().is_none_or(|told| told.words != words) {
                    tracing::error!("not enrolled yet, trying again: {words}");
                    told = Some(Told {
                        since: wall,
                        words,
                        refused: false,
                    });
                }
                board.show(&enrolling(started, told.clone(), wall));
                pace.failed(now, &as_trouble(failure.as_ref()), Phase::Scheduled, &mut chance);
            }
        }
    }
}

/// The file is read anew each time: a corrected one helps without a restart.
async fn try_once(config: &Config, file: &Path, clock: &Arc<dyn Clock>) -> Result<Identity, Failure> {
    let said = enrolment::read(file)?;
    let way = Said {
        collectors: &said.collectors,
        ca: said.ca.as_deref(),
        proxy: said.proxy.as_ref(),
    };
    let doors = way::doors(config, &way, clock.now().wall)?;
    let joining = Joining {
        key: said.key.clone(),
        name: own_name(None)?,
        collectors: said.collectors.clone(),
        ca: said.ca.clone(),
        proxy: said.proxy.clone(),
    };
    way::warn_if_overheard(&doors, "the key and this device's credential");
    Ok(join(joining, &HttpUplink::unknown(doors), &config.data).await?)
}

/// How long to wait is the collector's to say where it said something; all else is backed off from alike.
fn as_trouble(failure: &(dyn std::error::Error + 'static)) -> Trouble {
    match failure.downcast_ref::<enrolment::JoinError>() {
        Some(enrolment::JoinError::Trouble(trouble)) => trouble.clone(),
        _ => Trouble::Unreachable { why: String::new() },
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        words.push_str(": ");
        words.push_str(&deeper.to_string());
        cause = deeper.source();
    }
    words
}
