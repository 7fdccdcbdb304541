//! Writes and what they leave behind; searches by index and by scan that agree.

use serde_json::json;

use super::*;
use crate::catalogue::generate;
use crate::catalogue::query::{Bound, Condition, Operand, Search, Sort, Test};
use crate::catalogue::writes::{Author, Change, Face, Refused, ValueChange, Write};

fn library() -> Library {
    let library = Library::in_memory().expect("a library");
    generate::fill(&library, 400).expect("made up");
    library
}

fn author(face: Face, now: i64) -> Author {
    Author {
        face,
        who: "ada".to_owned(),
        now,
        request: format!("r{now}"),
        pretend: false,
    }
}

fn set(id: &str, field: &str, value: &str) -> Write {
    Write {
        asset: id.to_owned(),
        change: Change::Field(field.to_owned(), ValueChange::Set(vec![value.to_owned()])),
    }
}

fn record(library: &Library, id: &str) -> AssetRecord {
    library.by_id(id).expect("read").expect("there")
}

#[test]
fn writing_the_same_again_is_logged_once_and_stamped_as_each_face_does() {
    let library = library();
    let wish = [set("a|3", "Rights", "Museum")];
    library
        .apply_each(&wish, &author(Face::Soap, 9_000))
        .expect("written");
    let log = library.log_after(0).expect("log");
    assert_eq!(log.len(), 1);
    assert_eq!(
        (log[0].field.as_str(), log[0].after.as_str()),
        ("Rights", "[\"Museum\"]")
    );
    library
        .apply_each(&wish, &author(Face::Rest, 9_500))
        .expect("written");
    assert_eq!(record(&library, "a|3").modified, 9_000);
    library
        .apply_each(&wish, &author(Face::Soap, 9_900))
        .expect("written");
    assert_eq!(record(&library, "a|3").modified, 9_900);
    assert_eq!(library.log_after(0).expect("log").len(), 1);
}

#[test]
fn one_bad_wish_of_a_whole_takes_everything_back() {
    let library = library();
    let wishes = [
        set("a|1", "Rights", "Museum"),
        set("a|2", "Priority", "high"),
    ];
    let outcome = library
        .apply_all(&wishes, &author(Face::Rest, 1))
        .expect("tried");
    assert!(matches!(outcome, Err((1, Refused::BadValue { .. }))));
    assert_ne!(
        record(&library, "a|1").values.get("Rights"),
        Some(&vec!["Museum".to_owned()])
    );
    assert!(library.log_after(0).expect("log").is_empty());
    let each = library
        .apply_each(&wishes, &author(Face::Soap, 2))
        .expect("tried");
    assert!(each[0].is_ok() && each[1].is_err());
    assert_eq!(record(&library, "a|1").values["Rights"], ["Museum"]);
}

#[test]
fn a_certificate_is_stamped_when_given_and_not_when_cleared() {
    let library = library();
    let id = "a|5";
    let clear = |name: &str| Write {
        asset: id.to_owned(),
        change: Change::Attribute(name.to_owned(), json!(null)),
    };
    library
        .apply_each(&[clear("certificateStatus")], &author(Face::Rest, 1))
        .expect("cleared");
    library
        .apply_each(
            &[set(id, "Certificate", "Draft")],
            &author(Face::Soap, 5_000),
        )
        .expect("given");
    let given = record(&library, id).details.certificate;
    assert_eq!(
        (given.updated_by.as_deref(), given.updated_at),
        (Some("ada"), Some(5_000))
    );
    library
        .apply_each(&[clear("certificateStatus")], &author(Face::Rest, 6_000))
        .expect("cleared");
    let cleared = record(&library, id).details.certificate;
    assert_eq!((cleared.status, cleared.updated_at), (None, Some(5_000)));
    let refused = library
        .apply_each(
            &[set(id, "Certificate", "Fine")],
            &author(Face::Soap, 7_000),
        )
        .expect("tried");
    assert!(matches!(refused[0], Err(Refused::NotInDictionary { .. })));
}

#[test]
fn tags_are_added_and_taken_out_and_the_dictionary_grows() {
    let library = library();
    let wish = |add: &[&str], remove: &[&str]| Write {
        asset: "a|8".to_owned(),
        change: Change::Field(
            "Keywords".to_owned(),
            ValueChange::Tags {
                add: add.iter().map(|tag| (*tag).to_owned()).collect(),
                remove: remove.iter().map(|tag| (*tag).to_owned()).collect(),
            },
        ),
    };
    let before = record(&library, "a|8").values["Keywords"].clone();
    library
        .apply_each(
            &[wish(&["outerwear"], &[&before[0], "absent"])],
            &author(Face::Soap, 1),
        )
        .expect("written");
    assert_eq!(
        record(&library, "a|8").values["Keywords"],
        [before[1].clone(), "outerwear".to_owned()]
    );
    let known = |library: &Library| {
        library
            .schema()
            .field("Keywords")
            .expect("a field")
            .dictionary
            .clone()
    };
    assert!(known(&library).contains(&"outerwear".to_owned()));
    let pretend = Author {
        pretend: true,
        ..author(Face::Soap, 2)
    };
    let answer = library
        .apply_each(&[wish(&["never"], &[])], &pretend)
        .expect("pretended");
    assert!(answer[0].is_ok());
    assert!(!known(&library).contains(&"never".to_owned()));
    assert!(!record(&library, "a|8").values["Keywords"].contains(&"never".to_owned()));
}

#[test]
fn a_closed_folder_and_a_read_only_field_refuse() {
    let library = library();
    library.refuse_folder("AW26");
    let closed = Condition::InFolder {
        path: "ExampleCo/AW26/".into(),
        deep: true,
    };
    let found = library.search(&Search::first(closed, 1)).expect("a page");
    let wish = [set(&found.records[0].id, "Rights", "x")];
    let refused = library
        .apply_each(&wish, &author(Face::Soap, 1))
        .expect("tried");
    assert_eq!(refused[0], Err(Refused::NoWriteAccess("AW26".into())));
    let open = Condition::InFolder {
        path: "ExampleCo/SS26/".into(),
        deep: true,
    };
    let found = library.search(&Search::first(open, 1)).expect("a page");
    let wish = [set(&found.records[0].id, "SKU", "x")];
    let refused = library
        .apply_each(&wish, &author(Face::Soap, 1))
        .expect("tried");
    assert_eq!(refused[0], Err(Refused::ReadOnly("SKU".into())));
}

/// A test the columns cannot answer, and that holds for every asset.
fn blind() -> Condition {
    Condition::exists(Operand::FileName)
}

/// Conditions that columns can answer.
fn conditions(library: &Library) -> Vec<Condition> {
    let middle = record(library, "a|200");
    let bound = |value: i64| {
        Some(Bound {
            value: crate::catalogue::values::millis_as_number(value),
            inclusive: true,
        })
    };
    vec![
        Condition::Always,
        Condition::equals(Operand::Kind, "Image"),
        Condition::folded(
            Operand::TypeName,
            Test::Is(vec!["IMAGE".into(), "video".into()]),
        ),
        Condition::folded(Operand::Name, Test::StartsWith("jkt_".into())),
        Condition::exact(Operand::Name, Test::Contains("_BACK".into())).negated(),
        Condition::exact(
            Operand::Created,
            Test::Range {
                min: bound(middle.created),
                max: None,
            },
        ),
        Condition::exact(
            Operand::Modified,
            Test::Range {
                min: None,
                max: bound(middle.modified),
            },
        ),
        Condition::InFolder {
            path: "ExampleCo/AW26/".into(),
            deep: true,
        },
        Condition::equals(Operand::SuperTypes, "Asset"),
        Condition::equals(Operand::Status, "DELETED"),
        Condition::Or(vec![
            Condition::equals(Operand::Guid, &middle.guid),
            Condition::AtLeast(
                1,
                vec![Condition::equals(Operand::Id, "a|9"), Condition::Never],
            ),
        ]),
    ]
}

fn orders() -> [Vec<Sort>; 4] {
    [
        vec![],
        vec![
            Sort::ascending(Operand::Name),
            Sort::ascending(Operand::Guid),
        ],
        vec![Sort {
            by: Operand::Created,
            descending: true,
        }],
        vec![
            Sort::ascending(Operand::Modified),
            Sort {
                by: Operand::Guid,
                descending: true,
            },
        ],
    ]
}

#[test]
fn the_indexes_and_a_scan_find_the_same_in_the_same_order() {
    let library = library();
    for condition in &conditions(&library) {
        for sort in &orders() {
            let by_index = Search {
                sort: sort.clone(),
                offset: 3,
                ..Search::first(condition.clone(), 50)
            };
            let by_scan = Search {
                condition: Condition::And(vec![condition.clone(), blind()]),
                ..by_index.clone()
            };
            let (one, two) = (
                library.search(&by_index).expect("index"),
                library.search(&by_scan).expect("scan"),
            );
            assert_eq!(one, two, "{condition:?} by {sort:?}");
            if let (false, Some(last)) = (sort.is_empty(), one.sort_values.last()) {
                let on = |search: &Search| Search {
                    offset: 0,
                    after: Some(last.clone()),
                    ..search.clone()
                };
                let (one, two) = (
                    library.search(&on(&by_index)),
                    library.search(&on(&by_scan)),
                );
                assert_eq!(one.expect("index"), two.expect("scan"), "after {last:?}");
            }
        }
    }
}

#[test]
fn a_page_of_a_part_of_a_library_is_found_without_a_look_at_any_asset() {
    let library = library();
    let page = "SELECT row FROM assets
        WHERE ((trash = 0 AND (guid >= ?1 AND guid < ?2))
        AND (created >= ?3 AND ((created > ?4) OR (created = ?5 AND guid > ?6))))
        ORDER BY created, guid LIMIT 300 OFFSET 0";
    let plan: Vec<String> = library
        .reading(|connection| {
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {page}"))?;
            let asked = ("a", "b", 5, 5, 5, "a1");
            let steps = statement.query_map(asked, |step| step.get("detail"))?;
            Ok(steps.collect::<Result<_, _>>()?)
        })
        .expect("a plan");
    assert_eq!(
        plan,
        ["SEARCH assets USING COVERING INDEX assets_in_order (created>?)"]
    );
}

#[test]
fn a_write_is_seen_by_the_next_search() {
    let library = library();
    let museum = Condition::equals(Operand::Field("Rights".into()), "Museum");
    assert_eq!(library.count(&museum).expect("a count"), 0);
    library
        .apply_each(&[set("a|3", "Rights", "Museum")], &author(Face::Soap, 1))
        .expect("written");
    assert_eq!(library.count(&museum).expect("a count"), 1);
}

#[test]
fn a_file_of_something_else_is_not_touched() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("other.db");
    let other = Connection::open(&path).expect("a database");
    other
        .execute_batch("CREATE TABLE theirs (x)")
        .expect("a table");
    drop(other);
    assert!(matches!(
        Library::open(&path),
        Err(DatabaseError::Foreign(_))
    ));
}
