//! The workstation itself: the screens over the runtime.

mod look;
mod world;

use std::{
    io::{self, IsTerminal},
    panic::AssertUnwindSafe,
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
    runtime::{Runtime, now_ms},
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
    let parts = session::parts_with(setup, profile, endpoint)?;
    let folder = parts.workspace.folder().display().to_string();
    let (runtime, events) = Runtime::new(parts)?;
    let first = runtime.restore_first(&KEPT_SETTINGS).await?;
    interruption::hold(
        &runtime,
        folder.clone(),
        session::again(setup, &profile.name),
    );
    let picker = terminal::picker(setup.loaded.interface.images.word());
    let identity = identity(profile, &folder);
    let mut app = App::new(look.setup(
        (readable(first.workbench, profile), identity),
        (picker, first.settings, &setup.loaded.interface),
    ));
    let shown = show(&mut app, &runtime, events, setup).await;
    terminal::restore();
    let ending = interruption::end(*shown.as_ref().unwrap_or(&None), output).await;
    match shown {
        Ok(_) => Ok(ending),
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

fn identity(profile: &Profile, folder: &str) -> Identity {
    Identity {
        profile: profile.name.clone(),
        author: profile.author.clone(),
        environment: profile.environment.clone(),
        role: if profile.read_only {
            "viewer"
        } else {
            "librarian"
        }
        .to_owned(),
        draft: String::new(),
        batch_size: profile.batch_size.map(|size| size as usize),
        rules: session::rules(profile),
        check_before: profile.check_before,
        read_back: profile.read_back,
        always_count: profile.confirm == Confirm::Count,
        utc_offset_s: jiff::Timestamp::from_millisecond(now_ms()).map_or(0, |now| {
            jiff::tz::TimeZone::system().to_offset(now).seconds()
        }),
        listed_ms: None,
        workspace: folder.to_owned(),
    }
}

/// Shows the screens until the person leaves, or something else ends them.
async fn show(
    app: &mut App,
    runtime: &Runtime,
    mut events: crate::runtime::Events,
    setup: &Setup,
) -> io::Result<Option<Cause>> {
    let nudges = world::nudges()?;
    let (loaded, interface) = (&setup.loaded, &setup.loaded.interface);
    let wanted = terminal::Wanted {
        mouse: interface.mouse,
        title: interface.title,
    };
    let wanted = wanted.of_terminal(&loaded.terminal.term);
    let mut guard = terminal::TermGuard::take(terminal::screen(), wanted)?;
    let (local, mut told) = mpsc::unbounded_channel();
    let events = stream::select(
        stream::poll_fn(move |context| events.poll_recv(context)),
        stream::poll_fn(move |context| told.poll_recv(context)),
    );
    let mut world = world::Outside {
        runtime: runtime.clone(),
        told: local,
        #[cfg(debug_assertions)]
        breaks: setup.environment.get("ARMARIUS_BREAK").unwrap_or_default(),
    };
    let shown = shell::run(app, &mut guard, (events, nudges), &mut world);
    let shown = tokio::select! {
        cause = interruption::told() => return Ok(Some(cause)),
        shown = AssertUnwindSafe(shown).catch_unwind() => shown,
    };
    // What was told meanwhile is why: a panic of the keyboard also looks like one that is gone.
    if let Some(cause) = interruption::told().now_or_never() {
        return Ok(Some(cause));
    }
    match shown {
        Ok(Ok(shell::Left::Asked)) => Ok(None),
        Ok(Ok(shell::Left::Gone)) => Ok(Some(Cause::HungUp)),
        Ok(Err(error)) if is_gone(&error) => Ok(Some(Cause::HungUp)),
        Ok(Err(error)) => Err(error),
        Err(_) => Ok(Some(Cause::Mistake)),
    }
}
