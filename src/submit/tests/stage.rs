//! What the stories play on: a library in memory, a journal, and runs over them.

use std::sync::{Arc, Mutex};

use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    domain::{
        Asset, AssetId, Failure, FieldKey, Item, Outcome, Run, RunId, Value,
        failure::FailureKind,
        run::{CallNote, RunState, ServerCounts, Settlement},
    },
    endpoint::memory::Memory,
    submit::{
        Control, Engine, Gate, Journal, Kept, News, Parts, Settings, pace::Limits, waiting_calls,
    },
};

/// What a journal was told, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Noted(CallNote),
    Answered(CallNote),
    Settled(Vec<Settlement>),
    State(RunState),
}

/// A journal in memory; its disk can be full.
#[derive(Default)]
pub(super) struct Book {
    entries: Mutex<Vec<Entry>>,
    room: Mutex<Option<usize>>,
}

impl Book {
    pub(super) fn entries(&self) -> Vec<Entry> {
        self.entries.lock().unwrap().clone()
    }

    /// From now on, only so many more entries fit; `None` for any number.
    pub(super) fn room(&self, entries: Option<usize>) {
        *self.room.lock().unwrap() = entries;
    }

    fn put(&self, entry: Entry) -> Kept<'_> {
        let mut room = self.room.lock().unwrap();
        if let Some(left) = room.as_mut() {
            if *left == 0 {
                return Box::pin(async { Err(full()) });
            }
            *left -= 1;
        }
        self.entries.lock().unwrap().push(entry);
        Box::pin(async { Ok(()) })
    }

    /// The run as it is found after a crash: what was kept, and nothing else.
    pub(super) fn recovered(&self, fresh: &Run) -> Run {
        let mut run = fresh.clone();
        for entry in self.entries() {
            match entry {
                Entry::Noted(note) | Entry::Answered(note) => {
                    run.calls.retain(|known| known.number != note.number);
                    run.calls.push(note);
                }
                Entry::Settled(settled) => settled.into_iter().for_each(|one| run.settle(one)),
                Entry::State(_) => run.state = RunState::Interrupted,
            }
        }
        run.calls.sort_by_key(|call| call.number);
        run
    }
}

fn full() -> Failure {
    Failure {
        what: "could not keep a note".into(),
        why: "the disk is full".into(),
        hint: "make room".into(),
        kind: FailureKind::Local,
    }
}

impl Journal for Book {
    fn note_call<'a>(&'a self, _: &'a RunId, call: &'a CallNote) -> Kept<'a> {
        self.put(Entry::Noted(call.clone()))
    }

    fn answered<'a>(&'a self, _: &'a RunId, call: &'a CallNote) -> Kept<'a> {
        self.put(Entry::Answered(call.clone()))
    }

    fn settle<'a>(&'a self, _: &'a RunId, settled: &'a [Settlement]) -> Kept<'a> {
        self.put(Entry::Settled(settled.to_vec()))
    }

    fn state<'a>(&'a self, _: &'a RunId, state: RunState, _: i64) -> Kept<'a> {
        self.put(Entry::State(state))
    }
}

pub(super) fn noon() -> i64 {
    1_700_000_000_000
}

pub(super) fn title() -> FieldKey {
    "Title".into()
}

/// `a00`, `a01`, …
pub(super) fn id(number: usize) -> AssetId {
    AssetId::new(format!("a{number:02}"))
}

/// So many assets, each titled `old`.
pub(super) fn library(assets: usize) -> Memory {
    Memory::new((0..assets).map(|number| Asset {
        id: id(number),
        name: format!("pier {number}"),
        kind: "Image".into(),
        fields: vec![(title(), Value::text("old"))],
        locked: None,
    }))
}

/// The change of one title from `old` to `new`.
pub(super) fn retitle(number: usize) -> Item {
    Item {
        row: u32::try_from(number).unwrap(),
        asset: id(number),
        name: format!("pier {number}"),
        kind: "Image".into(),
        field: title(),
        value_kind: crate::domain::FieldKind::Text,
        before: Value::text("old"),
        wanted: Value::text("new"),
        delta: None,
        facts: Vec::new(),
    }
}

/// A run of these changes, so many a call.
pub(super) fn run_of(items: Vec<Item>, batch: usize) -> Run {
    let places: Vec<u32> = (0..).take(items.len()).collect();
    let planned = places.chunks(batch).map(|chunk| {
        (
            items[chunk[0] as usize].field == FieldKey::thumbnail(),
            chunk.to_vec(),
        )
    });
    Run {
        id: RunId::numbered(1),
        label: "retitle".into(),
        author: "jruiz".into(),
        profile: "gallery".into(),
        started_ms: noon(),
        finished_ms: None,
        digest: String::new(),
        state: RunState::Running,
        settled: vec![None; items.len()],
        calls: waiting_calls(planned, |_| "metadata".into()),
        items,
        counts: ServerCounts::default(),
        counted: false,
        reverts: Vec::new(),
        rules: crate::domain::run::RunRules::default(),
    }
}

/// Retitles the first so many assets, so many a call.
pub(super) fn retitling(assets: usize, batch: usize) -> Run {
    run_of((0..assets).map(retitle).collect(), batch)
}

/// One run under way.
pub(super) struct Play {
    pub(super) control: Control,
    pub(super) news: mpsc::UnboundedReceiver<News>,
    pub(super) task: JoinHandle<Run>,
    pub(super) book: Arc<Book>,
}

impl Play {
    /// Waits for a state, and returns its note.
    pub(super) async fn reaches(&mut self, wanted: RunState) -> String {
        while let Some(news) = self.news.recv().await {
            if let News::State { state, note, .. } = news
                && state == wanted
            {
                return note;
            }
        }
        panic!("the run ended without being {wanted:?}");
    }
}

pub(super) fn play(memory: &Memory, run: Run, settings: Settings) -> Play {
    play_with(memory, run, settings, Arc::default())
}

pub(super) fn play_with(memory: &Memory, run: Run, settings: Settings, book: Arc<Book>) -> Play {
    let (control, wishes) = Control::new();
    // As the runtime begins a run.
    control.go_on();
    let (sender, news) = mpsc::unbounded_channel();
    let parts = Parts {
        endpoint: Arc::new(memory.clone()),
        journal: Arc::clone(&book) as Arc<dyn Journal>,
        settings,
        wishes,
        news: sender,
        now_ms: noon,
        gate: gate(),
    };
    let task = tokio::spawn(Engine::new(run, parts).go());
    Play {
        control,
        news,
        task,
        book,
    }
}

/// A gate of its own; the engine sets its limits.
pub(super) fn gate() -> Gate {
    let limits = Limits {
        concurrency: 1,
        requests_per_minute: None,
        retry_budget: 8,
    };
    Gate::new(limits, 7)
}

/// Sends a run to its end.
pub(super) async fn sent(memory: &Memory, run: Run) -> Run {
    play(memory, run, Settings::default()).task.await.unwrap()
}

/// The outcomes, in the order of the changes.
pub(super) fn outcomes(run: &Run) -> Vec<Outcome> {
    run.settled
        .iter()
        .map(|settled| settled.as_ref().unwrap().outcome)
        .collect()
}

/// How a change ended.
pub(super) fn end(run: &Run, place: usize) -> Settlement {
    run.settled[place].clone().unwrap()
}

/// How often each asset's title was sent.
pub(super) fn times_sent(memory: &Memory, number: usize) -> usize {
    let wanted = id(number);
    let calls = memory.calls();
    let items = calls.iter().flat_map(|call| &call.items);
    items.filter(|item| item.asset == wanted).count()
}

pub(super) fn one_at_a_time() -> Settings {
    Settings {
        concurrency: 1,
        ..Settings::default()
    }
}
