//! One profile's workspace and endpoint, opened for a headless command.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use roaring::RoaringBitmap;

use super::{
    args::Global,
    ending::{Ending, Stop},
    interruption::{self, Again},
    output::{self, Output, counted, number},
    wire::Setup,
};
use crate::{
    config::{self, Profile},
    domain::{
        Query, Workbench,
        plan::is_production,
        run::{CANARY, CanaryThen, RunRules, StopRule},
        text::pointed,
    },
    endpoint::Endpoint,
    runtime::{Headless, ReportSettings, RuntimeParts, RuntimeSettings, now_ms},
    store::{Holder, StoreError, Workspace},
};

/// Opens the workspace of the chosen profile; nothing is asked of the endpoint yet.
///
/// # Errors
///
/// What is wrong with configuration, secret or workspace.
pub async fn open(global: &Global) -> Result<Headless, Stop> {
    Ok(open_profile(global).await?.0)
}

async fn open_profile(global: &Global) -> Result<(Headless, Profile), Stop> {
    let setup = Setup::load(global)?;
    let profile = setup.profile(global)?;
    let folder = setup.loaded.paths.workspace(&profile.name);
    let mut headless = Headless::open(parts(&setup, &profile)?).await?;
    let folder = folder.display().to_string();
    interruption::hold(headless.runtime(), folder, again(&setup, &profile.name));
    headless.rules = rules(&profile);
    if profile.read_only {
        headless.workbench.read_only = Some(READ_ONLY.into());
    }
    Ok((headless, profile))
}

/// The words that start the program again on a profile; one that no file knows is the demo's.
pub fn again(setup: &Setup, profile: &str) -> Again {
    let loaded = &setup.loaded;
    let known = loaded.profile(Some(profile)).is_ok();
    let open = match (known, loaded.is_chosen_by_flag()) {
        (true, false) => "armarius".to_owned(),
        (true, true) => format!("armarius -p {profile}"),
        (false, _) => "armarius demo".to_owned(),
    };
    let resume = known.then(|| format!("{open} resume"));
    Again { open, resume }
}

/// How careful runs of a profile are. Where it does not say so, production is careful by itself.
pub fn rules(profile: &Profile) -> RunRules {
    let production = is_production(&profile.environment);
    let stop = match profile.stop_after {
        Some(rule) => StopRule {
            errors: rule.errors,
            percent: rule.percent,
        },
        None if production => StopRule::careful(),
        None => StopRule::default(),
    };
    RunRules {
        canary: profile
            .canary
            .unwrap_or(if production { CANARY } else { 0 }),
        canary_then: match profile.canary_then {
            config::CanaryThen::GoOn => CanaryThen::GoOn,
            config::CanaryThen::Ask => CanaryThen::Ask,
        },
        stop,
    }
}

/// Why nothing may be staged or sent on a profile that says so.
pub const READ_ONLY: &str = "the profile says read_only = true";

/// The same, signed in. Says so if the secret goes out unencrypted.
///
/// # Errors
///
/// Also what keeps it from signing in.
pub async fn connect(global: &Global) -> Result<Headless, Stop> {
    let (mut headless, profile) = open_profile(global).await?;
    if let Some(warning) = profile.unencrypted() {
        output::aside(&warning);
    }
    headless.connect().await?;
    Ok(headless)
}

/// The same, with every asset listed afresh. Says how far it is if that takes long.
///
/// # Errors
///
/// Also what keeps it from listing.
pub async fn listed(global: &Global, output: &mut Output<'_>) -> Result<Headless, Stop> {
    let mut headless = connect(global).await?;
    list(&mut headless, output).await?;
    Ok(headless)
}

/// The same, with every asset known: from the cache if there is one, listed otherwise.
///
/// # Errors
///
/// As [`listed`].
pub async fn known(global: &Global, output: &mut Output<'_>) -> Result<Headless, Stop> {
    let mut headless = connect(global).await?;
    if headless.workbench.listing.is_empty() {
        list(&mut headless, output).await?;
    }
    Ok(headless)
}

/// Lists every asset afresh; says how far it is if that takes long.
///
/// # Errors
///
/// What keeps it from listing.
pub async fn list(headless: &mut Headless, output: &mut Output<'_>) -> Result<(), Stop> {
    let (mut said, mut all) = (0, 0);
    let progress = |have: u64, total: u64| {
        all = total;
        if have >= said + SAY_EVERY && have < total {
            said = have;
            let (have, total) = (number(have), counted(total, "asset"));
            output.say(&format!("listed {have} of {total}"));
        }
    };
    headless.list(progress).await?;
    let listing = &headless.workbench.listing;
    let (missing, listed) = (listing.missing(), listing.len());
    if missing > 0 {
        let (missing, all) = (number(missing), counted(all, "asset"));
        output.say(&format!(
            "{missing} of {all} did not come: the listing is incomplete"
        ));
    } else if listed < all {
        let (unread, all) = (number(all - listed), number(all));
        output.say(&format!(
            "{unread} of {all} entries of the library can't be read and are not listed"
        ));
    }
    Ok(())
}

/// Insists on the whole library for what acts on all that a query finds, unless `--partial` was said.
///
/// # Errors
///
/// If the listing is incomplete; it says by how much.
pub fn whole(headless: &Headless, partial: bool) -> Result<(), Stop> {
    let listing = &headless.workbench.listing;
    let missing = listing.missing();
    if partial || missing == 0 {
        return Ok(());
    }
    let listed = number(listing.len());
    let all = counted(listing.len() + missing, "asset");
    Err(Stop {
        ending: Ending::Incomplete,
        message: format!(
            "only {listed} of {all} are listed, so a query may find too few; nothing is \
             staged. Try again, or say --partial to go on with those that are listed"
        ),
    })
}

/// Reads a query and holds it against the fields; `option` names where it was given.
///
/// # Errors
///
/// What is wrong with it, at its place, and what would be right.
pub fn query(bench: &Workbench, option: &str, text: &str) -> Result<Query, Stop> {
    Query::parse(text)
        .and_then(|query| query.check(&bench.schema).map(|()| query))
        .map_err(|error| {
            let shown = pointed(text, error.position);
            Stop::usage(format!("{option}: {}\n{shown}", error.why))
        })
}

/// The rows a query lets through; reads the thumbnails it asks for first.
///
/// # Errors
///
/// If a thumbnail can't be read.
pub async fn matching(
    headless: &mut Headless,
    query: &Query,
    output: &mut Output<'_>,
) -> Result<RoaringBitmap, Stop> {
    let open = |headless: &Headless| {
        let bench = &headless.workbench;
        query.open_rows(&bench.listing, &bench.schema, &bench.sets())
    };
    let needed = open(headless);
    thumbnails(headless, &needed, output).await?;
    let left = open(headless).len();
    if left > 0 {
        let left = counted(left, "asset");
        return Err(Stop {
            ending: Ending::Nothing,
            message: format!("the thumbnails of {left} could not be read; nothing was done"),
        });
    }
    let bench = &headless.workbench;
    Ok(query.rows(&bench.listing, &bench.schema, &bench.sets()))
}

/// Reads the thumbnails of these rows that are not known; says how far it is if that takes long.
///
/// # Errors
///
/// If a thumbnail can't be read.
pub async fn thumbnails(
    headless: &mut Headless,
    rows: &RoaringBitmap,
    output: &mut Output<'_>,
) -> Result<(), Stop> {
    let mut said = 0;
    let progress = |came: u64, all: u64| {
        if came >= said + SAY_READ && came < all {
            said = came;
            let (came, all) = (number(came), number(all));
            output.say(&format!("read the thumbnails of {came} of {all} assets"));
        }
    };
    Ok(headless.thumbnails(rows, progress).await?)
}

/// How many thumbnails are read between two lines of progress.
const SAY_READ: u64 = 2_000;

/// How many assets come between two lines of progress.
const SAY_EVERY: u64 = 10_000;

/// What the runtime needs to know of a profile.
///
/// # Errors
///
/// If the secret can't be had, or the workspace can't be opened.
pub fn parts(setup: &Setup, profile: &Profile) -> Result<RuntimeParts, Stop> {
    parts_with(setup, profile, setup.endpoint(profile)?)
}

/// The same for an endpoint that is there already.
///
/// # Errors
///
/// If the workspace can't be opened.
pub fn parts_with(
    setup: &Setup,
    profile: &Profile,
    endpoint: Arc<dyn Endpoint>,
) -> Result<RuntimeParts, Stop> {
    let folder = setup.loaded.paths.workspace(&profile.name);
    parts_in(&folder, profile, endpoint)
}

/// The same in a folder.
///
/// # Errors
///
/// If the workspace can't be opened.
pub fn parts_in(
    folder: &Path,
    profile: &Profile,
    endpoint: Arc<dyn Endpoint>,
) -> Result<RuntimeParts, Stop> {
    let me = Holder::this_process(&profile.author, now_ms());
    let open = || {
        let mut workspace = Workspace::open(folder, &me)?;
        workspace.belongs_to(&endpoint.home())?;
        Ok(workspace)
    };
    let opened: Result<_, StoreError> = open();
    let workspace =
        opened.map_err(|error| Stop::from(error.failure("can't open the workspace")))?;
    let number = |number: Option<u32>| number.map(|number| number as usize);
    Ok(RuntimeParts {
        endpoint,
        workspace,
        profile: profile.name.clone(),
        author: profile.author.clone(),
        settings: RuntimeSettings {
            batch_size: number(profile.batch_size),
            concurrency: number(profile.concurrency),
            requests_per_minute: profile.requests_per_minute,
            check_before: profile.check_before,
            read_back: profile.read_back,
            read_back_wait: Duration::from_secs(profile.read_back_wait_s.into()),
            timeout: Duration::from_secs(profile.timeout_s.into()),
            reports: ReportSettings {
                automatic: profile.reports,
                guard_formulas: profile.guard_formulas,
            },
            ..RuntimeSettings::default()
        },
        reports: reports(profile, folder),
    })
}

/// The folder reports go to; a name alone lies in the folder of the workspace.
pub fn reports(profile: &Profile, workspace: &Path) -> PathBuf {
    workspace.join(profile.reports_dir.as_deref().unwrap_or("reports"))
}
