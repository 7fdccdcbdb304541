//! The loop that joins the screens with the world: inputs and events in, effects out, and a frame
//! when something changed. It sleeps otherwise.

use std::{
    io::{self, Write},
    pin::pin,
};

use futures_util::{FutureExt, Stream, StreamExt, future::Either, future::select};

use super::{
    app::App,
    bites::bites,
    chord::{Chord, Key},
    input::Input,
    pace::{Cause, Pace},
    terminal::{self, Inputs, TermGuard},
};
use crate::flow::{Effect, Event};

/// What the loop needs of the world around it.
pub trait World {
    /// Performs an effect; returns at once.
    fn perform(&mut self, effect: Effect);
    /// Milliseconds since 1970.
    fn now_ms(&self) -> i64;
    /// Waits.
    fn sleep_ms(&self, ms: u64) -> impl Future<Output = ()>;
}

/// What the system asks of a program that has a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nudge {
    /// To stop, and let somebody else have it.
    Suspend,
    /// It was stopped and goes on: somebody else may have had it.
    Continued,
    /// To look at its size.
    Resized,
}

/// Why the screens are over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// The person left.
    Asked,
    /// The keyboard is gone.
    Gone,
}

/// What ended a wait.
enum Woken {
    Nudged(Nudge),
    Inputs(Vec<Input>),
    Events(Vec<Event>),
    Due,
    /// A frame that waited for its moment.
    Frame,
    Ended,
}

impl Woken {
    /// What a frame behind it is for.
    fn cause(&self) -> Option<Cause> {
        match self {
            Self::Nudged(_) | Self::Inputs(_) => Some(Cause::Input),
            Self::Events(events) if events.iter().any(is_awaited) => Some(Cause::Answer),
            Self::Events(_) | Self::Due => Some(Cause::News),
            Self::Frame | Self::Ended => None,
        }
    }
}

fn is_awaited(event: &Event) -> bool {
    matches!(event, Event::Arranged(_) | Event::Judged(_))
}

/// The interrupt key.
const INTERRUPT: Chord = Chord {
    key: Key::Char('c'),
    ctrl: true,
    alt: false,
    shift: false,
};

/// How long news wait for a key that was pressed and that another thread is just reading. On a busy
/// machine that one may have to wait for a processor, and taking news in keeps this one from it.
const KEY_FIRST_MS: u64 = 20;

/// Paints the first frame.
///
/// # Errors
///
/// If the terminal can't be written.
pub fn begin<W: Write>(app: &mut App, guard: &mut TermGuard<W>) -> io::Result<()> {
    drop(app.on_input(sized(guard)?, 0));
    guard.draw(app).map(drop)
}

/// Waits for the work without which nothing else can be shown. Gives what came of it and what was
/// typed meanwhile; `None` if the person would not wait, or the keyboard is gone.
pub async fn meanwhile<T>(
    inputs: &mut Inputs,
    work: impl Future<Output = T>,
) -> Option<(T, Vec<Vec<Input>>)> {
    let mut work = pin!(work);
    let mut early = Vec::new();
    loop {
        match select(&mut work, inputs.next()).await {
            Either::Left((done, _)) => return Some((done, early)),
            Either::Right((Some(typed), _)) if !typed.contains(&Input::Key(INTERRUPT)) => {
                early.push(typed);
            }
            Either::Right(_) => return None,
        }
    }
}

/// Runs the screens until the person leaves or the keyboard is gone. What was typed before comes
/// first.
///
/// # Errors
///
/// If the terminal can't be written.
pub async fn run<W: Write>(
    app: &mut App,
    guard: &mut TermGuard<W>,
    (mut inputs, early): (Inputs, Vec<Vec<Input>>),
    (events, nudges): (impl Stream<Item = Event>, impl Stream<Item = Nudge>),
    world: &mut impl World,
) -> io::Result<Left> {
    let mut events = pin!(bites(events));
    let mut nudges = pin!(nudges);
    let mut effects = app.on_input(sized(guard)?, world.now_ms());
    // What was shown so far is not lost: the terminal is as it was left.
    app.take_repaint();
    effects.extend(app.start(world.now_ms()));
    for typed in early {
        effects.extend(app.on_inputs(typed, world.now_ms()));
    }
    let mut pace = Pace::default();
    pace.owe(Cause::Input);
    loop {
        if perform(effects, app, guard, world)? {
            return Ok(Left::Asked);
        }
        if app.take_bell() {
            terminal::ring()?;
        }
        let mut wait_ms = pace.wait_ms(world.now_ms());
        // A frame of news would only keep the frame of a key from being drawn.
        if wait_ms == Some(0) && (pace.is_for_input() || !terminal::is_typed()) {
            if app.take_repaint() {
                guard.repaint();
            }
            pace.drew(guard.draw(app)?);
            wait_ms = None;
        }
        let news = wait((app, wait_ms), inputs.as_mut(), events.as_mut(), world);
        let woken = match select(nudges.next(), pin!(news)).await {
            Either::Left((Some(nudge), _)) => Woken::Nudged(nudge),
            Either::Left((None, news)) => news.await,
            Either::Right((woken, _)) => woken,
        };
        if let Some(cause) = woken.cause() {
            pace.owe(cause);
        }
        let now_ms = world.now_ms();
        effects = match woken {
            Woken::Inputs(inputs) => app.on_inputs(inputs, now_ms),
            Woken::Events(events) => app.on_events(events, now_ms),
            Woken::Due => app.on_input(Input::Due, now_ms),
            Woken::Frame => Vec::new(),
            Woken::Nudged(Nudge::Suspend) => vec![Effect::Suspend],
            Woken::Nudged(Nudge::Continued) => {
                guard.reclaim()?;
                back(app, guard, world)?
            }
            Woken::Nudged(Nudge::Resized) => app.on_input(sized(guard)?, now_ms),
            Woken::Ended => return Ok(Left::Gone),
        };
    }
}

/// Performs effects; says whether leaving was among them.
fn perform<W: Write>(
    effects: Vec<Effect>,
    app: &mut App,
    guard: &mut TermGuard<W>,
    world: &mut impl World,
) -> io::Result<bool> {
    let mut leave = false;
    for effect in effects {
        if effect == Effect::Quit {
            leave = true;
        } else if effect == Effect::Suspend {
            let more = if guard.suspend()? {
                back(app, guard, world)?
            } else {
                let words = "There is no shell to go back to; q leaves.";
                app.on_event(Event::Said(words.into()), world.now_ms())
            };
            for effect in more {
                world.perform(effect);
            }
        } else {
            world.perform(effect);
        }
    }
    Ok(leave)
}

/// The terminal is ours again, perhaps with another size.
fn back<W: Write>(
    app: &mut App,
    guard: &TermGuard<W>,
    world: &impl World,
) -> io::Result<Vec<Effect>> {
    let inputs = vec![sized(guard)?, Input::Continued];
    Ok(app.on_inputs(inputs, world.now_ms()))
}

/// The terminal's size, as an input.
fn sized<W: Write>(guard: &TermGuard<W>) -> io::Result<Input> {
    let size = guard.size()?;
    let (width, height) = (size.width, size.height);
    Ok(Input::Resize { width, height })
}

async fn wait(
    (app, frame_ms): (&App, Option<u64>),
    mut inputs: std::pin::Pin<&mut (dyn Stream<Item = Vec<Input>> + Send)>,
    mut events: std::pin::Pin<&mut impl Stream<Item = Vec<Event>>>,
    world: &impl World,
) -> Woken {
    let due = async {
        let due_ms = app.wake_at().map(|at| {
            let ms = u64::try_from(at - world.now_ms()).unwrap_or(0);
            ms.max(10)
        });
        let is_due = due_ms.is_some_and(|due| frame_ms.is_none_or(|frame| due <= frame));
        match due_ms.into_iter().chain(frame_ms).min() {
            Some(ms) => world.sleep_ms(ms).await,
            None => std::future::pending().await,
        }
        if is_due { Woken::Due } else { Woken::Frame }
    };
    if terminal::is_typed() {
        let patience = pin!(world.sleep_ms(KEY_FIRST_MS));
        if let Either::Left((read, _)) = select(inputs.next(), patience).await {
            return read.map_or(Woken::Ended, Woken::Inputs);
        }
    }
    let news = select(inputs.next(), events.next());
    match select(news, pin!(due)).await {
        Either::Right((woken, _)) => woken,
        Either::Left((Either::Left((Some(inputs), _)), _)) => Woken::Inputs(inputs),
        Either::Left((Either::Left((None, _)), _)) => Woken::Ended,
        Either::Left((Either::Right((Some(events), _)), _)) => Woken::Events(events),
        // No more news: the keyboard still works.
        Either::Left((Either::Right((None, _)), _)) => match inputs.next().now_or_never() {
            Some(Some(inputs)) => Woken::Inputs(inputs),
            Some(None) => Woken::Ended,
            None => inputs.next().await.map_or(Woken::Ended, Woken::Inputs),
        },
    }
}
