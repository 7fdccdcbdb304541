//! Works the effect of the certificate out: what of it at once, and what comes from elsewhere.

use super::{CertificateDialog, effect::Effects};
use crate::{
    domain::{
        Template, TemplateError,
        judging::{CertificateWish, Certifying, Judgement, Judging, Work},
    },
    ui::{
        component::{Reaction, Scene},
        dialogs::behind::{self, AT_ONCE, Behind, Taken},
    },
};

impl CertificateDialog {
    /// What is wished as it stands, of which nothing is judged yet; `None` as long as no status is
    /// chosen.
    fn fresh(&self, scene: &Scene<'_>) -> Option<Result<Certifying, TemplateError>> {
        self.content.option?;
        let status = self.status();
        let text = status.map_or("", |_| self.content.message.text());
        let message = Template::parse(text, &scene.workbench.schema);
        Some(message.map(|message| {
            let wish = self.wish(message, scene);
            Certifying::new(wish, self.content.answers.clone(), &self.content.rows)
        }))
    }

    /// Judges what is wished: of all assets, or of the first ones where there are many.
    pub(super) fn work(&mut self, scene: &Scene<'_>) {
        let basis = behind::basis(scene);
        self.behind = Behind::whole(basis);
        self.problem = None;
        match self.fresh(scene) {
            None => self.effects = None,
            Some(Err(problem)) => self.problem = Some(problem),
            Some(Ok(mut judged)) => {
                if self.content.rows.len() > AT_ONCE {
                    let first = behind::first(&self.order, &self.content.rows);
                    judged.judge(&first, scene.workbench);
                    self.behind = Behind::first(basis);
                } else {
                    judged.finish(scene.workbench);
                }
                self.effects = Some(Effects::of(judged, &self.order));
            }
        }
        self.asset.keep(self.order.len(), 1);
    }

    /// What is to be judged elsewhere.
    pub(super) fn ask(&mut self, number: u64, scene: &Scene<'_>) -> Option<Judging> {
        let mut behind = self.behind;
        let judged = self.effects.as_ref()?;
        let judging = behind.ask(
            (number, scene),
            || judged.judged.clone(),
            || self.fresh(scene)?.ok(),
            Work::Certificate,
        );
        self.behind = behind;
        judging
    }

    /// Takes in what was judged; stages it if that waited for it.
    pub(super) fn take(&mut self, judgement: &mut Judgement, scene: &Scene<'_>) -> Reaction {
        let Work::Certificate(judged) = &judgement.work else {
            return Reaction::Passed;
        };
        let taken = self.behind.take(judgement);
        let Some(effects) = self.effects.as_mut().filter(|_| taken != Taken::Nothing) else {
            return Reaction::Passed;
        };
        effects.judged = judged.clone();
        if taken == Taken::SoFar {
            // Between the first piece and the last the list stays as it is.
            return Reaction::Passed;
        }
        effects.rank(&self.order);
        match judgement.asked.take() {
            Some(asked) if self.behind.give_up() => self.staged(asked, scene),
            Some(_) | None => Reaction::Passed,
        }
    }

    fn wish(&self, message: Template, scene: &Scene<'_>) -> CertificateWish {
        let user = scene.workbench.capabilities.as_ref();
        let user = user.map(|offers| offers.user.clone());
        CertificateWish {
            status: self.status(),
            message,
            keep: self.content.keep,
            only_none: self.content.only_none,
            me: [scene.identity.author.clone(), user.unwrap_or_default()],
        }
    }
}
