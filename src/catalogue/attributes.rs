//! The plain attributes of the REST face, read from and written to a record.

use serde_json::{Value, json};

use crate::catalogue::model::{AssetRecord, CertificateStatus};
use crate::catalogue::schema::{FieldDefinition, Place};

/// Attributes every asset has that users may set, beside those of its type.
pub const FREE_ATTRIBUTES: &[&str] = &[
    "assetIcon",
    "assetCoverImage",
    "assetThemeHex",
    "adminUsers",
    "adminGroups",
    "adminRoles",
    "viewerUsers",
    "viewerGroups",
    "connectorName",
    "connectionName",
    "connectionQualifiedName",
    "subType",
    "sourceURL",
    "sourceEmbedURL",
    "lexicographicalSortOrder",
    "isEditable",
    "isDiscoverable",
    "isPartial",
    "sourceCreatedAt",
    "sourceCreatedBy",
    "sourceUpdatedAt",
    "sourceUpdatedBy",
    "domainGUIDs",
    "assetTags",
    "popularityScore",
    "viewScore",
    "tenantId",
    "shortDescription",
    "longDescription",
    "usage",
    "abbreviation",
    "examples",
    "supersetDashboardThumbnailURL",
    "presetDashboardThumbnailURL",
    "databaseName",
    "databaseQualifiedName",
    "schemaName",
    "schemaQualifiedName",
    "columnCount",
    "rowCount",
    "sizeBytes",
    "link",
    "icon",
    "iconType",
];

fn text(value: Option<&String>) -> Option<Value> {
    value.map(|text| json!(text))
}

fn list(values: &[String]) -> Option<Value> {
    (!values.is_empty()).then(|| json!(values))
}

impl AssetRecord {
    /// A plain attribute by its REST name. `None` is null.
    pub fn attribute(&self, name: &str) -> Option<Value> {
        match name {
            "qualifiedName" => Some(json!(self.qualified_name)),
            "name" => Some(json!(self.name)),
            "displayName" => text(self.display_name.as_ref()),
            "description" => text(self.description.as_ref()),
            "userDescription" => text(self.user_description.as_ref()),
            "certificateStatus" => self.certificate.status.map(|status| json!(status.upper())),
            "certificateStatusMessage" => text(self.certificate.message.as_ref()),
            "certificateUpdatedBy" => text(self.certificate.updated_by.as_ref()),
            "certificateUpdatedAt" => self.certificate.updated_at.map(|at| json!(at)),
            "announcementType" => text(self.announcement.kind.as_ref()),
            "announcementTitle" => text(self.announcement.title.as_ref()),
            "announcementMessage" => text(self.announcement.message.as_ref()),
            "announcementUpdatedBy" => text(self.announcement.updated_by.as_ref()),
            "announcementUpdatedAt" => self.announcement.updated_at.map(|at| json!(at)),
            "ownerUsers" => list(&self.owner_users),
            "ownerGroups" => list(&self.owner_groups),
            _ => self.attributes.get(name).cloned(),
        }
    }

    /// Set a plain attribute by its REST name; null clears. Says whether the name is known.
    /// Values of the wrong JSON type are read as text or left as they are where any type goes;
    /// the face checks types before it calls this. Stamps nothing.
    pub fn set_attribute(&mut self, name: &str, value: &Value) -> bool {
        match name {
            "qualifiedName" => self.qualified_name = value_text(value).unwrap_or_default(),
            "name" => self.name = value_text(value).unwrap_or_default(),
            "displayName" => self.display_name = value_text(value),
            "description" => self.description = value_text(value),
            "userDescription" => self.user_description = value_text(value),
            "certificateStatus" => {
                self.certificate.status =
                    value_text(value).and_then(|word| CertificateStatus::parse_any_case(&word));
            }
            "certificateStatusMessage" => self.certificate.message = value_text(value),
            "certificateUpdatedBy" => {
                set_if_some(&mut self.certificate.updated_by, value_text(value));
            }
            "certificateUpdatedAt" => set_if_some(&mut self.certificate.updated_at, value.as_i64()),
            "announcementType" => self.announcement.kind = value_text(value),
            "announcementTitle" => self.announcement.title = value_text(value),
            "announcementMessage" => self.announcement.message = value_text(value),
            "announcementUpdatedBy" => {
                set_if_some(&mut self.announcement.updated_by, value_text(value));
            }
            "announcementUpdatedAt" => {
                set_if_some(&mut self.announcement.updated_at, value.as_i64());
            }
            "ownerUsers" => self.owner_users = value_list(value),
            "ownerGroups" => self.owner_groups = value_list(value),
            _ if FREE_ATTRIBUTES.contains(&name) => {
                if value.is_null() {
                    self.attributes.remove(name);
                } else {
                    self.attributes.insert(name.to_owned(), value.clone());
                }
            }
            _ => return false,
        }
        true
    }

    /// Names of every plain attribute that has a value.
    pub fn attribute_names(&self) -> Vec<String> {
        STANDING
            .iter()
            .filter(|name| self.attribute(name).is_some())
            .map(|name| (*name).to_owned())
            .chain(self.attributes.keys().cloned())
            .collect()
    }

    /// The values of a field: none when it is unset.
    pub fn field(&self, field: &FieldDefinition) -> Vec<String> {
        match &field.place {
            Place::Custom { .. } => self.values.get(&field.name).cloned().unwrap_or_default(),
            Place::Attribute(name) => match (name.as_str(), self.certificate.status) {
                ("certificateStatus", status) => status
                    .map(|word| word.title().to_owned())
                    .into_iter()
                    .collect(),
                (other, _) => self
                    .attribute(other)
                    .map_or_else(Vec::new, |value| texts_of(&value)),
            },
        }
    }

    /// Put values into a field, whatever its place; none clears it. Stamps and checks nothing.
    pub fn set_field(&mut self, field: &FieldDefinition, values: Vec<String>) {
        match &field.place {
            Place::Custom { .. } => {
                if values.is_empty() {
                    self.values.remove(&field.name);
                } else {
                    self.values.insert(field.name.clone(), values);
                }
            }
            Place::Attribute(name) => {
                let value = match values.as_slice() {
                    [] => Value::Null,
                    [one] if !field.kind.is_multi() => json!(one),
                    many => json!(many),
                };
                self.set_attribute(name, &value);
            }
        }
    }
}

/// The attributes kept in places of their own.
pub const STANDING: &[&str] = &[
    "qualifiedName",
    "name",
    "displayName",
    "description",
    "userDescription",
    "certificateStatus",
    "certificateStatusMessage",
    "certificateUpdatedBy",
    "certificateUpdatedAt",
    "announcementType",
    "announcementTitle",
    "announcementMessage",
    "announcementUpdatedBy",
    "announcementUpdatedAt",
    "ownerUsers",
    "ownerGroups",
];

fn set_if_some<T>(slot: &mut Option<T>, value: Option<T>) {
    if value.is_some() {
        *slot = value;
    }
}

fn value_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Some(value.to_string())
        }
    }
}

fn value_list(value: &Value) -> Vec<String> {
    let mut seen = Vec::new();
    for text in texts_of(value) {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen
}

/// A JSON value as texts: a list gives one for each element, null gives none.
pub fn texts_of(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(value_text).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            value_text(value).into_iter().collect()
        }
    }
}
