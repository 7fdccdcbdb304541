//! What a write leaves behind: rows, stamps, and the differences the log keeps.

use std::collections::BTreeMap;

use rusqlite::params;
use serde_json::json;

use crate::catalogue::database::DatabaseError;
use crate::catalogue::database::kinds::Kinds;
use crate::catalogue::model::AssetRecord;
use crate::catalogue::schema::{Place, Schema};
use crate::catalogue::writes::Author;

/// Certificates and announcements that got a new value carry who gave it and when, unless the
/// caller said so itself. Clearing stamps nothing.
pub(super) fn stamp(before: &AssetRecord, after: &mut AssetRecord, author: &Author) {
    let given = |new: bool, differs: bool| new && differs;
    let (old, new) = (&before.details.certificate, &mut after.details.certificate);
    let certified = given(new.status.is_some(), new.status != old.status)
        || given(new.message.is_some(), new.message != old.message);
    if certified && new.updated_by == old.updated_by && new.updated_at == old.updated_at {
        new.updated_by = Some(author.who.clone());
        new.updated_at = Some(author.now);
    }
    let (old, new) = (
        &before.details.announcement,
        &mut after.details.announcement,
    );
    let announced = given(new.kind.is_some(), new.kind != old.kind)
        || given(new.title.is_some(), new.title != old.title)
        || given(new.message.is_some(), new.message != old.message);
    if announced && new.updated_by == old.updated_by && new.updated_at == old.updated_at {
        new.updated_by = Some(author.who.clone());
        new.updated_at = Some(author.now);
    }
}

/// Field → (before, after) as JSON texts, only where they differ.
pub(super) fn differences(
    schema: &Schema,
    before: &AssetRecord,
    after: &AssetRecord,
) -> BTreeMap<String, (String, String)> {
    let (mut old, mut new) = (flat(schema, before), flat(schema, after));
    let names: Vec<String> = old.keys().chain(new.keys()).cloned().collect();
    let null = || "null".to_owned();
    names
        .into_iter()
        .filter_map(|name| {
            let pair = (
                old.remove(&name).unwrap_or_else(null),
                new.remove(&name).unwrap_or_else(null),
            );
            (pair.0 != pair.1).then_some((name, pair))
        })
        .collect()
}

/// Everything of a record that a write can change, under the names of fields; what is no field
/// stands in parentheses. Stamps are left out.
fn flat(schema: &Schema, record: &AssetRecord) -> BTreeMap<String, String> {
    let mut flat = BTreeMap::new();
    for name in record.attribute_names() {
        if name.ends_with("UpdatedBy") || name.ends_with("UpdatedAt") {
            continue;
        }
        let field = schema
            .fields
            .iter()
            .find(|field| matches!(&field.place, Place::Attribute(known) if *known == name));
        let value = record.attribute(&name).unwrap_or_default().to_string();
        flat.insert(
            field.map_or_else(|| name.clone(), |field| field.name.clone()),
            value,
        );
    }
    for (name, values) in &record.values {
        flat.insert(name.clone(), json!(values).to_string());
    }
    let mut system = |name: &str, value: serde_json::Value| {
        if !value.is_null() {
            flat.insert(format!("({name})"), value.to_string());
        }
    };
    system("thumbnail", json!(record.thumbnail));
    system("folder", json!(record.folder));
    system("trash", json!(record.trash.name()));
    system("published", json!(record.published));
    system("anchor", json!(record.anchor));
    if !record.tags.is_empty() {
        system("tags", json!(record.tags));
    }
    flat
}

/// Insert a record as it stands.
pub(super) fn insert(
    connection: &rusqlite::Connection,
    kinds: &mut Kinds,
    record: &AssetRecord,
) -> Result<(), DatabaseError> {
    let code = kinds.code(connection, &record.kind, &record.type_name)?;
    connection
        .prepare_cached(
            "INSERT INTO assets (row, trash, code, created, modified, id, guid, qualified_name,
             name, name_fold, folder, details)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            record.row,
            record.trash.code(),
            code,
            record.created,
            record.modified,
            record.id,
            record.guid,
            record.qualified_name,
            record.name,
            record.name.to_lowercase(),
            record.folder,
            serde_json::to_string(&record.details)?,
        ])?;
    Ok(())
}
