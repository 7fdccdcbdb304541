//! Finds the number of a text: hash tables of numbers, whose keys are the texts themselves.

use hashbrown::HashTable;

/// Tables a text may be in. Many, so that none is ever so large that growing it is felt.
const SHARDS: usize = 128;

/// Numbers by the hash of what they stand for.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    shards: Vec<HashTable<Entry>>,
    /// How many there will be, as far as anybody says.
    expected: usize,
}

/// A number, and as much of its hash as a table needs: growing one does not look at texts again.
#[derive(Clone, Copy, Debug)]
struct Entry {
    number: u32,
    tag: u32,
}

impl Entry {
    fn of(hash: u64, number: u32) -> Self {
        let bytes = hash.to_le_bytes();
        Self {
            number,
            tag: u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]),
        }
    }

    /// The hash within a table, which looks at its first bits and its last.
    fn hash(self) -> u64 {
        u64::from(self.tag) << 32 | u64::from(self.tag)
    }
}

/// A table grows to so many times its size at once, if so many are expected: somebody's word is
/// not worth more room than that.
const STRIDE: usize = 8;

impl Index {
    /// One with room for so many.
    pub(super) fn with_room(many: usize) -> Self {
        let room = share(many);
        Self {
            shards: (0..SHARDS)
                .map(|_| HashTable::with_capacity(room))
                .collect(),
            expected: 0,
        }
    }

    /// There will be so many: growing in small steps means moving every number again each time.
    pub(super) fn expect(&mut self, many: usize) {
        self.expected = many;
    }

    /// Whether nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.shards.iter().all(HashTable::is_empty)
    }

    /// The number with this hash that is the one.
    pub(super) fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let shard = self.shards.get(shard(hash))?;
        let wanted = Entry::of(hash, 0);
        let is_it = |entry: &Entry| entry.tag == wanted.tag && is_it(entry.number);
        shard.find(wanted.hash(), is_it).map(|entry| entry.number)
    }

    /// Adds a number.
    pub(super) fn insert(&mut self, hash: u64, number: u32) {
        if self.shards.is_empty() {
            self.shards = vec![HashTable::new(); SHARDS];
        }
        let expected = share(self.expected);
        if let Some(shard) = self.shards.get_mut(shard(hash)) {
            let many = shard.len();
            let wanted = expected.min(many * STRIDE);
            if many == shard.capacity() && wanted > many {
                shard.reserve(wanted - many, |known| known.hash());
            }
            let new = Entry::of(hash, number);
            shard.insert_unique(new.hash(), new, |known| known.hash());
        }
    }
}

/// The share of one table; not every one is as full as the others.
fn share(many: usize) -> usize {
    many / SHARDS + many / SHARDS / 16
}

/// The table of a hash: bits the tables themselves make no use of.
fn shard(hash: u64) -> usize {
    usize::try_from(hash >> 40).unwrap_or(0) % SHARDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_promises_more_than_comes_takes_no_more_room_than_that_is_worth() {
        let hash = |number: u32| u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for expected in [0, 5000, usize::MAX] {
            let mut index = Index::default();
            index.expect(expected);
            for number in 0..5000 {
                assert_eq!(index.find(hash(number), |one| one == number), None);
                index.insert(hash(number), number);
            }
            for number in 0..5000 {
                let found = index.find(hash(number), |one| one == number);
                assert_eq!(found, Some(number));
            }
            let room: usize = index.shards.iter().map(HashTable::capacity).sum();
            assert!(room < 5000 * 2 * STRIDE, "{expected}: {room}");
        }
    }
}
