//! axe-core in the page: what keeps a reader with a disability from reading it.

use std::fmt::{self, Display};
use std::sync::atomic::Ordering;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Browser, Motion, Theme};
use crate::tools::axe_script;

/// The widths that the product promises, in CSS pixels: a phone (or 400 % zoom), a tablet, a teacher's computer.
pub const WIDTHS: [u32; 3] = [320, 768, 1280];

/// Which of axe's rules apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    /// WCAG 2.1 A and AA: what the product promises.
    Wcag21Aa,
    /// The same, and what axe calls best practice.
    WithBestPractice,
}

impl Rules {
    fn tags(self) -> &'static [&'static str] {
        match self {
            Rules::Wcag21Aa => &["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
            Rules::WithBestPractice => &["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
        }
    }
}

/// One rule broken, and where.
#[derive(Debug, Clone, Deserialize)]
pub struct Violation {
    /// axe's name of the rule.
    #[serde(rename = "id")]
    pub rule: String,
    /// minor, moderate, serious or critical.
    pub impact: Option<String>,
    /// What the rule asks for.
    pub help: String,
    /// Every element that breaks it.
    pub nodes: Vec<Offender>,
}

/// An element that breaks a rule.
#[derive(Debug, Clone, Deserialize)]
pub struct Offender {
    /// CSS selectors that lead to it.
    pub target: Vec<Value>,
    /// What to change, in axe's words.
    #[serde(rename = "failureSummary", default)]
    pub summary: String,
}

impl Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({}): {}",
            self.rule,
            self.impact.as_deref().unwrap_or("no impact given"),
            self.help
        )?;
        for offender in &self.nodes {
            let place: Vec<String> = offender.target.iter().map(ToString::to_string).collect();
            write!(
                f,
                "\n      {}: {}",
                place.join(" "),
                offender.summary.replace('\n', " ")
            )?;
        }
        Ok(())
    }
}

impl Browser {
    /// What axe finds wrong with the page as it stands now.
    ///
    /// # Panics
    ///
    /// When axe cannot run in the page.
    pub async fn violations(&self, rules: Rules) -> Vec<Violation> {
        // axe needs promises. A page that loaded without scripts stays as it is when they are let in again:
        // its own were passed over for good.
        let scripts_off = self.scripts_off.load(Ordering::Relaxed);
        if scripts_off {
            self.set_javascript(true).await;
        }
        if self.evaluate("return typeof window.axe", vec![]).await != "object" {
            self.evaluate(&axe_script(), vec![]).await;
        }
        let found = self
            .evaluate(include_str!("axe.js"), vec![json!(rules.tags())])
            .await;
        if scripts_off {
            self.set_javascript(false).await;
        }
        serde_json::from_value(found).expect("axe reports its findings in the form of its documentation")
    }

    /// Walks one address through every promised width, light and dark.
    ///
    /// # Panics
    ///
    /// When axe finds anything, or when the page scrolls sideways; the panic lists every finding of the walk.
    pub async fn assert_accessible_everywhere(&self, url: &str) {
        let mut faults = Vec::new();
        for theme in [Theme::Light, Theme::Dark] {
            self.set_appearance(theme, Motion::Any).await;
            for width in WIDTHS {
                self.set_viewport(width, 800).await;
                self.open(url).await;
                let place = format!("{width} px, {theme:?}");
                faults.extend(
                    self.sideways_scroll()
                        .await
                        .map(|by| format!("{place}: scrolls sideways, {by}")),
                );
                let found = self.violations(Rules::Wcag21Aa).await;
                faults.extend(found.iter().map(|violation| format!("{place}: {violation}")));
            }
        }
        self.set_viewport(1280, 800).await;
        self.set_appearance(Theme::Light, Motion::Any).await;
        assert!(
            faults.is_empty(),
            "{url} is not accessible:\n  {}",
            faults.join("\n  ")
        );
    }
}
