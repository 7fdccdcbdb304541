//! Works out what the screen shows of a listing: on a thread of its own, on every core where there
//! are pieces, the newest question of each kind only. What takes long is told as it comes.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use roaring::RoaringBitmap;
use tokio::sync::mpsc::UnboundedSender;

use crate::{
    domain::arrange::{Answer, AtOnce, Hands, Kind, Pieces, Question, SoFar},
    flow::Event,
};

/// After so long, what is known so far is told.
const FIRST: Duration = Duration::from_millis(10);
/// Then as often as this.
const AGAIN: Duration = Duration::from_millis(50);

/// The numbers of the newest questions, by kind; an older one is given up.
type Newest = Arc<[AtomicU64; Kind::ALL.len()]>;

/// Answers questions; its thread begins with the first one and ends with it.
pub struct Arranger {
    newest: Newest,
    questions: OnceLock<Option<mpsc::Sender<Box<Question>>>>,
    events: UnboundedSender<Event>,
}

impl Arranger {
    /// One that tells its answers as [`Event::Arranged`].
    pub fn new(events: UnboundedSender<Event>) -> Self {
        Self {
            newest: Newest::default(),
            questions: OnceLock::new(),
            events,
        }
    }

    /// Works a question out; an earlier one of its kind is given up. Returns at once.
    pub fn arrange(&self, question: Box<Question>) {
        self.newest[place(question.kind())].store(question.number, Ordering::Release);
        let begin = || begin(Arc::clone(&self.newest), self.events.clone());
        match self.questions.get_or_init(begin) {
            // If the thread is gone, so is the program.
            Some(questions) => drop(questions.send(question)),
            None => {
                let answer = question.answer(&mut AtOnce);
                answer
                    .into_iter()
                    .for_each(|answer| told(&self.events, answer));
            }
        }
    }

    /// Gives up working out the rows shown.
    pub fn stop(&self) {
        self.newest[place(Kind::Rows)].store(0, Ordering::Release);
    }
}

fn told(events: &UnboundedSender<Event>, answer: Answer) {
    // Nobody listens any more when the program ends.
    let _ = events.send(Event::Arranged(Box::new(answer)));
}

fn place(kind: Kind) -> usize {
    kind as usize
}

/// Starts the thread; `None` if the system gives none.
fn begin(newest: Newest, events: UnboundedSender<Event>) -> Option<mpsc::Sender<Box<Question>>> {
    let (sender, receiver) = mpsc::channel();
    let work = move || work_off(&receiver, &newest, &events);
    let started = thread::Builder::new().name("arrange".into()).spawn(work);
    started.ok().map(|_| sender)
}

fn work_off(
    receiver: &mpsc::Receiver<Box<Question>>,
    newest: &Newest,
    events: &UnboundedSender<Event>,
) {
    let mut waiting = Waiting::default();
    loop {
        if waiting.iter().all(Option::is_none) {
            let Ok(question) = receiver.recv() else {
                return;
            };
            put(question, &mut waiting);
        }
        for question in receiver.try_iter() {
            put(question, &mut waiting);
        }
        let Some(question) = waiting.iter_mut().find_map(Option::take) else {
            continue;
        };
        let waits = Waits::of(&question, newest);
        let mut worker = Worker {
            waits,
            events,
            due: now() + FIRST,
        };
        match question.answer(&mut worker) {
            Some(answer) => worker.tell(answer),
            None if waits.is_newest() => put(question, &mut waiting),
            None => {}
        }
    }
}

/// The newest question of each kind that nobody works on.
type Waiting = [Option<Box<Question>>; Kind::ALL.len()];

fn put(question: Box<Question>, waiting: &mut Waiting) {
    let place = place(question.kind());
    waiting[place] = Some(question);
}

/// Whether somebody waits for the answer of a question.
#[derive(Clone, Copy)]
struct Waits<'a> {
    number: u64,
    kind: Kind,
    /// The newest question about the rows shown, when work on this one began.
    rows: u64,
    newest: &'a Newest,
}

impl<'a> Waits<'a> {
    fn of(question: &Question, newest: &'a Newest) -> Self {
        Self {
            number: question.number,
            kind: question.kind(),
            rows: newest[place(Kind::Rows)].load(Ordering::Acquire),
            newest,
        }
    }

    fn is_newest(self) -> bool {
        self.newest[place(self.kind)].load(Ordering::Acquire) == self.number
    }

    /// Whether it should go on; the rows shown are more urgent than anything else.
    fn goes_on(self) -> bool {
        let rows = self.newest[place(Kind::Rows)].load(Ordering::Acquire);
        self.is_newest() && (self.kind == Kind::Rows || rows == self.rows)
    }
}

/// Works on one question.
struct Worker<'a> {
    waits: Waits<'a>,
    events: &'a UnboundedSender<Event>,
    /// When something is told next.
    due: Instant,
}

impl Hands for Worker<'_> {
    fn all(&mut self, work: &Pieces<'_>, so_far: Option<SoFar<'_>>) -> Option<RoaringBitmap> {
        let mut all = RoaringBitmap::new();
        let Pieces { count, piece } = *work;
        let (next, waits) = (AtomicUsize::new(0), self.waits);
        let take = || taken(&next, count).filter(|_| waits.goes_on());
        let cores = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            let (sender, receiver) = mpsc::channel();
            for _ in 1..cores.min(count) {
                let (sender, take) = (sender.clone(), &take);
                scope.spawn(move || {
                    while let Some(number) = take() {
                        // Who gathers is there until the end of this.
                        let _ = sender.send(piece(number));
                    }
                });
            }
            drop(sender);
            while let Some(number) = take() {
                all |= piece(number);
                receiver.try_iter().for_each(|set| all |= set);
                let has_more = next.load(Ordering::Relaxed) < count;
                if let Some(so_far) = so_far.filter(|_| has_more && now() >= self.due) {
                    self.tell(so_far(&all));
                }
            }
            receiver.iter().for_each(|set| all |= set);
        });
        waits.goes_on().then_some(all)
    }

    fn is_wanted(&self) -> bool {
        self.waits.goes_on()
    }

    fn tell(&mut self, answer: Answer) {
        self.due = now() + AGAIN;
        told(self.events, answer);
    }
}

/// The number of a piece nobody took yet.
fn taken(next: &AtomicUsize, pieces: usize) -> Option<usize> {
    let number = next.fetch_add(1, Ordering::Relaxed);
    (number < pieces).then_some(number)
}

#[expect(clippy::disallowed_methods, reason = "how long work takes is measured")]
fn now() -> Instant {
    Instant::now()
}
