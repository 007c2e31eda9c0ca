//! The commonest passwords, in a form that finds their usual disguises too.
//!
//! With a least length of twelve, "password" itself is refused for its length; what people write then is
//! "Password2026!" or "passwordpassword". So the list holds the words, and a password counts as one of them when
//! nothing but that word, or that word again and again, is left after digits and signs around it are taken away. The
//! usual stand-ins for letters (`@`, `0`, `3`, `$`) count as those letters. Which words: those that every published
//! count of leaked passwords has near its top, and those of a school.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// One word a line; lines with `#` are remarks.
const LIST: &str = include_str!("common.txt");

static WORDS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    LIST.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
});

/// Whether a guesser would try this among his first thousands.
pub(super) fn is_common(text: &str) -> bool {
    let lower = text.to_lowercase();
    let compact: String = lower.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = undisguised(&compact);
    [compact.as_str(), plain.as_str()]
        .into_iter()
        .any(|form| is_listed(form) || is_listed(core(form)) || is_run(form))
        // Digits first, then stand-ins: in "p4ssword2026" the year is no letter.
        || is_listed(&undisguised(core(&compact)))
}

fn is_listed(form: &str) -> bool {
    let repeated = || {
        let longest = form.len() / 2;
        (1..=longest)
            .filter(|length| form.len().is_multiple_of(*length) && form.is_char_boundary(*length))
            .any(|length| {
                is_repeated(form, &form[..length]) && (length < 5 || WORDS.contains(&form[..length]))
            })
    };
    !form.is_empty() && (WORDS.contains(form) || repeated() || is_two_words(form))
}

/// Two listed words in a row, as "iloveyouprincess".
fn is_two_words(form: &str) -> bool {
    form.char_indices()
        .skip(1)
        .any(|(at, _)| WORDS.contains(&form[..at]) && WORDS.contains(&form[at..]))
}

/// Whether a text is this unit, at least twice.
pub(super) fn is_repeated(text: &str, unit: &str) -> bool {
    !unit.is_empty()
        && text.len() > unit.len()
        && text.len().is_multiple_of(unit.len())
        && text
            .as_bytes()
            .chunks(unit.len())
            .all(|part| part == unit.as_bytes())
}

/// Without digits and signs at both ends.
fn core(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphabetic())
}

/// Whether each character follows from the one before it: "123456789012", "abcdefghijklm", "zyxwvu…".
fn is_run(text: &str) -> bool {
    let steps: BTreeSet<i64> = text
        .chars()
        .zip(text.chars().skip(1))
        .map(|(one, next)| match (one, next) {
            ('9', '0') => 1,
            ('0', '9') => -1,
            _ => i64::from(u32::from(next)) - i64::from(u32::from(one)),
        })
        .collect();
    steps.len() == 1 && steps.iter().all(|step| (-1..=1).contains(step))
}

fn undisguised(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '@' | '4' => 'a',
            '3' => 'e',
            '1' | '!' => 'i',
            '0' => 'o',
            '$' | '5' => 's',
            '7' => 't',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_a_few_hundred_words_in_lower_case() {
        assert!((300..1_000).contains(&WORDS.len()), "{}", WORDS.len());
        for word in WORDS.iter() {
            assert_eq!(*word, word.to_lowercase().trim(), "{word}");
        }
    }
}
