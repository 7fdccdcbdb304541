//! A listing as it is kept: a heading, and blocks of bytes that are read back without a look at
//! each value.
//!
//! Numbers are little-endian. What comes back is checked for bounds and for being text; whether it
//! is what was kept is for a seal to tell.

use std::{borrow::Cow, sync::Arc};

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::{
    Column, Listing,
    coding::Kind,
    dictionary::Dictionary,
    places::{Places, ROWS, RowBlock},
    pool::{Pool, TextBlock},
};
use crate::domain::FieldKey;

/// What a listing is but for its blocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// The fields; the columns of blocks are numbered by them.
    pub fields: Vec<FieldKey>,
    /// Rows made.
    pub rows: u32,
    /// The rows that are listed: a bitmap as [`RoaringBitmap::serialize_into`] writes it.
    pub present: Vec<u8>,
    /// [`Listing::total`].
    pub total: u64,
    /// [`Listing::complete`].
    pub complete: bool,
}

/// Which bytes these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectionKey {
    /// 0 for the ids, 1 for why assets can't be edited, 2 and more for the fields of the heading.
    pub column: u32,
    /// What of it.
    pub part: Part,
    /// The number of the block.
    pub block: u32,
}

/// What of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Part {
    /// Distinct texts, each followed by a line feed.
    Text = 0,
    /// Where those line feeds stand.
    Ends = 1,
    /// What kind of value each text is; no bytes if all are texts.
    Kinds = 2,
    /// The number of the value of each row: one byte of width, then numbers of that width.
    Places = 3,
}

impl Part {
    /// The part of a byte that was kept.
    pub fn of(byte: u8) -> Option<Self> {
        [Self::Text, Self::Ends, Self::Kinds, Self::Places]
            .get(usize::from(byte))
            .copied()
    }
}

/// Some bytes of a listing.
#[derive(Clone, Debug)]
pub struct Section<'a> {
    /// Which ones.
    pub key: SectionKey,
    /// The bytes.
    pub bytes: Cow<'a, [u8]>,
}

/// Bytes that are no listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the parts of the listing do not fit together")]
pub struct Unfit;

impl Listing {
    /// What a listing is but for its blocks.
    pub fn heading(&self) -> Heading {
        let mut present = Vec::with_capacity(self.present.serialized_size());
        // Writing to memory does not fail.
        let _ = self.present.serialize_into(&mut present);
        Heading {
            fields: self.columns.keys().cloned().collect(),
            rows: self.rows_made(),
            present,
            total: self.total,
            complete: self.complete,
        }
    }

    /// The blocks that are not those of an earlier copy of this listing; without one, all.
    pub fn sections<'a>(
        &'a self,
        since: Option<&'a Self>,
    ) -> impl Iterator<Item = Section<'a>> + 'a {
        let ids = texts(0, self.ids.texts(), since.map(|since| since.ids.texts()));
        let locks = column(1, &self.locked, since.map(|since| &since.locked));
        let fields = (2..)
            .zip(&self.columns)
            .flat_map(move |(number, (key, one))| {
                let before = since.and_then(|since| since.columns.get(key));
                column(number, one, before)
            });
        ids.chain(locks).chain(fields)
    }

    /// The listing that was kept so. Sections come in any order; those that are missing are empty.
    ///
    /// # Errors
    ///
    /// If they don't fit together.
    pub fn restored(
        heading: &Heading,
        sections: impl IntoIterator<Item = (SectionKey, Vec<u8>)>,
    ) -> Result<Self, Unfit> {
        let mut columns: Vec<Raw> = vec![Raw::default(); heading.fields.len() + 2];
        for (key, bytes) in sections {
            columns
                .get_mut(key.column as usize)
                .ok_or(Unfit)?
                .put(key, bytes)?;
        }
        let mut columns = columns.into_iter();
        let mut next = || columns.next().ok_or(Unfit);
        let ids = Dictionary::restored(next()?.texts()?);
        let mut listing = Self::new();
        listing.locked = next()?.column(heading.rows)?;
        if ids.texts().len() != heading.rows as usize {
            return Err(Unfit);
        }
        listing.ids = ids;
        for key in &heading.fields {
            listing
                .columns
                .insert(key.clone(), next()?.column(heading.rows)?);
        }
        // Name and type stand where they always do.
        let fields = listing.columns.keys().zip(&heading.fields);
        if listing.columns.len() != heading.fields.len() || fields.into_iter().any(|(a, b)| a != b)
        {
            return Err(Unfit);
        }
        listing.present =
            RoaringBitmap::deserialize_from(heading.present.as_slice()).map_err(|_| Unfit)?;
        if listing
            .present
            .max()
            .is_some_and(|last| last >= heading.rows)
        {
            return Err(Unfit);
        }
        (listing.total, listing.complete) = (heading.total, heading.complete);
        Ok(listing)
    }
}

fn column<'a>(
    number: u32,
    one: &'a Column,
    since: Option<&'a Column>,
) -> impl Iterator<Item = Section<'a>> + 'a {
    let values = texts(number, one.texts(), since.map(Column::texts));
    values.chain(places(number, one.places(), since.map(Column::places)))
}

/// The blocks that are others than before.
fn fresh<'a, Block>(
    blocks: &'a [Arc<Block>],
    since: &'a [Arc<Block>],
) -> impl Iterator<Item = (u32, &'a Block)> + 'a {
    let all = (0u32..).zip(blocks).filter(|(number, block)| {
        let before = since.get(*number as usize);
        before.is_none_or(|before| !Arc::ptr_eq(before, block))
    });
    all.map(|(number, block)| (number, &**block))
}

fn texts<'a>(
    column: u32,
    pool: &'a Pool,
    since: Option<&'a Pool>,
) -> impl Iterator<Item = Section<'a>> + 'a {
    let since = since.map_or(&[][..], Pool::blocks);
    fresh(pool.blocks(), since).flat_map(move |(number, block)| {
        let (text, ends) = block.arena();
        let ends = ends.iter().flat_map(|end| end.to_le_bytes()).collect();
        let kinds = block.kinds().iter().map(|&kind| kind as u8).collect();
        [
            (Part::Text, Cow::Borrowed(text.as_bytes())),
            (Part::Ends, Cow::Owned(ends)),
            (Part::Kinds, Cow::Owned(kinds)),
        ]
        .map(|(part, bytes)| Section {
            key: SectionKey {
                column,
                part,
                block: number,
            },
            bytes,
        })
    })
}

fn places<'a>(
    column: u32,
    places: &'a Places,
    since: Option<&'a Places>,
) -> impl Iterator<Item = Section<'a>> + 'a {
    let since = since.map_or(&[][..], Places::blocks);
    fresh(places.blocks(), since).map(move |(number, block)| Section {
        key: SectionKey {
            column,
            part: Part::Places,
            block: number,
        },
        bytes: Cow::Owned(block.bytes()),
    })
}

impl RowBlock {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.len() * 4 + 1);
        match self {
            Self::Narrow(all) => {
                bytes.push(1);
                bytes.extend_from_slice(all);
            }
            Self::Middle(all) => {
                bytes.push(2);
                bytes.extend(all.iter().flat_map(|one| one.to_le_bytes()));
            }
            Self::Wide(all) => {
                bytes.push(4);
                bytes.extend(all.iter().flat_map(|one| one.to_le_bytes()));
            }
        }
        bytes
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        let (width, numbers) = bytes.split_first()?;
        let block = match width {
            1 => Self::Narrow(numbers.to_vec()),
            2 => {
                let (numbers, []) = numbers.as_chunks() else {
                    return None;
                };
                Self::Middle(numbers.iter().map(|&one| u16::from_le_bytes(one)).collect())
            }
            4 => Self::Wide(wide(numbers)?),
            _ => return None,
        };
        (block.len() <= ROWS).then_some(block)
    }
}

fn wide(bytes: &[u8]) -> Option<Vec<u32>> {
    let (numbers, []) = bytes.as_chunks() else {
        return None;
    };
    Some(numbers.iter().map(|&one| u32::from_le_bytes(one)).collect())
}

/// The sections of one column as they come.
#[derive(Clone, Debug, Default)]
struct Raw {
    texts: Vec<[Vec<u8>; 3]>,
    places: Vec<Vec<u8>>,
}

impl Raw {
    fn put(&mut self, key: SectionKey, bytes: Vec<u8>) -> Result<(), Unfit> {
        // As many blocks as there can be rows in 32 bits.
        let block = usize::try_from(key.block).map_err(|_| Unfit)?;
        if block > 1 << 20 {
            return Err(Unfit);
        }
        if key.part == Part::Places {
            self.places
                .resize_with(self.places.len().max(block + 1), Vec::new);
            self.places[block] = bytes;
        } else {
            self.texts
                .resize_with(self.texts.len().max(block + 1), Default::default);
            self.texts[block][key.part as usize] = bytes;
        }
        Ok(())
    }

    fn texts(&mut self) -> Result<Pool, Unfit> {
        let blocks = std::mem::take(&mut self.texts).into_iter();
        let blocks = blocks.map(|[text, ends, kinds]| {
            let kinds: Option<Vec<Kind>> = kinds.into_iter().map(Kind::of).collect();
            TextBlock::restored(text, wide(&ends)?, kinds?)
        });
        let blocks: Option<Vec<TextBlock>> = blocks.collect();
        Pool::restored(blocks.ok_or(Unfit)?).ok_or(Unfit)
    }

    fn column(mut self, rows: u32) -> Result<Column, Unfit> {
        let texts = self.texts()?;
        let none = |bytes: &Vec<u8>| {
            if bytes.is_empty() {
                Some(RowBlock::default())
            } else {
                RowBlock::of(bytes)
            }
        };
        let places: Option<Vec<RowBlock>> = self.places.iter().map(none).collect();
        let places = places.ok_or(Unfit)?;
        let written =
            places.len().saturating_sub(1) * ROWS + places.last().map_or(0, RowBlock::len);
        if !places.is_empty() && written > rows as usize {
            return Err(Unfit);
        }
        Column::restored(texts, places).ok_or(Unfit)
    }
}
