//! The workstation itself: the screens over the runtime.

mod look;
mod world;

use std::{
    io::{self, IsTerminal},
    sync::Arc,
};

use futures_util::stream;
use tokio::sync::mpsc;

use super::{
    args::Global,
    ending::{Ending, Stop},
    first_start,
    output::Output,
    session,
    wire::Setup,
};
use crate::{
    config::{ConfigError, Confirm, Profile},
    domain::Workbench,
    endpoint::Endpoint,
    runtime::{Restored, Runtime, now_ms},
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
    let restored = runtime.restore().await?;
    let picker = terminal::picker(setup.loaded.interface.images.word());
    let settings = kept_settings(&runtime).await?;
    let identity = identity(profile, &restored, &folder);
    let mut app = App::new(look.setup(
        (workbench(restored, profile), identity),
        (picker, settings, &setup.loaded.interface),
    ));
    let shown = show(&mut app, &runtime, events, (setup, &folder)).await;
    terminal::restore();
    runtime.shutdown().await;
    let ending = shown.map_err(|error| Stop::usage(format!("the terminal failed: {error}")))?;
    if ending != Ending::Ok {
        output.say(&format!(
            "armarius was ended from outside; everything staged is safe in {folder}"
        ));
    }
    Ok(ending)
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

fn workbench(restored: Restored, profile: &Profile) -> Workbench {
    let mut workbench = restored.workbench;
    if profile.read_only {
        workbench.read_only = Some(session::READ_ONLY.into());
    }
    workbench
}

fn identity(profile: &Profile, restored: &Restored, folder: &str) -> Identity {
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
        always_count: profile.confirm == Confirm::Count,
        utc_offset_s: jiff::Timestamp::from_millisecond(now_ms()).map_or(0, |now| {
            jiff::tz::TimeZone::system().to_offset(now).seconds()
        }),
        listed_ms: restored.listed_at_ms,
        workspace: folder.to_owned(),
    }
}

/// The settings of the view that outlive the program.
async fn kept_settings(runtime: &Runtime) -> Result<Vec<(String, String)>, Stop> {
    let mut kept = Vec::new();
    for key in KEPT_SETTINGS {
        if let Some(value) = runtime.setting(key).await? {
            kept.push((key.to_owned(), value));
        }
    }
    Ok(kept)
}

/// Shows the screens until the person leaves or a signal ends them.
async fn show(
    app: &mut App,
    runtime: &Runtime,
    mut events: mpsc::UnboundedReceiver<crate::flow::Event>,
    (setup, folder): (&Setup, &str),
) -> io::Result<Ending> {
    let out = io::BufWriter::with_capacity(1 << 16, io::stdout());
    let mut guard = terminal::TermGuard::take(out, setup.loaded.interface.mouse)?;
    after_a_panic(folder);
    let (local, mut told) = mpsc::unbounded_channel();
    let events = stream::select(
        stream::poll_fn(move |context| events.poll_recv(context)),
        stream::poll_fn(move |context| told.poll_recv(context)),
    );
    let breaks = setup.environment.get("ARMARIUS_BREAK_ON_COPY").is_some();
    let mut world = world::Outside {
        runtime: runtime.clone(),
        told: local,
        breaks,
    };
    tokio::select! {
        shown = shell::run(app, &mut guard, events, &mut world) => shown.map(|()| Ending::Ok),
        ending = signalled() => Ok(ending),
    }
}

/// Says after a panic, on the restored terminal, that nothing is lost and how to go on.
fn after_a_panic(folder: &str) {
    let folder = folder.to_owned();
    let screen = std::thread::current().id();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        before(info);
        if std::thread::current().id() == screen {
            super::output::last_words(&format!(
                "armarius stopped because of a mistake of its own. Everything staged and every \
                 outcome is safe in {folder}; start armarius again to go on."
            ));
        }
    }));
}

/// Waits for a signal that ends programs, and says how to end.
async fn signalled() -> Ending {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let signals = (
            signal(SignalKind::terminate()),
            signal(SignalKind::hangup()),
            signal(SignalKind::interrupt()),
        );
        if let (Ok(mut terminate), Ok(mut hangup), Ok(mut interrupt)) = signals {
            return tokio::select! {
                _ = terminate.recv() => Ending::Terminated,
                _ = hangup.recv() => Ending::HungUp,
                _ = interrupt.recv() => Ending::Interrupted,
            };
        }
    }
    std::future::pending().await
}
