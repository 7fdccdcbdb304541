//! How many assets share a call. Pure.
//!
//! A batch that is answered slowly, or lost twice and not carried out, was too large for the moment:
//! the cap halves, and grows back to the planned size after some that went well. What an endpoint
//! refuses as too large is too large for good.

use std::time::Duration;

/// An answer that takes longer asks for smaller batches.
pub const SLOW: Duration = Duration::from_secs(5);
/// So many batches of the cap's size answered in time let it grow.
const CLEAN: u32 = 4;

/// The most assets a call, for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    planned: usize,
    /// What the endpoint can take at all.
    ceiling: usize,
    now: usize,
    clean: u32,
}

impl Cap {
    /// As many as were planned for the largest call.
    pub fn planned(assets: usize) -> Self {
        let planned = assets.max(1);
        Self {
            planned,
            ceiling: planned,
            now: planned,
            clean: 0,
        }
    }

    /// The most assets the next call may hold.
    pub fn most(&self) -> usize {
        self.now
    }

    /// A call of so many assets was answered.
    pub fn answered(&mut self, assets: usize, took: Duration) {
        if took > SLOW {
            self.halve(assets);
        } else if self.now < self.ceiling && assets >= self.now {
            self.clean += 1;
            if self.clean >= CLEAN {
                self.clean = 0;
                self.now = (self.now * 2).min(self.ceiling);
            }
        }
    }

    /// The same call of so many assets was lost twice and not carried out.
    pub fn lost(&mut self, assets: usize) {
        self.halve(assets);
    }

    /// The endpoint refuses so many assets as too large.
    pub fn too_large(&mut self, assets: usize) {
        self.ceiling = self.ceiling.min(assets / 2).max(1);
        self.now = self.now.min(self.ceiling);
        self.clean = 0;
    }

    /// Calls that left together fail together: only one that is not larger than the cap halves it.
    fn halve(&mut self, assets: usize) {
        self.clean = 0;
        if assets <= self.now {
            self.now = (self.now / 2).max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: Duration = Duration::from_millis(200);

    #[test]
    fn a_lost_batch_halves_the_cap_and_four_clean_ones_double_it_up_to_the_plan() {
        let mut cap = Cap::planned(20);
        cap.lost(20);
        assert_eq!(cap.most(), 10);
        for most in [10, 10, 10, 20] {
            cap.answered(10, QUICK);
            assert_eq!(cap.most(), most);
        }
        (0..100).for_each(|_| cap.answered(20, QUICK));
        assert_eq!(cap.most(), 20);
    }

    #[test]
    fn batches_that_are_lost_together_halve_the_cap_once() {
        let mut cap = Cap::planned(20);
        (0..8).for_each(|_| cap.lost(20));
        assert_eq!(cap.most(), 10);
        (0..9).for_each(|_| cap.lost(cap.most()));
        assert_eq!(cap.most(), 1);
    }

    #[test]
    fn an_answer_of_more_than_five_seconds_is_slow() {
        let mut cap = Cap::planned(50);
        cap.answered(50, SLOW);
        assert_eq!(cap.most(), 50);
        cap.answered(50, SLOW + QUICK);
        assert_eq!(cap.most(), 25);
    }

    #[test]
    fn a_small_rest_that_went_well_says_nothing_of_larger_batches() {
        let mut cap = Cap::planned(20);
        cap.lost(20);
        (0..50).for_each(|_| cap.answered(3, QUICK));
        assert_eq!(cap.most(), 10);
    }

    #[test]
    fn what_was_too_large_once_stays_too_large() {
        let mut cap = Cap::planned(40);
        cap.too_large(40);
        cap.too_large(20);
        assert_eq!(cap.most(), 10);
        (0..50).for_each(|_| cap.answered(10, QUICK));
        assert_eq!(cap.most(), 10);
    }
}
