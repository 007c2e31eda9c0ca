//! Places of a profile on Windows: variables by a table of this machine, never by this program's own environment, which
//! a service has differently from the students' programs.

/// Where a place is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// On the machine: a whole path.
    Machine(String),
    /// In each user's folder: the rest of the path, without a first backslash.
    EachHome(String),
}

/// Variables that stand for a folder below each user's own.
const OF_USERS: [(&str, &str); 4] = [
    ("LOCALAPPDATA", r"AppData\Local"),
    ("APPDATA", r"AppData\Roaming"),
    ("USERPROFILE", ""),
    ("HOMEPATH", ""),
];

/// A path whose first part may be a variable, with the machine's variables as names without signs. `None` for a variable
/// that is not known, and for what is no whole path.
pub fn place(text: &str, machine: &[(&str, String)]) -> Option<Place> {
    let Some(rest) = text.strip_prefix('%') else {
        let mut letters = text.chars();
        let is_whole = letters.next().is_some_and(|drive| drive.is_ascii_alphabetic())
            && letters.next() == Some(':')
            && matches!(letters.next(), Some('\\' | '/'));
        return is_whole.then(|| Place::Machine(text.to_owned()));
    };
    let (name, rest) = rest.split_once('%')?;
    let rest = rest.trim_start_matches(['\\', '/']);
    let below = |folder: &str| match (folder.is_empty(), rest.is_empty()) {
        (true, _) => rest.to_owned(),
        (_, true) => folder.to_owned(),
        _ => format!(r"{}\{rest}", folder.trim_end_matches('\\')),
    };
    if let Some((_, folder)) = OF_USERS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
    {
        return Some(Place::EachHome(below(folder)));
    }
    let (_, folder) = machine
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(Place::Machine(below(folder)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_the_machine_s_or_each_user_s() {
        let machine = [
            ("ProgramFiles", r"D:\Programs".to_owned()),
            ("ProgramFiles(x86)", r"C:\Program Files (x86)".to_owned()),
            ("SystemDrive", "C:".to_owned()),
        ];
        let at = |text| place(text, &machine);
        let machine_path = |path: &str| Some(Place::Machine(path.into()));
        assert_eq!(
            at(r"%ProgramFiles%\TestNav\TestNav.exe"),
            machine_path(r"D:\Programs\TestNav\TestNav.exe")
        );
        assert_eq!(
            at(r"%PROGRAMFILES(X86)%\TestNav"),
            machine_path(r"C:\Program Files (x86)\TestNav")
        );
        assert_eq!(at(r"%SystemDrive%\Exam"), machine_path(r"C:\Exam"));
        assert_eq!(at(r"C:\TestNav"), machine_path(r"C:\TestNav"));
        assert_eq!(
            at(r"%LOCALAPPDATA%\Programs\Bluebook"),
            Some(Place::EachHome(r"AppData\Local\Programs\Bluebook".into()))
        );
        assert_eq!(at(r"%UserProfile%\Exam"), Some(Place::EachHome("Exam".into())));
        for unknown in [r"%TEMP%\x", "TestNav", r"\TestNav", "%", ""] {
            assert_eq!(at(unknown), None, "{unknown}");
        }
    }
}
