//! Tables as spreadsheets, scripts and other systems write them.

use super::*;

fn table(name: &str, bytes: &[u8]) -> Result<TableText, TableError> {
    TableText::of(name.as_ref(), bytes.to_vec(), &TableOptions::default())
}

fn sheet(bytes: &[u8]) -> Result<Sheet, TableError> {
    table("a.csv", bytes)?.sheet().unwrap()
}

/// The lines and cells of a table's rows.
fn rows(bytes: &[u8]) -> Vec<(u64, Vec<String>)> {
    let sheet = sheet(bytes).unwrap();
    let row = |row: &SheetRow| (row.line, row.cells.iter().map(str::to_owned).collect());
    sheet.rows.iter().map(row).collect()
}

fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
    (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
}

#[test]
fn a_quote_that_does_not_end_its_cell_is_told_with_the_line_it_opens_on() {
    for (text, line, words) in [
        ("id,note\n0012,\"open\n12,m\nA3,k\n", 2, "never closed"),
        ("id,note\r\n1,x\r\n2,\"open\r\n", 3, "never closed"),
        ("id,note\n12,\"12\" record\"\n", 2, "closes before the end"),
        ("id,note\n1,\"a\n2,\"b\"\n", 2, "closes on line 3"),
        ("id,\"note\n1,a\n", 1, "never closed"),
        ("id,note\r1,x\r2,\"open\r", 3, "never closed"),
    ] {
        let error = sheet(text.as_bytes()).unwrap_err();
        assert_eq!(error.line, Some(line), "{text:?}: {error}");
        assert!(error.message.contains(words), "{text:?}: {error}");
    }
    assert_eq!(
        rows(b"id,note\n1,\"a \"\"b\"\"\nc\"\n2,5\" x\n3,\"\"\n"),
        [
            row(2, &["1", "a \"b\"\nc"]),
            row(4, &["2", "5\" x"]),
            row(5, &["3", ""])
        ]
    );
}

#[test]
fn lines_are_counted_however_they_end() {
    for end in ["\n", "\r\n", "\r"] {
        let text = ["id,note", "1,x", "", "2,\"y", "z\"", "3,w", ""].join(end);
        let lines: Vec<u64> = rows(text.as_bytes()).iter().map(|row| row.0).collect();
        assert_eq!(lines, [2, 4, 6], "{end:?}");
    }
}

#[test]
fn the_encoding_and_the_separator_are_found_and_told() {
    let utf16 = |order: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
        let text = format!("{mark}id,note\r\n1,caf\u{e9}\r\n");
        text.encode_utf16().flat_map(order).collect()
    };
    let files: [(Vec<u8>, Option<&str>); 10] = [
        (b"id,note\n1,x\n".to_vec(), None),
        (b"\xef\xbb\xbfid,note\n1,x\n".to_vec(), None),
        (utf16(u16::to_le_bytes, "\u{feff}"), Some("read as UTF-16")),
        (utf16(u16::to_be_bytes, "\u{feff}"), Some("read as UTF-16")),
        (utf16(u16::to_le_bytes, ""), Some("read as UTF-16")),
        (
            b"id,note\n1,caf\xe9\n".to_vec(),
            Some("read as windows-1252"),
        ),
        (b"id;note\n1;a,b\n".to_vec(), Some("read as semicolons")),
        (b"note, long;id\na;1\n".to_vec(), Some("read as semicolons")),
        (
            b"sep=|\r\nid|note\r\n1|n\r\n".to_vec(),
            Some("read as pipes"),
        ),
        (b"sep=,\r\nid,note\r\n1,n\r\n".to_vec(), None),
    ];
    for (bytes, told) in files {
        let table = table("a.csv", &bytes).unwrap();
        assert_eq!(table.remark().as_deref(), told, "{bytes:?}");
        let sheet = table.sheet().unwrap().unwrap();
        assert_eq!((sheet.columns.len(), sheet.rows.len()), (2, 1), "{bytes:?}");
    }
}

#[test]
fn text_that_is_utf8_but_for_one_place_is_no_other_encoding() {
    let error = table("a.csv", b"id,note\n1,caf\xc3\xa9\n2,caf\xe9\n").unwrap_err();
    assert_eq!(error.line, Some(3));
    assert!(error.message.contains("--encoding"), "{error}");
    let options = TableOptions {
        encoding: Some("latin1".into()),
        ..TableOptions::default()
    };
    let bytes = b"id,note\n1,caf\xe9\n".to_vec();
    let table = TableText::of("a.csv".as_ref(), bytes, &options).unwrap();
    assert_eq!(table.remark().unwrap(), "read as windows-1252");
}

#[test]
fn what_is_no_table_is_told_by_what_it_is() {
    let error = table("a.xlsx", b"PK\x03\x04\x14 not really").unwrap_err();
    assert!(error.message.contains("save the sheet as CSV"), "{error}");
    assert!(table("a.csv", b"\xff\xfe\0\0i\0\0\0").is_err());
    assert_eq!(sheet(b"\n\n , \n").unwrap_err().line, Some(1));
}

#[test]
fn blank_rows_and_columns_say_nothing_and_stray_cells_do() {
    let sheet =
        sheet(b"id,note,,\r\n1,n,,\r\n,,,\r\n2\r\n3,n,x,\r\n4,n,,,,\r\n5,n,,,y\r\n").unwrap();
    let names: Vec<&str> = sheet.columns.iter().map(|one| one.1.as_str()).collect();
    assert_eq!(names, ["id", "note"]);
    let told: Vec<_> = sheet
        .rows
        .iter()
        .map(|row| (row.line, row.fits(&sheet).err().unwrap_or_default()))
        .collect();
    assert_eq!(
        told,
        [
            (2, String::new()),
            (4, "the line has 1 cell, the first line names 2".into()),
            (5, "column 3 has no name".into()),
            (6, String::new()),
            (7, "the line has 5 cells, the first line names 2".into()),
        ]
    );
}

#[test]
fn objects_come_one_a_line_or_in_an_array_and_know_their_line() {
    let told = |text: &str| -> Vec<(u64, Result<Vec<String>, String>)> {
        let table = table("a.json", text.as_bytes()).unwrap();
        let objects = table.objects().unwrap();
        let keys = |entries: Entries<'_>| -> Vec<String> {
            let pair = |(key, value): (String, &serde_json::value::RawValue)| {
                format!("{key}={}", value.get())
            };
            entries.0.into_iter().map(pair).collect()
        };
        let one = |object: Object<'_>| (object.line, object.entries.map(keys));
        objects.into_iter().map(one).collect()
    };
    let keys = |keys: &[&str]| Ok(keys.iter().map(|key| (*key).to_owned()).collect());
    assert_eq!(
        told("[\n  {\n \"id\": 1\n},\n  {\"id\": 1.50}\n]"),
        [(2, keys(&["id=1"])), (5, keys(&["id=1.50"]))]
    );
    assert_eq!(
        told("{\"id\":1}\r\n\r\n{\"id\":2}\n"),
        [(1, keys(&["id=1"])), (3, keys(&["id=2"]))]
    );
    assert_eq!(
        told("{\"schema\": 1,\n\"assets\": [\n{\"id\":1}]}"),
        [(3, keys(&["id=1"]))]
    );
    assert_eq!(
        told("{\"id\":1,\"id\":2}\n{\"id\":3}"),
        [
            (
                1,
                Err("this is no JSON object: the key `id` is there twice".into())
            ),
            (2, keys(&["id=3"])),
        ]
    );
    assert!(
        table("a.json", b"[{\"id\":1},\n{]")
            .unwrap()
            .objects()
            .is_err()
    );
}

#[test]
fn a_million_columns_cost_what_they_are() {
    let names: Vec<String> = (0..1_000_000).map(|number| format!("f{number}")).collect();
    let text = format!("id,{}\n1{}\n", names.join(","), ",".repeat(1_000_000));
    let sheet = sheet(text.as_bytes()).unwrap();
    assert_eq!(sheet.double(), None);
    assert_eq!(sheet.rows[0].fits(&sheet), Ok(()));
}
