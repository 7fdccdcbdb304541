//! Text of servers and people: folding for comparison, and making it safe to show.

use std::{borrow::Cow, fmt::Write};

use icu_normalizer::ComposingNormalizerBorrowed;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many marks one letter may carry before the others are counted instead of shown: terminals
/// have been broken by letters with hundreds of them.
const MARKS: usize = 4;

/// The same text as far as anybody can see: accents composed with their letters, blanks of every
/// kind (no-break, thin, ideographic) plain. Tabs and line breaks stay. Borrows what is so already.
pub fn canonical(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    if !composed.contains(is_odd_blank) {
        return composed;
    }
    let plain = |character| {
        if is_odd_blank(character) {
            ' '
        } else {
            character
        }
    };
    Cow::Owned(composed.chars().map(plain).collect())
}

/// Whether [`canonical`] leaves a text as it is.
pub fn is_canonical(text: &str) -> bool {
    text.is_ascii()
        || (ComposingNormalizerBorrowed::new_nfc().is_normalized(text)
            && !text.contains(is_odd_blank))
}

/// Blanks that look like the usual one and are another character.
fn is_odd_blank(character: char) -> bool {
    !character.is_ascii()
        && character.is_whitespace()
        && !matches!(character, '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Canonical and in lower case, for comparisons that ignore case.
pub fn fold(text: &str) -> String {
    canonical(text).to_lowercase()
}

/// A number with a comma between thousands.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 asset`, `2 assets`.
pub fn counted(count: u64, one: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {one}{ending}", number(count))
}

/// The same text with every character visible that would act on a terminal or deceive the eye.
///
/// C0 controls become their pictures (`␛`, `␉`), C1 controls, bidirectional overrides, zero-width
/// and tag characters become `<U+202E>`; line breaks become `⏎`; more than four marks on one letter
/// become their number, `<+196>`. Everything else is kept. Borrows where nothing had to change.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(needs_showing) && !is_overloaded(text) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut marks = 0;
    for character in text.chars() {
        if is_mark(character) {
            marks += 1;
            if marks > MARKS {
                continue;
            }
        } else {
            count_marks(marks, &mut shown);
            marks = 0;
        }
        match character {
            '\n' => shown.push('⏎'),
            '\u{7f}' => shown.push('␡'),
            '\0'..='\u{1f}' => {
                shown.push(char::from_u32(0x2400 + u32::from(character)).unwrap_or('�'));
            }
            other if needs_showing(other) => {
                let _ = write!(shown, "<U+{:04X}>", u32::from(other));
            }
            other => shown.push(other),
        }
    }
    count_marks(marks, &mut shown);
    Cow::Owned(shown)
}

/// Tells how many marks of a letter were left out.
fn count_marks(marks: usize, shown: &mut String) {
    if marks > MARKS {
        let _ = write!(shown, "<+{}>", marks - MARKS);
    }
}

/// Whether a letter carries more marks than are shown.
fn is_overloaded(text: &str) -> bool {
    if text.is_ascii() {
        return false;
    }
    let mut marks = 0;
    text.chars().any(|character| {
        marks = if is_mark(character) { marks + 1 } else { 0 };
        marks > MARKS
    })
}

/// Whether a character is drawn over the one before it.
fn is_mark(character: char) -> bool {
    !character.is_ascii() && !needs_showing(character) && character.width() == Some(0)
}

/// A text made visible, and a `^` under one of its places, counted in characters: two lines, set in.
pub fn pointed(text: &str, position: usize) -> String {
    let head: String = text.chars().take(position).collect();
    let blanks = " ".repeat(visible(&head).width());
    format!("  {}\n  {blanks}^", visible(text))
}

/// Whether a character would act on a terminal, or can't be seen.
pub fn needs_showing(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// The candidate nearest to a mistyped word, if it is near enough to be meant.
pub fn nearest<'a, T>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a T>,
    name: impl Fn(&T) -> &str,
) -> Option<&'a T> {
    let word = fold(word);
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::jaro_winkler(&word, &fold(name(candidate))),
                candidate,
            )
        })
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_on_a_terminal_stays_in_visible_text() {
        let hostile = "a\u{1b}[2Jb\tc\u{202e}d\u{9b}e\u{200b}f\u{7f}\r\n";
        let shown = visible(hostile);
        assert_eq!(shown, "a␛[2Jb␉c<U+202E>d<U+009B>e<U+200B>f␡␍⏎");
        assert!(!shown.chars().any(needs_showing));
    }

    #[test]
    fn a_letter_carries_four_marks_and_the_others_are_counted() {
        let marks = "\u{301}".repeat(200);
        let shown = visible(&marks).into_owned();
        assert_eq!(shown, format!("{}<+196>", "\u{301}".repeat(4)));
        let shown = visible(&format!("Z{marks}algo")).into_owned();
        assert_eq!(shown, format!("Z{}<+196>algo", "\u{301}".repeat(4)));
        let usual = "e\u{301}\u{323}a\u{308}";
        assert!(matches!(visible(usual), Cow::Borrowed(_)));
    }

    #[test]
    fn a_place_is_pointed_at_under_wide_letters_too() {
        assert_eq!(
            pointed("東京 a(b", 4),
            "  東京 a(b\n       ^".replace("       ^", "        ^")
        );
        assert_eq!(pointed("a\tb", 9), "  a␉b\n     ^");
    }

    #[test]
    fn one_text_however_accents_and_blanks_are_written() {
        assert_eq!(fold("Cafe\u{301}\u{a0}Bar"), "café bar");
        assert_eq!(canonical("a\u{3000}b\u{2009}c"), "a b c");
        assert_eq!(canonical("a\tb\u{2028}c"), "a\tb\u{2028}c");
        assert!(matches!(canonical("Müller 東京"), Cow::Borrowed(_)));
    }

    #[test]
    fn ordinary_text_is_not_copied() {
        assert!(matches!(visible("Müller 東京 🎨"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_mistyped_word_finds_its_neighbour() {
        let words = ["Rights".to_owned(), "Season".to_owned()];
        assert_eq!(nearest("Rihgts", &words, String::as_str), Some(&words[0]));
        assert_eq!(nearest("zzz", &words, String::as_str), None);
    }
}
