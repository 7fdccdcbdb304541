//! Field definitions and dictionaries as the service sends them.

use crate::domain::FieldKind;

use super::{
    pull::{Pull, Unreadable},
    writer::Xml,
};

/// The pseudo type of fields that every asset type has.
const EVERY_TYPE: &str = "Asset";

/// The type of a metadata field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MetadataType {
    /// Any text, and the types whose text has no checked form.
    Text,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// True or false.
    Boolean,
    /// A date.
    Date,
    /// One tag; the dictionary grows.
    SingleTag,
    /// One tag of a closed dictionary.
    SingleFixedTag,
    /// Tags; the dictionary grows.
    MultiTag,
    /// Tags of a closed dictionary.
    MultiFixedTag,
    /// `True` or `False`, as a tag.
    BooleanTag,
    /// A type nobody here knows; handled as text.
    Other,
}

impl MetadataType {
    fn named(name: &str) -> Self {
        match name {
            "String" | "Untyped" | "Color" | "Dimension" | "FileName" => Self::Text,
            "Int" => Self::Int,
            "Float" => Self::Float,
            "Boolean" => Self::Boolean,
            "Date" => Self::Date,
            "SingleTag" => Self::SingleTag,
            "SingleFixedTag" => Self::SingleFixedTag,
            "MultiTag" => Self::MultiTag,
            "MultiFixedTag" => Self::MultiFixedTag,
            "BooleanTag" => Self::BooleanTag,
            _ => Self::Other,
        }
    }

    /// Whether values are sent in tag arrays.
    pub(super) fn is_tag(self) -> bool {
        matches!(
            self,
            Self::SingleTag
                | Self::SingleFixedTag
                | Self::MultiTag
                | Self::MultiFixedTag
                | Self::BooleanTag
        )
    }

    /// Whether the dictionary is closed.
    pub(super) fn is_closed(self) -> bool {
        matches!(
            self,
            Self::SingleFixedTag | Self::MultiFixedTag | Self::BooleanTag
        )
    }

    /// How the program reads its text.
    pub(super) fn kind(self) -> FieldKind {
        match self {
            Self::Text | Self::Other => FieldKind::Text,
            Self::Int => FieldKind::Integer,
            Self::Float => FieldKind::Number,
            Self::Boolean => FieldKind::Boolean,
            Self::Date => FieldKind::Date,
            Self::SingleTag | Self::SingleFixedTag | Self::BooleanTag => FieldKind::Tag,
            Self::MultiTag | Self::MultiFixedTag => FieldKind::Tags,
        }
    }
}

/// One field of one asset type, or of all.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the service sends four flags"
)]
pub(super) struct Definition {
    /// What writes name it by. Opaque.
    pub(super) handle: String,
    /// What values name it by.
    pub(super) name: String,
    /// The type.
    pub(super) kind: MetadataType,
    /// The type as it was spelled.
    pub(super) type_name: String,
    /// The asset type it belongs to; `None` for all.
    pub(super) asset_type: Option<String>,
    /// Whether a value is wanted.
    pub(super) required: bool,
    /// Whether people made it; the others belong to the system.
    pub(super) user_defined: bool,
    /// Whether it is hidden from people.
    pub(super) hidden: bool,
    /// Whether the service checks values against the type.
    pub(super) enforced: bool,
    /// Its dictionary, once it is read.
    pub(super) values: Vec<String>,
}

/// The children of `getAssetMetadataFieldsParam` and others that take a company alone.
pub(super) fn of_company(xml: &mut Xml, company: &str) {
    xml.leaf("companyHandle", company);
}

/// The children of `getTagFieldValuesParam`.
pub(super) fn dictionaries_of<'a>(
    xml: &mut Xml,
    company: &str,
    handles: impl IntoIterator<Item = &'a str>,
) {
    xml.leaf("companyHandle", company);
    xml.list("fieldHandleArray", handles);
}

/// Reads a `getAssetMetadataFieldsReturn`: definitions grouped by asset type.
pub(super) fn read_definitions(pull: &mut Pull<'_>) -> Result<Vec<Definition>, Unreadable> {
    let mut definitions: Vec<Definition> = Vec::new();
    pull.each(|pull, name| match name {
        // The reference pages and the schema spell it differently.
        "assetFieldsArray" | "assetFieldArray" => pull.each(|pull, _| {
            definitions.extend(read_group(pull)?);
            Ok(())
        }),
        _ => pull.skip(),
    })?;
    Ok(definitions)
}

/// Reads one asset type with its fields.
fn read_group(pull: &mut Pull<'_>) -> Result<Vec<Definition>, Unreadable> {
    let mut asset_type = None;
    let mut group = Vec::new();
    pull.each(|pull, name| match name {
        "assetType" => {
            asset_type = Some(pull.token()?);
            Ok(())
        }
        "fieldArray" => pull.each(|pull, _| {
            group.push(read_definition(pull)?);
            Ok(())
        }),
        _ => pull.skip(),
    })?;
    let asset_type = asset_type.filter(|name| name != EVERY_TYPE && name != "ALL");
    for definition in &mut group {
        definition.asset_type.clone_from(&asset_type);
    }
    Ok(group)
}

/// Reads one `MetadataField`.
pub(super) fn read_definition(pull: &mut Pull<'_>) -> Result<Definition, Unreadable> {
    let mut definition = Definition {
        handle: String::new(),
        name: String::new(),
        kind: MetadataType::Other,
        type_name: String::new(),
        asset_type: None,
        required: false,
        user_defined: true,
        hidden: false,
        enforced: false,
        values: Vec::new(),
    };
    pull.each(|pull, name| {
        match name {
            "fieldHandle" => definition.handle = pull.text()?.into_owned(),
            "name" => definition.name = pull.text()?.into_owned(),
            "type" => definition.type_name = pull.token()?,
            "isRequired" => definition.required = is_true(&pull.text()?),
            "isUserDefined" => definition.user_defined = is_true(&pull.text()?),
            "isHidden" => definition.hidden = is_true(&pull.text()?),
            "isEnforced" => definition.enforced = is_true(&pull.text()?),
            _ => pull.skip()?,
        }
        Ok::<_, Unreadable>(())
    })?;
    definition.kind = MetadataType::named(&definition.type_name);
    if definition.kind == MetadataType::BooleanTag {
        definition.values = vec!["True".to_owned(), "False".to_owned()];
    }
    Ok(definition)
}

/// Reads a `getTagFieldValuesReturn`: dictionaries by field handle.
pub(super) fn read_dictionaries(
    pull: &mut Pull<'_>,
) -> Result<Vec<(String, Vec<String>)>, Unreadable> {
    let mut dictionaries = Vec::new();
    pull.each(|pull, name| match name {
        "fieldArray" => pull.each(|pull, _| {
            let (mut handle, mut values) = (String::new(), Vec::new());
            pull.each(|pull, name| {
                match name {
                    "fieldHandle" => handle = pull.text()?.into_owned(),
                    "valueArray" => values = pull.texts()?,
                    _ => pull.skip()?,
                }
                Ok::<_, Unreadable>(())
            })?;
            dictionaries.push((handle, values));
            Ok(())
        }),
        _ => pull.skip(),
    })?;
    Ok(dictionaries)
}

/// A truth value of XML Schema, leniently.
pub(super) fn is_true(text: &str) -> bool {
    matches!(text.trim(), "1") || text.trim().eq_ignore_ascii_case("true")
}
