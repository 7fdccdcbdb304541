//! Rows 2, 5 and 30: a server that asks everybody to slow down, that is away for good, and a network
//! that goes and comes back.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use armarius::domain::run::RunState;

use super::{
    story::{BOTH, Stage, Story},
    truth,
};
use crate::support::raw::{Asked, Deed, http};

/// Requests the wall lets through before it blocks.
const LET_THROUGH: usize = 6;
/// For how long it blocks everybody.
const BLOCK: Duration = Duration::from_secs(1);

/// A wall as Atlan's: once too many requests came, nobody gets through for a while.
#[derive(Default)]
struct Wall {
    came: AtomicUsize,
    refused: AtomicUsize,
    until: Mutex<Option<Instant>>,
}

impl Wall {
    #[expect(clippy::disallowed_methods, reason = "the wall's own clock")]
    fn now() -> Instant {
        Instant::now()
    }

    fn meets(&self) -> Deed {
        let mut until = self.until.lock().unwrap();
        let came = self.came.fetch_add(1, Ordering::SeqCst) + 1;
        if came == LET_THROUGH {
            *until = Some(Self::now() + BLOCK);
        }
        if until.is_some_and(|until| Self::now() < until) {
            self.refused.fetch_add(1, Ordering::SeqCst);
            return Deed::Instead(http(429, "Retry-After: 1\r\n", ""));
        }
        Deed::Pass
    }
}

#[test]
fn row_2_a_block_for_everybody_is_waited_out_by_everybody_together() {
    for protocol in BOTH {
        let wall: Arc<Wall> = Arc::default();
        let met = Arc::clone(&wall);
        let mut stage = Stage::over(protocol);
        stage.settings.batch_size = Some(1);
        stage.settings.concurrency = Some(3);
        let mut story = Story::staged(&stage, move |_| met.meets());
        let run = story.submit();
        truth::all_applied(&story, &run, "a block");
        assert!(story.waits.is_empty(), "nobody is asked: {:?}", story.waits);
        let refused = wall.refused.load(Ordering::SeqCst);
        // Each of those under way learns of it once, and one more may find it still closed.
        assert!(
            (1..=4).contains(&refused),
            "{refused} requests at a closed door"
        );
    }
}

/// Everything from the fourth request on goes so.
fn from_the_fourth(deed: &'static (impl Fn() -> Deed + Sync)) -> impl Fn(&Asked) -> Deed {
    move |asked| {
        if asked.number > 3 {
            return deed();
        }
        Deed::Pass
    }
}

/// A run that loses its server: it pauses, says why, is never told to be done, and once the server
/// is back it goes on to its end.
fn lost(deed: &'static (impl Fn() -> Deed + Sync), why: &str) {
    for protocol in BOTH {
        let mut stage = Stage::over(protocol);
        stage.settings.batch_size = Some(1);
        stage.settings.retry_budget = 2;
        let mut story = Story::staged(&stage, from_the_fourth(deed));
        let staged = story.session.workbench.draft().changes();
        let run = story.submit_once();
        assert_eq!(run.state, RunState::Paused, "{protocol:?}");
        assert!(story.waits[0].contains(why), "{:?}", story.waits);
        assert!(run.open().next().is_some());
        assert!(!run.headline().contains("DONE"), "{}", run.headline());
        assert_eq!(story.session.workbench.draft().changes(), staged);
        let asked = story.raw.count();
        assert!(asked < 80, "{asked} requests at a server that is away");
        // Still away: it is tried, and said again.
        let again = story.resume(&run);
        assert!(again.is_err() || again.is_ok_and(|run| run.state == RunState::Paused));
        story.raw.disarm();
        let run = story.resume(&run).unwrap();
        truth::all_applied(&story, &run, why);
    }
}

#[test]
fn row_5_a_server_that_is_away_for_good_pauses_the_run_and_loses_nothing() {
    lost(&|| Deed::Instead(http(503, "", "")), "503");
}

#[test]
fn row_30_a_network_that_goes_and_comes_back_costs_no_change() {
    lost(&|| Deed::ResetBefore, "times in a row");
}
