//! Where the product's built binaries are, and that they are fresh.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// `tests/run` sets this after it has built everything, so that no test builds again.
const ALREADY_BUILT: &str = "ROOMREADY_BINARIES_BUILT";

/// The packages whose binaries tests start. Built together with the tests' own package, so that cargo settles
/// on the same features, and so reuses what `cargo test -p roomready-tests` has just compiled.
const PACKAGES: [&str; 4] = [
    "roomready-tests",
    "roomready-agent",
    "roomready-collector",
    "roomready-simulator",
];

/// The path of one of the workspace's own binaries, such as `roomready-agent`, built if need be.
///
/// # Panics
///
/// When the build fails, or when no binary of that name comes out of it.
#[must_use]
pub fn binary(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = profile_folder();
        if !already_built() {
            build(&folder);
        }
        folder
    });
    let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        path.is_file(),
        "there is no {}: run `tests/run`, or check the binary's name in its Cargo.toml",
        path.display()
    );
    path
}

/// The root of the workspace.
#[must_use]
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests package lies in the workspace")
}

/// The folder that holds this build's binaries: a test runs from `<target>/<profile>/deps/`.
fn profile_folder() -> PathBuf {
    let test = std::env::current_exe().expect("a running test knows its own path");
    test.parent()
        .and_then(Path::parent)
        .expect("a test binary lies in <target>/<profile>/deps")
        .to_owned()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test binary has no command line of its own to say this on"
)]
fn already_built() -> bool {
    std::env::var_os(ALREADY_BUILT).is_some()
}

fn build(folder: &Path) {
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(other) => other,
    };
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(workspace())
        .args(["build", "--quiet", "--bins", "--profile", profile]);
    for package in PACKAGES {
        cargo.args(["--package", package]);
    }
    // What cargo told this test about its package would be news to build scripts: they would all run again, here and
    // then once more in the developer's next build.
    for (key, _value) in std::env::vars_os() {
        let key = key.to_string_lossy();
        if key.starts_with("CARGO_PKG_") || key.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&*key);
        }
    }
    cargo.arg("--target-dir").arg(
        folder
            .parent()
            .expect("the profile's folder lies in the target folder"),
    );
    let status = cargo
        .status()
        .expect("cargo, which started this test, starts again");
    assert!(status.success(), "the binaries under test do not build: {status}");
}
