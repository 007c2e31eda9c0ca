//! Small files that must survive a power cut: written beside, made durable, renamed into place, folder made durable.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Replaces a file's content in one step, durably. Only the owner may read it.
///
/// # Errors
/// When any step fails; the old content is then still there.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let (beside, file) = write_beside(path, folder, content)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&beside, path)?;
    sync_folder(folder)
}

/// Replaces a file's content in one step, without asking the disk to hurry: whoever reads sees the old or the new one, and
/// after a power cut maybe none. For what is written again and again.
///
/// # Errors
/// When any step fails; the old content is then still there.
pub fn replace_lightly(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let (beside, file) = write_beside(path, folder, content)?;
    drop(file);
    fs::rename(&beside, path)
}

fn write_beside(path: &Path, folder: &Path, content: &[u8]) -> io::Result<(PathBuf, File)> {
    let beside = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    // A leftover of a crash may have other rights; made anew, it has these.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = options.open(&beside)?;
    give_to_owner(&file, folder)?;
    file.write_all(content)?;
    Ok((beside, file))
}

/// What an administrator puts into the folder of a service belongs to the service, or it could not read it.
#[cfg(unix)]
fn give_to_owner(file: &File, folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let (mine, its) = (file.metadata()?, fs::metadata(folder)?);
    if mine.uid() == its.uid() || !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    std::os::unix::fs::fchown(file, Some(its.uid()), Some(its.gid()))
}

/// On Windows a file inherits its rights from its folder.
#[cfg(not(unix))]
fn give_to_owner(_: &File, _: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Windows does not open folders; its rename is durable with the file system's own log.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A file's text, `None` when there is no such file, refused when it is larger than it can sensibly be.
///
/// # Errors
/// When it is there and cannot be read.
pub fn read(path: &Path, most: u64) -> io::Result<Option<String>> {
    use std::io::Read as _;
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut text = String::new();
    let read = file.take(most + 1).read_to_string(&mut text)?;
    if u64::try_from(read).unwrap_or(u64::MAX) > most {
        return Err(io::Error::other(format!("it is larger than {most} bytes")));
    }
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_file_has_the_new_content_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("identity.toml");
        assert_eq!(read(&path, 10).expect("no file is no error"), None);
        replace(&path, b"one").expect("written");
        replace(&path, b"two").expect("written again");
        assert_eq!(read(&path, 10).expect("read"), Some("two".into()));
        assert!(read(&path, 2).is_err(), "larger than allowed");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(
            fs::read_dir(folder.path()).expect("a folder").count(),
            1,
            "nothing is left beside it"
        );
    }

    #[test]
    fn a_folder_that_cannot_be_written_leaves_the_old_content() {
        let folder = tempfile::tempdir().expect("a folder");
        let missing = folder.path().join("missing").join("identity.toml");
        assert!(replace(&missing, b"x").is_err());
    }
}
