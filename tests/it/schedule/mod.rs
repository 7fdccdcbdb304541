//! Random schedules: faults, kills, pauses and outside edits, mixed as chance has it, and after each
//! of them the promises, judged by the log of a small truthful model of a server.
//!
//! A seed draws a library and the changes of a run, the server's rules (all or nothing, or change
//! by change; poisoned and forbidden assets; a longest call), the settings, and then, request by
//! request, what goes wrong: throttled, unreachable, away, lost before, after or half way through
//! being carried out, carried out late, never answered, garbled, the sign-in expired, success that
//! did not write, values stored otherwise, counts without details, changes not mentioned, denied
//! though written. Between any two requests somebody else may write or remove an asset. The
//! journal is slow, its disk is full, it says that it failed and has it all the same. The person
//! pauses, goes on, stops, closes the program. The program is killed at any poll, request, write,
//! answer or note, and starts again with what had become durable. After a while all is calm, and
//! then the run must end. Time is tokio's and never waited for; nothing sleeps.
//!
//! What must hold is told in [`check`] and [`outcomes`]. Everything comes out of the seed, so what
//! fails can be seen again:
//!
//! ```text
//! ARMARIUS_SEED=4711 cargo test --test it schedule::
//! ARMARIUS_SEED=1000..5000 cargo test --test it schedule:: -- --nocapture
//! ```

mod check;
mod dice;
mod facts;
mod fate;
mod fuse;
mod ledger;
mod log;
mod outcomes;
mod planted;
mod play;
mod poison;
mod scene;
mod server;
mod wire;
mod world;

use std::ops::Range;

use armarius::{
    domain::Outcome,
    store::{Holder, Workspace},
};

use check::problems;
use ledger::Shelf;
use log::Entry;
use play::{Story, play};
use scene::Scene;

/// What happened in some schedules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Census {
    seeds: usize,
    lives: usize,
    kills: usize,
    requests: usize,
    calls: usize,
    writes: usize,
    outside: usize,
    failed_notes: usize,
    pauses: usize,
    outcomes: [usize; 6],
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a few kinds of lines are counted"
)]
impl Census {
    fn count(&mut self, story: &Story) {
        self.seeds += 1;
        self.requests += story.requests;
        for line in &story.lines {
            let slot = match &line.entry {
                Entry::Life => &mut self.lives,
                Entry::Killed(_) => &mut self.kills,
                Entry::Sent { .. } => &mut self.calls,
                Entry::Wrote { .. } => &mut self.writes,
                Entry::Outside(..) | Entry::Removed(_) => &mut self.outside,
                Entry::NotKept(_) | Entry::Durable { said: false, .. } => &mut self.failed_notes,
                Entry::Wish("pause") => &mut self.pauses,
                _ => continue,
            };
            *slot += 1;
        }
        for settlement in story.run.settled.iter().flatten() {
            let all = Outcome::ALL.iter();
            let place = all.clone().position(|one| *one == settlement.outcome);
            self.outcomes[place.unwrap()] += 1;
        }
    }
}

fn in_memory(seed: u64) -> Story {
    play(seed, Scene::drawn(seed), |run| {
        Shelf::Memory(Box::new(run.clone()))
    })
}

/// The same over a real workspace on a real disk.
fn in_a_workspace(seed: u64) -> Story {
    let folder = tempfile::tempdir().unwrap();
    let holder = Holder::this_process("jruiz", scene::NOON);
    play(seed, Scene::drawn(seed), |run| {
        let mut workspace = Workspace::open(folder.path(), &holder).unwrap();
        workspace.begin_run(run).unwrap();
        Shelf::Workspace(Box::new(workspace), run.id.clone())
    })
}

/// These seeds, or the ones the environment names.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that lets a person repeat a seed"
)]
fn seeds(usual: Range<u64>) -> Range<u64> {
    let Ok(named) = std::env::var("ARMARIUS_SEED") else {
        return usual;
    };
    let number = |text: &str| text.parse::<u64>().unwrap();
    match named.split_once("..") {
        Some((from, to)) => number(from)..number(to),
        None => number(&named)..number(&named) + 1,
    }
}

#[expect(clippy::print_stdout, reason = "the seeds are told")]
fn hold(usual: Range<u64>, told: impl Fn(u64) -> Story) -> Census {
    let seeds = seeds(usual);
    let mut census = Census::default();
    for seed in seeds.clone() {
        let story = told(seed);
        let found = problems(&story);
        assert!(
            found.is_empty(),
            "ARMARIUS_SEED={seed}\n{}\n{:#?}\nseed {seed} breaks:\n{}",
            log::shown(&story.lines),
            story.scene.settings,
            found.join("\n"),
        );
        census.count(&story);
    }
    println!("seeds {seeds:?}: {census:?}");
    census
}

#[test]
fn the_promises_hold_in_schedules_0_to_249() {
    hold(0..250, in_memory);
}

#[test]
fn the_promises_hold_in_schedules_250_to_499() {
    hold(250..500, in_memory);
}

#[test]
fn the_promises_hold_in_schedules_500_to_749() {
    hold(500..750, in_memory);
}

#[test]
fn the_promises_hold_in_schedules_750_to_999() {
    hold(750..1_000, in_memory);
}

#[test]
fn the_promises_hold_over_a_real_workspace_too() {
    hold(2_000..2_020, in_a_workspace);
}

#[test]
fn the_same_seed_is_the_same_schedule() {
    for seed in 0..30 {
        assert_eq!(in_memory(seed).lines, in_memory(seed).lines, "seed {seed}");
    }
}

#[test]
fn the_schedules_are_as_mixed_as_they_say() {
    let mut census = Census::default();
    for seed in 0..200 {
        census.count(&in_memory(seed));
    }
    let Census {
        lives,
        kills,
        calls,
        writes,
        outside,
        failed_notes,
        pauses,
        outcomes,
        ..
    } = census;
    for count in [lives - 200, kills, outside, failed_notes, pauses] {
        assert!(count > 20, "{census:?}");
    }
    assert!(calls > 500 && writes > 500, "{census:?}");
    assert!(outcomes.iter().all(|count| *count > 5), "{census:?}");
}
