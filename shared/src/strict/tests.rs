use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::ids::RuleId;
use crate::units::{Bytes, Seconds};

fn told(text: &str, read: impl FnOnce(&mut Reader<'_>)) -> Vec<String> {
    let document = Document::parse("x.toml", text).expect("sound TOML");
    let mut root = document.root();
    read(&mut root);
    root.finish();
    match document.finish(Some(())) {
        Ok(()) => Vec::new(),
        Err(faults) => faults.told().iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn a_misspelt_key_is_refused_with_the_nearest_known_one() {
    let faults = told("[[rule]]\nid = 'os'\n\ntilte = 'Windows version'\n", |root| {
        for mut rule in root.tables("rule") {
            let _ = rule.optional("title");
            let _ = rule.optional("id").and_then(Value::parsed::<RuleId>);
            rule.finish();
        }
    });
    assert_eq!(
        faults,
        ["x.toml:4: unknown key \"tilte\" in [[rule]]; did you mean \"title\"?"]
    );
}

#[test]
fn a_key_that_resembles_nothing_is_refused_with_what_is_known() {
    let faults = told("zzz = 1", |root| {
        let _ = root.optional("listen");
        let _ = root.optional("data");
    });
    assert_eq!(
        faults,
        ["x.toml:1: unknown key \"zzz\" at the top of the file; known here: data, listen"]
    );
}

#[test]
fn every_fault_is_told_at_once_each_on_its_line() {
    let text = "id = 'Not An Id'\nworkers = 0\nquiet = 'yes'\nday = '15.7.2026'\nkeep = '14 weeks'\nmode = 'wanr'\n\
                ram = '4 Gigs'\nlist = [1, 'x', 3]\n[inner]\ndeep = 1.5\n";
    let faults = told(text, |root| {
        let _ = root.optional("id").and_then(Value::parsed::<RuleId>);
        let _ = root.optional("workers").and_then(|v| v.integer(1_u8..=64));
        let _ = root.optional("quiet").and_then(Value::boolean);
        let _ = root.optional("day").and_then(Value::date);
        let _ = root
            .optional("keep")
            .and_then(|v| v.seconds(Seconds(1)..=Seconds::from_days(30)));
        let _ = root
            .optional("mode")
            .and_then(|v| v.word(&[("warn", 1), ("fail", 2)]));
        let _ = root.optional("ram").and_then(Value::bytes);
        let list = root
            .optional("list")
            .and_then(|v| v.list(5, |item| item.integer(1_u8..=9)));
        assert_eq!(list, Some(vec![1, 3]));
        let _ = root.required("name", "\"Lincoln\"");
        let mut inner = root.optional("inner").and_then(Value::table).expect("a table");
        let _ = inner.optional("deep").and_then(Value::text);
        inner.finish();
    });
    assert_eq!(
        faults,
        [
            "x.toml:1: \"name\" is missing at the top of the file; add name = \"Lincoln\"",
            "x.toml:1: \"id\" at the top of the file: a rule id must be 1 to 64 lower-case letters, digits, dots or \
             hyphens, beginning and ending with a letter or digit, but it is \"Not An Id\"",
            "x.toml:2: \"workers\" at the top of the file is 0; write a whole number from 1 to 64",
            "x.toml:3: \"quiet\" at the top of the file is text; write true or false, without quotes",
            "x.toml:4: \"day\" at the top of the file is \"15.7.2026\"; write a day such as 2026-07-15",
            "x.toml:5: \"keep\" at the top of the file is \"14 weeks\"; write a length of time from 1s to 30d, such \
             as \"90s\", \"5m\", \"12h\" or \"14d\"",
            "x.toml:6: \"mode\" at the top of the file is \"wanr\"; did you mean \"warn\"? Known: warn, fail",
            "x.toml:7: \"ram\" at the top of the file is \"4 Gigs\"; write an amount such as \"512 MB\" or \"4 GB\"",
            "x.toml:8: \"list\" at the top of the file is text; write a whole number from 1 to 9",
            "x.toml:10: \"deep\" in [inner] is a number with a point; write text in quotes",
        ]
    );
}

#[test]
fn every_place_that_is_not_toml_is_told() {
    let faults =
        Document::parse("x.toml", "a = \nb = 'fine'\nc = = 1\nb = 'again'\n").expect_err("three of them");
    let lines: Vec<_> = faults.told().iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [1, 3, 4], "{faults}");
    assert!(faults.to_string().contains("this is not TOML: "), "{faults}");
}

#[test]
fn values_are_read_as_people_write_them() {
    let text = "a = '250ms'\nb = '5m'\nc = 2026-07-15\nd = '2026-07-15'\ne = '4 GB'\nf = 0x10\n";
    let faults = told(text, |root| {
        let span = Duration::ZERO..=Duration::from_secs(3_600);
        assert_eq!(
            root.optional("a").and_then(|v| v.duration(span.clone())),
            Some(Duration::from_millis(250))
        );
        assert_eq!(
            root.optional("b").and_then(|v| v.duration(span)),
            Some(Duration::from_secs(300))
        );
        let day = jiff::civil::date(2026, 7, 15);
        assert_eq!(root.optional("c").and_then(Value::date), Some(day));
        assert_eq!(root.optional("d").and_then(Value::date), Some(day));
        assert_eq!(
            root.optional("e").and_then(Value::bytes),
            Some(Bytes::from_mib(4096))
        );
        assert_eq!(root.optional("f").and_then(|v| v.integer(0_u32..=100)), Some(16));
    });
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn a_file_that_is_far_too_large_is_refused_unread() {
    let text = "#".repeat(MAX_FILE_BYTES + 1);
    let faults = Document::parse("x.toml", &text).expect_err("too large");
    assert!(
        faults.to_string().contains("keep it under 262144 bytes"),
        "{faults}"
    );
}

#[test]
fn a_thousand_faults_are_cut_to_a_hundred_and_the_rest_is_counted() {
    let text: String = (0..1_000).map(|n| format!("k{n} = 1\n")).collect();
    let document = Document::parse("x.toml", &text).expect("sound TOML");
    document.root().finish();
    let faults = document.finish(Some(())).expect_err("all unknown");
    assert_eq!((faults.told().len(), faults.untold()), (MAX_FAULTS, 900));
    assert!(faults.to_string().ends_with("\nand 900 more faults"));
}

/// Reads every key of a table as every kind of value.
fn read_everything(reader: &mut Reader<'_>, depth: u8) {
    for key in reader.keys() {
        let _ = reader.optional(&key).and_then(Value::text);
        let _ = reader.optional(&key).and_then(Value::parsed::<RuleId>);
        let _ = reader.optional(&key).and_then(Value::date);
        let _ = reader.optional(&key).and_then(Value::bytes);
        let _ = reader.optional(&key).and_then(Value::boolean);
        let _ = reader.optional(&key).and_then(|v| v.integer(0_u8..=9));
        let _ = reader.optional(&key).and_then(|v| v.word(&[("warn", ())]));
        let _ = reader
            .optional(&key)
            .and_then(|v| v.duration(Duration::ZERO..=Duration::MAX));
        let _ = reader.optional(&key).and_then(|v| v.list(3, Value::text));
        if depth > 0 {
            let inner = reader.optional(&key).and_then(Value::table);
            for mut table in inner.into_iter().chain(reader.tables(&key)) {
                read_everything(&mut table, depth - 1);
                table.finish();
            }
        }
    }
}

proptest! {
    #[test]
    fn no_text_whatsoever_makes_the_reader_panic(text in "(?s).{0,200}") {
        if let Ok(document) = Document::parse("x.toml", &text) {
            read_everything(&mut document.root(), 3);
            document.root().finish();
            let _ = document.finish(Some(()));
        }
    }

    #[test]
    fn nothing_that_looks_like_toml_makes_the_reader_panic(
        text in r#"(\[{1,2}[a-cé.]{1,4}\]{1,2}\n|[a-cé]{1,2} = ("[ -~é]{0,8}"|-?[0-9]{1,25}|0x[0-9a-f]{1,20}|true|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]\.[0-9]|\[1, "x"\]|\{ a = 1 \})\n){0,12}"#
    ) {
        if let Ok(document) = Document::parse("x.toml", &text) {
            read_everything(&mut document.root(), 3);
            document.root().finish();
            let _ = document.finish(Some(()));
        }
    }
}
