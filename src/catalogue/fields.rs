//! The fields, tags and types of the sample and of generated libraries, and the parts every
//! library has.

use crate::catalogue::identity;
use crate::catalogue::model::CertificateStatus;
use crate::catalogue::schema::{
    CERTIFICATE_FIELD, CERTIFICATE_NOTE_FIELD, FieldDefinition, FieldType, Schema, TagDefinition,
    TypeDefinition,
};

/// Seasons of the sample, in the order of the dictionary.
pub(in crate::catalogue) const SEASONS: [&str; 11] = [
    "AW26",
    "SS26",
    "AW25",
    "SS25",
    "AW24",
    "SS24",
    "AW23",
    "SS23",
    "NOS",
    "Carry-over",
    "Archive",
];

/// SOAP types that assets of any library can have.
const MEDIA_TYPES: [&str; 16] = [
    "Image",
    "Video",
    "ImageSet",
    "SpinSet",
    "RenderSet",
    "AssetSet",
    "AdjustedView",
    "Mask",
    "Template",
    "PsdTemplate",
    "Pdf",
    "Audio",
    "Svg",
    "Font",
    "Zip",
    "Xml",
];

/// What every library has: the certificate, the types, the tags.
pub(in crate::catalogue) fn base_schema() -> Schema {
    let words: Vec<&str> = CertificateStatus::ALL
        .iter()
        .map(|status| status.title())
        .collect();
    let mut certificate = FieldDefinition::attribute(
        CERTIFICATE_FIELD,
        FieldType::SingleFixedTag,
        "certificateStatus",
    )
    .with_dictionary(&words);
    certificate.enforced = true;
    Schema {
        fields: vec![
            certificate,
            FieldDefinition::attribute(
                CERTIFICATE_NOTE_FIELD,
                FieldType::String,
                "certificateStatusMessage",
            ),
        ],
        tags: tags(),
        types: types(),
    }
}

/// The base and a dozen fields of a picture library.
pub(in crate::catalogue) fn picture_schema() -> Schema {
    let custom = |name: &str, kind| FieldDefinition::custom(name, "Asset", kind);
    let mut description =
        FieldDefinition::attribute("Description", FieldType::String, "description")
            .with_max_length(500);
    description.straight_quotes = true;
    let mut schema = base_schema();
    let certificate = std::mem::take(&mut schema.fields);
    schema.fields = vec![
        custom("Title", FieldType::String),
        custom("Season", FieldType::SingleFixedTag).with_dictionary(&SEASONS),
        custom("Rights", FieldType::String),
        custom("Keywords", FieldType::MultiTag),
        description,
        custom("SKU", FieldType::String).read_only(),
        custom("Expiry", FieldType::Date),
        custom("Photographer", FieldType::SingleTag),
        custom("Channels", FieldType::MultiFixedTag)
            .with_dictionary(&["Web", "Print", "Store", "App"]),
        custom("Approved", FieldType::Boolean),
        custom("Priority", FieldType::Int),
        custom("Price", FieldType::Float),
        custom("Ticket", FieldType::String),
        FieldDefinition::custom("Width", "Image", FieldType::Int).read_only(),
        FieldDefinition::custom("Height", "Image", FieldType::Int).read_only(),
        FieldDefinition::custom("Seconds", "Video", FieldType::Int),
    ];
    schema.fields.extend(certificate);
    schema
}

fn tags() -> Vec<TagDefinition> {
    [
        ("PII", "Names, addresses or other personal data", "Red"),
        ("Confidential", "Not to leave the company", "Yellow"),
        ("Public", "Free to publish", "Green"),
    ]
    .into_iter()
    .map(|(name, description, color)| TagDefinition {
        id: identity::hashed_id("tag", name),
        display_name: name.to_owned(),
        description: description.to_owned(),
        color: color.to_owned(),
    })
    .collect()
}

fn types() -> Vec<TypeDefinition> {
    let entry = |name: &str, supers: &[&str], attributes: &[&str]| TypeDefinition {
        name: name.to_owned(),
        super_types: supers
            .iter()
            .chain(&["Asset", "Referenceable"])
            .map(|each| (*each).to_owned())
            .collect(),
        attributes: attributes.iter().map(|each| (*each).to_owned()).collect(),
    };
    let relational = [
        "databaseName",
        "databaseQualifiedName",
        "schemaName",
        "schemaQualifiedName",
    ];
    let glossary = [
        "shortDescription",
        "longDescription",
        "usage",
        "abbreviation",
        "examples",
    ];
    let mut types = vec![
        entry("Table", &["SQL", "Catalog"], &relational),
        entry("View", &["SQL", "Catalog"], &relational),
        entry("Column", &["SQL", "Catalog"], &relational),
        entry("Schema", &["SQL", "Catalog"], &relational),
        entry("Database", &["SQL", "Catalog"], &[]),
        entry("Connection", &[], &[]),
        entry("AtlasGlossary", &[], &glossary),
        entry("AtlasGlossaryTerm", &[], &glossary),
        entry("AtlasGlossaryCategory", &[], &glossary),
        entry(
            "Link",
            &["Resource", "Catalog"],
            &["link", "icon", "iconType"],
        ),
        entry(
            "SupersetDashboard",
            &["Superset", "BI", "Catalog"],
            &["supersetDashboardThumbnailURL"],
        ),
        entry(
            "PresetDashboard",
            &["Preset", "BI", "Catalog"],
            &["presetDashboardThumbnailURL"],
        ),
    ];
    types.extend(
        MEDIA_TYPES
            .iter()
            .map(|name| entry(name, &["File", "Resource", "Catalog"], &[])),
    );
    types
}
