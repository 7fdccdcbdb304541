//! Numbers that look like chance and are always the same.

/// A stream of numbers that follows from its seed alone.
#[derive(Clone, Debug)]
pub(in crate::catalogue) struct Chance(u64);

impl Chance {
    /// The stream of a number.
    pub(in crate::catalogue) const fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// The stream of a text.
    pub(in crate::catalogue) fn of_text(text: &str) -> Self {
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self::of(hash)
    }

    /// The next number.
    pub(in crate::catalogue) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub(in crate::catalogue) const fn below(&mut self, end: u32) -> u32 {
        let number = (self.next() >> 32) as u32;
        number % end
    }

    /// One of several.
    pub(in crate::catalogue) fn pick<'any, T>(&mut self, choices: &'any [T]) -> &'any T {
        let end = u32::try_from(choices.len()).unwrap_or(1).max(1);
        &choices[self.below(end) as usize]
    }
}
