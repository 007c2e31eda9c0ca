//! `service`: the agent as a service of this system.

use std::path::{Path, PathBuf};

use roomready_shared::strict::MAX_FILE_BYTES;

use super::args::{InstallArguments, ServiceCommand, UninstallArguments};
use super::{Failure, print};
use crate::enrolment::{self, EnrolmentError};
use crate::keep;
use crate::places::Places;
use crate::probe::platform;
use crate::service::perform::{Where, perform};
use crate::service::state::{look, words};
use crate::service::{Wish, install, uninstall};
use crate::{config, telemetry};

/// A file that was named cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be read", path.display())]
struct Unreadable {
    path: PathBuf,
    source: std::io::Error,
}

pub(super) fn service(command: &ServiceCommand) -> Result<u8, Failure> {
    telemetry::start("error");
    match command {
        ServiceCommand::Install(arguments) => put_down(arguments),
        ServiceCommand::Uninstall(arguments) => take_away(arguments),
        ServiceCommand::Status { root } => {
            let state = look(&place(root.as_deref()));
            print(&words(&state));
            Ok(state.exit_code())
        }
    }
}

fn place(root: Option<&Path>) -> Where {
    root.map_or(Where::Here, |root| Where::Below(root.to_owned()))
}

fn put_down(arguments: &InstallArguments) -> Result<u8, Failure> {
    let place = place(arguments.root.as_deref());
    let wish = Wish {
        platform: platform::PLATFORM,
        program: platform::own_program()?,
        settings: arguments.config.as_deref().map(text).transpose()?,
        enrolment: arguments.enrolment.as_deref().map(enrolment).transpose()?,
        data: arguments.data.clone(),
        read_homes: arguments.read_homes,
    };
    let steps = install(&wish)?;
    perform(&steps, &place)?;
    let places = Places::here();
    print(&format!(
        "Installed: {}, settings in {}.\n",
        place.at(Path::new(places.program)).display(),
        place.at(Path::new(places.settings)).display()
    ));
    print(match (&place, &wish.enrolment) {
        (Where::Below(_), _) => "Nothing was started: this is a staged root.\n",
        (Where::Here, Some(_)) => {
            "Started. `roomready-agent status` says when this device is enrolled and in contact.\n"
        }
        (Where::Here, None) => {
            "Started. Without an enrolment file it waits until this device is enrolled:\n\
             `roomready-agent enroll --file FILE`, or install again with --enrolment FILE.\n"
        }
    });
    Ok(0)
}

fn take_away(arguments: &UninstallArguments) -> Result<u8, Failure> {
    let place = place(arguments.root.as_deref());
    let places = Places::here();
    let settings = place.at(Path::new(places.settings));
    // Settings that cannot be read must not keep the agent on the device.
    let data =
        config::load(Some(&settings)).map_or_else(|_| PathBuf::from(places.data), |config| config.data);
    perform(&uninstall(platform::PLATFORM, &data, arguments.keep_data), &place)?;
    print("Removed.");
    print(if arguments.keep_data {
        " Its data was kept.\n"
    } else {
        " Nothing of it is left but lines in the system's own log.\n"
    });
    Ok(0)
}

/// The text of an enrolment file that is sound.
fn enrolment(path: &Path) -> Result<String, EnrolmentError> {
    enrolment::read(path)?;
    text(path).map_err(|error| EnrolmentError::Io {
        path: error.path,
        source: error.source,
    })
}

fn text(path: &Path) -> Result<String, Unreadable> {
    let most = u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX);
    let unreadable = |source| Unreadable {
        path: path.to_owned(),
        source,
    };
    keep::read(path, most)
        .and_then(|text| text.ok_or_else(|| std::io::ErrorKind::NotFound.into()))
        .map_err(unreadable)
}
