//! The workspace on the disk: everything that must survive the program.
//!
//! One folder a profile. `workspace.sqlite` holds what nobody else has: the log of operations,
//! rows, marks, runs with every note and outcome, settings; every write is durable when its call
//! returns. `listing.sqlite` is a cache of what the library answered and may be deleted. `lock`
//! says who writes. Start reading at [`Workspace`].

mod copy;
mod database;
mod error;
mod listing;
mod lock;
mod notes;
mod page;
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
    error::StoreError,
    listing::CachedListing,
    lock::Holder,
    notes::Note,
    page::read_page,
    workspace::{Access, Workspace},
};
