//! Narrows a listing to the rows a query lets through.

use roaring::RoaringBitmap;

use super::{
    Pattern, Query, State, Term, Test,
    prepared::{All, Prepared, Ready},
    probe::{Probe, Search, Source},
};
use crate::domain::{
    FieldKey, Listing, Schema,
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

/// Whether a word of a query means the thumbnail or the certificate.
pub(super) fn is_short(name: &str) -> bool {
    alias(name).is_some_and(|key| key == FieldKey::thumbnail() || key == FieldKey::certificate())
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

impl Query {
    /// The query made ready for a listing: cheap, whatever the size of the listing.
    pub fn prepare(&self, listing: &Listing, schema: &Schema, sets: &Sets) -> Prepared {
        self.prepared((listing, schema, sets), false)
    }

    /// The same, for the rows that may pass, whatever the values are that were not read.
    pub fn prepare_possible(&self, listing: &Listing, schema: &Schema, sets: &Sets) -> Prepared {
        self.prepared((listing, schema, sets), true)
    }

    fn prepared(
        &self,
        (listing, schema, sets): (&Listing, &Schema, &Sets),
        possible: bool,
    ) -> Prepared {
        let ground = Ground {
            listing,
            schema,
            sets,
            possible,
        };
        Prepared::new(listing, ground.all(&self.terms, false))
    }

    /// Whether a field it asks for has values that nobody has read.
    pub fn rests_on_unread(&self, listing: &Listing, schema: &Schema) -> bool {
        let sets = Sets::default();
        let ground = Ground {
            listing,
            schema,
            sets: &sets,
            possible: false,
        };
        let asks = |test: &Test| match test {
            Test::Field { name, .. } | Test::Has(name) => {
                let key = ground.key(name);
                key.is_some_and(|key| !listing.unread(&key).is_empty())
            }
            Test::Is(_) | Test::Anywhere { .. } | Test::AnyOf { .. } => false,
        };
        self.terms.iter().any(|term| term.asks(&asks))
    }

    /// The rows of which nobody knows whether they pass: that rests on a value that was not read.
    pub fn open_rows(&self, listing: &Listing, schema: &Schema, sets: &Sets) -> RoaringBitmap {
        if !self.rests_on_unread(listing, schema) {
            return RoaringBitmap::new();
        }
        self.prepare_possible(listing, schema, sets).rows() - self.rows(listing, schema, sets)
    }

    /// The rows of a listing that pass, among the ones that are present.
    pub fn rows(&self, listing: &Listing, schema: &Schema, sets: &Sets) -> RoaringBitmap {
        self.prepare(listing, schema, sets).rows()
    }
}

/// What a query is asked of.
struct Ground<'a> {
    listing: &'a Listing,
    schema: &'a Schema,
    sets: &'a Sets,
    /// Whether it is asked what may pass, rather than what passes for sure: a value that nobody has
    /// read is neither there nor missing, so it passes a test, and its opposite, only then.
    possible: bool,
}

impl Ground<'_> {
    /// Terms that must all hold.
    /// `turned` tells whether the whole of them must not hold.
    fn all(&self, terms: &[Term], turned: bool) -> All {
        All::of(terms.iter().map(|term| self.term(term, turned)).collect())
    }

    /// Whether a term must not hold, and its test.
    fn term(&self, term: &Term, turned: bool) -> (bool, Ready) {
        let against = turned != term.negated;
        let test = match &term.test {
            // Without a value is the opposite of with one.
            Test::Field {
                name,
                pattern: Pattern::Empty,
            } => {
                return (
                    !term.negated,
                    Ready::Searches(self.of(name, &Probe::Present, !against)),
                );
            }
            Test::Has(name) => Ready::Searches(self.of(name, &Probe::Present, against)),
            Test::Field { name, pattern } => {
                Ready::Searches(self.of(name, &pattern.into(), against))
            }
            Test::Is(state) => self.is(*state),
            Test::Anywhere { pattern, .. } => {
                let probe = pattern.into();
                // Thumbnails are read one by one: a word that found them would find others every time.
                let thumbnail = FieldKey::thumbnail();
                let all = self.listing.fields().filter(|key| **key != thumbnail);
                let all = all.filter_map(|key| self.searched(key, &probe));
                Ready::Searches(all.collect())
            }
            Test::AnyOf { sides, .. } => {
                Ready::Any(sides.iter().map(|terms| self.all(terms, against)).collect())
            }
        };
        (term.negated, test)
    }

    fn searched(&self, key: &FieldKey, probe: &Probe) -> Option<Search> {
        let column = self.listing.values(key)?;
        Some(Search::of(Source::Column(column.clone()), probe.clone()))
    }

    /// What is searched for a test of a field; `against` tells whether it must not hold.
    fn of(&self, name: &str, probe: &Probe, against: bool) -> Vec<Search> {
        if text::fold(name) == "id" {
            let ids = self.listing.ids().clone();
            return vec![Search::of(Source::Ids(ids), probe.clone())];
        }
        let Some(key) = self.key(name) else {
            return Vec::new();
        };
        let unread = (self.possible != against).then_some(&Probe::Unread);
        let probes = std::iter::once(probe).chain(unread);
        probes
            .filter_map(|probe| self.searched(&key, probe))
            .collect()
    }

    fn key(&self, name: &str) -> Option<FieldKey> {
        if let Some(field) = self.schema.field(name) {
            return Some(field.key.clone());
        }
        alias(name).or_else(|| {
            let mut fields = self.listing.fields();
            let same = |field: &&FieldKey| text::fold(field.as_str()) == text::fold(name);
            fields.find(same).cloned()
        })
    }

    fn is(&self, state: State) -> Ready {
        let sets = self.sets;
        Ready::Rows(match state {
            State::Marked => sets.marked.clone(),
            State::Staged => sets.staged.clone(),
            State::Warning => sets.warning.clone(),
            State::Error => sets.error.clone(),
            State::Unknown => sets.unknown.clone(),
            State::Conflict => sets.conflict.clone(),
            State::Locked => {
                let locks = Source::Column(self.listing.locks().clone());
                return Ready::Searches(vec![Search::of(locks, Probe::Present)]);
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Asset, Field, FieldKind, Value};

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
