//! Opens a library and fills it where it is empty.

use std::path::Path;

use crate::catalogue::database::Library;
use crate::catalogue::fields::base_schema;
use crate::catalogue::generate;
use crate::catalogue::import::{ImportError, ImportReport, import_file};
use crate::catalogue::sample;
use crate::catalogue::server::{Contents, ServeError, ServeOptions};

/// Remembered while a library is being filled, so that a broken-off filling is begun again.
const FILLING: &str = "filling";

/// The library as the options want it, and what came of the imports.
pub(super) fn prepare(options: &ServeOptions) -> Result<(Library, Vec<ImportReport>), ServeError> {
    let library = match &options.catalogue {
        Some(path) => open(path)?,
        None => Library::in_memory()?,
    };
    if library.setting(FILLING)?.is_some() {
        library.clear()?;
    }
    if library.is_empty()? && library.schema().fields.is_empty() {
        fill(&library, options)?;
    }
    let mut reports = Vec::new();
    for path in &options.imports {
        let report = import_file(&library, path, &options.table);
        reports.push(report.map_err(|error| match error {
            ImportError::Table { .. } => ServeError::Import {
                path: path.display().to_string(),
                source: error,
            },
            ImportError::Database(error) => ServeError::Database(error),
            ImportError::File(source) => ServeError::File {
                path: path.display().to_string(),
                source,
            },
        })?);
    }
    Ok((library, reports))
}

fn open(path: &Path) -> Result<Library, ServeError> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(|source| ServeError::File {
            path: folder.display().to_string(),
            source,
        })?;
    }
    Ok(Library::open(path)?)
}

fn fill(library: &Library, options: &ServeOptions) -> Result<(), ServeError> {
    library.set_setting(FILLING, "yes")?;
    match options.contents {
        Contents::Generated(count) => {
            if !(1..=generate::MOST).contains(&count) {
                return Err(ServeError::Size(count));
            }
            generate::fill(library, count)?;
        }
        Contents::Sample if options.imports.is_empty() => sample::fill(library)?,
        Contents::Sample | Contents::Nothing => {
            library.change_schema(|schema| *schema = base_schema())?;
        }
    }
    library.forget_setting(FILLING)?;
    Ok(())
}
