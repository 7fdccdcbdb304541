//! Which fields, types and tags the library knows, and where each field stands on both faces.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::catalogue::identity;

/// The type of a field, in the words of the SOAP face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FieldType {
    /// Any text.
    String,
    /// Any text, never checked.
    Untyped,
    /// A signed 64-bit integer.
    Int,
    /// A double.
    Float,
    /// Yes or no, stored as `true` or `false`.
    Boolean,
    /// A date or a time, stored as ISO text.
    Date,
    /// The name of a colour.
    Color,
    /// Width and height.
    Dimension,
    /// The name of a file.
    FileName,
    /// One value of an open dictionary.
    SingleTag,
    /// One value of a closed dictionary.
    SingleFixedTag,
    /// Many values of an open dictionary.
    MultiTag,
    /// Many values of a closed dictionary.
    MultiFixedTag,
    /// `True` or `False`.
    BooleanTag,
}

impl FieldType {
    /// Every type.
    pub const ALL: [Self; 14] = [
        Self::String,
        Self::Untyped,
        Self::Int,
        Self::Float,
        Self::Boolean,
        Self::Date,
        Self::Color,
        Self::Dimension,
        Self::FileName,
        Self::SingleTag,
        Self::SingleFixedTag,
        Self::MultiTag,
        Self::MultiFixedTag,
        Self::BooleanTag,
    ];

    /// Its word on the SOAP face.
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "String",
            Self::Untyped => "Untyped",
            Self::Int => "Int",
            Self::Float => "Float",
            Self::Boolean => "Boolean",
            Self::Date => "Date",
            Self::Color => "Color",
            Self::Dimension => "Dimension",
            Self::FileName => "FileName",
            Self::SingleTag => "SingleTag",
            Self::SingleFixedTag => "SingleFixedTag",
            Self::MultiTag => "MultiTag",
            Self::MultiFixedTag => "MultiFixedTag",
            Self::BooleanTag => "BooleanTag",
        }
    }

    /// Read its word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }

    /// Whether it has a dictionary.
    pub const fn is_tag(self) -> bool {
        matches!(
            self,
            Self::SingleTag
                | Self::SingleFixedTag
                | Self::MultiTag
                | Self::MultiFixedTag
                | Self::BooleanTag
        )
    }

    /// Whether it holds many values.
    pub const fn is_multi(self) -> bool {
        matches!(self, Self::MultiTag | Self::MultiFixedTag)
    }

    /// Whether its dictionary is closed.
    pub const fn is_fixed(self) -> bool {
        matches!(
            self,
            Self::SingleFixedTag | Self::MultiFixedTag | Self::BooleanTag
        )
    }
}

/// Where a field stands in a record and on the REST face.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// In `values`; on the REST face an attribute of a custom-metadata set.
    Custom {
        /// Id of the set.
        set: String,
        /// Hashed id of the attribute.
        attribute: String,
    },
    /// A plain attribute of the REST face, such as `description`.
    Attribute(String),
}

/// A field of the library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "these are the flags the protocol gives a field"
)]
pub struct FieldDefinition {
    /// Its name, the same on both faces.
    pub name: String,
    /// The SOAP asset type it applies to, or `Asset` for all.
    pub applies_to: String,
    /// Its type.
    pub kind: FieldType,
    /// Its default, perhaps empty.
    pub default: String,
    /// Whether it must have a value.
    pub required: bool,
    /// False for a field users read but do not write.
    pub user_defined: bool,
    /// Hidden from listings of fields in the product's screens.
    pub hidden: bool,
    /// Whether values are checked against the type when set.
    pub enforced: bool,
    /// Tag values given to every new asset.
    pub initial_tag_value: Option<String>,
    /// Its dictionary, in order (tag types).
    pub dictionary: Vec<String>,
    /// The longest text allowed, in characters.
    pub max_length: Option<usize>,
    /// Whether typographic quotes are stored straight, with a warning.
    #[serde(default)]
    pub straight_quotes: bool,
    /// Where it stands.
    pub place: Place,
}

impl FieldDefinition {
    /// A user-defined field in the set `Catalogue`.
    pub fn custom(name: &str, applies_to: &str, kind: FieldType) -> Self {
        Self {
            name: name.to_owned(),
            applies_to: applies_to.to_owned(),
            kind,
            default: String::new(),
            required: false,
            user_defined: true,
            hidden: false,
            enforced: matches!(
                kind,
                FieldType::Int | FieldType::Float | FieldType::Boolean | FieldType::Date
            ),
            initial_tag_value: None,
            dictionary: if kind == FieldType::BooleanTag {
                vec!["True".to_owned(), "False".to_owned()]
            } else {
                Vec::new()
            },
            max_length: None,
            straight_quotes: false,
            place: Place::Custom {
                set: identity::hashed_id("set", USER_SET),
                attribute: identity::hashed_id("field", name),
            },
        }
    }

    /// A field that stands as a plain attribute on the REST face.
    pub fn attribute(name: &str, kind: FieldType, attribute: &str) -> Self {
        Self {
            place: Place::Attribute(attribute.to_owned()),
            ..Self::custom(name, "Asset", kind)
        }
    }

    /// The same field, closed to users: its set on the REST face is a locked one.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.user_defined = false;
        if let Place::Custom { set, .. } = &mut self.place {
            *set = identity::hashed_id("set", LOCKED_SET);
        }
        self
    }

    /// The same field with this dictionary.
    #[must_use]
    pub fn with_dictionary(mut self, values: &[&str]) -> Self {
        self.dictionary = values.iter().map(|value| (*value).to_owned()).collect();
        self
    }

    /// The same field with a longest text.
    #[must_use]
    pub fn with_max_length(mut self, characters: usize) -> Self {
        self.max_length = Some(characters);
        self
    }

    /// Whether an asset of this SOAP type has it. Data assets have the fields of all types.
    pub fn applies(&self, kind: &str) -> bool {
        self.applies_to == "Asset" || self.applies_to == kind
    }

    /// Its handle on the SOAP face.
    pub fn handle(&self, company_number: i64) -> String {
        format!(
            "m|{company_number}|{}|{}",
            self.applies_to.to_uppercase(),
            self.name
        )
    }

    /// Name of the REST enum that holds a closed dictionary.
    pub fn enum_name(&self) -> Option<String> {
        self.kind
            .is_fixed()
            .then(|| format!("{} values", self.name))
    }
}

/// Display name of the custom-metadata set of the fields users write.
pub const USER_SET: &str = "Catalogue";
/// Display name of the custom-metadata set of the fields users only read.
pub const LOCKED_SET: &str = "Catalogue system";
/// The SOAP field that is the certificate's status.
pub const CERTIFICATE_FIELD: &str = "Certificate";
/// The SOAP field that is the certificate's message.
pub const CERTIFICATE_NOTE_FIELD: &str = "Certificate note";

/// A custom-metadata set of the REST face.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomSet {
    /// Its 22-character id.
    pub id: String,
    /// Its human name.
    pub display_name: String,
    /// Whether users may only read it.
    pub locked: bool,
}

/// A tag (classification) of the REST face.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagDefinition {
    /// Its 22-character id.
    pub id: String,
    /// Its human name.
    pub display_name: String,
    /// What it means.
    pub description: String,
    /// `Gray`, `Yellow`, `Green` or `Red`.
    pub color: String,
}

/// A type of the REST face.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeDefinition {
    /// Its name.
    pub name: String,
    /// All its super types, nearest first; always ends with `Asset`, `Referenceable`.
    pub super_types: Vec<String>,
    /// Names of its own text attributes, beside those every asset has.
    pub attributes: Vec<String>,
}

/// Everything the library knows about its own shape.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// Every field, in order.
    pub fields: Vec<FieldDefinition>,
    /// Every tag.
    pub tags: Vec<TagDefinition>,
    /// Every REST type.
    pub types: Vec<TypeDefinition>,
}

impl Schema {
    /// A field by its name, for an asset of this SOAP type (its own field first, then `Asset`'s).
    pub fn field_for(&self, kind: &str, name: &str) -> Option<&FieldDefinition> {
        let named = |applies: &str| {
            self.fields
                .iter()
                .find(|field| field.name == name && field.applies_to == applies)
        };
        named(kind).or_else(|| named("Asset"))
    }

    /// The first field of this name, whatever it applies to.
    pub fn field(&self, name: &str) -> Option<&FieldDefinition> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// A field by its SOAP handle.
    pub fn field_by_handle(&self, company_number: i64, handle: &str) -> Option<&FieldDefinition> {
        self.fields
            .iter()
            .find(|field| field.handle(company_number) == handle)
    }

    /// A field by the id of its custom-metadata attribute.
    pub fn field_by_attribute(&self, attribute_id: &str) -> Option<&FieldDefinition> {
        self.fields.iter().find(|field| {
            matches!(&field.place, Place::Custom { attribute, .. } if attribute == attribute_id)
        })
    }

    /// The custom-metadata sets in use.
    pub fn sets(&self) -> Vec<CustomSet> {
        [(USER_SET, false), (LOCKED_SET, true)]
            .into_iter()
            .map(|(name, locked)| CustomSet {
                id: identity::hashed_id("set", name),
                display_name: name.to_owned(),
                locked,
            })
            .filter(|set| !self.set_fields(&set.id).is_empty())
            .collect()
    }

    /// The fields of a custom-metadata set.
    pub fn set_fields(&self, set_id: &str) -> Vec<&FieldDefinition> {
        self.fields
            .iter()
            .filter(|field| matches!(&field.place, Place::Custom { set, .. } if set == set_id))
            .collect()
    }

    /// A REST type by its name.
    pub fn type_named(&self, name: &str) -> Option<&TypeDefinition> {
        self.types.iter().find(|kind| kind.name == name)
    }

    /// A tag by its id or its human name.
    pub fn tag(&self, id_or_name: &str) -> Option<&TagDefinition> {
        self.tags
            .iter()
            .find(|tag| tag.id == id_or_name || tag.display_name == id_or_name)
    }
}

/// A stable UUID of a name, for typedefs.
pub fn definition_guid(name: &str) -> Uuid {
    identity::guid_of(&format!("typedef:{name}"))
}
