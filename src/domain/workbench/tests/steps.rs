//! Stories of steps: taken back, brought back, taken out of the middle.

use proptest::prelude::*;

use super::*;

#[test]
fn a_middle_step_can_be_taken_out() {
    let mut bench = bench();
    bench
        .apply(&stage("Rights", set("Acme"), [0]), Stamp::default())
        .unwrap();
    let middle = bench
        .apply(
            &stage("Keywords", Edit::AddTags(vec!["coat".into()]), [0]),
            Stamp::default(),
        )
        .unwrap();
    bench
        .apply(
            &stage("Rights", Edit::Append("!".into()), [0]),
            Stamp::default(),
        )
        .unwrap();
    bench
        .apply(&Command::UndoStep(middle.id), Stamp::default())
        .unwrap();
    let staged: Vec<_> = bench
        .draft()
        .on(0)
        .map(|(field, _)| field.as_str().to_owned())
        .collect();
    assert_eq!(staged, ["Rights"]);
    assert_eq!(
        bench.draft().of(0, &"Rights".into()).unwrap().after,
        Value::text("Acme!")
    );
}

pub(super) fn any_edit() -> impl Strategy<Value = (&'static str, Edit)> {
    prop_oneof![
        "[a-z]{0,5}".prop_map(|text| ("Rights", Edit::Append(text))),
        "[a-z]{1,5}".prop_map(|text| ("Rights", set(&text))),
        Just(("Rights", Edit::Clear)),
        "[a-z]{1,3}".prop_map(|tag| ("Keywords", Edit::AddTags(vec![tag]))),
        Just(("Keywords", Edit::RemoveTags(vec!["outer".into()]))),
    ]
}

pub(super) type Snapshot = Vec<(u32, String, Value, Value)>;

pub(super) fn snapshot(bench: &Workbench) -> Snapshot {
    let mut changes: Snapshot = bench
        .draft()
        .all(&bench.listing)
        .map(|change| {
            (
                change.row,
                change.field.to_string(),
                change.before,
                change.after,
            )
        })
        .collect();
    changes.sort();
    changes
}

proptest! {
    #[test]
    fn undoing_and_redoing_every_step_leads_back_and_a_replay_leads_to_the_same(
        edits in proptest::collection::vec((any_edit(), proptest::collection::vec(0u32..5, 1..5)), 1..8)
    ) {
        let mut bench = bench();
        let mut states = vec![snapshot(&bench)];
        for ((field, edit), rows) in edits {
            let rows: RoaringBitmap = rows.into_iter().collect();
            if bench.apply(&stage(field, edit, rows), Stamp::default()).is_ok() {
                states.push(snapshot(&bench));
            }
        }
        let last = states.len() - 1;
        for state in states[..last].iter().rev() {
            bench.apply(&Command::Undo, Stamp::default()).unwrap();
            prop_assert_eq!(&snapshot(&bench), state);
        }
        for state in &states[1..] {
            bench.apply(&Command::Redo, Stamp::default()).unwrap();
            prop_assert_eq!(&snapshot(&bench), state);
        }
        let kept = serde_json::to_string(bench.log()).unwrap();
        let log: Vec<Operation> = serde_json::from_str(&kept).unwrap();
        let mut again = super::bench();
        again.replay_all(log);
        prop_assert_eq!(snapshot(&again), snapshot(&bench));
    }
}

proptest! {
    #[test]
    fn steps_add_up_to_the_draft_and_overridden_ones_leave_nothing_behind(
        edits in proptest::collection::vec(
            (any_edit(), proptest::collection::vec(0u32..5, 1..5), any::<bool>()),
            1..12,
        )
    ) {
        let mut bench = bench();
        // What was staged on each row of a field since it was last taken out.
        let mut staged: HashMap<(u32, &str), Vec<(OperationId, Edit)>> = HashMap::new();
        for ((field, edit), rows, takes_out) in edits {
            let rows: RoaringBitmap = rows.into_iter().collect();
            if takes_out {
                let picked = Picked { field: field.into(), rows: rows.clone() };
                if bench.apply(&Command::Exclude(vec![picked]), Stamp::default()).is_ok() {
                    rows.iter().for_each(|row| drop(staged.remove(&(row, field))));
                }
                continue;
            }
            let command = stage(field, edit.clone(), rows);
            if let Ok(operation) = bench.apply(&command, Stamp::default())
                && let Deed::Stage(step) = &operation.deed
            {
                for row in step.edits.iter().flat_map(|edit| &edit.rows) {
                    staged.entry((row, field)).or_default().push((operation.id, edit.clone()));
                }
            }
        }
        let draft = bench.draft();
        let contributions = draft.contributions();
        let own: u64 = contributions.iter().map(|one| one.own.len()).sum();
        prop_assert_eq!(own, draft.changes() + draft.equal());
        let changes: u64 = contributions
            .iter()
            .map(|one| (&one.own - draft.field(&one.field).unwrap().equal_rows()).len())
            .sum();
        prop_assert_eq!(changes, draft.changes());
        for ((row, field), steps) in staged {
            let absolute = steps.iter().rposition(|(_, edit)| edit.is_absolute()).unwrap_or(0);
            for (place, (step, _)) in steps.iter().enumerate() {
                let one = contributions
                    .iter()
                    .find(|one| one.step == *step && one.field.as_str() == field)
                    .unwrap();
                let is = [&one.own, &one.continued, &one.overridden].map(|rows| rows.contains(row));
                let (last, counts) = (place + 1 == steps.len(), place >= absolute);
                prop_assert_eq!(is, [last, counts && !last, !counts]);
            }
        }
    }
}

/// Anything somebody, or the world, may do to a draft.
#[derive(Clone, Debug)]
enum Act {
    Stage(&'static str, Edit, Vec<u32>),
    Exclude(&'static str, Vec<u32>),
    Undo,
    Redo,
    UndoStep(u64),
    RedoStep(u64),
    Drop,
    Changed(u32, String),
    Rule(bool),
}

fn any_act() -> impl Strategy<Value = Act> {
    let rows = || proptest::collection::vec(0u32..5, 1..5);
    let field = prop_oneof![Just("Rights"), Just("Keywords")];
    let assigned = proptest::collection::btree_map(0u32..5, "[a-c]{1,2}", 1..5);
    prop_oneof![
        6 => (any_edit(), rows()).prop_map(|((field, edit), rows)| Act::Stage(field, edit, rows)),
        1 => assigned.prop_map(|values| {
            let rows = values.keys().copied().collect();
            let values = values.into_iter().map(|(row, text)| (row, Value::text(text)));
            Act::Stage("Rights", Edit::Assign(values.collect()), rows)
        }),
        2 => (field, rows()).prop_map(|(field, rows)| Act::Exclude(field, rows)),
        3 => Just(Act::Undo),
        2 => Just(Act::Redo),
        2 => (1u64..12).prop_map(Act::UndoStep),
        2 => (1u64..12).prop_map(Act::RedoStep),
        1 => Just(Act::Drop),
        2 => (0u32..5, "[a-c]{0,2}").prop_map(|(row, text)| Act::Changed(row, text)),
        1 => any::<bool>().prop_map(Act::Rule),
    ]
}

impl Act {
    fn on(&self, bench: &mut Workbench) {
        let picked = |field: &str, rows: &[u32]| Picked {
            field: field.into(),
            rows: rows.iter().copied().collect(),
        };
        let command = match self {
            Self::Stage(field, edit, rows) => stage(field, edit.clone(), rows.iter().copied()),
            Self::Exclude(field, rows) => Command::Exclude(vec![picked(field, rows)]),
            Self::Undo => Command::Undo,
            Self::Redo => Command::Redo,
            Self::UndoStep(id) => Command::UndoStep(OperationId(*id)),
            Self::RedoStep(id) => Command::RedoStep(OperationId(*id)),
            Self::Drop => Command::Drop,
            Self::Changed(row, text) => {
                let id = bench.listing.id(*row);
                bench.absorb_values(&[(id, "Rights".into(), Value::text(text.as_str()))]);
                return;
            }
            Self::Rule(tags) => {
                let mut schema = bench.schema.clone();
                schema.fields[0].kind = if *tags {
                    FieldKind::Tags
                } else {
                    FieldKind::Text
                };
                bench.absorb_connection(capabilities(), schema);
                return;
            }
        };
        // Some are refused; then nothing has changed.
        drop(bench.apply(&command, Stamp::default()));
    }
}

/// Everything a draft says of itself.
fn told(bench: &Workbench) -> (Snapshot, String) {
    let draft = bench.draft();
    let fields: Vec<_> = draft.fields().map(|(field, _)| field.as_str()).collect();
    let mut on: Vec<String> = Vec::new();
    for row in draft.rows() {
        on.extend(draft.on(row).map(|one| format!("{row} {one:?}")));
    }
    let counts = (draft.changes(), draft.equal());
    let rest = (draft.parts(), fields, counts, bench.drifted());
    (snapshot(bench), format!("{rest:?} {on:?}"))
}

proptest! {
    #[test]
    fn whatever_was_done_the_whole_log_leads_to_the_draft_there_is(
        acts in proptest::collection::vec(any_act(), 1..40)
    ) {
        let mut bench = bench();
        for act in acts {
            act.on(&mut bench);
            let mut again = bench.clone();
            again.derive();
            prop_assert_eq!(told(&again), told(&bench));
        }
        let kept = serde_json::to_string(bench.log()).unwrap();
        let log: Vec<Operation> = serde_json::from_str(&kept).unwrap();
        prop_assert_eq!(&log, bench.log());
    }
}

fn step(bench: &mut Workbench, edit: Edit, rows: std::ops::Range<u32>) -> OperationId {
    let field = if matches!(edit, Edit::AddTags(_) | Edit::RemoveTags(_)) {
        "Keywords"
    } else {
        "Rights"
    };
    bench
        .apply(&stage(field, edit, rows), Stamp::default())
        .unwrap()
        .id
}

#[test]
fn a_middle_step_others_rest_on_is_not_taken_back_and_the_reason_names_them() {
    let mut bench = bench();
    let first = step(&mut bench, set("Ours"), 0..3);
    let second = step(&mut bench, Edit::Append(" Retail".into()), 1..5);
    let refusal = bench
        .apply(&Command::UndoStep(first), Stamp::default())
        .unwrap_err();
    let words = refusal.to_string();
    let named = "step 2 `Rights append \" Retail\" on 3` rests on it on 1 asset";
    assert!(words.contains(named), "{words}");
    let before = bench.draft().changes();
    assert_eq!(bench.log().len(), 2, "nothing has changed");
    // Once the later step is taken back, the way is free; and it can come back as long.
    bench
        .apply(&Command::UndoStep(second), Stamp::default())
        .unwrap();
    bench
        .apply(&Command::UndoStep(first), Stamp::default())
        .unwrap();
    assert!(bench.draft().is_empty());
    bench
        .apply(&Command::RedoStep(second), Stamp::default())
        .unwrap();
    let refusal = bench
        .apply(&Command::RedoStep(first), Stamp::default())
        .unwrap_err();
    assert!(
        refusal.to_string().contains("can't be brought back"),
        "{refusal}"
    );
    bench
        .apply(&Command::UndoStep(second), Stamp::default())
        .unwrap();
    bench
        .apply(&Command::RedoStep(first), Stamp::default())
        .unwrap();
    bench
        .apply(&Command::RedoStep(second), Stamp::default())
        .unwrap();
    assert_eq!(bench.draft().changes(), before);
}

#[test]
fn a_later_plain_set_rests_on_nothing_and_ends_what_was_there() {
    let mut bench = bench();
    let first = step(&mut bench, set("Ours"), 0..3);
    step(&mut bench, set("Later"), 0..3);
    step(&mut bench, Edit::Append(" Retail".into()), 0..3);
    assert_eq!(bench.dependants(first), []);
    bench
        .apply(&Command::UndoStep(first), Stamp::default())
        .unwrap();
    let after = bench.draft().of(0, &"Rights".into()).unwrap().after;
    assert_eq!(after, Value::text("Later Retail"));
}

#[test]
fn tags_asked_one_by_one_get_along_unless_they_are_the_same() {
    let mut bench = bench();
    let tag = |tag: &str| Edit::AddTags(vec![tag.into()]);
    let first = step(&mut bench, tag("one"), 0..3);
    step(&mut bench, tag("two"), 0..3);
    assert_eq!(bench.dependants(first), []);
    step(&mut bench, Edit::RemoveTags(vec!["one".into()]), 0..1);
    let later = bench.dependants(first);
    assert_eq!((later[0].step, later[0].rows.len()), (OperationId(3), 1));
}

#[test]
fn bringing_a_dropped_draft_back_under_a_later_step_is_refused() {
    let mut bench = bench();
    step(&mut bench, set("Ours"), 0..3);
    let dropped = bench.apply(&Command::Drop, Stamp::default()).unwrap().id;
    step(&mut bench, Edit::Append(" Retail".into()), 0..1);
    let refusal = bench
        .apply(&Command::UndoStep(dropped), Stamp::default())
        .unwrap_err();
    assert!(refusal.to_string().contains("step 3"), "{refusal}");
}

#[test]
fn what_was_sent_since_rests_on_nothing_any_more() {
    let mut bench = bench();
    let first = step(&mut bench, set("Ours"), 0..3);
    let plan = plan(&bench);
    let mut run = run_of(&bench, &plan);
    for (place, item) in (0..).zip(&plan.items) {
        run.settled[place as usize] = Some(settled(place, item, Outcome::Applied));
        bench.listing.set(item.row, &item.field, &item.wanted);
    }
    let id = run.id.clone();
    bench.absorb_run(run);
    bench.settle_draft(&id, Stamp::default()).unwrap();
    step(&mut bench, Edit::Append(" Retail".into()), 0..3);
    assert_eq!(bench.dependants(first), []);
}
