//! The rows shown, in order: worked out when filter, order or listing changed, and never while
//! drawing.
//!
//! A short listing is worked out at once. For a long one a [`Question`] is asked, somebody else
//! works on it, and the answer is taken if it is still the newest; until then the rows are as they
//! were, or those found so far.

mod asking;
mod columns;

use std::sync::Arc;

use roaring::RoaringBitmap;

use self::asking::Asking;
pub use self::columns::{Column, KEPT};
pub(super) use self::columns::{sampled, telling};
use crate::domain::{
    FieldKey, Listing, Query, Row, Sort, Value, Workbench,
    arrange::{Answer, Arrangement, Kind, Known, Question, Wanted, Wish, narrowed, set_of},
    query::Sets,
};

/// Up to so many assets everything is worked out at once.
pub const AT_ONCE: u64 = 20_000;

/// So many rows at the top are shown before the others are in order.
const FIRST: usize = 500;

/// How many results of filters are kept, to be shown again at once.
const KEPT_RESULTS: usize = 4;

/// How far the rows shown are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// They are what was asked for.
    #[default]
    Complete,
    /// They are what was asked for before; nothing is known yet of what is asked for now.
    Behind,
    /// They are what was found so far.
    SoFar,
}

/// How well the order fits the listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Ordered {
    /// It must be worked out anew.
    #[default]
    Not,
    /// Rows that came must be put where they belong, and those that went left out.
    Partly,
    /// Every row is where it belongs, apart from what came and is worked in later.
    Wholly,
}

/// What is shown of the listing.
#[derive(Debug, Default)]
pub struct View {
    query: Query,
    sort: Sort,
    chosen: Vec<FieldKey>,
    columns: Vec<Column>,
    shown: Arrangement,
    progress: Progress,
    /// What was asked for and shown when it was last complete.
    settled: (Query, Sort, Arrangement),
    /// Filters that were worked out, with their rows, as long as nothing else changes.
    results: Vec<(Query, Arrangement)>,
    sets: Arc<Sets>,
    asking: Asking,
    /// How well the order fits the listing.
    ordered: Ordered,
    /// Something came that is not worked in yet.
    is_stale: bool,
    worked_ms: i64,
    /// How many rows at the top are shown before the others are in order.
    first: usize,
}

impl View {
    /// One that works everything out at once up to so many assets.
    pub fn at_once_up_to(most: u64) -> Self {
        Self {
            asking: Asking::at_once_up_to(most),
            ..Self::default()
        }
    }

    /// The rows, in order.
    pub fn rows(&self) -> &[Row] {
        &self.shown.rows
    }

    /// All rows of the listing, in order.
    pub fn order(&self) -> &[Row] {
        &self.shown.all.order
    }

    /// The rows shown, as a set.
    pub fn set(&self) -> &RoaringBitmap {
        &self.shown.set
    }

    /// The rows of which nobody knows whether the filter lets them through, because a value it asks
    /// for was not read. They are not among those shown.
    pub fn open_rows(&self) -> &RoaringBitmap {
        &self.shown.open
    }

    /// Rows by state: staged, errors, conflicts.
    pub fn sets(&self) -> &Sets {
        &self.sets
    }

    /// The filter.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// The order.
    pub fn sort(&self) -> &Sort {
        &self.sort
    }

    /// How far the rows are.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// Whether somebody waits for another filter or another order.
    pub fn is_awaited(&self) -> bool {
        self.is_filtering() || self.is_sorting()
    }

    /// Whether somebody waits for another filter: the rows shown are not those it lets through.
    pub fn is_filtering(&self) -> bool {
        self.progress != Progress::Complete && !self.settled.0.is_like(&self.query)
    }

    /// Whether somebody waits for another order.
    pub fn is_sorting(&self) -> bool {
        self.progress != Progress::Complete && self.settled.1 != self.sort
    }

    /// Whether values are counted that somebody waits for.
    pub fn is_counting(&self) -> bool {
        self.asking.is_asked(Kind::Counts)
    }

    /// Whether somebody waits for what a query finds beside the filter.
    pub fn is_finding(&self) -> bool {
        self.asking.is_asked(Kind::Found)
    }

    /// The term of the filter that removed the last rows, and how many it removed.
    pub fn blame(&self) -> Option<&(String, u64)> {
        self.shown.blame.as_ref()
    }

    /// The columns, the name first.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The columns the person chose; empty for the usual ones.
    pub fn chosen(&self) -> &[FieldKey] {
        &self.chosen
    }

    /// The place of a row among those shown.
    pub fn place(&self, row: Row) -> Option<usize> {
        const STRETCH: usize = 4096;
        if !self.shown.set.contains(row) {
            return None;
        }
        // Stretch by stretch: whether one contains the row is asked many numbers at a time.
        let mut stretches = self.shown.rows.chunks(STRETCH).enumerate();
        let (number, stretch) = stretches.find(|(_, stretch)| stretch.contains(&row))?;
        let place = stretch.iter().position(|&shown| shown == row)?;
        Some(number * STRETCH + place)
    }

    /// These rows as they would be shown: those the filter lets through first, then the others.
    pub fn in_order(&self, rows: &RoaringBitmap) -> Vec<Row> {
        let shown = narrowed(&self.shown.rows, &(rows & self.set()));
        let hidden = narrowed(&self.shown.all.order, &(rows - self.set()));
        let mut ordered = [shown.as_ref(), hidden.as_ref()].concat();
        if (ordered.len() as u64) < rows.len() {
            // Some came that are not worked in yet.
            ordered.extend(rows - set_of(&ordered));
        }
        ordered
    }

    /// The values of a field with their counts, if they were wished for and are known by now.
    pub fn counts(&self, field: &FieldKey) -> Option<&[(Value, u64)]> {
        self.asking.counts(field)
    }

    /// The rows a query finds that was wished for, and whether they are all.
    pub fn found(&self) -> Option<(&RoaringBitmap, bool)> {
        self.asking.found()
    }

    /// Whether what came since the last work should be worked in now: at once for small listings, at
    /// most once a second for a million rows, and never while something else is worked on.
    pub(super) fn is_due(&self, workbench: &Workbench, now_ms: i64) -> bool {
        let is_busy = self.progress != Progress::Complete;
        !is_busy && now_ms - self.worked_ms >= pause(&workbench.listing)
    }

    /// When what was not worked in yet is due; `None` if nothing is.
    pub(super) fn due_ms(&self, workbench: &Workbench) -> Option<i64> {
        let waits = self.is_stale && self.progress == Progress::Complete;
        waits.then(|| self.worked_ms + pause(&workbench.listing))
    }

    /// Something came that is worked in later.
    pub(super) fn postpone(&mut self) {
        self.is_stale = true;
    }

    /// Values changed by which rows are ordered.
    pub(super) fn disorder(&mut self) {
        self.ordered = Ordered::Not;
    }

    /// Works in the rows that came and went.
    pub(super) fn merge(&mut self, workbench: &Workbench, now_ms: i64) {
        self.worked_ms = now_ms;
        self.ordered = self.ordered.min(Ordered::Partly);
        self.refresh(workbench);
    }

    /// Works everything out: the listing changed.
    pub(super) fn rebuild(&mut self, workbench: &Workbench, now_ms: i64) {
        self.disorder();
        self.merge(workbench, now_ms);
    }

    /// Works out what depends on draft, runs and values: the order is as it was.
    pub(super) fn refresh(&mut self, workbench: &Workbench) {
        self.sets = Arc::new(workbench.sets());
        self.is_stale = self.is_stale && self.ordered == Ordered::Wholly;
        self.forget();
        let is_complete = self.progress == Progress::Complete;
        if !(is_complete && self.ordered == Ordered::Wholly && self.query.is_empty()) {
            self.arrange(workbench);
        }
    }

    /// The marks changed.
    pub(super) fn remark(&mut self, workbench: &Workbench) {
        let sets = Arc::make_mut(&mut self.sets);
        sets.marked.clone_from(workbench.marks());
        self.results.retain(|(query, _)| !query.asks_for_marks());
        if self.query.asks_for_marks() {
            self.forget();
            self.arrange(workbench);
        }
    }

    pub(super) fn filter(&mut self, query: Query, workbench: &Workbench) {
        let is_asked = self.progress != Progress::Complete && query.is_like(&self.query);
        self.query = query;
        if is_asked {
            return;
        }
        let (query, sort, shown) = &self.settled;
        if query.is_like(&self.query) && *sort == self.sort {
            // What was found so far of another filter must not be taken for all of this one.
            self.shown = shown.clone();
        }
        let mut known = self.results.iter();
        match known.find(|(query, _)| query.is_like(&self.query)) {
            Some((_, known)) if self.ordered == Ordered::Wholly => {
                self.shown = known.clone();
                self.asking.give_up(Kind::Rows);
                self.complete();
            }
            Some(_) | None => self.arrange(workbench),
        }
    }

    /// Orders by something else; whoever is at the top of the list sees its first rows early.
    pub(super) fn order_by(&mut self, sort: Sort, workbench: &Workbench, is_at_top: bool) {
        self.first = if is_at_top { FIRST } else { 0 };
        self.sort = sort;
        self.ordered = Ordered::Not;
        self.is_stale = false;
        self.forget();
        self.arrange(workbench);
    }

    pub(super) fn choose(&mut self, chosen: Vec<FieldKey>, workbench: &Workbench) {
        self.chosen = chosen;
        self.columns = columns::columns(&self.chosen, workbench, &self.shown.all.order);
    }

    /// Asks for something beside the rows, unless that was asked and nothing changed since. Whether
    /// it was answered at once.
    pub(super) fn wish(&mut self, wish: Wish, workbench: &Workbench) -> bool {
        if self.asking.knows(&wish) {
            return false;
        }
        let answer = self.asking.ask(wish, workbench, &self.sets);
        answer.is_some_and(|answer| self.take(answer, workbench))
    }

    /// Gives up a filter or an order that is worked on, and shows what was shown before. Whether
    /// there was one.
    pub(super) fn give_up(&mut self) -> bool {
        if !self.is_awaited() {
            return false;
        }
        let (query, sort, shown) = &self.settled;
        (self.query, self.sort, self.shown) = (query.clone(), sort.clone(), shown.clone());
        self.progress = Progress::Complete;
        (self.ordered, self.is_stale) = (Ordered::Wholly, true);
        self.asking.give_up(Kind::Rows);
        true
    }

    /// Takes an answer, if it is one to the newest question. Whether it was.
    pub(super) fn take(&mut self, answer: Answer, workbench: &Workbench) -> bool {
        if !self.asking.is_newest(&answer) {
            return false;
        }
        let is_complete = answer.is_complete;
        if answer.kind() == Kind::Rows && !is_complete && !self.is_awaited() {
            // What is shown is more than what is known so far.
            return false;
        }
        let Some(shown) = self.asking.take(answer) else {
            return true;
        };
        let is_fresh = !Arc::ptr_eq(&self.shown.all.order, &shown.all.order);
        self.shown = shown;
        if is_fresh {
            self.columns = columns::columns(&self.chosen, workbench, &self.shown.all.order);
        }
        if is_complete {
            self.ordered = Ordered::Wholly;
            self.first = 0;
            self.complete();
            self.remember();
        } else {
            self.progress = Progress::SoFar;
        }
        true
    }

    /// What is to be asked of somebody else.
    pub(super) fn take_questions(&mut self) -> Vec<Question> {
        self.asking.take_questions()
    }

    /// Whether somebody else should give up working on the rows, once.
    pub(super) fn take_given_up(&mut self) -> bool {
        self.asking.take_given_up()
    }

    fn complete(&mut self) {
        self.progress = Progress::Complete;
        self.settled = (self.query.clone(), self.sort.clone(), self.shown.clone());
    }

    fn remember(&mut self) {
        let result = (self.query.clone(), self.shown.clone());
        self.results.retain(|(query, _)| !query.is_like(&result.0));
        self.results.truncate(KEPT_RESULTS - 1);
        self.results.insert(0, result);
    }

    /// What was worked out before is no longer right.
    fn forget(&mut self) {
        self.results.clear();
        self.asking.forget();
    }

    fn arrange(&mut self, workbench: &Workbench) {
        self.progress = Progress::Behind;
        let known = match self.ordered {
            Ordered::Not => Known::Nothing,
            Ordered::Partly => Known::Before(self.shown.all.clone()),
            Ordered::Wholly => Known::Order(self.shown.all.clone()),
        };
        let wanted = Wanted {
            query: self.query.clone(),
            sort: self.sort.clone(),
            known,
            first: self.first,
        };
        let answer = self.asking.ask(Wish::Rows(wanted), workbench, &self.sets);
        if let Some(answer) = answer {
            self.take(answer, workbench);
        }
    }
}

/// How long lies between two times that what came is worked in, milliseconds.
fn pause(listing: &Listing) -> i64 {
    i64::try_from(listing.len() / 1000).unwrap_or(i64::MAX)
}
