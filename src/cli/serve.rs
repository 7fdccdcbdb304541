//! `armarius serve`: the embedded catalogue as a server of its own.

use super::{
    args::ServeArgs,
    ending::{Ending, Stop},
    output::Output,
};
use crate::{
    catalogue::{
        accounts::{Accounts, DEMO_PASSWORD, DEMO_TOKEN, DEMO_USER},
        server::{Contents, ServeOptions, serve},
    },
    config::Environment,
};

/// Serves until interrupted. One line of JSON says where, once it is ready.
///
/// # Errors
///
/// What keeps it from starting.
pub async fn run(args: &ServeArgs, output: &mut Output<'_>) -> Result<Ending, Stop> {
    let options = ServeOptions {
        listen: args.listen,
        catalogue: args.catalogue.clone(),
        contents: match args.assets {
            Some(0) => Contents::Nothing,
            Some(number) => Contents::Generated(number.into()),
            None if args.import.is_empty() => Contents::Sample,
            None => Contents::Nothing,
        },
        imports: args.import.clone(),
        faults: args.faults.clone().unwrap_or_default(),
        accounts: accounts(args, &Environment::Process)?,
    };
    let mut server = serve(options)
        .await
        .map_err(|error| Stop::usage(error.to_string()))?;
    for report in server.imports() {
        output.say(&report.lines().join("\n"));
    }
    output.line(&server.ready_line())?;
    output.out.flush()?;
    tokio::select! {
        () = server.stopped() => return Err(Stop::usage("the address was lost")),
        () = interrupted() => {}
    }
    server.shutdown().await;
    Ok(Ending::Ok)
}

/// Who may sign in: the demo's user, or the one named with secrets from variables.
fn accounts(args: &ServeArgs, environment: &Environment) -> Result<Accounts, Stop> {
    if args.user.is_none() && args.password_env.is_none() && args.token_env.is_none() {
        return Ok(Accounts::demo());
    }
    let read = |variable: &Option<String>, demo: &str| match variable {
        None => Ok(Some(demo.to_owned())),
        Some(name) => environment.get(name).map(Some).ok_or_else(|| {
            Stop::usage(format!(
                "the environment variable {name} is not set; it names a secret"
            ))
        }),
    };
    let user = args.user.as_deref().unwrap_or(DEMO_USER);
    let password = read(&args.password_env, DEMO_PASSWORD)?;
    let token = read(&args.token_env, DEMO_TOKEN)?;
    Ok(Accounts::new(user, password, token))
}

/// Waits for Ctrl-C or, on Unix, for `SIGTERM`.
pub(super) async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminated.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
