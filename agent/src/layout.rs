//! Pages of text for a terminal of 80 columns.

use std::fmt::Write as _;

/// Columns: what a terminal has that nobody has resized.
pub const WIDTH: usize = 80;

/// Breaks at spaces; a word longer than a line is cut.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![];
    let mut line = String::new();
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        if !line.is_empty() && line.chars().count() + 1 + word.len() > width {
            lines.push(std::mem::take(&mut line));
        }
        while word.len() > width {
            lines.push(word.drain(..width).collect());
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// A row of two columns below whatever stands before: title and texts, each wrapped.
pub fn row(page: &mut String, indent: usize, title_width: usize, title: &str, texts: &[String]) {
    let titles = wrap(title, title_width - 1);
    let room = WIDTH - indent - title_width;
    let lines: Vec<String> = texts.iter().flat_map(|text| wrap(text, room)).collect();
    for at in 0..titles.len().max(lines.len()) {
        let title = titles.get(at).map_or("", String::as_str);
        let text = lines.get(at).map_or("", String::as_str);
        let mut line = String::new();
        let _infallible = write!(line, "{:indent$}{title:title_width$}{text}", "");
        page.push_str(line.trim_end());
        page.push('\n');
    }
}

/// A paragraph.
pub fn paragraph(page: &mut String, text: &str) {
    for line in wrap(text, WIDTH) {
        page.push_str(&line);
        page.push('\n');
    }
}
