//! The conditions of a search, in the words of the library.

use crate::catalogue::model::Trash;
use crate::catalogue::query::{Condition, Operand, Test};
use crate::catalogue::schema::FieldType;

use super::call::Call;
use super::comparison::{Sort, comparison};
use super::element::Element;
use super::fault::Fault;
use super::folders::with_slash;
use super::kinds;
use super::switches::Ranges;

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

fn system_field(call: &Call<'_>, item: &Element) -> Result<Condition, Fault> {
    let field = item.text_of("field").unwrap_or_default();
    match call.switches.moments {
        Ranges::Ignored if is_moment(field) => return Ok(Condition::Always),
        Ranges::Refused if is_moment(field) => {
            return Err(Fault::invalid(format!(
                "System field '{field}' is invalid."
            )));
        }
        Ranges::Heeded | Ranges::Ignored | Ranges::Refused => {}
    }
    let attribute = |name: &str| Operand::Attribute(name.to_owned());
    let (on, sort) = match field {
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

fn is_moment(field: &str) -> bool {
    matches!(field, "Created" | "LastModified")
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
