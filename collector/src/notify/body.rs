//! What each kind of web hook is sent, as JSON.

use serde_json::{Value, json};

use crate::domain::notice::{Kind, Notice, subject, text};

/// Our own message, version 1. Fields are added, never changed (`docs/notices.md`).
pub(super) fn signed(notice: &Notice, base: Option<&str>) -> Value {
    let items = notice.items.iter().map(|item| {
        json!({
            "what": item.what,
            "rooms": item.rooms,
            "problem": item.problem,
            "cause": item.cause,
            "since": item.since,
            "ruled_out": item.ruled_out,
            "ended": item.ended,
            "link": base.map(|base| format!("{base}{}", item.path)),
        })
    });
    json!({
        "version": 1,
        "id": notice.id,
        "kind": notice.kind.word(),
        "target": notice.target,
        "step": notice.step,
        "school": notice.school,
        "place": notice.place,
        "at": notice.at,
        "subject": subject(notice),
        "text": text(notice, base).join("\n\n"),
        "items": items.collect::<Vec<_>>(),
        "more": notice.more(),
    })
}

/// Google Chat takes 32,000 bytes for a whole message.
const MOST_OF_GOOGLE_CHAT: usize = 30_000;
/// Characters of a section in Slack: it takes 3,000.
const MOST_OF_SLACK: usize = 2_900;
/// ntfy makes an attachment of what is longer than 4,096 bytes.
const MOST_OF_NTFY: usize = 4_000;

/// Google Chat. `<users/all>` would ring everybody's telephone, and a room called `101_A` would begin slanted letters: there
/// is no way to write its marks as themselves, so look-alikes stand for them. Links have lines of their own.
pub(super) fn google_chat(notice: &Notice, base: Option<&str>) -> Value {
    let said = format!("{}\n\n{}", subject(notice), text(notice, base).join("\n\n"));
    let lines = said.lines().map(|line| match base {
        Some(base) if line.starts_with(base) => line.to_owned(),
        _ => line.chars().map(unmarked).collect(),
    });
    let lines: Vec<String> = lines.collect();
    json!({ "text": cut_bytes(&lines.join("\n"), MOST_OF_GOOGLE_CHAT) })
}

fn unmarked(letter: char) -> char {
    match letter {
        '<' => '‹',
        '>' => '›',
        '*' => '∗',
        '_' => '＿',
        '~' => '∼',
        '`' => '‘',
        other => other,
    }
}

/// Slack: plain text blocks, which hold no markup, and a link of its own. The text beside them is what a telephone shows.
pub(super) fn slack(notice: &Notice, base: Option<&str>) -> Value {
    let escaped = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    };
    let mut blocks = vec![json!({
        "type": "section",
        "text": { "type": "plain_text", "text": cut(&text(notice, None).join("\n\n"), MOST_OF_SLACK), "emoji": false },
    })];
    if let Some((link, words)) = first_link(notice, base) {
        blocks.push(json!({
            "type": "section",
            "text": { "type": "mrkdwn", "text": format!("<{link}|{words}>") },
        }));
    }
    blocks.insert(
        0,
        json!({
            "type": "header",
            "text": { "type": "plain_text", "text": subject(notice), "emoji": false },
        }),
    );
    json!({ "text": escaped(&subject(notice)), "blocks": blocks })
}

/// A card for a Teams workflow ("When a Teams webhook request is received"). Text runs hold no markup.
pub(super) fn teams(notice: &Notice, base: Option<&str>) -> Value {
    let paragraph = |text: &str, heavy: bool| {
        json!({
            "type": "RichTextBlock",
            "inlines": [{
                "type": "TextRun",
                "text": text,
                "weight": if heavy { "Bolder" } else { "Default" },
            }],
        })
    };
    let mut body = vec![paragraph(&subject(notice), true)];
    body.extend(text(notice, None).iter().map(|said| paragraph(said, false)));
    let actions = first_link(notice, base)
        .map(|(link, words)| json!({ "type": "Action.OpenUrl", "title": words, "url": link }));
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": body,
                "actions": actions.into_iter().collect::<Vec<_>>(),
            },
        }],
    })
}

/// ntfy, published as JSON to the server's root.
pub(super) fn ntfy(notice: &Notice, topic: &str, base: Option<&str>) -> Value {
    // 4 rings, 2 is quiet.
    let priority = match notice.kind {
        Kind::Opened | Kind::Reminder | Kind::Summary => 4,
        Kind::Over | Kind::Test => 2,
    };
    let mut message = json!({
        "topic": topic,
        "title": subject(notice),
        "message": cut_bytes(&text(notice, None).join("\n\n"), MOST_OF_NTFY),
        "priority": priority,
    });
    if let Some((link, _)) = first_link(notice, base) {
        message["click"] = link.into();
    }
    message
}

/// Where to go: the one case's page, or the log of all.
fn first_link(notice: &Notice, base: Option<&str>) -> Option<(String, &'static str)> {
    let base = base?;
    match notice.items.as_slice() {
        [] => None,
        [item] if notice.more() == 0 => Some((format!("{base}{}", item.path), "Look at it")),
        _ => {
            let school = notice.school.as_ref()?;
            Some((format!("{base}/schools/{school}/incidents"), "Look at the log"))
        }
    }
}

/// Services refuse longer texts.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{kept}…")
}

/// The same where bytes are counted.
fn cut_bytes(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(most - '…'.len_utf8())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::notice::{Target, What};

    /// Many problems in a room whose name is full of marks.
    fn notice(problems: usize) -> Notice {
        let target = Target {
            id: "chat".parse().unwrap(),
            name: "Chat".parse().unwrap(),
            step: crate::domain::notice::Step::First,
            schools: None,
        };
        let at: jiff::Timestamp = "2026-10-06T09:00:00Z".parse().unwrap();
        let mut notice = Notice::test(&target, "Lincoln *M_S*".parse().unwrap(), at);
        notice.kind = Kind::Opened;
        notice.school = Some("lincoln-ms".parse().unwrap());
        for number in 0..problems {
            let key = crate::domain::notice::CaseKey::Incident(format!("lost-{number}").parse().unwrap());
            notice.tells.push((key, What::Opened));
            notice.items.push(crate::domain::notice::Item {
                what: What::Opened,
                rooms: vec!["~101_A~ `x` <users/all>".parse().unwrap()],
                problem: "Ümlaute ".repeat(60),
                cause: None,
                since: at,
                ruled_out: vec![],
                ended: None,
                path: format!("/incidents/lost-{number}"),
            });
        }
        notice
    }

    #[test]
    fn google_chat_finds_no_mark_in_our_words_and_its_links_whole() {
        let said = google_chat(&notice(2), Some("https://rooms.example/a_b"));
        let text = said["text"].as_str().unwrap();
        let (links, words): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.starts_with("https://"));
        assert_eq!(
            links,
            [
                "https://rooms.example/a_b/incidents/lost-0",
                "https://rooms.example/a_b/incidents/lost-1"
            ]
        );
        let marked = words.join("\n");
        assert!(!marked.contains(['<', '>', '*', '_', '~', '`']), "{marked}");
    }

    #[test]
    fn no_body_is_longer_than_its_service_takes() {
        let long = notice(10);
        let ntfy = ntfy(&long, "rooms", None);
        assert!(ntfy["message"].as_str().unwrap().len() <= MOST_OF_NTFY);
        assert!(ntfy["message"].as_str().unwrap().ends_with('…'));
        let slack = slack(&long, None);
        let parts = [("/blocks/0/text/text", 150), ("/blocks/1/text/text", 3_000)];
        for (part, most) in parts {
            let text = slack.pointer(part).and_then(Value::as_str).unwrap();
            assert!(text.chars().count() <= most, "{part}");
        }
        let google = google_chat(&long, None);
        assert!(google["text"].as_str().unwrap().len() <= MOST_OF_GOOGLE_CHAT);
        // 28 KB for a whole card.
        assert!(teams(&long, None).to_string().len() < 28 * 1024);
    }
}
