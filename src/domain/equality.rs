//! When two values of a field are the same value: the one rule for change files, previews, drafts,
//! what is compared before a call and what is read back after it.
//!
//! Spelling does not count where the field's kind says what the text means: `10` is `10.0`, a moment
//! is the same in every zone, `TRUE` is `true`, tags have no order. In text every character counts,
//! blanks too; only the spelling of a line's end (`\r\n`, `\n` or `\r`) is told apart, for
//! spreadsheets, terminals and XML each have their own.

use std::{borrow::Cow, collections::HashSet};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use super::{Certificate, FieldKind, Value};

/// How two values of a field differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// Not at all: they mean the same.
    None,
    /// Only in how their lines end.
    LineEnds,
    /// They are two values.
    Real,
}

impl FieldKind {
    /// How two values of a field of this kind differ.
    pub fn difference(self, left: &Value, right: &Value) -> Difference {
        match (left, right) {
            (Value::Text(left), Value::Text(right)) => self.texts(left, right),
            (Value::List(left), Value::List(right)) => only(are_same_tags(left, right)),
            (Value::Text(one), Value::List(many)) | (Value::List(many), Value::Text(one)) => {
                only(many.as_slice() == [one.as_str()])
            }
            (Value::Asset { id: left, .. }, Value::Asset { id: right, .. }) => only(left == right),
            (
                Value::Certificate(Certificate {
                    status: left_status,
                    message: left_message,
                }),
                Value::Certificate(Certificate {
                    status: right_status,
                    message: right_message,
                }),
            ) if left_status == right_status => Self::Text.texts(left_message, right_message),
            _ => only(left == right),
        }
    }

    /// Whether two values of a field of this kind mean the same.
    pub fn is_equal(self, left: &Value, right: &Value) -> bool {
        self.difference(left, right) == Difference::None
    }

    /// Whether they mean the same, or differ in how their lines end alone.
    pub fn is_alike(self, left: &Value, right: &Value) -> bool {
        self.difference(left, right) <= Difference::LineEnds
    }

    /// Whether texts that differ can mean the same.
    pub fn has_spellings(self) -> bool {
        matches!(
            self,
            Self::Integer | Self::Number | Self::Boolean | Self::Date
        )
    }

    /// A text as the field's kind has it: no blanks around a number, a date, `true` or `false`, and
    /// these two in small letters. Text stays as it is, and so does what does not fit.
    pub fn spelled(self, text: &str) -> Cow<'_, str> {
        let bare = text.trim();
        if !self.has_spellings() || bare.is_empty() {
            Cow::Borrowed(text)
        } else if self == Self::Boolean && truth(bare).is_some() {
            Cow::Owned(bare.to_ascii_lowercase())
        } else {
            Cow::Borrowed(bare)
        }
    }

    fn texts(self, left: &str, right: &str) -> Difference {
        if left == right {
            return Difference::None;
        }
        let is_same = match self {
            Self::Integer | Self::Number => are_same_numbers(left, right),
            Self::Boolean => truth(left).is_some_and(|yes| truth(right) == Some(yes)),
            Self::Date => moment(left).is_some_and(|at| moment(right) == Some(at)),
            Self::Text | Self::Certificate => {
                let is_same = without_returns(left) == without_returns(right);
                return if is_same {
                    Difference::LineEnds
                } else {
                    Difference::Real
                };
            }
            Self::Tag | Self::Tags | Self::Asset => false,
        };
        only(is_same || (self.has_spellings() && left.trim() == right.trim()))
    }
}

fn only(is_same: bool) -> Difference {
    if is_same {
        Difference::None
    } else {
        Difference::Real
    }
}

fn are_same_tags(left: &[String], right: &[String]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    if left == right {
        return true;
    }
    let known: HashSet<&String> = left.iter().collect();
    right.iter().all(|tag| known.contains(tag))
}

/// Whole numbers to the last digit; others as far as a double tells them apart.
fn are_same_numbers(left: &str, right: &str) -> bool {
    let whole = |text: &str| text.trim().parse::<i128>().ok();
    if let (Some(left), Some(right)) = (whole(left), whole(right)) {
        return left == right;
    }
    match (number(left), number(right)) {
        #[expect(
            clippy::float_cmp,
            reason = "the same double, not nearly the same number"
        )]
        (Some(left), Some(right)) => left == right,
        _ => false,
    }
}

/// The number a text stands for; `NaN` and infinities are none.
pub fn number(text: &str) -> Option<f64> {
    let number = text.trim().parse::<f64>().ok()?;
    number.is_finite().then_some(number)
}

/// The truth value a text stands for, in any case.
pub fn truth(text: &str) -> Option<bool> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// The moment a text stands for. Without a zone it is one of UTC, and a date is its midnight.
pub fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    let moment = text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC);
    moment.ok().map(|moment| moment.timestamp())
}

fn without_returns(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Difference::*, *};

    fn of(kind: FieldKind, left: &str, right: &str) -> Difference {
        let (left, right) = (Value::text(left), Value::text(right));
        let difference = kind.difference(&left, &right);
        assert_eq!(kind.difference(&right, &left), difference, "either way");
        difference
    }

    #[test]
    fn spelling_counts_only_where_the_kind_says_so() {
        use FieldKind::{Boolean, Date, Integer, Number, Tag, Text};
        for (kind, left, right, expected) in [
            (Number, "10", "10.0", None),
            (Number, " 4.00", "4", None),
            (Number, "1e3", "1000", None),
            (Number, "-0", "0", None),
            (Number, "9007199254740993", "9007199254740992", Real),
            (Number, "NaN", "nan", Real),
            (Number, "inf", "1e999", Real),
            (Number, "ten", " ten ", None),
            (Integer, "1999", " 1999 ", None),
            (Integer, "1999", "1999.0", None),
            (Integer, "007", "7", None),
            (Integer, "1999", "2000", Real),
            (Boolean, "TRUE", "true", None),
            (Boolean, "true", "False", Real),
            (Boolean, "maybe", "perhaps", Real),
            (
                Date,
                "2026-11-02T01:00:00.000+01:00",
                "2026-11-02T00:00:00Z",
                None,
            ),
            (Date, "2026-11-02", "2026-11-02T00:00:00Z", None),
            (Date, "2026-11-02T10:30", "2026-11-02T10:30:00.000Z", None),
            (Date, "2026-11-02", "2026-11-02T00:00:01Z", Real),
            (Date, "soon", "later", Real),
            (Text, "10", "10.0", Real),
            (Text, "a ", "a", Real),
            (Text, "true", "TRUE", Real),
            (Text, "one\r\ntwo", "one\ntwo", LineEnds),
            (Text, "one\rtwo", "one\ntwo", LineEnds),
            (Text, "one\n\ntwo", "one\r\ntwo", Real),
            (Text, "one\ntwo", "one two", Real),
            (Tag, "1", "1.0", Real),
        ] {
            assert_eq!(
                of(kind, left, right),
                expected,
                "{kind:?} {left:?} {right:?}"
            );
        }
    }

    #[test]
    fn tags_have_no_order_and_one_tag_is_a_list_of_one() {
        let tags = FieldKind::Tags;
        let list = |tags: &[&str]| Value::list(tags.iter().copied());
        assert!(tags.is_equal(&list(&["a", "b"]), &list(&["b", "a"])));
        assert!(!tags.is_equal(&list(&["a", "b"]), &list(&["a", "c"])));
        assert!(tags.is_equal(&list(&["a; b"]), &Value::text("a; b")));
        assert!(!tags.is_equal(&list(&["a", "b"]), &Value::text("a; b")));
        assert!(!tags.is_equal(&Value::Absent, &Value::Unknown));
    }

    #[test]
    fn a_value_is_spelled_as_its_kind_has_it_and_blanks_alone_are_no_value() {
        assert_eq!(FieldKind::Boolean.spelled(" TRUE "), "true");
        assert_eq!(FieldKind::Boolean.spelled("maybe"), "maybe");
        assert_eq!(FieldKind::Number.spelled(" 10 "), "10");
        assert_eq!(FieldKind::Number.spelled("  "), "  ");
        assert_eq!(FieldKind::Text.spelled(" x "), " x ");
    }
}
