//! `config`: the settings in force, each with where it comes from; itself a sound settings file.

use std::collections::BTreeSet;
use std::path::Path;

use clap::ArgMatches;
use clap::parser::ValueSource;
use roomready_shared::wire::v1::DuringTest;

use super::args::{ConfigArguments, ConfigCommand};
use super::{Failure, print};
use crate::config::{self, Config};

/// A setting: its key, its value as the file would say it, if it has one, and what holds without one.
struct Setting {
    key: &'static str,
    value: Option<String>,
    else_holds: &'static str,
}

/// All of them, in the order of the sample.
fn all(config: &Config) -> Vec<Setting> {
    // Taken apart, so that a new setting cannot be forgotten here.
    let Config {
        data,
        collectors,
        ca,
        proxy,
        enrolment,
        during_test,
        log,
    } = config;
    let set = |key, value: Option<String>, else_holds| Setting {
        key,
        value,
        else_holds,
    };
    let during_test = match during_test {
        DuringTest::Quiet => "quiet",
        DuringTest::Off => "off",
    };
    vec![
        set("data", Some(path(data)), ""),
        set(
            "collectors",
            collectors.as_ref().map(ToString::to_string),
            "those at which this device was enrolled",
        ),
        set(
            "ca",
            ca.as_deref().map(path),
            "the enrolment file's, else those that this system trusts",
        ),
        set(
            "proxy",
            proxy.as_ref().map(|proxy| quoted(&proxy.to_string())),
            "the enrolment file's, else the system's",
        ),
        set(
            "enrolment",
            enrolment.as_deref().map(path),
            "this device enrols by the command alone",
        ),
        set("during_test", Some(quoted(during_test)), ""),
        set("log", Some(quoted(log)), ""),
    ]
}

fn path(path: &Path) -> String {
    quoted(&path.display().to_string())
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

pub(super) fn config(arguments: &ConfigArguments, matches: &ArgMatches) -> Result<u8, Failure> {
    if let Some(ConfigCommand::Check { file }) = &arguments.command {
        config::load(Some(file))?;
        print(&format!("{} is sound\n", file.display()));
        return Ok(0);
    }
    let settings = &arguments.settings;
    let file = settings.file();
    let config = config::load(file.as_deref())?.overridden(settings.overrides());
    let written = file.as_deref().map(keys).transpose()?.unwrap_or_default();
    let matches = matches.subcommand_matches("config");
    // Asked for a name that no flag has, clap would panic.
    let given = |key: &str| {
        let matches = matches.filter(|matches| matches.try_contains_id(key).is_ok())?;
        matches.value_source(key)
    };
    print(&page(&config, file.as_deref(), &written, given));
    Ok(0)
}

/// The keys that a file has.
fn keys(file: &Path) -> Result<BTreeSet<String>, Failure> {
    let table: toml::Table = std::fs::read_to_string(file)?.parse()?;
    Ok(table.keys().cloned().collect())
}

fn page(
    config: &Config,
    file: Option<&Path>,
    written: &BTreeSet<String>,
    given: impl Fn(&str) -> Option<ValueSource>,
) -> String {
    let mut page = match file {
        Some(file) => format!("# Settings in force. Settings file: {}\n", file.display()),
        None => "# Settings in force. No settings file.\n".to_owned(),
    };
    for setting in all(config) {
        // One address is another key, and the only one that has a flag.
        let also = (setting.key == "collectors").then_some("collector");
        let by_file = written.contains(setting.key) || also.is_some_and(|also| written.contains(also));
        let from = match given(also.unwrap_or(setting.key)) {
            Some(ValueSource::CommandLine) => "flag",
            Some(ValueSource::EnvVariable) => "environment",
            _ if by_file => "file",
            _ => "default",
        };
        let line = match &setting.value {
            Some(value) => format!("{} = {value}", setting.key),
            None => format!("#: {} is not set: {}", setting.key, setting.else_holds),
        };
        let line = if setting.value.is_some() {
            format!("{line:40} # {from}")
        } else {
            line
        };
        page.push_str(&line);
        page.push('\n');
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uplink::Collectors;

    #[test]
    fn each_setting_says_where_it_comes_from_and_the_page_is_itself_a_settings_file() {
        let config = Config {
            collectors: Some(Collectors::one(
                "https://collector.example:8443".parse().expect("an address"),
            )),
            ..Config::default()
        };
        let written = BTreeSet::from(["during_test".to_owned(), "log".to_owned()]);
        let given = |key: &str| match key {
            "log" => Some(ValueSource::EnvVariable),
            "collector" => Some(ValueSource::CommandLine),
            _ => None,
        };
        let page = page(&config, Some(Path::new("/etc/a.toml")), &written, given);
        let from = |key: &str| {
            let line = page.lines().find(|line| line.starts_with(key)).expect("each key");
            line.rsplit_once("# ").map(|(_, from)| from.to_owned())
        };
        assert_eq!(from("data").as_deref(), Some("default"));
        assert_eq!(from("during_test").as_deref(), Some("file"));
        assert_eq!(
            from("log").as_deref(),
            Some("environment"),
            "which overrides the file"
        );
        assert_eq!(from("collector").as_deref(), Some("flag"));
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("agent.toml");
        std::fs::write(&file, &page).expect("a file");
        assert_eq!(config::load(Some(&file)).expect("sound"), config);
    }
}
