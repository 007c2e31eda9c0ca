//! What lies below a folder, with everybody's rights.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Every path below a folder, with its kind and rights: `drwx 755`, `file 644`, `link -> …`.
pub(super) fn tree(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    walk(root, root, &mut found);
    found
}

fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the test") {
        let path = entry.expect("an entry").path();
        let metadata = path.symlink_metadata().expect("it is there");
        let mode = metadata.permissions().mode() & 0o7777;
        let what = if metadata.is_symlink() {
            let to = std::fs::read_link(&path).expect("a link");
            format!("link -> {}", to.display())
        } else if metadata.is_dir() {
            format!("folder {mode:o}")
        } else {
            format!("file {mode:o}")
        };
        let name = path.strip_prefix(root).expect("below it").display().to_string();
        found.insert(name, what);
        if metadata.is_dir() {
            walk(root, &path, found);
        }
    }
}
