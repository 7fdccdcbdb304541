//! The sort values of hits.

use std::borrow::Cow;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::Value as Json;

use super::scalars::Word;

seeds!(Metadata, OfHit);

/// The sort values of the last hit, which are the largest.
pub(super) struct Metadata;

impl<'de> Visitor<'de> for Metadata {
    type Value = Option<Vec<Json>>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("sort values by guid")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut last: Option<(i64, Cow<'de, str>)> = None;
        while let Some(Word(_)) = map.next_key()? {
            let sort = map.next_value_seed(OfHit)?;
            last = last.max(sort);
        }
        Ok(last.map(|(ms, guid)| vec![Json::from(ms), Json::from(guid)]))
    }
}

/// The sort values of one hit: a time and a guid.
struct OfHit;

impl<'de> Visitor<'de> for OfHit {
    type Value = Option<(i64, Cow<'de, str>)>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("sort values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut sort = None;
        while let Some(Word(key)) = map.next_key()? {
            if key == "sort" {
                let (ms, Word(guid)) = map.next_value::<(i64, Word<'de>)>()?;
                sort = Some((ms, guid));
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(sort)
    }
}
