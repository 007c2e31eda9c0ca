//! The body of an entry: canonical JSON (RFC 8785) without floats, so that the same facts give the same bytes and
//! a signature over them can be checked by any program, years later.

use serde::Serialize;
use serde_json::{Map, Value};

/// Largest body in bytes. An incident with a whole room of members stays under 8 KB.
pub const MOST_BODY_BYTES: usize = 64 * 1024;

/// Whole numbers up to this size mean the same in every JSON reader (RFC 7493).
const LARGEST_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// A JSON object in its canonical text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Body(String);

/// Why something cannot be the body of an entry.
#[derive(Debug, thiserror::Error)]
pub enum NotCanonical {
    /// Its types do not map to JSON.
    #[error("the body of an entry cannot be written as JSON")]
    Unwritable(#[source] serde_json::Error),
    /// Not an object.
    #[error("the body of an entry must be a JSON object")]
    NotAnObject,
    /// A float somewhere, or a number that not every reader understands alike.
    #[error("the body of an entry may hold whole numbers up to 2^53 only, but {at} is {number}")]
    Number {
        /// Where.
        at: String,
        /// Which number.
        number: String,
    },
    /// Over the limit.
    #[error("the body of an entry may have {MOST_BODY_BYTES} bytes, but it has {0}")]
    TooLarge(usize),
}

impl Body {
    /// No further facts.
    #[must_use]
    pub fn empty() -> Self {
        Self("{}".to_owned())
    }

    /// # Errors
    /// When the value is not a JSON object of whole numbers, texts, booleans, lists and objects, or is too large.
    pub fn of<T: Serialize>(value: &T) -> Result<Self, NotCanonical> {
        let value = serde_json::to_value(value).map_err(NotCanonical::Unwritable)?;
        let Value::Object(_) = &value else {
            return Err(NotCanonical::NotAnObject);
        };
        check_numbers(&value, &mut String::from("it"))?;
        let text = canonical(&value)?;
        if text.len() > MOST_BODY_BYTES {
            return Err(NotCanonical::TooLarge(text.len()));
        }
        Ok(Self(text))
    }

    /// Fields whose values are texts, truths and small whole numbers: cannot fail.
    pub(in crate::domain) fn of_fields<const N: usize>(fields: [(&str, Value); N]) -> Self {
        debug_assert!(fields.iter().all(|(_, value)| value.is_string()
            || value.is_boolean()
            || value.as_u64().is_some_and(|n| n <= LARGEST_SAFE_INTEGER)));
        let map: Map<_, _> = fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        Self(
            canonical(&Value::Object(map))
                .expect("texts, truths and whole numbers are always canonical JSON"),
        )
    }

    /// A body that the record gave back; it was checked when it was written.
    pub(crate) fn kept(text: String) -> Self {
        Self(text)
    }

    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads it as what it was written from.
    ///
    /// # Errors
    /// When the text is not of that shape.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.0)
    }
}

fn canonical(value: &Value) -> Result<String, NotCanonical> {
    serde_json_canonicalizer::to_string(value).map_err(NotCanonical::Unwritable)
}

fn check_numbers(value: &Value, at: &mut String) -> Result<(), NotCanonical> {
    let mut deeper = |step: &str, value: &Value| {
        let length = at.len();
        at.push_str(step);
        let checked = check_numbers(value, at);
        at.truncate(length);
        checked
    };
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
        Value::Number(number) => {
            let safe = number.as_u64().is_some_and(|n| n <= LARGEST_SAFE_INTEGER)
                || number
                    .as_i64()
                    .is_some_and(|n| n.unsigned_abs() <= LARGEST_SAFE_INTEGER);
            if safe {
                Ok(())
            } else {
                Err(NotCanonical::Number {
                    at: at.clone(),
                    number: number.to_string(),
                })
            }
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| deeper(&format!("[{index}]"), item)),
        Value::Object(fields) => fields
            .iter()
            .try_for_each(|(name, field)| deeper(&format!(".{name}"), field)),
    }
}
