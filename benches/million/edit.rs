//! Editing: marks, staging, taking back, previews, the plan.

use std::collections::HashMap;

use armarius::domain::{
    CertificateStatus, Edit, FieldKey, Operation, Stamp, Template, Value, Workbench,
    judging::{CertificateWish, Certifying, Judging, Work},
    plan::Plan,
    workbench::{Asked, Command},
};
use armarius::store::{Holder, Workspace};
use roaring::RoaringBitmap;

use crate::{
    Anyhow,
    asked::asked,
    figures::{self, Goal, percentile, times},
    world,
};

const TURNS: usize = 5;

/// The sizes at which growth is shown.
pub(crate) fn sizes() -> [usize; 3] {
    [10_000, 100_000, world::many()]
}

/// A workbench that is signed in and has listed so many assets.
pub(crate) fn bench(count: usize) -> Anyhow<Workbench> {
    let mut bench = Workbench::new();
    bench.absorb_connection(world::capabilities(), world::schema());
    bench.listing = world::listing(count)?;
    Ok(bench)
}

/// The rows of every asset.
pub(crate) fn all(bench: &Workbench) -> RoaringBitmap {
    bench.listing.present().clone()
}

fn changes(field: &str, edit: Edit, rows: &RoaringBitmap) -> Vec<Asked> {
    vec![Asked {
        field: field.into(),
        edit,
        rows: rows.clone(),
    }]
}

/// A command that stages one edit.
pub(crate) fn stage(field: &str, edit: Edit, rows: &RoaringBitmap) -> Command {
    Command::Stage {
        label: String::new(),
        asked: changes(field, edit, rows),
    }
}

/// A value for all assets.
pub(crate) fn value() -> Edit {
    Edit::Set(Value::text("Acme Retail 2027"))
}

fn tell(row: &str, what: &str, (taken, most): (&[f64], Option<f64>)) {
    let goal = most.map_or(Goal::None, Goal::AtMost);
    figures::tell(row, what, (percentile(taken, 50), "ms"), goal);
}

/// What an act costs and leaves, of several turns each on a fresh copy.
fn act(
    bench: &Workbench,
    command: &Command,
    turns: usize,
) -> Anyhow<(Vec<f64>, Workbench, Operation)> {
    let mut taken = Vec::new();
    let mut last = None;
    for _ in 0..turns {
        let mut copy = bench.clone();
        let mut done = None;
        taken.extend(times(1, || {
            done = Some(copy.apply(command, Stamp::default()));
        }));
        let operation = done.ok_or("no turn")??;
        last = Some((copy, operation));
    }
    taken.sort_by(f64::total_cmp);
    let (copy, operation) = last.ok_or("no turn")?;
    Ok((taken, copy, operation))
}

/// Marks, staging, undo and previews on a listing of each size.
pub(crate) fn edit() -> Anyhow<()> {
    for count in sizes() {
        let full = count == world::many();
        let goal = |most: f64| full.then_some(most);
        let mut bench = bench(count)?;
        let rows = all(&bench);
        let none = RoaringBitmap::new();
        let taken = times(TURNS, || {
            bench.mark(rows.clone());
            let sets = bench.sets();
            bench.mark(none.clone());
            sets
        });
        tell(
            "G12",
            &format!("mark all of {count}, and back"),
            (&taken, goal(10.0)),
        );
        let one = stage(asked().text, value(), &rows);
        let (taken, staged, operation) = act(&bench, &one, TURNS)?;
        tell(
            "G13",
            &format!("stage one value on {count}"),
            (&taken, goal(30.0)),
        );
        let record = serde_json::to_string(&operation)?;
        let what = format!("the record of that, on {count}");
        figures::tell("G13", &what, (record.len() as f64, "B"), Goal::None);
        if full {
            kept(&bench, &one)?;
        }
        drop((operation, record));
        let taken = times(TURNS, || staged.sets());
        tell(
            "-",
            &format!("what drifted, {count} staged"),
            (&taken, None),
        );
        let (taken, undone, _) = act(&staged, &Command::Undo, TURNS)?;
        tell("G14", &format!("undo that, {count}"), (&taken, goal(16.0)));
        let (taken, _, _) = act(&undone, &Command::Redo, TURNS)?;
        tell("-", &format!("redo that, {count}"), (&taken, goal(30.0)));
        let tags = stage(asked().tags, Edit::AddTags(vec!["spring".into()]), &rows);
        let (taken, two, _) = act(&staged, &tags, 3)?;
        tell("-", &format!("add a tag to {count}"), (&taken, None));
        let (taken, _, _) = act(&two, &Command::Undo, 3)?;
        tell(
            "G14",
            &format!("undo the second of two steps, {count}"),
            (&taken, goal(16.0)),
        );
        drop(two);
        memory(&bench, &[&one, &tags], full)?;
        drop((staged, undone));
        distinct(&bench, &rows, full)?;
    }
    Ok(())
}

/// Staging with the wait for the disk, in a workspace of its own.
fn kept(bench: &Workbench, command: &Command) -> Anyhow<()> {
    let folder = tempfile::tempdir()?;
    let me = Holder::this_process("bench", 0);
    let mut workspace = Workspace::open(folder.path(), &me)?;
    let ids: Vec<_> = all(bench).iter().map(|row| bench.listing.id(row)).collect();
    workspace.allocate_rows(&ids)?;
    let mut taken = Vec::new();
    let mut copy = bench.clone();
    for turn in 0..TURNS {
        let mut kept = Ok(());
        taken.extend(times(1, || {
            let done = copy.apply(command, Stamp::default());
            kept = match done {
                Ok(mut operation) => {
                    operation.id.0 = turn as u64 + 1;
                    workspace.append_operation(&operation)
                }
                Err(refusal) => panic!("{refusal}"),
            };
        }));
        kept?;
        copy.apply(&Command::Undo, Stamp::default())?;
    }
    taken.sort_by(f64::total_cmp);
    let what = format!("the same, and durable, {}", ids.len());
    tell("G13", &what, (&taken, Some(30.0)));
    Ok(())
}

/// What the changes of these commands take.
fn memory(bench: &Workbench, commands: &[&Command], full: bool) -> Anyhow<()> {
    let mut copy = bench.clone();
    let before = world::resident();
    for command in commands {
        copy.apply(command, Stamp::default())?;
    }
    let changes = copy.draft().changes();
    let memory = (world::resident() - before) / changes as f64;
    let goal = if full { Goal::AtMost(16.0) } else { Goal::None };
    let what = format!("memory an edited asset, {changes} changes");
    figures::tell("G21", &what, (memory, "B"), goal);
    Ok(())
}

/// Where every value is another one.
fn distinct(bench: &Workbench, rows: &RoaringBitmap, full: bool) -> Anyhow<()> {
    let count = rows.len();
    let (field, append) = (asked().differing, Edit::Append(" (2027)".into()));
    let some: RoaringBitmap = rows.iter().take(50_000).collect();
    let taken = times(TURNS, || {
        bench.preview(&changes(field, append.clone(), &some))
    });
    let goal = (count >= 50_000).then_some(300.0);
    tell(
        "-",
        &format!("preview of an append on {}", some.len()),
        (&taken, goal),
    );
    let taken = times(3, || bench.preview(&changes(field, append.clone(), rows)));
    tell(
        "-",
        &format!("preview of an append on {count}"),
        (&taken, None),
    );
    certified(bench, &some)?;
    let command = stage(field, append, rows);
    memory(bench, &[&command], full)?;
    let (taken, staged, operation) = act(bench, &command, 3)?;
    tell(
        "-",
        &format!("stage an append on {count} different values"),
        (&taken, None),
    );
    let taken = times(1, || serde_json::to_string(&operation));
    tell("-", "  and write it down", (&taken, None));
    drop(operation);
    let taken = times(3, || staged.sets());
    tell(
        "-",
        &format!("what drifted, {count} different"),
        (&taken, None),
    );
    let (taken, _, _) = act(&staged, &Command::Undo, 3)?;
    tell(
        "G14",
        &format!("undo an append on {count}"),
        (&taken, full.then_some(16.0)),
    );
    planned(&staged, rows, full);
    Ok(())
}

/// A certificate whose message is another one for each asset: what is judged while the key is
/// pressed, and all of it elsewhere.
fn certified(bench: &Workbench, rows: &RoaringBitmap) -> Anyhow<()> {
    let wish = CertificateWish {
        status: Some(CertificateStatus::Verified),
        message: Template::parse(&format!("see ${{{}}}", asked().differing), &bench.schema)?,
        keep: true,
        ..CertificateWish::default()
    };
    let fresh = Certifying::new(wish, HashMap::new(), rows);
    let goal = |most: f64| (rows.len() >= 50_000).then_some(most);
    let first: RoaringBitmap = rows.iter().take(1000).collect();
    let taken = times(TURNS, || {
        let mut judged = fresh.clone();
        judged.judge(&first, bench);
        (judged, bench.picture())
    });
    let what = format!("a certificate that names a field, on {}", rows.len());
    tell("-", &format!("{what}: first page"), (&taken, goal(16.0)));
    let taken = times(TURNS, || {
        let judging = Judging {
            number: 1,
            bench: Box::new(bench.picture()),
            work: Work::Certificate(fresh.clone()),
            stages: false,
        };
        judging.finish()
    });
    tell("-", &format!("{what}: complete"), (&taken, goal(300.0)));
    Ok(())
}

/// The plan of changes that all differ, and a page of them.
fn planned(staged: &Workbench, rows: &RoaringBitmap, full: bool) {
    let capabilities = world::capabilities();
    let taken = times(1, || {
        Plan::of(
            staged.draft(),
            &staged.listing,
            &staged.schema,
            &capabilities,
            20,
        )
    });
    tell(
        "-",
        &format!("the plan of {} different changes", rows.len()),
        (&taken, None),
    );
    let key = FieldKey::new(asked().differing);
    let drawn = times(TURNS, || {
        let shown = rows.iter().take(50);
        shown
            .filter(|row| staged.draft().of(*row, &key).is_some())
            .count()
    });
    tell(
        "-",
        "what is staged on a page of rows",
        (&drawn, full.then_some(1.0)),
    );
}
