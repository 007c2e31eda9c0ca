//! One value of a file, read as what it should be.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use toml::de::DeValue;

use super::written::{amount, length_of_time, spelled};
use super::{Document, Reader, kind_of, listed, nearest, whereabouts};
use crate::units::{Bytes, Seconds};

/// A value with its place in the file. Each getter consumes it and gives `None` after recording what is wrong.
#[derive(Debug)]
pub struct Value<'d> {
    pub(super) document: &'d Document<'d>,
    pub(super) value: &'d DeValue<'d>,
    pub(super) at: usize,
    pub(super) key: String,
    pub(super) place: String,
}

/// Where a value stands.
#[derive(Debug)]
pub struct Place<'d> {
    document: &'d Document<'d>,
    at: usize,
    name: String,
}

impl Place<'_> {
    /// Records that what stands here cannot stand, for reasons that only the caller knows.
    pub fn fault(&self, problem: &str, instead: &str) {
        self.document.record(
            self.at,
            format!("{}: {problem}", self.name),
            Some(instead.to_owned()),
        );
    }
}

impl<'d> Value<'d> {
    /// Text as it stands.
    #[must_use]
    pub fn text(self) -> Option<&'d str> {
        match self.value {
            DeValue::String(text) => Some(text),
            _ => self.wrong_kind("text in quotes"),
        }
    }

    /// Whether this is text that says nothing.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        matches!(self.value, DeValue::String(text) if text.trim().is_empty())
    }

    /// Whether this is a list, for keys that take one value or several.
    #[must_use]
    pub const fn is_list(&self) -> bool {
        matches!(self.value, DeValue::Array(_))
    }

    /// Whether this is exactly this word, for keys that take a word or something else.
    #[must_use]
    pub fn is_word(&self, word: &str) -> bool {
        matches!(self.value, DeValue::String(text) if text == word)
    }

    /// Text that a type knows how to check; the type's error says what it must be.
    #[must_use]
    pub fn parsed<T>(self) -> Option<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        let DeValue::String(text) = self.value else {
            return self.wrong_kind("text in quotes");
        };
        match text.parse() {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                self.document
                    .record(self.at, format!("{}: {error}", self.name()), None);
                None
            }
        }
    }

    /// One of a few words, each with what it stands for.
    #[must_use]
    pub fn word<T: Clone>(self, known: &[(&str, T)]) -> Option<T> {
        let words = || known.iter().map(|(word, _)| *word);
        let DeValue::String(given) = self.value else {
            return self.wrong_kind(&format!("one of {}", listed(words())));
        };
        if let Some((_, meaning)) = known.iter().find(|(word, _)| word == given) {
            return Some(meaning.clone());
        }
        let instead = nearest(given, words()).map_or_else(
            || format!("write one of {}", listed(words())),
            |near| format!("did you mean \"{near}\"? Known: {}", listed(words())),
        );
        self.instead(&instead)
    }

    /// A whole number within a range.
    #[must_use]
    pub fn integer<T>(self, range: RangeInclusive<T>) -> Option<T>
    where
        T: TryFrom<i64> + PartialOrd + Display,
    {
        let wanted = format!("a whole number from {} to {}", range.start(), range.end());
        let DeValue::Integer(integer) = self.value else {
            return self.wrong_kind(&wanted);
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix())
            .ok()
            .and_then(|number| T::try_from(number).ok())
            .filter(|number| range.contains(number));
        if number.is_none() {
            return self.instead(&format!("write {wanted}"));
        }
        number
    }

    /// A number with at most one digit after the point, such as 9.5, counted in tenths.
    #[must_use]
    pub fn tenths(self, range: RangeInclusive<u16>) -> Option<u16> {
        let spell = |tenths: u16| format!("{}.{}", tenths / 10, tenths % 10);
        let wanted = format!(
            "a number from {} to {}",
            spell(*range.start()),
            spell(*range.end())
        );
        let text = match self.value {
            DeValue::Integer(number) => number.to_string(),
            DeValue::Float(number) => number.as_str().to_owned(),
            _ => return self.wrong_kind(&wanted),
        };
        let (whole, tenth) = text.split_once('.').unwrap_or((&text, "0"));
        let tenths = if tenth.len() == 1 {
            whole
                .parse::<u16>()
                .ok()
                .zip(tenth.parse::<u16>().ok())
                .and_then(|(whole, tenth)| whole.checked_mul(10)?.checked_add(tenth))
                .filter(|tenths| range.contains(tenths))
        } else {
            None
        };
        if tenths.is_none() {
            return self.instead(&format!("write {wanted}, with one digit after the point"));
        }
        tenths
    }

    /// True or false.
    #[must_use]
    pub fn boolean(self) -> Option<bool> {
        match self.value {
            DeValue::Boolean(value) => Some(*value),
            _ => self.wrong_kind("true or false, without quotes"),
        }
    }

    /// A day: `2026-07-15`, with or without quotes.
    #[must_use]
    pub fn date(self) -> Option<jiff::civil::Date> {
        let text = match self.value {
            DeValue::Datetime(value) if value.time.is_none() => value.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => return self.wrong_kind("a day such as 2026-07-15"),
        };
        // Only YYYY-MM-DD: jiff reads more spellings than people should have to know.
        let plain = text.len() == 10 && text.is_ascii();
        match text.parse() {
            Ok(date) if plain => Some(date),
            _ => self.instead("write a day such as 2026-07-15"),
        }
    }

    /// A length of time within bounds, such as "90s", "5m", "12h", "14d" or "250ms".
    #[must_use]
    pub fn duration(self, range: RangeInclusive<Duration>) -> Option<Duration> {
        let wanted = format!(
            "a length of time from {} to {}, such as \"90s\", \"5m\", \"12h\" or \"14d\"",
            spelled(*range.start()),
            spelled(*range.end())
        );
        let DeValue::String(text) = self.value else {
            return self.wrong_kind(&wanted);
        };
        let duration = length_of_time(text).filter(|duration| range.contains(duration));
        if duration.is_none() {
            return self.instead(&format!("write {wanted}"));
        }
        duration
    }

    /// A length of time in whole seconds.
    #[must_use]
    pub fn seconds(self, range: RangeInclusive<Seconds>) -> Option<Seconds> {
        let (from, to) = range.into_inner();
        let range = Duration::from_secs(from.0)..=Duration::from_secs(to.0);
        self.duration(range).map(|duration| Seconds(duration.as_secs()))
    }

    /// An amount of memory or storage, such as "512 MB" or "4 GB" (1 GB being 1024 MB, as systems count).
    #[must_use]
    pub fn bytes(self) -> Option<Bytes> {
        let DeValue::String(text) = self.value else {
            return self.wrong_kind("an amount in quotes, such as \"512 MB\" or \"4 GB\"");
        };
        let amount = amount(text);
        if amount.is_none() {
            return self.instead("write an amount such as \"512 MB\" or \"4 GB\"");
        }
        amount
    }

    /// A table under this key: `[key]` or `key = { … }`.
    #[must_use]
    pub fn table(self) -> Option<Reader<'d>> {
        let DeValue::Table(table) = self.value else {
            return self.wrong_kind(&format!("a table: [{}]", self.key));
        };
        Some(Reader {
            document: self.document,
            table,
            at: self.at,
            place: nested(&self.place, &self.key, false),
            asked: BTreeSet::new(),
            missing: Vec::new(),
        })
    }

    /// The tables under this key: `[[key]]` or `key = [{ … }, { … }]`.
    #[must_use]
    pub fn tables(self) -> Vec<Reader<'d>> {
        let DeValue::Array(array) = self.value else {
            let _: Option<()> = self.wrong_kind(&format!("one or more tables: [[{}]]", self.key));
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(array.len());
        for item in array.iter() {
            if let DeValue::Table(table) = item.get_ref() {
                tables.push(Reader {
                    document: self.document,
                    table,
                    at: item.span().start,
                    place: nested(&self.place, &self.key, true),
                    asked: BTreeSet::new(),
                    missing: Vec::new(),
                });
            } else {
                let item = self.item(item);
                let _: Option<()> = item.wrong_kind(&format!("a table: [[{}]]", self.key));
            }
        }
        tables
    }

    /// A list of at most `most` values, each read by `read`; items that are wrong are left out after being told.
    #[must_use]
    pub fn list<T>(self, most: usize, mut read: impl FnMut(Value<'d>) -> Option<T>) -> Option<Vec<T>> {
        let DeValue::Array(array) = self.value else {
            return self.wrong_kind("a list in [ ]");
        };
        if array.len() > most {
            return self.instead(&format!("write at most {most} of them"));
        }
        Some(array.iter().filter_map(|item| read(self.item(item))).collect())
    }

    /// The place alone, to say later what is wrong with a value that a getter has consumed.
    #[must_use]
    pub fn place(&self) -> Place<'d> {
        Place {
            document: self.document,
            at: self.at,
            name: self.name(),
        }
    }

    /// Records that this value cannot stand, for reasons that only the caller knows.
    pub fn fault(&self, problem: &str, instead: &str) {
        self.document.record(
            self.at,
            format!("{}: {problem}", self.name()),
            Some(instead.to_owned()),
        );
    }

    fn item(&self, item: &'d toml::Spanned<DeValue<'d>>) -> Self {
        Self {
            document: self.document,
            value: item.get_ref(),
            at: item.span().start,
            key: self.key.clone(),
            place: self.place.clone(),
        }
    }

    /// `"min" in [[rule]]`.
    fn name(&self) -> String {
        format!("\"{}\" {}", self.key, whereabouts(&self.place))
    }

    fn wrong_kind<T>(&self, wanted: &str) -> Option<T> {
        self.document.record(
            self.at,
            format!("{} is {}", self.name(), kind_of(self.value)),
            Some(format!("write {wanted}")),
        );
        None
    }

    fn instead<T>(&self, instead: &str) -> Option<T> {
        let given = match self.value {
            DeValue::String(text) => format!("{:?}", text.chars().take(80).collect::<String>()),
            DeValue::Integer(number) => number.to_string().chars().take(80).collect(),
            DeValue::Float(number) => number.as_str().chars().take(80).collect(),
            DeValue::Datetime(value) => value.to_string(),
            DeValue::Array(array) => format!("a list of {}", array.len()),
            other => kind_of(other).to_owned(),
        };
        self.document.record(
            self.at,
            format!("{} is {given}", self.name()),
            Some(instead.to_owned()),
        );
        None
    }
}

/// `[rule]` + `on` is `[rule.on]`; `[[rule]]` keeps its double brackets only for itself.
fn nested(place: &str, key: &str, many: bool) -> String {
    let outer = place.trim_matches(['[', ']']);
    let path = if outer.is_empty() {
        key.to_owned()
    } else {
        format!("{outer}.{key}")
    };
    if many {
        format!("[[{path}]]")
    } else {
        format!("[{path}]")
    }
}
