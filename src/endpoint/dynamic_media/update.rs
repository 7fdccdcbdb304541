//! Changes as the service takes them: pairs of asset and field with a value carrier, grouped.

use indexmap::IndexMap;

use crate::{
    domain::{Certificate, FieldKey, Item, TagDelta, Value},
    endpoint::{EndpointError, is_certificate},
};

use super::{
    certificate,
    definition::{Definition, MetadataType},
    fields::Fields,
    writer::{Xml, unsendable},
};

/// How a value travels.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Carrier {
    /// In one element of this name.
    One(&'static str, String),
    /// As the whole list of tags.
    Set(Vec<String>),
    /// As tags to add and to remove.
    Delta(Vec<String>, Vec<String>),
}

/// One value for one field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Update {
    /// The field.
    pub(super) handle: String,
    /// The value.
    pub(super) carrier: Carrier,
}

impl Update {
    /// Whether it takes the value away.
    pub(super) fn clears(&self) -> bool {
        match &self.carrier {
            Carrier::One(_, text) => text.is_empty(),
            Carrier::Set(tags) => tags.is_empty(),
            Carrier::Delta(..) => false,
        }
    }
}

/// Which part of its item a pair writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// The status of a certificate.
    Status,
    /// The message of a certificate.
    Message,
}

/// One asset and one field: what the service counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    /// The place of its item in the call.
    pub(super) item: usize,
    /// Which part of the item it is.
    pub(super) part: Part,
    /// The asset's handle.
    pub(super) asset: String,
    /// The update.
    pub(super) update: Update,
}

/// The pairs of a call, in the order of its items.
///
/// # Errors
///
/// `PoisonedBy` with the items that can't be sent, or `NotSendable` if that is all of them.
pub(super) fn pairs(items: &[Item], fields: &Fields) -> Result<Vec<Pair>, EndpointError> {
    let mut pairs = Vec::with_capacity(items.len());
    let mut refused: Vec<(usize, String)> = Vec::new();
    for (place, item) in items.iter().enumerate() {
        match updates(item, fields) {
            Ok(updates) => pairs.extend(updates.into_iter().map(|(part, update)| Pair {
                item: place,
                part,
                asset: item.asset.as_str().to_owned(),
                update,
            })),
            Err(reason) => refused.push((place, reason)),
        }
    }
    not_sendable(&refused, items)?;
    Ok(pairs)
}

/// The error for items that can't be sent, if there are any.
pub(super) fn not_sendable(
    refused: &[(usize, String)],
    items: &[Item],
) -> Result<(), EndpointError> {
    let Some((first, reason)) = refused.first() else {
        return Ok(());
    };
    // Items refused for another reason get theirs when the rest is sent again.
    let same: Vec<usize> = refused
        .iter()
        .filter(|(_, other)| other == reason)
        .map(|(place, _)| *place)
        .collect();
    if same.len() == items.len() {
        return Err(EndpointError::NotSendable {
            why: reason.clone(),
        });
    }
    let why = format!("{}: {reason}", items[*first].field);
    Err(EndpointError::PoisonedBy {
        items: same,
        code: "not-sendable".to_owned(),
        why,
    })
}

/// The updates of one item, or why there are none.
fn updates(item: &Item, fields: &Fields) -> Result<Vec<(Part, Update)>, String> {
    if is_certificate(&item.field) {
        return certificate_updates(item, fields);
    }
    let definition = fields
        .definition(&item.field, &item.kind)
        .ok_or_else(|| no_such_field(&item.field, &item.kind))?;
    let carrier = match &item.delta {
        Some(delta) if definition.kind.is_tag() && *delta != TagDelta::default() => {
            sendable(delta.add.iter().chain(&delta.remove))?;
            Carrier::Delta(delta.add.clone(), delta.remove.clone())
        }
        _ => carrier(&item.wanted, definition)?,
    };
    Ok(vec![(Part::Whole, update(definition, carrier))])
}

fn no_such_field(field: &FieldKey, kind: &str) -> String {
    format!("assets of type {kind} have no field \"{field}\"")
}

fn update(definition: &Definition, carrier: Carrier) -> Update {
    Update {
        handle: definition.handle.clone(),
        carrier,
    }
}

fn certificate_updates(item: &Item, fields: &Fields) -> Result<Vec<(Part, Update)>, String> {
    let (status_name, message_name) = fields
        .certificate()
        .ok_or_else(|| fields.certificates.refusal().unwrap_or_default().to_owned())?;
    let find = |name: &str| {
        fields
            .definition_of(name, &item.kind)
            .ok_or_else(|| no_such_field(&FieldKey::new(name), &item.kind))
    };
    let (status, message) = (find(status_name)?, find(message_name)?);
    let (word, words) = match &item.wanted {
        Value::Absent => (Value::Absent, Value::Absent),
        Value::Certificate(Certificate {
            status: wanted,
            message: words,
        }) => (
            Value::text(certificate::spelled(*wanted, status)?),
            Value::text(words.clone()),
        ),
        Value::Unknown | Value::Text(_) | Value::List(_) | Value::Asset { .. } => {
            return Err("it is not a certificate".to_owned());
        }
    };
    Ok(vec![
        (Part::Status, update(status, carrier(&word, status)?)),
        (Part::Message, update(message, carrier(&words, message)?)),
    ])
}

/// The carrier of a whole value.
fn carrier(wanted: &Value, definition: &Definition) -> Result<Carrier, String> {
    let tag = definition.kind.is_tag();
    sendable(wanted.entries())?;
    match wanted {
        Value::Absent if tag => Ok(Carrier::Set(Vec::new())),
        Value::Absent => Ok(Carrier::One("value", String::new())),
        Value::Text(text) if tag => Ok(Carrier::Set(vec![text.clone()])),
        Value::Text(text) => Ok(typed(text, definition.kind)),
        Value::List(tags) if tag => Ok(Carrier::Set(tags.clone())),
        Value::List(one) if one.len() == 1 => Ok(typed(&one[0], definition.kind)),
        Value::List(_) => Err("it takes one value, not several".to_owned()),
        Value::Unknown | Value::Certificate(_) | Value::Asset { .. } => {
            Err("it takes text".to_owned())
        }
    }
}

fn sendable<'a>(texts: impl IntoIterator<Item = &'a String>) -> Result<(), String> {
    match texts.into_iter().find_map(|text| unsendable(text)) {
        Some(reason) => Err(reason),
        None => Ok(()),
    }
}

/// A typed carrier where it says exactly the same; else the text, for the service to judge.
fn typed(text: &str, kind: MetadataType) -> Carrier {
    let (element, canonical) = match kind {
        MetadataType::Int => ("longVal", text.parse::<i64>().ok().map(|n| n.to_string())),
        MetadataType::Float => {
            let number = text.parse::<f64>().ok().filter(|n| n.is_finite());
            ("doubleVal", number.map(|n| n.to_string()))
        }
        MetadataType::Boolean => {
            let known = matches!(text, "true" | "false");
            ("boolVal", known.then(|| text.to_owned()))
        }
        MetadataType::Date => return dated(text),
        MetadataType::Text
        | MetadataType::SingleTag
        | MetadataType::SingleFixedTag
        | MetadataType::MultiTag
        | MetadataType::MultiFixedTag
        | MetadataType::BooleanTag
        | MetadataType::Other => ("value", None),
    };
    match canonical {
        Some(canonical) if canonical == text => Carrier::One(element, canonical),
        _ => Carrier::One("value", text.to_owned()),
    }
}

/// A date: a bare one is midnight UTC, which reads back as a bare one.
fn dated(text: &str) -> Carrier {
    if let Ok(day) = text.parse::<jiff::civil::Date>()
        && text.len() == 10
    {
        return Carrier::One("dateVal", format!("{day}T00:00:00.000Z"));
    }
    let whole = text.contains('T') && text.parse::<jiff::Timestamp>().is_ok();
    let element = if whole { "dateVal" } else { "value" };
    Carrier::One(element, text.to_owned())
}

/// The children of `batchSetAssetMetadataParam`: assets with the same list of updates share a
/// group, since every update of a group is made on every asset of it.
pub(super) fn batch_set(xml: &mut Xml, company: &str, pairs: &[Pair]) {
    let mut of_asset: IndexMap<&str, Vec<&Update>> = IndexMap::new();
    for pair in pairs {
        of_asset.entry(&pair.asset).or_default().push(&pair.update);
    }
    let mut groups: IndexMap<Vec<&Update>, Vec<&str>> = IndexMap::new();
    for (asset, updates) in of_asset {
        groups.entry(updates).or_default().push(asset);
    }
    xml.leaf("companyHandle", company);
    xml.node("updateArray", |xml| {
        for (updates, assets) in groups {
            xml.node("items", |xml| {
                xml.list("assetHandleArray", assets);
                xml.node("updateArray", |xml| {
                    for update in updates {
                        xml.node("items", |xml| write_update(xml, update));
                    }
                });
            });
        }
    });
}

fn write_update(xml: &mut Xml, update: &Update) {
    xml.leaf("fieldHandle", &update.handle);
    match &update.carrier {
        Carrier::One(element, text) => xml.leaf(element, text),
        Carrier::Set(tags) => xml.list("setTagValueArray", tags),
        Carrier::Delta(add, remove) => {
            if !add.is_empty() {
                xml.list("addTagValueArray", add);
            }
            if !remove.is_empty() {
                xml.list("deleteTagValueArray", remove);
            }
        }
    }
}

/// The children of `deleteAssetMetadataParam`.
pub(super) fn delete(xml: &mut Xml, company: &str, pair: &Pair) {
    xml.leaf("companyHandle", company);
    xml.leaf("assetHandle", &pair.asset);
    xml.node("deleteArray", |xml| {
        xml.node("items", |xml| xml.leaf("fieldHandle", &pair.update.handle));
    });
}
