//! Writing a file so that its name always stands for the old content or the new, never a mixture.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use super::ExchangeError;

/// Writes a file: beside it, to the disk, then in its place.
///
/// # Errors
///
/// The system's reason; the file is then as it was before.
pub fn write_file(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), ExchangeError> {
    let beside = beside(path);
    let written = write_beside(&beside, content)
        .and_then(|()| fs::rename(&beside, path))
        .and_then(|()| sync_folder(path));
    written.map_err(|error| {
        // It may not even exist; the error above is the one worth telling.
        let _ = fs::remove_file(&beside);
        ExchangeError::file(path, &error)
    })
}

fn write_beside(
    beside: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    // Left by a program of the same number; a link of this name is not followed.
    let _ = fs::remove_file(beside);
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(beside)?;
    let mut writer = BufWriter::new(file);
    content(&mut writer)?;
    writer
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()
}

fn beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

/// A name is durable only with its folder.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_that_breaks_off_leaves_the_old_one_and_no_rubbish() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.csv");
        write_file(&path, |out| out.write_all(b"old")).unwrap();
        let error = write_file(&path, |out| {
            out.write_all(b"ne")?;
            Err(io::Error::other("the disk is full"))
        });
        assert!(
            error
                .unwrap_err()
                .to_string()
                .ends_with("report.csv: the disk is full")
        );
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        write_file(&path, |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }
}
