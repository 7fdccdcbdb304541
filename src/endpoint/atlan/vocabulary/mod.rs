//! Which field is which attribute: human names for hashed ids, and the rules of each.
//!
//! Built from the type definitions: custom metadata (`businessMetadataDefs`), tags
//! (`classificationDefs`) and their enums.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use crate::domain::{Field, FieldKey, FieldKind, Schema};

use super::{
    builtin,
    coding::{Coding, Grain},
    search::Places,
    typedefs::{AttributeDef, SetDef, TagDef, Typedefs},
};

/// Where a field lives in an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// `attributes.NAME`.
    Attribute {
        /// The attribute.
        name: String,
        /// How it is written.
        coding: Coding,
    },
    /// `businessAttributes.SET.ATTRIBUTE`; in a search `attributes["SET.ATTRIBUTE"]`.
    Custom {
        /// The set's hashed id.
        set: String,
        /// The attribute's hashed id.
        attribute: String,
        /// How it is written.
        coding: Coding,
    },
    /// Beside `attributes`: `createdBy`, `createTime`.
    Header {
        /// The property.
        name: String,
        /// How it is written.
        coding: Coding,
    },
    /// Tags given to the asset itself.
    Tags,
    /// Tags it has from others.
    InheritedTags,
    /// `certificateStatus` and `certificateStatusMessage`.
    Certificate,
    /// The glossary of a term or category.
    Anchor,
    /// The address of a picture, in an attribute that depends on the type.
    Thumbnail,
}

/// The names of one tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Vocabulary {
    /// Fields in the order screens show them.
    slots: IndexMap<FieldKey, Slot>,
    fields: Vec<Field>,
    tag_names: HashMap<String, String>,
    tag_ids: HashMap<String, String>,
    /// Thumbnail attribute by asset type.
    thumbnails: Vec<(String, String)>,
    places: Places,
}

impl Vocabulary {
    /// The names that these definitions give to a library with these asset types.
    pub(super) fn new(typedefs: &Typedefs, types: &[String]) -> Self {
        let mut vocabulary = Self {
            thumbnails: builtin::thumbnails(types),
            ..Self::default()
        };
        for (id, name) in tag_names(&typedefs.tags()) {
            vocabulary.tag_ids.insert(name.clone(), id.clone());
            vocabulary.tag_names.insert(id, name);
        }
        let mut tags: Vec<String> = vocabulary.tag_ids.keys().cloned().collect();
        tags.sort_by_key(|name| name.to_lowercase());
        for (slot, field) in builtin::editable(tags) {
            vocabulary.add(slot, field);
        }
        if !vocabulary.thumbnails.is_empty() {
            let field = Field {
                applies_to: vocabulary.thumbnail_targets(),
                ..Field::plain("thumbnail", FieldKind::Asset)
            };
            vocabulary.add(Slot::Thumbnail, field);
        }
        let locked = builtin::locked(types);
        let taken: HashSet<String> = vocabulary
            .fields
            .iter()
            .chain(locked.iter().map(|(_, field)| field))
            .map(|field| plain_word(field.key.as_str()))
            .chain(["name", "id", "type", "thumbnail"].map(str::to_owned))
            .collect();
        for (slot, field) in custom(typedefs, taken) {
            vocabulary.add(slot, field);
        }
        for (slot, field) in locked {
            vocabulary.add(slot, field);
        }
        vocabulary.places = Places::new(vocabulary.slots.iter(), &vocabulary.thumbnails);
        vocabulary
    }

    /// Where the parts of a search hit go.
    pub(super) fn places(&self) -> &Places {
        &self.places
    }

    fn add(&mut self, slot: Slot, field: Field) {
        self.slots.insert(field.key.clone(), slot);
        self.fields.push(field);
    }

    /// The fields for people.
    pub(super) fn schema(&self) -> Schema {
        Schema {
            fields: self.fields.clone(),
        }
    }

    /// Where a field lives.
    pub(super) fn slot(&self, field: &FieldKey) -> Option<&Slot> {
        self.slots.get(field)
    }

    /// A field with its rules.
    pub(super) fn field(&self, key: &FieldKey) -> Option<&Field> {
        self.fields.get(self.slots.get_index_of(key)?)
    }

    /// All fields with their places.
    pub(super) fn slots(&self) -> impl Iterator<Item = (&FieldKey, &Slot)> {
        self.slots.iter()
    }

    /// The attributes a listing asks for.
    pub(super) fn wanted_attributes(&self) -> Vec<String> {
        let mut wanted = vec!["name".to_owned()];
        for slot in self.slots.values() {
            match slot {
                Slot::Attribute { name, .. } => wanted.push(name.clone()),
                Slot::Custom { set, attribute, .. } => wanted.push(format!("{set}.{attribute}")),
                Slot::Certificate => wanted
                    .extend(["certificateStatus", "certificateStatusMessage"].map(str::to_owned)),
                Slot::Anchor => wanted.push("anchor".to_owned()),
                Slot::Thumbnail => {
                    let names = self.thumbnails.iter().map(|(_, name)| name.clone());
                    wanted.extend(names);
                }
                Slot::Tags | Slot::InheritedTags | Slot::Header { .. } => {}
            }
        }
        wanted
    }

    /// The human name of a tag; its id where it has none.
    pub(super) fn tag_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.tag_names.get(id).map_or(id, String::as_str)
    }

    /// The id of a tag by its human name.
    pub(super) fn tag_id(&self, name: &str) -> Option<&str> {
        self.tag_ids.get(name).map(String::as_str).or_else(|| {
            self.tag_names
                .get_key_value(name)
                .map(|(id, _)| id.as_str())
        })
    }

    /// The attribute that holds the picture's address on assets of this type.
    pub(super) fn thumbnail_attribute(&self, kind: &str) -> Option<&str> {
        self.thumbnails
            .iter()
            .find(|(one, _)| one == kind)
            .map(|(_, name)| name.as_str())
    }

    /// The fields that updates of some types must repeat.
    pub(super) fn repeated(&self) -> impl Iterator<Item = FieldKey> {
        let names = builtin::REPEATED.iter();
        names
            .map(|(_, name)| FieldKey::from(*name))
            .filter(|key| self.slots.contains_key(key))
    }

    /// The asset types that have a thumbnail.
    pub(super) fn thumbnail_targets(&self) -> Vec<String> {
        self.thumbnails
            .iter()
            .map(|(kind, _)| kind.clone())
            .collect()
    }

    /// How many sets of custom metadata, fields in them, and tags there are.
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        let sets: HashSet<&str> = self
            .slots
            .values()
            .filter_map(|slot| {
                let Slot::Custom { set, .. } = slot else {
                    return None;
                };
                Some(set.as_str())
            })
            .collect();
        let fields = self.slots.values();
        let fields = fields.filter(|slot| matches!(slot, Slot::Custom { .. }));
        (sets.len(), fields.count(), self.tag_ids.len())
    }
}

/// Ids with human names; a name used twice gets its id behind it.
fn tag_names(tags: &[TagDef]) -> Vec<(String, String)> {
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for tag in tags {
        *uses.entry(tag.label()).or_default() += 1;
    }
    tags.iter()
        .map(|tag| {
            let label = tag.label();
            let name = if uses[label] > 1 {
                format!("{label} ({})", tag.name)
            } else {
                label.to_owned()
            };
            (tag.name.clone(), name)
        })
        .collect()
}

/// Custom metadata as fields: under its own name where that is unique, else as `Set.Attribute`.
fn custom(typedefs: &Typedefs, mut taken: HashSet<String>) -> Vec<(Slot, Field)> {
    let sets = typedefs.sets();
    let mut uses: HashMap<String, usize> = HashMap::new();
    for (_, attribute) in pairs(&sets) {
        *uses.entry(plain_word(attribute.label())).or_default() += 1;
    }
    let mut fields = Vec::new();
    for (set, attribute) in pairs(&sets) {
        let own = plain_word(attribute.label());
        let mut name = if uses[&own] == 1 && !taken.contains(&own) {
            attribute.label().to_owned()
        } else {
            format!("{}.{}", set.label(), attribute.label())
        };
        if !taken.insert(plain_word(&name)) {
            name = format!("{name} ({})", attribute.name);
            taken.insert(plain_word(&name));
        }
        let coding = coding(attribute);
        let mut field = Field::plain(&name, coding.kind());
        field.applies_to = attribute.applies_to();
        if let Some(list) = attribute.enumeration() {
            field.allowed = typedefs.enum_values(list);
            field.closed = !field.allowed.is_empty();
        }
        field.max_length = attribute.max_length();
        field.remark = remark(set, attribute);
        let slot = Slot::Custom {
            set: set.name.clone(),
            attribute: attribute.name.clone(),
            coding,
        };
        fields.push((slot, field));
    }
    fields
}

fn pairs(sets: &[SetDef]) -> impl Iterator<Item = (&SetDef, &AttributeDef)> {
    sets.iter().flat_map(|set| {
        let attributes = set.attribute_defs.iter().flatten();
        attributes
            .filter(|attribute| !attribute.is_archived())
            .map(move |attribute| (set, attribute))
    })
}

fn remark(set: &SetDef, attribute: &AttributeDef) -> String {
    let mut remark = format!("custom metadata `{}`", set.label());
    if set.is_locked() {
        remark.push_str("; its definition is locked");
    }
    match attribute.primitive() {
        "users" => remark.push_str("; user names"),
        "groups" => remark.push_str("; group names"),
        "url" => remark.push_str("; an address"),
        "SQL" => remark.push_str("; SQL"),
        _ => {}
    }
    remark
}

fn coding(attribute: &AttributeDef) -> Coding {
    let grain = match attribute.primitive() {
        "int" | "long" | "short" | "byte" | "biginteger" => Grain::Integer,
        "float" | "double" | "bigdecimal" => Grain::Number,
        "boolean" => Grain::Boolean,
        "date" if attribute.has_time() => Grain::Instant,
        "date" => Grain::Day,
        _ => Grain::Text,
    };
    if attribute.is_multiple() {
        Coding::many(grain)
    } else {
        Coding::one(grain)
    }
}

/// As queries compare names: without case, `_` and `-` as spaces.
fn plain_word(name: &str) -> String {
    name.to_lowercase().replace(['_', '-'], " ")
}

#[cfg(test)]
mod tests;
