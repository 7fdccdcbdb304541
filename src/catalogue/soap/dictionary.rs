//! Dictionaries of tag fields: read by everybody, changed by admins.

use crate::catalogue::database::DatabaseError;
use crate::catalogue::query::{Condition, Operand, Search};
use crate::catalogue::schema::{FieldDefinition, FieldType, Place};

use super::batch::{Key, Outcomes};
use super::call::Call;
use super::element::Element;
use super::fault::Fault;
use super::filter::View;
use super::xml::Xml;

/// How many assets are changed at once.
const AT_ONCE: u64 = 1_000;

/// The tag field of a handle.
fn tag_field(call: &Call<'_>, handle: &str) -> Result<FieldDefinition, Fault> {
    let schema = call.library.schema();
    let field = call.field(&schema, handle)?;
    if field.kind.is_tag() {
        Ok(field.clone())
    } else {
        Err(Fault::invalid(format!(
            "Metadata field '{}' is not a tag field.",
            field.name
        )))
    }
}

/// The tag field of a call, if its dictionary may be changed.
///
/// That of a `BooleanTag` never may, nor that of a field that is more than a list of texts, such
/// as the status of a certificate.
fn changeable(call: &Call<'_>) -> Result<FieldDefinition, Fault> {
    let field = tag_field(call, call.text("fieldHandle")?)?;
    let is_plain = matches!(field.place, Place::Custom { .. });
    if field.kind == FieldType::BooleanTag || !is_plain {
        let reason = format!(
            "The tag values of metadata field '{}' cannot be changed.",
            field.name
        );
        return Err(Fault::invalid(reason));
    }
    Ok(field)
}

/// `getTagFieldValues`.
pub(super) fn get(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let fields = call
        .texts("fieldHandleArray")?
        .into_iter()
        .map(|handle| tag_field(call, &handle).map(|field| (handle, field)))
        .collect::<Result<Vec<_>, _>>()?;
    xml.open("fieldArray");
    for (handle, field) in fields {
        xml.open("items");
        xml.leaf("fieldHandle", &handle);
        xml.texts(
            View::ALL,
            "valueArray",
            field.dictionary.iter().map(String::as_str),
        );
        xml.close("items");
    }
    xml.close("fieldArray");
    Ok(())
}

/// Stores the dictionary of a field.
fn store(call: &Call<'_>, field: &FieldDefinition, dictionary: Vec<String>) -> Result<(), Fault> {
    if call.permit.pretend {
        return Ok(());
    }
    call.library.change_schema(|schema| {
        let stored = schema
            .fields
            .iter_mut()
            .find(|known| known.name == field.name && known.applies_to == field.applies_to);
        if let Some(stored) = stored {
            stored.dictionary = dictionary;
        }
    })?;
    Ok(())
}

/// The values sent, checked: none is empty, none comes twice.
fn sent(call: &Call<'_>) -> Result<Vec<String>, Fault> {
    let mut values: Vec<String> = Vec::new();
    for value in call.texts("valueArray")? {
        if value.is_empty() {
            return Err(Fault::invalid("A tag value must not be empty."));
        }
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(values)
}

/// `addTagFieldValues`: values already there are left alone.
pub(super) fn add(call: &Call<'_>, _: &mut Xml) -> Result<(), Fault> {
    let field = changeable(call)?;
    let mut dictionary = field.dictionary.clone();
    dictionary.extend(
        sent(call)?
            .into_iter()
            .filter(|value| !field.dictionary.contains(value)),
    );
    store(call, &field, dictionary)
}

/// `setTagFieldValues`: values that stay keep their assets, values that go leave theirs.
pub(super) fn set(call: &Call<'_>, _: &mut Xml) -> Result<(), Fault> {
    let field = changeable(call)?;
    let dictionary = sent(call)?;
    for gone in field
        .dictionary
        .iter()
        .filter(|value| !dictionary.contains(value))
    {
        replace_on_assets(call, &field, gone, None)?;
    }
    store(call, &field, dictionary)
}

/// `deleteTagFieldValues`.
pub(super) fn delete(call: &Call<'_>, _: &mut Xml) -> Result<(), Fault> {
    let field = changeable(call)?;
    let gone = sent(call)?;
    if let Some(unknown) = gone.iter().find(|value| !field.dictionary.contains(value)) {
        return Err(Fault::invalid(format!("Tag value '{unknown}' not found.")));
    }
    for value in &gone {
        replace_on_assets(call, &field, value, None)?;
    }
    let mut dictionary = field.dictionary.clone();
    dictionary.retain(|value| !gone.contains(value));
    store(call, &field, dictionary)
}

/// `updateTagFieldValues`: renames in place; each renaming stands or falls alone.
pub(super) fn update(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let field = changeable(call)?;
    let mut dictionary = field.dictionary.clone();
    let mut outcomes = Outcomes::default();
    for item in call.request.items("updateArray") {
        let key: Key = vec![(
            "value",
            item.text_of("oldValue").unwrap_or_default().to_owned(),
        )];
        match rename(&mut dictionary, item) {
            Ok((old, new)) => {
                if old != new {
                    replace_on_assets(call, &field, old, Some(new))?;
                }
                outcomes.done();
            }
            Err(fault) => outcomes.refused(key, fault),
        }
    }
    store(call, &field, dictionary)?;
    outcomes.write(call, xml);
    Ok(())
}

fn rename<'i>(dictionary: &mut [String], item: &'i Element) -> Result<(&'i str, &'i str), Fault> {
    let old = item.text_of("oldValue").unwrap_or_default();
    let new = item.text_of("newValue").unwrap_or_default();
    let Some(at) = dictionary.iter().position(|value| value == old) else {
        return Err(Fault::invalid(format!("Tag value '{old}' not found.")));
    };
    if new.is_empty() {
        return Err(Fault::invalid("A tag value must not be empty."));
    }
    if old != new && dictionary.iter().any(|value| value == new) {
        return Err(Fault::invalid(format!(
            "New tag value '{new}' already exists."
        )));
    }
    new.clone_into(&mut dictionary[at]);
    Ok((old, new))
}

/// Renames a tag on every asset that has it, or takes it away.
fn replace_on_assets(
    call: &Call<'_>,
    field: &FieldDefinition,
    old: &str,
    new: Option<&str>,
) -> Result<(), Fault> {
    if call.permit.pretend {
        return Ok(());
    }
    let has_it = Condition::equals(Operand::Field(field.name.clone()), old);
    loop {
        let found = call
            .library
            .search(&Search::first(has_it.clone(), AT_ONCE))?;
        let last = found.total <= AT_ONCE;
        call.library.write(&call.author, |writing| {
            for before in found.records {
                let mut values = before.field(field);
                match (values.iter().position(|value| value == old), new) {
                    (Some(at), Some(new)) => new.clone_into(&mut values[at]),
                    (Some(_), None) => values.retain(|value| value != old),
                    (None, _) => {}
                }
                let mut after = before.clone();
                after.set_field(field, values);
                writing.save(&before, after)?;
            }
            Ok::<_, DatabaseError>(())
        })?;
        if last {
            return Ok(());
        }
    }
}
