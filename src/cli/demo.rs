//! `armarius demo`: the workstation on a catalogue of its own. Nothing to set up, safe to break.

use std::{fs, path::Path};

use secrecy::SecretString;

use super::{
    args::{DemoArgs, Global, Protocol},
    ending::{Ending, Stop},
    output::Output,
    wire::{self, Setup},
    workstation,
};
use crate::{
    catalogue::{
        accounts::{Accounts, DEMO_PASSWORD, DEMO_TOKEN, DEMO_USER},
        sample::SAMPLE_FAULTS,
        server::{Contents, ServeOptions, ServerHandle, serve},
    },
    config::{CanaryThen, Config, Confirm, Kind, Loaded, Profile, Review, SecretSource, Sources},
};

/// Opens the workstation on the demo library; the library and the draft stay between starts.
///
/// # Errors
///
/// What keeps the catalogue or the workstation from starting.
pub async fn run(
    global: &Global,
    args: &DemoArgs,
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let setup = Setup::load(global).or_else(|stop| {
        output.say(&stop.message);
        output.say("the demo starts without that configuration");
        without_file(global)
    })?;
    let name = match args.protocol {
        Protocol::DynamicMedia => "demo",
        Protocol::Atlan => "demo-atlan",
    };
    let library = match args.assets {
        Some(number) => format!("library-{number}.sqlite"),
        None => "library.sqlite".to_owned(),
    };
    let folder = setup.loaded.paths.data.join("demo");
    if args.fresh {
        forget(&setup.loaded, &folder, &library)?;
    }
    fs::create_dir_all(&folder)
        .map_err(|error| Stop::usage(format!("can't make {}: {error}", folder.display())))?;
    output.say("Opening the demo library ...");
    let server = catalogue(args, &folder.join(library)).await?;
    let profile = profile(name, args, server.address());
    let secret = SecretString::from(match profile.kind {
        Kind::DynamicMedia => DEMO_PASSWORD,
        Kind::Atlan => DEMO_TOKEN,
    });
    let endpoint = wire::endpoint(&profile, secret.into())?;
    let ending = workstation::open(&setup, &profile, endpoint, output).await;
    server.shutdown().await;
    ending
}

async fn catalogue(args: &DemoArgs, file: &Path) -> Result<ServerHandle, Stop> {
    let options = ServeOptions {
        catalogue: Some(file.to_path_buf()),
        contents: args.assets.map_or(Contents::Sample, |number| {
            Contents::Generated(number.into())
        }),
        faults: match (&args.faults, args.assets) {
            (Some(stated), _) => stated.clone(),
            (None, None) => SAMPLE_FAULTS.to_owned(),
            (None, Some(_)) => String::new(),
        },
        accounts: Accounts::demo(),
        ..ServeOptions::default()
    };
    serve(options)
        .await
        .map_err(|error| Stop::usage(error.to_string()))
}

/// A profile nobody had to write.
fn profile(name: &str, args: &DemoArgs, address: &str) -> Profile {
    let kind = match args.protocol {
        Protocol::DynamicMedia => Kind::DynamicMedia,
        Protocol::Atlan => Kind::Atlan,
    };
    Profile {
        name: args
            .assets
            .map_or_else(|| name.to_owned(), |number| format!("{name}-{number}")),
        kind,
        url: address.to_owned(),
        user: DEMO_USER.to_owned(),
        secret: SecretSource::Environment("ARMARIUS_DEMO_SECRET".to_owned()),
        company: None,
        certificate_status_field: Some("Certificate".to_owned()),
        certificate_message_field: Some("Certificate note".to_owned()),
        image_server: Some(address.to_owned()),
        unversioned_header: false,
        batch_size: None,
        concurrency: None,
        requests_per_minute: None,
        timeout_s: 10,
        page_size: None,
        check_before: true,
        read_back: true,
        read_back_wait_s: 30,
        canary: None,
        canary_then: CanaryThen::GoOn,
        stop_after: None,
        confirm: Confirm::Scaled,
        reports: true,
        reports_dir: None,
        guard_formulas: true,
        environment: "DEMO".to_owned(),
        read_only: false,
        review: Review::Own,
        author: "akim".to_owned(),
    }
}

/// Settings with nothing of the file, for those whose file has a mistake.
fn without_file(global: &Global) -> Result<Setup, Stop> {
    let sources = wire::sources(global);
    let empty = std::env::temp_dir().join("armarius-no-configuration.toml");
    fs::write(&empty, "").map_err(|error| Stop::usage(error.to_string()))?;
    let sources = Sources {
        config: Some(empty),
        ..sources
    };
    Ok(Setup {
        loaded: Config::load(&sources)?,
        environment: sources.environment,
    })
}

/// Throws the demo's library and workspaces away.
fn forget(loaded: &Loaded, folder: &Path, library: &str) -> Result<(), Stop> {
    let gone = |result: std::io::Result<()>, path: &Path| match result {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Stop::usage(format!(
            "can't remove {}: {error}",
            path.display()
        ))),
        _ => Ok(()),
    };
    for ending in ["", "-wal", "-shm"] {
        let file = folder.join(format!("{library}{ending}"));
        gone(fs::remove_file(&file), &file)?;
    }
    let suffix = library
        .trim_start_matches("library")
        .trim_end_matches(".sqlite");
    for name in ["demo", "demo-atlan"] {
        let workspace = loaded.paths.workspace(&format!("{name}{suffix}"));
        gone(fs::remove_dir_all(&workspace), &workspace)?;
    }
    Ok(())
}
