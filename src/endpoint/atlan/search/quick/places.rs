//! Where the parts of a hit go, worked out once for a tenant.

use std::{borrow::Cow, collections::HashMap};

use crate::domain::FieldKey;
use crate::endpoint::atlan::{
    coding::{Coding, Grain},
    vocabulary::Slot,
};

/// Where each part of a hit goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::endpoint::atlan) struct Places {
    keys: Vec<FieldKey>,
    inside: HashMap<String, Inside>,
    beside: HashMap<String, Beside>,
    /// The place of the attribute in which each type has its picture.
    pictures: Vec<(String, usize)>,
    is_odd: bool,
    pub(super) certificate: Option<usize>,
    pub(super) tags: Option<usize>,
    pub(super) inherited: Option<usize>,
    pub(super) thumbnail: Option<usize>,
}

/// What an attribute is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// The value of a field.
    Value(usize, Coding),
    /// The asset's own name.
    Name,
    /// The certificate's status.
    Status,
    /// The certificate's message.
    Message,
    /// The glossary of a term.
    Anchor(usize),
    /// A picture's address, in this one of the attributes that hold one.
    Picture(usize),
}

/// What a property beside the attributes is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beside {
    /// The asset's identity.
    Guid,
    /// Its type.
    Kind,
    /// Whether it is archived.
    Status,
    /// What stands for its name.
    Display,
    /// Whether it is kept from whoever asks.
    Scrubbed,
    /// The attributes.
    Attributes,
    /// Its tags, with where they come from.
    Tags,
    /// The names of its tags alone.
    TagNames,
    /// Where only the full form of an asset has something.
    Full,
    /// When the asset was made, perhaps shown as a field.
    Created(Option<usize>, Coding),
    /// The value of a field.
    Value(usize, Coding),
}

/// What every hit has.
const BESIDE: &[(&str, Beside)] = &[
    ("guid", Beside::Guid),
    ("typeName", Beside::Kind),
    ("status", Beside::Status),
    ("displayText", Beside::Display),
    ("scrubbed", Beside::Scrubbed),
    ("attributes", Beside::Attributes),
    ("classifications", Beside::Tags),
    ("classificationNames", Beside::TagNames),
    ("businessAttributes", Beside::Full),
    ("relationshipAttributes", Beside::Full),
];

impl Places {
    /// The places of these fields; `thumbnails` are the attributes that hold a picture, by type.
    pub(in crate::endpoint::atlan) fn new<'a>(
        slots: impl Iterator<Item = (&'a FieldKey, &'a Slot)>,
        thumbnails: &[(String, String)],
    ) -> Self {
        let mut places = Self::default();
        places.put("name", Inside::Name);
        let made = Beside::Created(None, Coding::one(Grain::Instant));
        for (name, beside) in BESIDE.iter().chain(&[("createTime", made)]) {
            places.beside.insert((*name).to_owned(), *beside);
        }
        for (place, (key, slot)) in slots.enumerate() {
            places.keys.push(key.clone());
            places.add(place, slot);
        }
        if places.thumbnail.is_some() {
            for (attribute, (kind, name)) in thumbnails.iter().enumerate() {
                places.put(name, Inside::Picture(attribute));
                places.pictures.push((kind.clone(), attribute));
            }
        }
        places
    }

    fn add(&mut self, place: usize, slot: &Slot) {
        match slot {
            Slot::Attribute { name, coding } => self.put(name, Inside::Value(place, *coding)),
            Slot::Custom {
                set,
                attribute,
                coding,
            } => self.put(&format!("{set}.{attribute}"), Inside::Value(place, *coding)),
            Slot::Header { name, coding } => {
                let value = if name == "createTime" {
                    Beside::Created(Some(place), *coding)
                } else {
                    Beside::Value(place, *coding)
                };
                let known = self.beside.insert(name.clone(), value);
                self.is_odd |= known.is_some_and(|known| !matches!(known, Beside::Created(..)));
            }
            Slot::Tags => self.tags = Some(place),
            Slot::InheritedTags => self.inherited = Some(place),
            Slot::Certificate => {
                self.certificate = Some(place);
                self.put("certificateStatus", Inside::Status);
                self.put("certificateStatusMessage", Inside::Message);
            }
            Slot::Anchor => self.put("anchor", Inside::Anchor(place)),
            Slot::Thumbnail => self.thumbnail = Some(place),
        }
    }

    fn put(&mut self, name: &str, inside: Inside) {
        // One attribute that is two things at once is for those who look at it twice.
        self.is_odd |= self.inside.insert(name.to_owned(), inside).is_some();
    }

    /// Whether every attribute is one thing.
    pub(super) fn are_plain(&self) -> bool {
        !self.is_odd
    }

    /// The fields in their order.
    pub(super) fn keys(&self) -> &[FieldKey] {
        &self.keys
    }

    pub(super) fn inside(&self, name: &str) -> Option<Inside> {
        self.inside.get(name).copied()
    }

    pub(super) fn beside(&self, name: &str) -> Option<Beside> {
        self.beside.get(name).copied()
    }

    /// In which of the attributes this type has its picture.
    pub(super) fn picture_of(&self, kind: &str) -> Option<usize> {
        let mut pictures = self.pictures.iter();
        let found = pictures.find(|(one, _)| one == kind)?;
        Some(found.1)
    }
}

/// The keys of the hits before, in their order: hits of a page are much alike, so the next key is
/// mostly found without searching for it.
pub(super) struct Order<'de, T>(Vec<(Cow<'de, str>, Option<T>)>);

/// Keys that are remembered at most, for pages whose hits are not alike.
const REMEMBERED: usize = 256;
/// How far ahead a key is looked for: what is empty is left out.
const AHEAD: usize = 6;

impl<T> Default for Order<'_, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Copy> Order<'de, T> {
    /// What a key stands for, `at` being where the one before it was found.
    pub(super) fn find(
        &mut self,
        at: &mut usize,
        key: Cow<'de, str>,
        search: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let ahead = self.0.iter().skip(*at).take(AHEAD);
        for (step, (known, found)) in ahead.enumerate() {
            if *known == key {
                *at += step + 1;
                return *found;
            }
        }
        let found = search(&key);
        if self.0.len() < REMEMBERED {
            let place = (*at).min(self.0.len());
            self.0.insert(place, (key, found));
            *at = place + 1;
        }
        found
    }
}
