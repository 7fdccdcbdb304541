//! The folder of a workspace: nobody else may look into it, write to it, or take it away unseen.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::error::StoreError;

/// Makes a folder nobody else may look into.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Takes from others what an earlier version, or somebody's hand, let them do with a workspace.
///
/// # Errors
///
/// Why the folder is not safe to write to, as a part of a sentence: somebody else could change
/// what is written there, and with it what is sent.
#[cfg(unix)]
pub(super) fn tighten(folder: &Path) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt;

    const OTHERS_WRITE: u32 = 0o022;
    const EVERYBODY_WRITES: u32 = 0o002;
    const STICKY: u32 = 0o1000;
    let look = |path: &Path| {
        let found = path.metadata();
        found.map_err(|why| format!("{} can't be looked at: {why}", path.display()))
    };
    let me = rustix::process::geteuid();
    let found = look(folder)?;
    if found.uid() != me.as_raw() && !me.is_root() {
        return Err(format!(
            "it belongs to another user (number {})",
            found.uid()
        ));
    }
    narrow(folder, &found);
    if look(folder)?.mode() & OTHERS_WRITE != 0 {
        return Err("others may write to it, and that can't be changed".to_owned());
    }
    let above = folder.canonicalize().ok();
    if let Some(above) = above.as_deref().and_then(Path::parent) {
        let mode = look(above)?.mode();
        if mode & EVERYBODY_WRITES != 0 && mode & STICKY == 0 {
            let above = above.display();
            return Err(format!(
                "everybody may write to {above} and take it away; run `chmod o-w {above}`"
            ));
        }
    }
    narrow_all(folder, 2);
    Ok(())
}

/// What is written is private by the system's own rules here.
#[cfg(not(unix))]
pub(super) fn tighten(_: &Path) -> Result<(), String> {
    Ok(())
}

/// Everything in a folder, and in the folders in it. Links are left alone.
#[cfg(unix)]
fn narrow_all(folder: &Path, depth: usize) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let path = entry.path();
        let Ok(found) = path.symlink_metadata() else {
            continue;
        };
        narrow(&path, &found);
        if found.is_dir() && depth > 1 {
            narrow_all(&path, depth - 1);
        }
    }
}

/// Takes every right from everybody but the owner.
#[cfg(unix)]
fn narrow(path: &Path, found: &fs::Metadata) {
    use std::os::unix::fs::PermissionsExt;

    let mode = found.permissions().mode();
    if (found.is_dir() || found.is_file()) && mode & 0o077 != 0 {
        // Where it can't be done the folder is looked at again; a file in it is safe with it.
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700));
    }
}

/// Files that must stay where they are while they are open.
#[derive(Debug, Default)]
pub(super) struct Watched(Vec<(PathBuf, Identity)>);

/// What tells a file from another of the same name.
#[derive(Debug, PartialEq, Eq)]
struct Identity(u64, u64);

impl Watched {
    /// Those of these files that are there.
    pub(super) fn of(files: impl IntoIterator<Item = PathBuf>) -> Self {
        let there = files.into_iter().filter_map(|path| {
            let identity = identity(&path)?;
            Some((path, identity))
        });
        Self(there.collect())
    }

    /// Fails if one of them was deleted or replaced: what is written is then kept by nothing, and
    /// a second program could take the workspace for free.
    ///
    /// # Errors
    ///
    /// [`StoreError::Gone`].
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let gone = |(path, known): &&(PathBuf, Identity)| identity(path).as_ref() != Some(known);
        match self.0.iter().find(gone) {
            None => Ok(()),
            Some((path, _)) => Err(StoreError::Gone { path: path.clone() }),
        }
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    let found = path.symlink_metadata().ok()?;
    Some(Identity(found.dev(), found.ino()))
}

/// An open file can't be deleted here.
#[cfg(not(unix))]
fn identity(_: &Path) -> Option<Identity> {
    None
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::{
        fs,
        os::unix::fs::{PermissionsExt, symlink},
    };

    use tempfile::TempDir;

    use crate::store::{
        Access, StoreError, Workspace,
        tests::{ids, me, opened},
    };

    fn mode(path: &std::path::Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o7777
    }

    fn set(path: &std::path::Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn refusal(folder: &std::path::Path) -> String {
        let workspace = Workspace::open(folder, &me()).unwrap();
        workspace.access().refusal().unwrap_or_default().to_owned()
    }

    #[test]
    fn what_others_could_read_or_write_in_a_workspace_they_no_longer_can() {
        let folder = TempDir::new().unwrap();
        drop(opened(&folder));
        let reports = folder.path().join("reports");
        fs::create_dir(&reports).unwrap();
        fs::write(reports.join("R-0001.csv"), "x").unwrap();
        let outside = TempDir::new().unwrap();
        let linked = outside.path().join("mine.txt");
        fs::write(&linked, "x").unwrap();
        set(&linked, 0o644);
        symlink(&linked, folder.path().join("link")).unwrap();
        set(&reports.join("R-0001.csv"), 0o666);
        set(&reports, 0o755);
        set(&folder.path().join("workspace.sqlite"), 0o644);
        set(folder.path(), 0o777);
        let workspace = opened(&folder);
        assert_eq!(workspace.access(), &Access::Writing);
        assert_eq!(mode(folder.path()), 0o700);
        assert_eq!(mode(&reports), 0o700);
        assert_eq!(mode(&reports.join("R-0001.csv")), 0o600);
        assert_eq!(mode(&folder.path().join("workspace.sqlite")), 0o600);
        assert_eq!(mode(&linked), 0o644, "a link is left alone");
    }

    #[test]
    fn nothing_is_written_where_everybody_could_put_another_workspace() {
        let above = TempDir::new().unwrap();
        let folder = above.path().join("gallery");
        fs::create_dir(&folder).unwrap();
        for (mode, is_safe) in [(0o777, false), (0o1777, true), (0o775, true), (0o700, true)] {
            set(above.path(), mode);
            let why = refusal(&folder);
            assert_eq!(why.is_empty(), is_safe, "{mode:o}: {why}");
            if !is_safe {
                assert!(why.contains("everybody may write to"), "{why}");
                assert!(why.contains("chmod o-w"), "{why}");
                assert!(!folder.join("workspace.sqlite").exists());
            }
        }
    }

    #[test]
    fn what_a_lock_leads_to_or_shares_its_bytes_with_is_never_touched() {
        let outside = TempDir::new().unwrap();
        let precious = outside.path().join("thesis.txt");
        let link: fn(&std::path::Path, &std::path::Path) =
            |file, lock| symlink(file, lock).unwrap();
        let name: fn(&std::path::Path, &std::path::Path) = |file, lock| {
            fs::hard_link(file, lock).unwrap();
        };
        let copy: fn(&std::path::Path, &std::path::Path) = |file, lock| {
            fs::copy(file, lock).unwrap();
        };
        let torn = "{\"pid\":4711,\"ho";
        for (make, text, said) in [
            (link, "my thesis", "is a link"),
            (link, torn, "is a link"),
            (name, torn, "is not a lock of this program"),
            (copy, "my thesis", "is not a lock of this program"),
        ] {
            let folder = TempDir::new().unwrap();
            let lock = folder.path().join("lock");
            fs::write(&precious, text).unwrap();
            make(&precious, &lock);
            let why = refusal(folder.path());
            assert!(why.contains(said), "{why}");
            assert_eq!(fs::read_to_string(&precious).unwrap(), text);
            assert_eq!(fs::read_to_string(&lock).unwrap(), text);
        }
    }

    #[test]
    fn a_workspace_that_was_taken_away_takes_no_more_notes() {
        for gone in ["", "workspace.sqlite", "workspace.sqlite-wal", "lock"] {
            let folder = TempDir::new().unwrap();
            let mut workspace = opened(&folder);
            workspace.allocate_rows(&ids(&["a"])).unwrap();
            if gone.is_empty() {
                fs::remove_dir_all(folder.path()).unwrap();
            } else {
                fs::remove_file(folder.path().join(gone)).unwrap();
            }
            let error = workspace.allocate_rows(&ids(&["b"])).unwrap_err();
            assert!(matches!(error, StoreError::Gone { .. }), "{gone}: {error}");
            // Nor when another one of the same name lies there.
            if !gone.is_empty() {
                fs::write(folder.path().join(gone), "").unwrap();
            }
            let error = workspace.set_setting("view", "1").unwrap_err();
            assert!(matches!(error, StoreError::Gone { .. }), "{gone}: {error}");
        }
    }
}
