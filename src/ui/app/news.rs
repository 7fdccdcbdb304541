//! News from the world: pages, values, pictures, runs, and what went wrong.

use super::{App, World};
use crate::{
    domain::{Failure, Run, Stamp, failure::FailureKind, run::RunState},
    flow::Event,
    ui::{
        component::ScreenId,
        connection::{Link, Loading},
        widgets::text,
    },
};

/// What a bundle of news made stale.
#[derive(Clone, Copy, Debug, Default)]
struct Stale {
    /// Rows came or values changed.
    rows: bool,
    /// Only the order-free parts changed: draft, runs.
    states: bool,
    /// It must be worked in now, however long that takes.
    now: bool,
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
        for event in events {
            self.absorb(event, &mut stale);
        }
        let World {
            workbench, view, ..
        } = &mut self.world;
        if stale.rows && (stale.now || view.is_due(workbench, now_ms)) {
            view.rebuild(workbench, now_ms);
        } else if stale.rows {
            view.postpone();
        } else if stale.states {
            view.refresh(workbench);
        }
        self.changed = true;
        self.settle();
        std::mem::take(&mut self.effects)
    }

    fn absorb(&mut self, event: Event, stale: &mut Stale) {
        let now_ms = self.world.now_ms;
        match event {
            Event::Connected {
                capabilities,
                schema,
            } => {
                self.world
                    .workbench
                    .absorb_connection(*capabilities, schema);
                self.world.connection.link = Link::Online;
                *stale = Stale {
                    rows: true,
                    now: true,
                    ..*stale
                };
                self.list();
            }
            Event::ConnectFailed(failure) => {
                self.world.connection.fail(&failure, now_ms);
                self.say(failure.sentence());
            }
            Event::Page {
                generation,
                assets,
                total,
            } => {
                if self.world.workbench.absorb_page(generation, &assets, total) {
                    stale.rows = true;
                    if let Loading::Under { last_ms, .. } = &mut self.world.connection.loading {
                        *last_ms = now_ms;
                    }
                }
            }
            Event::Listed { generation } => {
                if self.world.workbench.absorb_end(generation) {
                    self.world.connection.loading = Loading::Done;
                    self.world.identity.listed_ms = Some(now_ms);
                    *stale = Stale {
                        rows: true,
                        now: true,
                        ..*stale
                    };
                }
            }
            Event::ListFailed {
                generation,
                failure,
            } => {
                if generation == self.world.workbench.listing.generation {
                    self.world.connection.fail(&failure, now_ms);
                    self.world.connection.loading = Loading::Failed(failure.clone());
                    self.say(failure.sentence());
                    *stale = Stale {
                        rows: true,
                        now: true,
                        ..*stale
                    };
                }
            }
            Event::Values(values) => {
                self.world.workbench.absorb_values(&values);
                let sort = &self.world.view.sort().field;
                stale.rows |= values.iter().any(|(_, field, _)| field == sort);
                stale.states = true;
            }
            Event::Refreshed { assets, gone } => self.refreshed(&assets, gone.len(), stale),
            Event::Picture { asset, picture } => self.world.pictures.absorb(asset, picture),
            Event::Persisted(id) => {
                self.world.saved_ms = Some(now_ms);
                if let Some(sentence) = self.world.awaiting.remove(&id) {
                    self.say(sentence);
                }
            }
            Event::PersistFailed(failure) => self.not_kept(&failure),
            Event::RunStarted(run) => self.run_started(*run, stale),
            Event::Call { run, call } => self.world.workbench.absorb_call(&run, call),
            Event::Settled { run, settled } => {
                self.world.workbench.absorb_settled(&run, settled);
                stale.states = true;
            }
            Event::RunState {
                run,
                state,
                at_ms,
                note,
            } => {
                self.world.workbench.absorb_run_state(&run, state, at_ms);
                stale.states = true;
                stale.rows |= matches!(state, RunState::Finished | RunState::Stopped);
                self.run_state(&run, state, note);
            }
            Event::ReportWritten(path) => self.say(format!("Report written: {}", path.display())),
            Event::Copied { fallback: None } => self.say("Copied."),
            Event::Copied {
                fallback: Some(path),
            } => self.say(format!(
                "This terminal takes no copies; the text lies in {}",
                path.display()
            )),
            Event::Failed(failure) => self.failed(&failure),
            Event::Said(sentence) => self.say(sentence),
        }
    }

    fn failed(&mut self, failure: &Failure) {
        if matches!(failure.kind, FailureKind::Offline | FailureKind::SignIn) {
            self.world.connection.fail(failure, self.world.now_ms);
        }
        self.say(failure.sentence());
    }

    fn refreshed(&mut self, assets: &[crate::domain::Asset], gone: usize, stale: &mut Stale) {
        self.world.workbench.listing.take(assets);
        for asset in assets {
            self.world.pictures.forget(&asset.id);
        }
        stale.rows = true;
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

    fn run_state(&mut self, id: &crate::domain::RunId, state: RunState, note: String) {
        self.world.run_note.clone_from(&note);
        let ended = matches!(state, RunState::Finished | RunState::Stopped);
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
        let tally = run.tally();
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
            sentence.push_str(&note);
        }
        self.say(format!("{}.", sentence.trim_end_matches('.')));
    }
}
