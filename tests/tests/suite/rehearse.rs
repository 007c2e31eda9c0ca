//! Every scenario comes out as its file says, and nothing else does.

mod any;
mod recording;
mod timeline;

use std::cmp::Reverse;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use roomready_simulator::rehearse::{Scenario, compare, read, rehearse};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = all
        .map(|entry| entry.expect("an entry of the folder").path())
        .collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    files
}

fn scenario(path: &Path) -> Result<Scenario, String> {
    let name = path.file_name().expect("a file has a name").to_string_lossy();
    let text = std::fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
    read(&name, &text).map_err(|faults| faults.to_string())
}

/// Everything that is not as a file says, one sentence each.
fn differences(scenario: &Scenario) -> Vec<String> {
    match rehearse(scenario) {
        Ok(outcome) => compare(scenario, &outcome)
            .iter()
            .map(ToString::to_string)
            .collect(),
        Err(impossible) => vec![impossible.to_string()],
    }
}

/// Lets every other test go first: days are played for minutes on every processor, while others wait for agents and
/// browsers that keep real time. A nice value is a thread's own on Linux.
fn step_back() {
    let _only_slower_otherwise = rustix::process::setpriority_process(None, 19);
}

/// Plays many files, as many at once as there are processors; the largest first, so that nobody waits for it alone.
fn play(files: &[PathBuf]) -> Vec<(String, Vec<String>)> {
    let mut files = files.to_vec();
    files.sort_by_cached_key(|file| Reverse(scenario(file).map_or(0, |scenario| scenario.devices.len())));
    let next = AtomicUsize::new(0);
    let played = Mutex::new(Vec::new());
    let players = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..players {
            scope.spawn(|| {
                step_back();
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let name = file
                        .file_name()
                        .expect("a file has a name")
                        .to_string_lossy()
                        .into_owned();
                    let found =
                        scenario(file).map_or_else(|faults| vec![faults], |scenario| differences(&scenario));
                    played.lock().expect("no player panicked").push((name, found));
                }
            });
        }
    });
    played.into_inner().expect("no player panicked")
}

#[test]
fn every_scenario_comes_out_as_its_file_says_and_nothing_else_does() {
    let files = files(&folder());
    assert!(
        files.len() >= 50,
        "only {} in {}",
        files.len(),
        folder().display()
    );
    let mut wrong: Vec<_> = play(&files)
        .into_iter()
        .filter(|(_, found)| !found.is_empty())
        .collect();
    wrong.sort();
    let told: Vec<_> = wrong
        .iter()
        .map(|(name, found)| format!("{name}:\n    {}", found.join("\n    ")))
        .collect();
    assert!(wrong.is_empty(), "\n{}", told.join("\n"));
}

#[test]
fn an_expectation_that_is_wrong_in_one_point_fails_and_names_that_point() {
    let text = std::fs::read_to_string(folder().join("app-crashes.toml")).unwrap();
    for (right, wrong, named) in [
        ("since = \"09:20\"", "since = \"09:21\"", "it began at 09:19:5"),
        ("until = \"09:21:30\"", "until = \"open\"", "it ended at 09:21"),
        (
            "condition = \"test_app_crashed\"",
            "condition = \"slept\"",
            "its condition is test_app_crashed",
        ),
        (
            "members = \"101-07\"",
            "members = [\"101-07\", \"101-05\"]",
            "101-05 is not in it",
        ),
        (
            "[[expect.incident]]",
            "[[expect.incident]]\ncorrected_from = \"vendor\"",
            "never corrected",
        ),
    ] {
        let text = text.replacen(right, wrong, 1);
        assert!(text.contains(wrong), "{right} stands in the file");
        let scenario = read("wrong.toml", &text).unwrap_or_else(|faults| panic!("{faults}"));
        let found = differences(&scenario);
        assert!(
            found.iter().any(|difference| difference.contains(named)),
            "{wrong} must be told as {named:?}: {found:?}"
        );
    }
}

#[test]
fn an_incident_that_no_file_expects_is_a_difference() {
    let text = std::fs::read_to_string(folder().join("app-crashes.toml")).unwrap();
    let (day, _) = text.split_once("[expect]").unwrap();
    let scenario = read("wrong.toml", &format!("{day}\n[expect]\n")).unwrap();
    let found = differences(&scenario);
    assert!(
        found
            .iter()
            .any(|difference| difference.starts_with("not expected: test_app_crashed")),
        "{found:?}"
    );
}

#[test]
fn the_same_file_gives_the_same_day_and_another_seed_another_one() {
    let text = std::fs::read_to_string(folder().join("app-crashes.toml")).unwrap();
    let notes = |text: &str| {
        let scenario = read("twice.toml", text).unwrap();
        serde_json::to_string(&rehearse(&scenario).unwrap().notes).unwrap()
    };
    let first = notes(&text);
    assert_eq!(first, notes(&text));
    assert_ne!(
        first,
        notes(&format!("seed = 99\n{text}")),
        "chance has a part in it"
    );
}

#[test]
fn every_fault_of_a_scenario_file_is_told_at_once_with_its_line() {
    let text = "title = \"Wrong\"\nfrom = \"09:00\"\nuntil = \"10:00\"\n\
                [[room]]\nid = \"101\"\n[[devices]]\nroom = \"102\"\ncount = 2\n\
                [[event]]\nat = \"9 o'clock\"\nwhat = \"dyes\"\n[expect]\n[[expect.incident]]\ncause = \"magic\"\n";
    let told = read("wrong.toml", text).unwrap_err().to_string();
    for part in [
        "wrong.toml:7: \"room\" in [[devices]]: there is no room \"102\"",
        "wrong.toml:10: \"at\" in [[event]]: \"9 o'clock\" is no time",
        "wrong.toml:11: \"what\" in [[event]] is \"dyes\"; did you mean \"dies\"?",
        "wrong.toml:14: \"cause\" in [[expect.incident]] is \"magic\"",
        "\"since\" is missing in [[expect.incident]]",
    ] {
        assert!(told.contains(part), "{part:?} is not in\n{told}");
    }
}
