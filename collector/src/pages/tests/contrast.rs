//! Every promised pair of colours is computed from the style sheet, in both themes.

use std::collections::{BTreeMap, BTreeSet};

const TOKENS: &str = include_str!("../../../assets/tokens.css");

/// A promise of the style sheet: this colour on that one, at least so much contrast.
struct Pair<'a> {
    front: &'a str,
    back: &'a str,
    at_least: f64,
}

fn pairs() -> Vec<Pair<'static>> {
    let promised = TOKENS
        .lines()
        .filter_map(|line| line.trim_start_matches(['/', '*', ' ']).strip_prefix("pair: "));
    promised
        .map(|pair| {
            let parts: Vec<_> = pair.trim_end_matches("*/").split_whitespace().collect();
            let [front, "on", back, at_least] = parts[..] else {
                panic!("cannot read the pair {pair:?}")
            };
            Pair {
                front,
                back,
                at_least: at_least.parse().unwrap(),
            }
        })
        .collect()
}

/// Colour tokens of the light theme, and the same with the dark ones laid over.
fn themes() -> [(&'static str, BTreeMap<&'static str, &'static str>); 2] {
    let (light, dark) = TOKENS
        .split_once("@media screen and (prefers-color-scheme: dark)")
        .unwrap();
    let light = colours(light);
    let mut over = light.clone();
    over.extend(colours(dark));
    [("light", light), ("dark", over)]
}

fn colours(css: &'static str) -> BTreeMap<&'static str, &'static str> {
    css.lines()
        .filter_map(|line| {
            line.trim()
                .strip_prefix("--")?
                .strip_suffix(';')?
                .split_once(": #")
        })
        .collect()
}

/// Relative luminance as WCAG 2.1 defines it.
fn luminance(hex: &str) -> f64 {
    let channel = |place: usize| {
        let value = f64::from(u8::from_str_radix(&hex[place..place + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn contrast_is_computed_as_wcag_says() {
    assert!((contrast("000000", "ffffff") - 21.0).abs() < 0.001);
    assert!((contrast("767676", "ffffff") - 4.54).abs() < 0.01);
}

#[test]
fn every_pair_keeps_its_promise_in_both_themes() {
    for (theme, colours) in themes() {
        for Pair {
            front,
            back,
            at_least,
        } in pairs()
        {
            let ratio = contrast(colours[front], colours[back]);
            assert!(
                ratio >= at_least,
                "{theme}: {front} on {back} is {ratio:.2}, promised {at_least}"
            );
        }
    }
}

#[test]
fn no_colour_is_without_a_promise_and_both_themes_name_the_same() {
    let (light, dark) = TOKENS
        .split_once("@media screen and (prefers-color-scheme: dark)")
        .unwrap();
    let names = |css| colours(css).into_keys().collect::<BTreeSet<_>>();
    assert_eq!(names(light), names(dark), "a colour exists in one theme only");
    let promised: BTreeSet<_> = pairs()
        .into_iter()
        .flat_map(|pair| [pair.front, pair.back])
        .collect();
    assert_eq!(names(light), promised);
}

#[test]
fn no_colour_hides_outside_the_tokens() {
    for sheet in [
        include_str!("../../../assets/base.css"),
        include_str!("../../../assets/components.css"),
        include_str!("../../../assets/board.css"),
        include_str!("../../../assets/forms.css"),
        include_str!("../../../assets/people.css"),
    ] {
        let stray: Vec<_> = sheet
            .lines()
            .filter(|line| line.contains(": #") || line.contains("rgb("))
            .collect();
        assert!(stray.is_empty(), "colours belong into tokens.css: {stray:?}");
    }
}

#[test]
fn there_are_four_sizes_of_text() {
    let sizes = TOKENS
        .lines()
        .filter(|line| line.contains("rem;") && !line.contains("--step"))
        .count();
    assert_eq!(sizes, 4);
    let css = crate::pages::assets::STYLE.body;
    let own: Vec<_> = css
        .lines()
        .filter(|line| line.trim().starts_with("font-size:") && !line.contains("var(--"))
        .collect();
    assert!(own.is_empty(), "sizes of text belong into tokens.css: {own:?}");
}
