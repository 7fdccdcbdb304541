//! The jobs of a run that wait for their turn: metadata first, thumbnails last, and never two
//! under way for one asset.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque, hash_map::Entry},
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::time::Instant;

use super::{
    behind::{self, Answered, Behind, PutOff},
    is_thumbnail,
    narrow::{self, Family},
    noted::PROMPT,
    road::lock,
};
use crate::domain::{Item, Row, Run, Value};

/// How many changes share a call that no plan has made.
pub(super) const UNPLANNED: usize = 20;
/// How many changes of an interrupted run are read back at a time.
const READ_TOGETHER: usize = 100;
/// Why a change of an interrupted run is in doubt.
const INTERRUPTED: &str = "the program ended while it was under way";

/// Why nothing goes on while a lost call is waited for.
const LOST: &str = "a call was lost; it is read back again once it can no longer be carried out";

/// A part of a run that makes one call.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// Whether it sets thumbnails.
    pub(super) thumbnails: bool,
    /// Its changes, as places in the run.
    pub(super) places: Vec<u32>,
    /// The number of the planned call it stands for; a new one is given if `None`.
    pub(super) number: Option<u32>,
    /// How far it is.
    pub(super) stage: Stage,
    /// How often it was sent and lost.
    pub(super) lost: u32,
    /// What is known of the refused batch it is a part of.
    pub(super) family: Arc<Mutex<Family>>,
    /// It has nothing to do before.
    pub(super) not_before: Option<Instant>,
    /// What was there just before it was sent, where the draft did not know.
    pub(super) found: Vec<(u32, Value)>,
}

/// How far a job is.
#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// Not sent, or refused whole and known not to be written.
    Fresh,
    /// Read back a moment ago and found as it was: it may go without comparing, unless the brake
    /// holds it back meanwhile.
    Clear {
        /// How often the brake had been pulled by then.
        holds: u64,
        /// When it was read.
        since: Instant,
    },
    /// Sent and not answered: to be read back before anything else.
    Doubt {
        /// What happened instead of an answer.
        why: String,
        /// Until when the request may still be carried out.
        until: Instant,
    },
    /// Answered; to be read back. In the order of `places`.
    Answered(Vec<Answered>),
}

impl Job {
    /// A job nothing was sent of.
    pub(super) fn fresh(thumbnails: bool, places: Vec<u32>, number: Option<u32>) -> Self {
        Self {
            thumbnails,
            places,
            number,
            stage: Stage::Fresh,
            lost: 0,
            family: Arc::default(),
            not_before: None,
            found: Vec::new(),
        }
    }

    /// The same, not sent: the call of this number waits for it.
    pub(super) fn waiting(self, number: u32) -> Self {
        Self {
            number: Some(number),
            stage: Stage::Fresh,
            ..self
        }
    }

    /// The assets of its changes, once for each change.
    fn rows<'a>(&'a self, items: &'a [Item]) -> impl Iterator<Item = Row> + 'a {
        self.places.iter().map(|&place| items[place as usize].row)
    }

    /// A part of this job, to be sent under a number of its own.
    pub(super) fn part(&self, places: Vec<u32>) -> Self {
        Self {
            lost: self.lost,
            family: Arc::clone(&self.family),
            found: self.found.clone(),
            ..Self::fresh(self.thumbnails, places, None)
        }
    }
}

/// What may be done now.
pub(super) enum Turn {
    /// This.
    Start(Job),
    /// Nothing before then (why).
    At(Instant, &'static str),
    /// Nothing until something under way ends.
    Wait,
}

/// The waiting jobs, and what is under way.
#[derive(Default)]
pub(super) struct Lanes {
    metadata: VecDeque<Job>,
    thumbnails: VecDeque<Job>,
    busy: HashSet<Row>,
    /// Assets of a waiting job whose call may still be carried out, and in how many jobs.
    doubted: HashMap<(bool, Row), u32>,
    metadata_under_way: usize,
    /// What waits until the canary is through.
    later: Vec<Job>,
    /// What was answered and waits to be read again.
    behind: Behind,
    /// What waits for a person.
    aside: Vec<Job>,
}

impl Lanes {
    /// The open changes of a run: those in a call that was noted are in doubt, whatever became of
    /// the call. What is not sent yet and not of the canary waits for it.
    pub(super) fn of(
        run: &Run,
        canary: &HashSet<Row>,
        (timeout, now, now_ms): (Duration, Instant, i64),
    ) -> Self {
        let mut lanes = Self::default();
        let mut open: HashSet<u32> = run.open().collect();
        let (mut doubted, mut found, mut until) = (Vec::new(), HashMap::new(), now);
        for note in run.calls.iter().rev().filter(|note| note.noted_ms != 0) {
            let places = taken(&mut open, &note.items);
            if places.is_empty() {
                continue;
            }
            let age = u64::try_from(now_ms.saturating_sub(note.noted_ms)).unwrap_or(0);
            // It left up to so long after the note.
            let left = (timeout + PROMPT).saturating_sub(Duration::from_millis(age));
            until = until.max(now + left);
            for (place, value) in &note.found {
                found.entry(*place).or_insert_with(|| value.clone());
            }
            doubted.extend(places);
        }
        // Read back together: fewer requests than there were calls.
        for places in doubted.chunks(READ_TOGETHER) {
            let stage = Stage::Doubt {
                why: INTERRUPTED.into(),
                until,
            };
            lanes.add_places(run, places, |job| {
                let found = |&place: &u32| Some((place, found.get(&place)?.clone()));
                Job {
                    stage: stage.clone(),
                    found: job.places.iter().filter_map(found).collect(),
                    ..job
                }
            });
        }
        for note in run.calls.iter().filter(|note| note.noted_ms == 0) {
            let places = taken(&mut open, &note.items);
            lanes.add_places(run, &places, |job| job.waiting(note.number));
        }
        let mut rest: Vec<u32> = open.into_iter().collect();
        rest.sort_unstable();
        for places in rest.chunks(UNPLANNED) {
            lanes.add_places(run, places, |job| job);
        }
        if !canary.is_empty() {
            lanes.hold_back(&run.items, canary);
        }
        lanes
    }

    /// Keeps back what is not of the canary; what was sent already is looked at all the same.
    fn hold_back(&mut self, items: &[Item], canary: &HashSet<Row>) {
        let is_first = |place: &u32| canary.contains(&items[*place as usize].row);
        for thumbnails in [false, true] {
            for job in std::mem::take(self.lane(thumbnails)) {
                if !matches!(job.stage, Stage::Fresh) {
                    self.lane(thumbnails).push_back(job);
                    continue;
                }
                let (first, rest): (Vec<u32>, Vec<u32>) =
                    job.places.iter().partition(|p| is_first(p));
                let number = if first.is_empty() { job.number } else { None };
                if !rest.is_empty() {
                    self.later.push(Job {
                        number,
                        ..job.part(rest)
                    });
                }
                if !first.is_empty() {
                    self.lane(thumbnails).push_back(Job {
                        places: first,
                        ..job
                    });
                }
            }
        }
    }

    /// Whether something waits for the canary.
    pub(super) fn holds_back(&self) -> bool {
        !self.later.is_empty()
    }

    /// The canary is through: everything may go.
    pub(super) fn release(&mut self) {
        for job in std::mem::take(&mut self.later) {
            self.lane(job.thumbnails).push_back(job);
        }
    }

    fn add_places(&mut self, run: &Run, places: &[u32], finish: impl Fn(Job) -> Job) {
        let mut by_kind: BTreeMap<bool, Vec<u32>> = BTreeMap::new();
        for &place in places {
            let kind = is_thumbnail(&run.items[place as usize]);
            by_kind.entry(kind).or_default().push(place);
        }
        for (thumbnails, places) in by_kind {
            let job = finish(Job::fresh(thumbnails, places, None));
            self.doubt(&run.items, &job);
            self.lane(thumbnails).push_back(job);
        }
    }

    fn lane(&mut self, thumbnails: bool) -> &mut VecDeque<Job> {
        if thumbnails {
            &mut self.thumbnails
        } else {
            &mut self.metadata
        }
    }

    /// Puts a job at the end: others come first.
    pub(super) fn append(&mut self, job: Job) {
        self.lane(job.thumbnails).push_back(job);
    }

    /// Keeps a job until somebody says to go on.
    pub(super) fn set_aside(&mut self, job: Job) {
        self.aside.push(job);
    }

    /// Whether something waits for somebody to say so.
    pub(super) fn has_aside(&self) -> bool {
        !self.aside.is_empty()
    }

    /// Goes on with what was set aside, to the end.
    pub(super) fn take_up_aside(&mut self) {
        for job in std::mem::take(&mut self.aside) {
            lock(&job.family).insist();
            self.append(Job {
                stage: Stage::Fresh,
                ..job
            });
        }
    }

    /// Puts a job back, to be taken up next.
    pub(super) fn back(&mut self, items: &[Item], job: Job) {
        self.doubt(items, &job);
        self.lane(job.thumbnails).push_front(job);
    }

    /// No other call for these assets until it is known what became of theirs.
    fn doubt(&mut self, items: &[Item], job: &Job) {
        if let Stage::Doubt { .. } = job.stage {
            for row in job.rows(items) {
                *self.doubted.entry((job.thumbnails, row)).or_default() += 1;
            }
        }
    }

    /// After a pause everything is compared before it is sent: somebody may have been at work.
    pub(super) fn compare_again(&mut self) {
        for job in self.metadata.iter_mut().chain(&mut self.thumbnails) {
            if let Stage::Clear { .. } = job.stage {
                job.stage = Stage::Fresh;
            }
        }
    }

    /// Whether nothing waits, apart from what was set aside and thumbnails that wait for that.
    pub(super) fn is_empty(&self) -> bool {
        let none_can_go = self.thumbnails.is_empty() || self.thumbnails_are_held();
        self.metadata.is_empty() && none_can_go && self.behind.is_empty()
    }

    /// Whether metadata was set aside: thumbnails are sent after all metadata.
    fn thumbnails_are_held(&self) -> bool {
        self.aside.iter().any(|job| !job.thumbnails)
    }

    /// These were answered, and are to be read again later.
    pub(super) fn put_off(&mut self, answered: Vec<PutOff>, wait: Duration) {
        for one in answered {
            self.behind.put_off(one, wait);
        }
    }

    /// Takes out everything that was never sent, or is known not to be written, and lets the
    /// rest go at once.
    pub(super) fn give_up(&mut self) -> Vec<u32> {
        self.behind.at_once();
        let mut unsent: Vec<u32> = std::mem::take(&mut self.later)
            .into_iter()
            .chain(std::mem::take(&mut self.aside))
            .flat_map(|job| job.places)
            .collect();
        for lane in [&mut self.metadata, &mut self.thumbnails] {
            let (fresh, sent): (VecDeque<Job>, VecDeque<Job>) = std::mem::take(lane)
                .into_iter()
                .partition(|job| matches!(job.stage, Stage::Fresh | Stage::Clear { .. }));
            unsent.extend(fresh.into_iter().flat_map(|job| job.places));
            lane.extend(sent.into_iter().map(|job| Job {
                not_before: None,
                ..job
            }));
        }
        unsent
    }

    /// The next job whose assets are free, of `most` assets if it is still to be sent. Thumbnails
    /// wait for all metadata.
    pub(super) fn next(&mut self, items: &[Item], most: usize, now: Instant) -> Turn {
        if let Some(job) = self.behind.next(items, now, &self.busy) {
            self.start(items, &job);
            return Turn::Start(job);
        }
        let thumbnails = self.metadata.is_empty() && self.metadata_under_way == 0;
        if thumbnails && self.thumbnails_are_held() {
            let behind = self.behind.due(now);
            return behind.map_or(Turn::Wait, |at| Turn::At(at, behind::WAITS));
        }
        let (busy, doubted) = (&self.busy, &self.doubted);
        let is_free = |job: &Job| {
            let asks = matches!(job.stage, Stage::Doubt { .. } | Stage::Answered(_));
            let held = |row: Row| !asks && doubted.contains_key(&(job.thumbnails, row));
            !job.rows(items).any(|row| busy.contains(&row) || held(row))
        };
        let lane = if thumbnails {
            &mut self.thumbnails
        } else {
            &mut self.metadata
        };
        let mut due: Option<Instant> = None;
        let mut found = None;
        for (place, job) in lane.iter().enumerate() {
            if let Some(at) = job.not_before.filter(|at| *at > now) {
                due = Some(due.map_or(at, |due| due.min(at)));
            } else if is_free(job) {
                found = Some(place);
                break;
            }
        }
        match (found.and_then(|place| lane.remove(place)), due) {
            (Some(job), _) => {
                let job = self.cut(items, most, job);
                self.start(items, &job);
                Turn::Start(job)
            }
            (None, due) => {
                let due = due.map(|at| (at, LOST));
                let behind = self.behind.due(now).map(|at| (at, behind::WAITS));
                let first = due.into_iter().chain(behind).min_by_key(|(at, _)| *at);
                first.map_or(Turn::Wait, |(at, why)| Turn::At(at, why))
            }
        }
    }

    /// Cuts a job down to `most` assets; the rest waits in front.
    fn cut(&mut self, items: &[Item], most: usize, job: Job) -> Job {
        if !matches!(job.stage, Stage::Fresh | Stage::Clear { .. }) {
            return job;
        }
        let Some((first, rest)) = narrow::first(items, &job.places, most) else {
            return job;
        };
        let rest = Job {
            stage: job.stage.clone(),
            ..job.part(rest)
        };
        self.back(items, rest);
        Job {
            places: first,
            ..job
        }
    }

    fn start(&mut self, items: &[Item], job: &Job) {
        self.busy.extend(job.rows(items));
        if let Stage::Doubt { .. } = job.stage {
            for row in job.rows(items) {
                let Entry::Occupied(mut held) = self.doubted.entry((job.thumbnails, row)) else {
                    continue;
                };
                *held.get_mut() -= 1;
                if *held.get() == 0 {
                    held.remove();
                }
            }
        }
        self.metadata_under_way += usize::from(!job.thumbnails);
    }

    /// A job that was started has ended: its assets are free again.
    pub(super) fn end(&mut self, items: &[Item], (thumbnails, places): (bool, &[u32])) {
        for &place in places {
            self.busy.remove(&items[place as usize].row);
        }
        self.metadata_under_way -= usize::from(!thumbnails);
    }
}

fn taken(open: &mut HashSet<u32>, places: &[u32]) -> Vec<u32> {
    let mut taken = places.to_vec();
    taken.retain(|place| open.remove(place));
    taken
}
