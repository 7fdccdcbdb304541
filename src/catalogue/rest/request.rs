//! What callers send: bodies and flags. Unknown keys are ignored, as the real server does.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::error::{ApiError, BAD_REQUEST};

/// The body of a search.
#[expect(
    clippy::struct_excessive_bools,
    reason = "the protocol's own switches, each alone"
)]
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct SearchRequest {
    /// The query in Elasticsearch's language.
    pub(super) dsl: Value,
    /// Attributes wanted beside the ones every hit has.
    #[serde(deserialize_with = "or_default")]
    pub(super) attributes: Vec<String>,
    /// Attributes wanted of assets reached through relations.
    #[serde(deserialize_with = "or_default")]
    pub(super) relation_attributes: Vec<String>,
    /// Fill `searchMetadata` with the sort values of each hit.
    #[serde(deserialize_with = "or_default")]
    pub(super) show_search_metadata: bool,
    /// Fill `searchScore`.
    #[serde(deserialize_with = "or_default")]
    pub(super) show_search_score: bool,
    /// Leave terms out.
    #[serde(deserialize_with = "or_default")]
    pub(super) exclude_meanings: bool,
    /// Leave tags out.
    #[serde(deserialize_with = "or_default")]
    pub(super) exclude_classifications: bool,
    /// Name the tags even when they are left out.
    #[serde(deserialize_with = "or_default")]
    pub(super) include_classification_names: bool,
}

/// The body of a bulk write.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct BulkRequest {
    /// The assets; a null among them is an error of its own.
    #[serde(deserialize_with = "or_default")]
    pub(super) entities: Vec<Option<Entity>>,
}

/// The body of a write of one asset.
#[derive(Debug, Deserialize)]
pub(super) struct SingleRequest {
    /// The asset.
    pub(super) entity: Entity,
}

/// One asset as a caller writes it. Absent and null mean the same except inside the maps,
/// where a null clears.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Entity {
    /// Its type.
    #[serde(deserialize_with = "or_default")]
    pub(super) type_name: String,
    /// A real guid, or one made up for this request: a negative number as text.
    pub(super) guid: Option<String>,
    /// Plain attributes, and relations that will be moved to where they belong.
    #[serde(deserialize_with = "or_default")]
    pub(super) attributes: Map<String, Value>,
    /// Relations to be set; null clears.
    #[serde(deserialize_with = "or_default")]
    pub(super) relationship_attributes: Map<String, Value>,
    /// Relations to be added.
    #[serde(deserialize_with = "or_default")]
    pub(super) append_relationship_attributes: Map<String, Value>,
    /// Relations to be taken out.
    #[serde(deserialize_with = "or_default")]
    pub(super) remove_relationship_attributes: Map<String, Value>,
    /// Custom metadata: set id → attribute id → value.
    pub(super) business_attributes: Option<Map<String, Value>>,
    /// Exactly these tags, with `replaceTags` or `replaceClassifications`.
    pub(super) classifications: Option<Vec<Tag>>,
    /// These tags too, with `appendTags`.
    pub(super) add_or_update_classifications: Option<Vec<Tag>>,
    /// Not these tags, with `appendTags`.
    pub(super) remove_classifications: Option<Vec<Tag>>,
    /// `ACTIVE` restores an archived asset.
    pub(super) status: Option<String>,
}

/// A tag as a caller names it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tag {
    /// Its id.
    pub(super) type_name: String,
}

/// Null is the default too.
fn or_default<'de, T, D>(from: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// What a bulk write does with tags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum TagMode {
    /// Leaves them alone on assets that exist.
    #[default]
    Leave,
    /// Makes them equal to `classifications`.
    Replace,
    /// Adds and takes out.
    Append,
}

/// What a bulk write does with custom metadata.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum CustomMode {
    /// Leaves it alone on assets that exist.
    #[default]
    Leave,
    /// Sets the keys sent, clears those sent as null.
    Merge,
    /// Makes it equal to what is sent.
    Overwrite,
}

/// The flags of a bulk write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags {
    /// What happens to tags.
    pub(super) tags: TagMode,
    /// What happens to custom metadata.
    pub(super) custom: CustomMode,
}

impl Flags {
    /// Reads the flags out of the query of an address.
    ///
    /// # Errors
    ///
    /// Two flags about tags at once.
    pub(super) fn read(query: &Query) -> Result<Self, ApiError> {
        let [classifications, replace, append] =
            ["replaceClassifications", "replaceTags", "appendTags"].map(|name| query.flag(name));
        let tags = match (classifications, replace, append) {
            (false, false, false) => TagMode::Leave,
            (true, false, false) | (false, true, false) => TagMode::Replace,
            (false, false, true) => TagMode::Append,
            _ => {
                return Err(BAD_REQUEST.with(&[
                    "Only one of [replaceClassifications, replaceTags, appendTags] can be true",
                ]));
            }
        };
        let replaces = query.flag("replaceBusinessAttributes");
        let custom = match (replaces, query.flag("overwriteBusinessAttributes")) {
            (false, _) => CustomMode::Leave,
            (true, false) => CustomMode::Merge,
            (true, true) => CustomMode::Overwrite,
        };
        Ok(Self { tags, custom })
    }
}

/// The query part of an address: names with values, in order, repeated where the caller does.
#[derive(Debug, Default)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `name=value&…`, percent-decoded; a plus is a space.
    pub(super) fn read(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Self(pairs.collect())
    }

    /// The first value of `name`.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every value of `name`.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether `name` is `true`.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// The number under `name`, or `otherwise`.
    pub(super) fn number(&self, name: &str, otherwise: usize) -> usize {
        self.get(name)
            .and_then(|value| value.parse().ok())
            .unwrap_or(otherwise)
    }
}

/// `text` without its percent escapes.
pub(super) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => match tail.get(..2).and_then(hex) {
                Some(byte) => {
                    bytes.push(byte);
                    rest = &tail[2..];
                }
                None => bytes.push(b'%'),
            },
            other => bytes.push(*other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digits: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_name_and_its_value_are_percent_decoded() {
        let query =
            Query::read("attr%3AqualifiedName=default%2FDB%2Fa%40b+c&type=ENUM&type=STRUCT");
        assert_eq!(query.get("attr:qualifiedName"), Some("default/DB/a@b c"));
        assert_eq!(query.all("type").collect::<Vec<_>>(), ["ENUM", "STRUCT"]);
        assert_eq!(decode("50%"), "50%");
    }

    #[test]
    fn only_one_way_with_tags_at_a_time() {
        let flags = |text: &str| Flags::read(&Query::read(text));
        assert_eq!(
            flags("replaceTags=false&appendTags=true").unwrap().tags,
            TagMode::Append
        );
        assert_eq!(
            flags("replaceTags=true&appendTags=true").unwrap_err(),
            BAD_REQUEST.with(&[
                "Only one of [replaceClassifications, replaceTags, appendTags] can be true"
            ])
        );
    }

    #[test]
    fn overwriting_custom_metadata_needs_both_flags() {
        let custom = |text: &str| Flags::read(&Query::read(text)).unwrap().custom;
        assert_eq!(
            custom("overwriteBusinessAttributes=true"),
            CustomMode::Leave
        );
        assert_eq!(custom("replaceBusinessAttributes=true"), CustomMode::Merge);
        let both = "replaceBusinessAttributes=true&overwriteBusinessAttributes=true";
        assert_eq!(custom(both), CustomMode::Overwrite);
    }

    #[test]
    fn an_asset_may_leave_out_or_null_everything_and_carry_unknown_keys() {
        let body = json!({"entities": [
            {"typeName": "Table", "attributes": {"name": null}, "businessAttributes": null, "x": 1},
            null
        ], "referredEntities": {}});
        let bulk: BulkRequest = serde_json::from_value(body).unwrap();
        let first = bulk.entities[0].as_ref().unwrap();
        assert_eq!(first.attributes.get("name"), Some(&Value::Null));
        assert!(first.business_attributes.is_none() && bulk.entities[1].is_none());
    }
}
