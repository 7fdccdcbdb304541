//! The loop that joins the screens with the world: inputs and events in, effects out, and a frame
//! when something changed. It sleeps otherwise.

use std::{
    io::{self, Write},
    pin::pin,
};

use futures_util::{FutureExt, Stream, StreamExt, future::Either, future::select};

use super::{
    app::App,
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

/// What ended a wait.
enum Woken {
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
    events: impl Stream<Item = Event>,
    world: &mut impl World,
) -> io::Result<()> {
    let mut events = pin!(events.ready_chunks(256));
    let mut inputs = terminal::inputs()?;
    let size = guard.size()?;
    let (width, height) = (size.width, size.height);
    let mut effects = app.on_input(Input::Resize { width, height }, world.now_ms());
    effects.extend(app.start(world.now_ms()));
    let mut leave = false;
    for effect in effects {
        world.perform(effect);
    }
    guard.draw(app)?;
    while !leave {
        let woken = wait(app, inputs.as_mut(), events.as_mut(), world).await;
        let now_ms = world.now_ms();
        let effects = match woken {
            Woken::Inputs(inputs) => app.on_inputs(inputs, now_ms),
            Woken::Events(events) => app.on_events(events, now_ms),
            Woken::Due => app.on_input(Input::Due, now_ms),
            Woken::Ended => break,
        };
        for effect in effects {
            if effect == Effect::Quit {
                leave = true;
            } else if effect == Effect::Suspend {
                guard.suspend()?;
                for effect in app.on_input(Input::Continued, world.now_ms()) {
                    world.perform(effect);
                }
            } else {
                world.perform(effect);
            }
        }
        if app.take_repaint() {
            guard.repaint()?;
        }
        if !leave {
            guard.draw(app)?;
        }
    }
    Ok(())
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
