//! A notice in words. Places and what happens there; never a person's name.

use jiff::tz::TimeZone;
use roomready_shared::wire::v1::Matter;

use crate::notices::Notice;

/// Lines of a notice that lists several things; more does not fit on a screen's corner.
const MOST_LINES: usize = 4;

/// What shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The heading.
    pub title: String,
    /// The rest, some short lines.
    pub body: String,
    /// Somebody should act.
    pub urgent: bool,
}

/// How a notice reads in this time zone.
#[must_use]
pub fn shown(notice: &Notice, collector: &str, zone: &TimeZone) -> Shown {
    match notice {
        Notice::Open { matters, again, more } => open(matters, *again, *more, collector, zone),
        Notice::Lost => Shown {
            title: "No connection to RoomReady".to_owned(),
            body: "This computer tells you nothing until it is back. Students can go on; look at the rooms yourself."
                .to_owned(),
            urgent: true,
        },
        Notice::Back => Shown {
            title: "RoomReady is connected again".to_owned(),
            body: "What is open now follows.".to_owned(),
            urgent: false,
        },
    }
}

/// The last word, when the sign-in behind it has ended.
#[must_use]
pub fn ended(collector: &str) -> Shown {
    Shown {
        title: "RoomReady shows no more notices here".to_owned(),
        body: format!("The sign-in ended. To go on, run: roomready-watch sign-in {collector}"),
        urgent: true,
    }
}

fn open(matters: &[Matter], again: bool, more: u32, collector: &str, zone: &TimeZone) -> Shown {
    let since = |matter: &Matter| {
        let clock = matter.since.to_zoned(zone.clone());
        clock.strftime("%H:%M").to_string()
    };
    let nobody = if again { "Nobody is on the way: " } else { "" };
    let unlisted = usize::try_from(more).unwrap_or(usize::MAX);
    let (title, lines) = match matters {
        [one] if more == 0 => {
            let line = format!("{}, since {}", one.what, since(one));
            (format!("{nobody}{}", one.place), vec![line])
        }
        many => {
            let mut lines: Vec<_> = many
                .iter()
                .take(MOST_LINES)
                .map(|matter| format!("{}: {}, since {}", matter.place, matter.what, since(matter)))
                .collect();
            let left = many.len().saturating_sub(MOST_LINES).saturating_add(unlisted);
            if left > 0 {
                lines.push(format!("and {left} more"));
            }
            let number = many.len().saturating_add(unlisted);
            (format!("{nobody}{number} things need somebody"), lines)
        }
    };
    let mut body = lines.join("\n");
    body.push_str(&format!("\n{collector}/my-rooms"));
    Shown {
        title,
        body,
        urgent: true,
    }
}

#[cfg(test)]
mod tests {
    use roomready_shared::units::ShortText;
    use roomready_shared::wire::v1::MatterKind;

    use super::*;

    fn matter(room: &str, what: &str) -> Matter {
        Matter {
            id: ShortText::fit(room),
            kind: MatterKind::Incident,
            place: ShortText::fit(&format!("Room {room}, Lincoln Middle School")),
            what: ShortText::fit(what),
            since: "2026-11-26T15:38:00Z".parse().unwrap(),
            devices: 1,
            on_the_way: false,
            page: "/".to_owned(),
        }
    }

    fn of(matters: Vec<Matter>, again: bool, more: u32) -> Shown {
        let notice = Notice::Open { matters, again, more };
        shown(
            &notice,
            "https://rooms.example.org:443",
            &TimeZone::fixed(jiff::tz::offset(-6)),
        )
    }

    #[test]
    fn one_thing_says_where_what_and_since_when() {
        let told = of(vec![matter("101", "Seat 4 is not answering")], false, 0);
        assert_eq!(told.title, "Room 101, Lincoln Middle School");
        assert_eq!(
            told.body,
            "Seat 4 is not answering, since 09:38\nhttps://rooms.example.org:443/my-rooms"
        );
        assert!(told.urgent);
    }

    #[test]
    fn several_are_a_list_that_fits_and_says_how_many_it_leaves_out() {
        let six = (1..=6).map(|room| matter(&format!("10{room}"), "Battery is very low"));
        let told = of(six.collect(), true, 3);
        assert_eq!(told.title, "Nobody is on the way: 9 things need somebody");
        assert_eq!(told.body.lines().count(), MOST_LINES + 2, "{}", told.body);
        assert!(told.body.contains("and 5 more"), "{}", told.body);
    }
}
