//! Looking back at runs: taking one back, and comparing restore points.

mod compare;
mod revert;
#[cfg(test)]
mod tests;

use ratatui::{Frame, layout::Rect};

use crate::{
    domain::{Run, RunId, points::Point},
    flow::Effect,
    ui::{
        component::{Reaction, Scene, Step},
        layout::{centered, stacked},
        theme::Role,
        widgets::{boxed, text},
    },
};

pub use compare::Compare;
pub use revert::Revert;

/// A line with its role.
type Line = (String, Role);

/// Asks for what taking a run back needs: the one named, or the one meant.
pub fn reverting(argument: &str, meant: Option<&RunId>, scene: &Scene<'_>) -> Reaction {
    let id = match named(argument, meant, scene) {
        Ok(id) => id,
        Err(why) => return Reaction::say(why),
    };
    if let Some(why) = &scene.workbench.read_only {
        return Reaction::say(format!("Read-only: {why}."));
    }
    let going = |run: &Run| !run.state.is_over();
    if scene.workbench.run(&id).is_some_and(going) {
        return Reaction::say(format!(
            "{id} has not ended; let it go on or stop it, then revert what it wrote."
        ));
    }
    Reaction::Taken(vec![
        Step::Say(format!(
            "Reading the assets of {id} again; nothing is written."
        )),
        Step::Effect(Effect::ReadForRevert(id)),
    ])
}

/// Opens the comparison of two restore points, loading the runs it needs.
pub fn comparing(points: (Point, Point), scene: &Scene<'_>) -> Reaction {
    let known = |point: &Point| point.run().is_none_or(|run| scene.workbench.knows_run(run));
    if let Some(point) = [&points.0, &points.1]
        .into_iter()
        .find(|point| !known(point))
    {
        let run = point.run().map_or(String::new(), RunId::to_string);
        return Reaction::say(format!("There is no run {run}."));
    }
    let dialog = Compare::new(points, scene);
    let mut steps: Vec<Step> = dialog
        .missing()
        .iter()
        .map(|run| Step::Effect(Effect::LoadRun(run.clone())))
        .collect();
    steps.push(Step::Open(Box::new(dialog)));
    Reaction::Taken(steps)
}

/// The run named behind a command, or the one meant.
/// # Errors
///
/// What to say if there is none.
pub fn named(argument: &str, meant: Option<&RunId>, scene: &Scene<'_>) -> Result<RunId, String> {
    let argument = argument.trim();
    if argument.is_empty() {
        return meant.cloned().ok_or_else(|| {
            "No run is meant here: choose one in History or Results, or name it.".to_owned()
        });
    }
    let id = RunId(argument.to_ascii_uppercase());
    if scene.workbench.knows_run(&id) {
        Ok(id)
    } else {
        Err(format!("There is no run {argument}."))
    }
}

/// How many lines of a list fit below `above` lines of such a dialog.
fn rows(scene: &Scene<'_>, above: usize) -> usize {
    let body = usize::from(scene.size.height.saturating_sub(7));
    body.saturating_sub(above + 4).max(1)
}

/// Draws a dialog: lines above, a part of a list, and a line of keys below.
fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    (title, above, list): (&str, &[Line], &[Line]),
    keys: &[(String, Role)],
    scene: &Scene<'_>,
) {
    let width = area.width.saturating_sub(2).min(110);
    let wanted = above.len() + list.len() + 4;
    let height = u16::try_from(wanted).unwrap_or(u16::MAX).min(area.height);
    let inside = boxed(frame, centered(area, width, height), title, scene.theme);
    let [lines, bottom] = stacked(inside, inside.height.saturating_sub(1));
    let told = above.iter().chain(list);
    let told = told.map(|(words, role)| (words, scene.theme.style(*role)));
    text::put_lines(frame.buffer_mut(), lines, told);
    let pieces: Vec<_> = keys
        .iter()
        .map(|(words, role)| (words.clone(), scene.theme.style(*role)))
        .collect();
    text::put_all(frame.buffer_mut(), bottom, &pieces);
    frame.set_cursor_position((bottom.x, bottom.y.min(area.bottom().saturating_sub(1))));
}
