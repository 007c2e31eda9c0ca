//! The table for a person: within 80 columns, worst first, each fix under what it mends.

use std::fmt::Write as _;

use roomready_shared::facts::Outcome;
use roomready_shared::verdict::{Demand, Finding, Readiness, Verdict};

use super::{CheckOutput, words};
use crate::layout::wrap;

pub use crate::layout::WIDTH;

const WORD: usize = 11;
const TITLE: usize = 22;
const TEXT: usize = WIDTH - WORD - TITLE;

/// Whether to colour words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// With the terminal's own colours.
    Colour,
    /// As plain text.
    Plain,
}

impl Paint {
    /// The escape codes count for nothing, so the padding follows them.
    fn word(self, word: &str, code: &str, width: usize) -> String {
        let pad = width.saturating_sub(word.len());
        match self {
            Self::Plain => format!("{word:width$}"),
            Self::Colour => format!("\u{1b}[{code}m{word}\u{1b}[0m{:pad$}", ""),
        }
    }
}

/// Draws the table.
#[must_use]
pub fn draw(output: &CheckOutput, paint: Paint) -> String {
    let mut page = String::new();
    head(&mut page, output, paint);
    for finding in &output.findings {
        row(&mut page, finding, paint);
    }
    if output.requirement.is_none() {
        for line in words::lines(&output.facts) {
            if let Outcome::Measured(text) = line.outcome {
                columns(&mut page, "  ", 2, &line.title, &[text]);
            }
        }
    }
    // What a requirement asks for has said so in its own row.
    let said = |why: &str| {
        output
            .findings
            .iter()
            .any(|finding| finding.measured.contains(why))
    };
    let unread: Vec<_> = output
        .unread
        .iter()
        .filter(|unread| !said(unread.why.as_str()))
        .collect();
    if !unread.is_empty() {
        page.push_str("\nNot read on this machine:\n");
        for unread in unread {
            columns(&mut page, "  ", 2, &unread.title, &[unread.why.to_string()]);
        }
    }
    page
}

fn head(page: &mut String, output: &CheckOutput, paint: Paint) {
    let verdict = paint.word(
        &output.readiness.to_string().to_uppercase(),
        colour(output.readiness),
        0,
    );
    let by = match &output.requirement {
        Some(requirement) => {
            let policy = requirement
                .policy
                .as_ref()
                .map_or_else(String::new, |policy| format!(" with {policy}"));
            format!("by {}{policy}", requirement.title)
        }
        None => "no requirements given; add --profile FILE to have this machine judged".into(),
    };
    page.push_str(&format!("This machine: {verdict}\n"));
    for line in wrap(&by, WIDTH) {
        page.push_str(&line);
        page.push('\n');
    }
    page.push('\n');
}

fn row(page: &mut String, finding: &Finding, paint: Paint) {
    let (word, code) = match (finding.verdict, finding.demand) {
        (Verdict::Pass, _) => ("ready", colour(Readiness::Ready)),
        (Verdict::Fail, Demand::Required) => ("not ready", colour(Readiness::NotReady)),
        (Verdict::Warn, _) | (Verdict::Fail, Demand::Shown) => ("attention", colour(Readiness::Attention)),
        (Verdict::Unknown, _) => ("unknown", colour(Readiness::Unknown)),
    };
    let mut texts = vec![finding.measured.clone()];
    if finding.verdict != Verdict::Pass {
        texts.push(format!("needed: {}", finding.required));
        if let Some(fix) = &finding.fix {
            let warning = if fix.erases_data { " (deletes data)" } else { "" };
            texts.push(format!("to do{warning}: {}", fix.text));
        }
    }
    let first = paint.word(word, code, WORD);
    columns(page, &first, WORD, finding.title.as_str(), &texts);
}

const fn colour(readiness: Readiness) -> &'static str {
    match readiness {
        Readiness::Ready => "32",
        Readiness::Attention => "33",
        Readiness::Unknown => "36",
        Readiness::NotReady => "31;1",
    }
}

/// One row: a first cell that looks `first_width` wide, a title and texts below each other, both wrapped.
fn columns(page: &mut String, first: &str, first_width: usize, title: &str, texts: &[String]) {
    let titles = wrap(title, TITLE - 1);
    let room = if first_width == WORD {
        TEXT
    } else {
        WIDTH - first_width - TITLE
    };
    let lines: Vec<String> = texts.iter().flat_map(|text| wrap(text, room)).collect();
    let blank = " ".repeat(first_width);
    for at in 0..titles.len().max(lines.len()) {
        let first = if at == 0 { first } else { &blank };
        let title = titles.get(at).map_or("", String::as_str);
        let text = lines.get(at).map_or("", String::as_str);
        let mut line = String::new();
        let _infallible = write!(line, "{first}{title:TITLE$}{text}");
        page.push_str(line.trim_end());
        page.push('\n');
    }
}

#[cfg(test)]
mod tests;
