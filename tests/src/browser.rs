//! A real headless Chromium, steered through chromedriver, as a person's eyes and hands.

mod accessibility;
mod devtools;
mod hands;
mod launch;

pub use accessibility::{Rules, Violation};

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fantoccini::error::CmdError;
use fantoccini::wd::PrintConfiguration;
use fantoccini::{Client, Locator};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{Program, processes_naming};
use crate::wait::{PATIENCE, give_a_moment, wait_until};
use devtools::Devtools;

/// A browser of its own for one test: fresh profile, nothing remembered, gone when dropped.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    /// Chromium itself; ended by id when the test fails before [`Browser::close`].
    chromium: Option<Pid>,
    driver: Program,
    profile: TempDir,
    scripts_off: AtomicBool,
}

/// Light or dark, as the system of the reader says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How much movement the reader wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// As the page likes.
    Any,
    /// As little as possible.
    Reduced,
}

impl Browser {
    /// Starts a browser of 1280 × 800 px in light colours.
    ///
    /// # Panics
    ///
    /// When Chromium or chromedriver are missing or do not start.
    pub async fn start() -> Self {
        let browser = launch::start().await;
        browser.set_viewport(1280, 800).await;
        browser.set_appearance(Theme::Light, Motion::Any).await;
        browser
    }

    /// The whole WebDriver client, for what has no method here.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The folder that holds everything that this browser writes.
    #[must_use]
    pub fn profile(&self) -> &Path {
        self.profile.path()
    }

    /// Ends browser and driver in order. Dropping ends them too, only less politely.
    pub async fn close(mut self) {
        done("closing the browser", self.client.clone().close().await);
        self.chromium = None;
        self.driver.stop().await;
    }

    /// Goes to an address and waits until the page has loaded.
    pub async fn open(&self, url: &str) {
        done(&format!("opening {url}"), self.client.goto(url).await);
    }

    /// Loads the present page again.
    pub async fn reload(&self) {
        done("reloading", self.client.refresh().await);
    }

    /// The address shown now.
    pub async fn url(&self) -> String {
        done("reading the address", self.client.current_url().await).to_string()
    }

    /// The title of the page.
    pub async fn title(&self) -> String {
        done("reading the title", self.client.title().await)
    }

    /// Gives the page this many CSS pixels.
    pub async fn set_viewport(&self, width: u32, height: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Lets the reader's system ask for a theme and for more or less movement.
    pub async fn set_appearance(&self, theme: Theme, motion: Motion) {
        let theme = match theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        let motion = match motion {
            Motion::Any => "no-preference",
            Motion::Reduced => "reduce",
        };
        let features = json!([
            {"name": "prefers-color-scheme", "value": theme},
            {"name": "prefers-reduced-motion", "value": motion},
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({"features": features}))
            .await;
    }

    /// Turns the page's own scripts on or off, from the next [`Browser::open`] on.
    pub async fn set_javascript(&self, on: bool) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({"value": !on}))
            .await;
        self.scripts_off.store(!on, Ordering::Relaxed);
    }

    /// Pulls the network cable, or puts it back.
    pub async fn set_offline(&self, offline: bool) {
        self.devtools("Network.enable", json!({})).await;
        let conditions =
            json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        self.devtools("Network.emulateNetworkConditions", conditions)
            .await;
    }

    /// The text that a reader sees in the element with this id; none when there is no such element.
    pub async fn text_of(&self, id: &str) -> Option<String> {
        done(&format!("reading #{id}"), self.look_at(id).await)
    }

    async fn look_at(&self, id: &str) -> Result<Option<String>, CmdError> {
        // A live page may swap the element between finding and reading it: then it is not there just now.
        let found = async { self.client.find(Locator::Id(id)).await?.text().await };
        match found.await {
            Ok(text) => Ok(Some(text)),
            Err(fault) if fault.is_no_such_element() || fault.is_stale_element_reference() => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// The text that a reader sees on the whole page; of the next one, where the browser is between two.
    pub async fn text(&self) -> String {
        wait_until("a page with a text", PATIENCE, async || {
            match self
                .client
                .execute("return document.body.innerText", vec![])
                .await
            {
                Ok(text) => text.as_str().map(str::to_owned).ok_or_else(|| text.to_string()),
                Err(fault) => Err(fault.to_string()),
            }
        })
        .await
    }

    /// Waits until the element with this id says something, and returns its whole text.
    pub async fn wait_for_text(&self, id: &str, says: &str, timeout: Duration) -> String {
        wait_until(&format!("{says:?} in #{id}"), timeout, async || {
            match self.look_at(id).await {
                Ok(Some(text)) if text.contains(says) => Ok(text),
                Ok(Some(text)) => Err(format!("{text:?}")),
                Ok(None) => Err("no such element".to_owned()),
                // A look at a page that is just left for another one is cut off.
                Err(fault) => Err(fault.to_string()),
            }
        })
        .await
    }

    /// The id of the element that has the focus; empty when it has none.
    pub async fn focused(&self) -> String {
        let id = self
            .evaluate(
                "return document.activeElement ? document.activeElement.id : ''",
                vec![],
            )
            .await;
        id.as_str().unwrap_or_default().to_owned()
    }

    /// Runs a script in the page, whatever its Content-Security-Policy says, and returns its value.
    pub async fn evaluate(&self, script: &str, arguments: Vec<Value>) -> Value {
        done(
            "running a script in the page",
            self.client.execute(script, arguments).await,
        )
    }

    /// Whether the page can be moved sideways, and by which element, when it can.
    pub async fn sideways_scroll(&self) -> Option<String> {
        self.evaluate(include_str!("browser/sideways.js"), vec![])
            .await
            .as_str()
            .map(str::to_owned)
    }

    /// How many bytes come over the network when a new visitor opens this address.
    pub async fn first_load_bytes(&self, url: &str) -> u64 {
        self.devtools("Network.clearBrowserCache", json!({})).await;
        self.open(url).await;
        let sizes =
            "return performance.getEntries().reduce((sum, entry) => sum + (entry.transferSize || 0), 0)";
        self.evaluate(sizes, vec![])
            .await
            .as_u64()
            .expect("sizes are whole numbers")
    }

    /// What the browser itself complained about since the last call: script errors, refused resources,
    /// breaches of the Content-Security-Policy.
    pub async fn complaints(&self) -> Vec<String> {
        let log = done(
            "reading the console",
            self.client.issue_cmd(Devtools::console()).await,
        );
        let entries = log.as_array().into_iter().flatten();
        let severe = entries.filter(|entry| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")));
        severe
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Saves a picture of what is visible now.
    pub async fn screenshot(&self, file: &Path) {
        let picture = done("taking a picture", self.client.screenshot().await);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).expect("the folder for the picture can be made");
        }
        std::fs::write(file, picture)
            .unwrap_or_else(|fault| panic!("cannot save {}: {fault}", file.display()));
    }

    /// How many sheets of paper the page takes when printed.
    pub async fn printed_pages(&self) -> usize {
        let print = self.client.print(PrintConfiguration::default()).await;
        let document = String::from_utf8_lossy(&done("printing", print)).into_owned();
        document.matches("/Type /Page\n").count()
    }

    /// Sends one command to the browser's own developer tools.
    pub async fn devtools(&self, method: &'static str, parameters: Value) -> Value {
        done(
            method,
            self.client.issue_cmd(Devtools::command(method, parameters)).await,
        )
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // chromedriver, killed, leaves its Chromium behind. While the driver lives the id is still Chromium's.
        if let Some(chromium) = self.chromium.filter(|_| self.driver.status().is_none()) {
            let _already_gone = kill_process(chromium, Signal::KILL);
        }
        // Chromium and its helpers take a moment to go, closed or killed, and until then they write into the
        // profile, which is deleted next.
        let profile = self.profile.path().to_string_lossy().into_owned();
        give_a_moment(|| processes_naming(&profile).is_empty());
    }
}

/// The harness panics with a sentence where a test could only unwrap.
fn done<T>(what: &str, result: Result<T, CmdError>) -> T {
    result.unwrap_or_else(|fault| panic!("{what}: {fault}"))
}
