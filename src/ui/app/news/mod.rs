//! News from the world: pages, values, pictures, runs, and what went wrong.

mod absorb;

use std::path::PathBuf;

use super::{App, World};
use crate::{
    domain::{
        Asset, AssetId, Capabilities, Failure, FieldKey, OperationId, Run, Schema, Stamp, Value,
        failure::FailureKind, plan::DryRun, run::RunState,
    },
    flow::{Effect, Event},
    ui::{
        component::ScreenId,
        connection::{Link, Loading},
        widgets::text,
    },
};

/// `~/reports/R-0001.csv .json .md`: files that differ in their endings, on one line.
fn named_together(paths: &[PathBuf]) -> String {
    let Some((first, rest)) = paths.split_first() else {
        return String::new();
    };
    let mut words = first.display().to_string();
    for path in rest {
        words.push(' ');
        match path.extension() {
            Some(ending) if path.with_extension("") == first.with_extension("") => {
                words.push('.');
                words.push_str(&ending.to_string_lossy());
            }
            _ => words.push_str(&path.display().to_string()),
        }
    }
    words
}

/// What a bundle of news made stale.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a part that may be stale by itself"
)]
pub(super) struct Stale {
    /// Rows came or values changed.
    pub(super) rows: bool,
    /// Only the order-free parts changed: draft, runs.
    pub(super) states: bool,
    /// Values changed by which rows are ordered.
    pub(super) order: bool,
    /// It must be worked in now.
    now: bool,
}

impl Stale {
    /// Everything, now.
    pub(super) fn all(&mut self) {
        self.rows = true;
        self.order = true;
        self.now = true;
    }
}

impl App {
    /// One piece of news.
    #[must_use]
    pub fn on_event(&mut self, event: Event, now_ms: i64) -> Vec<crate::flow::Effect> {
        self.on_events(vec![event], now_ms)
    }

    /// News that came together: rows are worked out at most once for all of them.
    #[must_use]
    pub fn on_events(&mut self, events: Vec<Event>, now_ms: i64) -> Vec<crate::flow::Effect> {
        self.world.now_ms = now_ms;
        let mut stale = Stale::default();
        let mut looked = false;
        for event in events {
            looked |= event.tells_what_others_did();
            self.absorb(event, &mut stale);
        }
        if looked {
            self.note_outside();
        }
        let World {
            workbench, view, ..
        } = &mut self.world;
        if stale.order {
            view.disorder();
        }
        let is_stale = stale.rows || stale.states;
        if is_stale && (stale.now || view.is_due(workbench, now_ms)) {
            if stale.rows {
                view.merge(workbench, now_ms);
            } else {
                view.refresh(workbench);
            }
        } else if is_stale {
            view.postpone();
        }
        if self.world.start.is_old {
            self.keep_front();
        }
        self.changed = true;
        self.settle();
        self.release();
        self.asked()
    }

    fn connected(&mut self, capabilities: Capabilities, schema: Schema, stale: &mut Stale) {
        let workbench = &mut self.world.workbench;
        workbench.absorb_connection(capabilities, schema);
        self.world.connection.link = Link::Online;
        stale.all();
        if self.world.workbench.is_opening() {
            // What is kept tells whether all must be listed.
            self.world.start.updates = true;
        } else {
            self.update();
        }
    }

    fn dry_run(&mut self, found: DryRun) {
        let counts: Vec<String> = found
            .counts()
            .into_iter()
            .map(|(word, count)| format!("{} {word}", text::number(count as u64)))
            .collect();
        self.say(format!("Dry run: {}; nothing was sent.", counts.join(", ")));
        self.world.dry_run = Some(found);
    }

    fn values(&mut self, values: &[(AssetId, FieldKey, Value)], stale: &mut Stale) {
        self.world.workbench.absorb_values(values);
        self.keep_read(values);
        let sort = &self.world.view.sort().field;
        stale.order |= values.iter().any(|(_, field, _)| field == sort);
        stale.rows |= stale.order;
        stale.states = true;
    }

    fn copied(&mut self, fallback: Option<PathBuf>) {
        self.say(match fallback {
            None => "Copied.".to_owned(),
            Some(path) => {
                let path = path.display();
                format!("This terminal takes no copies; the text lies in {path}")
            }
        });
    }

    fn page(&mut self, generation: u64, assets: &[Asset], total: u64) -> bool {
        let news = self.world.workbench.absorb_page(generation, assets, total);
        if let (true, Loading::Under { last_ms, .. }) = (news, &mut self.world.connection.loading) {
            *last_ms = self.world.now_ms;
        }
        news
    }

    /// What has come so far is kept, so that the next start opens it at once whatever becomes of
    /// this listing.
    fn keep_so_far(&mut self, generation: u64, page: i64) {
        let listing = &self.world.workbench.listing;
        if generation == listing.generation {
            let listing = Box::new(listing.clone());
            self.effects.push(Effect::KeepSoFar { listing, page });
        }
    }

    fn listed(&mut self, generation: u64, unread: u64, stale: &mut Stale) {
        let counted = self.world.workbench.listing.total;
        if self.world.workbench.absorb_end(generation, unread) {
            // What changed while it came in may be missing from it.
            let mut began_ms = self.world.now_ms;
            if let Loading::Under { since_ms, .. } = self.world.connection.loading {
                began_ms = since_ms;
            }
            self.world.connection.loading = Loading::Done;
            self.world.identity.listed_ms = Some(began_ms);
            self.world.start.is_old = true;
            let picture = Box::new(self.world.workbench.listing.clone());
            self.effects.push(Effect::KeepListing(picture));
            stale.all();
            let missing = self.world.workbench.listing.missing();
            let all = text::number(counted);
            if missing > 0 {
                let missing = text::number(missing);
                self.say(format!(
                    "{missing} of {all} assets did not come: the listing is incomplete. R lists again."
                ));
            } else if unread > 0 {
                let unread = text::number(unread);
                self.say(format!(
                    "{unread} of {all} entries of the library can't be read and are not listed."
                ));
            }
        }
    }

    /// All that changed has come. What was removed for good shows in nothing but the number of
    /// assets: where that differs, all is listed anew behind what is shown.
    fn updated(&mut self, generation: u64, (total, at_ms): (Option<u64>, i64), stale: &mut Stale) {
        let listing = &self.world.workbench.listing;
        if generation != listing.generation {
            return;
        }
        if total != Some(listing.len()) {
            return self.list();
        }
        self.world.connection.loading = Loading::Done;
        self.world.identity.listed_ms = Some(at_ms);
        self.world.start.is_old = true;
        self.effects.push(Effect::Agreed { at_ms });
        stale.all();
    }

    fn list_failed(&mut self, generation: u64, failure: &Failure, stale: &mut Stale) {
        if generation == self.world.workbench.listing.generation {
            self.world.connection.fail(failure, self.world.now_ms);
            self.world.connection.loading = Loading::Failed(failure.clone());
            self.say(failure.sentence());
            stale.all();
        }
    }

    fn persisted(&mut self, id: OperationId) {
        self.world.saved_ms = Some(self.world.now_ms);
        if let Some(sentence) = self.world.awaiting.remove(&id) {
            self.say(sentence);
        }
    }

    fn handed_over(&mut self, count: u64, paths: &[PathBuf]) {
        let (count, places) = (text::counted(count, "change"), named_together(paths));
        self.say(format!("Handed over {count}: {places}"));
    }

    /// Reports that wrote themselves are told behind the end of their run, if that was just said.
    fn reported(&mut self, told: &Event) {
        let Event::Reported {
            run,
            paths,
            automatic,
        } = told
        else {
            return;
        };
        let words = match automatic {
            Some(Err(failure)) => failure.sentence(),
            Some(Ok(())) | None => format!("Report written: {}", named_together(paths)),
        };
        let end = self.world.said.last_mut();
        match end.filter(|said| automatic.is_some() && said.starts_with(run.0.as_str())) {
            Some(said) => {
                said.push_str("  ");
                said.push_str(&words);
            }
            None => self.say(words),
        }
    }

    fn failed(&mut self, failure: &Failure) {
        if matches!(failure.kind, FailureKind::Offline | FailureKind::SignIn) {
            self.world.connection.fail(failure, self.world.now_ms);
        }
        self.say(failure.sentence());
        self.reading_failed();
    }

    fn refreshed(&mut self, assets: &[Asset], gone: usize, stale: &mut Stale) {
        self.world.workbench.listing.take(assets);
        for asset in assets {
            self.world.pictures.forget(&asset.id);
        }
        stale.rows = true;
        stale.order = true;
        let read = text::counted(assets.len() as u64, "asset");
        self.say(match gone {
            0 => format!("Read {read} again."),
            gone => format!("Read {read} again; {gone} not found."),
        });
    }

    /// A step could not be kept: nothing more is staged, and nothing is promised.
    fn not_kept(&mut self, failure: &Failure) {
        self.world.awaiting.clear();
        self.world.workbench.read_only = Some(failure.why.clone());
        self.say(format!(
            "The last step could not be kept: {}. The draft is read-only now.",
            failure.why
        ));
    }

    fn run_started(&mut self, run: Run, stale: &mut Stale) {
        let (id, count) = (run.id.clone(), run.items.len() as u64);
        self.world.workbench.absorb_run(run);
        self.world.run_note.clear();
        stale.states = true;
        self.layers.clear();
        self.world.screen = ScreenId::Results;
        self.say(format!("{id} began: {}.", text::counted(count, "change")));
    }

    fn run_state(&mut self, id: &crate::domain::RunId, state: RunState, note: &str) {
        note.clone_into(&mut self.world.run_note);
        self.world.run_waits = None;
        let ended = state.is_over();
        self.world.bell |= ended || state == RunState::Paused;
        let stamp = Stamp {
            at_ms: self.world.now_ms,
            by: self.world.identity.author.clone(),
        };
        if ended && let Some(operation) = self.world.workbench.settle_draft(id, stamp) {
            self.persist(operation, String::new());
        }
        let Some(run) = self.world.workbench.run(id) else {
            return;
        };
        let tally = self.world.workbench.tally(run);
        let words: Vec<String> = crate::domain::Outcome::ALL
            .into_iter()
            .rev()
            .filter(|outcome| tally.of(*outcome) > 0)
            .map(|outcome| format!("{} {outcome}", text::number(u64::from(tally.of(outcome)))))
            .collect();
        let mut sentence = format!("{id} {}", state.word());
        if ended && !words.is_empty() {
            sentence.push_str(": ");
            sentence.push_str(&words.join(", "));
        }
        if !note.is_empty() {
            sentence.push_str(": ");
            sentence.push_str(note);
        }
        self.say(format!("{}.", sentence.trim_end_matches('.')));
    }
}
