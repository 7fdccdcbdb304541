//! The sample library of `armarius demo`: a fashion house's pictures, and its data catalog.
//!
//! The SOAP face shows the 12,480 media assets alone. The REST face shows the same assets and,
//! beside them, 48 data assets (tables, views, dashboards, a glossary and its terms), which a
//! media server could not hold. So every number of the media library is the same on both faces
//! as long as the type is asked for, and a certificate given to a picture on one face is on it
//! on the other.
//!
//! AW26 and two more seasons, and the assets without any, are pictures alone, so that a facet
//! over all types counts the same as one over pictures.

mod data;
mod media;
mod named;
mod texts;

use crate::catalogue::database::{DatabaseError, Library};
use crate::catalogue::fields::picture_schema;

/// What goes wrong in the demo, on purpose: a folder without write access, a lost reply, a
/// change by somebody else, and a success that was none.
pub const SAMPLE_FAULTS: &str = "refuse-folder=Legal-hold,\
    write-then-drop=once:asset:JKT_2212_SPINSET,\
    drift=Rights/Agency X:once:asset:JKT_2202_FRONT,\
    silent-refuse=asset:JKT_2207_BACK";

/// How many media assets the sample has.
pub const SAMPLE_ASSETS: u64 = 12_480;

/// Fill an empty library with the sample.
///
/// # Errors
///
/// When the database cannot be written.
pub fn fill(library: &Library) -> Result<(), DatabaseError> {
    library.change_schema(|schema| *schema = picture_schema())?;
    library.load(|loading| {
        for record in media::assets() {
            loading.add(record)?;
        }
        for record in data::assets() {
            loading.add(record)?;
        }
        Ok::<(), DatabaseError>(())
    })?;
    library.collect_dictionaries()
}

#[cfg(test)]
mod tests;
