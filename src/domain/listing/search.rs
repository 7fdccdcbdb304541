//! Finds what a pattern matches, a whole arena at a time.

use memchr::memmem::Finder;
use regex_automata::{Input, meta, util::syntax};
use regex_syntax::hir::{Capture, Hir, HirKind, Look, Repetition};
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange};

use super::{
    coding::Kind,
    pool::{TEXTS, TextBlock},
};
use crate::domain::text;

/// A bit for each text of a block.
#[derive(Clone, Debug)]
pub(in crate::domain) struct Hits(Box<[u64; TEXTS / 64]>);

impl Hits {
    fn none() -> Self {
        Self(Box::new([0; TEXTS / 64]))
    }

    /// All of so many texts.
    fn all(many: usize) -> Self {
        let mut hits = Self::none();
        for (word, first) in hits.0.iter_mut().zip((0..many).step_by(64)) {
            *word = u64::MAX >> 64usize.saturating_sub(many - first);
        }
        hits
    }

    fn set(&mut self, place: usize, hit: bool) {
        let (word, bit) = (&mut self.0[place / 64], 1 << (place % 64));
        if hit {
            *word |= bit;
        } else {
            *word &= !bit;
        }
    }

    pub(in crate::domain) fn words(&self) -> &[u64] {
        &*self.0
    }

    pub(in crate::domain) fn merge(&mut self, other: &Self) {
        for (word, other) in self.0.iter_mut().zip(&*other.0) {
            *word |= other;
        }
    }

    /// Nothing rather than no hits.
    fn some(self) -> Option<Self> {
        self.0.iter().any(|&word| word != 0).then_some(self)
    }
}

/// The place of the text around an offset, not before `place`.
fn around(ends: &[u32], place: usize, offset: usize) -> usize {
    // Hits are near one another, or far between.
    let mut step = 1;
    let mut low = place;
    while low + step < ends.len() && (ends[low + step - 1] as usize) < offset {
        low += step;
        step *= 2;
    }
    let high = (low + step).min(ends.len());
    low + ends[low..high].partition_point(|&end| (end as usize) < offset)
}

/// Whether few texts contain a literal, by the first ones: then these alone are looked at closely.
fn is_rare(literal: &Finder<'_>, text: &str, ends: &[u32]) -> bool {
    const FIRST: usize = 512;
    let first = &ends[..ends.len().min(FIRST)];
    let end = first.last().map_or(0, |&end| end as usize);
    let (sample, few) = (&text.as_bytes()[..end], first.len() / 8);
    literal.find_iter(sample).take(few + 1).count() <= few
}

impl TextBlock {
    /// The present values that contain a text; `exactly` is asked whether one of them, by place, is
    /// a hit. The needle is not empty.
    fn holding(
        &self,
        (text, ends): (&str, &[u32]),
        needle: &Finder<'_>,
        exactly: impl Fn(usize) -> bool,
    ) -> Option<Hits> {
        let (bytes, len) = (text.as_bytes(), needle.needle().len());
        let (mut at, mut place) = (0, 0);
        let mut hits = None;
        while let Some(found) = bytes.get(at..).and_then(|rest| needle.find(rest)) {
            let start = at + found;
            place = around(ends, place, start);
            let Some(&end) = ends.get(place) else { break };
            if start + len > end as usize {
                // It goes on in the next text, so it is in none of them.
                at = start + 1;
                continue;
            }
            if self.kind(place).is_present() && exactly(place) {
                hits.get_or_insert_with(Hits::none).set(place, true);
            }
            at = end as usize + 1;
            place += 1;
        }
        hits
    }

    /// The present values whose folded text contains this one.
    pub(in crate::domain) fn containing(&self, needle: &Finder<'_>) -> Option<Hits> {
        self.holding(self.folded_arena(), needle, |_| true)
    }

    /// The present values whose text contains this one and that are `exactly` it.
    pub(in crate::domain) fn exactly(
        &self,
        needle: &Finder<'_>,
        exactly: impl Fn(usize) -> bool,
    ) -> Option<Hits> {
        self.holding(self.arena(), needle, exactly)
    }

    /// The present values.
    pub(in crate::domain) fn present(&self) -> Option<Hits> {
        if self.kinds().is_empty() {
            return Hits::all(self.len()).some();
        }
        self.passing(|_| true)
    }

    /// The value that stands for one nobody has read.
    pub(in crate::domain) fn unread(&self) -> Option<Hits> {
        let mut hits = Hits::none();
        for place in (0..self.len()).filter(|&place| self.kind(place) == Kind::Unknown) {
            hits.set(place, true);
        }
        hits.some()
    }

    /// The present values that pass, asked one by one.
    pub(in crate::domain) fn passing(&self, passes: impl Fn(usize) -> bool) -> Option<Hits> {
        let mut hits = Hits::none();
        for place in 0..self.len() {
            if self.kind(place).is_present() && passes(place) {
                hits.set(place, true);
            }
        }
        hits.some()
    }

    /// The present values that a regular expression matches.
    pub(in crate::domain) fn matching(&self, pattern: &Lines) -> Option<Hits> {
        let narrow = pattern.narrow.as_ref().filter(|_| self.is_ascii());
        let mut hits = match (narrow, &pattern.within) {
            (Some((lines, true)), _) => self.lines_of(self.folded_arena(), lines),
            (Some((lines, false)), _) | (None, Some(lines)) => self.lines_of(self.arena(), lines),
            (None, None) => {
                return self.passing(|place| pattern.is_match(self.text(place)));
            }
        };
        for &place in self.single() {
            let place = usize::from(place);
            let hit = self.kind(place).is_present() && pattern.is_match(self.text(place));
            hits.get_or_insert_with(Hits::none).set(place, hit);
        }
        hits.and_then(Hits::some)
    }

    /// The present values that match where they have no line breaks in them.
    fn lines_of(&self, (text, ends): (&str, &[u32]), of: &Within) -> Option<Hits> {
        if let Some(literal) = of.literal.as_ref().filter(|one| is_rare(one, text, ends)) {
            return self.holding((text, ends), literal, |place| {
                let begin = place
                    .checked_sub(1)
                    .map_or(0, |last| ends[last] as usize + 1);
                let input = Input::new(text).range(begin..ends[place] as usize);
                of.regex.search_half(&input.earliest(true)).is_some()
            });
        }
        let (mut at, mut place) = (0, 0);
        let mut hits = None;
        while at < text.len() {
            let input = Input::new(text).range(at..).earliest(true);
            let Some(found) = of.regex.search_half(&input) else {
                break;
            };
            place = around(ends, place, found.offset());
            let Some(&end) = ends.get(place) else { break };
            if self.kind(place).is_present() {
                hits.get_or_insert_with(Hits::none).set(place, true);
            }
            at = end as usize + 1;
            place += 1;
        }
        hits
    }
}

/// A regular expression for texts that stand one after another, a line feed after each.
#[derive(Clone, Debug)]
pub(in crate::domain) struct Lines {
    /// As it was written, for one text alone.
    regex: regex::Regex,
    /// The same where a text is a line: it matches no line feed, and its beginning and end are
    /// those of the line. `None` if there is no such one.
    within: Option<Within>,
    /// The same for texts of ASCII alone, and whether it is one for folded texts: then literal parts
    /// are found as such, whatever their case.
    narrow: Option<(Within, bool)>,
}

/// An expression that matches within lines.
#[derive(Clone, Debug)]
struct Within {
    regex: meta::Regex,
    /// What stands in every line that matches, if that is worth looking for first.
    literal: Option<Finder<'static>>,
}

impl Lines {
    /// Whether it matches one text, however its accents and blanks are written.
    fn is_match(&self, one: &str) -> bool {
        self.regex.is_match(&text::canonical(one))
    }

    pub(in crate::domain) fn of(regex: &regex::Regex) -> Self {
        let hir = regex_syntax::parse(regex.as_str()).ok().map(in_line);
        let narrow = hir.clone().and_then(|hir| {
            let folded = ignores_case(&hir);
            Some((Within::of(&in_ascii(hir, folded))?, folded))
        });
        Self {
            regex: regex.clone(),
            within: hir.as_ref().and_then(Within::of),
            narrow,
        }
    }
}

impl Within {
    fn of(hir: &Hir) -> Option<Self> {
        let config = meta::Config::new().nfa_size_limit(Some(1 << 22));
        let mut builder = meta::Builder::new();
        builder.configure(config).syntax(syntax::Config::new());
        let literal = rarest(hir).map(|literal| Finder::new(literal).into_owned());
        let regex = builder.build_from_hir(hir).ok()?;
        Some(Self { regex, literal })
    }
}

/// The longest part of what matches that is always the same, unless it is at the beginning: that is
/// looked for anyway.
fn rarest(hir: &Hir) -> Option<&[u8]> {
    let HirKind::Concat(subs) = hir.kind() else {
        return None;
    };
    let inside = subs.iter().enumerate();
    let literals = inside.filter_map(|(at, sub)| Some((at, literal(sub)?)));
    let (at, longest) = literals.rev().max_by_key(|(_, literal)| literal.len())?;
    (at > 0).then_some(longest)
}

fn literal(hir: &Hir) -> Option<&[u8]> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(&literal.0),
        HirKind::Capture(capture) => literal(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => literal(&repetition.sub),
        HirKind::Concat(subs) => subs.iter().filter_map(literal).max_by_key(|one| one.len()),
        HirKind::Empty
        | HirKind::Class(_)
        | HirKind::Look(_)
        | HirKind::Repetition(_)
        | HirKind::Alternation(_) => None,
    }
}

/// Whether an expression matches every text, because it matches nothing at its beginning or end.
pub(in crate::domain) fn matches_all(regex: &regex::Regex) -> bool {
    let Ok(hir) = regex_syntax::parse(regex.as_str()) else {
        return false;
    };
    let looks = hir.properties().look_set();
    let only = |one| looks.iter().all(|look| look == one);
    hir.properties().minimum_len() == Some(0) && (only(Look::Start) || only(Look::End))
}

/// Whether an expression that matches a text of ASCII matches it in lower case, too, and the other
/// way round.
fn ignores_case(hir: &Hir) -> bool {
    let has = |class: &Class, one: u8| match class {
        Class::Unicode(class) => {
            let mut ranges = class.ranges().iter();
            ranges.any(|range| (range.start()..=range.end()).contains(&char::from(one)))
        }
        Class::Bytes(class) => {
            let mut ranges = class.ranges().iter();
            ranges.any(|range| (range.start()..=range.end()).contains(&one))
        }
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => !literal.0.iter().any(u8::is_ascii_alphabetic),
        HirKind::Class(class) => {
            (b'a'..=b'z').all(|one| has(class, one) == has(class, one.to_ascii_uppercase()))
        }
        HirKind::Repetition(repetition) => ignores_case(&repetition.sub),
        HirKind::Capture(capture) => ignores_case(&capture.sub),
        HirKind::Concat(subs) | HirKind::Alternation(subs) => subs.iter().all(ignores_case),
    }
}

/// What an expression is made of in the end.
enum Leaf {
    Literal(Box<[u8]>),
    Class(Class),
    Look(Look),
}

/// The same expression with other leaves.
fn with_leaves(hir: Hir, leaf: &impl Fn(Leaf) -> Hir) -> Hir {
    let within = |sub: Hir| with_leaves(sub, leaf);
    match hir.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => leaf(Leaf::Literal(literal.0)),
        HirKind::Class(class) => leaf(Leaf::Class(class)),
        HirKind::Look(look) => leaf(Leaf::Look(look)),
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            sub: Box::new(within(*repetition.sub)),
            ..repetition
        }),
        HirKind::Capture(capture) => Hir::capture(Capture {
            sub: Box::new(within(*capture.sub)),
            ..capture
        }),
        HirKind::Concat(subs) => Hir::concat(subs.into_iter().map(within).collect()),
        HirKind::Alternation(subs) => Hir::alternation(subs.into_iter().map(within).collect()),
    }
}

/// The same expression for texts of ASCII alone, folded ones perhaps.
fn in_ascii(hir: Hir, folded: bool) -> Hir {
    with_leaves(hir, &|leaf| match leaf {
        Leaf::Literal(literal) => Hir::literal(literal),
        Leaf::Class(class) if folded => Hir::class(without(of_ascii(class), b'A', b'Z')),
        Leaf::Class(class) => Hir::class(of_ascii(class)),
        Leaf::Look(look) => Hir::look(look),
    })
}

/// The same expression, but within a line.
fn in_line(hir: Hir) -> Hir {
    with_leaves(hir, &|leaf| match leaf {
        Leaf::Literal(literal) if literal.contains(&b'\n') => Hir::fail(),
        Leaf::Literal(literal) => Hir::literal(literal),
        Leaf::Class(class) => Hir::class(without(class, b'\n', b'\n')),
        Leaf::Look(Look::Start) => Hir::look(Look::StartLF),
        Leaf::Look(Look::End) => Hir::look(Look::EndLF),
        Leaf::Look(look) => Hir::look(look),
    })
}

/// What of a class is ASCII.
fn of_ascii(mut class: Class) -> Class {
    match &mut class {
        Class::Unicode(class) => {
            class.intersect(&ClassUnicode::new([ClassUnicodeRange::new('\0', '\x7f')]));
        }
        Class::Bytes(class) => {
            class.intersect(&ClassBytes::new([ClassBytesRange::new(0, 0x7f)]));
        }
    }
    class
}

/// A class without some characters of ASCII.
fn without(mut class: Class, first: u8, last: u8) -> Class {
    match &mut class {
        Class::Unicode(class) => {
            let range = ClassUnicodeRange::new(first.into(), last.into());
            class.difference(&ClassUnicode::new([range]));
        }
        Class::Bytes(class) => {
            class.difference(&ClassBytes::new([ClassBytesRange::new(first, last)]));
        }
    }
    class
}
