//! Running programs: the test app and what would disturb it, by one walk through the system's list, which is the
//! dearest of all readings. Only the requirements' own names ever leave this file.

use std::io;

use roomready_shared::facts::{Intruders, Outcome};
use roomready_shared::ids::Title;
use roomready_shared::units::ShortText;

use super::platform::{Match, Named};

/// What one walk brought.
pub(super) struct Programs {
    /// Running copies of the test app.
    pub(super) app: Outcome<Vec<Match>>,
    /// Disturbing programs.
    pub(super) intruders: Outcome<Intruders>,
}

impl Programs {
    /// A walk that brought nothing.
    pub(super) fn not_seen(why: &str) -> Self {
        Self {
            app: Outcome::Failed(ShortText::fit(why)),
            intruders: Outcome::Failed(ShortText::fit(why)),
        }
    }
}

/// Walks once. A program that is both is the test app: a requirement that names it twice must not call it a disturbance.
pub(super) fn look(
    app: &[ShortText],
    intruders: &[(Title, Vec<ShortText>)],
    walk: impl FnOnce(&[&str]) -> io::Result<Vec<Named>>,
) -> Programs {
    let names: Vec<&str> = app
        .iter()
        .chain(intruders.iter().flat_map(|(_, names)| names))
        .map(ShortText::as_str)
        .collect();
    let found = match walk(&names) {
        Ok(found) => found,
        Err(error) => {
            return Programs {
                app: unlisted(&error),
                intruders: unlisted(&error),
            };
        }
    };
    Programs {
        app: if app.is_empty() {
            Outcome::Unsupported(ShortText::fit(
                "the requirements do not say what the test app's program is called on this system",
            ))
        } else {
            let copies = found.iter().filter(|named| named.name < app.len());
            Outcome::Measured(copies.map(|named| named.copy).collect())
        },
        intruders: Outcome::Measured(disturbing(app.len(), intruders, &found)),
    }
}

/// The names of one intruder lie side by side in the list that was asked for.
fn disturbing(app: usize, intruders: &[(Title, Vec<ShortText>)], found: &[Named]) -> Intruders {
    let mut begin = app;
    let running = intruders.iter().filter_map(|(title, names)| {
        let own = begin..begin + names.len();
        begin = own.end;
        found
            .iter()
            .any(|named| own.contains(&named.name))
            .then(|| title.clone())
    });
    Intruders {
        running: running.collect(),
        looked_for: u16::try_from(intruders.len()).unwrap_or(u16::MAX),
    }
}

fn unlisted<T>(error: &io::Error) -> Outcome<T> {
    let why = ShortText::fit(&format!("running programs cannot be listed: {error}"));
    match error.kind() {
        io::ErrorKind::PermissionDenied => Outcome::Denied(why),
        _ => Outcome::Failed(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<ShortText> {
        texts.iter().map(|text| ShortText::fit(text)).collect()
    }

    fn intruder(title: &str, names: &[&str]) -> (Title, Vec<ShortText>) {
        (Title::try_from(title.to_owned()).expect("a title"), texts(names))
    }

    const COPY: Match = Match {
        pid: 7,
        since: Some(1),
    };

    fn named(name: usize) -> Named {
        Named { name, copy: COPY }
    }

    #[test]
    fn one_walk_finds_the_test_app_and_tells_what_disturbs_it_by_the_requirements_names() {
        let intruders = [
            intruder("TeamViewer", &["teamviewer", "TeamViewer_Desktop"]),
            intruder("Zoom", &["zoom"]),
            intruder("Slack", &["slack"]),
        ];
        let mut walks = 0;
        let got = look(&texts(&["TestNav", "testnav"]), &intruders, |names| {
            walks += 1;
            assert_eq!(names.len(), 6);
            Ok(vec![named(5), named(3), named(1)])
        });
        assert_eq!(walks, 1);
        assert_eq!(got.app, Outcome::Measured(vec![COPY]));
        let Outcome::Measured(found) = got.intruders else {
            panic!("the list was read");
        };
        let running: Vec<&str> = found.running.iter().map(Title::as_str).collect();
        assert_eq!((found.looked_for, running), (3, vec!["TeamViewer", "Slack"]));
    }

    #[test]
    fn an_unknown_name_of_the_app_leaves_the_others_looked_for_and_a_refusal_is_told_for_both() {
        let zoom = [intruder("Zoom", &["zoom"])];
        let got = look(&[], &zoom, |_| Ok(vec![named(0)]));
        assert!(matches!(got.app, Outcome::Unsupported(_)));
        assert!(matches!(got.intruders, Outcome::Measured(found) if found.running.len() == 1));
        let hidden = || io::Error::new(io::ErrorKind::PermissionDenied, "they are hidden");
        let got = look(&texts(&["app"]), &zoom, |_| Err(hidden()));
        assert!(matches!(got.app, Outcome::Denied(_)) && matches!(got.intruders, Outcome::Denied(_)));
        let got = look(&texts(&["app"]), &zoom, |_| Err(io::ErrorKind::NotFound.into()));
        assert!(matches!(got.app, Outcome::Failed(_)) && matches!(got.intruders, Outcome::Failed(_)));
    }
}
