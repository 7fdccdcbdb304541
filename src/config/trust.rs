//! Whether a configuration that names commands may be believed: whoever can write it can run them.

use std::path::Path;

use super::Problem;

/// What is wrong if others than its owner may write the file, or put another in its place.
#[cfg(unix)]
pub(super) fn problem(file: &Path) -> Option<Problem> {
    use std::os::unix::fs::MetadataExt;

    const GROUP: u32 = 0o020;
    const EVERYBODY: u32 = 0o002;
    const STICKY: u32 = 0o1000;
    let found = file.metadata().ok()?;
    // A pipe is not written again.
    if !found.is_file() {
        return None;
    }
    let folder = |file: &Path| match file.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new(".").to_path_buf(),
        Some(folder) => folder.to_path_buf(),
        None => file.to_path_buf(),
    };
    // A link can be replaced where it lies, and its file where that lies.
    let target = file.canonicalize().unwrap_or_else(|_| file.to_path_buf());
    let places = [target.clone(), folder(file), folder(&target)];
    let me = rustix::process::geteuid();
    let wrong = places.iter().find_map(|place| {
        let found = place.metadata().ok()?;
        let mode = found.mode();
        let shown = place.display();
        if found.uid() != me.as_raw() && found.uid() != 0 && !me.is_root() {
            return Some(format!("{shown} belongs to another user; make it your own"));
        }
        // In a sticky folder nobody can replace what belongs to somebody else.
        let is_sticky = found.is_dir() && mode & STICKY != 0;
        let who = match mode {
            _ if is_sticky => return None,
            mode if mode & EVERYBODY != 0 => "everybody",
            mode if mode & GROUP != 0 => "its group",
            _ => return None,
        };
        Some(format!(
            "{who} may write to {shown}; run `chmod go-w {shown}`"
        ))
    })?;
    Some(Problem {
        source: file.display().to_string(),
        place: None,
        message: format!("the file names a command to run, and {wrong}"),
    })
}

/// Who may write a file is not looked at here.
#[cfg(not(unix))]
pub(super) fn problem(_: &Path) -> Option<Problem> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn a_file_others_may_write_or_replace_is_not_believed() {
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().join("armarius");
        fs::create_dir(&folder).unwrap();
        let file = folder.join("config.toml");
        fs::write(&file, "").unwrap();
        let link = outside.path().join("linked.toml");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        for (folder_mode, file_mode, said) in [
            (0o700, 0o600, None),
            (0o755, 0o644, None),
            (0o1777, 0o644, None),
            (0o700, 0o664, Some("its group may write to")),
            (0o755, 0o646, Some("everybody may write to")),
            (0o775, 0o644, Some("its group may write to")),
            (0o777, 0o600, Some("everybody may write to")),
            (0o1777, 0o666, Some("everybody may write to")),
        ] {
            fs::set_permissions(&file, fs::Permissions::from_mode(file_mode)).unwrap();
            fs::set_permissions(&folder, fs::Permissions::from_mode(folder_mode)).unwrap();
            for file in [&file, &link] {
                let problem = problem(file).map(|problem| problem.to_string());
                assert_eq!(
                    problem.is_some(),
                    said.is_some(),
                    "{folder_mode:o} {file_mode:o}"
                );
                if let (Some(problem), Some(said)) = (problem, said) {
                    assert!(problem.contains(said), "{problem}");
                    assert!(problem.contains("`chmod go-w "), "{problem}");
                }
            }
        }
        assert!(problem(&folder.join("none.toml")).is_none());
    }
}
