//! The certificate dialog: a status with a message, and what it does to how many.
//!
//! Verified certificates of other people stay as long as the rule is on; what goes from
//! deprecated to verified needs a yes of its own.

mod component;
mod draw;
mod effect;
mod lines;
#[cfg(test)]
mod tests;
mod working;

use std::{collections::HashMap, sync::Arc};

use roaring::RoaringBitmap;

use self::effect::Effects;
use super::{
    behind::{AT_ONCE, Behind},
    kept::Kept,
};
use crate::{
    domain::{
        CertificateStatus, Row, TemplateError,
        judging::{CertificateWish, Fate},
        workbench::Asked,
    },
    ui::{
        action::{Action, Answer, Move},
        chord::Chord,
        component::{Reaction, Scene, Step},
        dialogs,
        widgets::{Cursor, TextField, text},
    },
};

/// What can be given: the three statuses, or none.
const OPTIONS: [Option<CertificateStatus>; 4] = [
    Some(CertificateStatus::Verified),
    Some(CertificateStatus::Draft),
    Some(CertificateStatus::Deprecated),
    None,
];

/// What the keys go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    Status,
    Message,
    Keep,
    OnlyNone,
    Preview,
}

const RING: [Focus; 5] = [
    Focus::Status,
    Focus::Message,
    Focus::Keep,
    Focus::OnlyNone,
    Focus::Preview,
];

/// What is kept when the dialog closes.
#[derive(Clone, Debug)]
pub(super) struct Content {
    rows: RoaringBitmap,
    /// The option chosen, if one was.
    option: Option<usize>,
    message: TextField,
    keep: bool,
    only_none: bool,
    answers: HashMap<Row, bool>,
}

/// The dialog.
#[derive(Debug)]
pub(super) struct CertificateDialog {
    content: Content,
    order: Arc<[Row]>,
    /// What it would do; `None` as long as no status is chosen.
    effects: Option<Effects>,
    /// What of it is judged elsewhere.
    behind: Behind,
    problem: Option<TemplateError>,
    focus: Focus,
    asset: Cursor,
}

/// Opens the dialog, with a status and a message from the command line.
pub(super) fn open(argument: &str, scene: &Scene<'_>) -> Step {
    let offers = scene.workbench.capabilities.as_ref();
    if let Some(why) = offers.and_then(|offers| offers.certificates.refusal()) {
        return Step::Say(format!(
            "No certificates here: {}.",
            why.trim_end_matches('.')
        ));
    }
    let mut dialog = CertificateDialog::new(scene);
    let argument = argument.trim();
    if !argument.is_empty() {
        let (word, message) = argument.split_once(' ').unwrap_or((argument, ""));
        let status = if word.eq_ignore_ascii_case("none") {
            None
        } else {
            match word.parse::<CertificateStatus>() {
                Ok(status) => Some(status),
                Err(error) => return Step::Say(format!("{error}.")),
            }
        };
        let message = message.trim();
        let bare = message
            .strip_prefix('"')
            .and_then(|inner| inner.strip_suffix('"'));
        dialog.content.option = OPTIONS.iter().position(|option| *option == status);
        dialog.content.message.set(bare.unwrap_or(message));
    }
    Step::Open(Box::new(dialog))
}

impl CertificateDialog {
    fn new(scene: &Scene<'_>) -> Self {
        let rows = scene.targets();
        let kept = scene
            .kept
            .certificate
            .as_ref()
            .filter(|kept| kept.rows == rows);
        let content = kept.cloned().unwrap_or_else(|| Content {
            rows: rows.clone(),
            option: None,
            message: TextField::default(),
            keep: true,
            only_none: false,
            answers: HashMap::new(),
        });
        let order = scene.view.in_order(&rows);
        Self {
            content,
            order: order.into(),
            effects: None,
            behind: Behind::default(),
            problem: None,
            focus: Focus::Status,
            asset: Cursor::default(),
        }
    }

    /// The status chosen; `None` if none is, or the certificate is to be taken away.
    fn status(&self) -> Option<CertificateStatus> {
        self.content.option.and_then(|option| OPTIONS[option])
    }

    fn pass(&mut self, forward: bool) {
        let at = RING
            .iter()
            .position(|focus| *focus == self.focus)
            .unwrap_or(0);
        let step = if forward { 1 } else { RING.len() - 1 };
        self.focus = RING[(at + step) % RING.len()];
    }

    fn turn(&mut self, forward: bool, scene: &Scene<'_>) {
        let last = OPTIONS.len() - 1;
        self.content.option = Some(match self.content.option {
            // Nothing is chosen by going where nothing is: least of all to take something away.
            None => 0,
            Some(at) if forward => (at + 1).min(last),
            Some(at) => at.saturating_sub(1),
        });
        self.work(scene);
    }

    /// The status whose letter a key is, where one is chosen.
    fn option_of(&self, chord: Chord) -> Option<usize> {
        let letter = chord.typed().filter(|_| self.focus == Focus::Status)?;
        let sign =
            |option: &Option<CertificateStatus>| option.map_or('-', CertificateStatus::letter);
        let letter = letter.to_ascii_uppercase();
        OPTIONS.iter().position(|option| sign(option) == letter)
    }

    fn flip(&mut self, scene: &Scene<'_>) {
        match self.focus {
            Focus::Keep => self.content.keep = !self.content.keep,
            Focus::OnlyNone => self.content.only_none = !self.content.only_none,
            Focus::Status if self.content.option.is_none() => self.content.option = Some(0),
            Focus::Status | Focus::Message | Focus::Preview => {}
        }
        self.work(scene);
    }

    fn go(&mut self, movement: Move, scene: &Scene<'_>) -> Reaction {
        match (movement, self.focus) {
            (Move::NextPane, _) | (Move::Down, Focus::Keep | Focus::OnlyNone) => self.pass(true),
            (Move::PreviousPane, _) | (Move::Up, Focus::Keep | Focus::OnlyNone) => {
                self.pass(false);
            }
            (Move::Up | Move::Left, Focus::Status) => self.turn(false, scene),
            (Move::Down | Move::Right, Focus::Status) => self.turn(true, scene),
            (Move::Left | Move::Right, Focus::Keep | Focus::OnlyNone) => self.flip(scene),
            (_, Focus::Preview) if self.asset.go(movement, self.order.len(), 5) => {}
            (
                _,
                Focus::Preview | Focus::Status | Focus::Message | Focus::Keep | Focus::OnlyNone,
            ) => {
                return Reaction::Passed;
            }
        }
        Reaction::nothing()
    }

    /// Answers for the asset under the cursor if it asks, or for the first that does.
    fn say_yes_or_no(&mut self, yes: bool, scene: &Scene<'_>) -> Reaction {
        let Some(effects) = &self.effects else {
            return Reaction::say("Choose a status first.");
        };
        let here = effects.rows.get(self.asset.at).copied();
        let asking = |row: &Row| effects.judged.of(*row, scene.workbench) == Fate::Asks;
        let answered = |row: &Row| self.content.answers.contains_key(row);
        let first = effects.first_asking();
        let in_preview = self.focus == Focus::Preview;
        let here = here.filter(|row| in_preview && (asking(row) || answered(row)));
        let Some(row) = here.or(first) else {
            return Reaction::say("No asset asks for a yes or no.");
        };
        self.content.answers.insert(row, yes);
        if let Some(effects) = &mut self.effects {
            effects.judged.answer(row, yes, scene.workbench);
            effects.rank(&self.order);
        }
        self.behind.restart();
        let name = scene.workbench.listing.name(row);
        let rest = self.effects.as_ref().map_or(0, Effects::asks);
        let word = if yes { "yes" } else { "no" };
        Reaction::say(match rest {
            0 => format!("{name}: {word}."),
            rest => format!("{name}: {word}. {} to answer.", text::number(rest)),
        })
    }

    fn answer(&mut self, answer: Answer, scene: &Scene<'_>) -> Reaction {
        match answer {
            Answer::Accept => match self.focus {
                Focus::Status if self.content.option.is_none() => self.flip(scene),
                Focus::Status | Focus::Message => self.pass(true),
                Focus::Keep | Focus::OnlyNone => self.flip(scene),
                Focus::Preview => {}
            },
            Answer::Stage => return self.stage(scene),
            Answer::Yes => return self.say_yes_or_no(true, scene),
            Answer::No => return self.say_yes_or_no(false, scene),
            Answer::NextAsset => drop(self.asset.go(Move::Down, self.order.len(), 1)),
            Answer::PreviousAsset => drop(self.asset.go(Move::Up, self.order.len(), 1)),
            Answer::Up => self.pass(false),
            Answer::Down => self.pass(true),
            Answer::Next
            | Answer::Previous
            | Answer::Mode
            | Answer::Search
            | Answer::ShowAll
            | Answer::ShowChanged
            | Answer::ShowRefused
            | Answer::ShowEqual
            | Answer::DryRun
            | Answer::Canary
            | Answer::StopRule => return Reaction::Passed,
        }
        Reaction::nothing()
    }

    /// Why nothing can be staged as it stands, whatever becomes of the assets.
    fn obstacle(&self) -> Option<String> {
        if self.content.option.is_none() {
            return Some("choose a status".into());
        }
        let wish = self.effects.as_ref().map(|effects| effects.judged.wish());
        let lacking = wish.and_then(CertificateWish::problem);
        let problem = self.problem.as_ref().map(ToString::to_string);
        problem.or(lacking.map(str::to_owned))
    }

    /// Stages it. What is not judged yet, or needs a value for each of many assets, is waited for.
    fn stage(&mut self, scene: &Scene<'_>) -> Reaction {
        if let Some(why) = self.obstacle() {
            return Reaction::say(format!("Nothing was staged: {why}."));
        }
        let Some(effects) = &self.effects else {
            return Reaction::nothing();
        };
        let many = self.content.rows.len();
        let is_known = effects.judged.wish().is_for_all() || effects.asks() > 0;
        if many > AT_ONCE && !(is_known && self.behind.is_current(scene)) {
            self.behind.stage();
            return Reaction::say(Behind::waiting(many));
        }
        if effects.asks() > 0 {
            return self.staged(Vec::new(), scene);
        }
        let asked = effects.judged.asked(scene.workbench);
        self.staged(asked.into_iter().collect(), scene)
    }

    /// Stages what was judged, unless somebody must answer first. The keys then go to the assets
    /// that ask, so that the answer is one and no text.
    fn staged(&mut self, asked: Vec<Asked>, scene: &Scene<'_>) -> Reaction {
        let Some(effects) = &self.effects else {
            return Reaction::nothing();
        };
        let asks = effects.asks();
        if asks > 0 {
            self.focus = Focus::Preview;
            let asking = effects.first_asking();
            let at = effects.rows.iter().position(|row| Some(*row) == asking);
            self.asset.at = at.unwrap_or(self.asset.at);
            let need = if asks == 1 { "needs" } else { "need" };
            let asks = text::counted(asks, "asset");
            let key = |answer| {
                scene
                    .keymap
                    .keys(Action::Answer(answer))
                    .unwrap_or_default()
            };
            let (yes, no) = (key(Answer::Yes), key(Answer::No));
            return Reaction::say(format!(
                "Nothing was staged: {asks} {need} your yes or no ({yes} / {no})."
            ));
        }
        if asked.is_empty() {
            let sentence = effects.sentence(u16::MAX);
            return Reaction::say(format!("Nothing to stage. {sentence}"));
        }
        let status = match self.status() {
            Some(status) => format!("{} {status}", status.letter()),
            None => "remove".into(),
        };
        let message = match self.content.message.text() {
            text if !text.is_empty() && self.status().is_some() => format!(" \"{text}\""),
            _ => String::new(),
        };
        let label = format!(
            "certificate {status}{message} on {}",
            text::number(effects.changes())
        );
        let kept = Kept {
            certificate: None,
            ..scene.kept.clone()
        };
        let staging = kept.staging(label, asked);
        let Reaction::Taken(steps) = staging else {
            return staging;
        };
        if self.status().is_some() {
            return Reaction::Taken(steps);
        }
        // Nobody takes a certificate away by a slip of the key.
        let question = match effects.changes() {
            1 => "1 asset loses its certificate".to_owned(),
            many => format!("{} assets lose their certificates", text::number(many)),
        };
        let question = format!("{question}, with status and message. Nothing is sent yet.");
        let title = "Remove certificates";
        let confirm = dialogs::Confirm::new(title, question, "remove", steps);
        Reaction::step(Step::Open(Box::new(confirm)))
    }

    fn close(&mut self, scene: &Scene<'_>) -> Reaction {
        if self.behind.give_up() {
            return Reaction::say("Given up; nothing was staged.");
        }
        let kept = Kept {
            certificate: Some(self.content.clone()),
            ..scene.kept.clone()
        };
        Reaction::Taken(vec![Step::Keep(Box::new(kept)), Step::Close])
    }
}
