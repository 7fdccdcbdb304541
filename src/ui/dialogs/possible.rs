//! Whether an action can do anything now, and why not.

use crate::{
    domain::{Outcome, run::RunState},
    ui::{
        action::{Action, Edit, Mark, View, Work},
        component::Scene,
    },
};

/// Whether an action is possible now.
///
/// # Errors
///
/// Why not, in a few words without a full stop.
pub fn possible(action: Action, scene: &Scene<'_>) -> Result<(), String> {
    match action {
        Action::Edit(edit) => editing(edit, scene),
        Action::Work(work) => working(work, scene),
        Action::Mark(mark) => marking(mark, scene),
        Action::View(View::FilterReset) => {
            unless(scene.view.query().is_empty(), "no filter is set")
        }
        Action::Answer(_) => Err("only inside a dialog".into()),
        Action::Go(_) | Action::Move(_) | Action::View(_) | Action::Copy(_) => Ok(()),
    }
}

fn unless(hindered: bool, why: &str) -> Result<(), String> {
    if hindered {
        Err(why.to_owned())
    } else {
        Ok(())
    }
}

fn writable(scene: &Scene<'_>) -> Result<(), String> {
    match &scene.workbench.read_only {
        Some(why) => Err(format!("read-only: {why}")),
        None => Ok(()),
    }
}

fn editing(edit: Edit, scene: &Scene<'_>) -> Result<(), String> {
    writable(scene)?;
    unless(
        scene.targets().is_empty(),
        "no asset is marked or under the cursor",
    )?;
    let Some(capabilities) = &scene.workbench.capabilities else {
        return Ok(());
    };
    let offer = match edit {
        Edit::Thumbnail => &capabilities.thumbnails,
        Edit::Certificate => &capabilities.certificates,
        Edit::Open
        | Edit::Set
        | Edit::Append
        | Edit::Prepend
        | Edit::Replace
        | Edit::Clear
        | Edit::AddTag
        | Edit::RemoveTag => &capabilities.writing,
    };
    offer
        .refusal()
        .map_or(Ok(()), |why| Err(why.trim_end_matches('.').to_owned()))
}

fn working(work: Work, scene: &Scene<'_>) -> Result<(), String> {
    let bench = scene.workbench;
    let (undo, redo) = bench.undo_depth();
    let no_runs = bench.runs().is_empty();
    match work {
        Work::Undo | Work::UndoStep => {
            writable(scene)?;
            unless(undo == 0, "nothing to undo")
        }
        Work::Redo => {
            writable(scene)?;
            unless(redo == 0, "nothing to redo")
        }
        Work::RedoStep => {
            writable(scene)?;
            unless(redo == 0, "no step was taken back")
        }
        Work::Revert => {
            writable(scene)?;
            unless(no_runs, "no runs yet")
        }
        Work::Drop | Work::Exclude => {
            writable(scene)?;
            unless(bench.draft().is_empty(), "nothing is staged")
        }
        Work::Submit => unless(bench.draft().is_empty(), "nothing is staged"),
        Work::Pause | Work::Stop | Work::Background => {
            unless(bench.current_run().is_none(), "no run is going")
        }
        Work::Resume => {
            let waits = |state| matches!(state, RunState::Paused | RunState::Interrupted);
            let none = !bench.runs().iter().any(|run| waits(run.state));
            unless(none, "no run waits to go on")
        }
        Work::Retry => {
            unless(no_runs, "no runs yet")?;
            unless(bench.current_run().is_some(), "a run is going")?;
            unless(bench.draft().is_empty(), "nothing is staged")
        }
        Work::Accept => {
            writable(scene)?;
            unless(no_runs, "no runs yet")
        }
        Work::ReadBack
        | Work::Report
        | Work::HandOver
        | Work::Compare
        | Work::ComparePoint
        | Work::Export => unless(no_runs, "no runs yet"),
    }
}

fn marking(mark: Mark, scene: &Scene<'_>) -> Result<(), String> {
    let sets = scene.view.sets();
    let bench = scene.workbench;
    match mark {
        Mark::Restore => unless(bench.earlier_marks().is_none(), "no earlier marks"),
        Mark::None | Mark::Only => unless(bench.marks().is_empty(), "nothing is marked"),
        Mark::DropHidden => unless(scene.hidden_marks() == 0, "the filter hides no mark"),
        Mark::Staged => unless(sets.staged.is_empty(), "nothing is staged"),
        Mark::Warnings => unless(sets.warning.is_empty(), "no warnings in the last run"),
        Mark::Errors => {
            let none = sets.error.is_empty() && sets.unknown.is_empty();
            unless(
                none,
                &format!("nothing {} in the last run", Outcome::Refused),
            )
        }
        Mark::Listed | Mark::Pick => unless(bench.runs().is_empty(), "no runs yet"),
        Mark::Toggle
        | Mark::Range
        | Mark::RangeOff
        | Mark::ExtendUp
        | Mark::ExtendDown
        | Mark::All
        | Mark::Library
        | Mark::Screen
        | Mark::Invert
        | Mark::Query
        | Mark::Paste
        | Mark::Same => Ok(()),
    }
}
