//! Several tags in one text: the one way they are written, on the screen, in commands and headless.

/// The tags of a text: a `;` between, blanks around are none of theirs. One that holds a `;` or
/// begins with a quotation mark stands in quotes, where `\"` is a quotation mark.
///
/// # Errors
///
/// When quotes are not closed, or do not stand around a whole tag; says what to write.
pub fn tags(text: &str) -> Result<Vec<String>, String> {
    let mut tags = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (tag, behind) = match rest.strip_prefix('"') {
            Some(inner) => quoted(inner)?,
            None => plain(rest)?,
        };
        if !tag.is_empty() {
            tags.push(tag);
        }
        rest = behind.trim_start();
    }
    Ok(tags)
}

/// The same text again.
pub fn tags_text(tags: &[String]) -> String {
    let written = tags.iter().map(|tag| {
        let is_plain = !tag.contains(';') && !tag.contains('"') && tag.trim() == tag;
        if is_plain {
            tag.clone()
        } else {
            format!("\"{}\"", tag.replace('"', "\\\""))
        }
    });
    written.collect::<Vec<_>>().join("; ")
}

fn plain(text: &str) -> Result<(String, &str), String> {
    let (tag, behind) = text.split_once(';').unwrap_or((text, ""));
    let tag = tag.trim();
    if let Some((head, last)) = tag
        .strip_suffix('"')
        .and_then(|open| open.rsplit_once(" \""))
        .filter(|(_, last)| !last.contains('"'))
    {
        return Err(format!("tags stand apart by `;`: {head}; {last}"));
    }
    Ok((tag.to_owned(), behind))
}

fn quoted(inner: &str) -> Result<(String, &str), String> {
    let mut tag = String::new();
    let mut characters = inner.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' if inner[at + 1..].starts_with('"') => {
                tag.push('"');
                characters.next();
            }
            '"' => {
                let behind = inner[at + 1..].trim_start();
                if behind.is_empty() {
                    return Ok((tag, ""));
                }
                return match behind.strip_prefix(';') {
                    Some(behind) => Ok((tag, behind)),
                    None => Err(format!("a `;` is missing behind \"{tag}\"")),
                };
            }
            other => tag.push(other),
        }
    }
    Err(format!("the quotation mark before {inner} is not closed"))
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    #[test]
    fn semicolons_part_tags_and_quotes_keep_them() {
        for (text, wanted) in [
            ("alpha; beta", vec!["alpha", "beta"]),
            ("alpha;beta;", vec!["alpha", "beta"]),
            (" long coat ;; x", vec!["long coat", "x"]),
            ("\"a; b\"; c", vec!["a; b", "c"]),
            ("12\" vinyl", vec!["12\" vinyl"]),
            ("a, b", vec!["a, b"]),
            (" ; ", vec![]),
        ] {
            assert_eq!(tags(text).unwrap(), wanted, "{text}");
        }
        for text in ["coat \"long coat\"", "\"a\" b", "\"a"] {
            assert!(tags(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn tags_come_back_from_their_text(all in vec("[a;\" ]{0,4}[a;\"]", 0..4)) {
            prop_assume!(all.iter().all(|tag| !tag.contains('\\')));
            prop_assert_eq!(tags(&tags_text(&all)).unwrap(), all);
        }
    }
}
