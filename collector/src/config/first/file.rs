//! The text of a first configuration.

use std::fmt::Write as _;

use super::{Answers, PROFILES_FOLDER, Platform};

/// The file as a person would have written it, so that a person can go on with it.
pub(super) fn text(answers: &Answers) -> String {
    let Answers {
        district,
        zone,
        school: (school_id, school),
        rooms,
        platform,
    } = answers;
    let mut text = format!(
        "# Written by RoomReady's set-up. Change it in an editor; `roomready-collector config check` tells every fault,\n\
         # `roomready-collector config print` shows every key with its meaning. A change counts from the next start on.\n\
         \n\
         # Name of the district, as pages show it.\n\
         district = {district}\n\
         # Its time zone: all times on pages are in it.\n\
         zone = {zone}\n",
        district = quoted(district.as_str()),
        zone = quoted(zone),
    );
    match platform {
        Some(platform) => {
            let others = Platform::ALL.into_iter().filter(|other| other != platform);
            let others: Vec<_> = others.map(|other| format!("\"{}\"", path(other))).collect();
            let _ = write!(
                text,
                "\n# What devices must meet. A session may name another file: {}.\nprofile = {}\n",
                others.join(", "),
                quoted(&path(*platform)),
            );
        }
        None => {
            let all: Vec<_> = Platform::ALL
                .map(|one| format!("# profile = \"{}\"\n", path(one)))
                .into();
            let _ = write!(
                text,
                "\n# What devices must meet: nothing yet. Take one of these to have them checked.\n{}",
                all.concat()
            );
        }
    }
    let _ = write!(
        text,
        "\n# Schools and their rooms. Ids stand in addresses and are never changed; names are for people.\n\
         [[school]]\nid = {}\nname = {}\n",
        quoted(school_id.as_str()),
        quoted(school.as_str()),
    );
    for (id, title) in rooms {
        let _ = write!(
            text,
            "\n  [[school.room]]\n  id = {}\n  name = {}\n",
            quoted(id.as_str()),
            quoted(title.as_str()),
        );
    }
    text
}

fn path(platform: Platform) -> String {
    format!("{PROFILES_FOLDER}/{}", platform.file())
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
