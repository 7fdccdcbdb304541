//! The numbers the sample promises.

use std::collections::HashSet;

use super::*;
use crate::catalogue::query::{Condition, Operand, Search, Sort, Test};

fn library() -> Library {
    let library = Library::in_memory().expect("a library in memory");
    fill(&library).expect("the sample");
    library
}

fn field(name: &str) -> Operand {
    Operand::Field(name.to_owned())
}

fn all(conditions: Vec<Condition>) -> Condition {
    Condition::And(conditions)
}

fn aw26() -> Condition {
    all(vec![
        Condition::equals(Operand::Kind, "Image"),
        Condition::equals(field("Season"), "AW26"),
    ])
}

fn without_rights() -> Condition {
    all(vec![aw26(), Condition::exists(field("Rights")).negated()])
}

#[test]
fn the_numbers_of_the_sample_hold() {
    let library = library();
    let count = |condition: &Condition| library.count(condition).expect("a count");
    let media = Condition::equals(Operand::Media, "true");
    assert_eq!(count(&media), SAMPLE_ASSETS);
    assert_eq!(count(&aw26()), 412);
    assert_eq!(count(&without_rights()), 195);
    let trousers = Condition::folded(Operand::Name, Test::Contains("pnt".into()));
    assert_eq!(count(&all(vec![without_rights(), trousers.clone()])), 24);
    assert_eq!(count(&all(vec![without_rights(), trousers.negated()])), 171);
    // A filter on the type that means "contains" finds the same pictures.
    let loosely = Condition::folded(Operand::Kind, Test::Contains("image".into()));
    let season = Condition::equals(field("Season"), "AW26");
    assert_eq!(count(&all(vec![loosely, season])), 412);
    let published = all(vec![aw26(), Condition::equals(Operand::Published, "true")]);
    assert_eq!(count(&published), 380);
    let sized = all(vec![aw26(), Condition::exists(field("Width"))]);
    assert_eq!(count(&sized), 408);
}

#[test]
fn rights_and_seasons_have_the_promised_spellings_and_counts() {
    let library = library();
    let rights = library.buckets(&aw26(), &field("Rights")).expect("buckets");
    let rights: Vec<(&str, u64)> = rights
        .iter()
        .map(|each| (each.value.as_str(), each.count))
        .collect();
    assert_eq!(
        rights,
        [
            ("Acme Retail", 171),
            ("ACME retail", 22),
            ("Agency X", 21),
            ("Acme Retail.", 3)
        ]
    );
    let everywhere = library
        .buckets(&Condition::Always, &field("Rights"))
        .expect("buckets");
    for spelling in ["Acme Retail", "ACME retail", "Acme Retail."] {
        let here = rights
            .iter()
            .find(|(value, _)| *value == spelling)
            .map(|(_, count)| *count);
        let all = everywhere
            .iter()
            .find(|each| each.value == spelling)
            .map(|each| each.count);
        assert_eq!(here, all, "{spelling} is used in AW26 alone");
    }
    let seasons = library
        .buckets(&Condition::Always, &field("Season"))
        .expect("buckets");
    let season = |name: &str| {
        seasons
            .iter()
            .find(|each| each.value == name)
            .map(|each| each.count)
    };
    assert_eq!(
        (season("AW26"), season("SS26"), season("SS24")),
        (Some(412), Some(3_118), Some(1_902))
    );
    let without = all(vec![
        Condition::equals(Operand::Media, "true"),
        Condition::exists(field("Season")).negated(),
    ]);
    assert_eq!(library.count(&without).expect("a count"), 77);
}

#[test]
fn the_first_rows_by_name_are_those_people_are_shown() {
    let library = library();
    let search = Search {
        sort: vec![Sort::ascending(Operand::Name)],
        ..Search::first(aw26(), 26)
    };
    let found = library.search(&search).expect("a page");
    let names: Vec<&str> = found
        .records
        .iter()
        .map(|record| record.name.as_str())
        .collect();
    let first: Vec<&str> = named::FIRST.iter().map(|named| named.name).collect();
    assert_eq!(&names[..25], first.as_slice());
    assert!(names[25] > "PNT_1004_FRONT");
    assert_eq!(found.total, 412);
}

#[test]
fn thumbnails_are_missing_where_the_tour_needs_them() {
    let library = library();
    let search = Search::first(Condition::equals(Operand::Media, "true"), 20_000);
    let found = library.search(&search).expect("everything");
    let missing = found
        .records
        .iter()
        .filter(|record| record.thumbnail.is_none())
        .count();
    assert_eq!(missing, 9);
    let names: HashSet<(&str, &str)> = found
        .records
        .iter()
        .map(|record| (record.name.as_str(), record.kind.as_str()))
        .collect();
    assert_eq!(
        names.len(),
        found.records.len(),
        "a name is used once in a type"
    );
    assert_eq!(library.by_name("JKT_2212_FRONT").expect("names").len(), 2);
    let long = &library.by_name("JKT_2201_FRONT").expect("names")[0];
    assert_eq!(
        long.description.as_ref().map(|text| text.chars().count()),
        Some(505)
    );
}

#[test]
fn the_tables_are_a_group_of_24_with_every_kind_of_certificate() {
    let library = library();
    let tables = Condition::equals(Operand::TypeName, "Table");
    assert_eq!(library.count(&tables).expect("a count"), 24);
    let status = Operand::Attribute("certificateStatus".to_owned());
    let buckets = library.buckets(&tables, &status).expect("buckets");
    let counts: Vec<(&str, u64)> = buckets
        .iter()
        .map(|each| (each.value.as_str(), each.count))
        .collect();
    assert_eq!(counts, [("DRAFT", 5), ("VERIFIED", 4), ("DEPRECATED", 1)]);
    let verified = all(vec![
        tables,
        Condition::equals(field("Certificate"), "Verified"),
    ]);
    let found = library
        .search(&Search::first(verified, 10))
        .expect("a page");
    assert!(
        found
            .records
            .iter()
            .all(|record| record.certificate.updated_by.as_deref() == Some("rlopez"))
    );
    assert_eq!(library.len().expect("a count"), SAMPLE_ASSETS + 48);
}
