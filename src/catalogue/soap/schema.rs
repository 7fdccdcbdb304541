//! Strict checking of requests: child order, unknown, missing and repeated children, plain types.

use super::element::{Element, truth};
use super::fault::{Fault, INVALID_XML};

/// What an element holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Any text.
    Text,
    /// A 32-bit number.
    Int,
    /// A 64-bit number.
    Long,
    /// A floating number.
    Double,
    /// A truth value.
    Truth,
    /// A date and time.
    Moment,
    /// Children in this order.
    Sequence(&'static [Slot]),
    /// Children in any order, each at most once.
    AnyOrder(&'static [Slot]),
}

/// One place in a sequence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
    pub(super) many: bool,
}

/// Exactly one.
pub(super) const fn one(name: &'static str, kind: Kind) -> Slot {
    Slot {
        name,
        kind,
        required: true,
        many: false,
    }
}

/// None or one.
pub(super) const fn opt(name: &'static str, kind: Kind) -> Slot {
    Slot {
        name,
        kind,
        required: false,
        many: false,
    }
}

/// The `items` of an array.
pub(super) const fn items(kind: Kind) -> Slot {
    Slot {
        name: "items",
        kind,
        required: false,
        many: true,
    }
}

/// Checks an element against a sequence.
///
/// # Errors
///
/// 30003 for what is out of order, unknown, repeated or of the wrong type, 30002 for what is
/// missing.
pub(super) fn check(element: &Element, slots: &'static [Slot]) -> Result<(), Fault> {
    check_kind(element, Kind::Sequence(slots))
}

/// Checks an element against what it should hold.
///
/// # Errors
///
/// As [`check`].
pub(super) fn check_kind(element: &Element, kind: Kind) -> Result<(), Fault> {
    let text = element.text.trim();
    let fits = match kind {
        Kind::Text => true,
        Kind::Int => text.parse::<i32>().is_ok(),
        Kind::Long => text.parse::<i64>().is_ok(),
        Kind::Double => text.parse::<f64>().is_ok(),
        Kind::Truth => truth(text).is_some(),
        Kind::Moment => is_moment(text),
        Kind::Sequence(slots) => return check_children(element, slots, true),
        Kind::AnyOrder(slots) => return check_children(element, slots, false),
    };
    if !fits {
        let kind = format!("{kind:?}").to_lowercase();
        return Err(invalid(&format!(
            "'{text}' in '{}' is not of type {kind}.",
            element.name
        )));
    }
    match element.children.first() {
        Some(child) => Err(unexpected(element, child)),
        None => Ok(()),
    }
}

/// Whether the text is an `xsd:dateTime`, with an offset or without.
pub(super) fn is_moment(text: &str) -> bool {
    text.contains('T')
        && (text.parse::<jiff::Timestamp>().is_ok()
            || text.parse::<jiff::civil::DateTime>().is_ok())
}

fn check_children(parent: &Element, slots: &'static [Slot], ordered: bool) -> Result<(), Fault> {
    if !parent.text.trim().is_empty() {
        return Err(invalid(&format!(
            "Unexpected text in element '{}'.",
            parent.name
        )));
    }
    let mut at = 0;
    let mut seen = vec![false; slots.len()];
    for child in &parent.children {
        let found = slots.iter().position(|slot| slot.name == child.name);
        let Some(found) = found.filter(|_| child.namespace == parent.namespace) else {
            return Err(unexpected(parent, child));
        };
        if ordered && found < at {
            return Err(invalid(&format!(
                "Element '{}' is out of order in '{}'.",
                child.name, parent.name
            )));
        }
        if seen[found] && !slots[found].many {
            return Err(invalid(&format!(
                "Element '{}' is repeated in '{}'.",
                child.name, parent.name
            )));
        }
        seen[found] = true;
        at = found;
        check_kind(child, slots[found].kind)?;
    }
    match slots
        .iter()
        .zip(seen)
        .find(|(slot, seen)| slot.required && !seen)
    {
        Some((slot, _)) => Err(Fault::missing(slot.name)),
        None => Ok(()),
    }
}

fn invalid(reason: &str) -> Fault {
    Fault::new(INVALID_XML, format!("Invalid request XML: {reason}"))
}

fn unexpected(parent: &Element, child: &Element) -> Fault {
    invalid(&format!(
        "Unexpected element '{}' in '{}'.",
        child.name, parent.name
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::soap::element::parse;
    use crate::catalogue::soap::fault::MISSING_PARAMETER;

    const PAIR: &[Slot] = &[one("name", Kind::Text), opt("count", Kind::Int)];
    const ASKED: &[Slot] = &[
        one("handle", Kind::Text),
        opt("deep", Kind::Truth),
        opt("when", Kind::Moment),
        opt("pairs", Kind::Sequence(&[items(Kind::Sequence(PAIR))])),
    ];

    fn code(inside: &str) -> i32 {
        let element = parse(format!("<p xmlns='urn:x'>{inside}</p>").as_bytes()).unwrap();
        match check(&element, ASKED) {
            Ok(()) => 0,
            Err(Fault::Coded { code, .. }) => code,
            Err(Fault::Plain { .. }) => -1,
        }
    }

    #[test]
    fn what_the_schema_allows_passes() {
        assert_eq!(code("<handle/>"), 0);
        assert_eq!(
            code("<handle>c|1</handle>\n <deep> true </deep><pairs/>"),
            0
        );
        assert_eq!(code("<handle/><when>2024-01-01T00:00:00.000Z</when>"), 0);
        let pairs = "<items><name>a</name></items><items><name/><count>-3</count></items>";
        assert_eq!(code(&format!("<handle/><pairs>{pairs}</pairs>")), 0);
    }

    #[test]
    fn a_missing_child_is_named_at_any_depth() {
        assert_eq!(code(""), MISSING_PARAMETER);
        assert_eq!(code("<deep>true</deep>"), MISSING_PARAMETER);
        assert_eq!(code("<handle/><pairs><items/></pairs>"), MISSING_PARAMETER);
    }

    #[test]
    fn order_strangers_repeats_and_types_are_refused() {
        for wrong in [
            "<deep>true</deep><handle/>",
            "<handle/><handle/>",
            "<handle/><stranger/>",
            "<handle/><deep xmlns='urn:y'>true</deep>",
            "<handle><deep/></handle>",
            "<handle/>text",
            "<handle/><deep>maybe</deep>",
            "<handle/><when>yesterday</when>",
            "<handle/><when>2024-01-01</when>",
            "<handle/><pairs><items><count>1</count><name/></items></pairs>",
            "<handle/><pairs><items><name/><count/></items></pairs>",
        ] {
            assert_eq!(code(wrong), INVALID_XML, "{wrong}");
        }
    }
}
