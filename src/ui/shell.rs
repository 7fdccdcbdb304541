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
    input::Input,
    terminal::{self, TermGuard},
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
    Ended,
}

/// Runs the screens until the person leaves or the keyboard is gone.
///
/// # Errors
///
/// If the terminal can't be written.
pub async fn run<W: Write>(
    app: &mut App,
    guard: &mut TermGuard<W>,
    (events, nudges): (impl Stream<Item = Event>, impl Stream<Item = Nudge>),
    world: &mut impl World,
) -> io::Result<Left> {
    let mut events = pin!(bites(events));
    let mut inputs = terminal::inputs()?;
    let mut nudges = pin!(nudges);
    let size = guard.size()?;
    let (width, height) = (size.width, size.height);
    let mut effects = app.on_input(Input::Resize { width, height }, world.now_ms());
    effects.extend(app.start(world.now_ms()));
    for effect in effects {
        world.perform(effect);
    }
    guard.draw(app)?;
    loop {
        let news = wait(app, inputs.as_mut(), events.as_mut(), world);
        let woken = match select(nudges.next(), pin!(news)).await {
            Either::Left((Some(nudge), _)) => Woken::Nudged(nudge),
            Either::Left((None, news)) => news.await,
            Either::Right((woken, _)) => woken,
        };
        let now_ms = world.now_ms();
        let effects = match woken {
            Woken::Inputs(inputs) => app.on_inputs(inputs, now_ms),
            Woken::Events(events) => app.on_events(events, now_ms),
            Woken::Due => app.on_input(Input::Due, now_ms),
            Woken::Nudged(Nudge::Suspend) => vec![Effect::Suspend],
            Woken::Nudged(Nudge::Continued) => {
                guard.reclaim()?;
                back(app, guard, world)?
            }
            Woken::Ended => return Ok(Left::Gone),
        };
        if perform(effects, app, guard, world)? {
            return Ok(Left::Asked);
        }
        if app.take_repaint() {
            guard.repaint()?;
        }
        if app.take_bell() {
            terminal::ring()?;
        }
        guard.draw(app)?;
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
    let size = guard.size()?;
    let (width, height) = (size.width, size.height);
    let inputs = vec![Input::Resize { width, height }, Input::Continued];
    Ok(app.on_inputs(inputs, world.now_ms()))
}

async fn wait(
    app: &App,
    mut inputs: std::pin::Pin<&mut (dyn Stream<Item = Vec<Input>> + Send)>,
    mut events: std::pin::Pin<&mut impl Stream<Item = Vec<Event>>>,
    world: &impl World,
) -> Woken {
    let due = async {
        match app.wake_at() {
            Some(at) => {
                let ms = u64::try_from(at - world.now_ms()).unwrap_or(0);
                world.sleep_ms(ms.max(10)).await;
            }
            None => std::future::pending().await,
        }
    };
    let news = select(inputs.next(), events.next());
    match select(news, pin!(due)).await {
        Either::Right(((), _)) => Woken::Due,
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
