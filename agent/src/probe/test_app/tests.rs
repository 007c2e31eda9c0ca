#[cfg(target_os = "linux")]
use std::process::{Command, Stdio};
#[cfg(target_os = "linux")]
use std::time::Duration;

use super::*;
use crate::probe::programs;

/// An exit is seen within this on a busy machine; the promise of one second is held with a clock that stands still, where
/// the agent runs.
#[cfg(target_os = "linux")]
const SEEN_WITHIN: Duration = Duration::from_secs(10);

/// A program of ours under a name of its own: a second name of `sleep`, as a program goes by the name it was started under.
#[cfg(target_os = "linux")]
struct Pretend {
    _folder: tempfile::TempDir,
    child: std::process::Child,
    identity: AppIdentity,
}

#[cfg(target_os = "linux")]
impl Pretend {
    fn start(name: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let program = folder.path().join(name);
        std::os::unix::fs::symlink("/bin/sleep", &program).expect("a second name of sleep");
        let child = Command::new(&program)
            .arg("60")
            .stdin(Stdio::null())
            .spawn()
            .expect("it starts");
        let identity = AppIdentity {
            processes: vec![ShortText::fit(name)],
            paths: vec![ShortText::fit(&program.display().to_string())],
            ..AppIdentity::default()
        };
        Self {
            _folder: folder,
            child,
            identity,
        }
    }
}

fn look(follow: &Follow, identity: &AppIdentity) -> Outcome<AppRun> {
    let found = programs::look(&identity.processes, &[], platform::matching_processes);
    follow.take(found.app)
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_running_test_app_is_found_and_its_end_is_seen() {
    // Longer than what the kernel keeps of a name, so that the command line is asked too.
    let mut pretend = Pretend::start("rr-practice-app-one");
    let follow = Follow::default();
    // Between fork and exec the child still bears the test's name.
    let found = loop {
        let found = look(&follow, &pretend.identity);
        if !matches!(found, Outcome::Measured(AppRun::NotRunning)) {
            break found;
        }
        tokio::task::yield_now().await;
    };
    assert!(
        matches!(found, Outcome::Measured(AppRun::Running { since: Some(_) })),
        "{found:?}"
    );
    assert!(
        tokio::time::timeout(Duration::from_millis(50), follow.ended())
            .await
            .is_err(),
        "it still runs"
    );
    let reaper = std::thread::spawn(move || {
        pretend.child.kill().expect("it can be ended");
        pretend.child.wait().expect("its parent takes note");
        pretend.identity
    });
    let exit = tokio::time::timeout(SEEN_WITHIN, follow.ended())
        .await
        .expect("seen in time");
    assert_ne!(exit, ExitKind::Normal, "a killed program did not end by itself");
    let identity = reaper.join().expect("the other thread");
    assert_eq!(look(&follow, &identity), Outcome::Measured(AppRun::NotRunning));
}

#[test]
fn an_installed_app_is_told_by_the_profile_s_words_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("practice");
    let mut identity = AppIdentity {
        paths: vec![
            ShortText::fit("/nowhere/practice"),
            ShortText::fit(&path.display().to_string()),
        ],
        ..AppIdentity::default()
    };
    assert_eq!(installed(&identity), Outcome::Measured(AppInstall::NotInstalled));
    std::fs::write(&path, "").expect("a file");
    let Outcome::Measured(AppInstall::Installed { place, .. }) = installed(&identity) else {
        panic!("the second place holds it");
    };
    assert_eq!(place, identity.paths[1]);
    identity.paths.clear();
    assert!(matches!(installed(&identity), Outcome::Unsupported(_)));
}

#[tokio::test]
async fn an_app_without_a_known_program_is_not_called_absent() {
    let follow = Follow::default();
    assert!(matches!(
        look(&follow, &AppIdentity::default()),
        Outcome::Unsupported(_)
    ));
}
