//! Real and broken files.

use std::io::Write;
use std::path::PathBuf;

use super::*;
use crate::catalogue::fields::base_schema;
use crate::catalogue::schema::FieldType;

fn library() -> Library {
    let library = Library::in_memory().expect("a library");
    library
        .change_schema(|schema| *schema = base_schema())
        .expect("a schema");
    library
}

fn file(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    let bytes = if Path::new(name).extension().is_some_and(|end| end == "gz") {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).expect("gzip");
        encoder.finish().expect("gzip")
    } else {
        text.as_bytes().to_vec()
    };
    std::fs::write(&path, bytes).expect("a file");
    (folder, path)
}

fn kind(library: &Library, name: &str) -> Option<FieldType> {
    library.schema().field(name).map(|field| field.kind)
}

const WORKS: &str = r#"{"id": "cmoa:1", "title": "Old Trees", "date_acquired": "1906-10-17", "creators": ["Gifford, Robert S.", "A, B"], "width_in": 19.25, "pages": 3, "accession_number": "06.16.2", "public": true}
{"id": "cmoa:2", "title": "Textile", "date_acquired": "1979-12-06", "creators": [], "width_in": 13, "pages": null, "accession_number": "79", "public": false}

this is not JSON
{"title": "nobody"}
{"id": "cmoa:1", "title": "twice"}
[1, 2]
"#;

#[test]
fn keys_become_fields_of_their_type_and_bad_rows_are_named_by_line() {
    let library = library();
    let (_folder, path) = file("works.jsonl.gz", WORKS);
    let report = import_file(&library, &path, &TableOptions::default()).expect("imported");
    assert_eq!((report.imported, report.kept), (2, 0));
    let lines: Vec<u64> = report.bad.iter().map(|row| row.line).collect();
    assert_eq!(lines, [4, 5, 6, 7]);
    assert!(
        report.lines()[1].contains("works.jsonl.gz:4: this is no JSON object"),
        "{:?}",
        report.lines()
    );
    assert_eq!(kind(&library, "date_acquired"), Some(FieldType::Date));
    assert_eq!(kind(&library, "creators"), Some(FieldType::MultiTag));
    assert_eq!(kind(&library, "width_in"), Some(FieldType::Float));
    assert_eq!(kind(&library, "pages"), Some(FieldType::Int));
    assert_eq!(kind(&library, "accession_number"), Some(FieldType::String));
    assert_eq!(kind(&library, "public"), Some(FieldType::Boolean));
    let record = library.by_id("cmoa:1").expect("read").expect("there");
    assert_eq!(
        (record.name.as_str(), record.qualified_name.as_str()),
        ("Old Trees", "cmoa:1")
    );
    assert_eq!(record.values["creators"], ["Gifford, Robert S.", "A, B"]);
    assert_eq!(record.values["title"], ["Old Trees"]);
    assert_eq!(
        library
            .by_id("cmoa:2")
            .expect("read")
            .expect("there")
            .values["width_in"],
        ["13"]
    );
}

#[test]
fn importing_again_changes_nothing_and_says_how_many_were_there() {
    let library = library();
    let (_folder, path) = file("works.jsonl", WORKS);
    import_file(&library, &path, &TableOptions::default()).expect("imported");
    let before = library.by_id("cmoa:2").expect("read");
    let schema = library.schema();
    let report = import_file(&library, &path, &TableOptions::default()).expect("imported again");
    assert_eq!((report.imported, report.kept), (0, 2));
    assert_eq!(library.by_id("cmoa:2").expect("read"), before);
    assert_eq!(*library.schema(), *schema);
    assert_eq!(library.len().expect("a count"), 2);
}

#[test]
fn a_csv_with_quotes_line_ends_and_a_short_row_is_read() {
    let library = library();
    let text = "id,name,note,year,tags\r\n1,One,\"a \"\"b\"\"\nc\",1999,\"[\"\"x\"\",\"\"y\"\"]\"\r\n2,Two\r\n3,Three,,2001,[]\r\n";
    let (_folder, path) = file("works.csv", text);
    let report = import_file(&library, &path, &TableOptions::default()).expect("imported");
    assert_eq!(report.imported, 2);
    assert_eq!(report.bad.len(), 1);
    assert_eq!(report.bad[0].line, 4);
    let record = library.by_id("1").expect("read").expect("there");
    assert_eq!(record.values["note"], ["a \"b\"\nc"]);
    assert_eq!(record.values["tags"], ["x", "y"]);
    assert_eq!(kind(&library, "year"), Some(FieldType::Int));
    assert_eq!(record.name, "One");
}

/// What a file is refused with.
fn refusal(name: &str, text: &str) -> String {
    let (_folder, path) = file(name, text);
    let error = import_file(&library(), &path, &TableOptions::default());
    error.expect_err(name).to_string()
}

#[test]
fn a_file_nothing_comes_of_is_one_sentence() {
    for (name, text, words) in [
        (
            "a.csv",
            "ObjectID,Title\n1,One\n",
            "line 1: there is no column `id`. The columns are `ObjectID`, `Title`; --id-column",
        ),
        (
            "a.csv",
            "id,note,note\n1,first,second\n",
            "line 1: two columns are called `note`",
        ),
        (
            "a.csv",
            "id,note\n1,\"open\n2,x\n",
            "line 2: the quote that opens here is never closed",
        ),
        (
            "a.xlsx",
            "PK\u{3}\u{4} not really",
            "save the sheet as CSV UTF-8",
        ),
        (
            "a.jsonl",
            "{\"ObjectID\":1}\n",
            "line 1: nothing in it could be imported: there is no `id`. It has `ObjectID`",
        ),
        (
            "a.csv",
            "id,note\n",
            "nothing in it could be imported: it has no rows",
        ),
        ("a.json", "[1, 2", "this is no JSON array"),
    ] {
        let told = refusal(name, text);
        assert!(told.contains(words), "{name}: {told}");
    }
}

#[test]
fn text_stays_as_the_file_has_it() {
    let library = library();
    let text = "id;title;year;when;big;id2\n1;One;1999;2026-11-02T00:00:00Z;12345678901234567890123;a\n\
                2;Two;2000.5;2026-11-02T00:00:00Z;1;b\n";
    let (_folder, path) = file("works.csv", text);
    let report = import_file(&library, &path, &TableOptions::default()).expect("imported");
    assert!(
        report.lines()[0].ends_with("works.csv: read as semicolons"),
        "{:?}",
        report.lines()
    );
    let record = library.by_id("1").expect("read").expect("there");
    assert_eq!(record.values["year"], ["1999"]);
    assert_eq!(record.values["when"], ["2026-11-02T00:00:00Z"]);
    assert_eq!(record.values["big"], ["12345678901234567890123"]);
    let text = "[\n  {\"id\": 1, \"year\": 1999, \"big\": 12345678901234567890123},\n  {\"id\": 2, \"year\": 2000.5}\n]";
    let library = self::library();
    let (_folder, path) = file("works.json", text);
    import_file(&library, &path, &TableOptions::default()).expect("imported");
    let record = library.by_id("1").expect("read").expect("there");
    assert_eq!(record.values["year"], ["1999"]);
    assert_eq!(record.values["big"], ["12345678901234567890123"]);
}

#[test]
fn another_column_can_hold_the_id() {
    let library = library();
    let options = TableOptions {
        id_column: Some("ObjectID".into()),
        ..TableOptions::default()
    };
    let (_folder, path) = file("works.csv", "ObjectID,id,title\n7,x,One\n");
    import_file(&library, &path, &options).expect("imported");
    assert_eq!(
        library.by_id("7").expect("read").expect("there").values["title"],
        ["One"]
    );
}
