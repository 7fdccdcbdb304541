//! A listing kept as columns, and opened again from them, without a look at each value.

mod opened;
#[cfg(test)]
mod tests;
mod writer;

use std::borrow::Cow;

use crate::{
    domain::{
        Listing,
        listing::{Heading, Part, SectionKey},
    },
    store::{Keeping, KeptColumns, StoreError},
};

pub(super) use self::{
    opened::cached,
    writer::{Gathered, Writer},
};

/// The sheet of what a listing is but for its blocks, and the one of the rows that are listed.
const HEADING: &str = "heading";
const PRESENT: &str = "present";

/// Writes a listing as sheets.
fn write(keeping: &Keeping, listing: &Listing) -> Result<(), StoreError> {
    let mut heading = listing.heading();
    let present = std::mem::take(&mut heading.present);
    // A heading is always text.
    let heading = serde_json::to_vec(&heading).unwrap_or_default();
    let first = [
        (HEADING.to_owned(), Cow::Owned(heading)),
        (PRESENT.to_owned(), Cow::Owned(present)),
    ];
    let sections = listing.sections(None);
    let sections = sections.map(|section| (name(section.key), section.bytes));
    keeping.write(first.into_iter().chain(sections))
}

/// The listing that was kept; `None` if the columns are damaged or don't fit together.
fn read(kept: &KeptColumns) -> Option<Listing> {
    let (mut heading, mut present) = (None, None);
    let mut sections = Vec::new();
    for (name, bytes) in kept.read().ok()? {
        match name {
            HEADING => heading = serde_json::from_slice::<Heading>(&bytes).ok(),
            PRESENT => present = Some(bytes),
            name => sections.push((key(name)?, bytes)),
        }
    }
    let mut heading = heading?;
    heading.present = present?;
    let listing = Listing::restored(&heading, sections).ok()?;
    (listing.rows_made() == kept.rows()).then_some(listing)
}

/// `2.0.15`: column, part and block.
fn name(key: SectionKey) -> String {
    format!("{}.{}.{}", key.column, key.part as u8, key.block)
}

fn key(name: &str) -> Option<SectionKey> {
    let mut numbers = name.splitn(3, '.');
    let mut next = || numbers.next()?.parse::<u32>().ok();
    let (column, part, block) = (next()?, next()?, next()?);
    Some(SectionKey {
        column,
        part: Part::of(u8::try_from(part).ok()?)?,
        block,
    })
}
