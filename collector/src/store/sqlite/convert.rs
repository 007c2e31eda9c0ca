//! Between the words of the school and the columns of the database. Reading checks again: a value that was never
//! written there is damage, and is named.

use std::str::FromStr;

use jiff::Timestamp;
use roomready_shared::units::ShortText;
use rusqlite::Row;
use rusqlite::types::Type;
use uuid::Uuid;

use super::fault::Fault;
use crate::domain::event_time::{Basis, EventTime};
use crate::secret::SecretHash;

/// Microseconds since 1970, which hold every time that jiff knows.
pub(super) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// A whole number for a column. Callers check their numbers against [`crate::store::LARGEST_SEQ`] or count in `u32`,
/// so nothing is ever cut here.
pub(super) fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Reads columns by their place, with a name for what is wrong.
pub(super) struct Columns<'r, 's> {
    row: &'r Row<'s>,
    /// What the row is: "a device".
    what: &'static str,
}

impl<'r, 's> Columns<'r, 's> {
    pub(super) fn of(what: &'static str, row: &'r Row<'s>) -> Self {
        Self { row, what }
    }

    fn fault<E>(&self, at: usize) -> impl FnOnce(E) -> Fault + use<E>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        Fault::damaged(format!("column {at} of {} cannot be read", self.what))
    }

    fn plain<T: rusqlite::types::FromSql>(&self, at: usize) -> Result<T, Fault> {
        self.row.get(at).map_err(|error| match error {
            rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..) => self.fault(at)(error),
            other => Fault::Sql(other),
        })
    }

    /// Whether there is nothing.
    pub(super) fn is_null(&self, at: usize) -> Result<bool, Fault> {
        Ok(self.row.get_ref(at)?.data_type() == Type::Null)
    }

    /// Text.
    pub(super) fn text(&self, at: usize) -> Result<String, Fault> {
        self.plain(at)
    }

    /// A short text, or nothing.
    pub(super) fn optional_short_text(&self, at: usize) -> Result<Option<ShortText>, Fault> {
        if self.is_null(at)? {
            return Ok(None);
        }
        ShortText::try_from(self.text(at)?)
            .map(Some)
            .map_err(self.fault(at))
    }

    /// Text that is parsed.
    pub(super) fn parsed<T>(&self, at: usize) -> Result<T, Fault>
    where
        T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
    {
        // Borrowed: a list of 45,000 devices would otherwise copy each text twice.
        let text = self.row.get_ref(at)?.as_str().map_err(self.fault(at))?;
        text.parse().map_err(self.fault(at))
    }

    /// JSON.
    pub(super) fn json<T: serde::de::DeserializeOwned>(&self, at: usize) -> Result<T, Fault> {
        let text = self.row.get_ref(at)?.as_str().map_err(self.fault(at))?;
        serde_json::from_str(text).map_err(self.fault(at))
    }

    /// A whole number that is not negative.
    pub(super) fn number(&self, at: usize) -> Result<u64, Fault> {
        let number: i64 = self.plain(at)?;
        u64::try_from(number).map_err(self.fault(at))
    }

    /// A small one.
    pub(super) fn small_number(&self, at: usize) -> Result<u32, Fault> {
        self.plain(at)
    }

    /// A time in microseconds.
    pub(super) fn time(&self, at: usize) -> Result<Timestamp, Fault> {
        Timestamp::from_microsecond(self.plain(at)?).map_err(self.fault(at))
    }

    /// A time in microseconds, or none.
    pub(super) fn optional_time(&self, at: usize) -> Result<Option<Timestamp>, Fault> {
        if self.is_null(at)? {
            return Ok(None);
        }
        self.time(at).map(Some)
    }

    /// A time in milliseconds.
    pub(super) fn time_in_milliseconds(&self, at: usize) -> Result<Timestamp, Fault> {
        Timestamp::from_millisecond(self.plain(at)?).map_err(self.fault(at))
    }

    /// The time of an event, in three columns.
    pub(super) fn event_time(&self, at: usize) -> Result<EventTime, Fault> {
        let word = self.text(at + 2)?;
        let basis = Basis::from_word(&word).ok_or_else(|| Fault::Damaged {
            what: format!("{word:?} is no way to know a time"),
            source: None,
        })?;
        Ok(EventTime {
            at: self.time(at)?,
            plus_minus_ms: self.number(at + 1)?,
            basis,
        })
    }

    /// Bytes.
    pub(super) fn bytes(&self, at: usize) -> Result<Vec<u8>, Fault> {
        self.plain(at)
    }

    /// A UUID.
    pub(super) fn uuid(&self, at: usize) -> Result<Uuid, Fault> {
        self.plain(at).map(Uuid::from_bytes)
    }

    /// A hash.
    pub(super) fn hash(&self, at: usize) -> Result<SecretHash, Fault> {
        self.plain(at).map(SecretHash::from_bytes)
    }
}
