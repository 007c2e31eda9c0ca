//! What-to-do texts and their approval. This page does not change by itself.

use askama::Template;

use super::{fragment::written, view::WhatToDoPage};

#[derive(Template)]
#[template(path = "what-to-do.html")]
struct Page<'a> {
    view: &'a WhatToDoPage,
}

/// The whole page.
#[must_use]
pub fn render(view: &WhatToDoPage) -> String {
    written(&Page { view })
}
