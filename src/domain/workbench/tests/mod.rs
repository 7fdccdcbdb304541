//! Stories of the draft: staging and submitting.

mod anything;
mod steps;

use roaring::RoaringBitmap;

use super::*;
use crate::domain::{
    Asset, Edit, Field, FieldKind, Item, Offer, Outcome, Value,
    plan::Plan,
    run::{RunState, ServerCounts, Settlement},
};

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

/// Five jackets: two without rights, one locked, one with `ACME retail`, one video.
fn bench() -> Workbench {
    let mut bench = Workbench::new();
    let fields = vec![
        Field::plain("Rights", FieldKind::Text),
        Field::plain("Keywords", FieldKind::Tags),
        Field {
            max_length: Some(12),
            ..Field::plain("Description", FieldKind::Text)
        },
    ];
    bench.absorb_connection(capabilities(), Schema { fields });
    let rights = ["", "", "Acme Retail", "ACME retail", ""];
    let assets: Vec<Asset> = (0..5)
        .zip(rights)
        .map(|(n, rights)| Asset {
            id: format!("a|{n}").as_str().into(),
            name: format!("JKT_{n}"),
            kind: if n == 4 { "Video" } else { "Image" }.into(),
            fields: vec![
                ("Rights".into(), Value::text(rights)),
                ("Keywords".into(), Value::list(["outer", "blue"])),
                ("Description".into(), Value::text("jacket")),
            ],
            locked: (n == 1).then(|| "no write access to Legal-hold".to_owned()),
        })
        .collect();
    bench.absorb_page(0, &assets, 5);
    bench.absorb_end(0, 0);
    bench
}

fn stage(field: &str, edit: Edit, rows: impl IntoIterator<Item = u32>) -> Command {
    let asked = Asked {
        field: field.into(),
        edit,
        rows: rows.into_iter().collect(),
    };
    Command::Stage {
        label: String::new(),
        asked: vec![asked],
    }
}

fn set(text: &str) -> Edit {
    Edit::Set(Value::text(text))
}

fn run_of(bench: &Workbench, plan: &Plan) -> Run {
    Run {
        id: RunId::numbered(1),
        label: String::new(),
        author: "akim".into(),
        profile: "test".into(),
        started_ms: 0,
        finished_ms: None,
        digest: plan.digest.clone(),
        state: RunState::Running,
        settled: vec![None; plan.items.len()],
        items: plan.items.clone(),
        calls: Vec::new(),
        counts: ServerCounts::default(),
        counted: bench.capabilities.is_none(),
        reverts: Vec::new(),
        rules: crate::domain::run::RunRules::default(),
    }
}

fn settled(place: u32, item: &Item, outcome: Outcome) -> Settlement {
    Settlement {
        item: place,
        outcome,
        code: String::new(),
        reason: String::new(),
        meaning: String::new(),
        server: outcome.is_written().then(|| item.wanted.clone()),
        call: 1,
    }
}

fn plan(bench: &Workbench) -> Plan {
    let capabilities = bench.capabilities.clone().unwrap();
    Plan::of(
        bench.draft(),
        &bench.listing,
        &bench.schema,
        &capabilities,
        2,
    )
}

#[test]
fn only_what_changes_is_staged_and_the_rest_is_counted() {
    let mut bench = bench();
    let asked = Asked {
        field: "Rights".into(),
        edit: set("Acme Retail"),
        rows: (0..5).collect(),
    };
    let preview = bench.preview(std::slice::from_ref(&asked)).unwrap();
    assert_eq!(
        preview.sentence(),
        "3 changes, 1 equal, 1 refused (not editable: no write access to Legal-hold)"
    );
    let operation = bench
        .apply(
            &Command::Stage {
                label: String::new(),
                asked: vec![asked],
            },
            Stamp::default(),
        )
        .unwrap();
    assert_eq!(operation.label, "Rights set \"Acme Retail\" on 3");
    assert_eq!(
        (bench.draft().changes(), bench.draft().rows().len()),
        (3, 3)
    );
}

#[test]
fn equal_changes_fold_into_one_group() {
    let mut bench = bench();
    bench
        .apply(
            &stage("Rights", set("Acme Retail"), [0, 3, 4]),
            Stamp::default(),
        )
        .unwrap();
    let (_, groups) = bench.draft().fields().next().unwrap();
    let counts: Vec<u64> = groups.groups().map(|group| group.rows.len()).collect();
    assert_eq!(counts, [2, 1], "two were empty, one was spelled otherwise");
}

#[test]
fn a_second_edit_works_on_the_result_of_the_first_and_rests_on_the_library() {
    let mut bench = bench();
    bench
        .apply(&stage("Rights", set("Acme"), [0]), Stamp::default())
        .unwrap();
    bench
        .apply(
            &stage("Rights", Edit::Append(" Retail".into()), [0]),
            Stamp::default(),
        )
        .unwrap();
    let group = bench.draft().of(0, &"Rights".into()).unwrap();
    assert_eq!(
        (&group.before, &group.after),
        (&Value::Absent, &Value::text("Acme Retail"))
    );
}

#[test]
fn too_long_a_value_is_refused_for_that_asset_and_field_only() {
    let mut bench = bench();
    let edit = Edit::Append(" with a hood".into());
    let refusal = bench
        .apply(&stage("Description", edit, [0]), Stamp::default())
        .unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "nothing to stage: 0 changes, 0 equal, 1 refused (Description is 18 characters long, \
         the limit is 12)"
    );
    assert!(bench.draft().is_empty());
}

#[test]
fn a_video_can_not_be_a_thumbnail() {
    let mut bench = bench();
    let video = Value::Asset {
        id: "a|4".into(),
        name: "JKT_4".into(),
    };
    let command = stage("thumbnail", Edit::Set(video), [0]);
    let refusal = bench.apply(&command, Stamp::default()).unwrap_err();
    assert!(
        refusal
            .to_string()
            .contains("a Video can't be a thumbnail; allowed are Image")
    );
}

#[test]
fn what_a_run_wrote_leaves_the_draft_and_what_failed_stays() {
    let mut bench = bench();
    bench
        .apply(&stage("Rights", set("Acme"), [0, 4]), Stamp::default())
        .unwrap();
    let run = run_of(&bench, &plan(&bench));
    let settled = vec![
        settled(0, &run.items[0], Outcome::Applied),
        settled(1, &run.items[1], Outcome::Refused),
    ];
    let id = run.id.clone();
    bench.absorb_run(run);
    bench.absorb_settled(&id, settled);
    bench.settle_draft(&id, Stamp::default()).unwrap();
    assert_eq!(bench.draft().rows().iter().collect::<Vec<_>>(), [4]);
    assert_eq!(
        *bench.listing.value(0, &"Rights".into()),
        Value::text("Acme")
    );
    assert_eq!(bench.sets().error.iter().collect::<Vec<_>>(), [4]);
}

#[test]
fn a_value_changed_on_the_server_since_it_was_staged_is_seen() {
    let mut bench = bench();
    bench
        .apply(&stage("Rights", set("Acme"), [0, 4]), Stamp::default())
        .unwrap();
    let outside = ("a|4".into(), "Rights".into(), Value::text("Agency X"));
    bench.absorb_values(&[outside]);
    assert_eq!(bench.drifted().iter().collect::<Vec<_>>(), [4]);
}

#[test]
fn staging_again_settles_a_conflict_with_what_the_server_has_now() {
    let mut bench = bench();
    bench
        .apply(&stage("Rights", set("Acme"), [0, 4]), Stamp::default())
        .unwrap();
    bench.absorb_values(&[("a|4".into(), "Rights".into(), Value::text("Agency X"))]);
    bench
        .apply(&stage("Rights", set("Acme"), [0, 4]), Stamp::default())
        .unwrap();
    assert!(bench.drifted().is_empty());
    let group = bench.draft().of(4, &"Rights".into()).unwrap();
    assert_eq!(
        (&group.before, &group.after),
        (&Value::text("Agency X"), &Value::text("Acme"))
    );
    bench.apply(&Command::Undo, Stamp::default()).unwrap();
    assert_eq!(
        bench.drifted().iter().collect::<Vec<_>>(),
        [4],
        "undo brings it back"
    );
}

#[test]
fn the_changes_of_an_asset_share_a_call_and_thumbnails_go_last() {
    let mut bench = bench();
    let image = Value::Asset {
        id: "a|3".into(),
        name: "JKT_3".into(),
    };
    bench
        .apply(&stage("thumbnail", Edit::Set(image), [0]), Stamp::default())
        .unwrap();
    bench
        .apply(&stage("Rights", set("Acme"), [0, 3, 4]), Stamp::default())
        .unwrap();
    bench
        .apply(
            &stage("Keywords", Edit::AddTags(vec!["coat".into()]), [0, 4]),
            Stamp::default(),
        )
        .unwrap();
    let plan = plan(&bench);
    let rows = |call: usize| -> Vec<u32> {
        plan.calls[call]
            .items
            .iter()
            .map(|&item| plan.items[item as usize].row)
            .collect()
    };
    assert_eq!(plan.calls.len(), 3);
    assert_eq!((rows(0), rows(1)), (vec![0, 0, 4, 4], vec![3]));
    assert!(plan.calls[2].thumbnails);
}

#[test]
fn the_digest_depends_on_the_values_and_not_on_the_order() {
    let mut bench = bench();
    bench
        .apply(&stage("Rights", set("Acme"), [0, 4]), Stamp::default())
        .unwrap();
    let plan = plan(&bench);
    let mut turned = plan.items.clone();
    turned.reverse();
    assert_eq!(crate::domain::plan::digest(&turned), plan.digest);
    turned[0].wanted = Value::text("Other");
    assert_ne!(crate::domain::plan::digest(&turned), plan.digest);
}

#[test]
fn a_known_conflict_is_left_out_of_the_plan_and_told() {
    let mut bench = bench();
    bench
        .apply(&stage("Rights", set("Acme"), [0, 2, 3]), Stamp::default())
        .unwrap();
    let tags = Edit::AddTags(vec!["coat".into()]);
    bench
        .apply(&stage("Keywords", tags, [0]), Stamp::default())
        .unwrap();
    let id = |row| bench.listing.id(row);
    let news = [
        (id(0), "Rights".into(), Value::text("Agency X")),
        (id(3), "Rights".into(), Value::text("Acme")),
        (id(0), "Keywords".into(), Value::list(["summer"])),
    ];
    bench.absorb_values(&news);
    let plan = Plan::of(
        bench.draft(),
        &bench.listing,
        &bench.schema,
        &capabilities(),
        20,
    );
    assert_eq!(plan.conflicts() as u64, bench.drifted().len());
    let mut left: Vec<(&str, Row)> = plan
        .left_out
        .iter()
        .flat_map(|left| {
            left.changes
                .iter()
                .map(|(row, _)| (left.reason.as_str(), *row))
        })
        .collect();
    left.sort_unstable();
    assert_eq!(
        left,
        [("already equal", 3), ("conflict (changed meanwhile)", 0)]
    );
    let goes: Vec<_> = plan
        .items
        .iter()
        .map(|item| (item.row, item.field.as_str()))
        .collect();
    assert_eq!(goes, [(2, "Rights"), (0, "Keywords")]);
    assert_eq!(plan.errors(), 0, "it keeps the rest from nothing");
}
