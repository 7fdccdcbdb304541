//! Assets: the listing, re-reading by handle, and what they become here.

use std::borrow::Cow;

use crate::domain::{Asset, AssetId, FieldKey, FieldKind, Value};

use super::{
    certificate,
    definition::is_true,
    fields::{Fields, System},
    pull::{Pull, Unreadable},
    writer::Xml,
};

/// Rows a page and handles a call, at most.
pub(super) const LARGEST_PAGE: usize = 1000;

/// The parts of an asset that are asked for.
const PARTS: [&str; 21] = [
    "assetHandle",
    "type",
    "subType",
    "name",
    "fileName",
    "folder",
    "readyForPublish",
    "created",
    "createUser",
    "lastModified",
    "lastModifyUser",
    "metadataArray",
    "imageInfo/width",
    "imageInfo/height",
    "imageInfo/fileSize",
    "videoInfo/fileSize",
    "pdfInfo/fileSize",
    "psdInfo/fileSize",
    "illustratorInfo/fileSize",
    "animatedGifInfo/fileSize",
    "audioInfo/fileSize",
];

/// Which assets of a company are searched for, and what of them is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Search<'a> {
    /// System field, operator and moment, all of which must hold.
    pub(super) moments: &'a [(&'static str, &'static str, &'a str)],
    /// The page, counted from 1.
    pub(super) page: u64,
    /// Assets a page.
    pub(super) size: usize,
    /// The parts of an asset; all that is known here if it is `None`.
    pub(super) parts: Option<&'a [&'static str]>,
}

/// The children of `searchAssetsParam`: oldest first, so that new ones land at the end.
pub(super) fn search_for(xml: &mut Xml, company: &str, search: Search<'_>) {
    xml.leaf("companyHandle", company);
    xml.leaf("includeSubfolders", "true");
    if !search.moments.is_empty() {
        xml.node("systemFieldConditionArray", |xml| {
            for (field, operator, moment) in search.moments {
                xml.node("items", |xml| {
                    xml.leaf("field", field);
                    xml.leaf("op", operator);
                    xml.leaf("dateVal", moment);
                });
            }
        });
    }
    xml.leaf("recordsPerPage", &search.size.to_string());
    xml.leaf("resultsPage", &search.page.to_string());
    xml.leaf("sortBy", "Created");
    xml.leaf("sortDirection", "Ascending");
    let total = std::iter::once("totalRows".to_owned());
    match search.parts {
        None => xml.list("responseFieldArray", total.chain(asked_parts())),
        Some(parts) => {
            let parts = parts.iter().map(|part| format!("assetArray/items/{part}"));
            xml.list("responseFieldArray", total.chain(parts));
        }
    }
}

/// The same for a page of all assets.
pub(super) fn search(xml: &mut Xml, company: &str, page: u64, size: usize) {
    let search = Search {
        moments: &[],
        page,
        size,
        parts: None,
    };
    search_for(xml, company, search);
}

/// The children of `getAssetsParam`.
pub(super) fn get(xml: &mut Xml, company: &str, handles: &[AssetId]) {
    xml.leaf("companyHandle", company);
    xml.list("assetHandleArray", handles.iter().map(AssetId::as_str));
    xml.list("responseFieldArray", asked_parts());
}

/// The children of `getAssetsParam` for one part of the assets beside their handle.
pub(super) fn get_part(xml: &mut Xml, company: &str, handles: &[AssetId], part: &str) {
    xml.leaf("companyHandle", company);
    xml.list("assetHandleArray", handles.iter().map(AssetId::as_str));
    let parts = ["assetHandle", part].map(|part| format!("assetArray/items/{part}"));
    xml.list("responseFieldArray", parts);
}

fn asked_parts() -> impl Iterator<Item = String> {
    PARTS.iter().map(|part| format!("assetArray/items/{part}"))
}

/// A page of assets, and when each was made, as the service writes it.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) total: Option<u64>,
    pub(super) assets: Vec<Asset>,
    pub(super) created: Vec<String>,
}

/// Reads a `searchAssetsReturn` or a `getAssetsReturn`: the total, if it is there, and the assets.
pub(super) fn read(
    pull: &mut Pull<'_>,
    fields: &Fields,
) -> Result<(Option<u64>, Vec<Asset>), Unreadable> {
    let Listed { total, assets, .. } = read_listed(pull, fields)?;
    Ok((total, assets))
}

/// The same with when each asset was made; empty where that is not told.
pub(super) fn read_listed(pull: &mut Pull<'_>, fields: &Fields) -> Result<Listed, Unreadable> {
    let mut listed = Listed::default();
    pull.each(|pull, name| match name {
        "totalRows" => {
            listed.total = pull.number()?.and_then(|rows| u64::try_from(rows).ok());
            Ok(())
        }
        "assetArray" => pull.each(|pull, _| {
            let (asset, created) = read_asset(pull, fields)?;
            // An asset without a handle can't be named in any request, so it can't be worked with.
            if !asset.id.as_str().is_empty() {
                listed.assets.push(asset);
                listed.created.push(created);
            }
            Ok(())
        }),
        _ => pull.skip(),
    })?;
    Ok(listed)
}

/// Reads one part of assets: by handle, its text.
pub(super) fn read_part(
    pull: &mut Pull<'_>,
    part: &str,
) -> Result<Vec<(AssetId, String)>, Unreadable> {
    let mut parts = Vec::new();
    pull.each(|pull, name| match name {
        "assetArray" => pull.each(|pull, _| {
            let (mut handle, mut text) = (String::new(), String::new());
            pull.each(|pull, name| {
                match name {
                    "assetHandle" => handle = pull.text()?.into_owned(),
                    name if name == part => text = pull.text()?.into_owned(),
                    _ => pull.skip()?,
                }
                Ok::<_, Unreadable>(())
            })?;
            parts.push((AssetId::new(handle), text));
            Ok(())
        }),
        _ => pull.skip(),
    })?;
    Ok(parts)
}

/// One metadata value as it stands in an answer.
pub(super) struct RawValue<'a> {
    pub(super) name: Cow<'a, str>,
    value: Cow<'a, str>,
    tags: Option<Vec<String>>,
}

/// Why an asset whose text had to be repaired may not be edited.
const DAMAGED: &str = "its text has characters that no client can send back unchanged; correct it \
                       in Dynamic Media first";

/// An asset, and when it was made.
fn read_asset<'a>(pull: &mut Pull<'a>, fields: &Fields) -> Result<(Asset, String), Unreadable> {
    let damaged_before = pull.damaged();
    let (mut handle, mut kind, mut asset_name) = (Cow::default(), Cow::default(), String::new());
    let mut metadata: Vec<RawValue<'a>> = Vec::new();
    let mut system: Vec<(System, Cow<'a, str>)> = Vec::with_capacity(12);
    pull.each(|pull, name| {
        match name {
            "assetHandle" => handle = pull.text()?,
            "type" => kind = pull.text()?,
            "name" => asset_name = pull.text()?.into_owned(),
            "metadataArray" => pull.each(|pull, _| {
                metadata.push(read_value(pull)?);
                Ok::<_, Unreadable>(())
            })?,
            info if info.ends_with("Info") => read_info(pull, &mut system)?,
            other => match system_field(other) {
                Some(field) => system.push((field, pull.text()?)),
                None => pull.skip()?,
            },
        }
        Ok::<_, Unreadable>(())
    })?;
    let made = system
        .iter()
        .find(|(field, _)| matches!(field, System::Created));
    let made = made.map_or_else(String::new, |(_, text)| text.as_ref().to_owned());
    let mut values = metadata_values(metadata, &kind, fields);
    values.push((fields.thumbnail_key(), Value::Unknown));
    values.extend(system.into_iter().filter_map(|(field, text)| {
        let text = match field {
            System::Published => if is_true(&text) { "true" } else { "false" }.to_owned(),
            System::Created | System::Modified => plain_date(&text),
            System::Folder
            | System::File
            | System::CreatedBy
            | System::ModifiedBy
            | System::Subtype
            | System::Width
            | System::Height
            | System::Size => text.into_owned(),
        };
        let value = Value::text(text);
        value.is_present().then_some((fields.system(field)?, value))
    }));
    if asset_name.is_empty() {
        handle.as_ref().clone_into(&mut asset_name);
    }
    let is_damaged = pull.damaged() > damaged_before;
    let asset = Asset {
        id: AssetId::new(handle.as_ref()),
        name: asset_name,
        kind: kind.into_owned(),
        fields: values,
        locked: is_damaged.then(|| DAMAGED.to_owned()),
    };
    Ok((asset, made))
}

fn system_field(name: &str) -> Option<System> {
    Some(match name {
        "folder" => System::Folder,
        "fileName" => System::File,
        "readyForPublish" => System::Published,
        "created" => System::Created,
        "createUser" => System::CreatedBy,
        "lastModified" => System::Modified,
        "lastModifyUser" => System::ModifiedBy,
        "subType" => System::Subtype,
        "width" => System::Width,
        "height" => System::Height,
        "fileSize" => System::Size,
        _ => return None,
    })
}

/// Width, height and size of the one info an asset has.
fn read_info<'a>(
    pull: &mut Pull<'a>,
    system: &mut Vec<(System, Cow<'a, str>)>,
) -> Result<(), Unreadable> {
    pull.each(|pull, name| {
        match (name, system_field(name)) {
            ("width" | "height" | "fileSize", Some(field)) => system.push((field, pull.text()?)),
            _ => pull.skip()?,
        }
        Ok(())
    })
}

fn read_value<'a>(pull: &mut Pull<'a>) -> Result<RawValue<'a>, Unreadable> {
    let mut raw = RawValue {
        name: Cow::default(),
        value: Cow::default(),
        tags: None,
    };
    let mut typed = Cow::default();
    pull.each(|pull, name| {
        match name {
            "name" => raw.name = pull.text()?,
            "value" => raw.value = pull.text()?,
            "boolVal" | "longVal" | "doubleVal" | "dateVal" => typed = pull.text()?,
            "valueArray" => raw.tags = Some(pull.texts()?),
            _ => pull.skip()?,
        }
        Ok::<_, Unreadable>(())
    })?;
    if raw.value.is_empty() {
        raw.value = typed;
    }
    Ok(raw)
}

/// Metadata by field; the two fields of the certificate become one.
fn metadata_values(
    metadata: Vec<RawValue<'_>>,
    kind: &str,
    fields: &Fields,
) -> Vec<(FieldKey, Value)> {
    let mut values = Vec::with_capacity(metadata.len() + 14);
    let pair = fields.certificate();
    let (mut status, mut message) = (None, None);
    for raw in metadata {
        match pair {
            Some((name, _)) if raw.name == name => status = Some(raw),
            Some((_, name)) if raw.name == name => message = Some(raw),
            _ => values.extend(value_of(raw, kind, fields)),
        }
    }
    if let Some(status) = status {
        let word = first_text(&status);
        if let Some(read) = certificate::read(&word, message.map(|raw| first_text(&raw))) {
            values.push((fields.certificate_key(), Value::Certificate(read)));
        } else if !word.is_empty() {
            // A status nobody knows here is shown as it is.
            values.push((FieldKey::new(status.name), Value::text(word)));
        }
    }
    values
}

fn first_text(raw: &RawValue<'_>) -> String {
    let tag = raw.tags.as_ref().and_then(|tags| tags.first());
    tag.map_or_else(|| raw.value.to_string(), String::clone)
}

fn value_of(raw: RawValue<'_>, kind: &str, fields: &Fields) -> Option<(FieldKey, Value)> {
    let key = fields.key_of(&raw.name)?;
    let field_kind = fields
        .definition_of(&raw.name, kind)
        .map(|definition| definition.kind.kind());
    let value = match (field_kind, raw.tags) {
        (Some(FieldKind::Tags), Some(tags)) => Value::list(tags),
        (Some(FieldKind::Tags), None) => Value::list([raw.value.into_owned()]),
        (None, Some(tags)) if tags.len() > 1 => Value::list(tags),
        (_, Some(mut tags)) if !tags.is_empty() => Value::text(tags.swap_remove(0)),
        (Some(FieldKind::Date), _) => Value::text(plain_date(&raw.value)),
        _ => Value::text(raw.value.into_owned()),
    };
    // Absent is what a missing field reads as anyway.
    value.is_present().then_some((key, value))
}

/// A date without its time if that is midnight UTC, which is how a bare date is kept; else as it is.
pub(super) fn plain_date(text: &str) -> String {
    let day = text.get(..10).filter(|_| text.len() > 10);
    let zone = day.and_then(|_| text.get(10..));
    match (day, zone) {
        (Some(day), Some("T00:00:00.000Z" | "T00:00:00Z" | "T00:00:00.000+00:00")) => {
            day.to_owned()
        }
        _ => text.to_owned(),
    }
}
