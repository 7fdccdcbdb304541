//! The fast roads of a query against the plain one: every value of every row, asked by itself.

use proptest::{collection::vec, prelude::*, sample::select};
use roaring::RoaringBitmap;

use super::{Bound, Pattern, Query, Sets, Term, Test};
use crate::domain::{
    Asset, Certificate, CertificateStatus, Field, FieldKey, FieldKind, Listing, Schema, Value, text,
};

const FIELDS: [&str; 3] = ["Title", "Tags", "Width"];

const QUERIES: &[&str] = &[
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
    "é",
    "e\u{301}",
    "name=é",
    "name=e\u{301}",
    "name=\"a b\"",
    "~é",
    "~\"(?i)É.*b\"",
    "title:(empty)",
    "-title:(empty)",
    "title=(empty)",
    "title:(a (empty))",
    "-title:(a (empty))",
    "title!=a",
    "-title!=a",
    "title!~^a",
    "width>7",
    "width>=7",
    "width<10",
    "width<=10",
    "-width>7",
    "width:>=7",
    "title>a",
    "title<=b",
    "width:2020..2026",
    "a or b",
    "A OR B",
    "a and b",
    "not a",
    "not -a",
    "a or b title:a",
    "(a or b) title:a",
    "-(a b) or is:marked",
    "not (title:a or width:..7) -is:locked",
    "((a) or (b (x or has:title)))",
    "title:(a or b)",
];

/// A text, perhaps of ASCII alone.
fn word(ascii: bool) -> impl Strategy<Value = String> {
    let pieces = [
        "a", "b", "A", " ", "\n", "\r\n", "; ", "5", "12", "x", "k", "ß", "İ", "Σ", "…",
        "\u{212a}", "é", "e\u{301}", "\u{a0}", "\u{3000}",
    ];
    let pieces = if ascii { &pieces[..11] } else { &pieces };
    vec(select(pieces.to_vec()), 0..5).prop_map(|pieces| pieces.concat())
}

fn value(ascii: bool) -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Absent),
        Just(Value::Unknown),
        word(ascii).prop_map(Value::text),
        select(vec![
            "3",
            "7",
            "10",
            "20",
            "1e2",
            "-4",
            "7 px",
            "inf",
            "2026-01-31",
            "2025"
        ])
        .prop_map(Value::text),
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
        Pattern::Exactly(wanted) => {
            let is_it = |one: &str| text::canonical(one) == text::canonical(wanted);
            match value {
                Value::List(entries) => entries.iter().any(|entry| is_it(entry)),
                Value::Certificate(certificate) => is_it(certificate.status.word()),
                Value::Absent | Value::Unknown | Value::Text(_) | Value::Asset { .. } => {
                    is_it(&value.display())
                }
            }
        }
        Pattern::Matches(regex) => regex.is_match(&text::canonical(&value.display())),
        Pattern::AnyOf(texts) => texts.iter().any(|text| folded.contains(text.as_str())),
        Pattern::Between { low, high } => {
            low.as_ref().is_none_or(|low| lies(&folded, low, true))
                && high.as_ref().is_none_or(|high| lies(&folded, high, false))
        }
        Pattern::Empty => false,
    }
}

/// Whether a value lies above (or below) an end.
fn lies(value: &str, end: &Bound, above: bool) -> bool {
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    let text = text::fold(&end.text);
    match (number(value), number(&end.text)) {
        (Some(value), Some(number)) => {
            (if above {
                value > number
            } else {
                value < number
            }) || (end.included && value.total_cmp(&number).is_eq())
        }
        (Some(_), None) => false,
        (None, Some(_)) if !(text.len() == 4 && value.starts_with("2026-")) => false,
        (None, _) => {
            let at = value.starts_with(&text);
            (if above {
                value > text.as_str()
            } else {
                value < text.as_str()
            } && !at)
                || (end.included && at)
        }
    }
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
    let passes = |row: &u32| all(&query.terms, *row, listing, sets, &value) == Some(true);
    listing.present().iter().filter(passes).collect()
}

/// Whether all terms hold; `None` if that rests on a value that nobody has read.
fn all(
    terms: &[Term],
    row: u32,
    listing: &Listing,
    sets: &Sets,
    value: &impl Fn(u32, &str) -> Value,
) -> Option<bool> {
    let holds = terms.iter().map(|term| {
        let hit = match &term.test {
            Test::Has(name) | Test::Field { name, .. } if value(row, name) == Value::Unknown => {
                return None;
            }
            Test::Has(name) => value(row, name).is_present(),
            Test::Field {
                name,
                pattern: Pattern::Empty,
            } => !value(row, name).is_present(),
            Test::Field { name, pattern } => hits(pattern, &value(row, name)),
            Test::Anywhere { pattern, .. } => listing
                .fields()
                .any(|key| hits(pattern, &listing.value(row, key))),
            Test::Is(super::State::Marked) => sets.marked.contains(row),
            Test::Is(_) => listing.locked(row).is_some(),
            Test::AnyOf { sides, .. } => {
                let sides = sides
                    .iter()
                    .map(|side| all(side, row, listing, sets, value));
                // Any holds unless all their opposites hold.
                !both(sides.map(|side| side.map(|side| !side)))?
            }
        };
        Some(hit != term.negated)
    });
    both(holds)
}

fn both(all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let all: Vec<Option<bool>> = all.collect();
    if all.contains(&Some(false)) {
        return Some(false);
    }
    all.into_iter().collect::<Option<Vec<bool>>>().map(|_| true)
}

/// What stands before the place of an error, and the error.
fn mistake(query: &str) -> (String, String) {
    let fields = [
        ("Rights", FieldKind::Text),
        ("Season", FieldKind::Tag),
        ("Width", FieldKind::Integer),
        ("Modified", FieldKind::Date),
        ("Ready", FieldKind::Boolean),
    ];
    let fields = fields.map(|(name, kind)| Field::plain(name, kind)).to_vec();
    let error = Query::parse(query)
        .and_then(|parsed| parsed.check(&Schema { fields }).map(|()| parsed))
        .err()
        .unwrap_or_else(|| panic!("{query} is taken"));
    (query.chars().take(error.position).collect(), error.why)
}

#[test]
fn syntax_of_other_tools_is_an_error_that_shows_the_right_line() {
    for (query, before, words) in [
        ("-rights", "-", "-has:rights"),
        ("not rights", "not ", "-has:rights"),
        (
            "type:image -(season:a -rights)",
            "type:image -(season:a -",
            "-has:rights",
        ),
        ("width:2001..1999", "width:", "width:1999..2001"),
        ("season:ss..aw", "season:", "season:aw..ss"),
        ("width:1...9", "width:", "two dots"),
        ("width:abc", "", "width:1200 or width:100..500"),
        ("width>many", "", "width:100..500"),
        ("width:1-9", "", "width:100..500"),
        ("modified:yesterday", "", "modified:2026-01-31"),
        ("modified:2026-13..", "", "2026-13"),
        ("modified>=31.01.2026", "", "modified:2026-01-31"),
        ("ready:yes", "", "ready:true"),
        ("width > 1000", "width ", "width>1000"),
        ("width = 1000", "width ", "width=1000"),
        ("width: 1000", "width:", "width:1000"),
        ("width between 1 and 9", "width ", "width:1..9"),
        ("rights is acme", "rights ", "rights:value"),
        ("rights:acme or", "rights:acme ", "between two terms"),
        ("or rights:acme", "", "\"or\""),
        ("rights:acme or and x", "rights:acme or ", "`and` stands"),
        ("(a or )", "(a ", "`or` stands"),
        ("not", "", "before a term"),
        ("(not)", "(", "before a term"),
        ("a || b", "a ", "write `or`"),
        ("a && b", "a ", "write `and`"),
        ("!rights:acme", "", "rights"),
        ("a !b", "a ", "-b"),
        ("+a +b", "", "write a"),
        ("rights:-acme", "rights:", "-rights:acme"),
        ("rights:not acme", "rights:", "-rights:acme"),
        ("rights:\"\"", "rights:", "-has:rights"),
        ("rights=\"\"", "rights=", "-has:rights"),
        ("rights:", "rights:", "has:rights"),
        ("rights:*", "rights:", "has:rights"),
        ("name:JKT_*", "name:JKT_", "name:JKT_"),
        ("*_BACK", "", "_BACK"),
        ("rights:(a and b)", "rights:(a ", "rights:a rights:b"),
        ("season:(AW26, SS24)", "season:(", "(AW26)"),
        ("season:(AW26,SS24)", "season:(", "(AW26 SS24)"),
        ("season:()", "season:", "nothing"),
        ("season:(AW26", "season:", "not closed"),
        ("(a or b", "", "not closed"),
        ("()", "", "nothing"),
        ("(empty)", "", "rights:(empty)"),
        ("a)", "a", "never opened"),
        ("rights:a)", "rights:a", "never opened"),
        ("(a)(b)", "(a)", "blank is missing"),
        ("rights:\"a\"b", "rights:\"a\"", "blank is missing"),
        ("rights:“two words”", "rights:", "straight"),
        ("rights:'two words'", "rights:", "double"),
        (">100", "", "before >"),
        ("!rights:acme", "", "write -rights:"),
        (
            "rights:a|rights:b",
            "rights:a",
            "write rights:a or rights:b",
        ),
        ("season:SS24,AW26", "season:", "season:(SS24 AW26)"),
        ("rights:JKT_220?", "rights:", "quotes"),
        ("cert:none", "", "-has:cert"),
        ("is:red", "is:", "marked"),
        ("has=rights", "has", "has:rights"),
        ("https://x", "", "quotes"),
        ("x>y", "", "quotes"),
    ] {
        let (place, why) = mistake(query);
        assert_eq!(place, before, "{query}: {why}");
        assert!(why.contains(words), "{query}: {why}");
    }
}

#[test]
fn what_means_the_same_here_is_read() {
    let fields = ["Rights", "Width"];
    let fields = fields.map(|name| Field::plain(name, FieldKind::Text));
    let schema = Schema {
        fields: fields.to_vec(),
    };
    for query in [
        "",
        "rights:acme or width:3",
        "-\"rights\"",
        "\"or\" \"not\"",
        "nor order android",
        "id:a|10",
        "id=a|10",
        "rights:1,000",
        "title,rights",
        "rights:'s-Hertogenbosch",
        "width:-5",
        "+49",
        "rights:\"*\"",
        "rights:foo(1)",
        "(rights:foo(1) or x)",
        "name:~(a|b)\\)",
        "(name:~(a|b)\\) or x)",
        "name:~a..b*",
        "width:2026-01-15..2026-01",
        "rights:a..a",
        "title-case",
        "a\u{a0}or\u{3000}b",
        "is:Marked HAS:rights",
    ] {
        if let Err(error) = Query::parse(query).and_then(|parsed| parsed.check(&schema)) {
            panic!("{query}: {error}");
        }
    }
}

#[test]
fn the_terms_of_a_query_are_the_query_again() {
    for (query, terms) in [
        ("a  -b", vec!["a", "-b"]),
        (" a or b c ", vec!["(a or b c)"]),
        ("(a) or (b)", vec!["((a) or (b))"]),
        ("-(a or b) not c", vec!["-(a or b)", "not c"]),
        ("title:(a (empty)) x", vec!["title:(a (empty))", "x"]),
    ] {
        let parsed = Query::parse(query).unwrap();
        assert_eq!(parsed.terms(), terms);
        let again = Query::parse(&parsed.terms().join(" ")).unwrap();
        assert!(again.is_like(&parsed), "{query}");
    }
}

proptest! {
    #[test]
    fn whatever_is_typed_is_read_or_told_at_a_place_within_it(text in "[a-c():=<>~!\"' .*,|+-]{0,14}|([(a ]|or |not |and |-){0,12}") {
        match Query::parse(&text) {
            Ok(query) => {
                let again = Query::parse(&query.terms().join(" ")).unwrap();
                prop_assert!(again.is_like(&query));
            }
            Err(error) => prop_assert!(error.position <= text.chars().count()),
        }
    }
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

const ABOUT_THUMBNAILS: [&str; 8] = [
    "has:thumb",
    "-has:thumb type:image",
    "thumb:(empty)",
    "thumb:pier or type:video",
    "not (has:thumb or type:video)",
    "-(thumb:pier type:image)",
    "thumb=\"pier\" or -thumb:pier",
    "pier",
];

proptest! {
    #[test]
    fn what_was_not_read_is_neither_there_nor_missing(
        assets in vec((any::<bool>(), 0..4u8), 1..12),
        read in vec(0..3u8, 12),
        text in select(ABOUT_THUMBNAILS.to_vec()),
    ) {
        let thumbnail = crate::domain::FieldKey::thumbnail();
        let value = |which: u8| match which {
            0 => Value::Absent,
            1 => Value::Asset { id: "t1".into(), name: "pier".into() },
            2 => Value::Asset { id: "t2".into(), name: "quay".into() },
            _ => Value::Unknown,
        };
        let mut listing = Listing::new();
        for (number, (is_image, which)) in assets.iter().enumerate() {
            listing.take(&[Asset {
                id: format!("{number}").as_str().into(),
                name: format!("asset {number}"),
                kind: if *is_image { "Image" } else { "Video" }.into(),
                fields: vec![(thumbnail.clone(), value(*which))],
                locked: None,
            }]);
        }
        let (schema, sets) = (Schema::default(), Sets::default());
        let query = Query::parse(text).unwrap();
        let rows = query.rows(&listing, &schema, &sets);
        let open = query.open_rows(&listing, &schema, &sets);
        prop_assert!(rows.is_disjoint(&open));
        prop_assert!(open.is_subset(&listing.unread(&thumbnail)));
        // Whatever the values turn out to be, only the open rows can come.
        for row in &listing.unread(&thumbnail) {
            listing.reread(row, &thumbnail, &value(read[row as usize]));
        }
        let known = query.rows(&listing, &schema, &sets);
        prop_assert!(rows.is_subset(&known));
        prop_assert!((&known - &rows).is_subset(&open));
        prop_assert!(query.open_rows(&listing, &schema, &sets).is_empty());
    }
}
