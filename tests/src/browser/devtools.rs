//! The two commands of chromedriver that are not in the WebDriver standard.

use fantoccini::wd::WebDriverCompatibleCommand;
use reqwest::{Method, Url};
use serde_json::{Value, json};

/// A command beyond the standard: where it goes below the session, and what it says.
#[derive(Debug)]
pub(super) struct Devtools {
    path: &'static str,
    body: Value,
}

impl Devtools {
    /// A command to Chromium's developer tools.
    pub(super) fn command(method: &'static str, parameters: Value) -> Self {
        let body = [
            ("cmd".to_owned(), Value::from(method)),
            ("params".to_owned(), parameters),
        ];
        Self {
            path: "goog/cdp/execute",
            body: Value::from_iter(body),
        }
    }

    /// What the console holds, and so forgets.
    pub(super) fn console() -> Self {
        Self {
            path: "se/log",
            body: json!({"type": "browser"}),
        }
    }
}

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as std::str::FromStr>::Err> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _url: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
