//! Works out what the screen shows of a listing: on a thread of its own, on every core where there
//! are pieces, the newest question of each kind only. What takes long is told as it comes.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use tokio::sync::mpsc::UnboundedSender;

use crate::{
    domain::{
        Listing, Row, Sort,
        arrange::{Answer, AtOnce, Hands, Kind, Pieces, Question, SoFar},
        listing::Bits,
    },
    flow::Event,
};

/// After so long, what is known so far is told.
const FIRST: Duration = Duration::from_millis(10);
/// Then as often as this.
const AGAIN: Duration = Duration::from_millis(50);
/// So often it is asked whether somebody still waits for an order.
const PATIENCE: Duration = Duration::from_millis(2);

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
        if let Some(questions) = self.questions.get_or_init(begin) {
            // If the thread is gone, so is the program.
            drop(questions.send(question));
        } else if let Some(answer) = question.answer(&mut AtOnce) {
            told(&self.events, answer);
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
    let sorter = sorter();
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
            sorter: &sorter,
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

/// A listing to be put in order.
struct Sorting {
    listing: Listing,
    sort: Sort,
    reply: mpsc::Sender<Arc<[Row]>>,
}

/// Starts the thread that puts listings in order, the newest only. Nothing stops it half-way: a
/// listing keeps its orders, so the next who asks finds what was begun.
fn sorter() -> mpsc::Sender<Sorting> {
    let (sender, receiver) = mpsc::channel::<Sorting>();
    let work = move || {
        while let Ok(mut wish) = receiver.recv() {
            while let Ok(newer) = receiver.try_recv() {
                wish = newer;
            }
            // Who asked may have given up.
            let _ = wish.reply.send(wish.listing.order(&wish.sort));
        }
    };
    // Without a thread nobody takes what is sent, and who asks does it.
    drop(thread::Builder::new().name("order".into()).spawn(work));
    sender
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
    sorter: &'a mpsc::Sender<Sorting>,
    /// When something is told next.
    due: Instant,
}

impl Hands for Worker<'_> {
    fn all(&mut self, work: &Pieces<'_>, so_far: Option<SoFar<'_>>) -> Option<Bits> {
        let mut all = Bits::default();
        let Pieces { count, piece, .. } = *work;
        let (next, waits) = (AtomicU32::new(0), self.waits);
        let take = || taken(&next, count).filter(|_| waits.goes_on());
        let cores = thread::available_parallelism().map_or(1, |cores| cores.get().min(16));
        // Whoever is called for little work comes too late and lets the others wait.
        let cores = if work.is_light {
            1
        } else {
            u32::try_from(cores).unwrap_or(1)
        };
        thread::scope(|scope| {
            let (sender, receiver) = mpsc::channel();
            for _ in 1..cores.min(count) {
                let (sender, take) = (sender.clone(), &take);
                scope.spawn(move || {
                    while let Some(number) = take() {
                        // Who gathers is there until the end of this.
                        let _ = sender.send((number, piece(number)));
                    }
                });
            }
            drop(sender);
            while let Some(number) = take() {
                all.put(number as usize, &piece(number));
                for (number, rows) in receiver.try_iter() {
                    all.put(number as usize, &rows);
                }
                let has_more = next.load(Ordering::Relaxed) < count;
                if let Some(so_far) = so_far.filter(|_| has_more && now() >= self.due) {
                    self.tell(so_far(&all));
                }
            }
            for (number, rows) in receiver {
                all.put(number as usize, &rows);
            }
        });
        waits.goes_on().then_some(all)
    }

    fn is_wanted(&self) -> bool {
        self.waits.goes_on()
    }

    fn order(&mut self, listing: &Listing, sort: &Sort) -> Option<Arc<[Row]>> {
        if let Some(known) = listing.known_order(sort) {
            return Some(known);
        }
        let (reply, ordered) = mpsc::channel();
        let wish = Sorting {
            listing: listing.clone(),
            sort: sort.clone(),
            reply,
        };
        if let Err(mpsc::SendError(wish)) = self.sorter.send(wish) {
            return Some(wish.listing.order(&wish.sort));
        }
        while self.is_wanted() {
            match ordered.recv_timeout(PATIENCE) {
                Ok(order) => return Some(order),
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => return Some(listing.order(sort)),
            }
        }
        None
    }

    fn tells(&self) -> bool {
        true
    }

    fn tell(&mut self, answer: Answer) {
        self.due = now() + AGAIN;
        told(self.events, answer);
    }
}

/// The number of a piece nobody took yet.
fn taken(next: &AtomicU32, pieces: u32) -> Option<u32> {
    let number = next.fetch_add(1, Ordering::Relaxed);
    (number < pieces).then_some(number)
}

#[expect(clippy::disallowed_methods, reason = "how long work takes is measured")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::unbounded_channel;

    use super::*;
    use crate::domain::{
        FieldKey, Query,
        arrange::{Found, Ground, Known, Wanted, Wish, tests::ground},
        listing::TYPE,
    };

    /// Enough for several pieces.
    const MANY: usize = 200_000;

    fn rows(query: &str) -> Wish {
        Wish::Rows(Wanted {
            query: Query::parse(query).unwrap(),
            ..Wanted::default()
        })
    }

    fn counts(query: &str) -> Wish {
        let query = Query::parse(query).unwrap();
        Wish::Counts(vec![(FieldKey::new(TYPE), query)])
    }

    /// What comes of questions that all wait when work begins, the newest having these numbers.
    fn answers(ground: &Ground, asked: &[(u64, Wish)], numbers: [u64; 3]) -> Vec<Answer> {
        let (questions, receiver) = mpsc::channel();
        let (events, mut told) = unbounded_channel();
        for (number, wish) in asked {
            let question = Question {
                number: *number,
                ground: ground.clone(),
                wish: wish.clone(),
            };
            questions.send(Box::new(question)).unwrap();
        }
        drop(questions);
        let newest = Arc::new(numbers.map(AtomicU64::new));
        work_off(&receiver, &newest, &events);
        drop(events);
        let mut answers = Vec::new();
        while let Some(event) = told.blocking_recv() {
            let Event::Arranged(answer) = event else {
                panic!("{event:?}");
            };
            answers.push(*answer);
        }
        answers
    }

    #[test]
    fn of_questions_that_wait_only_the_newest_of_a_kind_is_worked_out() {
        let asked = [
            (1, rows("season:S1")),
            (2, counts("season:S1")),
            (3, rows("season:S2")),
            (4, rows("season:S3 type:video")),
        ];
        let answers = answers(&ground(MANY), &asked, [4, 2, 0]);
        let complete = answers.iter().filter(|answer| answer.is_complete);
        let numbers: Vec<u64> = complete.map(|answer| answer.number).collect();
        assert_eq!(numbers, [4, 2], "the rows shown come first");
        assert!(answers.iter().all(|answer| [4, 2].contains(&answer.number)));
    }

    #[test]
    fn what_is_worked_out_in_pieces_on_all_cores_is_the_same_as_in_place() {
        let ground = ground(MANY);
        for wish in [
            rows("season:S3 -video name:~\"[13579]$\""),
            rows("nowhere season:S3"),
            rows(""),
            counts("season:S3"),
            Wish::Found(Query::parse("type:video").unwrap()),
        ] {
            let question = Question {
                number: 9,
                ground: ground.clone(),
                wish: wish.clone(),
            };
            let in_place = question.answer(&mut AtOnce);
            let answers = answers(&ground, &[(9, wish)], [9; 3]);
            assert_eq!(answers.last(), in_place.as_ref());
            let so_far = &answers[..answers.len() - 1];
            assert!(so_far.iter().all(|answer| !answer.is_complete));
        }
    }

    #[test]
    fn a_question_nobody_waits_for_is_given_up() {
        let asked = [(1, rows("season:S1"))];
        assert_eq!(answers(&ground(MANY), &asked, [2, 0, 0]), []);
    }

    #[test]
    fn rows_found_so_far_are_told_in_order_and_are_some_of_all() {
        let (ground, newest) = (ground(MANY), Newest::default());
        newest[0].store(1, Ordering::Release);
        let (events, mut told) = unbounded_channel();
        let asked = |wish| Question {
            number: 1,
            ground: ground.clone(),
            wish,
        };
        let all = asked(rows("")).answer(&mut AtOnce).unwrap();
        let Found::Rows(all) = all.found else {
            panic!()
        };
        let mut wish = rows("season:S1");
        if let Wish::Rows(wanted) = &mut wish {
            wanted.known = Known::Order(all.all);
        }
        let question = asked(wish);
        let mut worker = Worker {
            waits: Waits::of(&question, &newest),
            events: &events,
            sorter: &sorter(),
            // It is late already.
            due: now(),
        };
        let answer = question.answer(&mut worker).unwrap();
        let Found::Rows(all) = answer.found else {
            panic!()
        };
        let Event::Arranged(so_far) = told.try_recv().unwrap() else {
            panic!()
        };
        let Found::Rows(some) = so_far.found else {
            panic!()
        };
        assert!(!so_far.is_complete && some.rows.len() < all.rows.len());
        let mut places = all.rows.iter();
        assert!(some.rows.iter().all(|row| places.any(|one| one == row)));
    }
}
