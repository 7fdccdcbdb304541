//! What goes into files and comes back out of them.

use super::*;
use crate::domain::{
    Asset, Certificate, CertificateStatus, Command, Edit, Field, FieldKind, Schema, Stamp, Value,
    Workbench,
};
use crate::table::TableOptions;

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

fn parse(file: &str, text: &str) -> Result<ChangeFile, ExchangeError> {
    ChangeFile::parse(file, text.as_bytes().to_vec(), &TableOptions::default())
}

fn resolve(file: &str, text: &str) -> Result<Resolved, ExchangeError> {
    parse(file, text)?.resolve(&library())
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
            "0 Rights Absent",
            "1 Rights Text(\"12345678901234567890123\")",
            "0 Keywords List([\"a; b\", \"c\"])",
            "1 certificate Certificate(Certificate { status: Draft, message: \"\" })",
        ]
    );
}

/// What of a file can't be had, as `line field: reason` lines.
fn refused(file: &str, text: &str) -> Vec<String> {
    let resolved = resolve(file, text).unwrap();
    let told = |one: &RefusedCell| format!("{} {one}", one.line);
    resolved.refused.iter().map(told).collect()
}

#[test]
fn every_line_that_can_t_be_had_is_told_with_its_reason_and_the_others_are_staged() {
    let sheet = "id,name,Rights,certificate\n\
                 a,pier,x,\n\
                 nobody,,,verified\n\
                 b,pier,,verified\n\
                 ,gull,,verified\n\
                 c,,,verfied\n\
                 a,,,draft\n";
    assert_eq!(
        refused("edits.csv", sheet),
        [
            "3 there is no asset with the id `nobody`",
            "4 `b` is called `gull`, not `pier`; were the columns sorted apart?",
            "5 2 assets are called `gull`; say which by `id`",
            "6 certificate `verfied`: `verfied` is no certificate status; known are verified, draft, deprecated and none",
            "7 this asset is on line 2 already",
        ]
    );
    assert_eq!(asked("edits.csv", sheet), ["0 Rights Text(\"x\")"]);
    assert_eq!(
        problems("edits.csv", "id,Rihgts,New\na,,\nb,x,y\n"),
        [
            "edits.csv:3: there is no field `Rihgts`; did you mean `Rights`?",
            "edits.csv:3: there is no field `New`",
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
        problems("a.tsv", "Rights\tOther\nx\ty\tz\n"),
        [
            "a.tsv:1: there is no column `id` or `name`; one of them says which asset. The columns are \
             `Rights`, `Other`; --id-column says which of them holds the id"
        ]
    );
    assert_eq!(
        problems("a.csv", "id,Rights,Rights\na,x\n"),
        ["a.csv:1: there are two columns `Rights`"]
    );
    assert_eq!(
        problems("a.csv", "id,Rights\na,x,y\nb\n"),
        [
            "a.csv:2: the line has 3 cells, the first line names 2",
            "a.csv:3: the line has 1 cell, the first line names 2",
        ]
    );
    assert_eq!(
        problems("a.csv", "id,Rights\na,\"open\nb,x\n"),
        [
            "a.csv:2: the quote that opens here is never closed; a quote inside a cell is written twice, \
             in a cell between quotes"
        ]
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
    assert_eq!(
        problems(
            "a.jsonl",
            "{\"id\":\"a\",\"Rights\":\"x\",\"Rights\":\"y\"}"
        ),
        ["a.jsonl:1: this is no JSON object: the key `Rights` is there twice"]
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
    let file = parse("a.csv", "id,Rights\na,Studio\n").unwrap();
    let command = Command::Stage {
        label: "from a.csv".into(),
        asked: file.resolve(&workbench).unwrap().asked,
    };
    workbench.apply(&command, Stamp::default()).unwrap();
    assert_eq!(workbench.draft().changes(), 1);
    let again = file.resolve(&workbench).unwrap();
    assert_eq!((again.asked.len(), again.unchanged), (0, 1));
    let back = parse("a.csv", "id,Rights\na,Acme\n").unwrap();
    let back = back.resolve(&workbench).unwrap();
    assert_eq!(
        (back.assets, back.drafted),
        (0, 1),
        "a cell nobody touched takes nothing out of the draft"
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

/// Tables as people and spreadsheets leave them, over a library with a field of each kind.
mod kinds {
    use super::*;
    use crate::domain::{Capabilities, CertificateStatus as Status, Offer};

    fn capabilities() -> Capabilities {
        Capabilities {
            protocol: "test".into(),
            library: "Acme".into(),
            user: "akim".into(),
            role: String::new(),
            certificates: Offer::Yes,
            thumbnails: Offer::Yes,
            thumbnail_types: vec!["Image".into()],
            thumbnail_targets: Vec::new(),
            writing: Offer::Yes,
            batch_size: 2,
            max_batch: 100,
            concurrency: 1,
            requests_per_minute: None,
            address_fields: Vec::new(),
            all_or_nothing: false,
            lazy_thumbnails: false,
        }
    }

    fn library() -> Workbench {
        let mut workbench = Workbench::new();
        workbench.capabilities = Some(capabilities());
        workbench.schema.fields = vec![
            Field::plain("note", FieldKind::Text),
            Field::plain("width", FieldKind::Number),
            Field::plain("year", FieldKind::Integer),
            Field::plain("flag", FieldKind::Boolean),
            Field::plain("day", FieldKind::Date),
            Field::plain("tags", FieldKind::Tags),
            Field::locked("published", FieldKind::Boolean, "the server says so itself"),
        ];
        let text = Value::text;
        workbench.listing.take(&[
            asset(
                "0012",
                "Alpha",
                &[
                    ("note", text("one\r\ntwo")),
                    ("width", text("10.0")),
                    ("year", text("1999")),
                    ("flag", text("true")),
                    ("day", text("2026-11-02T00:00:00Z")),
                    ("tags", Value::list(["red", "oil; canvas"])),
                    ("published", text("true")),
                ],
            ),
            asset("12", "Beta", &[("note", text("second"))]),
        ]);
        workbench
    }

    fn resolved(text: &str) -> Resolved {
        parse("a.csv", text).unwrap().resolve(&library()).unwrap()
    }

    fn wanted(text: &str) -> Vec<String> {
        let resolved = resolved(text);
        assert_eq!(resolved.refused, [], "{text}");
        let mut told = Vec::new();
        for one in resolved.asked {
            if let Edit::Assign(values) = one.edit {
                told.extend(values.into_iter().map(|(_, value)| format!("{value:?}")));
            }
        }
        told
    }

    fn reasons(text: &str) -> Vec<String> {
        let told = resolved(text)
            .refused
            .into_iter()
            .map(|one| one.to_string());
        told.collect()
    }

    #[test]
    fn a_spelling_of_the_same_value_is_no_change() {
        let sheet = "id,width,year,flag,day,tags,published\n\
                     0012,10, 1999 ,TRUE,2026-11-02T01:00:00+01:00,oil; canvas; red,TRUE\n";
        assert!(wanted(sheet).is_empty());
        assert_eq!(resolved(sheet).unchanged, 6);
        let lines = resolved("id,note\n0012,\"one\ntwo\"\n");
        assert_eq!((lines.line_ends, lines.assets), (1, 0));
        assert_eq!(
            wanted("id,note\n0012,\"one\n\ntwo\"\n"),
            ["Text(\"one\\n\\ntwo\")"]
        );
        assert_eq!(wanted("id,flag\n12,FALSE\n"), ["Text(\"false\")"]);
    }

    #[test]
    fn a_refused_cell_stops_no_other() {
        let sheet = "id,year,day,flag,width,note\r\n\
                     0012,19th c.,10/05/2014,maybe,NaN,kept\r\n\
                     12,2001,2014-05-10,false,11,\u{1b}[2J\r\n";
        let resolved = resolved(sheet);
        let told: Vec<String> = resolved
            .refused
            .iter()
            .map(|one| format!("{} {one}", one.line))
            .collect();
        assert_eq!(
            told,
            [
                "2 year `19th c.`: `19th c.` is not a whole number, as year needs",
                "2 day `10/05/2014`: `10/05/2014` is not a date like 2026-11-22, as day needs",
                "2 flag `maybe`: `maybe` is not `true` or `false`, as flag needs",
                "2 width `NaN`: `NaN` is not a number, as width needs",
                "3 note `␛[2J`: note would hold the control character U+001B; take it out",
            ]
        );
        assert_eq!(
            resolved.asked.len(),
            5,
            "year, day, flag, width of one and note of the other"
        );
        let mut out = Vec::new();
        let file = parse("a.csv", sheet).unwrap();
        file.write_rejected(&resolved.refused[..4], &mut out)
            .unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "id,year,day,flag,width,note,rejected\n\
             0012,19th c.,10/05/2014,maybe,NaN,kept,\"year: `19th c.` is not a whole number, as year needs; \
             day: `10/05/2014` is not a date like 2026-11-22, as day needs; flag: `maybe` is not `true` or \
             `false`, as flag needs; width: `NaN` is not a number, as width needs\"\n"
        );
    }

    #[test]
    fn rejected_lines_go_in_again_once_they_are_corrected() {
        let file = parse("a.csv", "id;year;note\n12;soon;x\n").unwrap();
        let mut out = Vec::new();
        let refused = file.resolve(&library()).unwrap().refused;
        file.write_rejected(&refused, &mut out).unwrap();
        let corrected = String::from_utf8(out).unwrap().replacen("soon", "2001", 1);
        assert!(
            corrected.starts_with("id;year;note;rejected\n"),
            "{corrected}"
        );
        assert_eq!(wanted(&corrected), ["Text(\"2001\")", "Text(\"x\")"]);
        let lines = "{\"id\":\"12\",\"year\":\"soon\",\"note\":\"x\"}\n";
        let file = parse("a.jsonl", lines).unwrap();
        let refused = file.resolve(&library()).unwrap().refused;
        let mut out = Vec::new();
        file.write_rejected(&refused, &mut out).unwrap();
        let again = parse("a.jsonl", std::str::from_utf8(&out).unwrap()).unwrap();
        assert_eq!(again.resolve(&library()).unwrap().refused.len(), 1);
    }

    #[test]
    fn only_the_very_mark_clears() {
        assert_eq!(
            wanted("id,note,tags\n0012,[clear],[clear]\n"),
            ["Absent", "Absent"]
        );
        for near in [
            "[Clear]",
            "[clear] ",
            " [clear]",
            "[CLEAR]",
            "[clear",
            "(clear)",
            "[ clear ]",
        ] {
            let told = reasons(&format!("id,note\n0012,{near}\n"));
            assert!(told[0].contains("nearly [clear]"), "{near}: {told:?}");
        }
        for alone in [";", " ; ", ";;", "  "] {
            let told = reasons(&format!("id,tags\n0012,{alone}\n"));
            assert!(
                told[0].contains("there is no tag in this"),
                "{alone:?}: {told:?}"
            );
        }
        assert!(reasons("id,note\n0012,  \n")[0].contains("blanks alone"));
        assert_eq!(wanted("id,note\n0012,clear\n"), ["Text(\"clear\")"]);
        assert_eq!(wanted("id,note\n0012,\\[Clear]\n"), ["Text(\"[Clear]\")"]);
    }

    #[test]
    fn a_tag_with_a_separator_in_it_stays_one_tag_beside_a_new_one() {
        assert_eq!(
            wanted("id,tags\n0012,red; oil; canvas; new\n"),
            ["List([\"red\", \"oil; canvas\", \"new\"])"]
        );
    }

    #[test]
    fn a_column_that_can_t_be_edited_is_left_out_with_one_sentence() {
        let resolved = resolved("id,published,note\n0012,FALSE,edited\n12,maybe,\n");
        assert_eq!((resolved.assets, resolved.refused.len()), (1, 0));
        assert_eq!(
            resolved.sentences(),
            [
                "published can't be edited (the server says so itself): 2 cells of it differ from the \
              library and are left out"
            ]
        );
    }

    #[test]
    fn another_column_can_hold_the_id() {
        let options = TableOptions {
            id_column: Some("ObjectID".into()),
            ..TableOptions::default()
        };
        let parse = |text: &str| ChangeFile::parse("a.csv", text.into(), &options).unwrap();
        let file = parse("ObjectID;note\n12;n\n");
        assert_eq!(file.resolve(&library()).unwrap().assets, 1);
        let missing = parse("id;note\n12;n\n").resolve(&library()).unwrap_err();
        assert_eq!(
            missing.to_string(),
            "a.csv:1: there is no column `ObjectID`. The columns are `id`, `note`"
        );
    }

    mod untouched {
        use proptest::prelude::*;

        use super::*;

        fn text() -> impl Strategy<Value = String> {
            let odd = prop::sample::select(vec![
                "",
                " ",
                "[clear]",
                "[Clear]",
                "\\[clear]",
                "\\\\[clear]",
                "=1+1",
                "'=1",
                "''-x",
                "a; b",
                ";",
                " ; ",
                "\"q\"",
                "say \"x\", \"y\"",
                "one\r\ntwo",
                "\r",
                "\n\n",
                "\t",
                "\u{feff}",
                "\0",
                "\u{1b}[2J",
                "\u{202e}",
                "null",
                "true",
                "TRUE",
                "1.50",
                "007",
                "NaN",
                "2026-11-02",
                "verified",
                "none",
                "a,b",
                "a|b",
                "sep=;",
                "e\u{301}",
                "id",
                "rejected",
            ])
            .prop_map(str::to_owned);
            prop_oneof![3 => odd, 1 => ".{0,6}"]
        }

        fn name() -> impl Strategy<Value = String> {
            let odd = prop::sample::select(vec![
                "Name",
                "NAME",
                "ID",
                "Id",
                "Type",
                "certificate_message",
                "Certificate",
                "rejected",
                "fields",
                "not_read",
                "schema",
                "[clear]",
                "=x",
                "'=x",
                " id",
                "a;b",
                "a,b",
                "\"q\"",
                "two\nlines",
                "Credit line",
                "credit_line",
                "sep=;",
                "\t",
                "-",
                "(x)",
                "{y}",
                "é",
                "e\u{301}",
                "certificate",
            ])
            .prop_map(str::to_owned);
            prop_oneof![3 => odd, 1 => ".{1,6}"]
        }

        fn value() -> impl Strategy<Value = Value> {
            prop_oneof![
                1 => Just(Value::Absent),
                1 => Just(Value::Unknown),
                4 => text().prop_map(Value::text),
                2 => prop::collection::vec(text(), 0..4).prop_map(Value::list),
                1 => text().prop_map(|message| Value::Certificate(Certificate {
                    status: Status::Verified,
                    message,
                })),
                1 => text().prop_map(|name| Value::Asset { id: "x".into(), name }),
            ]
        }

        fn kind() -> impl Strategy<Value = FieldKind> {
            prop::sample::select(vec![
                FieldKind::Text,
                FieldKind::Integer,
                FieldKind::Number,
                FieldKind::Boolean,
                FieldKind::Date,
                FieldKind::Tag,
                FieldKind::Tags,
                FieldKind::Asset,
            ])
        }

        proptest! {
            #[test]
            fn a_listing_nobody_edited_asks_for_nothing_in_any_library(
                fields in prop::collection::vec((name(), kind(), any::<bool>()), 1..6),
                assets in prop::collection::vec((text(), text(), prop::collection::vec(value(), 6)), 1..4),
            ) {
                let mut workbench = Workbench::new();
                workbench.capabilities = Some(capabilities());
                for (name, kind, is_locked) in &fields {
                    let is_there = |one: &Field| one.key.as_str() == name;
                    if !workbench.schema.fields.iter().any(is_there) {
                        let kind = if name == "certificate" { FieldKind::Certificate } else { *kind };
                        let field = Field::plain(name, kind);
                        let locked = is_locked.then(|| "shown only".to_owned());
                        workbench.schema.fields.push(Field { locked, ..field });
                    }
                }
                let schema = workbench.schema.fields.clone();
                let fitting = |field: &Field, value: &Value| {
                    let is_certificate = matches!(value, Value::Certificate(_));
                    match field.kind {
                        FieldKind::Certificate => is_certificate || *value == Value::Absent,
                        FieldKind::Asset => !is_certificate,
                        FieldKind::Text
                        | FieldKind::Integer
                        | FieldKind::Number
                        | FieldKind::Boolean
                        | FieldKind::Date
                        | FieldKind::Tag
                        | FieldKind::Tags => {
                            !is_certificate && !matches!(value, Value::Asset { .. })
                        }
                    }
                };
                let assets: Vec<Asset> = assets
                    .into_iter()
                    .enumerate()
                    .map(|(place, (id, name, values))| Asset {
                        id: format!("{id}{place}").as_str().into(),
                        name,
                        kind: "Image".into(),
                        fields: schema
                            .iter()
                            .zip(values)
                            .filter(|(field, value)| fitting(field, value))
                            .map(|(field, value)| (field.key.clone(), value))
                            .collect(),
                        locked: None,
                    })
                    .collect();
                workbench.listing.take(&assets);
                let formats = [
                    ("a.csv", ListFormat::Csv, Guard::Exact),
                    ("a.csv", ListFormat::Csv, Guard::Formulas),
                    ("a.tsv", ListFormat::Tsv, Guard::Formulas),
                    ("a.jsonl", ListFormat::JsonLines, Guard::Exact),
                    ("a.json", ListFormat::Json, Guard::Exact),
                ];
                for (file, format, guard) in formats {
                    let mut out = Vec::new();
                    let all = workbench.listing.present().iter().map(|row| workbench.listing.asset(row));
                    let fields: Vec<&Field> = schema.iter().collect();
                    list(&mut out, format, &fields, all, guard).unwrap();
                    let text = String::from_utf8(out).unwrap();
                    let resolved = parse(file, &text).unwrap().resolve(&workbench);
                    let resolved = match resolved {
                        Ok(resolved) => resolved,
                        Err(error) => return Err(TestCaseError::fail(format!("{error}\n{text}"))),
                    };
                    prop_assert_eq!(&resolved.asked, &[], "{}", text);
                    prop_assert_eq!(&resolved.refused, &[], "{}", text);
                    prop_assert_eq!(&resolved.left_out, &[], "{}", text);
                    prop_assert_eq!(resolved.line_ends, 0, "{}", text);
                }
            }
        }
    }
}
