//! How often frames are drawn: at once for somebody who does something, seldom for what goes on by
//! itself, and never faster than anybody sees.

/// Frames a second under a flood of keys, and how many of them may come at once.
const KEYS: Credit = Credit::of(60, 4);
/// Frames a second that show how something goes on.
const NEWS: Credit = Credit::of(20, 1);
/// Credit is counted in thousandths of a frame.
const FRAME: i64 = 1000;

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Something went on by itself.
    News,
    /// What somebody may wait for: the rows of a filter, a judgement.
    Answer,
    /// Somebody did something.
    Input,
}

/// Frames that may be drawn: they grow with time.
#[derive(Clone, Copy, Debug)]
struct Credit {
    left: i64,
    most: i64,
    a_second: i64,
}

impl Credit {
    const fn of(a_second: i64, at_once: i64) -> Self {
        let most = at_once * FRAME;
        Self {
            left: most,
            most,
            a_second,
        }
    }

    fn grow(&mut self, ms: i64) {
        self.left = (self.left + ms * self.a_second).min(self.most);
    }

    /// In how many milliseconds so many frames may be drawn.
    fn wait_ms(self, frames: i64) -> i64 {
        let missing = (frames * FRAME - self.left).max(0);
        (missing + self.a_second - 1) / self.a_second
    }
}

/// When frames may be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    at_ms: i64,
    keys: Credit,
    news: Credit,
    owed: Option<Cause>,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            at_ms: 0,
            keys: KEYS,
            news: NEWS,
            owed: None,
        }
    }
}

impl Pace {
    /// A frame is owed. Who does something sees at once what comes of it, also what is told a
    /// moment later.
    pub fn owe(&mut self, cause: Cause) {
        self.owed = self.owed.max(Some(cause));
        if cause == Cause::Input {
            self.news = NEWS;
        }
    }

    /// Whether somebody did something that the frame that is owed shows.
    pub fn is_for_input(&self) -> bool {
        self.owed == Some(Cause::Input)
    }

    /// In how many milliseconds the frame that is owed may be drawn; `None` if none is owed.
    pub fn wait_ms(&mut self, now_ms: i64) -> Option<u64> {
        // A clock that jumps back costs nothing but the credit of that moment.
        let passed = (now_ms - self.at_ms).clamp(0, 1000);
        self.at_ms = now_ms;
        self.keys.grow(passed);
        self.news.grow(passed);
        let wait = match self.owed? {
            Cause::Input => self.keys.wait_ms(1),
            // One is left for a key that may come the next moment.
            Cause::Answer => self.keys.wait_ms(2),
            Cause::News => self.keys.wait_ms(2).max(self.news.wait_ms(1)),
        };
        Some(u64::try_from(wait).unwrap_or(0))
    }

    /// The frame that was owed is drawn; what shows no difference is free.
    pub fn drew(&mut self, shows: bool) {
        let cause = self.owed.take();
        if shows {
            self.keys.left -= FRAME;
            if cause == Some(Cause::News) {
                self.news.left -= FRAME;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws whatever may be drawn while something happens every so many milliseconds, for ten
    /// seconds; gives the frames.
    fn frames(cause: Cause, every_ms: usize) -> usize {
        let mut pace = Pace::default();
        let mut frames = 0;
        for now_ms in 0..10_000 {
            if now_ms % every_ms == 0 {
                pace.owe(cause);
            }
            if pace.wait_ms(now_ms.try_into().unwrap()) == Some(0) {
                pace.drew(true);
                frames += 1;
            }
        }
        frames
    }

    #[test]
    fn a_flood_of_keys_is_sixty_frames_a_second_and_progress_twenty() {
        assert!((590..=604).contains(&frames(Cause::Input, 1)));
        assert!((195..=201).contains(&frames(Cause::News, 1)));
        assert_eq!(frames(Cause::Input, 40), 250, "typing is never waited with");
        assert_eq!(frames(Cause::News, 100), 100);
    }

    #[test]
    fn who_does_something_sees_it_at_once_and_its_answer_too() {
        let mut pace = Pace::default();
        for now_ms in 0..1000 {
            pace.owe(Cause::News);
            if pace.wait_ms(now_ms) == Some(0) {
                pace.drew(true);
            }
        }
        pace.owe(Cause::Input);
        assert_eq!(pace.wait_ms(1000), Some(0));
        pace.drew(true);
        pace.owe(Cause::News);
        assert_eq!(pace.wait_ms(1005), Some(0), "the answer");
        pace.drew(true);
        pace.owe(Cause::News);
        assert_eq!(pace.wait_ms(1006), Some(49), "more news");
        assert_eq!(pace.wait_ms(500), Some(49), "the clock was set back");
        assert_eq!(pace.wait_ms(549), Some(0));
        pace.drew(true);
        assert_eq!(pace.wait_ms(550), None, "nothing is owed");
    }

    #[test]
    fn a_key_is_shown_at_once_however_much_goes_on_beside_it() {
        let mut pace = Pace::default();
        for now_ms in 0..10_000 {
            pace.owe(if now_ms < 5000 {
                Cause::News
            } else {
                Cause::Answer
            });
            if now_ms % 30 == 0 {
                pace.owe(Cause::Input);
                assert_eq!(pace.wait_ms(now_ms), Some(0), "at {now_ms} ms");
            }
            if pace.wait_ms(now_ms) == Some(0) {
                pace.drew(true);
            }
        }
    }

    #[test]
    fn a_frame_that_shows_nothing_new_is_free() {
        let mut pace = Pace::default();
        for _ in 0..100 {
            pace.owe(Cause::News);
            assert_eq!(pace.wait_ms(0), Some(0));
            pace.drew(false);
        }
    }
}
