//! Judges what is wished for many assets: on a thread of its own, step by step, the newest wish
//! only. What takes long is told as it comes.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use tokio::sync::mpsc::UnboundedSender;

use crate::{
    domain::judging::{Judgement, Judging},
    flow::Event,
};

/// After so long, what is known so far is told; then as often as this.
const AGAIN: Duration = Duration::from_millis(50);

/// Judges; its thread begins with the first wish.
pub(super) struct Judge {
    /// The number of the newest wish; an older one is given up.
    newest: Arc<AtomicU64>,
    wishes: OnceLock<Option<mpsc::Sender<Box<Judging>>>>,
    events: UnboundedSender<Event>,
}

impl Judge {
    /// One that tells what it finds as [`Event::Judged`].
    pub(super) fn new(events: UnboundedSender<Event>) -> Self {
        Self {
            newest: Arc::default(),
            wishes: OnceLock::new(),
            events,
        }
    }

    /// Judges; what was judged before is given up. Returns at once.
    pub(super) fn judge(&self, judging: Box<Judging>) {
        self.newest.store(judging.number, Ordering::Release);
        let begin = || begin(Arc::clone(&self.newest), self.events.clone());
        if let Some(wishes) = self.wishes.get_or_init(begin) {
            // If the thread is gone, so is the program.
            drop(wishes.send(judging));
        } else {
            told(&self.events, judging.finish());
        }
    }

    /// Gives up.
    pub(super) fn stop(&self) {
        self.newest.store(0, Ordering::Release);
    }
}

/// Starts the thread; `None` if the system gives none.
fn begin(
    newest: Arc<AtomicU64>,
    events: UnboundedSender<Event>,
) -> Option<mpsc::Sender<Box<Judging>>> {
    let (sender, receiver) = mpsc::channel::<Box<Judging>>();
    let work = move || {
        for judging in receiver {
            work_off(*judging, &newest, &events, now() + AGAIN);
        }
    };
    let started = thread::Builder::new().name("judge".into()).spawn(work);
    started.ok().map(|_| sender)
}

/// Judges until all is judged or nobody waits for it any more; tells what is known so far when it
/// is due.
fn work_off(
    mut judging: Judging,
    newest: &AtomicU64,
    events: &UnboundedSender<Event>,
    mut due: Instant,
) {
    while newest.load(Ordering::Acquire) == judging.number {
        if let Some(judgement) = judging.step() {
            return told(events, judgement);
        }
        if now() >= due {
            told(events, judging.so_far());
            due = now() + AGAIN;
        }
    }
}

fn told(events: &UnboundedSender<Event>, judgement: Judgement) {
    // Nobody listens any more when the program ends.
    let _ = events.send(Event::Judged(Box::new(judgement)));
}

#[expect(clippy::disallowed_methods, reason = "how long work takes is measured")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use tokio::sync::mpsc::unbounded_channel;

    use super::*;
    use crate::domain::{
        Asset, CertificateStatus, Field, FieldKind, Template, Value, Workbench,
        judging::{CertificateWish, Certifying, Fate, Work},
    };

    const MANY: u32 = 20_000;

    /// A certificate whose message is another one for each asset; every seventh has no ticket.
    fn judging(number: u64) -> Judging {
        let mut bench = Workbench::new();
        bench.schema.fields = vec![Field::plain("Ticket", FieldKind::Text)];
        let ticket = |number: u32| match number % 7 {
            0 => Value::Absent,
            _ => Value::text(format!("DQ-{number}")),
        };
        let asset = |number: u32| Asset {
            id: format!("a{number}").as_str().into(),
            name: format!("orders_{number}"),
            kind: "Table".into(),
            fields: vec![("Ticket".into(), ticket(number))],
            locked: None,
        };
        let assets: Vec<Asset> = (0..MANY).map(asset).collect();
        bench.absorb_page(0, &assets, u64::from(MANY));
        let wish = CertificateWish {
            status: Some(CertificateStatus::Verified),
            message: Template::parse("see ${ticket}", &bench.schema).unwrap(),
            ..CertificateWish::default()
        };
        let rows = bench.listing.present().clone();
        Judging {
            number,
            work: Work::Certificate(Certifying::new(wish, HashMap::new(), &rows)),
            bench: Box::new(bench.picture()),
            stages: true,
        }
    }

    fn judgements(newest: u64, number: u64, due: Instant) -> Vec<Judgement> {
        let (events, mut told) = unbounded_channel();
        work_off(judging(number), &AtomicU64::new(newest), &events, due);
        drop(events);
        let mut all = Vec::new();
        while let Some(event) = told.blocking_recv() {
            let Event::Judged(judgement) = event else {
                panic!("{event:?}");
            };
            all.push(*judgement);
        }
        all
    }

    fn changes(judgement: &Judgement) -> u64 {
        let Work::Certificate(certifying) = &judgement.work else {
            panic!("{judgement:?}");
        };
        certifying.count(|fate| *fate == Fate::Change)
    }

    #[test]
    fn what_is_known_so_far_is_told_and_is_some_of_all() {
        let late_already = now();
        let told = judgements(3, 3, late_already);
        let (last, so_far) = told.split_last().unwrap();
        assert!(last.is_complete && !so_far.is_empty());
        let in_place = judging(3).finish();
        assert_eq!(changes(last), changes(&in_place));
        assert_eq!(last.asked, in_place.asked);
        for some in so_far {
            assert!(!some.is_complete && some.asked.is_none());
            assert!(changes(some) < changes(last));
        }
    }

    #[test]
    fn a_wish_that_is_not_the_newest_is_given_up() {
        assert_eq!(judgements(4, 3, now()), []);
    }

    #[test]
    fn one_that_was_stopped_is_given_up() {
        assert_eq!(judgements(0, 3, now()), []);
    }
}
