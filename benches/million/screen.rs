//! The workstation itself, from outside: how soon it shows itself, how fast it answers keys, how
//! many bytes that takes, and what it does when nothing is to be done.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    Anyhow,
    figures::{Goal, percentile, tell},
    terminal::{Library, Pressed, Terminal, configure, run},
    world,
};

/// Somebody who types fast.
const TYPING: Duration = Duration::from_millis(40);
/// What the status line says when all has come.
const AT_REST: &str = "no run in progress";

/// All of it.
pub(crate) fn screen() -> Anyhow<()> {
    start()?;
    for assets in [10_000, 100_000, world::many()] {
        used(assets)?;
    }
    Ok(())
}

fn sorted(mut figures: Vec<f64>) -> Vec<f64> {
    figures.sort_by(f64::total_cmp);
    figures
}

fn start() -> Anyhow<()> {
    let mut floor = Vec::new();
    let (mut new, mut again) = (Vec::new(), Vec::new());
    for _ in 0..15 {
        floor.push(Terminal::floor()?.shows(&["hello"])?);
        let folder = TempDir::new()?;
        configure(folder.path(), "http://127.0.0.1:9")?;
        new.push(Terminal::start(folder.path())?.shows(&[">1 Browse<"])?);
        again.push(Terminal::start(folder.path())?.shows(&[">1 Browse<"])?);
    }
    let median = |figures: Vec<f64>| (percentile(&sorted(figures), 50), "ms");
    tell(
        "G16",
        "a shell that prints a word",
        median(floor),
        Goal::None,
    );
    let goal = Goal::AtMost(15.0);
    tell(
        "G16",
        "start to first paint, new workspace",
        median(new),
        goal,
    );
    tell(
        "G16",
        "start to first paint, empty workspace",
        median(again),
        goal,
    );
    Ok(())
}

/// So many keys that move the cursor up and down within the page, as long as it goes on.
fn moves(
    terminal: &mut Terminal,
    keys: usize,
    goes_on: impl Fn(&Terminal) -> bool,
) -> Anyhow<Vec<Pressed>> {
    let mut pressed = Vec::new();
    for number in 0..keys {
        if !goes_on(terminal) {
            break;
        }
        let key = if number % 40 < 20 { "j" } else { "k" };
        pressed.push(terminal.presses(key, TYPING)?);
    }
    Ok(pressed)
}

fn latency(what: &str, row: &str, pressed: &[Pressed], goals: (Goal, Goal)) {
    let ms = sorted(pressed.iter().map(|one| one.ms).collect());
    let what = format!("key to change, {what} ({} keys)", ms.len());
    tell(
        row,
        &format!("{what}, p50"),
        (percentile(&ms, 50), "ms"),
        goals.0,
    );
    tell(
        row,
        &format!("{what}, p99"),
        (percentile(&ms, 99), "ms"),
        goals.1,
    );
}

fn used(assets: usize) -> Anyhow<()> {
    let library = Library::of(assets)?;
    let folder = TempDir::new()?;
    configure(folder.path(), &library.address)?;
    let mut terminal = Terminal::start(folder.path())?;
    // A cursor moves among rows.
    terminal.shows(&["JKT_"])?;
    let loading = |terminal: &Terminal| !terminal.has(AT_REST);
    let listing = moves(&mut terminal, 400, loading)?;
    if !listing.is_empty() {
        let what = format!("{assets} being listed");
        latency(&what, "G18", &listing, (Goal::None, Goal::AtMost(16.0)));
    }
    terminal.shows(&[AT_REST])?;
    terminal.settle(Duration::from_millis(500));
    let idle = moves(&mut terminal, 240, |_| true)?;
    let what = format!("{assets} listed");
    let goals = (Goal::AtMost(1.5), Goal::AtMost(6.0));
    latency(&what, "G17", &idle, goals);
    #[expect(clippy::cast_precision_loss, reason = "a few thousand bytes")]
    let bytes = sorted(idle.iter().map(|one| one.bytes as f64).collect());
    let what = format!("bytes a cursor move, {assets} listed, p50");
    tell(
        "G20",
        &what,
        (percentile(&bytes, 50), "B"),
        Goal::AtMost(100.0),
    );
    if assets == world::many() {
        pages(&mut terminal)?;
        flood(&mut terminal)?;
        rests(&mut terminal)?;
        drop(terminal);
        submitting(folder.path())?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand bytes")]
fn pages(terminal: &mut Terminal) -> Anyhow<()> {
    let mut bytes = Vec::new();
    for number in 0..20 {
        let before = terminal.bytes.len();
        terminal.types(if number % 2 == 0 { "\x1b[6~" } else { "\x04" })?;
        terminal.listen(TYPING);
        bytes.push((terminal.bytes.len() - before) as f64);
    }
    let median = percentile(&sorted(bytes), 50);
    tell(
        "G20",
        "bytes a scrolled page, p50",
        (median, "B"),
        Goal::AtMost(2000.0),
    );
    Ok(())
}

/// A thousand keys in about a second.
#[expect(clippy::cast_precision_loss, reason = "a few hundred frames")]
fn flood(terminal: &mut Terminal) -> Anyhow<()> {
    terminal.settle(Duration::from_millis(300));
    let (before, begun) = (terminal.bytes.len(), Instant::now());
    for _ in 0..200 {
        terminal.types("jkjkj")?;
        terminal.listen(Duration::from_millis(5));
    }
    let frames = terminal.frames(before) as f64 / begun.elapsed().as_secs_f64();
    tell(
        "G20",
        "frames a second under 1000 keys",
        (frames, ""),
        Goal::AtMost(64.0),
    );
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "as good as none")]
fn rests(terminal: &mut Terminal) -> Anyhow<()> {
    const SECONDS: u64 = 10;
    terminal.settle(Duration::from_secs(1));
    let (spent, sleeps) = terminal.work()?;
    let bytes = terminal.bytes.len();
    terminal.listen(Duration::from_secs(SECONDS));
    let (spent_now, sleeps_now) = terminal.work()?;
    let share = (spent_now - spent) / (SECONDS * 10) as f64;
    let woken = (sleeps_now - sleeps) as f64 / SECONDS as f64;
    let written = (terminal.bytes.len() - bytes) as f64 / SECONDS as f64;
    tell("G23", "idle: processor", (share, "%"), Goal::AtMost(0.0));
    tell(
        "G23",
        "idle: wake-ups a second",
        (woken, ""),
        Goal::AtMost(0.0),
    );
    tell(
        "G23",
        "idle: bytes a second",
        (written, "B"),
        Goal::AtMost(0.0),
    );
    Ok(())
}

/// Keys while a run of many changes goes on.
fn submitting(folder: &Path) -> Anyhow<()> {
    run(
        folder,
        &["stage", "--query", "season:SS26", "--set", "Title=Mine"],
    )?;
    let said = run(folder, &["draft"])?;
    let count = staged(&said).ok_or("nothing was staged")?;
    let mut terminal = Terminal::start(folder)?;
    terminal.shows(&[AT_REST])?;
    terminal.types("S")?;
    terminal.shows(&["then Enter"])?;
    terminal.types(&count)?;
    terminal.shows(&[&format!("then Enter: {count}")])?;
    terminal.types("\r")?;
    terminal.shows(&["R-0001 running"])?;
    terminal.types("1")?;
    terminal.shows(&[">1 Browse<"])?;
    let runs = |terminal: &Terminal| terminal.has("R-0001 running");
    let pressed = moves(&mut terminal, 240, runs)?;
    latency(
        "submitting",
        "G18",
        &pressed,
        (Goal::None, Goal::AtMost(16.0)),
    );
    Ok(())
}

/// The assets of `1,203 changes on 1,203 assets`.
fn staged(said: &str) -> Option<String> {
    let (_, behind) = said.split_once(" on ")?;
    let digits = behind.split_whitespace().next()?.replace(',', "");
    digits.parse::<u64>().ok().map(|number| number.to_string())
}
