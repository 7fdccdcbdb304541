//! Definitions of fields, and the values in use.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::catalogue::query::{Condition, Operand};
use crate::catalogue::schema::FieldDefinition;

use super::call::Call;
use super::envelope::is_since;
use super::fault::Fault;
use super::filter::View;
use super::kinds;
use super::xml::Xml;

/// `getMetadataFields`: the fields of one asset type, and those of all types.
pub(super) fn of_type(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let kind = call.text("assetType")?;
    if !kinds::exists(kind) {
        return Err(Fault::invalid(format!("Asset type '{kind}' is invalid.")));
    }
    let schema = call.library.schema();
    let fields = schema.fields.iter().filter(|field| field.applies(kind));
    write_fields(call, xml, fields);
    Ok(())
}

/// `getAssetMetadataFields`: all fields, grouped by the type they apply to.
#[expect(
    clippy::unnecessary_wraps,
    reason = "every operation has the same face"
)]
pub(super) fn all(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let schema = call.library.schema();
    let mut groups: IndexMap<&str, Vec<&FieldDefinition>> = IndexMap::new();
    for field in &schema.fields {
        groups
            .entry(field.applies_to.as_str())
            .or_default()
            .push(field);
    }
    xml.open("assetFieldsArray");
    for (kind, fields) in groups {
        xml.open("items");
        xml.leaf("assetType", kind);
        write_fields(call, xml, fields);
        xml.close("items");
    }
    xml.close("assetFieldsArray");
    Ok(())
}

fn write_fields<'f>(
    call: &Call<'_>,
    xml: &mut Xml,
    fields: impl IntoIterator<Item = &'f FieldDefinition>,
) {
    let knows_enforced = is_since(call.namespace(), "2013-08-29-beta");
    let number = call.company().number;
    let word = |truth: bool| if truth { "true" } else { "false" };
    xml.open("fieldArray");
    for field in fields {
        xml.open("items");
        xml.leaf("fieldHandle", &field.handle(number));
        xml.leaf("name", &field.name);
        xml.leaf("type", field.kind.name());
        xml.leaf("defaultValue", &field.default);
        xml.leaf("isRequired", word(field.required));
        xml.leaf("isUserDefined", word(field.user_defined));
        xml.leaf("isHidden", word(field.hidden));
        if knows_enforced {
            xml.leaf("isEnforced", word(field.enforced));
        }
        if let Some(initial) = &field.initial_tag_value {
            xml.leaf("initialTagValue", initial);
        }
        xml.close("items");
    }
    xml.close("fieldArray");
}

/// `getUniqueMetadataValues`: every value in use for a field, in alphabetical order.
pub(super) fn unique_values(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let schema = call.library.schema();
    let field = call.field(&schema, call.text("fieldHandle")?)?;
    let media = Condition::equals(Operand::Media, "true");
    let buckets = call
        .library
        .buckets(&media, &Operand::Field(field.name.clone()))?;
    let values: BTreeSet<&str> = buckets.iter().map(|bucket| bucket.value.as_str()).collect();
    xml.texts(View::ALL, "values", values);
    Ok(())
}
