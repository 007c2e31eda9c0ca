//! `doctor` for a person and for a program.

use serde::Serialize;

use super::{Group, Item, SCHEMA, State, exit_code, worth_a_look};
use crate::layout::{paragraph, row};

const MARK: usize = 6;
const TITLE: usize = 22;

/// What `doctor --json` prints.
#[derive(Debug, Serialize)]
pub struct Output<'a> {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// Version of the agent that looked.
    pub agent_version: &'static str,
    /// The status that the command leaves with.
    pub exit_code: u8,
    /// How many things somebody can do something about.
    pub worth_a_look: usize,
    /// Everything looked at.
    pub items: &'a [Item],
}

/// For a program.
#[must_use]
pub fn output(items: &[Item]) -> Output<'_> {
    Output {
        schema: SCHEMA,
        agent_version: crate::VERSION,
        exit_code: exit_code(items),
        worth_a_look: worth_a_look(items),
        items,
    }
}

/// For a person: first what can be mended, then everything.
#[must_use]
pub fn draw(items: &[Item], administrator: bool) -> String {
    let mut page = String::new();
    let headline = match worth_a_look(items) {
        0 => "all well".to_owned(),
        1 => "1 thing worth a look".into(),
        many => format!("{many} things worth a look"),
    };
    paragraph(&mut page, &format!("RoomReady doctor: {headline}"));
    if administrator {
        paragraph(
            &mut page,
            "Read as an administrator; the service's own account may read less.",
        );
    }
    for (group, title) in [
        (Group::Agent, "The agent itself"),
        (Group::Device, "What it reads of this device"),
        (Group::Network, "What it reads of the network"),
    ] {
        page.push_str(&format!("\n{title}\n"));
        for item in items.iter().filter(|item| item.group == group) {
            one(&mut page, item);
        }
    }
    page.push_str("\nLOOK: somebody can do something about it. -: not to be had here.\n");
    page
}

fn one(page: &mut String, item: &Item) {
    let mark = match item.state {
        State::Well => "ok",
        State::Look => "LOOK",
        State::NotHere => "-",
    };
    let mut texts = vec![item.seen.clone()];
    if let Some(help) = &item.help {
        texts.push(format!("what helps: {help}"));
    }
    let mut rows = String::new();
    row(&mut rows, MARK, TITLE, &item.what, &texts);
    // The first line begins with blanks that the mark takes the place of.
    page.push_str(&format!("{mark:MARK$}{}", rows.get(MARK..).unwrap_or_default()));
}
