//! The things that tests need from outside the workspace. `tests/run` installs them; here they are found, and
//! a missing one is an error, never a skipped test.

use std::path::PathBuf;

use crate::binaries::workspace;

/// The real browser.
#[must_use]
pub fn chromium() -> PathBuf {
    on_path("chromium")
}

/// The program that steers it.
#[must_use]
pub fn chromedriver() -> PathBuf {
    on_path("chromedriver")
}

/// The library that shows a program another time of day.
#[must_use]
pub fn libfaketime() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").expect("a Linux has its libraries here");
    folders
        .flatten()
        .map(|folder| folder.path().join("faketime/libfaketime.so.1"))
        .find(|library| library.is_file())
        .expect("libfaketime is installed, and no test is skipped for it: `tests/run --tools` installs it")
}

/// The accessibility checks of axe-core, as one script to run inside a page.
#[must_use]
pub fn axe_script() -> String {
    let path = workspace().join("target/test-tools/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&path).unwrap_or_else(|fault| {
        panic!(
            "cannot read axe-core at {}: {fault}; `tests/run --tools` installs it",
            path.display()
        )
    })
}

/// The program that drives an interface by its own description.
#[must_use]
pub fn schemathesis() -> PathBuf {
    let path = workspace().join("target/test-tools/venv/bin/schemathesis");
    assert!(
        path.is_file(),
        "schemathesis is not installed, and no test is skipped for it: `tests/run --tools` installs it"
    );
    path
}

#[expect(
    clippy::disallowed_methods,
    reason = "PATH is where installed programs are; no command line to take it from"
)]
fn on_path(program: &str) -> PathBuf {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
        .unwrap_or_else(|| {
            panic!(
                "{program} is not installed, and no test is skipped for it: `tests/run --tools` installs it"
            )
        })
}
