//! From a key to the painted screen: filters, orders, counts and marks on a long list, worked out
//! beside the screen as the program does it.

use std::time::{Duration, Instant};

use armarius::{
    domain::Workbench,
    flow::{Effect, Event},
    runtime::Arranger,
    ui::{
        App, Identity,
        app::Setup,
        chord::{Chord, Key},
        input::Input,
        view::Progress,
    },
};
use ratatui::{Terminal, backend::TestBackend, layout::Size};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::{
    Anyhow,
    asked::asked,
    figures::{self, Goal, ms, percentile},
    world,
};

/// Assets that are taken in between two looks at the keyboard.
const BITE: usize = 500;

/// A screen, and whoever works for it.
struct Desk {
    app: App,
    terminal: Terminal<TestBackend>,
    arranger: Arranger,
    news: UnboundedReceiver<Event>,
    now_ms: i64,
}

/// What a key took: until the first frame, until that of the complete result, milliseconds.
#[derive(Clone, Copy, Debug)]
struct Took {
    first: f64,
    complete: f64,
}

impl Desk {
    /// A library of so many assets, listed; and how long the first screen took.
    fn with(count: usize) -> Anyhow<(Self, Took)> {
        let mut workbench = Workbench::new();
        workbench.listing = world::listing(count)?;
        workbench.schema = world::schema();
        Self::of(workbench)
    }

    fn of(workbench: Workbench) -> Anyhow<(Self, Took)> {
        let mut setup = Setup::new(workbench, Identity::default());
        setup.size = Size::new(120, 36);
        let (events, news) = unbounded_channel();
        let begun = Instant::now();
        let mut desk = Self {
            app: App::new(setup),
            terminal: Terminal::new(TestBackend::new(120, 36))?,
            arranger: Arranger::new(events),
            news,
            now_ms: 1_795_349_071_000,
        };
        let effects = desk.app.start(desk.now_ms);
        desk.perform(effects);
        desk.draw()?;
        let first = ms(begun.elapsed());
        desk.arrives()?;
        let complete = ms(begun.elapsed());
        Ok((desk, Took { first, complete }))
    }

    fn draw(&mut self) -> Anyhow<()> {
        let app = &self.app;
        self.terminal.draw(|frame| app.draw(frame))?;
        Ok(())
    }

    fn perform(&self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Arrange(question) = effect {
                self.arranger.arrange(question);
            } else if effect == Effect::StopArranging {
                self.arranger.stop();
            }
        }
    }

    fn is_done(&self) -> bool {
        let view = self.app.scene().view;
        view.progress() == Progress::Complete && !view.is_counting()
    }

    /// Takes answers and paints them until everything is as it was asked for; the time of the first.
    fn arrives(&mut self) -> Anyhow<Option<Instant>> {
        let mut first = None;
        while !self.is_done() {
            let event = self.news.blocking_recv().ok_or("nobody works")?;
            let effects = self.app.on_event(event, self.now_ms);
            self.perform(effects);
            self.draw()?;
            first = first.or_else(|| Some(Instant::now()));
        }
        Ok(first)
    }

    fn chord(&mut self, chord: Chord) -> Anyhow<Took> {
        self.now_ms += 400;
        let begun = Instant::now();
        let effects = self.app.on_input(Input::Key(chord), self.now_ms);
        self.perform(effects);
        self.draw()?;
        let first = ms(begun.elapsed());
        self.arrives()?;
        let complete = ms(begun.elapsed());
        Ok(Took { first, complete })
    }

    fn key(&mut self, name: &str) -> Anyhow<Took> {
        self.chord(Chord::parse(name)?)
    }

    /// Types a text; what each key took.
    fn types(&mut self, text: &str) -> Anyhow<Vec<Took>> {
        let keys = text.chars().map(|c| Chord::plain(Key::Char(c)));
        keys.map(|chord| self.chord(chord)).collect()
    }

    /// Shows everything again.
    fn all(&mut self) -> Anyhow<()> {
        self.key("0").map(drop)
    }

    /// Gives a command; what its last key took.
    fn command(&mut self, text: &str) -> Anyhow<Took> {
        self.types(&format!(":{text}"))?;
        self.key("enter")
    }
}

fn sorted(figures: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures
}

fn tell(row: &str, what: &str, figure: f64, most: f64) {
    let goal = if most.is_finite() {
        Goal::AtMost(most)
    } else {
        Goal::None
    };
    figures::tell(row, what, (figure, "ms"), goal);
}

/// The 95th percentile of what was typed so far and its time, and where it was longest.
fn tell_worst(row: &str, what: &str, mut results: Vec<(f64, &str)>, most: f64) {
    results.sort_by(|left, right| left.0.total_cmp(&right.0));
    let times: Vec<f64> = results.iter().map(|(took, _)| *took).collect();
    tell(row, what, percentile(&times, 95), most);
    if std::env::var_os("ARMARIUS_KEYS").is_some() {
        println!("      {results:.1?}");
    }
}

/// Everything at the full size, and what a key costs at three sizes.
pub(crate) fn arrange() -> Anyhow<()> {
    for count in [10_000, 100_000] {
        let (mut desk, _) = Desk::with(count)?;
        growth(&mut desk, count)?;
    }
    let (mut desk, opened) = Desk::with(world::many())?;
    tell(
        "G11",
        "the order by name, nothing known, first frame",
        opened.first,
        50.0,
    );
    tell(
        "G11",
        "the order by name, nothing known, complete",
        opened.complete,
        700.0,
    );
    growth(&mut desk, world::many())?;
    filters(&mut desk)?;
    orders(&mut desk)?;
    marks(&mut desk)?;
    counts(&mut desk)?;
    flood(&mut desk)
}

/// What a key costs that only moves the cursor, and one that filters.
fn growth(desk: &mut Desk, count: usize) -> Anyhow<()> {
    let mut moves = Vec::new();
    for _ in 0..100 {
        moves.push(desk.key("j")?.first);
        moves.push(desk.key("ctrl-d")?.first);
    }
    moves.push(desk.key("G")?.first);
    moves.push(desk.key("g")?.first);
    moves.push(desk.key("g")?.first);
    let moves = sorted(moves.into_iter());
    let what = format!("a key that moves, {count} listed, p99");
    tell("G17", &what, percentile(&moves, 99), 6.0);
    desk.key("/")?;
    let took = desk.types(asked().word)?;
    let took = sorted(took.iter().map(|took| took.complete));
    let what = format!("a key of a filter, {count} listed, p50");
    tell("G9", &what, percentile(&took, 50), f64::INFINITY);
    desk.key("esc")?;
    Ok(())
}

/// Filters typed key by key: each key is painted at once, and its result soon.
fn filters(desk: &mut Desk) -> Anyhow<()> {
    let mut firsts = Vec::new();
    // What is typed before a colon looks for words in any field.
    let mut words = Vec::new();
    for &(row, text, most) in asked().typed {
        desk.all()?;
        desk.key("/")?;
        let typed = desk.types(text)?;
        firsts.extend(typed.iter().map(|took| took.first));
        let mut results = Vec::new();
        for (key, took) in typed.iter().enumerate() {
            let last = text[..=key].split(' ').next_back().unwrap_or_default();
            let has_words = text.contains(':') && !last.is_empty() && !last.contains(':');
            let of = if has_words { &mut words } else { &mut results };
            of.push((took.complete, &text[..=key]));
        }
        let what = format!("a key of {text} to its painted result, p95");
        tell_worst(row, &what, results, most);
        desk.key("enter")?;
    }
    tell_worst("G9", "a key of their words in any field, p95", words, 25.0);
    desk.all()?;
    let firsts = sorted(firsts.into_iter());
    tell(
        "G9",
        "a key of a filter to the first answer, p99",
        percentile(&firsts, 99),
        16.0,
    );
    Ok(())
}

fn orders(desk: &mut Desk) -> Anyhow<()> {
    for field in asked().orders {
        let took = desk.command(&format!("sort {field}"))?;
        let what = format!("the order by {field}, complete");
        tell("G11", &what, took.complete, 700.0);
    }
    let took = desk.command("sort name")?;
    tell(
        "G11",
        "the order by name again, complete",
        took.complete,
        16.0,
    );
    let took = desk.command("sort name desc")?;
    tell(
        "G11",
        "the order by name, turned around, complete",
        took.complete,
        700.0,
    );
    desk.command("sort name")?;
    Ok(())
}

fn marks(desk: &mut Desk) -> Anyhow<()> {
    let mut took: [Vec<f64>; 4] = Default::default();
    for _ in 0..10 {
        for (taken, key) in took.iter_mut().zip(["a", "i", "a", "n"]) {
            desk.key("s")?;
            taken.push(desk.key(key)?.complete);
        }
    }
    for (taken, what) in took.into_iter().zip(["all", "inverted", "all", "none"]) {
        let taken = sorted(taken.into_iter());
        let what = format!("mark {what}, p95");
        tell("G12", &what, percentile(&taken, 95), 10.0);
    }
    desk.key("v")?;
    let end = desk.key("G")?;
    tell("G12", "a range to the end, painted", end.complete, 16.0);
    let added = desk.key("enter")?;
    tell("G12", "the range added, painted", added.complete, 16.0);
    desk.key("s")?;
    desk.key("n")?;
    desk.key("g")?;
    desk.key("g")?;
    Ok(())
}

fn counts(desk: &mut Desk) -> Anyhow<()> {
    desk.key("/")?;
    desk.types(asked().few)?;
    desk.key("enter")?;
    let mut took = Vec::new();
    for _ in 0..10 {
        took.push(desk.key("f")?.complete);
        desk.key("esc")?;
    }
    let took = sorted(took.into_iter());
    tell(
        "-",
        "counts of facets under a filter, painted, p95",
        percentile(&took, 95),
        50.0,
    );
    desk.all()
}

/// Pages come in as fast as they are taken; keys are pressed meanwhile.
fn flood(desk: &mut Desk) -> Anyhow<()> {
    let generation = desk.app.workbench().listing.generation;
    let mut pages = Vec::new();
    world::pages(world::many() / 5, &mut |page| pages.push(page))?;
    let mut waits = Vec::new();
    let count: usize = pages.iter().map(Vec::len).sum();
    let mut spent = Duration::ZERO;
    let mut pages = pages.into_iter().peekable();
    while pages.peek().is_some() {
        let mut bite = Vec::new();
        let mut room = BITE;
        while let Some(assets) = pages.next_if(|page| page.len() <= room) {
            room -= assets.len();
            let total = world::many() as u64;
            bite.push(Event::Page {
                generation,
                assets,
                total,
            });
        }
        while let Ok(event) = desk.news.try_recv() {
            bite.push(event);
        }
        // A key that is pressed just when a bite begins waits for all of it.
        desk.now_ms += 10;
        let pressed = Instant::now();
        let effects = desk.app.on_events(bite, desk.now_ms);
        desk.perform(effects);
        spent += pressed.elapsed();
        let effects = desk
            .app
            .on_input(Input::Key(Chord::parse("j")?), desk.now_ms);
        desk.perform(effects);
        desk.draw()?;
        waits.push(ms(pressed.elapsed()));
    }
    let waits = sorted(waits.into_iter());
    tell(
        "G18",
        "a key while pages come in, p50",
        percentile(&waits, 50),
        f64::INFINITY,
    );
    tell(
        "G18",
        "a key while pages come in, p99",
        percentile(&waits, 99),
        16.0,
    );
    let rate = count as f64 / spent.as_secs_f64();
    figures::tell(
        "G1",
        "pages taken in, assets a second",
        (rate, ""),
        Goal::AtLeast(300_000.0),
    );
    desk.arrives()?;
    Ok(())
}
