//! What goes into files and comes back out of them.

use super::*;
use crate::domain::{
    Asset, Certificate, CertificateStatus, Command, Edit, Field, FieldKind, Schema, Stamp, Value,
    Workbench,
};

fn asset(id: &str, name: &str, fields: &[(&str, Value)]) -> Asset {
    Asset {
        id: id.into(),
        name: name.into(),
        kind: "Image".into(),
        fields: fields
            .iter()
            .map(|(key, value)| ((*key).into(), value.clone()))
            .collect(),
        locked: None,
    }
}

fn verified(message: &str) -> Value {
    Value::Certificate(Certificate {
        status: CertificateStatus::Verified,
        message: message.into(),
    })
}

/// Three assets; two share a name.
fn library() -> Workbench {
    let mut workbench = Workbench::new();
    workbench.schema = Schema {
        fields: vec![
            Field::plain("Rights", FieldKind::Text),
            Field::plain("Keywords", FieldKind::Tags),
            Field::plain("certificate", FieldKind::Certificate),
            Field::plain("thumbnail", FieldKind::Asset),
        ],
    };
    let keywords = Value::list(["outer", "half; half"]);
    workbench.listing.take(&[
        asset(
            "a",
            "pier",
            &[
                ("Rights", Value::text("Acme")),
                ("Keywords", keywords),
                ("certificate", verified("ok")),
            ],
        ),
        asset("b", "gull", &[("Rights", Value::text("=1+1"))]),
        asset("c", "gull", &[]),
    ]);
    workbench
}

fn resolve(file: &str, text: &str) -> Result<Resolved, ExchangeError> {
    let format = ChangeFormat::of(file.as_ref()).unwrap();
    ChangeFile::parse(file, text.as_bytes(), format)?.resolve(&library())
}

/// What a file asks, as `row field value` lines.
fn asked(file: &str, text: &str) -> Vec<String> {
    let resolved = resolve(file, text).unwrap();
    let mut lines = Vec::new();
    for one in &resolved.asked {
        let Edit::Assign(values) = &one.edit else {
            panic!("only values")
        };
        for (row, value) in values {
            lines.push(format!("{row} {} {value:?}", one.field));
        }
    }
    lines
}

fn problems(file: &str, text: &str) -> Vec<String> {
    let error = resolve(file, text).unwrap_err();
    error.to_string().lines().map(str::to_owned).collect()
}

fn listed(format: ListFormat, guard: Guard) -> String {
    let workbench = library();
    let names = ["Rights", "Keywords", "certificate"];
    let fields = names.map(|name| workbench.schema.field(name).unwrap());
    let assets = workbench
        .listing
        .present()
        .iter()
        .map(|row| workbench.listing.asset(row));
    let mut out = Vec::new();
    list(&mut out, format, &fields, assets, guard).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_sheet_changes_what_it_says_and_leaves_alone_what_is_empty() {
    let sheet = "\u{feff}id,Rights,Keywords,certificate,certificate_message,thumbnail\r\n\
                 b,Acme Retail,coat; wool,draft,\"in work, \"\"soon\"\"\",pier\r\n\
                 c,,,,,\r\n\
                 a,[clear],,,still ok,c\r\n";
    assert_eq!(
        asked("edits.csv", sheet),
        [
            "0 Rights Absent",
            "1 Rights Text(\"Acme Retail\")",
            "1 Keywords List([\"coat\", \"wool\"])",
            "0 thumbnail Asset { id: AssetId(\"c\"), name: \"gull\" }",
            "1 thumbnail Asset { id: AssetId(\"a\"), name: \"pier\" }",
            "0 certificate Certificate(Certificate { status: Verified, message: \"still ok\" })",
            "1 certificate Certificate(Certificate { status: Draft, message: \"in work, \\\"soon\\\"\" })",
        ]
    );
}

#[test]
fn json_lines_say_lists_as_lists_and_null_to_clear() {
    let text = "{\"name\":\"pier\",\"Rights\":null,\"Keywords\":[\"a; b\",\"c\"]}\n\n\
                {\"id\":\"b\",\"fields\":{\"Rights\":12345678901234567890123},\"certificate\":{\"status\":\"draft\"}}\n";
    assert_eq!(
        asked("edits.jsonl", text),
        [
            "0 Keywords List([\"a; b\", \"c\"])",
            "0 Rights Absent",
            "1 Rights Text(\"12345678901234567890123\")",
            "1 certificate Certificate(Certificate { status: Draft, message: \"\" })",
        ]
    );
}

#[test]
fn everything_wrong_with_a_sheet_is_told_with_its_line_and_nothing_is_staged() {
    let sheet = "id,name,Rihgts,certificate\n\
                 a,pier,x,\n\
                 nobody,,,verified\n\
                 b,pier,,verified\n\
                 ,gull,,verified\n\
                 c,,,verfied\n\
                 a,,,draft\n";
    assert_eq!(
        problems("edits.csv", sheet),
        [
            "edits.csv:2: there is no field `Rihgts`; did you mean `Rights`?",
            "edits.csv:3: there is no asset with the id `nobody`",
            "edits.csv:4: `b` is called `gull`, not `pier`; were the columns sorted apart?",
            "edits.csv:5: 2 assets are called `gull`; say which by `id`",
            "edits.csv:6: `verfied` is no certificate status; known are verified, draft, deprecated and none",
            "edits.csv:7: this asset is on line 2 already",
        ]
    );
}

#[test]
fn a_sheet_that_is_no_sheet_is_told_where() {
    assert_eq!(
        problems("a.csv", ""),
        ["a.csv:1: the file is empty; its first line names the columns"]
    );
    assert_eq!(
        problems("a.tsv", "Rights\tRights\nx\ty\tz\n"),
        [
            "a.tsv:1: there is no column `id` or `name`; one of them says which asset",
            "a.tsv:1: there are two columns `Rights`",
            "a.tsv:2: the line has 3 cells, the first line names 2",
        ]
    );
    let latin = ChangeFile::parse("a.csv", b"id,Rights\na,M\xfcller\n", ChangeFormat::Csv);
    assert_eq!(
        latin.unwrap_err().to_string(),
        "a.csv:2: `Rights` is not UTF-8 text"
    );
    let broken = problems("a.jsonl", "{\"id\":\"a\"}\n{\"id\":\n{\"Rights\":\"x\"}\n");
    assert!(
        broken[0].starts_with("a.jsonl:2: this is no JSON object: "),
        "{broken:?}"
    );
    assert_eq!(
        broken[1],
        "a.jsonl:3: there is no `id` or `name`; one of them says which asset"
    );
    let error = ChangeFile::read("edits.xlsx".as_ref()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "edits.xlsx: a change file ends in .csv, .tsv or .jsonl"
    );
}

#[test]
fn a_listing_that_comes_back_untouched_changes_nothing_in_any_format() {
    let data = [
        ("list.csv", ListFormat::Csv, Guard::Exact),
        ("list.csv", ListFormat::Csv, Guard::Formulas),
        ("list.tsv", ListFormat::Tsv, Guard::Formulas),
        ("list.jsonl", ListFormat::JsonLines, Guard::Exact),
    ];
    for (file, format, guard) in data {
        // An absent certificate is null in JSON lines, which asks for what is there already.
        let resolved = resolve(file, &listed(format, guard)).unwrap();
        assert_eq!(resolved.asked, [], "{file} {guard:?}");
        assert!(resolved.unchanged >= 4, "{file}");
    }
}

#[test]
fn what_the_draft_gives_already_is_not_asked_again() {
    let mut workbench = library();
    let file = ChangeFile::parse("a.csv", b"id,Rights\na,Studio\n", ChangeFormat::Csv).unwrap();
    let command = Command::Stage {
        label: "from a.csv".into(),
        asked: file.resolve(&workbench).unwrap().asked,
    };
    workbench.apply(&command, Stamp::default()).unwrap();
    assert_eq!(workbench.draft().changes(), 1);
    let again = file.resolve(&workbench).unwrap();
    assert_eq!((again.asked.len(), again.unchanged), (0, 1));
    let back = ChangeFile::parse("a.csv", b"id,Rights\na,Acme\n", ChangeFormat::Csv).unwrap();
    assert_eq!(
        back.resolve(&workbench).unwrap().assets,
        1,
        "the old value is a wish now"
    );
}

#[test]
fn a_value_that_reads_like_the_mark_for_clearing_survives() {
    let sheet = "id,Rights\na,\\[clear]\n";
    assert_eq!(asked("a.csv", sheet), ["0 Rights Text(\"[clear]\")"]);
    assert_eq!(cell::text(&Value::text("[clear]")), "\\[clear]");
}

#[test]
fn a_listing_in_csv_has_its_certificate_in_two_columns_and_guards_formulas_on_request() {
    assert_eq!(
        listed(ListFormat::Csv, Guard::Exact),
        "id,name,type,Rights,Keywords,certificate,certificate_message\n\
         a,pier,Image,Acme,outer; half; half,verified,ok\n\
         b,gull,Image,=1+1,,,\n\
         c,gull,Image,,,,\n"
    );
    assert!(listed(ListFormat::Tsv, Guard::Formulas).contains("gull\tImage\t'=1+1\t"));
}

#[test]
fn json_lines_have_one_object_an_asset_with_lists_as_lists() {
    let lines = listed(ListFormat::JsonLines, Guard::Exact);
    let mut lines = lines.lines();
    assert_eq!(
        lines.next().unwrap(),
        "{\"id\":\"a\",\"name\":\"pier\",\"type\":\"Image\",\
         \"certificate\":{\"status\":\"verified\",\"message\":\"ok\"},\
         \"fields\":{\"Rights\":\"Acme\",\"Keywords\":[\"outer\",\"half; half\"]}}"
    );
    assert!(
        lines
            .next()
            .unwrap()
            .contains("\"certificate\":null,\"fields\":{\"Rights\":\"=1+1\"}")
    );
}

#[test]
fn a_table_is_aligned_and_nothing_in_it_acts_on_the_terminal_while_data_stays_exact() {
    let hostile = "\u{1b}]0;x\u{7}東京\t\u{202e}";
    let long = "x".repeat(10_000);
    let assets = || {
        [
            asset("a", hostile, &[("Rights", Value::text(long.as_str()))]),
            asset("b", "pier", &[]),
        ]
    };
    let fields = [
        &Field::plain("name", FieldKind::Text),
        &Field::plain("Rights", FieldKind::Text),
    ];
    let written = |format| {
        let mut out = Vec::new();
        list(
            &mut out,
            format,
            &fields,
            assets().into_iter(),
            Guard::Exact,
        )
        .unwrap();
        String::from_utf8(out).unwrap()
    };
    let table = written(ListFormat::Table);
    assert!(
        !table.chars().any(|one| one != '\n' && one.is_control()),
        "{table:?}"
    );
    let lines: Vec<_> = table.lines().collect();
    assert_eq!(lines[0], "name                 type   Rights");
    assert_eq!(
        lines[1],
        format!("␛]0;x␇東京␉<U+202E>  Image  {}…", "x".repeat(47))
    );
    assert_eq!(lines[2], "pier                 Image");
    assert!(written(ListFormat::Csv).contains(hostile) && written(ListFormat::Csv).contains(&long));
}
