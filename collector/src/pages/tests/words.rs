//! No inner word reaches a teacher: they stay behind "Details".

use super::samples;

/// Words of engineers. A page may hold them only inside a `details` element of class `details`.
const INNER_WORDS: [&str; 35] = [
    "finding",
    "basis",
    "entry",
    "p50",
    "p95",
    "p99",
    "jitter",
    "canary",
    "heartbeat",
    "RTT",
    "ICMP",
    "TLS",
    "TCP",
    "HTTP",
    "HTTPS",
    "DNS",
    "UUID",
    "JSON",
    "SSE",
    "latency",
    "daemon",
    "sentinel",
    "stream",
    "outbox",
    "ingest",
    "payload",
    "timeout",
    "median",
    "handshake",
    "onset",
    "threshold",
    "digest",
    "hysteresis",
    "breach",
    "irregularity",
];

/// What is not read as words: details a technician opens, and exact lines to type.
const NOT_READ: [(&str, &str); 2] = [
    (r#"<details class="details">"#, "</details>"),
    (r#"<pre class="command">"#, "</pre>"),
];

/// What a person reads on a page: no tags, no attributes, no disclosed details, no lines to type.
pub(super) fn read_by_a_person(html: &str) -> String {
    let body = html.split_once("<body").map_or(html, |(_, body)| {
        body.split_once('>').map_or("", |(_, inside)| inside)
    });
    let mut kept = body.to_owned();
    for (open, close) in NOT_READ {
        while let Some(start) = kept.find(open) {
            let end = kept[start..].find(close).expect("it is closed") + start + close.len();
            kept.replace_range(start..end, " ");
        }
    }
    without_tags(&kept)
}

/// The content of a page, one piece of text a line, for people who review a change of words.
fn read_aloud(html: &str) -> String {
    let (_, content) = html.split_once("<main").expect("each page has a main part");
    let (content, _) = content.split_once("</main>").expect("it is closed");
    let lines = read_by_a_person(content.split_once('>').expect("a tag ends").1);
    lines
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        text.push('\n');
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    text + rest
}

fn inner_words_in(text: &str) -> Vec<&'static str> {
    let words: Vec<_> = text
        .split(|letter: char| !letter.is_alphanumeric())
        .map(str::to_lowercase)
        .collect();
    INNER_WORDS
        .into_iter()
        .filter(|inner| {
            let singular = inner.to_lowercase();
            words
                .iter()
                .any(|word| *word == singular || *word == format!("{singular}s"))
        })
        .collect()
}

#[test]
fn no_inner_word_stands_outside_details() {
    for (name, html) in samples::all() {
        let found = inner_words_in(&read_by_a_person(&html));
        assert!(found.is_empty(), "page {name} shows {found:?}");
    }
}

#[test]
fn the_search_does_find_an_inner_word_and_details_may_hold_one() {
    assert_eq!(
        inner_words_in("Jitter is high, findings: 2"),
        ["finding", "jitter"]
    );
    let html = r#"<body><p>fine</p><details class="details"><p>p95</p></details><p>end</p>"#;
    assert_eq!(
        read_by_a_person(html).split_whitespace().collect::<Vec<_>>(),
        ["fine", "end"]
    );
    let device = samples::all()
        .into_iter()
        .find(|(name, _)| *name == "device")
        .unwrap()
        .1;
    assert!(
        device.contains("p95"),
        "the sample device has details, or this test proves nothing"
    );
}

#[test]
fn the_room_board_reads_as_a_teacher_would_read_it_aloud() {
    insta::assert_snapshot!(read_aloud(&crate::pages::room::render(
        &samples::room_chromebooks()
    )));
}

#[test]
fn the_device_page_reads_as_a_technician_would_read_it_aloud() {
    insta::assert_snapshot!(read_aloud(&crate::pages::device::render(&samples::device())));
}

#[test]
fn a_chromebook_is_never_asked_to_be_started_or_woken() {
    let html = crate::pages::device::render(&samples::device_not_watched());
    assert!(
        html.contains("RoomReady cannot run on this kind of device"),
        "{html}"
    );
    for touching in ["start it", "power button", "Checked against"] {
        assert!(
            !html.contains(touching),
            "{touching:?} on the page of a device that nobody watches"
        );
    }
}
