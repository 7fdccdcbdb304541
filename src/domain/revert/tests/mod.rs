//! What the stories of taking a run back play on: assets with every kind of value, runs that wrote
//! them, and the server they are read from again.

mod judged;
mod stories;

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
    bench.absorb_end(0, 0);
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
