//! The type definitions as the server answers them.
//!
//! Source: `GET /api/meta/types/typedefs`. Everything is optional, and every option is text, even
//! truth values and lists.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value as Json;

/// An answer of `types/typedefs`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typedefs {
    #[serde(rename = "enumDefs")]
    enums: Option<Vec<EnumDef>>,
    #[serde(rename = "classificationDefs")]
    tags: Option<Vec<TagDef>>,
    #[serde(rename = "businessMetadataDefs")]
    sets: Option<Vec<SetDef>>,
}

/// An enumeration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct EnumDef {
    name: String,
    element_defs: Option<Vec<ElementDef>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ElementDef {
    value: String,
    ordinal: Option<i64>,
}

/// A tag.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct TagDef {
    /// The hashed id.
    pub(super) name: String,
    display_name: Option<String>,
}

/// A set of custom metadata.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SetDef {
    /// The hashed id.
    pub(super) name: String,
    display_name: Option<String>,
    /// Its attributes.
    pub(super) attribute_defs: Option<Vec<AttributeDef>>,
    options: Option<HashMap<String, Json>>,
}

/// One attribute of a set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct AttributeDef {
    /// The hashed id.
    pub(super) name: String,
    display_name: Option<String>,
    type_name: String,
    options: Option<HashMap<String, Json>>,
}

impl Typedefs {
    /// Reads an answer. A definition that can't be read costs that definition alone.
    ///
    /// # Errors
    ///
    /// When it is no answer of this kind at all.
    pub(super) fn read(mut json: Json) -> Result<Self, serde_json::Error> {
        let is_one = |name: &&str| json.get(*name).is_some();
        if !["enumDefs", "classificationDefs", "businessMetadataDefs"]
            .iter()
            .any(is_one)
        {
            return Err(serde::de::Error::custom("no type definitions in it"));
        }
        prune::<EnumDef>(&mut json["enumDefs"]);
        prune::<TagDef>(&mut json["classificationDefs"]);
        if let Some(sets) = json["businessMetadataDefs"].as_array_mut() {
            for set in sets {
                prune::<AttributeDef>(&mut set["attributeDefs"]);
            }
        }
        prune::<SetDef>(&mut json["businessMetadataDefs"]);
        serde_json::from_value(json)
    }

    /// The tags.
    pub(super) fn tags(&self) -> Vec<TagDef> {
        self.tags.clone().unwrap_or_default()
    }

    /// The sets of custom metadata.
    pub(super) fn sets(&self) -> Vec<SetDef> {
        self.sets.clone().unwrap_or_default()
    }

    /// The values of an enumeration, in its order.
    pub(super) fn enum_values(&self, name: &str) -> Vec<String> {
        let mut elements: Vec<ElementDef> = self
            .enums
            .iter()
            .flatten()
            .find(|one| one.name == name)
            .and_then(|one| one.element_defs.clone())
            .unwrap_or_default();
        elements.sort_by_key(|element| element.ordinal.unwrap_or(i64::MAX));
        elements.into_iter().map(|element| element.value).collect()
    }
}

impl TagDef {
    /// The human name.
    pub(super) fn label(&self) -> &str {
        label(self.display_name.as_deref(), &self.name)
    }
}

impl SetDef {
    /// The human name.
    pub(super) fn label(&self) -> &str {
        label(self.display_name.as_deref(), &self.name)
    }

    /// Whether people may not change the definition.
    pub(super) fn is_locked(&self) -> bool {
        flag(self.options.as_ref(), "isLocked")
    }
}

impl AttributeDef {
    /// The human name.
    pub(super) fn label(&self) -> &str {
        label(self.display_name.as_deref(), &self.name)
    }

    /// Whether it was removed; its values stay behind.
    pub(super) fn is_archived(&self) -> bool {
        flag(self.options.as_ref(), "isArchived")
    }

    /// Whether it takes several values.
    pub(super) fn is_multiple(&self) -> bool {
        self.type_name.starts_with("array<") || flag(self.options.as_ref(), "multiValueSelect")
    }

    /// Whether a date comes with its time.
    pub(super) fn has_time(&self) -> bool {
        flag(self.options.as_ref(), "hasTimePrecision")
    }

    /// `string`, `int`, `enum`, `users` and so on.
    pub(super) fn primitive(&self) -> &str {
        let entry = self
            .type_name
            .strip_prefix("array<")
            .and_then(|rest| rest.strip_suffix('>'))
            .unwrap_or(&self.type_name);
        text(self.options.as_ref(), "customType")
            .or_else(|| text(self.options.as_ref(), "primitiveType"))
            .unwrap_or(entry)
    }

    /// The name of its enumeration.
    pub(super) fn enumeration(&self) -> Option<&str> {
        let is_enum = flag(self.options.as_ref(), "isEnum") || self.primitive() == "enum";
        is_enum.then(|| {
            let own = text(self.options.as_ref(), "enumType");
            own.unwrap_or(&self.type_name)
        })
    }

    /// The longest text it takes, in characters, if the server says.
    pub(super) fn max_length(&self) -> Option<usize> {
        (self.primitive() == "string" && !self.is_multiple())
            .then(|| text(self.options.as_ref(), "maxStrLength"))
            .flatten()
            .and_then(|length| length.parse().ok())
    }

    /// The asset types it is offered on; empty means all.
    pub(super) fn applies_to(&self) -> Vec<String> {
        const LISTS: [&str; 5] = [
            "assetTypesList",
            "glossaryTypeList",
            "domainTypesList",
            "aiAssetsTypeList",
            "otherAssetTypeList",
        ];
        let offered: Vec<String> = LISTS.into_iter().flat_map(|key| self.list(key)).collect();
        if !offered.is_empty() {
            return offered;
        }
        let bound = self.list("applicableEntityTypes");
        let all = |kind: &String| kind == "Asset" || kind == "Referenceable";
        if bound.iter().any(all) {
            Vec::new()
        } else {
            bound
        }
    }

    /// A list that is kept as text.
    fn list(&self, key: &str) -> Vec<String> {
        text(self.options.as_ref(), key)
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default()
    }
}

/// Takes out what can't be read as a `T`, and what has no name.
fn prune<T: serde::de::DeserializeOwned>(definitions: &mut Json) {
    if let Some(all) = definitions.as_array_mut() {
        all.retain(|one| {
            let name = one.get("name").and_then(Json::as_str);
            name.is_some_and(|name| !name.is_empty()) && T::deserialize(one).is_ok()
        });
    } else {
        *definitions = Json::Null;
    }
}

fn label<'a>(display: Option<&'a str>, name: &'a str) -> &'a str {
    display.filter(|text| !text.is_empty()).unwrap_or(name)
}

fn text<'a>(options: Option<&'a HashMap<String, Json>>, key: &str) -> Option<&'a str> {
    options?.get(key)?.as_str().filter(|text| !text.is_empty())
}

fn flag(options: Option<&HashMap<String, Json>>, key: &str) -> bool {
    match options.and_then(|options| options.get(key)) {
        Some(Json::Bool(truth)) => *truth,
        Some(Json::String(text)) => text.eq_ignore_ascii_case("true"),
        Some(Json::Null | Json::Number(_) | Json::Array(_) | Json::Object(_)) | None => false,
    }
}
