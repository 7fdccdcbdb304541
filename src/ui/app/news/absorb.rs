//! What each piece of news does.

use super::{App, Stale, World};
use crate::flow::Event;

impl App {
    pub(super) fn absorb(&mut self, event: Event, stale: &mut Stale) {
        self.note_moment(&event);
        if event.is_an_answer() && self.world.workbench.capabilities.is_some() {
            self.world.connection.answered();
        }
        match event {
            Event::Connected {
                capabilities,
                schema,
            } => self.connected(*capabilities, schema, stale),
            told @ (Event::Restored(_) | Event::RunsRestored { .. } | Event::RestoreFailed(_)) => {
                self.opened(told, stale);
            }
            Event::ConnectFailed(failure) => {
                self.world.connection.fail(&failure, self.world.now_ms);
                self.say(failure.sentence());
            }
            Event::Arranged(answer) => {
                let World {
                    view, workbench, ..
                } = &mut self.world;
                view.take(*answer, workbench);
            }
            Event::Judged(mut judgement) => self.judged(&mut judgement),
            Event::Values(values) => self.values(&values, stale),
            Event::Refreshed { assets, gone } => self.refreshed(&assets, gone.len(), stale),
            Event::Picture { asset, picture } => self.world.pictures.absorb(asset, picture),
            Event::Persisted(id) => self.persisted(id),
            Event::PersistFailed(failure) => self.not_kept(&failure),
            Event::Exported(path) => self.say(format!("Table written: {}", path.display())),
            Event::DryRun(found) => self.dry_run(*found),
            Event::Planned(planned) => {
                let scene = self.world.scene(true);
                if let Some(layer) = self.layers.last_mut() {
                    layer.take_plan(*planned, &scene);
                }
            }
            told @ Event::Reported { .. } => self.reported(&told),
            Event::HandedOver { count, paths } => self.handed_over(count, &paths),
            Event::Copied { fallback } => self.copied(fallback),
            Event::Failed(failure) => self.failed(&failure),
            Event::Said(sentence) => self.say(sentence),
            of_listing @ (Event::Page { .. }
            | Event::Gone { .. }
            | Event::Updated { .. }
            | Event::KeepDue { .. }
            | Event::Listed { .. }
            | Event::ListFailed { .. }) => self.absorb_listing(of_listing, stale),
            of_a_run @ (Event::RunStarted(_)
            | Event::Call { .. }
            | Event::Settled { .. }
            | Event::RunState { .. }
            | Event::RunWaits { .. }
            | Event::RunLoaded(_)
            | Event::RunRead { .. }) => self.absorb_run(of_a_run, stale),
        }
    }

    /// News of a listing.
    fn absorb_listing(&mut self, event: Event, stale: &mut Stale) {
        if let Event::Page {
            generation,
            assets,
            total,
        } = event
        {
            stale.rows |= self.page(generation, &assets, total);
        } else if let Event::Gone { generation, ids } = event {
            stale.rows |= self.world.workbench.absorb_gone(generation, &ids);
        } else if let Event::Updated {
            generation,
            total,
            at_ms,
        } = event
        {
            self.updated(generation, (total, at_ms), stale);
        } else if let Event::Listed { generation, unread } = event {
            self.listed(generation, unread, stale);
        } else if let Event::KeepDue { generation, page } = event {
            self.keep_so_far(generation, page);
        } else if let Event::ListFailed {
            generation,
            failure,
        } = event
        {
            self.list_failed(generation, &failure, stale);
        }
    }

    /// News of a run.
    fn absorb_run(&mut self, event: Event, stale: &mut Stale) {
        if let Event::RunStarted(run) = event {
            self.run_started(*run, stale);
        } else if let Event::Call { run, call } = event {
            self.world.workbench.absorb_call(&run, call);
        } else if let Event::Settled { run, settled } = event {
            self.world.workbench.absorb_settled(&run, settled);
            stale.states = true;
        } else if let Event::RunState {
            run,
            state,
            at_ms,
            note,
        } = event
        {
            self.world.workbench.absorb_run_state(&run, state, at_ms);
            stale.states = true;
            stale.order |= state.is_over();
            stale.rows |= stale.order;
            self.run_state(&run, state, &note);
        } else if let Event::RunWaits { until_ms, why, .. } = event {
            self.world.run_waits = Some((until_ms, why));
        } else if let Event::RunLoaded(run) = event {
            self.run_loaded(*run);
        } else if let Event::RunRead { run, read } = event {
            self.run_read(*run, &read, stale);
        }
    }
}
