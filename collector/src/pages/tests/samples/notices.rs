//! Whom RoomReady tells: one who hears, one whose mail server does not answer.

use super::*;

pub(in crate::pages::tests) fn notices() -> NoticesPage {
    let target = |id: &str, name: &str| TargetRow {
        id: id.to_owned(),
        name: name.to_owned(),
        when: "Told at once".to_owned(),
        how: "By mail to tech@example.org".to_owned(),
        schools: "all schools".to_owned(),
        arrived: Some(at("10:38:00")),
        failed: None,
        waiting: 0,
        test_waits: false,
        tested: Some(Tested {
            at: at("10:40:00"),
            arrived: true,
        }),
    };
    let row = |story: &str| NoticeRow {
        subject: "Room 101: seat 12 is not answering".to_owned(),
        target: "Help desk".to_owned(),
        at: at("10:39:00"),
        story: story.to_owned(),
    };
    NoticesPage {
        frame: frame("Notices", 1),
        targets: vec![
            target("on-call", "Technician on call"),
            TargetRow {
                arrived: None,
                failed: Some((at("10:41:00"), "the mail server does not answer".to_owned())),
                waiting: 2,
                test_waits: true,
                tested: None,
                ..target("desk", "Help desk")
            },
        ],
        waiting: vec![row("tried once: the mail server does not answer"), row("")],
        given_up: vec![row("tried 9 times: the mail server does not answer")],
        empty: EmptyState::no_incidents(),
    }
}
