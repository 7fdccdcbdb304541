//! One asset as the service writes it.

use std::fmt::Write as _;

use crate::catalogue::model::AssetRecord;
use crate::catalogue::pictures::preview_path;
use crate::catalogue::schema::{FieldDefinition, FieldType, Place, Schema};
use crate::catalogue::values::date_millis;

use super::call::Call;
use super::filter::View;
use super::folders::write_permissions;
use super::kinds::{self, Info};
use super::switches::{ManyValues, UnsetFields};
use super::xml::Xml;

/// Writes assets one after another; what does not depend on the asset is found out once.
pub(super) struct AssetWriter<'w> {
    call: &'w Call<'w>,
    schema: &'w Schema,
    /// The fields of each asset type met so far.
    fields: Vec<(String, Vec<&'w FieldDefinition>)>,
    scratch: String,
}

impl<'w> AssetWriter<'w> {
    /// A writer for the answer of one call.
    pub(super) fn new(call: &'w Call<'w>, schema: &'w Schema) -> Self {
        Self {
            call,
            schema,
            fields: Vec::new(),
            scratch: String::new(),
        }
    }

    /// Writes the children of an asset element, in the order of the schema.
    pub(super) fn write(&mut self, xml: &mut Xml, view: View<'_>, asset: &AssetRecord) {
        xml.field(view, "assetHandle", &asset.id);
        xml.field(view, "type", &asset.kind);
        if let Some(sub_type) = asset
            .attributes
            .get("subType")
            .and_then(|value| value.as_str())
        {
            xml.field(view, "subType", sub_type);
        }
        xml.field(view, "name", &asset.name);
        if !asset.file_name.is_empty() {
            xml.field(view, "fileName", &asset.file_name);
        }
        xml.field(view, "folder", &asset.folder);
        if view.wants("folderHandle") {
            xml.leaf("folderHandle", &format!("f|{}", asset.folder));
        }
        xml.field(
            view,
            "readyForPublish",
            if asset.published { "true" } else { "false" },
        );
        xml.field(view, "trashState", asset.trash.name());
        xml.field(view, "projects", "");
        if view.wants("ipsImageUrl") {
            xml.leaf("ipsImageUrl", &preview_path(asset));
        }
        self.moment(xml, view, "created", asset.created);
        xml.field(view, "createUser", &asset.created_by);
        self.moment(xml, view, "lastModified", asset.modified);
        xml.field(view, "lastModifyUser", &asset.modified_by);
        if let Some(inner) = view.child("metadataArray") {
            xml.open("metadataArray");
            self.metadata(xml, inner, asset);
            xml.close("metadataArray");
        }
        write_info(xml, view, asset);
        if let Some(inner) = view.child("permissions") {
            xml.open("permissions");
            write_permissions(xml, inner, self.call.library.is_writable(asset));
            xml.close("permissions");
        }
    }

    fn moment(&mut self, xml: &mut Xml, view: View<'_>, name: &str, milliseconds: i64) {
        if view.wants(name) {
            self.scratch.clear();
            push_moment(&mut self.scratch, milliseconds);
            xml.leaf(name, &self.scratch);
        }
    }

    fn metadata(&mut self, xml: &mut Xml, view: View<'_>, asset: &AssetRecord) {
        let at = self.fields_of(&asset.kind);
        for field in &self.fields[at].1 {
            let looked_up;
            let values: &[String] = match &field.place {
                Place::Custom { .. } => asset
                    .values
                    .get(&field.name)
                    .map(Vec::as_slice)
                    .unwrap_or_default(),
                Place::Attribute(_) => {
                    looked_up = asset.field(field);
                    &looked_up
                }
            };
            if values.is_empty() && self.call.switches.unset_fields == UnsetFields::Omitted {
                continue;
            }
            xml.nest(view, "items", |xml, view| {
                write_value(xml, view, field, values, self.call.switches.many_values);
            });
        }
    }

    /// The fields an asset of this type has; a field of the type hides one of all types.
    fn fields_of(&mut self, kind: &str) -> usize {
        if let Some(known) = self.fields.iter().position(|(name, _)| name == kind) {
            return known;
        }
        let own = |field: &&FieldDefinition| {
            field.applies(kind)
                && self
                    .schema
                    .field_for(kind, &field.name)
                    .is_some_and(|chosen| chosen == *field)
        };
        let fields = self.schema.fields.iter().filter(own).collect();
        self.fields.push((kind.to_owned(), fields));
        self.fields.len() - 1
    }
}

/// Writes the children of a metadata element.
fn write_value(
    xml: &mut Xml,
    view: View<'_>,
    field: &FieldDefinition,
    values: &[String],
    many: ManyValues,
) {
    xml.field(view, "name", &field.name);
    let first = values.first().map(String::as_str).unwrap_or_default();
    if field.kind.is_multi() {
        match many {
            ManyValues::CommaJoined => xml.field(view, "value", &values.join(",")),
            ManyValues::First => xml.field(view, "value", first),
            ManyValues::Empty => xml.field(view, "value", ""),
        }
        if !values.is_empty() {
            xml.texts(view, "valueArray", values.iter().map(String::as_str));
        }
        return;
    }
    xml.field(view, "value", first);
    if let Some((twin, text)) = typed(field.kind, first) {
        xml.field(view, twin, &text);
    }
}

/// The typed twin of a value, where its type has one and the text fits it.
fn typed(kind: FieldType, text: &str) -> Option<(&'static str, String)> {
    match kind {
        FieldType::Boolean => {
            super::element::truth(&text.to_lowercase()).map(|truth| ("boolVal", truth.to_string()))
        }
        FieldType::Int => text
            .parse::<i64>()
            .ok()
            .map(|number| ("longVal", number.to_string())),
        FieldType::Float => text
            .parse::<f64>()
            .ok()
            .map(|number| ("doubleVal", double(number))),
        FieldType::Date => date_millis(text).map(|at| {
            let mut moment = String::new();
            push_moment(&mut moment, at);
            ("dateVal", moment)
        }),
        FieldType::String
        | FieldType::Untyped
        | FieldType::Color
        | FieldType::Dimension
        | FieldType::FileName
        | FieldType::SingleTag
        | FieldType::SingleFixedTag
        | FieldType::MultiTag
        | FieldType::MultiFixedTag
        | FieldType::BooleanTag => None,
    }
}

/// A number as `xsd:double` writes it: `72.0`.
fn double(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 {
            "INF".to_owned()
        } else {
            "-INF".to_owned()
        }
    } else {
        format!("{number:?}")
    }
}

/// Writes a moment with milliseconds and an offset.
pub(super) fn push_moment(out: &mut String, milliseconds: i64) {
    let at = jiff::Timestamp::from_millisecond(milliseconds).unwrap_or_default();
    // Writing into a text cannot fail.
    let _ = write!(out, "{at:.3}");
}

fn write_info(xml: &mut Xml, view: View<'_>, asset: &AssetRecord) {
    match kinds::info(&asset.kind) {
        Info::None => {}
        Info::Image => xml.nest(view, "imageInfo", |xml, view| {
            write_file(xml, view, asset);
            for (name, number) in [("width", asset.width), ("height", asset.height)] {
                write_number(xml, view, name, number);
            }
            write_number(xml, view, "fileSize", asset.file_size);
            if let Some(text) = &asset.description {
                xml.field(view, "description", text);
            }
        }),
        Info::File(name) => xml.nest(view, name, |xml, view| {
            write_file(xml, view, asset);
            write_number(xml, view, "fileSize", asset.file_size);
        }),
    }
}

fn write_file(xml: &mut Xml, view: View<'_>, asset: &AssetRecord) {
    if !asset.file_name.is_empty() {
        xml.field(view, "originalPath", &asset.folder);
        xml.field(view, "originalFile", &asset.file_name);
    }
}

fn write_number(xml: &mut Xml, view: View<'_>, name: &str, number: Option<i64>) {
    if let (Some(number), true) = (number, view.wants(name)) {
        xml.leaf(name, &number.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_carry_milliseconds_and_an_offset() {
        let mut text = String::new();
        push_moment(&mut text, 1_709_334_280_177);
        assert_eq!(text, "2024-03-01T23:04:40.177Z");
    }

    #[test]
    fn typed_twins_follow_the_type_of_the_field() {
        let twin = |kind, text| typed(kind, text).map(|(name, text)| format!("{name}={text}"));
        assert_eq!(twin(FieldType::Int, "2").unwrap(), "longVal=2");
        assert_eq!(twin(FieldType::Float, "72").unwrap(), "doubleVal=72.0");
        assert_eq!(twin(FieldType::Boolean, "true").unwrap(), "boolVal=true");
        assert_eq!(
            twin(FieldType::Date, "2024-03-01").unwrap(),
            "dateVal=2024-03-01T00:00:00.000Z"
        );
        assert_eq!(twin(FieldType::Int, "high"), None);
        assert_eq!(twin(FieldType::String, "2"), None);
        assert_eq!(twin(FieldType::Int, ""), None);
    }
}
