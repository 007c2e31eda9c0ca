//! One live element of a page.

use askama::Template;
use serde::Serialize;

/// An element to swap by id on every open page that shows it. Serialized, it is one item of a message's `changes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fragment {
    /// Id of the element.
    pub id: String,
    /// The whole element; empty to take it away.
    pub html: String,
    /// The list it belongs to, so that a page that does not have it yet can take it in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<&'static str>,
}

impl Fragment {
    /// An element that is always on its page.
    pub(super) fn standing(id: &str, template: &impl Template) -> Self {
        Self {
            id: id.to_owned(),
            html: written(template),
            parent: None,
        }
    }

    /// An element of a list.
    pub(super) fn listed(id: String, parent: &'static str, template: &impl Template) -> Self {
        Self {
            id,
            html: written(template),
            parent: Some(parent),
        }
    }

    /// Takes an element away: a seat that is no longer in the room, a room that is no longer in the school.
    #[must_use]
    pub fn gone(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            html: String::new(),
            parent: None,
        }
    }
}

/// Renders into memory.
pub(super) fn written(template: &impl Template) -> String {
    let html = template
        .render()
        .expect("view models hold only text and numbers, and writing to memory does not fail");
    html.trim().to_owned()
}
