//! Which assets of a call the server's words name: by guid, by qualified name, or by name.

/// An asset of a call, with all that the server may call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sent {
    guid: String,
    qualified: String,
    name: String,
    /// The places of its changes in the call.
    items: Vec<usize>,
}

/// Whom the server's words name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Culprits {
    /// By what belongs to one asset alone: the places of their changes.
    Sure(Vec<usize>),
    /// By a name, which may be the name of something else as well.
    Likely(Vec<usize>),
}

impl Sent {
    pub(super) fn new(guid: &str, qualified: &str, name: &str, items: Vec<usize>) -> Self {
        Self {
            guid: guid.to_owned(),
            qualified: qualified.to_owned(),
            name: name.to_owned(),
            items,
        }
    }

    #[cfg(test)]
    pub(super) fn places(&self) -> (&str, &[usize]) {
        (&self.guid, &self.items)
    }
}

/// All assets that the field for the culprit or the text of a refusal names; `None` if it names
/// none of them.
pub(super) fn culprits(sent: &[Sent], guid: Option<&str>, text: &str) -> Option<Culprits> {
    let named = |is_named: &dyn Fn(&Sent) -> bool| {
        let named = sent.iter().filter(|one| is_named(one));
        let items: Vec<usize> = named.flat_map(|one| one.items.iter().copied()).collect();
        (!items.is_empty()).then_some(items)
    };
    let by_field = |one: &Sent| guid == Some(one.guid.as_str());
    let by_key = |one: &Sent| holds(text, &one.guid) || holds(text, &one.qualified);
    named(&|one| by_field(one) || by_key(one))
        .map(Culprits::Sure)
        .or_else(|| named(&|one| holds(text, &one.name)).map(Culprits::Likely))
}

/// Whether a text holds these words as they are, and not as a part of longer ones.
fn holds(text: &str, words: &str) -> bool {
    if words.is_empty() {
        return false;
    }
    let goes_on = |near: Option<char>| near.is_some_and(is_of_a_name);
    text.match_indices(words).any(|(at, found)| {
        let (before, after) = (&text[..at], &text[at + found.len()..]);
        let mut next = after.chars();
        // A full stop ends a sentence, or joins two names.
        let is_joined = after.starts_with('.') && goes_on(next.by_ref().nth(1));
        !goes_on(before.chars().next_back()) && !goes_on(after.chars().next()) && !is_joined
    })
}

fn is_of_a_name(letter: char) -> bool {
    letter.is_alphanumeric() || "_-/@".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent() -> Vec<Sent> {
        vec![
            Sent::new("g-1", "default/shop/coat", "coat", vec![0, 3]),
            Sent::new("g-11", "default/shop/coat/red", "coat red", vec![1]),
            Sent::new("g-2", "default/shop/scarf", "scarf", vec![2]),
        ]
    }

    fn by(guid: Option<&str>, text: &str) -> Option<Culprits> {
        culprits(&sent(), guid, text)
    }

    #[test]
    fn all_that_are_named_are_culprits_by_whatever_they_are_named() {
        use Culprits::{Likely, Sure};
        let table = [
            ("the field", by(Some("g-2"), "no"), Some(Sure(vec![2]))),
            ("guids", by(None, "g-1, g-2: no"), Some(Sure(vec![0, 3, 2]))),
            (
                "a longer guid",
                by(None, "g-11 is lost."),
                Some(Sure(vec![1])),
            ),
            (
                "field and text",
                by(Some("g-2"), "not g-11"),
                Some(Sure(vec![1, 2])),
            ),
            (
                "a qualified name",
                by(None, "invalid: 'default/shop/coat'"),
                Some(Sure(vec![0, 3])),
            ),
            (
                "one below it",
                by(None, "invalid: default/shop/coat/red."),
                Some(Sure(vec![1])),
            ),
            (
                "a name",
                by(None, "\"scarf\" is invalid"),
                Some(Likely(vec![2])),
            ),
            (
                "a type's attribute",
                by(None, "scarf.status is invalid"),
                None,
            ),
            ("a part of a word", by(None, "scarfs are invalid"), None),
            ("somebody unknown", by(Some("g-9"), "no"), None),
            ("nobody", by(None, "no"), None),
        ];
        for (what, told, wanted) in table {
            assert_eq!(told, wanted, "{what}");
        }
    }
}
