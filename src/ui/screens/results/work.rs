//! What can be done with a run: pause, stop, go on, retry, read back, report.

use super::{Results, again};
use crate::{
    domain::{
        Outcome, Run, RunId,
        run::{RunState, acceptable},
        workbench::Command,
    },
    flow::{Effect, ReportFormat},
    ui::{
        action::{Action, Mark, Work},
        component::{Reaction, Scene, ScreenId, Step},
        dialogs,
        widgets::text,
    },
};

/// Whether a run waits for a person.
pub(super) fn is_paused(run: &Run) -> bool {
    matches!(run.state, RunState::Paused | RunState::Interrupted)
}

/// What is said when a run is taken up: what was sent and not answered comes first.
fn goes_on(run: &Run) -> String {
    match run.unanswered() {
        0 => format!("{} goes on.", run.id),
        sent => format!(
            "{} goes on: {} sent and not answered, read back first.",
            run.id,
            text::counted(sent as u64, "change")
        ),
    }
}

impl Results {
    pub(super) fn work(&mut self, work: Work, argument: &str, scene: &Scene<'_>) -> Reaction {
        let named = matches!(work, Work::Resume | Work::Retry | Work::ReadBack);
        if named && !argument.trim().is_empty() {
            let id = RunId(argument.trim().to_uppercase());
            if scene.workbench.run(&id).is_none() {
                let then = Action::Work(work);
                return Reaction::step(Step::OpenRun { run: id, then });
            }
            self.chosen = Some(id);
            self.marks.clear();
            self.update(scene);
        }
        match work {
            Work::Pause | Work::Stop | Work::Resume => self.steer(work, scene),
            Work::Background => Reaction::Taken(vec![
                Step::Show(ScreenId::Browse),
                Step::Say("The run goes on; 4 shows it.".into()),
            ]),
            Work::Retry => self.retry(!argument.trim().is_empty(), scene),
            Work::ReadBack => self.read_back(scene),
            Work::Report => self.report(argument, scene),
            Work::HandOver => self.hand_over(argument, scene),
            Work::Accept => self.accept(scene),
            Work::Exclude => self.exclude(scene),
            Work::Revert => dialogs::reverting(argument, self.run(scene).map(|run| &run.id), scene),
            Work::Undo
            | Work::Redo
            | Work::UndoStep
            | Work::RedoStep
            | Work::Compare
            | Work::ComparePoint
            | Work::Export
            | Work::Drop
            | Work::Submit => Reaction::Passed,
        }
    }

    fn steer(&self, work: Work, scene: &Scene<'_>) -> Reaction {
        let shown = self.run(scene).filter(|run| run.is_unfinished());
        let current = shown.or_else(|| scene.workbench.unfinished_run());
        match (work, current) {
            (Work::Resume, _) => {
                let mut runs = scene.workbench.runs().iter().rev();
                let run = self.run(scene).filter(|run| is_paused(run));
                let Some(run) = run.or_else(|| runs.find(|run| is_paused(run))) else {
                    return Reaction::say("No run waits to go on.");
                };
                Reaction::Taken(vec![
                    Step::Effect(Effect::ResumeRun(run.id.clone())),
                    Step::Say(goes_on(run)),
                ])
            }
            (_, None) => Reaction::say("No run is going."),
            (Work::Pause, Some(run)) if is_paused(run) => Reaction::Taken(vec![
                Step::Effect(Effect::ResumeRun(run.id.clone())),
                Step::Say(goes_on(run)),
            ]),
            (Work::Pause, Some(run)) => Reaction::Taken(vec![
                Step::Effect(Effect::PauseRun(run.id.clone())),
                Step::Say(format!("{} pauses after the call under way.", run.id)),
            ]),
            (_, Some(run)) => Reaction::step(Step::Open(Box::new(dialogs::Stop::run(run)))),
        }
    }

    /// Plans the picked changes once more, or the one under the cursor; all that failed of a run
    /// that was named.
    fn retry(&self, is_named: bool, scene: &Scene<'_>) -> Reaction {
        let Some(run) = self.run(scene) else {
            return Reaction::say("No runs yet.");
        };
        let places = if is_named {
            again::unwritten(run, scene)
        } else {
            self.targets()
        };
        let portion = again::portion(run, &places, scene);
        if !portion.changes.is_empty() {
            return Reaction::step(dialogs::plan_of(portion, scene));
        }
        let why = match portion.left.as_str() {
            "" => "every change is written",
            left => left,
        };
        let all = scene.keymap.keys(Action::Mark(Mark::Pick));
        let all = all.filter(|_| !is_named && self.items.len() > places.len());
        let all = all.map_or_else(String::new, |key| format!(" {key} picks all listed."));
        Reaction::say(format!("Nothing to retry: {why}.{all}"))
    }

    fn read_back(&self, scene: &Scene<'_>) -> Reaction {
        let Some(run) = self.run(scene) else {
            return Reaction::say("No runs yet.");
        };
        let unknown = scene.workbench.tally(run).unknown;
        let what = match unknown {
            0 => text::counted(run.items.len() as u64, "change"),
            unknown => text::counted(u64::from(unknown), "unknown change"),
        };
        Reaction::Taken(vec![
            Step::Effect(Effect::ReadBack(run.id.clone())),
            Step::Say(format!("Reading {what} of {} back.", run.id)),
        ])
    }

    fn report(&self, argument: &str, scene: &Scene<'_>) -> Reaction {
        let Some(run) = self.run(scene) else {
            return Reaction::say("No runs yet; there is nothing to report.");
        };
        let wanted = argument.trim().trim_start_matches('.').to_lowercase();
        let formats: Vec<ReportFormat> = ReportFormat::ALL
            .into_iter()
            .filter(|format| wanted.is_empty() || format.extension() == wanted)
            .collect();
        if formats.is_empty() {
            return Reaction::say(format!(
                "There is no report `{wanted}`; known are csv, json, md."
            ));
        }
        Reaction::step(Step::Effect(Effect::Report {
            run: run.id.clone(),
            formats,
            path: None,
        }))
    }

    fn exclude(&mut self, scene: &Scene<'_>) -> Reaction {
        let Some(run) = self.run(scene) else {
            return Reaction::nothing();
        };
        let picked = scene.workbench.staged_of_run(run, self.targets());
        if picked.is_empty() {
            return Reaction::say("Nothing of that is staged any more.");
        }
        self.marks.clear();
        Reaction::step(Step::Apply(Command::Exclude(picked)))
    }

    /// Marks the assets of the picked changes in Browse, or of the one under the cursor.
    pub(super) fn mark_listed(&self, scene: &Scene<'_>) -> Reaction {
        let Some(run) = self.run(scene) else {
            return Reaction::nothing();
        };
        let rows = again::rows(run, &self.targets(), scene);
        if rows.is_empty() {
            return Reaction::say("None of these assets is in the library.");
        }
        let say = format!(
            "Marked {} of {}.  1 shows them",
            text::counted(rows.len(), "asset"),
            run.id
        );
        Reaction::step(Step::Mark { rows, say })
    }

    /// Accepts what the server has for the picked changes, or the one under the cursor.
    fn accept(&mut self, scene: &Scene<'_>) -> Reaction {
        let Some(run) = self.run(scene) else {
            return Reaction::say("No runs yet; there is nothing to accept.");
        };
        let targets = self.targets();
        let settled = |place: &u32| run.settled[*place as usize].as_ref();
        let refusals = targets.iter().filter_map(settled).filter_map(|settled| {
            let why = acceptable(settled).err()?;
            Some((settled.outcome == Outcome::Applied, why))
        });
        let mut refusals: Vec<(bool, &str)> = refusals.collect();
        if refusals.len() == targets.len() {
            refusals.sort_unstable();
            let why = refusals.first().map_or("nothing is listed", |(_, why)| why);
            return Reaction::say(format!("Nothing to accept: {why}."));
        }
        let command = Command::Accept {
            run: run.id.clone(),
            items: targets.into_iter().collect(),
        };
        self.marks.clear();
        Reaction::step(Step::Apply(command))
    }

    /// Writes the picked changes, or the one under the cursor, to a small table for somebody
    /// else, with a note.
    fn hand_over(&self, words: &str, scene: &Scene<'_>) -> Reaction {
        let Some(run) = self.run(scene) else {
            return Reaction::say("No runs yet; there is nothing to hand over.");
        };
        let mut items = self.targets();
        let settled = |place: &u32| run.settled[*place as usize].as_ref();
        items.retain(|place| {
            settled(place).is_none_or(|settled| settled.outcome != Outcome::Applied)
        });
        if items.is_empty() {
            let why = if self.items.is_empty() {
                "no change is listed"
            } else {
                "it is written as wanted"
            };
            return Reaction::say(format!("Nothing to hand over: {why}."));
        }
        Reaction::step(Step::Effect(Effect::HandOver {
            run: run.id.clone(),
            items,
            words: words.trim().to_owned(),
            path: None,
        }))
    }
}
