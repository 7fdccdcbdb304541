//! One comparison of a search: operator and value, as a test on an operand.

use crate::catalogue::query::{Bound, Condition, Operand, Test};
use crate::catalogue::values::{date_millis, millis_as_number};

use super::element::Element;
use super::fault::Fault;

/// How the values of an operand compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// As texts.
    Text,
    /// As numbers.
    Number,
    /// As dates.
    Moment,
}

/// What a condition compares with.
enum Against {
    Text(String),
    Number(f64),
    Span(f64, f64),
}

/// What one condition says about an operand.
///
/// # Errors
///
/// 30001 where it has not exactly one value, or the operator does not go with it.
pub(super) fn comparison(on: &Operand, sort: Sort, item: &Element) -> Result<Condition, Fault> {
    let op = item.text_of("op").unwrap_or_default();
    let fold = item.truth_of("caseSensitive") == Some(false);
    let against = against(item, sort, op)?;
    // Nothing is equal to an empty text but a field without a value.
    let for_none = matches!(&against, Against::Text(text) if text.is_empty());
    let (test, negated) = match against {
        Against::Text(text) => text_test(op, text),
        Against::Number(number) => number_test(op, number),
        Against::Span(min, max) => span_test(op, min, max),
    }
    .ok_or_else(|| Fault::invalid(format!("Operator '{op}' is invalid here.")))?;
    let condition = match op {
        "Equals" | "NotEquals" if for_none => Condition::exists(on.clone()).negated(),
        _ => Condition::Is {
            on: on.clone(),
            test,
            fold,
        },
    };
    Ok(if negated {
        condition.negated()
    } else {
        condition
    })
}

/// Exactly one value, or one pair of bounds.
fn against(item: &Element, sort: Sort, op: &str) -> Result<Against, Fault> {
    const SINGLES: [&str; 5] = ["value", "boolVal", "longVal", "doubleVal", "dateVal"];
    const PAIRS: [(&str, &str); 3] = [
        ("minLong", "maxLong"),
        ("minDouble", "maxDouble"),
        ("minDate", "maxDate"),
    ];
    let mut found = Vec::new();
    for name in SINGLES {
        let Some(text) = item.text_of(name) else {
            continue;
        };
        found.push(match name {
            "boolVal" if op != "Equals" => {
                return Err(Fault::invalid("boolVal can only be compared with Equals."));
            }
            "boolVal" => Against::Text(super::element::truth(text).unwrap_or_default().to_string()),
            "value" if sort == Sort::Text || is_text_only(op) => Against::Text(text.to_owned()),
            _ => number(text, sort == Sort::Moment || name == "dateVal").map(Against::Number)?,
        });
    }
    for (low, high) in PAIRS {
        if let (Some(min), Some(max)) = (item.text_of(low), item.text_of(high)) {
            let is_date = low == "minDate";
            found.push(Against::Span(number(min, is_date)?, number(max, is_date)?));
        }
    }
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        _ => Err(Fault::invalid(
            "A condition needs exactly one value or one pair of bounds.",
        )),
    }
}

fn is_text_only(op: &str) -> bool {
    matches!(op, "Contains" | "NotContains" | "StartsWith" | "EndsWith")
}

fn number(text: &str, is_date: bool) -> Result<f64, Fault> {
    let read = if is_date {
        date_millis(text).map(millis_as_number)
    } else {
        text.trim().parse::<f64>().ok()
    };
    read.ok_or_else(|| Fault::invalid(format!("'{text}' cannot be compared with this field.")))
}

fn text_test(op: &str, text: String) -> Option<(Test, bool)> {
    Some(match op {
        "Equals" => (Test::Is(vec![text]), false),
        "NotEquals" => (Test::Is(vec![text]), true),
        "Contains" => (Test::Contains(text), false),
        "NotContains" => (Test::Contains(text), true),
        "StartsWith" => (Test::StartsWith(text), false),
        "EndsWith" => (Test::EndsWith(text), false),
        _ => return None,
    })
}

/// From one bound to the other, each with whether it is inside itself.
fn range(min: Option<(f64, bool)>, max: Option<(f64, bool)>) -> Test {
    let bound = |(value, inclusive)| Bound { value, inclusive };
    Test::Range {
        min: min.map(bound),
        max: max.map(bound),
    }
}

fn number_test(op: &str, value: f64) -> Option<(Test, bool)> {
    let (open, closed) = (Some((value, false)), Some((value, true)));
    Some(match op {
        "Equals" => (range(closed, closed), false),
        "NotEquals" => (range(closed, closed), true),
        "LessThan" => (range(None, open), false),
        "LessThanEquals" => (range(None, closed), false),
        "GreaterThan" => (range(open, None), false),
        "GreaterThanEquals" => (range(closed, None), false),
        _ => return None,
    })
}

fn span_test(op: &str, min: f64, max: f64) -> Option<(Test, bool)> {
    let inside = range(Some((min, true)), Some((max, true)));
    match op {
        "Between" => Some((inside, false)),
        "NotBetween" => Some((inside, true)),
        _ => None,
    }
}
