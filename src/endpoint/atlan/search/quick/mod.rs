//! A page read at one go, from the text straight into assets: the road of nearly every page.
//!
//! What it does not expect it refuses, whole page and all, and `long` reads that page instead. Both
//! make the same assets of what both can read.

use std::{borrow::Cow, mem::take};

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;

use crate::{
    domain::{Asset, AssetId, FieldKey, Value},
    endpoint::atlan::{entity, lenient::Body},
};

use super::{Count, Told, Vocabulary};

/// A reader of a part is the seed of what it reads.
macro_rules! seeds {
    ($($seed:ty),+) => {$(
        impl<'de> DeserializeSeed<'de> for $seed {
            type Value = <Self as Visitor<'de>>::Value;

            fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
                from.deserialize_any(self)
            }
        }
    )+};
}

mod places;
mod scalars;
mod sorts;

pub(in crate::endpoint::atlan) use places::Places;
use places::{Beside, Inside, Order};
use scalars::{Coded, Nothing, Text, Word};
use sorts::Metadata;

/// Reads a page; `None` if it is one for the long way.
pub(super) fn read(body: &Body<'_>, vocabulary: &Vocabulary) -> Option<Told> {
    if body.broken || !vocabulary.places().are_plain() {
        return None;
    }
    let mut json = serde_json::Deserializer::from_str(&body.text);
    let told = Answer(vocabulary).deserialize(&mut json).ok()?;
    json.end().ok()?;
    told
}

seeds!(
    Answer<'_>,
    Entities<'_>,
    Entity<'_, '_, 'de>,
    Attributes<'_, '_, 'de>
);

/// A whole answer; `None` if it is not the answer to a search.
struct Answer<'v>(&'v Vocabulary);

impl<'de> Visitor<'de> for Answer<'_> {
    type Value = Option<Told>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an answer")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut entities, mut total, mut sort) = (None, None, None);
        while let Some(Word(key)) = map.next_key()? {
            match key.as_ref() {
                "entities" if entities.is_none() => {
                    entities = Some(map.next_value_seed(Entities(self.0))?);
                }
                "approximateCount" if total.is_none() => {
                    total = map.next_value::<Option<Count>>()?;
                }
                "searchMetadata" if sort.is_none() => sort = map.next_value_seed(Metadata)?,
                "entities" | "approximateCount" | "searchMetadata" => return Err(unexpected()),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if entities.is_none() && total.is_none() {
            return Ok(None);
        }
        Ok(Some(Told {
            total: total.and_then(Count::told),
            sort,
            ..entities.unwrap_or_default()
        }))
    }
}

/// The hits.
struct Entities<'v>(&'v Vocabulary);

impl<'de> Visitor<'de> for Entities<'_> {
    type Value = Told;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("hits")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut hits: A) -> Result<Told, A::Error> {
        let mut told = Told::default();
        // Keys of the page's own: their counts are touched by whoever has the page, and by nobody
        // else.
        let keys = self.0.places().keys().iter();
        let keys: Vec<FieldKey> = keys.map(|key| FieldKey::new(key.as_str())).collect();
        let (mut hit, mut orders) = (Hit::new(keys.len()), Orders::default());
        while hits
            .next_element_seed(Entity {
                vocabulary: self.0,
                hit: &mut hit,
                orders: &mut orders,
            })?
            .is_some()
        {
            told.hits += 1;
            hit.judge(self.0, &keys, &mut told);
            hit.clear();
        }
        Ok(told)
    }
}

/// What one hit says. One is filled after the other, in the same place.
struct Hit<'de> {
    guid: Option<Cow<'de, str>>,
    kind: Option<Cow<'de, str>>,
    status: Option<Cow<'de, str>>,
    display: Option<Cow<'de, str>>,
    name: Option<String>,
    is_scrubbed: bool,
    created: Option<i64>,
    /// By slot; the fields come in that order.
    values: Vec<Value>,
    certificate: (Option<Cow<'de, str>>, Option<Cow<'de, str>>),
    tags: Option<Vec<Tag<'de>>>,
    tag_names: Option<Vec<Word<'de>>>,
    /// The attribute, and the address in it.
    pictures: Vec<(usize, Cow<'de, str>)>,
}

impl Hit<'_> {
    fn new(slots: usize) -> Self {
        Self {
            guid: None,
            kind: None,
            status: None,
            display: None,
            name: None,
            is_scrubbed: false,
            created: None,
            values: vec![Value::Absent; slots],
            certificate: (None, None),
            tags: None,
            tag_names: None,
            pictures: Vec::new(),
        }
    }

    /// Makes room for the next one.
    fn clear(&mut self) {
        let (mut values, mut pictures) = (take(&mut self.values), take(&mut self.pictures));
        for value in &mut values {
            if *value != Value::Absent {
                *value = Value::Absent;
            }
        }
        pictures.clear();
        *self = Self {
            values,
            pictures,
            ..Self::new(0)
        };
    }

    /// Adds what it turned out to be.
    fn judge(&mut self, vocabulary: &Vocabulary, keys: &[FieldKey], told: &mut Told) {
        let Some(guid) = self.guid.take().filter(|guid| !guid.is_empty()) else {
            return;
        };
        if guid == entity::HIDDEN {
            told.hidden += 1;
            return;
        }
        let status = self.status.take().filter(|status| !status.is_empty());
        if status.is_some_and(|status| status != "ACTIVE") {
            told.gone.push(AssetId::new(guid));
            return;
        }
        let places = vocabulary.places();
        let kind = self.kind.take().unwrap_or_default().into_owned();
        let locked = entity::lock((self.is_scrubbed, false), self.name.is_some(), &kind);
        let display = self.display.take().filter(|display| !display.is_empty());
        let name = self.name.take().or(display.map(Cow::into_owned));
        if let Some(place) = places.certificate {
            self.values[place] = entity::certificate_of(
                self.certificate.0.as_deref(),
                self.certificate.1.as_deref(),
            );
        }
        self.tag(&guid, vocabulary);
        if let (Some(place), Some(wanted)) = (places.thumbnail, places.picture_of(&kind)) {
            let mut pictures = self.pictures.iter().rev();
            let address = pictures.find(|(attribute, _)| *attribute == wanted);
            let address = address.filter(|(_, address)| !address.is_empty());
            self.values[place] =
                address.map_or(Value::Absent, |(_, address)| entity::picture(address));
        }
        told.created.push(self.created);
        told.assets.push(Asset {
            name: name.unwrap_or_else(|| guid.clone().into_owned()),
            id: AssetId::new(guid),
            kind,
            fields: self.fields(keys),
            locked,
        });
    }

    /// Takes its values, with their keys.
    fn fields(&mut self, keys: &[FieldKey]) -> Vec<(FieldKey, Value)> {
        let present = |value: &&Value| value.is_present();
        let mut fields = Vec::with_capacity(self.values.iter().filter(present).count());
        for (key, value) in keys.iter().zip(&mut self.values) {
            if value.is_present() {
                fields.push((key.clone(), take(value)));
            }
        }
        fields
    }

    /// Tags it has itself, and those it has from others; the short list does not tell them apart.
    fn tag(&mut self, guid: &str, vocabulary: &Vocabulary) {
        let places = vocabulary.places();
        let (tags, names) = (self.tags.take(), self.tag_names.take());
        let of = |own: bool| {
            let Some(tags) = &tags else {
                let ids = names.iter().flatten().filter(|_| own);
                return Value::list(ids.map(|Word(id)| vocabulary.tag_name(id)));
            };
            let mine = |tag: &&Tag<'_>| tag.entity_guid.said().is_none_or(|of| of == guid) == own;
            let ids = tags
                .iter()
                .filter(mine)
                .filter_map(|tag| tag.type_name.said());
            Value::list(ids.map(|id| vocabulary.tag_name(id)))
        };
        for (place, own) in [(places.tags, true), (places.inherited, false)] {
            if let Some(place) = place {
                self.values[place] = of(own);
            }
        }
    }
}

/// A tag of a hit.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Tag<'a> {
    #[serde(borrow)]
    type_name: Text<'a>,
    #[serde(borrow)]
    entity_guid: Text<'a>,
}

/// One hit, read into what it says.
struct Entity<'h, 'v, 'de> {
    vocabulary: &'v Vocabulary,
    hit: &'h mut Hit<'de>,
    orders: &'h mut Orders<'de>,
}

/// In which order the hits before had what they have.
#[derive(Default)]
struct Orders<'de> {
    beside: Order<'de, Beside>,
    inside: Order<'de, Inside>,
}

impl<'de> Visitor<'de> for Entity<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a hit")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self {
            vocabulary,
            hit,
            orders,
        } = self;
        let places = vocabulary.places();
        let mut at = 0;
        while let Some(Word(key)) = map.next_key()? {
            match orders.beside.find(&mut at, key, |key| places.beside(key)) {
                Some(Beside::Guid) => hit.guid = map.next_value::<Text<'de>>()?.0,
                Some(Beside::Kind) => hit.kind = map.next_value::<Text<'de>>()?.0,
                Some(Beside::Status) => hit.status = map.next_value::<Text<'de>>()?.0,
                Some(Beside::Display) => hit.display = map.next_value::<Text<'de>>()?.0,
                Some(Beside::Scrubbed) => {
                    hit.is_scrubbed = map.next_value::<Option<bool>>()? == Some(true);
                }
                Some(Beside::Attributes) => map.next_value_seed(Attributes {
                    vocabulary,
                    hit: &mut *hit,
                    order: &mut orders.inside,
                })?,
                Some(Beside::Tags) => hit.tags = map.next_value()?,
                Some(Beside::TagNames) => hit.tag_names = map.next_value()?,
                Some(Beside::Full) => {
                    map.next_value::<Nothing>()?;
                }
                Some(Beside::Created(place, coding)) => {
                    let json: Json = map.next_value()?;
                    hit.created = json.as_i64();
                    if let Some(place) = place {
                        hit.values[place] = coding.read(&json);
                    }
                }
                Some(Beside::Value(place, coding)) => {
                    hit.values[place] = map.next_value_seed(Coded(coding))?;
                }
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// The attributes of a hit.
struct Attributes<'h, 'v, 'de> {
    vocabulary: &'v Vocabulary,
    hit: &'h mut Hit<'de>,
    order: &'h mut Order<'de, Inside>,
}

impl<'de> Visitor<'de> for Attributes<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("attributes")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self {
            vocabulary,
            hit,
            order,
        } = self;
        let places = vocabulary.places();
        let mut at = 0;
        while let Some(Word(key)) = map.next_key()? {
            match order.find(&mut at, key, |key| places.inside(key)) {
                Some(Inside::Value(place, coding)) => {
                    hit.values[place] = map.next_value_seed(Coded(coding))?;
                }
                Some(Inside::Name) => {
                    hit.name = map.next_value::<Text<'de>>()?.0.map(Cow::into_owned);
                }
                Some(Inside::Status) => hit.certificate.0 = map.next_value::<Text<'de>>()?.0,
                Some(Inside::Message) => hit.certificate.1 = map.next_value::<Text<'de>>()?.0,
                Some(Inside::Anchor(place)) => {
                    let anchor: Json = map.next_value()?;
                    hit.values[place] = entity::anchor_of(&anchor);
                }
                Some(Inside::Picture(attribute)) => {
                    if let Some(address) = map.next_value::<Text<'de>>()?.0 {
                        hit.pictures.push((attribute, address));
                    }
                }
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

fn unexpected<E: Error>() -> E {
    E::custom("for the long way")
}
