//! Whatever somebody, or the world, does to a draft: it is what the whole log leads to.

use proptest::prelude::*;

use super::{
    steps::{Snapshot, any_edit, snapshot},
    *,
};

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
