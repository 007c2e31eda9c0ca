//! Somebody's account, everybody's, and the first set-up.

use super::{at, frame};
use crate::account::CodeImage;
use crate::pages::view::*;

fn password_fields() -> Vec<Field> {
    vec![
        Field::new(FieldKind::NewPassword, "new", "New password").hinting("At least 12 characters."),
        Field::new(FieldKind::NewPassword, "again", "The same again")
            .wrong(Some("This is not the same.".to_owned())),
    ]
}

fn still(title: &str) -> Frame {
    Frame {
        stream: None,
        log: None,
        ..frame(title, 1)
    }
}

pub(crate) fn code() -> CodePage {
    CodePage {
        token: "0".repeat(64),
        code: Field::new(FieldKind::Code, "code", "Code").hinting("Six digits."),
    }
}

pub(crate) fn recover() -> RecoverPage {
    RecoverPage {
        token: "0".repeat(64),
        name: "Maria Keller".to_owned(),
        is_new: true,
        fields: password_fields(),
    }
}

pub(crate) fn own_account() -> AccountPage {
    let session = |id: &str, browser: &str, is_this| SessionRow {
        id: id.to_owned(),
        browser: browser.to_owned(),
        is_this,
        begun: at("07:58:00"),
        used: at("10:41:00"),
    };
    AccountPage {
        frame: still("Your account"),
        done: Some("Your password is changed."),
        name: Field::new(FieldKind::UserName, "name", "Your name").holding("Ada Byron"),
        role: "District coordinator".to_owned(),
        password: password_fields(),
        has_password: true,
        has_second_factor: false,
        needs_second_factor: true,
        sessions: vec![
            session("1", "Firefox on Windows", true),
            session("2", "Safari on iPhone", false),
        ],
        computers: vec![ComputerRow {
            id: "3".to_owned(),
            computer: "OFFICE-3".to_owned(),
            made: at("07:58:00"),
            used: at("10:41:00"),
            ends: at("11:30:00"),
        }],
    }
}

pub(crate) fn connect(asked: bool) -> ConnectPage {
    let code = Field::new(FieldKind::Text, "code", "Code").hinting("Eight letters, such as BCDF-GHJK.");
    ConnectPage {
        frame: still("Notices on a staff computer"),
        done: (!asked).then_some("That computer was refused. It shows nothing."),
        code: code.wrong(Some("No computer waits with this code.".to_owned())),
        offer: asked.then(|| OfferedComputer {
            code: "BCDF-GHJK".to_owned(),
            computer: "OFFICE-3".to_owned(),
            address: "10.20.3.17".to_owned(),
        }),
        reach: "Lincoln Middle School".to_owned(),
        days: 90,
    }
}

pub(crate) fn second_factor() -> SecondFactorPage {
    SecondFactorPage {
        frame: still("Second step"),
        is_due: true,
        way: Some(Way { at: 1 }),
        image: CodeImage::of("otpauth://totp/RoomReady:Ada%20Byron?secret=GEZDGNBVGY3TQOJQ"),
        grouped: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ".to_owned(),
        secret: "31".repeat(20),
        fields: vec![Field::new(FieldKind::Code, "code", "Code").hinting("Six digits.")],
    }
}

fn account_form() -> AccountForm {
    AccountForm {
        name: Field::new(FieldKind::Text, "name", "Name"),
        roles: vec![
            Choice::new("technician", "Technician").hinting("Looks after the devices of some schools."),
            Choice::new("auditor", "Auditor").hinting("Reads everything, changes nothing."),
        ],
        wrong_role: Some("Choose what they do.".to_owned()),
        schools: vec![Choice::new("lincoln-ms", "Lincoln Middle School")],
        wrong_schools: None,
    }
}

pub(crate) fn accounts() -> AccountsPage {
    let row = |name: &str, role: &str, open_point, used| AccountRow {
        account: Link::new(name, "/accounts/1"),
        role: role.to_owned(),
        open_point,
        used,
    };
    AccountsPage {
        frame: still("Accounts"),
        done: None,
        rows: vec![
            row("Ada Byron", "Administrator", None, Some(at("10:41:00"))),
            row(
                "Maria Keller",
                "Technician of Lincoln Middle School",
                Some("Has not chosen a password"),
                None,
            ),
        ],
        closed: 1,
        form: account_form(),
    }
}

pub(crate) fn account_of() -> OneAccountPage {
    OneAccountPage {
        frame: still("Account"),
        done: None,
        id: "1".to_owned(),
        name: "Maria Keller".to_owned(),
        closed: None,
        created: at("08:00:00"),
        has_password: true,
        has_second_factor: true,
        signed_in_on: 2,
        is_own: false,
        form: account_form(),
    }
}

pub(crate) fn account_closed() -> OneAccountPage {
    OneAccountPage {
        closed: Some(at("09:00:00")),
        ..account_of()
    }
}

pub(crate) fn link_made() -> LinkMadePage {
    LinkMadePage {
        frame: still("A link"),
        name: "Maria Keller".to_owned(),
        is_new: true,
        address: format!("http://127.0.0.1:8480/recover?token={}", "0".repeat(64)),
        ends: at("10:41:00"),
        account: Link::new("To the account of Maria Keller", "/accounts/1"),
    }
}

pub(crate) fn set_up_start() -> SetUpStartPage {
    SetUpStartPage {
        way: Way { at: 0 },
        token: "0".repeat(64),
        fields: password_fields(),
    }
}

pub(crate) fn set_up_district() -> SetUpDistrictPage {
    SetUpDistrictPage {
        frame: still("Your district"),
        way: Way { at: 2 },
        district: Field::new(FieldKind::Text, "district", "Name of the district")
            .wrong(Some("Write the name of the district.".to_owned())),
        zones_near: vec![Choice::new("America/Chicago", "Central (Chicago)")],
        zones: vec![Choice::new("UTC", "UTC")],
        wrong_zone: Some("Choose a time zone from the list.".to_owned()),
        school: Field::new(FieldKind::Text, "school", "First school"),
        rooms: Field::new(FieldKind::Lines, "rooms", "Its testing rooms, one a line").holding("101\n102"),
        platforms: vec![
            Choice::new("testnav", "TestNav"),
            Choice::new("none", "Nothing yet"),
        ],
        wrong_platform: None,
    }
}

pub(crate) fn set_up_device(with_key: bool) -> SetUpDevicePage {
    let room = super::room();
    SetUpDevicePage {
        frame: Frame {
            stream: with_key.then(|| "/live/schools/lincoln/rooms/101".to_owned()),
            ..still("First device")
        },
        way: Way { at: 3 },
        district_given: !with_key,
        room: Link::new("Room 101", "/schools/lincoln/rooms/101"),
        key: with_key.then(|| FirstKey {
            key: "0".repeat(64),
            uses: 40,
            file_only: false,
            command: format!(
                "roomready-agent enroll --collector http://127.0.0.1:8480 --key {}",
                "0".repeat(64)
            ),
            tally: room.tally.clone(),
            seats: room.seats.clone(),
        }),
        make_url: "/set-up/device".to_owned(),
    }
}
