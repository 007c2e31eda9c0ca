//! The shape of the house: which crate may know which, what must never come in, what lies at the top.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{CargoOpt, DependencyKind, Metadata, MetadataCommand, PackageId};
use roomready_tests::binaries::{binary, workspace};

/// Input, output, clocks and runtimes: nothing that the shared language may ever need.
const NEVER_IN_SHARED: [&str; 8] = [
    "tokio",
    "hyper",
    "axum",
    "reqwest",
    "rusqlite",
    "tracing-subscriber",
    "rustls",
    "clap",
];

/// What could put something in front of a student: notices, windows, tray icons, the buses and displays that carry them,
/// sounds, speech, pictures of a screen, keys pressed by a program.
const NEVER_ON_A_DEVICE: [&str; 42] = [
    "notify-rust",
    "mac-notification-sys",
    "tauri-winrt-notification",
    "winrt-notification",
    "winrt-toast",
    "user-notify",
    "rfd",
    "native-dialog",
    "tinyfiledialogs",
    "msgbox",
    "winit",
    "tao",
    "wry",
    "web-view",
    "gtk",
    "gtk4",
    "gdk",
    "glib",
    "gio",
    "cocoa",
    "objc2-app-kit",
    "objc2-user-notifications",
    "x11",
    "x11-dl",
    "x11rb",
    "xcb",
    "wayland-client",
    "egui",
    "iced",
    "slint",
    "tray-icon",
    "systray",
    "zbus",
    "dbus",
    "open",
    "opener",
    "webbrowser",
    "rodio",
    "cpal",
    "tts",
    "enigo",
    "arboard",
];

/// TLS is rustls with ring: these need build tools that schools' packagers do not have, or a second TLS stack.
const NEVER_ANYWHERE: [&str; 6] = [
    "aws-lc-rs",
    "aws-lc-sys",
    "aws-lc-fips-sys",
    "openssl",
    "openssl-sys",
    "native-tls",
];

/// Without these at the top it is not this project.
const TOP_MUST: [&str; 8] = [
    "Cargo.toml",
    "Cargo.lock",
    "agent",
    "collector",
    "configs",
    "shared",
    "tests",
    "README.md",
];

/// What may stand beside them. Hidden files and build output do not count.
const TOP_MAY: [&str; 7] = [
    "packaging",
    "docs",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "SECURITY.md",
];

#[test]
fn shared_knows_neither_side_nor_any_runtime_network_or_database() {
    let graph = Graph::of(&CargoOpt::AllFeatures);
    let shared = graph.below("roomready-shared", Arrows::Shipped);
    assert!(shared.contains("serde"), "the graph knows what shared does use");
    for name in ["roomready-agent", "roomready-collector"]
        .iter()
        .chain(&NEVER_IN_SHARED)
    {
        assert!(
            !shared.contains(*name),
            "roomready-shared reaches {name}; it must stay pure"
        );
    }
}

#[test]
fn agent_and_collector_never_know_each_other() {
    let graph = Graph::of(&CargoOpt::AllFeatures);
    for (one, other) in [
        ("roomready-agent", "roomready-collector"),
        ("roomready-collector", "roomready-agent"),
    ] {
        let below = graph.below(one, Arrows::All);
        assert!(
            below.contains("roomready-shared"),
            "the graph knows what {one} does use"
        );
        assert!(
            !below.contains(other),
            "{one} reaches {other}; they meet on the wire"
        );
    }
}

#[test]
fn the_product_never_knows_its_tests() {
    let graph = Graph::of(&CargoOpt::AllFeatures);
    for product in ["roomready-shared", "roomready-agent", "roomready-collector"] {
        let below = graph.below(product, Arrows::All);
        for test in ["roomready-tests", "roomready-simulator"] {
            assert!(!below.contains(test), "{product} reaches {test}");
        }
    }
}

#[test]
fn the_device_program_has_no_code_that_shows_anything() {
    // As it is built for devices: with the package's default features, for every system, and what builds it too.
    let device = packages_of_agent(&[]);
    assert!(device.contains("tokio"), "the tree knows what the agent does use");
    for shows in NEVER_ON_A_DEVICE {
        assert!(
            !device.contains(shows),
            "roomready-agent reaches {shows}; it shows nothing, ever"
        );
    }
    let staff = packages_of_agent(&["--features", "watch"]);
    for shows in ["notify-rust", "zbus"] {
        assert!(
            staff.contains(shows),
            "the tree would show {shows}: roomready-watch has it"
        );
    }
}

/// Features that are added later must not bring anything in that the check above does not see.
#[test]
fn what_shows_comes_into_the_agent_s_package_by_one_feature_that_nobody_has_unasked() {
    let metadata = metadata(&CargoOpt::AllFeatures);
    let agent = metadata
        .packages
        .iter()
        .find(|package| package.name.as_str() == "roomready-agent")
        .expect("the agent is in the workspace");
    let features: Vec<_> = agent.features.keys().map(String::as_str).collect();
    assert_eq!(features, ["watch"], "no default feature, and no other");
    let needs: Vec<_> = agent
        .targets
        .iter()
        .filter(|target| target.is_bin())
        .map(|target| (target.name.as_str(), target.required_features.clone()))
        .collect();
    let watch = vec!["watch".to_owned()];
    assert_eq!(needs, [("roomready-agent", vec![]), ("roomready-watch", watch)]);
    let optional = agent.dependencies.iter().filter(|below| below.optional);
    let optional: Vec<_> = optional.map(|below| below.name.as_str()).collect();
    assert_eq!(optional, ["notify-rust"]);
}

/// Here, in one build with everything, cargo gives both programs of the package the same features. The device program has
/// nothing of what shows even then, because the library reaches nothing of it.
#[test]
fn the_device_program_as_it_is_built_beside_the_staff_s_holds_nothing_of_notices() {
    let holds = |program: &str, text: &str| {
        let program = std::fs::read(binary(program)).expect("a built program can be read");
        program.windows(text.len()).any(|bytes| bytes == text.as_bytes())
    };
    for text in [
        "org.freedesktop.Notifications",
        "notify-rust",
        "notify_rust",
        "zbus",
    ] {
        assert!(
            !holds("roomready-agent", text),
            "the device program holds {text:?}"
        );
    }
    for text in ["org.freedesktop.Notifications", "notify-rust", "zbus"] {
        assert!(holds("roomready-watch", text), "{text:?} would be seen");
    }
    let library = workspace().join("agent/src");
    for file in sources(&library) {
        let text = std::fs::read_to_string(&file).expect("a source can be read");
        let is_of_watch = file.starts_with(library.join("watch"));
        assert!(
            is_of_watch || !text.contains("notify_rust") && !text.contains("watch/"),
            "{} reaches what shows",
            file.display()
        );
    }
}

/// Rust files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder of sources can be listed");
    let mut files = vec![];
    for entry in entries {
        let path = entry.expect("an entry of it").path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files
}

/// Everything that cargo would build for the agent's package alone, by name.
fn packages_of_agent(features: &[&str]) -> BTreeSet<String> {
    let tree = Command::new(env!("CARGO"))
        .current_dir(workspace())
        .args(["tree", "--locked", "--package", "roomready-agent"])
        .args(["--edges", "normal,build", "--target", "all", "--prefix", "none"])
        .args(["--format", "{p}"])
        .args(features)
        .output()
        .expect("cargo, which started this test, starts again");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let lines = String::from_utf8(tree.stdout).expect("cargo writes text");
    let names = lines.lines().filter_map(|line| line.split_whitespace().next());
    names.map(str::to_owned).collect()
}

#[test]
fn no_banned_crate_is_locked_by_anybody() {
    let lock = std::fs::read_to_string(workspace().join("Cargo.lock")).expect("the lock file is committed");
    let lock: toml::Table = lock.parse().expect("cargo writes valid TOML");
    let packages = lock["package"].as_array().expect("a lock file lists packages");
    let locked: BTreeSet<&str> = packages
        .iter()
        .filter_map(|package| package["name"].as_str())
        .collect();
    assert!(locked.contains("rustls"), "the lock file lists what we do use");
    for banned in NEVER_ANYWHERE {
        assert!(
            !locked.contains(banned),
            "{banned} is in Cargo.lock; `cargo tree -i {banned}` says why"
        );
    }
}

#[test]
fn the_top_folder_holds_what_was_agreed_and_nothing_else() {
    let entries = std::fs::read_dir(workspace()).expect("the workspace folder can be listed");
    let names = entries.map(|entry| {
        entry
            .expect("an entry of it")
            .file_name()
            .to_string_lossy()
            .into_owned()
    });
    let top: BTreeSet<String> = names
        .filter(|name| !name.starts_with('.') && !name.starts_with("target"))
        .collect();
    for must in TOP_MUST {
        assert!(top.contains(must), "{must} is missing at the top");
    }
    let agreed: BTreeSet<&str> = TOP_MUST.into_iter().chain(TOP_MAY).collect();
    let others: Vec<&String> = top
        .iter()
        .filter(|name| !agreed.contains(name.as_str()))
        .collect();
    assert!(
        others.is_empty(),
        "not agreed at the top: {others:?}; find them a room, or agree on them here"
    );
}

/// Which arrows to follow from a workspace crate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arrows {
    /// What ends up in the crate, or builds it.
    Shipped,
    /// And what only its own tests use.
    All,
}

/// Who depends on whom, for every platform.
struct Graph {
    names: BTreeMap<PackageId, String>,
    arrows: BTreeMap<PackageId, Vec<(PackageId, bool)>>,
}

fn metadata(features: &CargoOpt) -> Metadata {
    MetadataCommand::new()
        .manifest_path(workspace().join("Cargo.toml"))
        .features(features.clone())
        .other_options(["--locked".to_owned()])
        .exec()
        .expect("cargo metadata describes the workspace")
}

impl Graph {
    fn of(features: &CargoOpt) -> Self {
        let metadata = metadata(features);
        let names = metadata
            .packages
            .iter()
            .map(|package| (package.id.clone(), package.name.to_string()))
            .collect();
        let resolve = metadata.resolve.expect("cargo metadata resolves by default");
        let arrows = resolve.nodes.into_iter().map(|node| {
            let below = node.deps.into_iter().map(|dependency| {
                let kinds = &dependency.dep_kinds;
                let only_tests = kinds.iter().all(|kind| kind.kind == DependencyKind::Development);
                (dependency.pkg, only_tests)
            });
            (node.id, below.collect())
        });
        let arrows = arrows.collect();
        Self { names, arrows }
    }

    /// The names of everything that `crate_name` reaches, itself left out.
    fn below(&self, crate_name: &str, follow: Arrows) -> BTreeSet<&str> {
        let start = self.names.iter().find(|(_, name)| *name == crate_name);
        let (start, _) = start.unwrap_or_else(|| panic!("{crate_name} is not in the workspace"));
        let mut seen = BTreeSet::from([start]);
        let mut open = vec![start];
        while let Some(package) = open.pop() {
            for (below, only_tests) in &self.arrows[package] {
                if (follow == Arrows::All || !only_tests) && seen.insert(below) {
                    open.push(below);
                }
            }
        }
        seen.remove(start);
        seen.into_iter()
            .map(|package| self.names[package].as_str())
            .collect()
    }
}
