//! A schedule, played: lives of the engine, one after the other, until every change has its
//! outcome. Time is tokio's own and never waited for.

use std::{
    cell::Cell,
    future::{Future, pending, poll_fn},
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::Duration,
};

use armarius::{
    domain::{Run, run::RunState},
    submit::{Control, Engine, Gate, News, Parts, pace::Limits},
};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
    time::{Instant, sleep, timeout},
};

use super::{
    dice::Dice,
    fuse::{End, Fuse, Moment},
    ledger::{Ledger, Paper, Shelf},
    log::{Entry, Line, Log},
    scene::{NOON, Scene},
    server::Server,
    wire::Wire,
};

/// Longer than any run may take.
const LONGEST: Duration = Duration::from_hours(100);
/// More starts of the program than any run may need.
const LIVES: usize = 60;

/// How a schedule was played.
pub(super) struct Story {
    pub(super) scene: Scene,
    pub(super) lines: Vec<Line>,
    /// The run as the journal has it at the end.
    pub(super) run: Run,
    /// The run as the last engine had it, if it came to its end by itself.
    pub(super) returned: Option<Run>,
    pub(super) requests: usize,
    /// What kept it from ending, if something did.
    pub(super) stuck: Option<String>,
}

struct Stage {
    server: Server,
    paper: Arc<Mutex<Paper>>,
    log: Log,
    dice: Dice,
}

thread_local! {
    static START: Cell<Option<Instant>> = const { Cell::new(None) };
}

fn now_ms() -> i64 {
    let start = START.get().unwrap();
    NOON + i64::try_from(start.elapsed().as_millis()).unwrap()
}

/// Plays the schedule of a seed, over a journal that is made for its run.
pub(super) fn play(seed: u64, scene: Scene, shelf: impl FnOnce(&Run) -> Shelf) -> Story {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        START.set(Some(Instant::now()));
        let log = Log::new();
        let paper = Paper::new(shelf(&scene.run), Dice::new(seed, 2), scene.failing);
        let mut stage = Stage {
            server: Server::new(&scene, &log, Dice::new(seed, 3)),
            paper: Arc::new(Mutex::new(paper)),
            log: log.clone(),
            dice: Dice::new(seed, 4),
        };
        let (returned, stuck) = lives(&mut stage, &scene).await;
        let run = stage.paper.lock().unwrap().shelf.found();
        Story {
            scene,
            lines: log.lines(),
            run,
            returned,
            requests: stage.server.requests(),
            stuck,
        }
    })
}

async fn lives(stage: &mut Stage, scene: &Scene) -> (Option<Run>, Option<String>) {
    let mut returned = None;
    for life in 0..LIVES {
        let found = stage.paper.lock().unwrap().shelf.found();
        if found.open().next().is_none() {
            return (returned, None);
        }
        let end = match scene.end {
            Some(end) if life == 0 => end,
            Some(_) | None if life < scene.kills => End::drawn(&mut stage.dice),
            Some(_) | None => End::Natural,
        };
        stage.log.put(Entry::Life);
        returned = match timeout(LONGEST, live(stage, scene, found, end)).await {
            Err(_) => return (None, Some("it never ends".into())),
            Ok(run) => run,
        };
        let is_over = |run: &Run| matches!(run.state, RunState::Finished | RunState::Stopped);
        if returned.as_ref().is_some_and(is_over) {
            return (returned, None);
        }
        // Somebody comes back to it, sooner or later.
        sleep(stage.dice.millis(0, 100_000)).await;
        (0..3).for_each(|_| stage.server.world().nemesis());
        if stage.dice.permille(500) {
            stage.server.sign_in();
        }
    }
    (None, Some(format!("it did not end in {LIVES} lives")))
}

/// One life of an engine; `None` if it was killed.
async fn live(stage: &mut Stage, scene: &Scene, found: Run, end: End) -> Option<Run> {
    let fuse = Arc::new(Fuse::new(end));
    let in_doubt: Arc<AtomicBool> = Arc::default();
    let (control, wishes) = Control::new();
    let (news, receiver) = mpsc::unbounded_channel();
    let parts = Parts {
        endpoint: Arc::new(Wire {
            server: stage.server.clone(),
            fuse: Arc::clone(&fuse),
            items: found.items.clone(),
        }),
        journal: Arc::new(Ledger {
            in_doubt: Arc::clone(&in_doubt),
            paper: Arc::clone(&stage.paper),
            fuse: Arc::clone(&fuse),
            log: stage.log.clone(),
        }),
        settings: scene.settings,
        wishes,
        news,
        now_ms,
        gate: gate(scene, stage.dice.roll()),
    };
    let people = [
        people(stage, (control.clone(), receiver), (&fuse, &in_doubt)),
        whims(stage, scene, control.clone()),
        patience(stage, control.clone()),
    ];
    let mut engine = pin!(Engine::new(found, parts).go());
    let counted = poll_fn(|context| {
        if fuse.reach(Moment::Polled) {
            return Poll::Pending;
        }
        engine.as_mut().poll(context)
    });
    let run = tokio::select! {
        biased;
        () = fuse.blown() => {
            stage.log.put(Entry::Killed(format!("{end:?}")));
            None
        }
        () = ending(end, (&stage.log, &fuse), (control, &people)) => None,
        run = counted => Some(run),
    };
    // Nothing of it moves any more.
    fuse.blow();
    people.iter().for_each(AbortHandle::abort);
    run
}

/// Nobody else asks this server anything.
fn gate(scene: &Scene, seed: u64) -> Gate {
    let limits = Limits {
        concurrency: scene.settings.concurrency,
        requests_per_minute: scene.settings.requests_per_minute,
        retry_budget: scene.settings.retry_budget,
    };
    Gate::new(limits, seed)
}

async fn ending(
    end: End,
    (log, fuse): (&Log, &Fuse),
    (control, people): (Control, &[AbortHandle]),
) {
    match end {
        End::After(while_) => {
            sleep(while_).await;
            fuse.blow();
        }
        End::Closed(while_) => {
            sleep(while_).await;
            log.put(Entry::Closed);
            people.iter().for_each(AbortHandle::abort);
            drop(control);
            sleep(Duration::from_secs(2)).await;
            fuse.blow();
        }
        End::Natural | End::At(..) => {}
    }
    pending::<()>().await;
}

/// Whoever sits before the screen: reads the news, and goes on when the run has paused; starts the
/// program again if its disk can't be trusted.
fn people(
    stage: &mut Stage,
    (control, mut news): (Control, mpsc::UnboundedReceiver<News>),
    (fuse, in_doubt): (&Arc<Fuse>, &Arc<AtomicBool>),
) -> AbortHandle {
    let (log, server) = (stage.log.clone(), stage.server.clone());
    let (fuse, in_doubt) = (Arc::clone(fuse), Arc::clone(in_doubt));
    let mut dice = Dice::new(stage.dice.roll(), 5);
    let task = tokio::spawn(async move {
        // It ends with whoever waits.
        let mut later = JoinSet::new();
        while let Some(news) = news.recv().await {
            match news {
                News::State { state, note, .. } => {
                    log.put(Entry::State(state, note));
                    if state != RunState::Paused {
                        continue;
                    }
                    let wait = dice.millis(0, 200_000);
                    let (log, control) = (log.clone(), control.clone());
                    let server = dice.permille(700).then(|| server.clone());
                    let (fuse, in_doubt) = (Arc::clone(&fuse), Arc::clone(&in_doubt));
                    later.spawn(async move {
                        sleep(wait).await;
                        if in_doubt.load(Ordering::SeqCst) {
                            // Only another start of the program goes on from there.
                            return fuse.blow();
                        }
                        if let Some(server) = server {
                            server.sign_in();
                        }
                        log.put(Entry::Wish("go on"));
                        control.go_on();
                    });
                }
                News::Settled(settled) => {
                    log.put(Entry::ToldSettled(settled));
                }
                News::Call(_) | News::Read(_) | News::Waits { .. } | News::SignedOut => {}
            }
        }
    });
    task.abort_handle()
}

/// And wishes this and that meanwhile.
fn whims(stage: &mut Stage, scene: &Scene, control: Control) -> AbortHandle {
    let log = stage.log.clone();
    let mut dice = Dice::new(stage.dice.roll(), 6);
    let wishes = scene.wishes;
    let task = tokio::spawn(async move {
        for _ in 0..wishes {
            sleep(dice.millis(0, 40_000)).await;
            match dice.below(8) {
                0 => {
                    log.put(Entry::Wish("stop"));
                    control.stop();
                }
                1 | 2 => {
                    log.put(Entry::Wish("go on"));
                    control.go_on();
                }
                _ => {
                    log.put(Entry::Wish("pause"));
                    control.pause();
                }
            }
        }
    });
    task.abort_handle()
}

/// And comes back to it at last, whatever was wished.
fn patience(stage: &mut Stage, control: Control) -> AbortHandle {
    let (log, server) = (stage.log.clone(), stage.server.clone());
    let task = tokio::spawn(async move {
        loop {
            sleep(Duration::from_hours(1)).await;
            server.sign_in();
            log.put(Entry::Wish("go on"));
            control.go_on();
        }
    });
    task.abort_handle()
}
