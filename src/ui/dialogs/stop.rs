//! The stop menu of a run: it never begins on an answer that ends something.

use ratatui::{Frame, layout::Rect};

use crate::{
    domain::{Run, run::RunState},
    flow::Effect,
    ui::{
        action::{Action, Answer, Context, Go},
        component::{Component, Hint, Reaction, Scene, ScreenId, Step},
        layout::{centered, line},
        theme::Role,
        widgets::{Cursor, boxed, text},
    },
};

/// What one answer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Stay,
    Background,
    Pause,
    Stop,
    Leave,
}

/// The answers, with the cursor on the one that changes nothing.
#[derive(Debug)]
pub struct Stop {
    run: crate::domain::RunId,
    open: usize,
    answers: Vec<(Deed, &'static str)>,
    cursor: Cursor,
}

impl Stop {
    /// For a run that goes on: go on, pause, or stop.
    pub fn run(run: &Run) -> Self {
        let mut answers = vec![
            (Deed::Stay, "keep going"),
            (Deed::Background, "keep going, back to Browse"),
        ];
        if run.state == RunState::Running {
            answers.push((Deed::Pause, "pause after the call under way"));
        }
        answers.push((
            Deed::Stop,
            "stop after the call under way; the rest stays staged",
        ));
        Self::of(run, answers)
    }

    /// For leaving the program while a run goes on.
    pub fn leaving(run: &Run) -> Self {
        let leave = "leave: pauses the run; `armarius resume` goes on later";
        let stop = "stop the run; the rest stays staged";
        Self::of(
            run,
            vec![
                (Deed::Stay, "stay here"),
                (Deed::Leave, leave),
                (Deed::Stop, stop),
            ],
        )
    }

    fn of(run: &Run, answers: Vec<(Deed, &'static str)>) -> Self {
        Self {
            run: run.id.clone(),
            open: run.open().count(),
            answers,
            cursor: Cursor::default(),
        }
    }

    fn steps(&self, deed: Deed) -> Vec<Step> {
        let run = self.run.clone();
        let mut steps = vec![Step::Close];
        match deed {
            Deed::Stay => steps.push(Step::Say(format!("{run} goes on."))),
            Deed::Background => {
                steps.push(Step::Show(ScreenId::Browse));
                steps.push(Step::Say(format!("{run} goes on; 4 shows it.")));
            }
            Deed::Pause => {
                steps.push(Step::Say(format!("{run} pauses after the call under way.")));
                steps.push(Step::Effect(Effect::PauseRun(run)));
            }
            Deed::Stop => {
                steps.push(Step::Say(format!("{run} stops after the call under way.")));
                steps.push(Step::Effect(Effect::StopRun(run)));
            }
            Deed::Leave => steps.push(Step::Quit),
        }
        steps
    }
}

impl Component for Stop {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Dialog]
    }

    fn mode(&self) -> &'static str {
        "STOP"
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![
            Hint::Named(Action::Move(crate::ui::action::Move::Down), "choose"),
            Hint::Named(Action::Answer(Answer::Accept), "do it"),
            Hint::Named(Action::Go(Go::Back), "keep going"),
        ]
    }

    fn on_action(&mut self, action: Action, _argument: &str, _scene: &Scene<'_>) -> Reaction {
        match action {
            Action::Move(movement) => {
                self.cursor
                    .go(movement, self.answers.len(), self.answers.len());
                Reaction::nothing()
            }
            Action::Answer(Answer::Accept) => {
                let (deed, _) = self.answers[self.cursor.at.min(self.answers.len() - 1)];
                Reaction::Taken(self.steps(deed))
            }
            Action::Go(Go::Back | Go::Interrupt | Go::Quit) => {
                Reaction::Taken(self.steps(Deed::Stay))
            }
            Action::Go(_)
            | Action::Mark(_)
            | Action::View(_)
            | Action::Edit(_)
            | Action::Work(_)
            | Action::Copy(_)
            | Action::Answer(_) => Reaction::Passed,
        }
    }

    /// The run may have ended meanwhile; then there is nothing left to ask.
    fn on_change(&mut self, scene: &Scene<'_>) {
        if let Some(run) = scene.workbench.run(&self.run) {
            self.open = run.open().count();
        }
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let height = u16::try_from(self.answers.len() + 4).unwrap_or(8);
        let width = area.width.saturating_sub(2).min(64);
        let title = format!("{} is going", self.run);
        let inside = boxed(frame, centered(area, width, height), &title, scene.theme);
        let open = text::counted(self.open as u64, "change");
        let words = format!(" {open} without an outcome. Nothing is ever half sent.");
        text::put(
            frame.buffer_mut(),
            line(inside, 0),
            &words,
            scene.theme.style(Role::Text),
        );
        for (number, (place, (_, words))) in (2..).zip(self.answers.iter().enumerate()) {
            let cursor = place == self.cursor.at;
            let style = scene
                .theme
                .style(if cursor { Role::Cursor } else { Role::Text });
            let place = line(inside, number);
            text::fill(frame.buffer_mut(), place, style);
            let sign = if cursor { ">" } else { " " };
            text::put(
                frame.buffer_mut(),
                place,
                &format!(" {sign} {words}"),
                style,
            );
            if cursor && place.height > 0 {
                frame.set_cursor_position((place.x, place.y));
            }
        }
    }
}
