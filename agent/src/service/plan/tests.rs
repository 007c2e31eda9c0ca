use super::super::{launchd, systemd};
use super::*;

const REFERENCE_UNIT: &str = include_str!("../../../../packaging/systemd/roomready-agent.service");
const REFERENCE_ACCOUNT: &str = include_str!("../../../../packaging/systemd/roomready-agent.conf");
const REFERENCE_PLIST: &str = include_str!("../../../../packaging/launchd/org.roomready.agent.plist");

fn wish(platform: Platform) -> Wish {
    Wish {
        platform,
        program: "/media/roomready-agent".into(),
        settings: None,
        enrolment: Some("key = \"k\"\n".into()),
        data: None,
        read_homes: false,
    }
}

/// Steps as a reader sees them; long texts have their own references.
fn told(steps: &[Step]) -> String {
    let tell = |step: &Step| match step {
        Step::Folder { path, mode } => format!("folder  {mode:o} {}", path.display()),
        Step::File { path, text, mode } if text.len() < 400 => {
            let text: String = text.lines().map(|line| format!("\n          | {line}")).collect();
            format!("file    {mode:o} {}{text}", path.display())
        }
        Step::File { path, mode, .. } => format!("file    {mode:o} {}", path.display()),
        Step::Program { from, to } => format!("program {} -> {}", from.display(), to.display()),
        Step::Link { path, to } => format!("link    {} -> {}", path.display(), to.display()),
        Step::Gone(path) => format!("gone    {}", path.display()),
        Step::GoneIfEmpty(path) => format!("empty?  {}", path.display()),
        Step::Call(Call::Run(words)) => format!("run     {}", words.join(" ")),
        Step::Call(Call::Try(words)) => format!("try     {}", words.join(" ")),
        Step::Call(call) => format!("call    {call:?}"),
    };
    steps.iter().map(|step| tell(step) + "\n").collect()
}

#[test]
fn what_is_put_down_and_taken_away_on_each_system() {
    for (name, platform) in [
        ("linux", Platform::Linux),
        ("macos", Platform::Macos),
        ("windows", Platform::Windows),
    ] {
        let installed = install(&wish(platform)).expect("a sound wish");
        let removed = uninstall(platform, Path::new(Places::of(platform).data), false);
        insta::assert_snapshot!(
            format!("steps_{name}"),
            format!("install\n{}\nuninstall\n{}", told(&installed), told(&removed))
        );
    }
}

#[test]
fn the_reference_copies_are_what_is_installed() {
    assert_eq!(systemd::unit("roomready-agent", false), REFERENCE_UNIT);
    assert_eq!(systemd::account(), REFERENCE_ACCOUNT);
    assert_eq!(launchd::plist(), REFERENCE_PLIST);
}

#[test]
fn only_a_service_that_looks_into_homes_gets_the_right_to() {
    let usual = systemd::unit("roomready-agent", false);
    assert!(usual.contains("\nCapabilityBoundingSet=\n") && !usual.contains("CAP_"));
    let looking = systemd::unit("roomready-agent", true);
    assert!(looking.contains("\nAmbientCapabilities=CAP_DAC_READ_SEARCH\n"));
}

#[test]
fn settings_given_are_taken_over_and_what_is_said_twice_is_refused() {
    let given = |settings: &str, data: Option<&str>| {
        install(&Wish {
            settings: Some(settings.into()),
            data: data.map(PathBuf::from),
            ..wish(Platform::Linux)
        })
    };
    let steps = given("log = \"debug\"\n", Some("/var/lib/rr")).expect("sound");
    let text = steps.iter().find_map(|step| match step {
        Step::File { path, text, .. } if path.ends_with("agent.toml") => Some(text.clone()),
        _ => None,
    });
    let parsed = config::parse("agent.toml", &text.expect("settings are written")).expect("sound");
    assert_eq!(parsed.log, "debug");
    assert_eq!(parsed.data, Path::new("/var/lib/rr"));
    assert_eq!(
        parsed.enrolment.as_deref(),
        Some(Path::new("/var/lib/rr/enrolment.toml"))
    );
    assert_eq!(
        given("data = \"/var/lib/a\"\n", Some("/var/lib/b")),
        Err(WishError::Twice { key: "data" })
    );
    assert!(matches!(given("dta = 1\n", None), Err(WishError::Settings(_))));
    for elsewhere in [
        "/srv/rr",
        "/var/lib",
        "/var/lib/a/b",
        "/var/lib/../x",
        "/var/lib/private",
    ] {
        assert_eq!(
            given("", Some(elsewhere)),
            Err(WishError::Data(elsewhere.into())),
            "{elsewhere}"
        );
    }
}

#[test]
fn the_account_on_macos_gets_a_number_that_nobody_has() {
    let list = "_www  70\n_appstore 33\nteacher   501\nother 350\n";
    assert_eq!(launchd::free_number(list), Some(351));
    let all: String = (350..=450)
        .map(|number| format!("u{number} {number}\n"))
        .collect();
    assert_eq!(launchd::free_number(&all), None);
}
