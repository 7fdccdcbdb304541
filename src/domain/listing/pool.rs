//! Texts, numbered as they came, in blocks of one arena each.
//!
//! A copy shares the blocks; whoever adds to a copy copies the last block only. Each text is
//! followed by a line feed, so that one pass over an arena finds all that a pattern matches.

use std::{
    ops::Range,
    sync::{Arc, OnceLock},
};

use super::coding::Kind;
use crate::domain::text;

/// Texts in a block.
pub(in crate::domain) const TEXTS: usize = 1 << 13;

/// Texts with their kinds.
#[derive(Clone, Debug, Default)]
pub(in crate::domain) struct Pool {
    blocks: Vec<Arc<TextBlock>>,
}

/// Some texts of a pool.
#[derive(Clone, Debug, Default)]
pub(in crate::domain) struct TextBlock {
    text: String,
    /// The place of the line feed after each text.
    ends: Vec<u32>,
    /// The kind of each; nothing while all are texts.
    kinds: Vec<Kind>,
    /// The texts a pattern is asked of one by one: with line breaks in them, or not canonical.
    single: Vec<u16>,
    folded: OnceLock<Folded>,
}

/// The folded texts of a block, as far as they differ.
#[derive(Clone, Debug)]
enum Folded {
    /// They don't.
    Same,
    /// They end where the texts end.
    Even(String),
    /// They are longer or shorter.
    Uneven(String, Vec<u32>),
}

impl Pool {
    /// How many texts there are.
    pub(in crate::domain) fn len(&self) -> usize {
        self.blocks
            .last()
            .map_or(0, |last| (self.blocks.len() - 1) * TEXTS + last.ends.len())
    }

    /// The blocks.
    pub(in crate::domain) fn blocks(&self) -> &[Arc<TextBlock>] {
        &self.blocks
    }

    fn block(&self, number: u32) -> Option<(&TextBlock, usize)> {
        let number = number as usize;
        let block = self.blocks.get(number / TEXTS)?;
        (number % TEXTS < block.ends.len()).then_some((block, number % TEXTS))
    }

    /// The text of a number; empty if there is none.
    pub(super) fn text(&self, number: u32) -> &str {
        self.block(number)
            .map_or("", |(block, place)| block.text(place))
    }

    /// Whether the text of a number is this one.
    pub(super) fn is(&self, number: u32, text: &str) -> bool {
        self.block(number).is_some_and(|(block, place)| {
            let span = span(&block.ends, place);
            span.len() == text.len() && block.text.as_bytes()[span] == *text.as_bytes()
        })
    }

    /// The folded text of a number; empty if there is none.
    pub(super) fn folded(&self, number: u32) -> &str {
        self.block(number)
            .map_or("", |(block, place)| block.folded(place))
    }

    /// The kind of a number; absent if there is none.
    pub(super) fn kind(&self, number: u32) -> Kind {
        self.block(number)
            .map_or(Kind::Absent, |(block, place)| block.kind(place))
    }

    /// Adds a text and tells its number; `None` if there is no room for it.
    pub(super) fn push(&mut self, text: &str, kind: Kind) -> Option<u32> {
        let number = u32::try_from(self.len()).ok()?;
        if (number as usize).is_multiple_of(TEXTS) {
            self.blocks.push(Arc::default());
        }
        let block = Arc::make_mut(self.blocks.last_mut()?);
        block.push(text, kind).then_some(number)
    }

    /// Works out now what a search that ignores case needs.
    pub(super) fn warm(&self) {
        for block in &self.blocks {
            block.fold();
        }
    }

    /// Puts blocks together that [`TextBlock::restored`] made; `None` if one but the last is short.
    pub(super) fn restored(blocks: Vec<TextBlock>) -> Option<Self> {
        let (_, full) = blocks.split_last().unwrap_or((&BLOCK, &[]));
        let fits = full.iter().all(|block| block.ends.len() == TEXTS);
        let blocks: Vec<_> = blocks.into_iter().map(Arc::new).collect();
        u32::try_from(blocks.len() * TEXTS).ok()?;
        fits.then_some(Self { blocks })
    }
}

static BLOCK: TextBlock = TextBlock {
    text: String::new(),
    ends: Vec::new(),
    kinds: Vec::new(),
    single: Vec::new(),
    folded: OnceLock::new(),
};

/// Where a text stands, of the ends of all.
fn span(ends: &[u32], place: usize) -> Range<usize> {
    let begin = match place.checked_sub(1) {
        Some(before) => ends[before] as usize + 1,
        None => 0,
    };
    begin..ends[place] as usize
}

fn is_single(text: &str) -> bool {
    text.bytes().any(|byte| byte == b'\n' || byte == b'\r') || !text::is_canonical(text)
}

impl TextBlock {
    /// How many texts there are.
    pub(in crate::domain) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A text.
    pub(in crate::domain) fn text(&self, place: usize) -> &str {
        &self.text[span(&self.ends, place)]
    }

    /// A folded text.
    pub(in crate::domain) fn folded(&self, place: usize) -> &str {
        let (text, ends) = self.folded_arena();
        &text[span(ends, place)]
    }

    /// The kind of a text.
    pub(in crate::domain) fn kind(&self, place: usize) -> Kind {
        self.kinds.get(place).copied().unwrap_or_default()
    }

    /// All texts, each followed by a line feed, and where those stand.
    pub(in crate::domain) fn arena(&self) -> (&str, &[u32]) {
        (&self.text, &self.ends)
    }

    /// The same of the folded texts.
    pub(in crate::domain) fn folded_arena(&self) -> (&str, &[u32]) {
        match self.fold() {
            Folded::Same => (&self.text, &self.ends),
            Folded::Even(text) => (text, &self.ends),
            Folded::Uneven(text, ends) => (text, ends),
        }
    }

    /// Whether all texts are of ASCII alone.
    pub(in crate::domain) fn is_ascii(&self) -> bool {
        self.text.is_ascii()
    }

    /// The texts a pattern is asked of one by one: with line breaks in them, or not canonical.
    pub(in crate::domain) fn single(&self) -> &[u16] {
        &self.single
    }

    /// The kinds, if not all are texts.
    pub(super) fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// Adds a text, if there is room.
    fn push(&mut self, text: &str, kind: Kind) -> bool {
        let end = u32::try_from(self.text.len() + text.len());
        // One more for each line feed, and room for folding to make them longer.
        let Ok(end) = end.map_err(drop).and_then(|end| {
            let fits = end < u32::MAX / 4;
            if fits { Ok(end) } else { Err(()) }
        }) else {
            return false;
        };
        self.fold();
        if let Some(folded) = self.folded.get_mut() {
            folded.push(&self.text, &self.ends, text);
        }
        if kind != Kind::Text && self.kinds.is_empty() {
            self.kinds = vec![Kind::Text; self.ends.len()];
        }
        if kind != Kind::Text || !self.kinds.is_empty() {
            self.kinds.push(kind);
        }
        if is_single(text) {
            self.single
                .extend(u16::try_from(self.ends.len()).map_err(drop));
        }
        self.text.push_str(text);
        self.text.push('\n');
        self.ends.push(end);
        if self.ends.len() == TEXTS {
            self.shrink();
        }
        true
    }

    /// Gives back the room that was kept for more texts.
    fn shrink(&mut self) {
        self.text.shrink_to_fit();
        match self.folded.get_mut() {
            Some(Folded::Even(text) | Folded::Uneven(text, _)) => text.shrink_to_fit(),
            Some(Folded::Same) | None => {}
        }
    }

    fn fold(&self) -> &Folded {
        self.folded.get_or_init(|| {
            let mut folded = Folded::Same;
            if self.text.is_ascii() {
                if self.text.bytes().any(|byte| byte.is_ascii_uppercase()) {
                    folded = Folded::Even(self.text.to_ascii_lowercase());
                }
                return folded;
            }
            for place in 0..self.ends.len() {
                let until = span(&self.ends, place);
                folded.push(
                    &self.text[..until.start],
                    &self.ends[..place],
                    &self.text[until],
                );
            }
            folded
        })
    }

    /// A block of what was kept: the texts, each followed by a line feed, where those stand, and
    /// the kinds. `None` if they don't fit together.
    pub(super) fn restored(text: Vec<u8>, ends: Vec<u32>, kinds: Vec<Kind>) -> Option<Self> {
        let text = String::from_utf8(text).ok()?;
        let bytes = text.as_bytes();
        let rises = ends.windows(2).all(|pair| pair[0] < pair[1]);
        let parted = ends
            .iter()
            .all(|&end| bytes.get(end as usize) == Some(&b'\n'));
        let whole = ends.last().map_or(0, |&end| end as usize + 1) == bytes.len();
        let kinded = kinds.is_empty() || kinds.len() == ends.len();
        let few = ends.len() <= TEXTS && bytes.len() < (u32::MAX / 4) as usize;
        if !(rises && parted && whole && kinded && few) {
            return None;
        }
        let mut single = Vec::new();
        let feeds = memchr::memchr_iter(b'\n', bytes).count();
        if feeds != ends.len() || memchr::memchr(b'\r', bytes).is_some() || !text.is_ascii() {
            let all = (0..ends.len()).filter(|&place| is_single(&text[span(&ends, place)]));
            single.extend(all.filter_map(|place| u16::try_from(place).ok()));
        }
        Some(Self {
            text,
            ends,
            kinds,
            single,
            folded: OnceLock::new(),
        })
    }
}

impl Folded {
    /// Folds one text more; `before` and `ends` are the texts before it as they are.
    fn push(&mut self, before: &str, ends: &[u32], one: &str) {
        if let Self::Same = self {
            if one
                .bytes()
                .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())
            {
                return;
            }
            let folded = text::fold(one);
            if folded == one {
                return;
            }
            *self = Self::Even(before.to_owned());
        }
        let at = match self {
            Self::Even(all) | Self::Uneven(all, _) if one.is_ascii() => {
                let at = all.len();
                all.push_str(one);
                all[at..].make_ascii_lowercase();
                at
            }
            Self::Even(all) | Self::Uneven(all, _) => {
                let at = all.len();
                all.push_str(&text::fold(one));
                at
            }
            Self::Same => return,
        };
        self.end(ends, at + one.len());
    }

    /// Notes where the text added last ends; it would be `even` if folding had kept its length.
    fn end(&mut self, ends: &[u32], even: usize) {
        match self {
            Self::Even(all) if all.len() == even => all.push('\n'),
            Self::Even(all) => {
                let mut ends = ends.to_vec();
                ends.push(u32::try_from(all.len()).unwrap_or(u32::MAX));
                all.push('\n');
                *self = Self::Uneven(std::mem::take(all), ends);
            }
            Self::Uneven(all, ends) => {
                ends.push(u32::try_from(all.len()).unwrap_or(u32::MAX));
                all.push('\n');
            }
            Self::Same => {}
        }
    }
}
