//! Replacing in text: `/find/with/flags` as people write it, and what stands for groups.

use std::fmt;

use regex::Regex;

use super::{Edit, EditError, pattern};
use crate::domain::text;

/// A replacement that can't be read, with the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct ReplacementError {
    /// Characters before the mistake.
    pub position: usize,
    /// What is wrong, and what would be right.
    pub why: String,
}

impl Edit {
    /// Reads `/find/with/` or `/find/with/i`. Any sign may stand for the slash; with a backslash
    /// before it, it is itself. `i` ignores case; `g` is taken and changes nothing, for every match
    /// is replaced anyway.
    ///
    /// # Errors
    ///
    /// With the place in `text` and what would be right; also for a pattern that does not parse and
    /// for groups it does not have.
    pub fn replacing(text: &str) -> Result<Self, ReplacementError> {
        let fail = |position, why: String| Err(ReplacementError { position, why });
        let wrong = |position| fail(position, "write /find/with/, or /find/with/i".into());
        let mut characters = text.chars();
        let Some(sign) = characters.next().filter(|sign| is_sign(*sign)) else {
            return wrong(0);
        };
        // Each part, and how many characters stand before each of its own.
        let mut parts = vec![(String::new(), Vec::new())];
        let mut is_escaped = false;
        for (at, character) in (1..).zip(characters) {
            if character == sign && !is_escaped {
                parts.push((String::new(), vec![]));
                continue;
            }
            let count = parts.len();
            if let Some((part, places)) = parts.last_mut() {
                // A sign that means something in a pattern keeps its backslash there.
                let keeps = count == 1 && regex_syntax::is_meta_character(sign);
                if is_escaped && character == sign && !keeps {
                    part.pop();
                    places.pop();
                }
                part.push(character);
                places.push(at);
            }
            is_escaped = character == '\\' && !is_escaped;
        }
        let length = text.chars().count();
        let [(find, in_find), (with, in_with), (flags, _)] = parts.as_slice() else {
            return wrong(length);
        };
        let odd = |flag: &char| !matches!(flag, 'i' | 'I' | 'g');
        if let Some((at, flag)) = flags.chars().enumerate().find(|(_, flag)| odd(flag)) {
            return fail(
                length - flags.chars().count() + at,
                format!("`{flag}` behind the last {sign} is unknown; only i (any case) is"),
            );
        }
        let edit = Self::Replace {
            find: find.clone(),
            with: with.clone(),
            regex: true,
            case: !flags.contains(['i', 'I']),
        };
        let end = |places: &[usize], other: usize| places.last().map_or(other, |last| last + 1);
        let (position, why) = match edit.check() {
            Ok(()) => return Ok(edit),
            Err(EditError::Pattern { position, why }) => {
                let place = in_find.get(position - 1).copied();
                (place.unwrap_or(end(in_find, 1)), why)
            }
            Err(EditError::Replacement { position, why }) => {
                let place = in_with.get(position - 1).copied();
                (place.unwrap_or(end(in_with, length)), why)
            }
            Err(EditError::Value(why) | EditError::Unsuited(why)) => (0, why),
        };
        fail(position, why)
    }

    /// Checks what is wrong with it whatever the field: a pattern that does not parse, and groups
    /// the pattern does not have. Nothing that fails here is staged; what was staged before goes
    /// on as it did.
    ///
    /// # Errors
    ///
    /// [`EditError::Pattern`] or [`EditError::Replacement`], with the place.
    pub fn check(&self) -> Result<(), EditError> {
        match self {
            Self::Replace {
                find,
                with,
                regex,
                case,
            } => {
                let pattern = pattern(find, *regex, *case)?;
                if *regex {
                    groups(with, &pattern)
                } else {
                    Ok(())
                }
            }
            Self::Set(_)
            | Self::Clear
            | Self::Append(_)
            | Self::Prepend(_)
            | Self::AddTags(_)
            | Self::RemoveTags(_)
            | Self::Assign(_) => Ok(()),
        }
    }
}

fn is_sign(sign: char) -> bool {
    !sign.is_alphanumeric() && !sign.is_whitespace() && sign != '\\'
}

/// Writes a replacement as [`Edit::replacing`] reads it.
pub(super) fn write(
    f: &mut fmt::Formatter<'_>,
    (find, with): (&str, &str),
    case: bool,
) -> fmt::Result {
    let flags = if case { "" } else { "i" };
    write!(f, "/{}/{}/{flags}", slashed(find), slashed(with))
}

/// The text with a backslash before each slash that has none.
fn slashed(text: &str) -> String {
    let mut out = String::new();
    let mut is_escaped = false;
    for character in text.chars() {
        if character == '/' && !is_escaped {
            out.push('\\');
        }
        out.push(character);
        is_escaped = character == '\\' && !is_escaped;
    }
    out
}

/// Holds what stands for groups against the groups a pattern has.
fn groups(with: &str, pattern: &Regex) -> Result<(), EditError> {
    let mut rest = with;
    while let Some(at) = rest.find(['$', '\\']) {
        let position = with[..with.len() - rest.len() + at].chars().count() + 1;
        let fail = |why: String| Err(EditError::Replacement { position, why });
        let is_dollar = rest[at..].starts_with('$');
        let behind = &rest[at + 1..];
        let first = behind.chars().next();
        rest = behind;
        if !is_dollar {
            if let Some(digit) = first.filter(char::is_ascii_digit) {
                return fail(format!(
                    "write ${{{digit}}} for group {digit}, not \\{digit}"
                ));
            }
            continue;
        }
        match first {
            Some('$') => rest = &behind[1..],
            Some('&') => return fail("write $0 for all that was found, $$& for the text".into()),
            Some('{') => {
                let Some(end) = behind.find('}') else {
                    return fail("`${` is never closed by `}`; a dollar sign itself is $$".into());
                };
                let name = &behind[1..end];
                if !has(name, pattern) {
                    return fail(missing(name, pattern, ""));
                }
                rest = &behind[end + 1..];
            }
            _ => {
                let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let end = behind.find(|c| !is_word(c)).unwrap_or(behind.len());
                let name = &behind[..end];
                if !name.is_empty() && !has(name, pattern) {
                    return fail(missing(name, pattern, name));
                }
                rest = &behind[end..];
            }
        }
    }
    Ok(())
}

fn has(name: &str, pattern: &Regex) -> bool {
    match name.parse::<usize>() {
        Ok(number) => number < pattern.captures_len(),
        Err(_) => pattern.capture_names().flatten().any(|known| known == name),
    }
}

/// What to write instead of a group that the pattern does not have; `bare` is the name where it
/// stands without braces, so that its beginning may be what was meant.
fn missing(name: &str, pattern: &Regex, bare: &str) -> String {
    let ends = (1..bare.len()).rev();
    let meant = ends
        .map(|end| bare.split_at(end))
        .find(|(head, _)| has(head, pattern));
    let what = match name {
        "" => "a group's number or name belongs between the braces".to_owned(),
        name => format!("the pattern has no group {name}"),
    };
    let literal = format!("$${bare}");
    let literal = if bare.is_empty() {
        format!("$${{{name}}}")
    } else {
        literal
    };
    if let Some((group, tail)) = meant {
        return format!(
            "{what}: write ${{{group}}}{tail} for group {group}, {literal} for the text"
        );
    }
    let names: Vec<&str> = pattern.capture_names().flatten().collect();
    let near = text::nearest(name, &names, |name| name);
    let groups = match (near, pattern.captures_len() - 1) {
        (Some(near), _) => format!("; did you mean ${{{near}}}?"),
        (None, 0) => " (it has none; round brackets make one)".to_owned(),
        (None, 1) => " (it has one, $1)".to_owned(),
        (None, many) => format!(" (it has $1 to ${many})"),
    };
    format!("{what}{groups}; {literal} is the text")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Field, FieldKind, Value};

    fn mistake(text: &str) -> (String, String) {
        let error = Edit::replacing(text).unwrap_err();
        (text.chars().take(error.position).collect(), error.why)
    }

    #[test]
    fn a_group_the_pattern_does_not_have_is_told_at_its_place_with_the_right_form() {
        for (text, before, words) in [
            (
                r"/(\w+)-(\d+)/$1_$2/",
                r"/(\w+)-(\d+)/",
                "write ${1}_ for group 1",
            ),
            (r"/(\d+)/$1px/", r"/(\d+)/", "write ${1}px for group 1"),
            (r"/(\d+)/a$12/", r"/(\d+)/a", "write ${1}2 for group 1"),
            (r"/cost/cost $5/", r"/cost/cost ", "it has none"),
            (r"/cost/cost $5/", r"/cost/cost ", "$$5 is the text"),
            (r"/(a)/${2}/", r"/(a)/", "it has one, $1"),
            (r"/(a)/${}/", r"/(a)/", "between the braces"),
            (r"/(a)/${1/", r"/(a)/", "never closed"),
            (r"/(a)/\1/", r"/(a)/", "write ${1}"),
            (r"/a/[$&]/", r"/a/[", "write $0"),
            (
                r"/(?P<year>\d+)/$yeer/",
                r"/(?P<year>\d+)/",
                "did you mean ${year}?",
            ),
            (r"/(?<year>\d+)/$year_/", r"/(?<year>\d+)/", "${year}_"),
            (r"/é\/(a/x/", r"/é\/", "unclosed group"),
            (r"/a/b/x", r"/a/b/", "only i"),
            (r"/a/b", r"/a/b", "/find/with/"),
            (r"/a/b/c/d", r"/a/b/c/d", "/find/with/"),
            ("a/b/c/", "", "/find/with/"),
            ("", "", "/find/with/"),
            ("//x/", "/", "nothing to find"),
        ] {
            let (place, why) = mistake(text);
            assert_eq!(place, before, "{text}: {why}");
            assert!(why.contains(words), "{text}: {why}");
        }
    }

    #[test]
    fn what_is_right_replaces_as_it_says() {
        for (text, value, wanted) in [
            (r"/(\w+)-(\d+)/${1}_$2/", "IMG-001", "IMG_001"),
            (r"/cost \d+/cost $$5/", "cost 3", "cost $5"),
            (r"/a/$0$0/", "a b", "aa b"),
            (r"/A/b/I", "a A", "b b"),
            (r"/a/b/gi", "a A", "b b"),
            (r"/a/5 $/", "a", "5 $"),
            (r"/a/$ 5/", "a", "$ 5"),
            (r"/a\/b/c\/d/", "a/b", "c/d"),
            (r"|a\|b|x\|y|", "a|b ab", "x|y ab"),
            (r"/a/C:\new/", "a", r"C:\new"),
        ] {
            let edit = Edit::replacing(text).unwrap();
            let field = Field::plain("F", FieldKind::Text);
            let made = edit.prepare(&field).unwrap().apply(0, &Value::text(value));
            assert_eq!(made, Value::text(wanted), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_label_of_a_replacement_is_read_as_the_same_one(
            find in "[ab/.| ]{1,5}",
            with in "[ab/| ]{0,5}",
            case in any::<bool>(),
        ) {
            let edit = Edit::Replace { find, with, regex: true, case };
            let label = edit.to_string();
            let again = Edit::replacing(label.strip_prefix("replace ").unwrap()).unwrap();
            let field = Field::plain("F", FieldKind::Text);
            let value = Value::text("a/b A|B. ab//");
            prop_assert_eq!(
                edit.prepare(&field).unwrap().apply(0, &value),
                again.prepare(&field).unwrap().apply(0, &value)
            );
            prop_assert_eq!(again.to_string(), label);
        }
    }
}
