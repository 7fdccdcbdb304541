//! The order of hits: `sort` read into the library's own keys.

use serde_json::Value;

use super::analysis::Analysis;
use super::error::ApiError;
use super::field::Field;
use super::syntax::refuse;
use crate::catalogue::query::Sort;
use crate::catalogue::schema::Schema;

/// Reads `sort`: a list of names, of `{name: direction}` or of `{name: {order: direction}}`.
///
/// # Errors
///
/// Any other form, or a direction that is neither `asc` nor `desc`.
pub(super) fn read(sort: Option<&Value>, schema: &Schema) -> Result<Vec<Sort>, ApiError> {
    let list = match sort {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    let mut keys = Vec::new();
    for entry in list {
        match entry {
            Value::String(name) => keys.extend(key(name, "asc", schema)?),
            Value::Object(map) => {
                for (name, how) in map {
                    let order = how.as_str().or_else(|| how.get("order")?.as_str());
                    keys.extend(key(name, order.unwrap_or("asc"), schema)?);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
                return Err(refuse("malformed sort format"));
            }
        }
    }
    Ok(keys)
}

/// One key, or none for an order that changes nothing: every hit scores the same.
fn key(name: &str, order: &str, schema: &Schema) -> Result<Option<Sort>, ApiError> {
    let descending = match order {
        "asc" => false,
        "desc" => true,
        unknown => return Err(refuse(&format!("No enum constant SortOrder.{unknown}"))),
    };
    if name == "_score" || name == "_doc" {
        return Ok(None);
    }
    let field = Field::named(name, schema);
    match field.operand() {
        Some(_) if field.analysis == Analysis::Words => Err(refuse(&format!(
            "Text fields are not optimised for sorting; use a keyword field instead of [{name}]"
        ))),
        Some(by) => Ok(Some(Sort {
            by: by.clone(),
            descending,
        })),
        None => Err(refuse(&format!(
            "No mapping found for [{name}] in order to sort on"
        ))),
    }
}

/// Reads `search_after`: the sort values of the last hit seen, one for each key.
///
/// # Errors
///
/// Not a list, or not one single value for each key.
pub(super) fn read_after(
    after: Option<&Value>,
    keys: &[Sort],
) -> Result<Option<Vec<Value>>, ApiError> {
    let list = match after {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(list)) if list.is_empty() => return Ok(None),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(refuse("[search_after] must be an array")),
    };
    if keys.is_empty() {
        return Err(refuse("Sort must contain at least one field."));
    }
    if list.len() != keys.len() {
        let (values, keys) = (list.len(), keys.len());
        return Err(refuse(&format!(
            "search_after has {values} value(s) but sort has {keys}."
        )));
    }
    if list
        .iter()
        .any(|value| value.is_array() || value.is_object())
    {
        return Err(refuse("Can't parse [search_after]"));
    }
    Ok(Some(list.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::query::Operand;
    use serde_json::json;

    fn keys(sort: &Value) -> Result<Vec<Sort>, ApiError> {
        read(Some(sort), &Schema::default())
    }

    #[test]
    fn an_order_may_be_written_in_three_ways() {
        let sort = json!(["__guid", {"name.keyword": "desc"}, {"__timestamp": {"order": "asc"}}]);
        let expected = [
            Sort::ascending(Operand::Guid),
            Sort {
                by: Operand::Name,
                descending: true,
            },
            Sort::ascending(Operand::Created),
        ];
        assert_eq!(keys(&sort).unwrap(), expected);
    }

    #[test]
    fn a_page_begins_after_as_many_values_as_there_are_keys() {
        let keys = keys(&json!([{"__timestamp": "asc"}, {"__guid": "asc"}])).unwrap();
        let after = json!([1_700_000_000_000_i64, "a"]);
        assert_eq!(
            read_after(Some(&after), &keys).unwrap().as_ref(),
            after.as_array()
        );
        assert!(read_after(Some(&json!(["a"])), &keys).is_err());
        assert_eq!(read_after(None, &keys).unwrap(), None);
    }

    #[test]
    fn a_text_field_cannot_be_sorted_by() {
        assert!(keys(&json!([{"description": "asc"}])).is_err());
        assert!(keys(&json!([{"name.keyword": "sideways"}])).is_err());
    }
}
