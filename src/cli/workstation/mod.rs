//! The workstation itself: the screens over the runtime.

pub mod look;
mod world;

use std::{
    io::{self, IsTerminal},
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
    sync::Arc,
};

use futures_util::{FutureExt, stream};
use tokio::sync::mpsc;

use super::{
    args::Global,
    ending::{Ending, Stop},
    first_start,
    interruption::{self, Cause},
    output::Output,
    session,
    wire::Setup,
};
use crate::{
    config::{ConfigError, Confirm, Profile},
    domain::Workbench,
    endpoint::Endpoint,
    runtime::{First, Runtime, now_ms},
    ui::{App, Identity, app::KEPT_SETTINGS, shell, terminal},
};

/// Opens the workstation on the chosen profile; without any, asks what to start with.
///
/// # Errors
///
/// What is wrong with configuration, secret or workspace.
pub async fn run(global: &Global, output: &mut Output<'_>) -> Result<Ending, Stop> {
    let setup = Setup::load(global)?;
    let chosen = setup.loaded.profile(global.profile.as_deref());
    if matches!(chosen, Err(ConfigError::Empty(_))) && io::stdin().is_terminal() {
        return Box::pin(first_start::run(global, &setup, output)).await;
    }
    let profile = chosen?.clone();
    let endpoint = setup.endpoint(&profile)?;
    open(&setup, &profile, endpoint, output).await
}

/// Opens the screens on a profile and stays until the person leaves.
///
/// # Errors
///
/// If this is no terminal that can show screens, or the workspace can't be opened.
pub async fn open(
    setup: &Setup,
    profile: &Profile,
    endpoint: Arc<dyn Endpoint>,
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    fits(setup)?;
    let look = look::Look::of(&setup.loaded).map_err(Stop::usage)?;
    interruption::watch();
    let shown = Box::pin(show(setup, (profile, endpoint), &look)).await;
    terminal::restore();
    let cause = match &shown {
        Ok(Ok(cause)) => *cause,
        Ok(Err(_)) | Err(_) => None,
    };
    let ending = interruption::end(cause, output).await;
    match shown {
        Ok(Ok(_)) => Ok(ending),
        Ok(Err(stop)) => Err(stop),
        Err(error) => Err(Stop::usage(format!("the terminal failed: {error}"))),
    }
}

/// Whether an error comes of a terminal that is no longer there: one that is just going says so,
/// one that is gone is no terminal, whatever else went wrong.
fn is_gone(error: &io::Error) -> bool {
    const EIO: i32 = 5;
    error.raw_os_error() == Some(EIO) || !io::stdout().is_terminal()
}

/// Refuses what can't show screens, before anything is opened.
fn fits(setup: &Setup) -> Result<(), Stop> {
    let term = setup.loaded.terminal.term.as_str();
    if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
        let words = "the workstation needs a terminal; for scripts there are commands, see --help";
        return Err(Stop::usage(words));
    }
    if term == "dumb" {
        let words = "TERM=dumb can't show screens; use the commands instead, see --help";
        return Err(Stop::usage(words));
    }
    Ok(())
}

fn readable(mut workbench: Workbench, profile: &Profile) -> Workbench {
    if profile.read_only {
        workbench.read_only = Some(session::READ_ONLY.into());
    }
    workbench
}

fn identity(profile: &Profile, folder: &Path) -> Identity {
    Identity {
        profile: profile.name.clone(),
        author: profile.author.clone(),
        environment: profile.environment.clone(),
        batch_size: profile.batch_size.map(|size| size as usize),
        rules: session::rules(profile),
        check_before: profile.check_before,
        read_back: profile.read_back,
        always_count: profile.confirm == Confirm::Count,
        unencrypted: profile.unencrypted().is_some(),
        workspace: folder.display().to_string(),
        ..Identity::default()
    }
}

/// How far the time here is from UTC, in seconds.
fn utc_offset_s() -> i32 {
    jiff::Timestamp::from_millisecond(now_ms()).map_or(0, |now| {
        jiff::tz::TimeZone::system().to_offset(now).seconds()
    })
}

/// Shows the screens until the person leaves, or something else ends them.
async fn show(
    setup: &Setup,
    what: (&Profile, Arc<dyn Endpoint>),
    look: &look::Look,
) -> io::Result<Result<Option<Cause>, Stop>> {
    let shown = screens(setup, what, look);
    let shown = tokio::select! {
        cause = interruption::told() => return Ok(Ok(Some(cause))),
        shown = AssertUnwindSafe(shown).catch_unwind() => shown,
    };
    // What was told meanwhile is why: a panic of the keyboard also looks like one that is gone.
    if let Some(cause) = interruption::told().now_or_never() {
        return Ok(Ok(Some(cause)));
    }
    match shown {
        Ok(Ok(Ok(shell::Left::Asked))) => Ok(Ok(None)),
        Ok(Ok(Ok(shell::Left::Gone))) => Ok(Ok(Some(Cause::HungUp))),
        Ok(Ok(Err(stop))) => Ok(Err(stop)),
        Ok(Err(error)) if is_gone(&error) => Ok(Ok(Some(Cause::HungUp))),
        Ok(Err(error)) => Err(error),
        Err(_) => Ok(Ok(Some(Cause::Mistake))),
    }
}

/// Takes the terminal and paints the first frame; only then opens the workspace, and goes on with
/// what it holds.
async fn screens(
    setup: &Setup,
    (profile, endpoint): (&Profile, Arc<dyn Endpoint>),
    look: &look::Look,
) -> io::Result<Result<shell::Left, Stop>> {
    let (loaded, interface) = (&setup.loaded, &setup.loaded.interface);
    let nudges = world::nudges()?;
    let term = &loaded.terminal.term;
    let wanted = terminal::Wanted {
        mouse: interface.mouse,
        title: interface.title,
    };
    let mut guard = terminal::TermGuard::take(terminal::screen(), wanted.of_terminal(term))?;
    let mut identity = identity(profile, &loaded.paths.workspace(&profile.name));
    let begin = (Workbench::new(), identity.clone());
    let mut app = App::new(look.setup(begin, (Vec::new(), interface)));
    shell::begin(&mut app, &mut guard)?;
    let mut inputs = terminal::inputs(interface.images.word(), term)?;
    let opening = opened(setup, profile, endpoint);
    let Some((opened, early)) = shell::meanwhile(&mut inputs, opening).await else {
        return Ok(Ok(shell::Left::Asked));
    };
    let opened = match opened {
        Ok(opened) => opened,
        Err(stop) => return Ok(Err(stop)),
    };
    let mut events = opened.events;
    identity.utc_offset_s = opened.utc_offset_s;
    let kept = (readable(opened.first.workbench, profile), identity);
    let mut app = App::new(look.setup(kept, (opened.first.settings, interface)));
    let (local, mut told) = mpsc::unbounded_channel();
    let events = stream::select(
        stream::poll_fn(move |context| events.poll_recv(context)),
        stream::poll_fn(move |context| told.poll_recv(context)),
    );
    let mut world = world::Outside {
        runtime: opened.runtime,
        told: local,
        #[cfg(debug_assertions)]
        breaks: setup.environment.get("ARMARIUS_BREAK").unwrap_or_default(),
    };
    let inputs = (inputs, early);
    let left = shell::run(&mut app, &mut guard, inputs, (events, nudges), &mut world).await?;
    Ok(Ok(left))
}

/// What the screens go on with.
struct Opened {
    runtime: Runtime,
    events: crate::runtime::Events,
    first: First,
    utc_offset_s: i32,
}

/// Opens the workspace, and reads what it kept.
async fn opened(
    setup: &Setup,
    profile: &Profile,
    endpoint: Arc<dyn Endpoint>,
) -> Result<Opened, Stop> {
    let offset = tokio::task::spawn_blocking(utc_offset_s);
    let (folder, mine) = (folder_of(setup, profile), profile.clone());
    let open = move || session::parts_in(&folder, &mine, endpoint);
    // A panic ends everything by itself.
    let parts = tokio::task::spawn_blocking(open).await;
    let parts = parts.map_err(|error| Stop::usage(format!("can't open the workspace: {error}")))?;
    let (runtime, events) = Runtime::new(parts?)?;
    let first = runtime.restore_first(&KEPT_SETTINGS).await?;
    interruption::hold(
        &runtime,
        folder_of(setup, profile).display().to_string(),
        session::again(setup, &profile.name),
    );
    Ok(Opened {
        utc_offset_s: offset.await.unwrap_or(0),
        runtime,
        events,
        first,
    })
}

fn folder_of(setup: &Setup, profile: &Profile) -> PathBuf {
    setup.loaded.paths.workspace(&profile.name)
}
