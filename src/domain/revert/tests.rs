//! Stories of taking a run back: every kind of value, and everything that can have happened since.

use super::*;
use crate::domain::{
    Capabilities, Certificate, CertificateStatus, Command, Edit, Field, FieldKind, Offer, Run,
    RunId, Schema, Stamp, Workbench,
    plan::Plan,
    run::{RunState, ServerCounts},
    workbench::Asked,
};

fn capabilities() -> Capabilities {
    Capabilities {
        protocol: "test".into(),
        library: "Acme".into(),
        user: String::new(),
        role: String::new(),
        certificates: Offer::Yes,
        thumbnails: Offer::Yes,
        thumbnail_types: Vec::new(),
        thumbnail_targets: Vec::new(),
        writing: Offer::Yes,
        batch_size: 10,
        max_batch: 10,
        concurrency: 1,
        requests_per_minute: None,
        address_fields: Vec::new(),
        all_or_nothing: false,
        lazy_thumbnails: true,
    }
}

fn fields() -> Vec<Field> {
    let mut season = Field::plain("Season", FieldKind::Tag);
    season.allowed = vec!["AW26".into(), "SS26".into()];
    season.closed = true;
    vec![
        Field::plain("Rights", FieldKind::Text),
        Field::plain("Keywords", FieldKind::Tags),
        Field::plain("Width", FieldKind::Integer),
        Field::plain("Expires", FieldKind::Date),
        Field::plain("Approved", FieldKind::Boolean),
        season,
        Field::locked("modified by", FieldKind::Text, "the server writes it"),
        Field::plain("certificate", FieldKind::Certificate),
        Field::plain("thumbnail", FieldKind::Asset),
    ]
}

fn certificate(message: &str) -> Value {
    Value::Certificate(Certificate {
        status: CertificateStatus::Verified,
        message: message.into(),
    })
}

fn picture(id: &str) -> Value {
    Value::Asset {
        id: id.into(),
        name: String::new(),
    }
}

/// An asset of every kind of value.
fn asset(number: usize) -> Asset {
    let fields: Vec<(&str, Value)> = vec![
        ("Rights", Value::text("Acme")),
        ("Keywords", Value::list(["blue", "outer"])),
        ("Width", Value::text("900")),
        ("Approved", Value::text("true")),
        ("Season", Value::text("AW26")),
        ("modified by", Value::text("akim")),
        ("certificate", certificate("Q2")),
        ("thumbnail", picture("t1")),
    ];
    Asset {
        id: format!("a{number}").as_str().into(),
        name: format!("pier {number}"),
        kind: "Image".into(),
        fields: fields
            .into_iter()
            .map(|(key, value)| (key.into(), value))
            .collect(),
        locked: None,
    }
}

fn bench(assets: &[Asset]) -> Workbench {
    let mut bench = Workbench::new();
    bench.absorb_connection(capabilities(), Schema { fields: fields() });
    bench.absorb_page(0, assets, assets.len() as u64);
    bench.absorb_end(0);
    bench
}

fn stage(bench: &mut Workbench, edits: &[(&str, Edit)], rows: std::ops::Range<u32>) {
    let asked = edits.iter().map(|(field, edit)| Asked {
        field: (*field).into(),
        edit: edit.clone(),
        rows: rows.clone().collect(),
    });
    let (label, asked) = (String::new(), asked.collect());
    bench
        .apply(&Command::Stage { label, asked }, Stamp::default())
        .unwrap();
}

/// Sends the draft: everything is written as asked.
fn sent(bench: &mut Workbench, number: u32, server: &mut [Asset]) -> Run {
    let plan = Plan::of(
        bench.draft(),
        &bench.listing,
        &bench.schema,
        &capabilities(),
        10,
    );
    assert_eq!(plan.errors(), 0, "{:?}", plan.left_out);
    let settled = (0..).zip(&plan.items).map(|(place, item)| {
        Some(Settlement {
            item: place,
            outcome: Outcome::Applied,
            code: String::new(),
            reason: String::new(),
            meaning: String::new(),
            server: Some(item.wanted.clone()),
            call: 1,
        })
    });
    let run = Run {
        id: RunId::numbered(number),
        label: "spring cleaning".into(),
        author: "akim".into(),
        profile: "test".into(),
        started_ms: i64::from(number),
        finished_ms: Some(i64::from(number)),
        digest: plan.digest.clone(),
        state: RunState::Finished,
        settled: settled.collect(),
        reverts: bench.reverts_of(&plan.items),
        items: plan.items,
        calls: Vec::new(),
        counts: ServerCounts::default(),
        counted: false,
        rules: crate::domain::run::RunRules::default(),
    };
    for item in &run.items {
        write(&mut server[item.row as usize], &item.field, &item.wanted);
        bench.listing.set(item.row, &item.field, &item.wanted);
    }
    bench.absorb_run(run.clone());
    bench.settle_draft(&run.id, Stamp::default());
    run
}

fn write(asset: &mut Asset, field: &FieldKey, value: &Value) {
    asset.fields.retain(|(key, _)| key != field);
    asset.fields.push((field.clone(), value.clone()));
}

fn read(server: &[Asset]) -> Reread {
    let key = FieldKey::thumbnail();
    let mut assets = server.to_vec();
    let thumbnails = assets.iter_mut().map(|asset| {
        let value = asset.value(&key).clone();
        write(asset, &key, &Value::Unknown);
        (asset.id.clone(), value)
    });
    let thumbnails = thumbnails.collect();
    Reread { assets, thumbnails }
}

fn reversal(bench: &mut Workbench, run: &Run, server: &[Asset]) -> Reversal {
    let read = read(server);
    bench.absorb_reread(&read);
    bench.reversal(run, &read)
}

fn revert(bench: &mut Workbench, reversal: &Reversal) {
    let (run, asked) = (reversal.run.clone(), reversal.asked.clone());
    bench
        .apply(&Command::Revert { run, asked }, Stamp::default())
        .unwrap();
}

fn every_kind() -> Vec<(&'static str, Edit)> {
    vec![
        ("Rights", Edit::Append(" Retail".into())),
        ("Keywords", Edit::AddTags(vec!["blue".into(), "new".into()])),
        ("Keywords", Edit::RemoveTags(vec!["outer".into()])),
        ("Width", Edit::Set(Value::text("1200"))),
        ("Expires", Edit::Set(Value::text("2027-01-31"))),
        ("Approved", Edit::Clear),
        ("Season", Edit::Set(Value::text("SS26"))),
        ("certificate", Edit::Set(certificate("Q3"))),
        ("thumbnail", Edit::Set(picture("t2"))),
    ]
}

/// Assets by field, tags in any order.
fn plain(server: &[Asset]) -> Vec<Vec<(String, Vec<String>)>> {
    let plain = |asset: &Asset| {
        let present = asset.fields.iter().filter(|(_, value)| value.is_present());
        let mut fields: Vec<(String, Vec<String>)> = present
            .map(|(key, value)| {
                let mut entries = value.entries().to_vec();
                entries.sort_unstable();
                (format!("{key}{}", value.display().len()), entries)
            })
            .collect();
        fields.sort_unstable();
        fields
    };
    server.iter().map(plain).collect()
}

#[test]
fn every_kind_of_value_comes_back_and_a_revert_of_the_revert_brings_it_forth_again() {
    let mut server: Vec<Asset> = (0..3).map(asset).collect();
    let old = plain(&server);
    let mut bench = bench(&server);
    stage(&mut bench, &every_kind(), 0..3);
    let first = sent(&mut bench, 1, &mut server);
    let new = plain(&server);
    assert_ne!(new, old);
    assert!(bench.draft().is_empty());
    let back = reversal(&mut bench, &first, &server);
    assert_eq!(
        (back.changes, back.stays.as_slice()),
        (8 * 3, &[] as &[Stay])
    );
    revert(&mut bench, &back);
    let label = &bench.log().last().unwrap().label;
    assert_eq!(label, "revert of R-0001");
    let second = sent(&mut bench, 2, &mut server);
    assert_eq!(plain(&server), old);
    assert_eq!(second.reverts, [RunId::numbered(1)]);
    let forth = reversal(&mut bench, &second, &server);
    revert(&mut bench, &forth);
    sent(&mut bench, 3, &mut server);
    assert_eq!(plain(&server), new);
    let all = bench.summaries();
    let by = |number| crate::domain::run::reverted_by(&all, &RunId::numbered(number)).cloned();
    assert_eq!(
        (by(1), by(2)),
        (None, Some(RunId::numbered(3))),
        "R-0001 stands again"
    );
}

#[test]
fn a_revert_is_one_step_and_one_undo_takes_it_back() {
    let mut server: Vec<Asset> = (0..3).map(asset).collect();
    let mut bench = bench(&server);
    stage(&mut bench, &every_kind(), 0..3);
    let run = sent(&mut bench, 1, &mut server);
    let back = reversal(&mut bench, &run, &server);
    revert(&mut bench, &back);
    assert_eq!(bench.draft().changes(), 24);
    bench.apply(&Command::Undo, Stamp::default()).unwrap();
    assert!(bench.draft().is_empty());
}

#[test]
fn what_somebody_changed_since_stays_and_is_named_with_both_values_and_who() {
    let mut server: Vec<Asset> = (0..3).map(asset).collect();
    let mut bench = bench(&server);
    stage(&mut bench, &every_kind(), 0..3);
    let run = sent(&mut bench, 1, &mut server);
    write(&mut server[1], &"Rights".into(), &Value::text("Theirs"));
    write(&mut server[1], &"modified by".into(), &Value::text("mlee"));
    server.remove(2);
    let back = reversal(&mut bench, &run, &server);
    assert_eq!(back.changes, 8 + 7);
    assert_eq!((back.stays.len(), back.conflicts()), (1 + 8, 9));
    let changed: Vec<&Stay> = back
        .stays
        .iter()
        .filter(|one| one.why == Why::Changed)
        .collect();
    let [one] = changed.as_slice() else {
        panic!("{changed:?}")
    };
    assert_eq!(
        (one.name.as_str(), one.field.as_str()),
        ("pier 1", "Rights")
    );
    assert_eq!(one.wrote, Value::text("Acme Retail"));
    assert_eq!(one.now, Some(Value::text("Theirs")));
    assert_eq!(one.touch.by, "mlee");
    let gone = back.stays.iter().filter(|one| one.why == Why::Gone);
    assert!(gone.clone().all(|one| one.name == "pier 2") && gone.count() == 8);
    let taken_back = back.asked.iter().filter(|one| one.field == "Rights".into());
    assert!(taken_back.clone().all(|one| !one.rows.contains(1)) && taken_back.count() == 1);
}

#[test]
fn only_the_tags_we_added_go_and_only_those_we_removed_come_back() {
    let mut server = vec![asset(0)];
    let mut bench = bench(&server);
    let tags = &every_kind()[1..3];
    stage(&mut bench, tags, 0..1);
    let run = sent(&mut bench, 1, &mut server);
    let theirs = Value::list(["blue", "new", "theirs"]);
    write(&mut server[0], &"Keywords".into(), &theirs);
    let back = reversal(&mut bench, &run, &server);
    revert(&mut bench, &back);
    let group = bench.draft().of(0, &"Keywords".into()).unwrap();
    // `blue` was there before the run added it, so it stays; so does somebody else's tag.
    assert!(
        same(&group.after, &Value::list(["blue", "theirs", "outer"])),
        "{:?}",
        group.after
    );
    let delta = group.delta.clone().unwrap();
    assert_eq!(
        (delta.add, delta.remove),
        (vec!["outer".to_owned()], vec!["new".to_owned()])
    );
}

#[test]
fn what_has_its_earlier_value_already_is_counted_and_not_staged() {
    let mut server = vec![asset(0)];
    let mut bench = bench(&server);
    stage(&mut bench, &every_kind(), 0..1);
    let run = sent(&mut bench, 1, &mut server);
    let back = reversal(&mut bench, &run, &[asset(0)]);
    assert_eq!((back.changes, back.already, back.stays.len()), (0, 8, 0));
}

#[test]
fn a_thumbnail_nobody_had_read_before_cannot_come_back_and_says_so() {
    let mut server = vec![asset(0)];
    write(&mut server[0], &FieldKey::thumbnail(), &Value::Unknown);
    let mut bench = bench(&server);
    stage(&mut bench, &[("thumbnail", Edit::Set(picture("t2")))], 0..1);
    let run = sent(&mut bench, 1, &mut server);
    let back = reversal(&mut bench, &run, &server);
    assert_eq!(back.stays[0].why, Why::NeverRead);
    // Where the run itself read it just before sending, it does come back.
    let mut checked = run.clone();
    checked.calls = vec![crate::domain::run::CallNote {
        number: 1,
        operation: String::new(),
        items: vec![0],
        noted_ms: 1,
        took_ms: Some(1),
        counts: None,
        trace: String::new(),
        found: vec![(0, picture("t1"))],
    }];
    let back = reversal(&mut bench, &checked, &server);
    assert_eq!(back.asked[0].edit, Edit::Set(picture("t1")));
    let mut unread = read(&server);
    unread.thumbnails.clear();
    assert_eq!(bench.reversal(&run, &unread).stays[0].why, Why::Unread);
}

#[test]
fn a_change_the_draft_holds_already_is_never_overwritten() {
    let mut server: Vec<Asset> = (0..2).map(asset).collect();
    let mut bench = bench(&server);
    stage(
        &mut bench,
        &[("Rights", Edit::Set(Value::text("Ours")))],
        0..2,
    );
    let run = sent(&mut bench, 1, &mut server);
    stage(
        &mut bench,
        &[("Rights", Edit::Set(Value::text("Later")))],
        0..1,
    );
    let back = reversal(&mut bench, &run, &server);
    assert_eq!((back.changes, back.stays.len()), (1, 1));
    assert_eq!(back.stays[0].why, Why::Staged(Value::text("Later")));
    revert(&mut bench, &back);
    let after = |row| {
        bench
            .draft()
            .of(row, &"Rights".into())
            .unwrap()
            .after
            .clone()
    };
    assert_eq!(
        (after(0), after(1)),
        (Value::text("Later"), Value::text("Acme"))
    );
    let again = reversal(&mut bench, &run, &server);
    assert_eq!((again.changes, again.staged, again.stays.len()), (0, 1, 1));
}

#[test]
fn a_value_the_field_no_longer_takes_is_left_out_with_the_rule() {
    let mut server = vec![asset(0)];
    let mut bench = bench(&server);
    stage(
        &mut bench,
        &[("Season", Edit::Set(Value::text("SS26")))],
        0..1,
    );
    let run = sent(&mut bench, 1, &mut server);
    let mut fields = fields();
    fields[5].allowed = vec!["SS26".into()];
    bench.absorb_connection(capabilities(), Schema { fields });
    let back = reversal(&mut bench, &run, &server);
    assert!(back.asked.is_empty());
    let Why::Refused(why) = &back.stays[0].why else {
        panic!("{:?}", back.stays)
    };
    assert!(why.contains("AW26"), "{why}");
    let locked = Schema {
        fields: vec![Field::locked("Season", FieldKind::Tag, "frozen")],
    };
    bench.absorb_connection(capabilities(), locked);
    let back = reversal(&mut bench, &run, &server);
    assert!(matches!(&back.stays[0].why, Why::Refused(why) if why.contains("frozen")));
}

#[test]
fn a_field_with_many_different_values_comes_back_row_by_row() {
    let mut server: Vec<Asset> = (0..200).map(asset).collect();
    for (number, asset) in server.iter_mut().enumerate() {
        write(
            asset,
            &"Rights".into(),
            &Value::text(format!("Owner {number}")),
        );
    }
    server[7].fields.retain(|(key, _)| *key != "Rights".into());
    let old = plain(&server);
    let mut bench = bench(&server);
    stage(
        &mut bench,
        &[("Rights", Edit::Set(Value::text("Ours")))],
        0..200,
    );
    let run = sent(&mut bench, 1, &mut server);
    let back = reversal(&mut bench, &run, &server);
    assert_eq!((back.changes, back.asked.len()), (200, 1));
    revert(&mut bench, &back);
    sent(&mut bench, 2, &mut server);
    assert_eq!(plain(&server), old, "the one that was empty is empty again");
}

fn item(before: &str, wanted: &str) -> Item {
    Item {
        row: 0,
        asset: "a".into(),
        name: "pier".into(),
        kind: "Image".into(),
        field: "Rights".into(),
        before: Value::text(before),
        wanted: Value::text(wanted),
        delta: None,
        facts: Vec::new(),
    }
}

fn settled(outcome: Outcome, code: &str, server: Option<&str>) -> Settlement {
    Settlement {
        item: 0,
        outcome,
        code: code.into(),
        reason: String::new(),
        meaning: String::new(),
        server: server.map(Value::text),
        call: 1,
    }
}

/// How a change ended, what was read back then, what the server has now, and what becomes of it.
type Case = (
    Outcome,
    &'static str,
    Option<&'static str>,
    &'static str,
    Fate,
);

fn cases() -> Vec<Case> {
    use Outcome::{Applied, Conflict, Refused, Skipped, Unknown, Warned};
    let back = || Fate::Inverse(Inverse::Value(Value::text("Acme")));
    let (not, changed) = (Fate::NotWritten, Fate::Stays(Why::Changed));
    vec![
        (Applied, "", Some("Ours"), "Ours", back()),
        (Applied, "", None, "Ours", back()),
        (Applied, ALREADY, Some("Ours"), "Ours", not.clone()),
        (Warned, "read-back", Some("OURS"), "OURS", back()),
        (Warned, "read-back", Some("OURS"), "Other", changed),
        (Refused, "20003", Some("Acme"), "Ours", not.clone()),
        (Conflict, "changed", Some("Ours"), "Ours", not.clone()),
        (Skipped, "not-sent", None, "Ours", not.clone()),
        // What was never answered is judged by what the server has now.
        (Unknown, "read-back", None, "Ours", back()),
        (Unknown, "read-back", None, "Acme", not),
        (
            Unknown,
            "read-back",
            None,
            "Other",
            Fate::Stays(Why::Unsure),
        ),
    ]
}

#[test]
fn only_what_the_run_wrote_is_taken_back() {
    for (outcome, code, server, now, expected) in cases() {
        let settled = settled(outcome, code, server);
        let now = Value::text(now);
        let told = fate(&item("Acme", "Ours"), Some(&settled), Now::Is(&now), false);
        assert_eq!(told, expected, "{outcome} {code} {now:?}");
    }
    let open = fate(&item("Acme", "Ours"), None, Now::Gone, false);
    assert_eq!(
        open,
        Fate::NotWritten,
        "a change without an outcome was not written"
    );
}

#[test]
fn a_tag_field_of_one_value_comes_back_whole() {
    let change = Item {
        before: Value::text("AW26"),
        wanted: Value::text("SS26"),
        delta: Some(TagDelta {
            add: vec!["SS26".into()],
            remove: Vec::new(),
        }),
        ..item("", "")
    };
    let written = settled(Outcome::Applied, "", Some("SS26"));
    let told = fate(
        &change,
        Some(&written),
        Now::Is(&Value::text("SS26")),
        false,
    );
    assert_eq!(told, Fate::Inverse(Inverse::Value(Value::text("AW26"))));
}
