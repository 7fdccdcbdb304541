//! The fields every asset has, without custom metadata.
//!
//! Source: the attributes of `Asset` in the shipped type definitions.

use crate::domain::{Field, FieldKey, FieldKind};

use super::{
    coding::{Coding, Grain},
    vocabulary::Slot,
};

/// The longest text of an attribute, in characters; longer ones are a server error.
const LONGEST: usize = 100_000;

/// Types that an update needs more for than the listing tells, with the reason.
const NEEDS_MORE: &[(&str, &str)] = &[
    (
        "Query",
        "a query can only be written together with its folder and collection",
    ),
    (
        "Persona",
        "personas are access rules; edit them in Atlan's administration",
    ),
    (
        "Purpose",
        "purposes are access rules; edit them in Atlan's administration",
    ),
    (
        "DataQualityRule",
        "a data quality rule can only be written whole",
    ),
];

/// An attribute that every update of a type must repeat.
pub(super) const REPEATED: &[(&str, &str)] = &[("Link", "link"), ("Procedure", "definition")];

/// Those of the types that occur.
pub(super) fn repeated(types: &[String]) -> impl Iterator<Item = (&'static str, &'static str)> {
    let occurs = |kind: &str| types.iter().any(|one| one.eq_ignore_ascii_case(kind));
    REPEATED
        .iter()
        .copied()
        .filter(move |(kind, _)| occurs(kind))
}

/// Types that have a thumbnail, with the attribute that holds its address. The ending is `URL`; a
/// server ignores any other spelling without a word.
const THUMBNAILS: &[(&str, &str)] = &[
    ("PresetDashboard", "presetDashboardThumbnailURL"),
    ("SupersetDashboard", "supersetDashboardThumbnailURL"),
];

/// The types with a thumbnail among those that occur, with their attribute.
pub(super) fn thumbnails(types: &[String]) -> Vec<(String, String)> {
    let occurs = |kind: &str| types.iter().any(|one| one.eq_ignore_ascii_case(kind));
    THUMBNAILS
        .iter()
        .filter(|(kind, _)| occurs(kind))
        .map(|(kind, name)| ((*kind).to_owned(), (*name).to_owned()))
        .collect()
}

/// Types whose updates must name their glossary.
pub(super) fn needs_anchor(kind: &str) -> bool {
    matches!(kind, "AtlasGlossaryTerm" | "AtlasGlossaryCategory")
}

/// Why assets of a type can't be edited here.
pub(super) fn not_editable(kind: &str) -> Option<&'static str> {
    NEEDS_MORE
        .iter()
        .find(|(one, _)| *one == kind)
        .map(|(_, reason)| *reason)
}

/// What people edit, in the order screens show it.
pub(super) fn editable(tags: Vec<String>) -> Vec<(Slot, Field)> {
    let one = Coding::one(Grain::Text);
    let many = Coding::many(Grain::Text);
    let mut announcement = plain("announcementType", one);
    announcement.1.allowed = ["information", "warning", "issue"]
        .map(str::to_owned)
        .into();
    announcement.1.closed = true;
    vec![
        plain("displayName", one),
        plain("description", one),
        plain("userDescription", one),
        (
            Slot::Certificate,
            Field::plain(FieldKey::certificate().as_str(), FieldKind::Certificate),
        ),
        (
            Slot::Tags,
            Field {
                closed: true,
                allowed: tags,
                ..Field::plain("tags", FieldKind::Tags)
            },
        ),
        plain("ownerUsers", many),
        plain("ownerGroups", many),
        announcement,
        plain("announcementTitle", one),
        plain("announcementMessage", one),
    ]
}

/// What people see only, with the reason.
pub(super) fn locked(types: &[String]) -> Vec<(Slot, Field)> {
    const STAMPED: &str = "the server writes it by itself";
    let text = Coding::one(Grain::Text);
    let time = Coding::one(Grain::Instant);
    let mut fields = vec![
        shown("qualifiedName", text, "it is the asset's identity"),
        (
            Slot::Anchor,
            Field {
                applies_to: ["AtlasGlossaryTerm", "AtlasGlossaryCategory"]
                    .map(str::to_owned)
                    .into(),
                ..Field::locked(
                    "anchor",
                    FieldKind::Asset,
                    "another glossary would move the term",
                )
            },
        ),
        shown("connectorName", text, "the connector writes it"),
        (
            Slot::InheritedTags,
            Field::locked(
                "inheritedTags",
                FieldKind::Tags,
                "these tags come from other assets; edit them there",
            ),
        ),
        shown("certificateUpdatedBy", text, STAMPED),
        shown("certificateUpdatedAt", time, STAMPED),
        shown("announcementUpdatedBy", text, STAMPED),
        shown("announcementUpdatedAt", time, STAMPED),
        header("createdBy", text, STAMPED),
        header("createTime", time, STAMPED),
        header("updatedBy", text, STAMPED),
        header("updateTime", time, STAMPED),
    ];
    for (kind, name) in repeated(types) {
        let (slot, field) = shown(name, text, "every update repeats it as it is");
        let applies_to = vec![kind.to_owned()];
        fields.push((
            slot,
            Field {
                applies_to,
                ..field
            },
        ));
    }
    fields
}

fn plain(name: &str, coding: Coding) -> (Slot, Field) {
    let mut field = Field::plain(name, coding.kind());
    field.max_length = (!coding.many).then_some(LONGEST);
    (attribute(name, coding), field)
}

fn shown(name: &str, coding: Coding, reason: &str) -> (Slot, Field) {
    (
        attribute(name, coding),
        Field::locked(name, coding.kind(), reason),
    )
}

fn header(name: &str, coding: Coding, reason: &str) -> (Slot, Field) {
    let slot = Slot::Header {
        name: name.to_owned(),
        coding,
    };
    (slot, Field::locked(name, coding.kind(), reason))
}

fn attribute(name: &str, coding: Coding) -> Slot {
    Slot::Attribute {
        name: name.to_owned(),
        coding,
    }
}
