//! Where files are: the platform's folders, unless somebody names others.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use super::ConfigError;

/// The folders and files of this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The configuration file; it may not exist.
    pub config_file: PathBuf,
    /// The folder of the user's themes, beside the file; it may not exist.
    pub themes: PathBuf,
    /// The folder of the workspaces, one folder a profile in it.
    pub data: PathBuf,
}

impl Paths {
    /// The folder of one profile's workspace.
    pub fn workspace(&self, profile: &str) -> PathBuf {
        self.data.join(profile)
    }
}

/// The configuration file of the platform (`~/.config/armarius/config.toml` on Linux).
pub(super) fn default_config_file() -> Result<PathBuf, ConfigError> {
    Ok(platform()?.config_dir().join("config.toml"))
}

/// The data folder of the platform (`~/.local/share/armarius` on Linux).
pub(super) fn default_data_dir() -> Result<PathBuf, ConfigError> {
    Ok(platform()?.data_local_dir().to_path_buf())
}

/// A folder named in the file; relative ones start at the file's folder.
pub(super) fn beside(config_file: &Path, named: &str) -> PathBuf {
    config_file.parent().unwrap_or(Path::new("")).join(named)
}

fn platform() -> Result<ProjectDirs, ConfigError> {
    ProjectDirs::from("", "", "armarius").ok_or(ConfigError::Homeless)
}

/// Whether a profile's name can be a folder's name everywhere.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && !name.starts_with(['.', '-'])
        && name
            .chars()
            .all(|one| one.is_ascii_alphanumeric() || matches!(one, '-' | '_' | '.'))
}
