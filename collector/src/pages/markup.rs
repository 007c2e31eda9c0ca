//! Small pieces of HTML that appear inside many templates. All their text is escaped or our own.

use askama::filters::{Html, escape};

use super::{
    time::LocalTime,
    view::{Standing, Tone, tally::Piece},
};

impl Standing {
    /// The drawn shape; the word always stands beside it, so it is silent for screen readers.
    pub(super) fn shape(self) -> String {
        format!(
            r##"<svg class="shape" aria-hidden="true" focusable="false"><use href="#shape-{}"/></svg>"##,
            self.slug()
        )
    }

    /// The word after a number: `2 lost`, `26 not watched`.
    pub(super) fn word_in_a_sentence(self) -> String {
        self.word().to_lowercase()
    }
}

impl LocalTime {
    /// The exact time with its age beside it; the age is kept fresh on an open page.
    pub(super) fn html(&self) -> String {
        format!(
            r#"<time datetime="{}">{} <span class="age" data-age>{}</span></time>"#,
            escaped(&self.iso),
            escaped(&self.exact),
            escaped(&self.age)
        )
    }

    /// The same inside a log that is read aloud: the ticking age is left to the eyes, the exact time is enough for the ears.
    pub(super) fn html_silent(&self) -> String {
        self.html()
            .replace("<span class=\"age\"", "<span class=\"age\" aria-hidden=\"true\"")
    }
}

impl Piece {
    /// Louder pieces are taller, so that the bar reads without colour too. The bar is 16 units high.
    pub(super) fn height(&self) -> usize {
        match self.tone {
            Tone::Urgent => 16,
            Tone::Caution => 12,
            Tone::Fine => 6,
            Tone::Quiet => 3,
        }
    }

    /// Where it starts from the top.
    pub(super) fn top(&self) -> usize {
        16 - self.height()
    }
}

fn escaped(text: &str) -> String {
    escape(text, Html).map_or_else(|never| match never {}, |safe| safe.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_escaped_like_all_other_text() {
        let time = LocalTime {
            exact: "<b>".into(),
            iso: "\"".into(),
            age: "&".into(),
        };
        let html = time.html();
        assert!(!html.contains("<b>") && !html.contains("\"\"\""), "{html}");
    }
}
