//! How the search index cuts and folds text: keywords, lower-cased keywords and words.

/// What the index did to a value before it can be searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Analysis {
    /// Stored as it is; letters keep their case.
    Keyword,
    /// One keyword, lower-cased (`atlan_normalizer`).
    Folded,
    /// Cut into lower-cased words.
    Words,
}

/// The words of `text`, lower-cased: runs of letters and digits.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_lower_cased_runs_of_letters_and_digits() {
        assert_eq!(
            words("Winter-Jacket, 2 Größen"),
            ["winter", "jacket", "2", "größen"]
        );
    }
}
