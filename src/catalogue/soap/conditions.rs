//! The conditions of a search, in the words of the library.

use crate::catalogue::model::Trash;
use crate::catalogue::query::{Bound, Condition, Operand, Test};
use crate::catalogue::schema::FieldType;
use crate::catalogue::values::date_millis;

use super::call::Call;
use super::element::Element;
use super::fault::Fault;
use super::folders::with_slash;
use super::kinds;

/// Media assets outside the trash.
pub(super) fn alive() -> Condition {
    Condition::And(vec![media(), trash(Trash::NotInTrash)])
}

fn media() -> Condition {
    Condition::equals(Operand::Media, "true")
}

fn trash(state: Trash) -> Condition {
    Condition::equals(Operand::TrashState, state.name())
}

/// Everything `searchAssets` asks for.
pub(super) fn of_search(call: &Call<'_>) -> Result<Condition, Fault> {
    let mut all = vec![media(), trash(trash_state(call)?)];
    all.extend(place(call)?);
    all.extend(publish_state(call)?);
    all.extend(types(call)?);
    if let Some(project) = call.request.text_of("projectHandle") {
        return Err(Fault::invalid(format!(
            "Project handle '{project}' is invalid."
        )));
    }
    all.extend(groups(call)?);
    Ok(Condition::And(all))
}

fn trash_state(call: &Call<'_>) -> Result<Trash, Fault> {
    match call.request.text_of("trashState") {
        None => Ok(Trash::NotInTrash),
        Some(word) => Trash::parse(word)
            .ok_or_else(|| Fault::invalid(format!("Trash state '{word}' is invalid."))),
    }
}

fn publish_state(call: &Call<'_>) -> Result<Option<Condition>, Fault> {
    let published = |word| Ok(Some(Condition::equals(Operand::Published, word)));
    match call.request.text_of("publishState") {
        None => Ok(None),
        Some("MarkedForPublish") => published("true"),
        Some("NotMarkedForPublish") => published("false"),
        Some(word) => Err(Fault::invalid(format!(
            "Publish state '{word}' is invalid."
        ))),
    }
}

fn place(call: &Call<'_>) -> Result<Option<Condition>, Fault> {
    let root = call.company().root_path();
    let deep = call.request.truth_of("includeSubfolders").unwrap_or(true);
    let path = call
        .request
        .text_of("folder")
        .map_or_else(|| root.clone(), with_slash);
    if !path.starts_with(&root) {
        return Err(Fault::invalid(format!("Folder '{path}' is invalid.")));
    }
    if path == root && deep {
        return Ok(None);
    }
    Ok(Some(Condition::InFolder { path, deep }))
}

/// The asset types and sub types asked for.
pub(super) fn types(call: &Call<'_>) -> Result<Vec<Condition>, Fault> {
    let mut all = Vec::new();
    let listed = |name: &str| -> Result<Vec<String>, Fault> {
        let kinds: Vec<String> = call.request.texts(name).map(str::to_owned).collect();
        match kinds.iter().find(|kind| !kinds::exists(kind)) {
            Some(unknown) => Err(Fault::invalid(format!(
                "Asset type '{unknown}' is invalid."
            ))),
            None => Ok(kinds),
        }
    };
    let included = listed("assetTypeArray")?;
    if !included.is_empty() && !included.iter().any(|kind| kind == kinds::ANY) {
        all.push(Condition::exact(Operand::Kind, Test::Is(included)));
    }
    let excluded = listed("excludeAssetTypeArray")?;
    if excluded.iter().any(|kind| kind == kinds::ANY) {
        all.push(Condition::Never);
    } else if !excluded.is_empty() {
        all.push(Condition::exact(Operand::Kind, Test::Is(excluded)).negated());
    }
    let sub_types: Vec<String> = call
        .request
        .texts("assetSubTypeArray")
        .map(str::to_owned)
        .collect();
    if !sub_types.is_empty() {
        let of = || Operand::Attribute("subType".to_owned());
        let is_one = Condition::exact(of(), Test::Is(sub_types));
        all.push(
            if call.request.truth_of("strictSubTypeCheck").unwrap_or(false) {
                is_one
            } else {
                Condition::Or(vec![is_one, Condition::exists(of()).negated()])
            },
        );
    }
    Ok(all)
}

/// How conditions combine.
fn combined(call: &Call<'_>, mode: &str, conditions: Vec<Condition>) -> Result<Condition, Fault> {
    match call.request.text_of(mode) {
        None | Some("MatchAll") => Ok(Condition::And(conditions)),
        Some("MatchAny") => Ok(Condition::Or(conditions)),
        Some(word) => Err(Fault::invalid(format!("Match mode '{word}' is invalid."))),
    }
}

/// The four groups of conditions; a group without conditions says nothing.
fn groups(call: &Call<'_>) -> Result<Option<Condition>, Fault> {
    type Reader = fn(&Call<'_>, &Element) -> Result<Condition, Fault>;
    let readers: [(&str, &str, Reader); 4] = [
        ("keywordArray", "", keyword),
        (
            "systemFieldConditionArray",
            "systemFieldMatchMode",
            system_field,
        ),
        ("tagConditionArray", "tagMatchMode", tag),
        ("metadataConditionArray", "metadataMatchMode", metadata),
    ];
    let mut found = Vec::new();
    for (array, mode, reader) in readers {
        let conditions = call
            .request
            .items(array)
            .map(|item| reader(call, item))
            .collect::<Result<Vec<_>, _>>()?;
        if !conditions.is_empty() {
            found.push(combined(call, mode, conditions)?);
        }
    }
    let all = combined(call, "conditionMatchMode", found.clone())?;
    Ok((!found.is_empty()).then_some(all))
}

/// The old keyword list: the word in the name or the description.
#[expect(
    clippy::unnecessary_wraps,
    reason = "one of four readers with the same face"
)]
fn keyword(_: &Call<'_>, item: &Element) -> Result<Condition, Fault> {
    let contains = |on| Condition::folded(on, Test::Contains(item.text.clone()));
    let description = Operand::Attribute("description".to_owned());
    Ok(Condition::Or(vec![
        contains(Operand::Name),
        contains(description),
    ]))
}

fn system_field(_: &Call<'_>, item: &Element) -> Result<Condition, Fault> {
    let attribute = |name: &str| Operand::Attribute(name.to_owned());
    let (on, sort) = match item.text_of("field").unwrap_or_default() {
        "Name" => (Operand::Name, Sort::Text),
        "FileName" => (Operand::FileName, Sort::Text),
        "CreateUser" => (Operand::CreatedBy, Sort::Text),
        "LastModifyUser" => (Operand::ModifiedBy, Sort::Text),
        "Description" => (attribute("description"), Sort::Text),
        "Created" => (Operand::Created, Sort::Moment),
        "LastModified" => (Operand::Modified, Sort::Moment),
        "FileSize" => (Operand::FileSize, Sort::Number),
        // Ignored by the service for a long time.
        "Sku" => return Ok(Condition::Always),
        other @ ("Keywords" | "Comments" | "UserData" | "CreatedWith") => {
            (attribute(&other.to_lowercase()), Sort::Text)
        }
        other => {
            return Err(Fault::invalid(format!(
                "System field '{other}' is invalid."
            )));
        }
    };
    comparison(&on, sort, item)
}

fn metadata(call: &Call<'_>, item: &Element) -> Result<Condition, Fault> {
    let schema = call.library.schema();
    let field = call.field(&schema, item.text_of("fieldHandle").unwrap_or_default())?;
    let sort = match field.kind {
        FieldType::Date => Sort::Moment,
        FieldType::Int | FieldType::Float => Sort::Number,
        FieldType::String
        | FieldType::Untyped
        | FieldType::Boolean
        | FieldType::Color
        | FieldType::Dimension
        | FieldType::FileName
        | FieldType::SingleTag
        | FieldType::SingleFixedTag
        | FieldType::MultiTag
        | FieldType::MultiFixedTag
        | FieldType::BooleanTag => Sort::Text,
    };
    comparison(&Operand::Field(field.name.clone()), sort, item)
}

fn tag(call: &Call<'_>, item: &Element) -> Result<Condition, Fault> {
    let schema = call.library.schema();
    let field = call.field(&schema, item.text_of("fieldHandle").unwrap_or_default())?;
    if !field.kind.is_tag() {
        let reason = format!("Metadata field '{}' is not a tag field.", field.name);
        return Err(Fault::invalid(reason));
    }
    let on = || Operand::Field(field.name.clone());
    let op = item.text_of("op").unwrap_or_default();
    let values: Vec<String> = item.texts("valueArray").map(str::to_owned).collect();
    match (item.text_of("value"), item.child("valueArray"), op) {
        (Some(value), None, "Matches") => Ok(Condition::equals(on(), value)),
        (None, Some(_), "MatchesAny") => Ok(Condition::exact(on(), Test::Is(values))),
        (None, Some(_), "MatchesAll") if field.kind.is_multi() => Ok(Condition::And(
            values
                .iter()
                .map(|value| Condition::equals(on(), value))
                .collect(),
        )),
        _ => Err(Fault::invalid(format!(
            "Operator '{op}' is invalid for this tag condition."
        ))),
    }
}

/// How the values of an operand compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Text,
    Number,
    Moment,
}

/// What a condition compares with.
enum Against {
    Text(String),
    Number(f64),
    Span(f64, f64),
}

fn comparison(on: &Operand, sort: Sort, item: &Element) -> Result<Condition, Fault> {
    let op = item.text_of("op").unwrap_or_default();
    let fold = item.truth_of("caseSensitive") == Some(false);
    let condition = match against(item, sort, op)? {
        Against::Text(text) => text_test(op, text).map(|(test, negated)| {
            let condition = match test {
                // Nothing is equal to an empty text but a field without a value.
                Test::Is(ref texts) if texts.iter().all(String::is_empty) => {
                    Condition::exists(on.clone()).negated()
                }
                test => Condition::Is {
                    on: on.clone(),
                    test,
                    fold,
                },
            };
            if negated {
                condition.negated()
            } else {
                condition
            }
        }),
        Against::Number(number) => number_test(op, number).map(|(test, negated)| {
            let condition = Condition::exact(on.clone(), test);
            if negated {
                condition.negated()
            } else {
                condition
            }
        }),
        Against::Span(min, max) => span_test(op, min, max).map(|(test, negated)| {
            let condition = Condition::exact(on.clone(), test);
            if negated {
                condition.negated()
            } else {
                condition
            }
        }),
    };
    condition.ok_or_else(|| Fault::invalid(format!("Operator '{op}' is invalid here.")))
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
        date_millis(text).map(as_double)
    } else {
        text.trim().parse::<f64>().ok()
    };
    read.ok_or_else(|| Fault::invalid(format!("'{text}' cannot be compared with this field.")))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of our era are far below 2^53"
)]
fn as_double(milliseconds: i64) -> f64 {
    milliseconds as f64
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

fn bound(value: f64, inclusive: bool) -> Option<Bound> {
    Some(Bound { value, inclusive })
}

fn number_test(op: &str, value: f64) -> Option<(Test, bool)> {
    let equal = Test::Range {
        min: bound(value, true),
        max: bound(value, true),
    };
    Some(match op {
        "Equals" => (equal, false),
        "NotEquals" => (equal, true),
        "LessThan" => (
            Test::Range {
                min: None,
                max: bound(value, false),
            },
            false,
        ),
        "LessThanEquals" => (
            Test::Range {
                min: None,
                max: bound(value, true),
            },
            false,
        ),
        "GreaterThan" => (
            Test::Range {
                min: bound(value, false),
                max: None,
            },
            false,
        ),
        "GreaterThanEquals" => (
            Test::Range {
                min: bound(value, true),
                max: None,
            },
            false,
        ),
        _ => return None,
    })
}

fn span_test(op: &str, min: f64, max: f64) -> Option<(Test, bool)> {
    let inside = Test::Range {
        min: bound(min, true),
        max: bound(max, true),
    };
    match op {
        "Between" => Some((inside, false)),
        "NotBetween" => Some((inside, true)),
        _ => None,
    }
}
