//! Measures JSON before it is parsed: depth, length of lists, number of values.
//!
//! A parser that builds values spends memory on each of them; this one walks the bytes once and spends none. It does
//! not judge the grammar: what is not JSON is found by the parser behind it.

use roomready_shared::wire::v1::MAX_DEPTH;

use crate::limits::{MOST_JSON_ITEMS, MOST_JSON_VALUES};

/// A limit that a body breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::http) enum Beyond {
    #[error("the message nests deeper than {MAX_DEPTH} levels")]
    Depth,
    #[error("a list in the message has more than {MOST_JSON_ITEMS} items; send them in several messages")]
    Items,
    #[error("the message has more than {MOST_JSON_VALUES} values; send them in several messages")]
    Values,
}

/// Walks the text once.
pub(in crate::http) fn check(json: &[u8]) -> Result<(), Beyond> {
    // Commas seen in each open list or object.
    let mut items = [0_usize; MAX_DEPTH];
    let mut depth = 0;
    let mut values = 1_usize;
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => skip_string(&mut bytes),
            b'[' | b'{' => {
                let slot = items.get_mut(depth).ok_or(Beyond::Depth)?;
                *slot = 1;
                depth += 1;
                values += 1;
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => {
                values += 1;
                // A comma outside of everything is for the parser to refuse.
                if let Some(slot) = depth.checked_sub(1).and_then(|at| items.get_mut(at)) {
                    *slot += 1;
                    if *slot > MOST_JSON_ITEMS {
                        return Err(Beyond::Items);
                    }
                }
            }
            _ => {}
        }
        if values > MOST_JSON_VALUES {
            return Err(Beyond::Values);
        }
    }
    Ok(())
}

fn skip_string(bytes: &mut std::slice::Iter<'_, u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                bytes.next();
            }
            b'"' => return,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(depth: usize) -> String {
        format!("{}{}", "[".repeat(depth), "]".repeat(depth))
    }

    #[test]
    fn a_message_as_deep_as_allowed_passes_and_one_level_more_does_not() {
        assert_eq!(check(nested(MAX_DEPTH).as_bytes()), Ok(()));
        assert_eq!(check(nested(MAX_DEPTH + 1).as_bytes()), Err(Beyond::Depth));
        assert_eq!(check("[".repeat(1_000_000).as_bytes()), Err(Beyond::Depth));
    }

    #[test]
    fn a_list_as_long_as_allowed_passes_and_one_item_more_does_not() {
        let list = |length: usize| format!("{{\"news\":[{}]}}", vec!["0"; length].join(","));
        assert_eq!(check(list(MOST_JSON_ITEMS).as_bytes()), Ok(()));
        assert_eq!(check(list(MOST_JSON_ITEMS + 1).as_bytes()), Err(Beyond::Items));
    }

    #[test]
    fn many_short_lists_are_counted_together() {
        let row = format!("[{}]", vec!["0"; MOST_JSON_ITEMS].join(","));
        let rows = format!(
            "[{}]",
            vec![row.as_str(); MOST_JSON_VALUES / MOST_JSON_ITEMS + 1].join(",")
        );
        assert_eq!(check(rows.as_bytes()), Err(Beyond::Values));
    }

    #[test]
    fn brackets_and_commas_inside_texts_do_not_count() {
        let text = format!("\"{}\\\"{}\"", "[".repeat(100), ",".repeat(MOST_JSON_ITEMS + 1));
        assert_eq!(check(text.as_bytes()), Ok(()));
    }

    #[test]
    fn lists_beside_each_other_do_not_add_up() {
        assert_eq!(check(br#"[[1,2],[3,4],{"a":1,"b":[]}]"#), Ok(()));
    }
}
