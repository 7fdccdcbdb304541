//! What the service's codes mean in plain words, and what to do.

pub(super) use crate::domain::run::codes::COUNTS;

/// The meaning of a code on a refused change.
pub(super) fn of_refusal(code: &str) -> &'static str {
    match code {
        "20009" => {
            "no permission to edit this asset or its folder: ask an administrator, or leave it out"
        }
        "20003" => "the role may not use this operation: ask an administrator",
        "20000" | "20006" => {
            "the company is not one of this user's: check `company` in the profile"
        }
        "20005" => "a value is not allowed for this user: ask an administrator",
        "30001" => {
            "the server does not take this value here, or does not know the asset or field any \
             more: correct the value, or list again"
        }
        "30002" => "the server misses something in the request: please report it",
        "30003" => "the server can't read the request: please report it",
        "30000" => "the server has no code of its own for this; its text is all there is",
        code if code.starts_with('1') => "sign in again",
        code if code.starts_with('2') => "not allowed: ask an administrator",
        _ => "",
    }
}

/// The meaning of a remark on a written change.
pub(super) const WARNING: &str =
    "it is written, and the server remarked on it: check that the value is what you want";

/// What is told of a change the server's counts leave open, where it sent no words.
pub(super) const NOT_NAMED: &str =
    "the server's counts do not add up with the changes it named, and it did not name this one";

/// The meaning of counts that leave a change open.
pub(super) const OPEN: &str = "only the value that is read back tells whether it is written";

/// A meaning, and that the server sent a code without a text if so.
pub(super) fn of_word(meaning: &str, reason: &str) -> String {
    if !reason.trim().is_empty() {
        return meaning.to_owned();
    }
    let no_text = "the server sent no text with it";
    match meaning {
        "" => no_text.to_owned(),
        meaning => format!("{no_text}; {meaning}"),
    }
}

/// The meaning of a word about an asset that names no field, where it can be about so many
/// changes.
pub(super) fn field_not_named(of: usize, meaning: &str) -> String {
    let place = format!("field not named (one of {of})");
    match meaning {
        "" => place,
        meaning => format!("{place}; {meaning}"),
    }
}
