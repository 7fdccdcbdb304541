//! The workspace on the disk: everything that must survive the program.
//!
//! One folder a profile. `workspace.sqlite` holds what nobody else has: the log of operations,
//! rows, marks, runs with every note and outcome, settings; every write is durable when its call
//! returns. `listing.columns` and `listing.sqlite` are a cache of what the library answered, the
//! last whole listing and what came since, and may be deleted. `lock` says who writes. Start reading at [`Workspace`].

mod assets;
mod bytes;
mod columns;
mod copy;
mod database;
mod error;
mod folio;
mod items;
mod listing;
mod lock;
mod notes;
mod page;
mod private;
mod rows;
mod runs;
mod seal;
mod view;
mod workspace;

#[cfg(test)]
mod damage;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod tests;

pub use self::{
    assets::{Kept, PackedPage, read_page},
    columns::{Keeping, KeptColumns},
    error::StoreError,
    listing::CachedListing,
    lock::Holder,
    notes::Note,
    workspace::{Access, Workspace},
};
