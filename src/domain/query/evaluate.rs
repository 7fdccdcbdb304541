//! Narrows a listing to the rows a query lets through.

use roaring::RoaringBitmap;

use super::{Pattern, Query, State, Term, Test};
use crate::domain::{
    FieldKey, Listing, Row, Schema, Value,
    listing::{NAME, TYPE},
    text,
};

/// The sets of rows `is:` asks for.
#[derive(Clone, Debug, Default)]
pub struct Sets {
    /// Marked.
    pub marked: RoaringBitmap,
    /// With something staged.
    pub staged: RoaringBitmap,
    /// With a warning in the last run.
    pub warning: RoaringBitmap,
    /// With a refusal in the last run.
    pub error: RoaringBitmap,
    /// With an unknown outcome in the last run.
    pub unknown: RoaringBitmap,
    /// Changed on the server since they were staged.
    pub conflict: RoaringBitmap,
}

/// Words that are fields of every asset, whatever the schema says.
pub(super) fn is_built_in(name: &str) -> bool {
    matches!(text::fold(name).as_str(), NAME | TYPE | "id") || alias(name).is_some()
}

/// Whether a word of a query means the thumbnail.
pub(super) fn is_thumbnail(name: &str) -> bool {
    alias(name) == Some(FieldKey::thumbnail())
}

/// Short words for fields whose names are long.
fn alias(name: &str) -> Option<FieldKey> {
    match text::fold(name).as_str() {
        "cert" | "certificate" => Some(FieldKey::certificate()),
        "thumb" | "thumbnail" => Some(FieldKey::thumbnail()),
        NAME => Some(NAME.into()),
        TYPE => Some(TYPE.into()),
        _ => None,
    }
}

/// A query made ready for one listing as it is now. It holds all it needs, so it can be worked
/// elsewhere, a block of rows at a time, in any order, by several threads at once; whoever works it
/// may stop between two blocks.
#[derive(Clone, Debug)]
pub struct Prepared {
    query: Query,
    listing: Listing,
    schema: Schema,
    sets: Sets,
}

impl Prepared {
    /// Rows in a block.
    pub const BLOCK: Row = 1 << 16;

    /// How many blocks there are; the last one may be short.
    pub fn blocks(&self) -> u32 {
        self.listing.rows_made().div_ceil(Self::BLOCK)
    }

    /// The rows of a block that pass.
    pub fn block(&self, block: u32) -> RoaringBitmap {
        let mut rows = RoaringBitmap::new();
        let first = u64::from(block) * u64::from(Self::BLOCK);
        rows.extend(
            (first..first + u64::from(Self::BLOCK)).filter_map(|row| Row::try_from(row).ok()),
        );
        rows &= self.listing.present();
        for term in &self.query.terms {
            let hits = term.hits(&self.listing, &self.schema, &self.sets, &rows);
            if term.negated {
                rows -= hits;
            } else {
                rows &= hits;
            }
        }
        rows
    }

    /// All rows that pass, block after block.
    pub fn rows(&self) -> RoaringBitmap {
        let mut rows = RoaringBitmap::new();
        for block in 0..self.blocks() {
            rows |= self.block(block);
        }
        rows
    }
}

impl Query {
    /// The query made ready for a listing: cheap, whatever the size of the listing.
    pub fn prepare(&self, listing: &Listing, schema: &Schema, sets: &Sets) -> Prepared {
        Prepared {
            query: self.clone(),
            listing: listing.clone(),
            schema: schema.clone(),
            sets: sets.clone(),
        }
    }

    /// The rows of a listing that pass, among the ones that are present.
    pub fn rows(&self, listing: &Listing, schema: &Schema, sets: &Sets) -> RoaringBitmap {
        let mut rows = listing.present().clone();
        for term in &self.terms {
            let hits = term.hits(listing, schema, sets, &rows);
            if term.negated {
                rows -= hits;
            } else {
                rows &= hits;
            }
        }
        rows
    }
}

impl Term {
    fn hits(
        &self,
        listing: &Listing,
        schema: &Schema,
        sets: &Sets,
        within: &RoaringBitmap,
    ) -> RoaringBitmap {
        let of = |name: &str, passes: &dyn Fn(&Value, &str) -> bool| {
            if text::fold(name) == "id" {
                let id = |row: &u32| {
                    let id = listing.id_text(*row);
                    passes(&Value::text(id), &text::fold(id))
                };
                return within.iter().filter(id).collect();
            }
            let key = key(name, schema, listing);
            key.and_then(|key| listing.values(&key))
                .map(|column| column.passing(within, passes))
                .unwrap_or_default()
        };
        match &self.test {
            Test::Has(name) => of(name, &|value, _| value.is_present()),
            Test::Field { name, pattern } => of(name, &|value, folded| pattern.hits(value, folded)),
            Test::Is(state) => state_rows(*state, listing, sets),
            Test::Anywhere(pattern) => {
                let mut rows = RoaringBitmap::new();
                for field in listing.fields() {
                    if let Some(column) = listing.values(field) {
                        rows |= column.passing(within, |value, folded| pattern.hits(value, folded));
                    }
                }
                rows
            }
        }
    }
}

fn key(name: &str, schema: &Schema, listing: &Listing) -> Option<FieldKey> {
    if let Some(field) = schema.field(name) {
        return Some(field.key.clone());
    }
    alias(name).or_else(|| {
        listing
            .fields()
            .find(|field| text::fold(field.as_str()) == text::fold(name))
            .cloned()
    })
}

fn state_rows(state: State, listing: &Listing, sets: &Sets) -> RoaringBitmap {
    match state {
        State::Marked => sets.marked.clone(),
        State::Staged => sets.staged.clone(),
        State::Warning => sets.warning.clone(),
        State::Error => sets.error.clone(),
        State::Unknown => sets.unknown.clone(),
        State::Conflict => sets.conflict.clone(),
        State::Locked => listing
            .present()
            .iter()
            .filter(|&row| listing.locked(row).is_some())
            .collect(),
    }
}

impl Pattern {
    fn hits(&self, value: &Value, folded: &str) -> bool {
        if !value.is_present() {
            return false;
        }
        match self {
            Self::Contains(text) => folded.contains(text.as_str()),
            Self::Exactly(text) => match value {
                Value::List(entries) => entries.contains(text),
                Value::Certificate(certificate) => certificate.status.word() == text.as_str(),
                Value::Absent | Value::Unknown | Value::Text(_) | Value::Asset { .. } => {
                    value.display() == text.as_str()
                }
            },
            Self::Matches(regex) => regex.is_match(&value.display()),
            Self::AnyOf(texts) => texts.iter().any(|text| folded.contains(text.as_str())),
            Self::Between(low, high) => between(folded, low.as_deref(), high.as_deref()),
        }
    }
}

/// Numbers by size; everything else (dates first of all) by its text, where a shorter upper end
/// includes everything that begins with it.
fn between(value: &str, low: Option<&str>, high: Option<&str>) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    if let Some(value) = number(value) {
        let above = low.is_none_or(|low| number(low).is_some_and(|low| value >= low));
        let below = high.is_none_or(|high| number(high).is_some_and(|high| value <= high));
        return above && below;
    }
    let (low, high) = (low.map(text::fold), high.map(text::fold));
    let above = low.is_none_or(|low| value >= low.as_str());
    let below = high.is_none_or(|high| value <= high.as_str() || value.starts_with(&high));
    above && below
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Asset, Field, FieldKind};

    fn library() -> (Listing, Schema) {
        let rows = [
            ("JKT_1_FRONT", "Image", "AW26", "Acme Retail", "3000"),
            ("JKT_1_BACK", "Image", "AW26", "", "900"),
            ("PNT_2_FRONT", "Image", "SS26", "ACME retail", "1200"),
            ("JKT_3_MOV", "Video", "AW26", "", ""),
        ];
        let mut listing = Listing::new();
        for (name, kind, season, rights, width) in rows {
            let fields = [("Season", season), ("Rights", rights), ("Width", width)];
            listing.take(&[Asset {
                id: name.into(),
                name: name.into(),
                kind: kind.into(),
                fields: fields
                    .map(|(key, value)| (key.into(), Value::text(value)))
                    .to_vec(),
                locked: None,
            }]);
        }
        let fields = ["Season", "Rights", "Width"].map(|name| Field::plain(name, FieldKind::Text));
        (
            listing,
            Schema {
                fields: fields.to_vec(),
            },
        )
    }

    fn found(query: &str) -> Vec<String> {
        let (listing, schema) = library();
        let sets = Sets {
            marked: [0, 3].into(),
            ..Sets::default()
        };
        let query = Query::parse(query).unwrap();
        let rows = query.rows(&listing, &schema, &sets);
        rows.iter()
            .map(|row| listing.name(row).into_owned())
            .collect()
    }

    #[test]
    fn the_images_of_a_season_without_rights_are_found() {
        assert_eq!(found("type:image season:AW26 -has:rights"), ["JKT_1_BACK"]);
    }

    #[test]
    fn containing_ignores_case_and_exact_does_not() {
        assert_eq!(found("rights:acme").len(), 2);
        assert_eq!(found("rights=\"Acme Retail\""), ["JKT_1_FRONT"]);
    }

    #[test]
    fn ranges_patterns_sets_and_free_text_narrow() {
        assert_eq!(found("width:1000..2000"), ["PNT_2_FRONT"]);
        assert_eq!(found("name:~\"_FRONT$\"").len(), 2);
        assert_eq!(found("type:(video pdf)"), ["JKT_3_MOV"]);
        assert_eq!(found("is:marked -video"), ["JKT_1_FRONT"]);
        assert_eq!(found("acme -jkt"), ["PNT_2_FRONT"]);
        assert_eq!(found("~\"^AW\\d+$\"").len(), 3);
    }

    #[test]
    fn a_mistake_is_shown_at_its_place() {
        let error = Query::parse("type:image name:\"open").unwrap_err();
        assert_eq!(
            error.to_string(),
            "this quotation mark is not closed (at character 17)"
        );
        let (_, schema) = library();
        let error = Query::parse("type:image -has:rihgts")
            .unwrap()
            .check(&schema)
            .unwrap_err();
        assert_eq!(
            error.why,
            "there is no field `rihgts`; did you mean Rights?"
        );
    }
}
