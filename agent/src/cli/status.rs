//! `status`: whether the agent runs here, and how it is.

use jiff::tz::TimeZone;

use super::args::StatusArguments;
use super::{Failure, print};
use crate::clock::SystemClock;
use crate::config;
use crate::identity::{Identity, IdentityError};
use crate::ports::Clock as _;
use crate::probe::platform::alive;
use crate::status::page::{Around, Times, draw, output};
use crate::status::{judge, load};
use crate::telemetry;

/// The status cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the data folder {data} cannot be read; run this as an administrator (on Linux and macOS with sudo)")]
struct Closed {
    data: String,
    source: std::io::Error,
}

pub(super) fn status(arguments: &StatusArguments) -> Result<u8, Failure> {
    let settings = &arguments.settings;
    let config = config::load(settings.file().as_deref())?.overridden(settings.overrides());
    telemetry::start("error");
    let data = config.data.display().to_string();
    let said = load(&config.data).map_err(|source| Closed {
        data: data.clone(),
        source,
    })?;
    let name = match Identity::load(&config.data) {
        Ok(identity) => Some(identity.name.to_string()),
        Err(IdentityError::NotEnrolled { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let now = SystemClock::start().now().wall;
    let judged = judge(said, alive::is_agent, now);
    let around = Around { name, data };
    if arguments.json {
        let output = output(&judged, &around);
        print(&format!("{}\n", serde_json::to_string_pretty(&output)?));
    } else {
        let zone = TimeZone::system();
        print(&draw(&judged, &around, &Times { now, zone }));
    }
    Ok(judged.standing.exit_code())
}
