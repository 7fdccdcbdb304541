//! The fast roads of a query against the plain one: every value of every row, asked by itself.

use proptest::{collection::vec, prelude::*, sample::select};
use roaring::RoaringBitmap;

use super::{Pattern, Query, Sets, Test};
use crate::domain::{
    Asset, Certificate, CertificateStatus, Field, FieldKey, FieldKind, Listing, Schema, Value, text,
};

const FIELDS: [&str; 3] = ["Title", "Tags", "Width"];

const QUERIES: [&str; 62] = [
    "a",
    "b",
    "AB",
    "ß",
    "i̇",
    "σ",
    "…",
    "\"a b\"",
    "-a",
    "a -b",
    "name:a",
    "name:ab",
    "name=ab",
    "name=\"a b\"",
    "title=a",
    "tags=a",
    "tags=\"a; b\"",
    "tags:\"; \"",
    "certificate=draft",
    "certificate:draft",
    "has:title",
    "-has:title",
    "has:certificate",
    "title:(a b)",
    "id:1",
    "id=a1",
    "width:5..20",
    "width:..7",
    "width:1e1..",
    "title:a..b",
    "title:b..",
    "~a",
    "~\"^a\"",
    "~\"b$\"",
    "~\"^$\"",
    "~\"a*\"",
    "~\"(?i)A\"",
    "~\"[^b]b\"",
    "~\"a\\\\s\"",
    "~\"a.b\"",
    "~\"(?s)a.*b\"",
    "title:~\"\\\\bab\\\\b\"",
    "title:~\"(?m)^b\"",
    "~",
    "~\"^\"",
    "~\"$\"",
    "~\"^|a\"",
    "-~\"x?\"",
    "~\"(?i)aB\"",
    "~\"(?i)k\"",
    "~\"(?i)[^a]b\"",
    "~\"[aA]b?5\"",
    "~\"[a-z]5\"",
    "~\"x.*12$\"",
    "~\"^x.*12\"",
    "~\"[ab].*(12)+\"",
    "~\"(a|b)x ?12\"",
    "~\"(?i)ß\"",
    "~\"\\\\bA\"",
    "~\"(?-u:\\\\w)5\"",
    "name:~\"(?i)^a.*b$\"",
    "is:marked is:locked",
];

/// A text, perhaps of ASCII alone.
fn word(ascii: bool) -> impl Strategy<Value = String> {
    let pieces = [
        "a", "b", "A", " ", "\n", "\r\n", "; ", "5", "12", "x", "k", "ß", "İ", "Σ", "…", "\u{212a}",
    ];
    let pieces = if ascii { &pieces[..11] } else { &pieces };
    vec(select(pieces.to_vec()), 0..5).prop_map(|pieces| pieces.concat())
}

fn value(ascii: bool) -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Absent),
        Just(Value::Unknown),
        word(ascii).prop_map(Value::text),
        select(vec!["3", "7", "10", "20", "1e2", "-4"]).prop_map(Value::text),
        vec(word(ascii), 0..4).prop_map(Value::list),
        word(ascii).prop_map(|message| Value::Certificate(Certificate {
            status: CertificateStatus::Draft,
            message,
        })),
        (word(ascii), word(ascii)).prop_map(|(id, name)| Value::Asset {
            id: id.as_str().into(),
            name,
        }),
    ]
}

prop_compose! {
    fn asset(ascii: bool)(
        number in 0..30u32,
        name in word(ascii),
        values in vec(value(ascii), FIELDS.len() + 1),
        locked in proptest::option::of(Just("shut".to_owned())),
    ) -> Asset {
        let keys = FIELDS.map(FieldKey::new).into_iter().chain([FieldKey::certificate()]);
        Asset {
            id: format!("a{number}").as_str().into(),
            name,
            kind: "Image".into(),
            fields: keys.zip(values).collect(),
            locked,
        }
    }
}

fn schema() -> Schema {
    Schema {
        fields: FIELDS
            .map(|name| Field::plain(name, FieldKind::Text))
            .to_vec(),
    }
}

/// What a pattern says of one value.
fn hits(pattern: &Pattern, value: &Value) -> bool {
    let folded = text::fold(&value.display());
    if !value.is_present() {
        return false;
    }
    match pattern {
        Pattern::Contains(text) => folded.contains(text.as_str()),
        Pattern::Exactly(text) => match value {
            Value::List(entries) => entries.contains(text),
            Value::Certificate(certificate) => certificate.status.word() == text.as_str(),
            Value::Absent | Value::Unknown | Value::Text(_) | Value::Asset { .. } => {
                value.display() == text.as_str()
            }
        },
        Pattern::Matches(regex) => regex.is_match(&value.display()),
        Pattern::AnyOf(texts) => texts.iter().any(|text| folded.contains(text.as_str())),
        Pattern::Between(low, high) => between(&folded, low.as_deref(), high.as_deref()),
    }
}

fn between(value: &str, low: Option<&str>, high: Option<&str>) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    if let Some(value) = number(value) {
        let above = low.is_none_or(|low| number(low).is_some_and(|low| value >= low));
        let below = high.is_none_or(|high| number(high).is_some_and(|high| value <= high));
        return above && below;
    }
    let (low, high) = (low.map(text::fold), high.map(text::fold));
    let above = low.is_none_or(|low| value >= low.as_str());
    above && high.is_none_or(|high| value <= high.as_str() || value.starts_with(&high))
}

fn plainly(query: &Query, listing: &Listing, sets: &Sets) -> RoaringBitmap {
    let value = |row, name: &str| {
        if name == "id" {
            return Value::text(listing.id_text(row));
        }
        let named = |key: &&FieldKey| text::fold(key.as_str()) == name;
        let key = listing.fields().find(named);
        key.map_or(Value::Absent, |key| listing.value(row, key).into_owned())
    };
    let passes = |row: &u32| {
        query.terms.iter().all(|term| {
            let hit = match &term.test {
                Test::Has(name) => value(*row, name).is_present(),
                Test::Field { name, pattern } => hits(pattern, &value(*row, name)),
                Test::Anywhere(pattern) => listing
                    .fields()
                    .any(|key| hits(pattern, &listing.value(*row, key))),
                Test::Is(super::State::Marked) => sets.marked.contains(*row),
                Test::Is(_) => listing.locked(*row).is_some(),
            };
            hit != term.negated
        })
    };
    listing.present().iter().filter(passes).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_query_finds_what_asking_row_by_row_finds(
        pages in any::<bool>().prop_flat_map(|ascii| vec(vec(asset(ascii), 0..12), 1..4)),
        mark in 0..30u32,
    ) {
        let mut listing = Listing::new();
        for (generation, page) in (1..).zip(&pages) {
            listing.begin(generation);
            listing.take(page);
            listing.finish();
        }
        let sets = Sets { marked: (0..mark).collect(), ..Sets::default() };
        let parts = listing.sections(None);
        let parts: Vec<_> = parts.map(|one| (one.key, one.bytes.into_owned())).collect();
        let again = Listing::restored(&listing.heading(), parts).unwrap();
        for text in QUERIES {
            let query = Query::parse(text).unwrap();
            let plain = plainly(&query, &listing, &sets);
            for listing in [&listing, &again] {
                let found = query.rows(listing, &schema(), &sets);
                prop_assert_eq!(&found, &plain, "{}", text);
            }
        }
    }
}

#[test]
fn blocks_of_rows_and_of_texts_are_searched_to_their_ends() {
    let many = 140_000u32;
    let mut listing = Listing::new();
    let assets: Vec<Asset> = (0..many)
        .map(|number| Asset {
            id: format!("a{number}").as_str().into(),
            name: format!("JKT_{number:06}"),
            kind: if number % 3 == 0 { "Image" } else { "Video" }.into(),
            fields: vec![(
                "Title".into(),
                Value::text(format!("Coat no. {}", number / 2)),
            )],
            locked: None,
        })
        .collect();
    listing.take(&assets);
    listing.finish();
    let prepared = |text: &str| {
        let query = Query::parse(text).unwrap();
        query.prepare(&listing, &schema(), &Sets::default())
    };
    for (text, count) in [
        ("name:jkt", 140_000),
        ("name:~\"99$\"", 1400),
        ("name:~\"^JKT_13999[89]$\"", 2),
        ("name:~\"(?i)^jkt_.*99$\"", 1400),
        ("name:~\"[0-9].*9999$\"", 14),
        ("~", 140_000),
        ("type:image", 46_667),
        ("title=\"Coat no. 65535\"", 2),
        ("id:a139999", 1),
        ("-type:image title:69999", 1),
    ] {
        let prepared = prepared(text);
        assert_eq!(prepared.blocks(), 3);
        let pieces = [2, 0, 1].map(|block| prepared.block(block));
        assert_eq!(
            pieces.iter().map(RoaringBitmap::len).sum::<u64>(),
            count,
            "{text}"
        );
        assert_eq!(
            pieces
                .into_iter()
                .fold(RoaringBitmap::new(), |all, one| all | one),
            prepared.rows()
        );
    }
}
