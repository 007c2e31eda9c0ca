//! `check`: one look at this machine.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use roomready_shared::evaluate::Occasion;
use roomready_shared::requirement::Requirement;
use roomready_shared::strict::{Faults, MAX_FILE_BYTES};
use roomready_shared::units::Timestamp;

use super::args::{CheckArguments, Color};
use super::{Failure, print, way};
use crate::check::table::{Paint, draw};
use crate::check::{Inquiry, look};
use crate::clock::SystemClock;
use crate::keep;
use crate::ports::Clock;
use crate::probe::SystemProbes;
use crate::telemetry;
use crate::uplink::{Door, Trust};

/// A requirement's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    #[error("{} is not there", .0.display())]
    Missing(PathBuf),
    #[error("{} cannot be read", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{0}")]
    Faults(Faults),
}

/// The end of a session is no time, or not a useful one.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum EndError {
    #[error("{0:?} is no time: write 11:30, or 2026-10-06T11:30:00-05:00")]
    NoTime(String),
    #[error("the session's end, {0}, is over")]
    Over(Timestamp),
}

pub(super) async fn check(arguments: CheckArguments) -> Result<u8, Failure> {
    telemetry::start("error");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let now = clock.now().wall;
    let occasion = match &arguments.session_ends {
        Some(text) => Occasion::Sitting {
            starts: now,
            seat_ends: session_end(text, now, &TimeZone::system())?,
        },
        None => Occasion::None,
    };
    let inquiry = Inquiry {
        platform: SystemProbes::platform(),
        requirement: requirement(arguments.profile.as_deref(), arguments.policy.as_deref())?,
        occasion,
        collector: arguments.collector.clone(),
        outside: None,
    };
    let door = arguments
        .collector
        .clone()
        .map(|address| Door::open(address, &Trust::System, &way::proxies(None)))
        .transpose()?;
    let probes = SystemProbes::new(Arc::clone(&clock));
    let output = look(&inquiry, &probes, door.as_ref().map(Door::client), &clock).await;
    if arguments.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&output)?));
    } else {
        print(&draw(&output, paint(&arguments)));
    }
    Ok(output.exit_code)
}

pub(super) fn requirement(
    profile: Option<&Path>,
    policy: Option<&Path>,
) -> Result<Option<Requirement>, FileError> {
    let Some(profile) = profile else {
        return Ok(None);
    };
    let requirement = Requirement::from_profile(&profile.display().to_string(), &text(profile)?)
        .map_err(FileError::Faults)?;
    match policy {
        Some(policy) => requirement
            .with_policy(&policy.display().to_string(), &text(policy)?)
            .map(Some)
            .map_err(FileError::Faults),
        None => Ok(Some(requirement)),
    }
}

fn text(path: &Path) -> Result<String, FileError> {
    let most = u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX);
    match keep::read(path, most) {
        Ok(Some(text)) => Ok(text),
        Ok(None) => Err(FileError::Missing(path.into())),
        Err(source) => Err(FileError::Io {
            path: path.into(),
            source,
        }),
    }
}

/// A time of day means today's; a full time stamp means itself.
fn session_end(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, EndError> {
    let no_time = || EndError::NoTime(text.chars().take(40).collect());
    let end = match text.parse::<Timestamp>() {
        Ok(end) => end,
        Err(_) => {
            let time: Time = text.parse().map_err(|_| no_time())?;
            let today = now.to_zoned(zone.clone()).date();
            today
                .to_datetime(time)
                .to_zoned(zone.clone())
                .map_err(|_| no_time())?
                .timestamp()
        }
    };
    if end <= now {
        return Err(EndError::Over(end));
    }
    Ok(end)
}

fn paint(arguments: &CheckArguments) -> Paint {
    let unwanted = arguments.no_color.as_ref().is_some_and(|value| !value.is_empty());
    match arguments.color {
        Color::Always => Paint::Colour,
        Color::Auto if std::io::stdout().is_terminal() && !unwanted => Paint::Colour,
        Color::Auto | Color::Never => Paint::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_s_end_is_a_time_today_or_a_full_one() {
        let zone = TimeZone::fixed(jiff::tz::offset(-5));
        let now: Timestamp = "2026-10-06T13:00:00Z".parse().expect("a time");
        let end = session_end("11:30", now, &zone).expect("later today");
        assert_eq!(end.to_string(), "2026-10-06T16:30:00Z");
        let end = session_end("2026-10-06T11:30:00-05:00", now, &zone).expect("the same");
        assert_eq!(end.to_string(), "2026-10-06T16:30:00Z");
        assert!(matches!(session_end("07:00", now, &zone), Err(EndError::Over(_))));
        assert!(matches!(
            session_end("soon", now, &zone),
            Err(EndError::NoTime(_))
        ));
    }
}
