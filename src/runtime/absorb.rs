//! News taken into a workbench.

use crate::{domain::Workbench, flow::Event};

/// Takes any event into a workbench. What only a screen cares about changes nothing.
pub fn absorb(workbench: &mut Workbench, event: Event) {
    match event {
        Event::Connected {
            capabilities,
            schema,
        } => workbench.absorb_connection(*capabilities, schema),
        Event::Page {
            generation,
            assets,
            total,
        } => {
            workbench.absorb_page(generation, &assets, total);
        }
        Event::Listed { generation, unread } => {
            workbench.absorb_end(generation, unread);
        }
        Event::Gone { generation, ids } => {
            workbench.absorb_gone(generation, &ids);
        }
        Event::Values(values) => workbench.absorb_values(&values),
        Event::Refreshed { assets, .. } => {
            workbench.listing.take(&assets);
        }
        Event::Restored(rest) => workbench.absorb_rest(*rest),
        Event::RunsRestored { runs, summaries } => workbench.restore_runs(runs, summaries),
        Event::PersistFailed(failure) | Event::RestoreFailed(failure) => {
            workbench.read_only = Some(failure.sentence());
        }
        Event::RunStarted(run) | Event::RunLoaded(run) => workbench.absorb_run(*run),
        Event::RunRead { run, read } => {
            workbench.absorb_run(*run);
            workbench.absorb_reread(&read);
        }
        Event::Call { run, call } => workbench.absorb_call(&run, call),
        Event::Settled { run, settled } => workbench.absorb_settled(&run, settled),
        Event::RunState {
            run, state, at_ms, ..
        } => workbench.absorb_run_state(&run, state, at_ms),
        Event::ConnectFailed(_)
        | Event::Arranged(_)
        | Event::ListFailed { .. }
        | Event::Updated { .. }
        | Event::KeepDue { .. }
        | Event::Picture { .. }
        | Event::RunWaits { .. }
        | Event::DryRun(_)
        | Event::Planned(_)
        | Event::Judged(_)
        | Event::Persisted(_)
        | Event::Exported(_)
        | Event::Reported { .. }
        | Event::HandedOver { .. }
        | Event::Copied { .. }
        | Event::Failed(_)
        | Event::Said(_) => {}
    }
}
