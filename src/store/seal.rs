//! Seals: a check sum beside everything kept, so that a damaged disk can't invent an edit.

use serde::{Serialize, de::DeserializeOwned};

/// FNV-1a, 64 bits: one flipped bit always changes it. Not against people, only against disks.
pub(super) fn of(bytes: &[u8]) -> i64 {
    let mut sum: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in bytes {
        sum ^= u64::from(*byte);
        sum = sum.wrapping_mul(0x0000_0100_0000_01b3);
    }
    sum.cast_signed()
}

/// The same for many bytes: see [`Wide`].
pub(super) fn wide(bytes: &[u8]) -> i64 {
    let mut sum = Wide::new();
    sum.add(bytes);
    sum.done()
}

/// A sum over bytes that come in pieces, however they are cut: eight bytes at a time in four
/// lanes. One flipped bit always changes it, for each step can be undone.
#[derive(Debug)]
pub(super) struct Wide {
    lanes: [u64; 4],
    /// What does not fill a block yet.
    rest: Vec<u8>,
    length: u64,
}

impl Wide {
    pub(super) fn new() -> Self {
        Self {
            lanes: [1, 2, 3, 4],
            rest: Vec::with_capacity(BLOCK),
            length: 0,
        }
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        let missing = (BLOCK - self.rest.len()) % BLOCK;
        let (first, bytes) = bytes.split_at(missing.min(bytes.len()));
        self.rest.extend_from_slice(first);
        if self.rest.len() == BLOCK {
            let full = std::mem::take(&mut self.rest);
            self.blocks(&full);
        }
        let whole = bytes.len() - bytes.len() % BLOCK;
        self.blocks(&bytes[..whole]);
        self.rest.extend_from_slice(&bytes[whole..]);
    }

    fn blocks(&mut self, bytes: &[u8]) {
        // In registers, not in memory.
        let mut lanes = self.lanes;
        for block in bytes.as_chunks::<BLOCK>().0 {
            for (lane, word) in lanes.iter_mut().zip(block.as_chunks::<8>().0) {
                *lane = step(*lane, u64::from_le_bytes(*word));
            }
        }
        self.lanes = lanes;
    }

    pub(super) fn done(self) -> i64 {
        let rest = self.rest.iter();
        let last = rest.fold(self.length, |sum, byte| step(sum, u64::from(*byte)));
        self.lanes.into_iter().fold(last, step).cast_signed()
    }
}

/// Bytes taken at a time.
const BLOCK: usize = 32;

fn step(sum: u64, word: u64) -> u64 {
    let sum = (sum ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    sum ^ (sum >> 29)
}

/// Text and its seal.
pub(super) fn write(value: &impl Serialize) -> Result<(String, i64), String> {
    let text = serde_json::to_string(value).map_err(|error| error.to_string())?;
    let seal = of(text.as_bytes());
    Ok((text, seal))
}

/// What was written, if it still is what was written.
pub(super) fn read<T: DeserializeOwned>(text: &str, seal: i64) -> Result<T, String> {
    if of(text.as_bytes()) != seal {
        return Err("a record does not fit its check sum".to_owned());
    }
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// The seal of a row: its number and its asset.
pub(super) fn of_row(row: u32, asset: &str) -> i64 {
    of(asset.as_bytes()).wrapping_add(i64::from(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_sum_as_the_whole_and_a_flipped_bit_or_two_swapped_words_are_noticed() {
        let bytes: Vec<u8> = (0..203u8).collect();
        let sum = wide(&bytes);
        for place in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[place / 8] ^= 1 << (place % 8);
            assert_ne!(wide(&flipped), sum, "bit {place}");
        }
        for cut in 0..bytes.len() {
            let mut pieces = Wide::new();
            pieces.add(&bytes[..cut]);
            pieces.add(&bytes[cut..cut + (bytes.len() - cut) / 2]);
            pieces.add(&bytes[cut + (bytes.len() - cut) / 2..]);
            assert_eq!(pieces.done(), sum, "cut at {cut}");
        }
        assert_ne!(wide(&bytes[..202]), sum);
        assert_ne!(wide(&[&bytes[..], &[0]].concat()), sum);
        for (left, right) in [(0, 8), (0, 32), (64, 104)] {
            let mut swapped = bytes.clone();
            (left..left + 8)
                .zip(right..right + 8)
                .for_each(|(left, right)| swapped.swap(left, right));
            assert_ne!(wide(&swapped), sum, "{left} and {right}");
        }
    }
}
