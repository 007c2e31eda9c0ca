use jiff::Timestamp;

use super::*;
use crate::domain::entry::{Actor, EntryKind};

fn text(id: &str, platform: Option<&str>, causes: &[CauseKind], conditions: &[Condition]) -> Advice {
    Advice {
        id: id.parse().unwrap(),
        platform: platform.map(|name| name.parse().unwrap()),
        causes: causes.to_vec(),
        conditions: conditions.to_vec(),
        technician: ShortText::fit("Look at the access point."),
        proctor: Some(ShortText::fit("Keep students seated.")),
        source: ShortText::fit("A guide"),
        as_of: jiff::civil::date(2026, 11, 22),
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

#[test]
fn what_is_said_of_the_cause_goes_before_what_is_said_of_the_device() {
    let texts = Texts::new(vec![
        text("silent", Some("TestNav"), &[], &[Condition::LostContact]),
        text("any-uplink", None, &[CauseKind::SchoolUplink], &[]),
        text("uplink", Some("TestNav"), &[CauseKind::SchoolUplink], &[]),
        text("uplink-too", Some("TestNav"), &[CauseKind::SchoolUplink], &[]),
    ]);
    let testnav: Title = "TestNav".parse().unwrap();
    let other: Title = "Other".parse().unwrap();
    let about = |platform, cause| {
        let found = texts.about(platform, cause, Condition::LostContact);
        found.map(|text| text.id.to_string())
    };
    assert_eq!(
        about(Some(&testnav), CauseKind::SchoolUplink).as_deref(),
        Some("uplink")
    );
    assert_eq!(
        about(Some(&other), CauseKind::SchoolUplink).as_deref(),
        Some("any-uplink")
    );
    assert_eq!(
        about(Some(&testnav), CauseKind::Device).as_deref(),
        Some("silent")
    );
    assert_eq!(about(None, CauseKind::Device), None);
}

#[test]
fn an_approval_holds_for_the_very_text_and_ends_when_it_is_withdrawn() {
    let advice = text("uplink", Some("TestNav"), &[CauseKind::SchoolUplink], &[]);
    let mut approvals = Approvals::default();
    assert_eq!(approvals.of(&advice), None);
    approvals.take(&advice.entry(EntryKind::AdviceApproved, Actor::Console, at(0)));
    assert_eq!(approvals.of(&advice).map(|approval| approval.at), Some(at(0)));
    let changed = Advice {
        proctor: Some(ShortText::fit("Let students go.")),
        ..advice.clone()
    };
    assert_eq!(approvals.of(&changed), None, "nobody approved these words");
    assert!(approvals.was_of_another_wording(&changed));
    let elsewhere = Advice {
        causes: vec![CauseKind::SchoolUplink, CauseKind::Vendor],
        ..advice.clone()
    };
    assert_eq!(approvals.of(&elsewhere), None, "nor where they would show now");
    approvals.take(&advice.entry(EntryKind::AdviceWithdrawn, Actor::Console, at(1)));
    assert_eq!(approvals.of(&advice), None);
}
