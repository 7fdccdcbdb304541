//! Works out what the targets would get: what of it at once, and what comes from elsewhere.

use std::collections::HashMap;

use super::{Content, Mode, ThumbnailDialog};
use crate::{
    domain::{
        Template, TemplateError,
        judging::{Choice, Judgement, Judging, Matching, Work},
    },
    ui::{
        component::{Reaction, Scene},
        dialogs::behind::{self, AT_ONCE, Behind, Taken},
    },
};

impl ThumbnailDialog {
    /// What is wished as it stands, of which nothing is judged yet.
    fn fresh(&self, scene: &Scene<'_>) -> Result<Matching, TemplateError> {
        let Content {
            rows,
            mode,
            rule,
            choice,
            picks,
        } = &self.content;
        let (choice, picks) = match mode {
            Mode::One => (choice.map_or(Choice::Open, Choice::One), HashMap::new()),
            Mode::Rule if !rule.text().is_empty() => {
                let rule = Template::parse(rule.text(), &scene.workbench.schema)?;
                (Choice::Rule(rule), picks.clone())
            }
            Mode::Rule | Mode::Each => (Choice::Open, picks.clone()),
        };
        Ok(Matching::new(choice, picks, rows))
    }

    /// Works out what each target would get, or the first ones where there are many.
    pub(super) fn work(&mut self, scene: &Scene<'_>) {
        let basis = behind::basis(scene);
        self.behind = Behind::whole(basis);
        self.problem = None;
        match self.fresh(scene) {
            Err(problem) => self.problem = Some(problem),
            Ok(mut judged) => {
                if self.content.rows.len() > AT_ONCE {
                    let first = behind::first(&self.targets.rows, &self.content.rows);
                    judged.judge(&first, scene.workbench);
                    self.behind = Behind::first(basis);
                } else {
                    judged.finish(scene.workbench);
                }
                self.targets.take(judged);
            }
        }
        self.look(scene);
    }

    /// Looks at the targets in sight.
    pub(super) fn look(&mut self, scene: &Scene<'_>) {
        let page = self.pages(scene).0;
        let places = self.target.shown(self.targets.rows.len(), page);
        self.targets.look(places, scene.workbench);
        let here = self.target.at;
        self.targets.look(here..here + 1, scene.workbench);
    }

    /// What is to be judged elsewhere.
    pub(super) fn ask(&mut self, number: u64, scene: &Scene<'_>) -> Option<Judging> {
        let mut behind = self.behind;
        let judged = self.targets.judged.as_ref()?;
        let judging = behind.ask(
            (number, scene),
            || judged.clone(),
            || self.fresh(scene).ok(),
            Work::Thumbnails,
        );
        self.behind = behind;
        judging
    }

    /// Takes in what was judged; stages it if that waited for it.
    pub(super) fn take(&mut self, judgement: &mut Judgement, scene: &Scene<'_>) -> Reaction {
        let Work::Thumbnails(judged) = &judgement.work else {
            return Reaction::Passed;
        };
        if self.behind.take(judgement) == Taken::Nothing {
            return Reaction::Passed;
        }
        self.targets.take(judged.clone());
        self.look(scene);
        match judgement.asked.take() {
            Some(asked) if self.behind.give_up() => self.staged(asked, scene),
            Some(_) | None => Reaction::Passed,
        }
    }
}
