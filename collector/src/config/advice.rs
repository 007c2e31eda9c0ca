//! Reads a file of what-to-do texts, strictly.

use std::collections::BTreeSet;

use roomready_shared::strict::{Document, Faults, Reader, Value};
use roomready_shared::units::ShortText;

use crate::domain::advice::{Advice, AdviceId, MOST_TEXTS, Texts};
use crate::domain::incident::{CauseKind, Condition};

/// The texts that come with RoomReady, used where a district names no file of its own.
pub const SHIPPED: &str = include_str!("../../../configs/what-to-do.toml");

const CAUSES: [CauseKind; 11] = [
    CauseKind::Device,
    CauseKind::Together,
    CauseKind::TestApp,
    CauseKind::RoomNetwork,
    CauseKind::AccessPoint,
    CauseKind::Subnet,
    CauseKind::SchoolNetwork,
    CauseKind::SchoolUplink,
    CauseKind::CollectorPath,
    CauseKind::Vendor,
    CauseKind::VendorPath,
];

/// Reads the text of a file; `file` is for messages.
///
/// # Errors
///
/// Every fault of it at once, each with its line.
pub fn read(file: &str, text: &str) -> Result<Texts, Faults> {
    let document = Document::parse(file, text)?;
    let mut root = document.root();
    let mut texts = Vec::new();
    let mut known: BTreeSet<AdviceId> = BTreeSet::new();
    let readers = root.tables("text");
    if readers.len() > MOST_TEXTS {
        let problem = format!("the file has {} texts", readers.len());
        root.fault(&problem, &format!("keep at most {MOST_TEXTS}"));
    }
    for mut reader in readers {
        if let Some(text) = one(&mut reader) {
            if !known.insert(text.id.clone()) {
                let problem = format!("a second text \"{}\"", text.id);
                reader.fault(&problem, "give each text its own id");
            }
            texts.push(text);
        }
        reader.finish();
    }
    root.finish();
    document.finish(Some(Texts::new(texts)))
}

/// The texts that come with RoomReady.
#[must_use]
pub fn shipped() -> Texts {
    read("what-to-do.toml", SHIPPED).unwrap_or_default()
}

fn one(reader: &mut Reader<'_>) -> Option<Advice> {
    let id = reader
        .required("id", "\"testnav-network\"")
        .and_then(Value::parsed);
    let platform = reader.optional("platform").and_then(Value::parsed);
    let causes = CAUSES.map(|cause| (cause.word(), cause));
    let conditions = Condition::ALL.map(|condition| (condition.word(), condition));
    let causes = reader
        .optional("causes")
        .and_then(|value| value.list(CAUSES.len(), |value| value.word(&causes)));
    let conditions = reader
        .optional("conditions")
        .and_then(|value| value.list(Condition::ALL.len(), |value| value.word(&conditions)));
    let technician = sentence(reader.required("technician", "\"Check the room's access point.\""));
    let proctor = match reader.has("proctor") {
        true => sentence(reader.optional("proctor")).map(Some),
        false => Some(None),
    };
    let source = sentence(reader.required("source", "\"TestNav error codes (Pearson), 2025\""));
    let as_of = reader.required("as_of", "2026-11-22").and_then(Value::date);
    if !reader.has("causes") && !reader.has("conditions") {
        reader.fault(
            "the text is about nothing",
            "add causes = [\"room_network\"] or conditions = [\"lost_contact\"]",
        );
    }
    Some(Advice {
        id: id?,
        platform,
        causes: causes.unwrap_or_default(),
        conditions: conditions.unwrap_or_default(),
        technician: technician?,
        proctor: proctor?,
        source: source?,
        as_of: as_of?,
    })
}

/// A text that says something and fits a page.
fn sentence(value: Option<Value<'_>>) -> Option<ShortText> {
    let value = value?;
    if value.is_blank() {
        value.fault("the text is empty", "write a sentence");
        return None;
    }
    value.parsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_that_come_with_roomready_are_sound_and_each_has_its_source() {
        let texts = read("what-to-do.toml", SHIPPED).unwrap_or_else(|faults| panic!("{faults}"));
        assert_eq!(texts.all().len(), 16);
        for text in texts.all() {
            assert!(text.source.as_str().len() > 10, "{}", text.id);
        }
        assert_eq!(shipped(), texts);
    }

    #[test]
    fn every_mistake_in_a_file_of_texts_is_told_with_its_line() {
        let text = "[[text]]\nid = \"Two Words\"\ncauses = [\"room_netwrk\"]\ntechnician = \" \"\nsource = \"A guide\"\n\
                    as_of = 2026-11-22\n[[text]]\nid = \"b\"\ntecnician = \"Look.\"\nsource = \"A guide\"\nas_of = \"soon\"\n";
        let faults = read("texts.toml", text).unwrap_err().to_string();
        for expected in [
            "texts.toml:2: ",
            "texts.toml:3: ",
            "did you mean \"room_network\"?",
            "texts.toml:4: ",
            "texts.toml:9: unknown key \"tecnician\"",
            "texts.toml:11: ",
            "the text is about nothing",
        ] {
            assert!(faults.contains(expected), "{expected:?} is not in\n{faults}");
        }
    }

    #[test]
    fn two_texts_never_share_an_id() {
        let one = "[[text]]\nid = \"a\"\ncauses = [\"vendor\"]\ntechnician = \"Look.\"\nsource = \"A guide\"\nas_of = 2026-11-22\n";
        let faults = read("texts.toml", &format!("{one}{one}"))
            .unwrap_err()
            .to_string();
        assert!(faults.contains("a second text \"a\""), "{faults}");
    }
}
