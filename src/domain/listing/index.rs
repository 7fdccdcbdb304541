//! Finds the number of a text: hash tables of numbers alone, whose keys are the texts themselves.

use hashbrown::HashTable;

/// Tables a text may be in. Many, so that none is ever so large that growing it is felt.
const SHARDS: usize = 128;

/// Numbers by the hash of what they stand for.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    shards: Vec<HashTable<u32>>,
}

impl Index {
    /// One with room for so many.
    pub(super) fn with_room(many: usize) -> Self {
        // Not every table is as full as the others.
        let room = many / SHARDS + many / SHARDS / 16;
        Self {
            shards: (0..SHARDS)
                .map(|_| HashTable::with_capacity(room))
                .collect(),
        }
    }

    /// Whether nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.shards.iter().all(HashTable::is_empty)
    }

    /// The number with this hash that is the one.
    pub(super) fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let shard = self.shards.get(shard(hash))?;
        shard.find(hash, |&number| is_it(number)).copied()
    }

    /// Adds a number; `hash_of` tells the hash of those that are in already.
    pub(super) fn insert(&mut self, hash: u64, number: u32, hash_of: impl Fn(u32) -> u64) {
        if self.shards.is_empty() {
            self.shards = vec![HashTable::new(); SHARDS];
        }
        if let Some(shard) = self.shards.get_mut(shard(hash)) {
            shard.insert_unique(hash, number, |&known| hash_of(known));
        }
    }
}

/// The table of a hash: bits the tables themselves make no use of.
fn shard(hash: u64) -> usize {
    usize::try_from(hash >> 40).unwrap_or(0) % SHARDS
}
