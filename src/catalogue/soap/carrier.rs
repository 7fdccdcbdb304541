//! One metadata update as sent, turned into a wish about a field.

use crate::catalogue::schema::{FieldDefinition, FieldType};
use crate::catalogue::writes::{Refused, ValueChange};

use super::element::Element;
use super::fault::{Fault, MISSING_PARAMETER};
use super::switches::EmptyValue;

/// The children that can carry a value.
const CARRIERS: [&str; 8] = [
    "value",
    "boolVal",
    "longVal",
    "doubleVal",
    "dateVal",
    "addTagValueArray",
    "setTagValueArray",
    "deleteTagValueArray",
];

/// What an update asks of a field.
///
/// Exactly one carrier is needed; only the arrays that add and delete tags may come together.
///
/// # Errors
///
/// 30002 without a carrier, 30001 for several of them, for one that does not fit the type of the
/// field, or for an empty value where the switch refuses it.
pub(super) fn wish(
    update: &Element,
    field: &FieldDefinition,
    empty: EmptyValue,
) -> Result<ValueChange, Fault> {
    let given: Vec<&Element> = CARRIERS
        .iter()
        .filter_map(|name| update.child(name))
        .collect();
    match given.as_slice() {
        [] => Err(Fault::new(
            MISSING_PARAMETER,
            format!("No value for metadata field '{}'.", field.name),
        )),
        [only] => single(only, field, empty),
        [add, delete] if add.name == "addTagValueArray" && delete.name == "deleteTagValueArray" => {
            needs_tags(field)?;
            Ok(ValueChange::Tags {
                add: texts(add),
                remove: texts(delete),
            })
        }
        [..] => Err(Fault::invalid(format!(
            "More than one value for metadata field '{}'.",
            field.name
        ))),
    }
}

fn single(
    carrier: &Element,
    field: &FieldDefinition,
    empty: EmptyValue,
) -> Result<ValueChange, Fault> {
    match carrier.name.as_str() {
        "value" => plain(&carrier.text, field, empty),
        "addTagValueArray" => {
            needs_tags(field)?;
            Ok(ValueChange::Tags {
                add: texts(carrier),
                remove: Vec::new(),
            })
        }
        "setTagValueArray" => {
            needs_tags(field)?;
            Ok(ValueChange::Set(texts(carrier)))
        }
        "deleteTagValueArray" => {
            needs_tags(field)?;
            Ok(ValueChange::Tags {
                add: Vec::new(),
                remove: texts(carrier),
            })
        }
        typed => {
            if !carries(typed, field.kind) {
                return Err(Fault::invalid(format!(
                    "'{typed}' cannot be used for {} metadata field '{}'.",
                    field.kind.name(),
                    field.name
                )));
            }
            Ok(ValueChange::Set(vec![carrier.text.trim().to_owned()]))
        }
    }
}

fn plain(text: &str, field: &FieldDefinition, empty: EmptyValue) -> Result<ValueChange, Fault> {
    if !text.is_empty() {
        return Ok(ValueChange::Set(vec![text.to_owned()]));
    }
    let is_checked = field.enforced
        && matches!(
            field.kind,
            FieldType::Int | FieldType::Float | FieldType::Boolean | FieldType::Date
        );
    match empty {
        EmptyValue::RefusedWhenEnforced if is_checked => Err(Refused::BadValue {
            value: String::new(),
            kind: field.kind.name(),
            field: field.name.clone(),
        }
        .into()),
        EmptyValue::RefusedWhenEnforced | EmptyValue::Clears => Ok(ValueChange::Clear),
    }
}

fn carries(typed: &str, kind: FieldType) -> bool {
    matches!(
        (typed, kind),
        ("boolVal", FieldType::Boolean)
            | ("longVal", FieldType::Int | FieldType::Float)
            | ("doubleVal", FieldType::Float)
            | ("dateVal", FieldType::Date)
    )
}

fn needs_tags(field: &FieldDefinition) -> Result<(), Fault> {
    if field.kind.is_tag() {
        Ok(())
    } else {
        Err(Refused::NotATagField(field.name.clone()).into())
    }
}

fn texts(array: &Element) -> Vec<String> {
    array
        .children
        .iter()
        .map(|item| item.text.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::soap::element::parse;

    fn asked(kind: FieldType, carriers: &str) -> Result<ValueChange, i32> {
        asked_with(kind, carriers, EmptyValue::Clears)
    }

    fn asked_with(kind: FieldType, carriers: &str, empty: EmptyValue) -> Result<ValueChange, i32> {
        let update = parse(format!("<items>{carriers}</items>").as_bytes()).unwrap();
        let field = FieldDefinition::custom("F", "Asset", kind);
        wish(&update, &field, empty).map_err(|fault| match fault {
            Fault::Coded { code, .. } => code,
            Fault::Plain { .. } => 0,
        })
    }

    fn set(values: &[&str]) -> ValueChange {
        ValueChange::Set(values.iter().map(|&value| value.to_owned()).collect())
    }

    #[test]
    fn each_carrier_fits_its_own_types() {
        assert_eq!(
            asked(FieldType::String, "<value>a</value>"),
            Ok(set(&["a"]))
        );
        assert_eq!(
            asked(FieldType::Int, "<longVal>7</longVal>"),
            Ok(set(&["7"]))
        );
        assert_eq!(
            asked(FieldType::Float, "<doubleVal>7.5</doubleVal>"),
            Ok(set(&["7.5"]))
        );
        assert_eq!(asked(FieldType::String, "<longVal>7</longVal>"), Err(30001));
        assert_eq!(
            asked(FieldType::Boolean, "<dateVal>x</dateVal>"),
            Err(30001)
        );
    }

    #[test]
    fn tag_arrays_are_for_tag_fields() {
        let array = "<setTagValueArray><items>a</items><items>b</items></setTagValueArray>";
        assert_eq!(asked(FieldType::MultiTag, array), Ok(set(&["a", "b"])));
        assert_eq!(
            asked(FieldType::MultiTag, "<setTagValueArray/>"),
            Ok(set(&[]))
        );
        assert_eq!(asked(FieldType::String, array), Err(30001));
    }

    #[test]
    fn one_carrier_or_add_and_delete() {
        let both = "<addTagValueArray><items>a</items></addTagValueArray>\
                    <deleteTagValueArray><items>b</items></deleteTagValueArray>";
        assert_eq!(
            asked(FieldType::MultiTag, both),
            Ok(ValueChange::Tags {
                add: vec!["a".to_owned()],
                remove: vec!["b".to_owned()]
            })
        );
        assert_eq!(asked(FieldType::String, ""), Err(30002));
        assert_eq!(
            asked(FieldType::Int, "<value>1</value><longVal>1</longVal>"),
            Err(30001)
        );
    }

    #[test]
    fn an_empty_value_clears_unless_the_switch_refuses_it_for_checked_types() {
        let refused = EmptyValue::RefusedWhenEnforced;
        assert_eq!(asked(FieldType::Int, "<value/>"), Ok(ValueChange::Clear));
        assert_eq!(asked_with(FieldType::Int, "<value/>", refused), Err(30001));
        assert_eq!(
            asked_with(FieldType::String, "<value/>", refused),
            Ok(ValueChange::Clear)
        );
    }
}
