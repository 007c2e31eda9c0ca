//! Bringing up chromedriver and, through it, Chromium.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use fantoccini::ClientBuilder;
use fantoccini::wd::{Capabilities, TimeoutConfiguration};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::Pid;
use serde_json::{Value, json};

use super::{Browser, done};
use crate::process::{Launch, Program};
use crate::tools::{chromedriver, chromium};
use crate::wait::PATIENCE;

/// How long one script may run in a page: axe walks every element of a full room board, on a busy machine.
const SCRIPT_PATIENCE: Duration = Duration::from_secs(120);

/// How often chromedriver may be started for one browser. It lets the system give it a free port of IPv6 and then wants
/// the same one of IPv4, which somebody else may hold: with some hundred ports in use that meets one start in a hundred.
const DRIVER_STARTS: usize = 5;

/// No window, no sandbox (suites often run as root, where Chromium's own refuses), and no word to the outside.
const FLAGS: [&str; 13] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    // Scroll bars that take room away would turn 320 px into 305.
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--lang=en-US",
];

/// How often Chromium may be started for one test: its driver gives up on one that needs over a minute, as happens to
/// one of hundreds on a machine that is busy with everything else.
const BROWSER_STARTS: usize = 3;

pub(super) async fn start() -> Browser {
    let mut faults = Vec::new();
    for _ in 0..BROWSER_STARTS {
        match start_once().await {
            Ok(browser) => return browser,
            Err(fault) => faults.push(fault),
        }
    }
    panic!("Chromium does not start: {}", faults.join("\n"));
}

async fn start_once() -> Result<Browser, String> {
    let profile = tempfile::tempdir().expect("a folder for the browser's profile");
    let (driver, address) = start_driver(profile.path()).await;

    let mut arguments: Vec<String> = FLAGS.map(str::to_owned).to_vec();
    arguments.push(format!(
        "--user-data-dir={}",
        profile.path().join("profile").display()
    ));
    let mut wanted = Capabilities::new();
    wanted.insert("browserName".to_owned(), json!("chrome"));
    wanted.insert(
        "goog:chromeOptions".to_owned(),
        json!({"binary": chromium(), "args": arguments}),
    );
    wanted.insert("goog:loggingPrefs".to_owned(), json!({"browser": "ALL"}));
    let session = ClientBuilder::new(HttpConnector::new())
        .capabilities(wanted)
        .connect(&address)
        .await;
    let client = session.map_err(|fault| format!("{fault}\n{}", driver.tail()))?;

    let process = client
        .capabilities()
        .and_then(|given| given.get("goog:processID"))
        .and_then(Value::as_i64);
    let chromium = process
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    let browser = Browser {
        client,
        chromium,
        driver,
        profile,
        scripts_off: AtomicBool::new(false),
    };
    let patience = TimeoutConfiguration::new(Some(SCRIPT_PATIENCE), Some(PATIENCE), Some(Duration::ZERO));
    done(
        "setting time limits",
        browser.client.update_timeouts(patience).await,
    );
    Ok(browser)
}

/// A running chromedriver and where it listens.
async fn start_driver(temporary: &Path) -> (Program, String) {
    for _ in 0..DRIVER_STARTS {
        let driver = Launch::command(chromedriver())
            .arg("--port=0")
            // Chromium leaves small files behind in the folder for temporary ones: let them go with the profile.
            .env("TMPDIR", temporary)
            .start();
        let address = driver.wait_for("its port", PATIENCE, listens_at).await;
        if let Some(address) = address {
            return (driver, address);
        }
    }
    panic!("chromedriver found its port taken {DRIVER_STARTS} times");
}

/// What a line of chromedriver says of its port: where it listens, or (`None` within) that somebody else holds it.
fn listens_at(line: &str) -> Option<Option<String>> {
    if line.contains("port not available") {
        return Some(None);
    }
    let port = line.split_once("started successfully on port ")?.1;
    Some(Some(format!("http://127.0.0.1:{}/", port.trim_end_matches('.'))))
}

#[cfg(test)]
mod tests {
    use super::listens_at;

    #[test]
    fn a_driver_whose_port_somebody_else_holds_is_told_from_one_that_listens() {
        assert_eq!(
            listens_at("ChromeDriver was started successfully on port 33217."),
            Some(Some("http://127.0.0.1:33217/".to_owned()))
        );
        assert_eq!(listens_at("IPv4 port not available. Exiting..."), Some(None));
        assert_eq!(listens_at("Only local connections are allowed."), None);
    }
}
