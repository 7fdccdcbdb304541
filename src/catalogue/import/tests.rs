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
    let report = import_file(&library, &path).expect("imported");
    assert_eq!((report.imported, report.kept), (2, 0));
    let lines: Vec<u64> = report.bad.iter().map(|row| row.line).collect();
    assert_eq!(lines, [4, 5, 6, 7]);
    assert!(
        report.lines()[1].contains("works.jsonl.gz:4: not JSON"),
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
        ["13.0"]
    );
}

#[test]
fn importing_again_changes_nothing_and_says_how_many_were_there() {
    let library = library();
    let (_folder, path) = file("works.jsonl", WORKS);
    import_file(&library, &path).expect("imported");
    let before = library.by_id("cmoa:2").expect("read");
    let schema = library.schema();
    let report = import_file(&library, &path).expect("imported again");
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
    let report = import_file(&library, &path).expect("imported");
    assert_eq!(report.imported, 2);
    assert_eq!(report.bad.len(), 1);
    assert_eq!(report.bad[0].line, 4);
    let record = library.by_id("1").expect("read").expect("there");
    assert_eq!(record.values["note"], ["a \"b\"\nc"]);
    assert_eq!(record.values["tags"], ["x", "y"]);
    assert_eq!(kind(&library, "year"), Some(FieldType::Int));
    assert_eq!(record.name, "One");
}
