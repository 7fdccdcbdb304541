//! The searchable names: which part of an asset each stands for, and how the index cut it.

use super::analysis::Analysis;
use crate::catalogue::query::Operand;
use crate::catalogue::schema::Schema;

/// The part of an asset an index field was filled from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Something the library can test.
    Of(Operand),
    /// The containers a qualified name lies under.
    Hierarchy,
    /// The human names of its tags.
    TagText,
    /// The qualified name of the glossary it is in.
    Glossary,
    /// Nothing fills it (propagated tags, say): it exists on no asset.
    Nothing,
}

/// A name of the query language, resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// What it was filled from.
    pub(super) source: Source,
    /// How it was cut.
    pub(super) analysis: Analysis,
}

/// Attributes whose bare name is cut into words and whose `.keyword` is folded.
const TEXTUAL: [&str; 4] = ["name", "displayName", "description", "userDescription"];

/// Attributes that are searched by words unless `.keyword` is asked for.
const WORDS_FIRST: [&str; 3] = [
    "certificateStatusMessage",
    "announcementTitle",
    "announcementMessage",
];

impl Field {
    /// What `name` stands for; every name stands for something, and one nobody fills matches
    /// nothing, as in the real index.
    pub(super) fn named(name: &str, schema: &Schema) -> Self {
        if let Some(system) = name.strip_prefix("__") {
            return Self::system(system);
        }
        let id = name.rsplit_once('.').map_or(name, |(_, id)| id);
        if let Some(custom) = schema.field_by_attribute(id) {
            let source = Source::Of(Operand::Field(custom.name.clone()));
            return Self {
                source,
                analysis: Analysis::Keyword,
            };
        }
        let (base, part) = match name.rsplit_once('.') {
            Some((base, part @ ("keyword" | "text" | "stemmed" | "date"))) => (base, Some(part)),
            Some(_) | None => (name, None),
        };
        let analysis = match part {
            Some("keyword") if TEXTUAL.contains(&base) => Analysis::Folded,
            Some("text" | "stemmed") => Analysis::Words,
            None if TEXTUAL.contains(&base) || WORDS_FIRST.contains(&base) => Analysis::Words,
            None if base == "certificateStatus" => Analysis::Folded,
            Some(_) | None => Analysis::Keyword,
        };
        let operand = match base {
            "qualifiedName" => Operand::QualifiedName,
            "name" => Operand::Name,
            other => Operand::Attribute(other.to_owned()),
        };
        Self {
            source: Source::Of(operand),
            analysis,
        }
    }

    fn system(name: &str) -> Self {
        let base = name
            .strip_suffix(".keyword")
            .or_else(|| name.strip_suffix(".text"))
            .unwrap_or(name);
        let operand = match base {
            "typeName" => Operand::TypeName,
            "superTypeNames" => Operand::SuperTypes,
            "guid" => Operand::Guid,
            "state" => Operand::Status,
            "createdBy" => Operand::CreatedBy,
            "modifiedBy" => Operand::ModifiedBy,
            "timestamp" => Operand::Created,
            "modificationTimestamp" => Operand::Modified,
            "traitNames" | "classificationNames" => Operand::Tags,
            "glossary" => return Self::whole(Source::Glossary),
            "meanings" => Operand::Attribute("__meanings".to_owned()),
            "qualifiedNameHierarchy" => return Self::whole(Source::Hierarchy),
            "classificationsText" => return Self::whole(Source::TagText),
            _ => return Self::whole(Source::Nothing),
        };
        Self::whole(Source::Of(operand))
    }

    const fn whole(source: Source) -> Self {
        Self {
            source,
            analysis: Analysis::Keyword,
        }
    }

    /// The operand behind it, where it is one.
    pub(super) const fn operand(&self) -> Option<&Operand> {
        match &self.source {
            Source::Of(operand) => Some(operand),
            Source::Hierarchy | Source::TagText | Source::Glossary | Source::Nothing => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::schema::{FieldDefinition, FieldType, Place};

    fn named(name: &str) -> Field {
        Field::named(name, &Schema::default())
    }

    fn attribute(name: &str, analysis: Analysis) -> Field {
        Field {
            source: Source::Of(Operand::Attribute(name.into())),
            analysis,
        }
    }

    #[test]
    fn names_are_words_and_their_keyword_is_folded() {
        let name = |analysis| Field {
            source: Source::Of(Operand::Name),
            analysis,
        };
        assert_eq!(named("name"), name(Analysis::Words));
        assert_eq!(named("name.keyword"), name(Analysis::Folded));
        assert_eq!(
            named("description.text"),
            attribute("description", Analysis::Words)
        );
    }

    #[test]
    fn qualified_names_keep_their_case_and_certificates_do_not() {
        assert_eq!(named("qualifiedName").analysis, Analysis::Keyword);
        assert_eq!(
            named("certificateStatus"),
            attribute("certificateStatus", Analysis::Folded)
        );
    }

    #[test]
    fn custom_metadata_is_found_by_its_bare_and_by_its_dotted_id() {
        let rights = FieldDefinition::custom("Rights", "Asset", FieldType::String);
        let Place::Custom { set, attribute } = rights.place.clone() else {
            panic!("custom")
        };
        let schema = Schema {
            fields: vec![rights],
            ..Schema::default()
        };
        let expected = Source::Of(Operand::Field("Rights".into()));
        assert_eq!(Field::named(&attribute, &schema).source, expected);
        assert_eq!(
            Field::named(&format!("{set}.{attribute}"), &schema).source,
            expected
        );
    }

    #[test]
    fn a_system_name_nobody_fills_stands_for_nothing() {
        assert_eq!(named("__propagatedTraitNames").source, Source::Nothing);
        assert_eq!(
            named("__typeName.keyword").source,
            Source::Of(Operand::TypeName)
        );
    }
}
