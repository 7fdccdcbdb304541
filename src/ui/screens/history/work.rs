//! What can be done in History: steps taken back and brought back, runs taken back and compared.

use super::History;
use crate::{
    domain::{OperationId, RunId, history::Subject, points::Point, workbench::Command},
    flow::Effect,
    ui::{
        action::{Action, Go, Work},
        component::{Reaction, Scene, ScreenId, Step},
        dialogs,
        widgets::text,
    },
};

impl History {
    pub(super) fn work(&mut self, work: Work, argument: &str, scene: &Scene<'_>) -> Reaction {
        match work {
            Work::UndoStep | Work::RedoStep => self.step(work, argument, scene),
            Work::Revert => dialogs::reverting(argument, self.run(), scene),
            Work::ComparePoint => match self.point(argument, scene) {
                Ok(point) => dialogs::comparing((point, Point::Now), scene),
                Err(why) => Reaction::say(why),
            },
            Work::Compare => self.compare(argument, scene),
            Work::Export => match self.point(argument, scene) {
                Ok(point) => Self::export(point, scene),
                Err(why) => Reaction::say(why),
            },
            Work::Undo
            | Work::Redo
            | Work::Exclude
            | Work::Drop
            | Work::Submit
            | Work::Pause
            | Work::Stop
            | Work::Background
            | Work::Resume
            | Work::Retry
            | Work::Accept
            | Work::HandOver
            | Work::ReadBack
            | Work::Report => Reaction::Passed,
        }
    }

    /// The run under the cursor.
    fn run(&self) -> Option<&RunId> {
        match &self.entry()?.subject {
            Subject::Run(id) => Some(id),
            Subject::Step(_) | Subject::Outside(_) => None,
        }
    }

    /// Takes the step under the cursor back, or brings it back if it is undone.
    fn step(&self, work: Work, argument: &str, scene: &Scene<'_>) -> Reaction {
        let id = match (argument.trim(), self.entry().map(|entry| &entry.subject)) {
            ("", Some(Subject::Step(id))) => *id,
            ("", Some(Subject::Run(id))) => {
                return Reaction::say(format!(
                    "{id} is a run: what it wrote is on the server. Z stages what takes it back."
                ));
            }
            ("", Some(Subject::Outside(_))) => {
                return Reaction::say("Somebody else did this on the server; e stages a change.");
            }
            ("", None) => return Reaction::say("There is no step here."),
            (number, _) => match number.parse() {
                Ok(number) => OperationId(number),
                Err(_) => return Reaction::say(format!("`{number}` is no number of a step.")),
            },
        };
        let meant = argument.trim().is_empty() && scene.workbench.is_undone(id);
        Reaction::step(Step::Apply(if meant || work == Work::RedoStep {
            Command::RedoStep(id)
        } else {
            Command::UndoStep(id)
        }))
    }

    /// The restore point named behind a command, or that of the run under the cursor.
    fn point(&self, argument: &str, scene: &Scene<'_>) -> Result<Point, String> {
        if argument.trim().is_empty() && self.run().is_none() {
            return Err("Restore points are the runs: go to one first.".into());
        }
        dialogs::named_run(argument, self.run(), scene).map(Point::Before)
    }

    /// Keeps a restore point; the second one is compared with it.
    fn compare(&mut self, argument: &str, scene: &Scene<'_>) -> Reaction {
        let words: Vec<&str> = argument.split_whitespace().collect();
        if let [first, rest @ ..] = words.as_slice() {
            let second = rest.first().map_or(Ok(Point::Now), |word| word.parse());
            return match (first.parse(), second) {
                (Ok(first), Ok(second)) => dialogs::comparing((first, second), scene),
                (Err(why), _) | (_, Err(why)) => Reaction::say(format!("{why}.")),
            };
        }
        let point = match self.point("", scene) {
            Ok(point) => point,
            Err(why) => return Reaction::say(why),
        };
        match self.kept.take() {
            Some(first) if first != point => dialogs::comparing((first, point), scene),
            Some(_) => Reaction::say("No restore point is kept any more."),
            None => {
                let sentence = format!(
                    "Kept the point {point}. = on another run compares the two, P compares with now."
                );
                self.kept = Some(point);
                Reaction::say(sentence)
            }
        }
    }

    /// Writes the comparison of a point with now.
    fn export(point: Point, scene: &Scene<'_>) -> Reaction {
        let comparison = scene.workbench.compare((point, Point::Now));
        if comparison.missing.is_empty() {
            return Reaction::step(Step::Effect(Effect::Export(Box::new(comparison))));
        }
        let missing = text::counted(comparison.missing.len() as u64, "run");
        let load = |run: &RunId| Step::Effect(Effect::LoadRun(run.clone()));
        let mut steps: Vec<Step> = comparison.missing.iter().map(load).collect();
        steps.push(Step::Say(format!(
            "Loading {missing} first; press w again."
        )));
        Reaction::Taken(steps)
    }

    /// Shows what the line is about where it is at home.
    pub(super) fn open(&mut self) -> Reaction {
        let Some(entry) = self.entry() else {
            return Reaction::nothing();
        };
        match &entry.subject {
            Subject::Run(id) => Reaction::step(Step::OpenRun {
                run: id.clone(),
                then: Action::Go(Go::Results),
            }),
            Subject::Outside(_) => {
                self.in_detail = true;
                Reaction::nothing()
            }
            Subject::Step(_) if !matches!(entry.state, "staged" | "partly") => Reaction::say(
                format!("Nothing of this step is staged now: it is {}.", entry.state),
            ),
            Subject::Step(id) => Reaction::Taken(vec![
                Step::Show(ScreenId::Staged),
                Step::Do(Action::Go(Go::Staged), id.0.to_string()),
            ]),
        }
    }
}
