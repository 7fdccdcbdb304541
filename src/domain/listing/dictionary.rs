//! Distinct texts, each with a number, and how to find the number of a text.

use std::{
    hash::{BuildHasher, Hasher},
    sync::{Arc, OnceLock},
};

use hashbrown::{DefaultHashBuilder, HashSet};

use super::{
    coding::{Coded, Kind},
    index::Index,
    pool::Pool,
};

/// Distinct texts of one field, or the ids of all assets.
///
/// The index is not part of a copy and nothing that is kept: it is worked out when it is first
/// asked for.
#[derive(Debug, Default)]
pub(in crate::domain) struct Dictionary {
    texts: Pool,
    hasher: DefaultHashBuilder,
    /// Finds the texts that were there when this was made; shared with copies made until another
    /// came.
    base: Base,
    /// Finds the others.
    recent: Index,
}

#[derive(Clone, Debug, Default)]
struct Base {
    many: u32,
    index: Arc<OnceLock<Index>>,
}

impl Clone for Dictionary {
    fn clone(&self) -> Self {
        let base = if self.recent.is_empty() {
            self.base.clone()
        } else {
            Base::of(&self.texts)
        };
        Self {
            texts: self.texts.clone(),
            hasher: self.hasher.clone(),
            base,
            recent: Index::default(),
        }
    }
}

impl Base {
    fn of(texts: &Pool) -> Self {
        Self {
            many: u32::try_from(texts.len()).unwrap_or(u32::MAX),
            index: Arc::default(),
        }
    }
}

impl Dictionary {
    /// A dictionary of texts that were kept.
    pub(super) fn restored(texts: Pool) -> Self {
        Self {
            base: Base::of(&texts),
            texts,
            ..Self::default()
        }
    }

    /// The texts.
    pub(in crate::domain) fn texts(&self) -> &Pool {
        &self.texts
    }

    /// Works out now what finding texts needs.
    pub(super) fn warm(&self) {
        self.based();
        self.texts.warm();
    }

    fn based(&self) -> &Index {
        self.base.index.get_or_init(|| {
            let mut index = Index::with_room(self.base.many as usize);
            for number in 0..self.base.many {
                let kind = self.texts.kind(number);
                if kind != Kind::Extra {
                    index.insert(self.hash(kind, self.texts.text(number)), number);
                }
            }
            index
        })
    }

    fn hash(&self, kind: Kind, text: &str) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(text.as_bytes());
        hasher.write_u8(kind as u8);
        hasher.finish()
    }

    fn found(&self, coded: &Coded<'_>, hash: u64) -> Option<u32> {
        let is_it = |number| {
            self.texts.is(number, &coded.text)
                && self.texts.kind(number) == coded.kind
                && coded
                    .extra
                    .as_ref()
                    .is_none_or(|extra| self.texts.text(number + 1) == *extra)
        };
        let recent = self.recent.find(hash, is_it);
        recent.or_else(|| self.based().find(hash, is_it))
    }

    /// The number of a value, if it is known.
    pub(super) fn find(&self, coded: &Coded<'_>) -> Option<u32> {
        self.found(coded, self.hash(coded.kind, &coded.text))
    }

    /// The number of a value, made if it is new. No answer of a server is so long that there is
    /// no room for it; if there were none, it would be the first number.
    pub(super) fn number(&mut self, coded: &Coded<'_>) -> u32 {
        self.hashed(coded, self.hash(coded.kind, &coded.text))
    }

    /// The numbers of several values, as [`number`](Self::number) tells them one by one.
    pub(super) fn numbers(&mut self, coded: &[Coded<'_>]) -> Vec<u32> {
        // One thing for all of them, then the next: what is far away is fetched together.
        let hash = |one: &Coded<'_>| self.hash(one.kind, &one.text);
        let hashes: Vec<u64> = coded.iter().map(hash).collect();
        let found = |(one, &hash)| self.found(one, hash);
        let found: Vec<Option<u32>> = coded.iter().zip(&hashes).map(found).collect();
        let missing = found.iter().filter(|one| one.is_none()).count();
        let mut new = HashSet::with_capacity(missing);
        let each = coded.iter().zip(hashes).zip(found);
        let number = |((one, hash), found): (_, Option<u32>)| {
            // One that was not found may be known since the one before it.
            found.unwrap_or_else(|| {
                if new.insert(hash) {
                    self.added(one, hash)
                } else {
                    self.hashed(one, hash)
                }
            })
        };
        each.map(number).collect()
    }

    /// There will be so many texts, as far as anybody says.
    pub(super) fn expect(&mut self, many: usize) {
        let more = many.saturating_sub(self.base.many as usize);
        self.recent.expect(more);
    }

    fn hashed(&mut self, coded: &Coded<'_>, hash: u64) -> u32 {
        self.found(coded, hash)
            .unwrap_or_else(|| self.added(coded, hash))
    }

    /// The number of a value that is new.
    fn added(&mut self, coded: &Coded<'_>, hash: u64) -> u32 {
        let Some(number) = self.texts.push(&coded.text, coded.kind) else {
            return 0;
        };
        if let Some(extra) = &coded.extra {
            self.texts.push(extra, Kind::Extra);
        }
        self.recent.insert(hash, number);
        number
    }
}
