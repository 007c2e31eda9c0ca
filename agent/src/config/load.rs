//! The settings file.

use std::io;
use std::path::{Path, PathBuf};

use roomready_shared::strict::{Document, Faults, MAX_FILE_BYTES, Reader};
use roomready_shared::wire::v1::DuringTest;

use super::Config;
use crate::keep;
use crate::uplink::{Collectors, ProxyChoice};

/// The file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It is not there.
    #[error("the settings file {} is not there", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// It cannot be read.
    #[error("the settings file {} cannot be read", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Something in it is wrong.
    #[error("{0}")]
    Faults(Faults),
}

/// Reads a settings file; without one, the defaults hold.
///
/// # Errors
/// When the file named is missing, unreadable or wrong; every fault is told at once.
pub fn load(file: Option<&Path>) -> Result<Config, ConfigError> {
    let Some(path) = file else {
        return Ok(Config::default());
    };
    let most = u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX);
    match keep::read(path, most) {
        Ok(Some(text)) => parse(&path.display().to_string(), &text).map_err(ConfigError::Faults),
        Ok(None) => Err(ConfigError::Missing { path: path.into() }),
        Err(source) => Err(ConfigError::Io {
            path: path.into(),
            source,
        }),
    }
}

/// Reads the text of a settings file; `file` is what faults call it.
///
/// # Errors
/// When anything in it is wrong; every fault is told at once.
pub fn parse(file: &str, text: &str) -> Result<Config, Faults> {
    let document = Document::parse(file, text)?;
    let mut root = document.root();
    let config = read(&mut root);
    root.finish();
    document.finish(config)
}

fn read(root: &mut Reader<'_>) -> Option<Config> {
    let default = Config::default();
    let data = root.optional("data").map(|value| value.text());
    let collectors = collectors(root);
    let ca = root.optional("ca").map(|value| value.text());
    let proxy = root.optional("proxy").map(ProxyChoice::read);
    let enrolment = root.optional("enrolment").map(|value| value.text());
    let during_test = root
        .optional("during_test")
        .map(|value| value.word(&[("quiet", DuringTest::Quiet), ("off", DuringTest::Off)]));
    let log = root
        .optional("log")
        .map(|value| value.word(&["error", "warn", "info", "debug", "trace"].map(|level| (level, level))));
    Some(Config {
        data: match data {
            Some(given) => PathBuf::from(given?),
            None => default.data,
        },
        collectors: match collectors {
            Some(given) => Some(given?),
            None => default.collectors,
        },
        ca: match ca {
            Some(given) => Some(PathBuf::from(given?)),
            None => default.ca,
        },
        proxy: match proxy {
            Some(given) => Some(given?),
            None => default.proxy,
        },
        enrolment: match enrolment {
            Some(given) => Some(PathBuf::from(given?)),
            None => default.enrolment,
        },
        during_test: match during_test {
            Some(given) => given?,
            None => default.during_test,
        },
        log: match log {
            Some(given) => given?.to_owned(),
            None => default.log,
        },
    })
}

/// `collectors = [...]`, or `collector = "..."` for a list of one.
fn collectors(root: &mut Reader<'_>) -> Option<Option<Collectors>> {
    let one = root
        .optional("collector")
        .map(|value| value.parsed().map(Collectors::one));
    let several = root.optional("collectors").map(Collectors::read);
    if one.is_some() && several.is_some() {
        root.fault_at(
            "collector",
            "\"collector\" and \"collectors\" are both there",
            "keep one of them: \"collectors\" is for several addresses",
        );
    }
    several.or(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = include_str!("../../../configs/agent.example.toml");

    #[test]
    fn the_sample_shows_every_key_with_its_default() {
        let commented_in: String = SAMPLE
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line).to_owned() + "\n")
            .collect();
        let shown = parse("agent.example.toml", &commented_in).expect("the sample is valid");
        let Config {
            collectors,
            ca,
            proxy,
            enrolment,
            ..
        } = &shown;
        assert!(
            collectors.is_some() && ca.is_some() && proxy.is_some() && enrolment.is_some(),
            "the keys without a default are shown too"
        );
        let defaults = parse("agent.example.toml", SAMPLE).expect("the sample is valid as it stands");
        assert_eq!(defaults, Config::default());
        assert_eq!(
            Config {
                collectors: None,
                ca: None,
                proxy: None,
                enrolment: None,
                ..shown
            },
            Config::default()
        );
    }

    #[test]
    fn every_mistake_is_told_at_once_with_its_line() {
        let text = "dat = \"/x\"\nduring_test = \"silent\"\ncollector = \"collector\"\nlog = 3\n";
        let faults = parse("agent.toml", text).expect_err("four mistakes").to_string();
        for (line, word) in [(1, "\"data\""), (2, "quiet"), (3, "https://"), (4, "log")] {
            let told = faults
                .lines()
                .find(|told| told.starts_with(&format!("agent.toml:{line}:")));
            assert!(told.is_some_and(|told| told.contains(word)), "{line}: {faults}");
        }
    }

    #[test]
    fn one_address_or_several_are_given_but_not_both() {
        let one = parse("agent.toml", "collector = \"https://a:1\"\n").expect("one");
        let list = parse("agent.toml", "collectors = [\"https://a:1\"]\n").expect("a list of one");
        assert_eq!(one, list);
        let both = "collector = \"https://a:1\"\ncollectors = [\"https://a:1\", \"https://b:1\"]\n";
        let told = parse("agent.toml", both).expect_err("both").to_string();
        assert!(
            told.starts_with("agent.toml:1:") && told.contains("keep one of them"),
            "{told}"
        );
        let told = parse("agent.toml", "collectors = []\nproxy = \"https://p:1\"\n")
            .expect_err("none, and a proxy over TLS")
            .to_string();
        assert!(
            told.contains("no address is given") && told.contains("\"none\""),
            "{told}"
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = load(Some(Path::new("/nowhere/agent.toml")))
            .expect_err("missing")
            .to_string();
        assert!(error.contains("/nowhere/agent.toml"), "{error}");
        assert_eq!(load(None).expect("defaults"), Config::default());
    }
}
