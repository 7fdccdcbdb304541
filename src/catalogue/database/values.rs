//! One wish applied to one record: checks, tag arithmetic, thumbnails, names.

use serde_json::Value;

use crate::catalogue::database::{DatabaseError, Writing};
use crate::catalogue::model::{AssetRecord, Trash};
use crate::catalogue::schema::FieldDefinition;
use crate::catalogue::values::normalised;
use crate::catalogue::writes::{Applied, Change, Face, Refused, TagChange, ValueChange};

/// Types whose picture may stand for another asset.
const THUMBNAIL_TYPES: [&str; 5] = ["Image", "AdjustedView", "Mask", "Template", "PsdTemplate"];

/// A wish is refused, or the database fails.
pub(super) type Outcome<T> = Result<Result<T, Refused>, DatabaseError>;

impl Writing<'_> {
    /// Change a record in memory as one wish asks; nothing is stored until [`Writing::save`].
    /// Checks everything but the folder permission (see [`Writing::permitted`]). The inner error
    /// leaves the record as it was.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn change(&mut self, record: &mut AssetRecord, change: &Change) -> Outcome<Applied> {
        let before = record.clone();
        let result = match change {
            Change::Field(name, wish) => self.change_field(record, name, wish),
            Change::Attribute(name, value) => change_attribute(record, name, value),
            Change::Thumbnail(id) => return self.change_thumbnail(record, id.as_deref()),
            Change::Tags(wish) => self.change_tags(record, wish),
            Change::Trash(state) => {
                record.trash = *state;
                Ok(None)
            }
            Change::Published(published) => {
                record.published = *published;
                Ok(None)
            }
            Change::Folder(folder) => self.change_folder(record, folder),
            Change::Name(name) => return self.change_name(record, name),
        };
        Ok(result.map(|warning| Applied {
            changed: *record != before,
            warning,
        }))
    }

    fn change_field(
        &mut self,
        record: &mut AssetRecord,
        name: &str,
        wish: &ValueChange,
    ) -> Result<Option<String>, Refused> {
        let schema = self.schema();
        let field = schema.field_for(&record.kind, name).or_else(|| {
            // Data assets have every field.
            (!record.is_media()).then(|| schema.field(name)).flatten()
        });
        let Some(field) = field else {
            return Err(match schema.field(name) {
                Some(_) => Refused::NotApplicable {
                    field: name.to_owned(),
                    kind: record.kind.clone(),
                },
                None => Refused::UnknownField(name.to_owned()),
            });
        };
        if !field.user_defined {
            return Err(Refused::ReadOnly(name.to_owned()));
        }
        let wanted = wanted_values(field, record, wish)?;
        let (values, warning) = normalised(field, wanted)?;
        let field = field.clone();
        if field.kind.is_tag() && !field.kind.is_fixed() {
            self.grow(&field, &values);
        }
        record.set_field(&field, values);
        Ok(warning)
    }

    fn change_thumbnail(&self, record: &mut AssetRecord, id: Option<&str>) -> Outcome<Applied> {
        if let Some(id) = id {
            let Some(thumbnail) = self.by_id(id)? else {
                return Ok(Err(Refused::UnknownAsset(id.to_owned())));
            };
            if !THUMBNAIL_TYPES.contains(&thumbnail.kind.as_str()) {
                return Ok(Err(Refused::ThumbnailType(thumbnail.kind)));
            }
            if thumbnail.trash != Trash::NotInTrash {
                return Ok(Err(Refused::ThumbnailInTrash(id.to_owned())));
            }
        }
        let changed = record.thumbnail.as_deref() != id;
        record.thumbnail = id.map(ToOwned::to_owned);
        Ok(Ok(Applied {
            changed,
            warning: None,
        }))
    }

    fn change_tags(
        &self,
        record: &mut AssetRecord,
        wish: &TagChange,
    ) -> Result<Option<String>, Refused> {
        let schema = self.schema();
        let known = |ids: &[String]| {
            ids.iter()
                .find(|id| schema.tag(id).is_none())
                .map_or(Ok(()), |unknown| Err(Refused::UnknownTag(unknown.clone())))
        };
        let mut tags = match wish {
            TagChange::Replace(ids) => {
                known(ids)?;
                ids.clone()
            }
            TagChange::Merge { add, remove } => {
                known(add)?;
                let mut tags = record.tags.clone();
                tags.retain(|tag| !remove.contains(tag));
                tags.extend(add.iter().cloned());
                tags
            }
        };
        let mut seen = Vec::new();
        tags.retain(|tag| {
            let new = !seen.contains(tag);
            seen.push(tag.clone());
            new
        });
        record.tags = tags;
        Ok(None)
    }

    fn change_folder(
        &self,
        record: &mut AssetRecord,
        folder: &str,
    ) -> Result<Option<String>, Refused> {
        let root = self.company().root_path();
        let mut path = folder.trim_matches('/').to_owned();
        path.push('/');
        if !path.starts_with(&root) {
            return Err(Refused::UnknownFolder(folder.to_owned()));
        }
        record.folder = path;
        Ok(None)
    }

    fn change_name(&self, record: &mut AssetRecord, name: &str) -> Outcome<Applied> {
        let taken = self
            .by_name(name)?
            .into_iter()
            .any(|other| other.row != record.row && other.is_media());
        // Two data assets may share a name; ids of pictures are unique.
        if taken && record.is_media() && self.author().face == Face::Soap {
            return Ok(Err(Refused::NameInUse(name.to_owned())));
        }
        let changed = record.name != name;
        name.clone_into(&mut record.name);
        Ok(Ok(Applied {
            changed,
            warning: None,
        }))
    }
}

/// The values a wish leads to, before they are checked.
fn wanted_values(
    field: &FieldDefinition,
    record: &AssetRecord,
    wish: &ValueChange,
) -> Result<Vec<String>, Refused> {
    match wish {
        ValueChange::Clear => Ok(Vec::new()),
        ValueChange::Set(values) => Ok(values.clone()),
        ValueChange::Tags { add, remove } => {
            if !field.kind.is_tag() {
                return Err(Refused::NotATagField(field.name.clone()));
            }
            let mut values = record.field(field);
            values.retain(|value| !remove.contains(value));
            if !field.kind.is_multi() && !add.is_empty() {
                values.clear();
            }
            values.extend(add.iter().cloned());
            Ok(values)
        }
    }
}

fn change_attribute(
    record: &mut AssetRecord,
    name: &str,
    value: &Value,
) -> Result<Option<String>, Refused> {
    if name == "certificateStatus" && !value.is_null() {
        let known = value
            .as_str()
            .and_then(crate::catalogue::model::CertificateStatus::parse_any_case);
        if known.is_none() {
            return Err(Refused::BadValue {
                value: value
                    .as_str()
                    .map_or_else(|| value.to_string(), ToOwned::to_owned),
                kind: "certificate_status",
                field: name.to_owned(),
            });
        }
    }
    if record.set_attribute(name, value) {
        Ok(None)
    } else {
        Err(Refused::UnknownAttribute(name.to_owned()))
    }
}
