//! A strict reader for the files that people write: profiles, policies, settings of agent and collector.
//!
//! It tells every fault at once, each with its line and what to write instead, so that a file is put right in one
//! go. Getters give `None` for what is absent or wrong; wrong things are recorded on the side, so reading goes on.
//!
//! ```
//! use roomready_shared::strict::{Document, Faults, Reader};
//!
//! struct Settings { listen: std::net::SocketAddr, workers: u16 }
//!
//! fn read(root: &mut Reader<'_>) -> Option<Settings> {
//!     // Read every key first and give up only at the end: a `?` in between would hide the faults after it.
//!     let listen = root.required("listen", "\"127.0.0.1:8080\"").and_then(|v| v.parsed());
//!     let workers = root.optional("workers").and_then(|v| v.integer(1..=64)).unwrap_or(2);
//!     Some(Settings { listen: listen?, workers })
//! }
//!
//! fn settings(text: &str) -> Result<Settings, Faults> {
//!     let document = Document::parse("collector.toml", text)?;
//!     let mut root = document.root();
//!     let settings = read(&mut root);
//!     root.finish(); // whatever was not asked for by now is an unknown key
//!     document.finish(settings)
//! }
//!
//! assert!(settings("listen = '127.0.0.1:80'").is_ok());
//! let faults = settings("listn = '127.0.0.1:80'\nworkers = 65").err().expect("two mistakes");
//! assert_eq!(
//!     faults.to_string(),
//!     "collector.toml:1: unknown key \"listn\" at the top of the file; did you mean \"listen\"?\n\
//!      collector.toml:2: \"workers\" at the top of the file is 65; write a whole number from 1 to 64",
//! );
//! ```

mod faults;
#[cfg(test)]
mod tests;
mod value;
mod written;

use std::cell::RefCell;
use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub use faults::{Fault, Faults, MAX_FAULTS};
pub use value::{Place, Value};

/// Largest file: the longest profile stays under 64 KB, so a larger file is the wrong file.
pub const MAX_FILE_BYTES: usize = 256 * 1024;

/// A file whose TOML is sound, with the faults found in it so far.
#[derive(Debug)]
pub struct Document<'t> {
    file: String,
    text: &'t str,
    root: Spanned<DeTable<'t>>,
    faults: RefCell<Vec<Fault>>,
}

impl<'t> Document<'t> {
    /// Parses the text of a file. `file` is only for messages.
    ///
    /// # Errors
    /// When the file is too large or is not TOML; every place that is not TOML is told. What the rest means is not
    /// guessed at in that case.
    pub fn parse(file: &str, text: &'t str) -> Result<Self, Faults> {
        if text.len() > MAX_FILE_BYTES {
            let fault = Fault {
                file: file.to_owned(),
                line: 1,
                column: 1,
                problem: format!("the file has {} bytes", text.len()),
                instead: Some(format!("keep it under {MAX_FILE_BYTES} bytes")),
            };
            return Err(Faults::of(vec![fault]));
        }
        let (root, errors) = DeTable::parse_recoverable(text);
        let document = Self {
            file: file.to_owned(),
            text,
            root,
            faults: RefCell::default(),
        };
        if errors.is_empty() {
            return Ok(document);
        }
        let mut last_line = 0;
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            // The first one of a line is the cause, what follows on the same line comes from it.
            let (line, _) = document.line_and_column(at);
            if line != last_line {
                document.record(at, format!("this is not TOML: {}", error.message()), None);
            }
            last_line = line;
        }
        Err(Faults::of(document.faults.into_inner()))
    }

    /// The table at the top of the file.
    #[must_use]
    pub fn root(&self) -> Reader<'_> {
        Reader {
            document: self,
            table: self.root.get_ref(),
            at: 0,
            place: String::new(),
            asked: BTreeSet::new(),
            missing: Vec::new(),
        }
    }

    /// Hands out what was read, if nothing was wrong with the file.
    ///
    /// # Errors
    /// Every fault recorded, in the order of the file's lines.
    pub fn finish<T>(self, read: Option<T>) -> Result<T, Faults> {
        match read {
            Some(value) if self.faults.borrow().is_empty() => Ok(value),
            _ => {
                if self.faults.borrow().is_empty() {
                    self.record(0, "the file does not say enough to be used".to_owned(), None);
                }
                Err(Faults::of(self.faults.into_inner()))
            }
        }
    }

    fn record(&self, at: usize, problem: String, instead: Option<String>) {
        let (line, column) = self.line_and_column(at);
        self.faults.borrow_mut().push(Fault {
            file: self.file.clone(),
            line,
            column,
            problem,
            instead,
        });
    }

    fn line_and_column(&self, at: usize) -> (usize, usize) {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &self.text[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (
            before.matches('\n').count() + 1,
            before[line_start..].chars().count() + 1,
        )
    }
}

/// One table being read. It remembers which keys were asked for; what is left over at the end is unknown.
#[derive(Debug)]
pub struct Reader<'d> {
    document: &'d Document<'d>,
    table: &'d DeTable<'d>,
    at: usize,
    /// Dotted way to this table; empty at the top of the file.
    place: String,
    asked: BTreeSet<String>,
    /// Required keys that are not there, with what to add; told at the end, because a misspelt one is told
    /// as unknown and not a second time as missing.
    missing: Vec<(String, String)>,
}

impl<'d> Reader<'d> {
    /// The value of a key that may be absent.
    pub fn optional(&mut self, key: &str) -> Option<Value<'d>> {
        self.asked.insert(key.to_owned());
        let (name, value) = self.table.get_key_value(key)?;
        Some(Value {
            document: self.document,
            value: value.get_ref(),
            // A table of its own ([x]) has its header as its place, any other value the value itself.
            at: if value.get_ref().is_table() {
                name.span().start
            } else {
                value.span().start
            },
            key: key.to_owned(),
            place: self.place.clone(),
        })
    }

    /// The value of a key that must be there. `example` is a value as it would stand in the file; it is told
    /// when the key is missing.
    pub fn required(&mut self, key: &str, example: &str) -> Option<Value<'d>> {
        let found = self.optional(key);
        if found.is_none() {
            self.missing
                .push((key.to_owned(), format!("add {key} = {example}")));
        }
        found
    }

    /// The table `[key]`, which must be there.
    pub fn required_table(&mut self, key: &str) -> Option<Reader<'d>> {
        let found = self.optional(key);
        if found.is_none() {
            self.missing
                .push((key.to_owned(), format!("add a table [{key}]")));
        }
        found.and_then(Value::table)
    }

    /// The tables of `[[key]]`; none when there is no such key.
    pub fn tables(&mut self, key: &str) -> Vec<Reader<'d>> {
        self.optional(key).map(Value::tables).unwrap_or_default()
    }

    /// Every key of this table, in the order of the file, for tables whose keys are names of the writer's choice.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let mut keys: Vec<_> = self
            .table
            .keys()
            .map(|key| (key.span().start, key.get_ref().to_string()))
            .collect();
        keys.sort();
        keys.into_iter().map(|(_, key)| key).collect()
    }

    /// Whether the key is there, without asking for it.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Records something wrong with this table as a whole: the problem, and what to write instead.
    pub fn fault(&self, problem: &str, instead: &str) {
        self.document
            .record(self.at, problem.to_owned(), Some(instead.to_owned()));
    }

    /// Records something wrong with one key's value that shows only beside others; with the table when the key is
    /// not there.
    pub fn fault_at(&self, key: &str, problem: &str, instead: &str) {
        let at = self
            .table
            .get_key_value(key)
            .map_or(self.at, |(name, _)| name.span().start);
        self.document
            .record(at, problem.to_owned(), Some(instead.to_owned()));
    }

    /// `in [[rule]]` or `at the top of the file`, for sentences about this table.
    #[must_use]
    pub fn whereabouts(&self) -> String {
        whereabouts(&self.place)
    }

    /// Ends the reading of this table: each key that was never asked for is unknown, each required one that was
    /// not there is missing. Dropping the reader does the same, so that it cannot be forgotten.
    pub fn finish(self) {}

    /// Ends the reading of a table that could not be made sense of: none of its keys is told.
    pub fn leave_unread(mut self) {
        self.asked = self.keys().into_iter().collect();
        self.missing.clear();
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let known = || self.asked.iter().map(String::as_str);
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if self.asked.contains(name) {
                continue;
            }
            let meant = nearest(name, known().filter(|known| !self.table.contains_key(*known)));
            self.missing
                .retain(|(missing, _)| Some(missing.as_str()) != meant);
            let instead = meant.or_else(|| nearest(name, known())).map_or_else(
                || format!("known here: {}", listed(known())),
                |near| format!("did you mean \"{near}\"?"),
            );
            self.document.record(
                key.span().start,
                format!("unknown key \"{name}\" {}", self.whereabouts()),
                Some(instead),
            );
        }
        for (key, instead) in &self.missing {
            self.fault(&format!("\"{key}\" is missing {}", self.whereabouts()), instead);
        }
    }
}

fn whereabouts(place: &str) -> String {
    if place.is_empty() {
        "at the top of the file".to_owned()
    } else {
        format!("in {place}")
    }
}

/// "a, b, c", or a word that says there is nothing.
fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<_> = words.collect();
    if all.is_empty() {
        "nothing".to_owned()
    } else {
        all.join(", ")
    }
}

/// The known word that a misspelt one most likely means; none when nothing is near.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Long words are cut before they are compared: the comparison takes time by the product of both lengths.
    let word: String = word.chars().take(64).collect();
    known
        .into_iter()
        .map(|candidate| {
            (
                strsim::jaro_winkler(&word.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(likeness, _)| *likeness >= 0.75)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// How a kind of value is called in messages.
fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
