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

/// Google Chat. `<users/all>` would ring everybody's telephone, so nothing of ours may look like a tag.
pub(super) fn google_chat(notice: &Notice, base: Option<&str>) -> Value {
    let said = format!("{}\n\n{}", subject(notice), text(notice, base).join("\n\n"));
    json!({ "text": said.replace('<', "‹").replace('>', "›") })
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
        "text": { "type": "plain_text", "text": cut(&text(notice, None).join("\n\n"), 2_900), "emoji": false },
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
        "message": cut(&text(notice, None).join("\n\n"), 3_500),
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
