//! What a reader does with mouse and keyboard. A live page may put another element in the place of one that was just
//! found; whoever reads it presses again, and so does this.

use fantoccini::Locator;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::error::{CmdError, ErrorStatus};
use fantoccini::key::Key;
use serde_json::Value;

use super::{Browser, done};
use crate::wait::{PATIENCE, wait_until};

impl Browser {
    /// Presses the first element that matches a CSS selector, as a mouse would, and does not wait for what comes of it:
    /// wait for a condition after it, or use [`Browser::follow`].
    pub async fn click(&self, selector: &str) {
        wait_until(selector, PATIENCE, async || {
            let element = self.client.find(Locator::Css(selector)).await;
            match element {
                Ok(element) => unless_replaced(&format!("clicking {selector}"), element.click().await),
                Err(fault) => Err(fault.to_string()),
            }
        })
        .await;
    }

    /// Presses what leads to another page (a link, the button of a form), and waits until that page has loaded.
    ///
    /// A form is sent a moment after its button was pressed, so that the driver's own waiting sometimes ends before it.
    pub async fn follow(&self, selector: &str) {
        self.evaluate("window.pressedHere = true", vec![]).await;
        self.click(selector).await;
        wait_until(&format!("the page behind {selector}"), PATIENCE, async || {
            let arrived = "return window.pressedHere !== true && document.readyState === 'complete'";
            match self.client.execute(arrived, vec![]).await {
                Ok(Value::Bool(true)) => Ok(()),
                Ok(_) => Err("the page before it, or a part of it".to_owned()),
                // Between two pages there is none in which a script could run.
                Err(fault) => Err(fault.to_string()),
            }
        })
        .await;
    }

    /// Types into the first field that matches a CSS selector, in place of what it held.
    pub async fn fill(&self, selector: &str, text: &str) {
        wait_until(selector, PATIENCE, async || {
            let field = self.client.find(Locator::Css(selector)).await;
            let field = field.map_err(|fault| fault.to_string())?;
            unless_replaced(&format!("clearing {selector}"), field.clear().await)?;
            unless_replaced(&format!("typing into {selector}"), field.send_keys(text).await)
        })
        .await;
    }

    /// Presses and releases one key, where the focus is.
    pub async fn press(&self, key: Key) {
        let key = char::from(key);
        let keys = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        done("pressing a key", self.client.perform_actions(keys).await);
    }
}

/// An element that went, moved or was covered before anything happened to it can be looked for again.
fn unless_replaced(what: &str, result: Result<(), CmdError>) -> Result<(), String> {
    use ErrorStatus::{ElementClickIntercepted, ElementNotInteractable, StaleElementReference};
    match result {
        Err(CmdError::Standard(fault))
            if matches!(
                fault.error,
                StaleElementReference | ElementClickIntercepted | ElementNotInteractable
            ) =>
        {
            Err(format!("{what}: {fault}"))
        }
        result => {
            done(what, result);
            Ok(())
        }
    }
}
