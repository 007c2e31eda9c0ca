//! From what an administrator wants to the steps that make it so.

use std::path::{Path, PathBuf};

use roomready_shared::facts::Platform;

use super::{ENROLMENT, launchd, systemd};
use crate::config;
use crate::places::Places;

/// What an administrator wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The system to install on.
    pub platform: Platform,
    /// The program to be copied: the one that runs.
    pub program: PathBuf,
    /// The text of a settings file to start from.
    pub settings: Option<String>,
    /// The text of an enrolment file.
    pub enrolment: Option<String>,
    /// A data folder other than the usual one.
    pub data: Option<PathBuf>,
    /// The service may look into closed home folders, for answers that wait there.
    pub read_homes: bool,
}

/// A wish that cannot be fulfilled.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum WishError {
    /// The settings are wrong.
    #[error("{0}")]
    Settings(String),
    /// Two answers to one question.
    #[error("the settings file names {key} already; take it out there, or leave the flag out")]
    Twice {
        /// The key.
        key: &'static str,
    },
    /// systemd gives a service its folder under /var/lib and nowhere else.
    #[error("{} cannot be the data folder of this service: on Linux it lies directly in /var/lib", .0.display())]
    Data(PathBuf),
}

/// One step. Paths are those of the system, before a staged root is laid under them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A folder is to be there.
    Folder {
        /// Where.
        path: PathBuf,
        /// Who may use it.
        mode: u32,
    },
    /// A file is to have this content.
    File {
        /// Where.
        path: PathBuf,
        /// Its text.
        text: String,
        /// Who may read it.
        mode: u32,
    },
    /// The program is to be there.
    Program {
        /// From where.
        from: PathBuf,
        /// To where.
        to: PathBuf,
    },
    /// A link is to point somewhere.
    Link {
        /// Where.
        path: PathBuf,
        /// To what.
        to: PathBuf,
    },
    /// A file, a link or a folder with all in it is to be gone.
    Gone(PathBuf),
    /// A folder is to be gone if nothing is left in it.
    GoneIfEmpty(PathBuf),
    /// The system is to be told something; left out in a staged root.
    Call(Call),
}

/// What a system is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// A program of the system; a failure is an error.
    Run(Vec<String>),
    /// The same; a failure means that there was nothing to do.
    Try(Vec<String>),
    /// macOS: the service's own account is to be there.
    MacAccount,
    /// Windows: the service is to be registered like this.
    WindowsRegister {
        /// The program.
        program: PathBuf,
        /// Its arguments.
        arguments: Vec<String>,
    },
    /// Windows: the service is to be started.
    WindowsStart,
    /// Windows: the service is to be stopped.
    WindowsStop,
    /// Windows: the service is to be forgotten.
    WindowsUnregister,
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// The data folder that holds with this wish.
fn data(wish: &Wish, settings: &config::Config) -> Result<PathBuf, WishError> {
    let data = wish.data.clone().unwrap_or_else(|| settings.data.clone());
    let fits = wish.platform != Platform::Linux || systemd::state_directory(&data).is_some();
    if fits {
        Ok(data)
    } else {
        Err(WishError::Data(data))
    }
}

/// The settings file as installed, and the data folder in it.
fn settings(wish: &Wish) -> Result<(String, PathBuf), WishError> {
    let given = wish.settings.as_deref().unwrap_or_default();
    let wrong = |faults: roomready_shared::strict::Faults| WishError::Settings(faults.to_string());
    let parsed = config::parse("the settings file", given).map_err(wrong)?;
    let has = |key: &str| {
        given
            .parse::<toml::Table>()
            .is_ok_and(|table| table.contains_key(key))
    };
    let places = Places::of(wish.platform);
    let parsed = config::Config {
        data: if has("data") {
            parsed.data
        } else {
            PathBuf::from(places.data)
        },
        ..parsed
    };
    for (key, flag) in [
        ("data", wish.data.is_some()),
        ("enrolment", wish.enrolment.is_some()),
    ] {
        if flag && has(key) {
            return Err(WishError::Twice { key });
        }
    }
    let data = data(wish, &parsed)?;
    let mut text = String::from(
        "# Written by `roomready-agent service install`. Change it here, then restart the service.\n",
    );
    let quoted = |path: &Path| toml::Value::String(path.display().to_string()).to_string();
    if !has("data") {
        text.push_str(&format!("data = {}\n", quoted(&data)));
    }
    if !has("enrolment") {
        text.push_str(&format!(
            "enrolment = {}\n",
            quoted(&inside(wish.platform, &data, ENROLMENT))
        ));
    }
    text.push_str(given);
    Ok((text, data))
}

/// A file in a folder of a system that is maybe not this one.
fn inside(platform: Platform, folder: &Path, name: &str) -> PathBuf {
    let separator = if platform == Platform::Windows { '\\' } else { '/' };
    PathBuf::from(format!("{}{separator}{name}", folder.display()))
}

/// The steps of an installation. Doing them again changes nothing but what is newer.
///
/// # Errors
/// When the wish contradicts itself or its settings are wrong.
pub fn install(wish: &Wish) -> Result<Vec<Step>, WishError> {
    let (text, data) = settings(wish)?;
    let places = Places::of(wish.platform);
    let path = PathBuf::from;
    let windows = wish.platform == Platform::Windows;
    let mut steps = vec![Step::Folder {
        path: path(places.settings_folder),
        mode: 0o755,
    }];
    if windows {
        // Everybody may make folders in ProgramData: one that was there before us is ours from now on.
        steps.push(lock(places.settings_folder, &["*S-1-5-32-545:(OI)(CI)RX"]));
    }
    steps.push(Step::File {
        path: path(places.settings),
        text,
        mode: 0o644,
    });
    steps.push(Step::Folder {
        path: data.clone(),
        mode: 0o700,
    });
    if windows {
        // Before the key lies there.
        steps.push(lock(&data.display().to_string(), &[]));
    }
    if let Some(enrolment) = &wish.enrolment {
        steps.push(Step::File {
            path: inside(wish.platform, &data, ENROLMENT),
            text: enrolment.clone(),
            mode: 0o600,
        });
    }
    if windows {
        // A program that runs cannot be replaced there.
        steps.push(Step::Call(Call::WindowsStop));
    }
    steps.push(Step::Program {
        from: wish.program.clone(),
        to: path(places.program),
    });
    steps.extend(match wish.platform {
        Platform::Macos => launchd::install(&data),
        Platform::Windows => windows_service(&data),
        Platform::Linux | Platform::Chromeos | Platform::Ipados => systemd::install(&data, wish.read_homes),
    });
    Ok(steps)
}

// By their whole paths: beside a program that was just downloaded, anything may be called so.
const ICACLS: &str = r"C:\Windows\System32\icacls.exe";
const SC: &str = r"C:\Windows\System32\sc.exe";

/// A folder of Windows is the system's (S-1-5-18) and the administrators' (S-1-5-32-544), and whose else; by number,
/// because names of groups are translated.
fn lock(folder: &str, others: &[&str]) -> Step {
    let mut words = vec![
        ICACLS,
        folder,
        "/inheritance:r",
        "/grant:r",
        "*S-1-5-18:(OI)(CI)F",
        "*S-1-5-32-544:(OI)(CI)F",
    ];
    words.extend(others);
    Step::Call(Call::Run(words.iter().map(ToString::to_string).collect()))
}

/// The account is shared with other services, so the data folder is opened to this service's own SID; and of the account's
/// rights it keeps the one that every program needs.
fn windows_service(data: &Path) -> Vec<Step> {
    let places = Places::of(Platform::Windows);
    let own = format!(r"NT SERVICE\{}:(OI)(CI)M", places.service);
    let privs = [SC, "privs", places.service, "SeChangeNotifyPrivilege"];
    vec![
        Step::Call(Call::WindowsRegister {
            program: places.program.into(),
            arguments: ["run", "--service", "--config", places.settings]
                .map(str::to_owned)
                .to_vec(),
        }),
        lock(&data.display().to_string(), &[&own]),
        // A manager that cannot do this leaves the account its few rights.
        Step::Call(Call::Try(privs.map(str::to_owned).to_vec())),
        Step::Call(Call::WindowsStart),
    ]
}

/// The steps of an uninstallation, given the data folder of the settings installed.
#[must_use]
pub fn uninstall(platform: Platform, data: &Path, keep_data: bool) -> Vec<Step> {
    let places = Places::of(platform);
    let mut steps = match platform {
        Platform::Macos => launchd::uninstall(),
        Platform::Windows => vec![Step::Call(Call::WindowsStop), Step::Call(Call::WindowsUnregister)],
        Platform::Linux | Platform::Chromeos | Platform::Ipados => systemd::uninstall(),
    };
    steps.push(Step::Gone(places.program.into()));
    steps.push(Step::Gone(places.settings.into()));
    if !keep_data {
        steps.push(Step::Gone(data.into()));
    }
    steps.push(Step::GoneIfEmpty(places.settings_folder.into()));
    if platform == Platform::Windows {
        steps.push(Step::GoneIfEmpty(r"C:\Program Files\RoomReady".into()));
    }
    if platform == Platform::Macos && !keep_data {
        steps.push(Step::Call(Call::Try(words(
            "/usr/bin/dscl . -delete /Users/_roomready",
        ))));
        steps.push(Step::Call(Call::Try(words(
            "/usr/bin/dscl . -delete /Groups/_roomready",
        ))));
    }
    steps
}

#[cfg(test)]
mod tests;
