//! `armarius serve`: the embedded catalogue as a server of its own.

use super::{
    args::ServeArgs,
    ending::{Ending, Stop},
    output::Output,
};
use crate::{
    catalogue::{
        accounts::{Accounts, DEMO_USER},
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
        hosts: args.host.clone(),
        catalogue: args.catalogue.clone(),
        contents: match args.assets {
            Some(0) => Contents::Nothing,
            Some(number) => Contents::Generated(number.into()),
            None if args.import.is_empty() => Contents::Sample,
            None => Contents::Nothing,
        },
        imports: args.import.clone(),
        table: args.table.options(),
        faults: args.faults.clone().unwrap_or_default(),
        accounts: accounts(args, &Environment::Process)?,
        ..ServeOptions::default()
    };
    for closed in options.accounts.closed_faces() {
        output.say(&closed);
    }
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

/// Who may sign in: the demo's user, or the one with secrets from variables. A secret of one's own
/// takes the place of both of the demo's: the face without one lets nobody in.
fn accounts(args: &ServeArgs, environment: &Environment) -> Result<Accounts, Stop> {
    let read = |variable: &Option<String>| match variable {
        None => Ok(None),
        Some(name) => environment.get(name).map(Some).ok_or_else(|| {
            Stop::usage(format!(
                "the environment variable {name} is not set; it names a secret"
            ))
        }),
    };
    let (password, token) = (read(&args.password_env)?, read(&args.token_env)?);
    match (&args.user, password, token) {
        (None, None, None) => Ok(Accounts::demo()),
        (Some(user), None, None) => Err(Stop::usage(format!(
            "{user} has no secret to sign in with: name the variable that holds a password \
             (--password-env) or a token (--token-env)"
        ))),
        (user, password, token) => {
            let user = user.as_deref().unwrap_or(DEMO_USER);
            Ok(Accounts::new(user, password, token))
        }
    }
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
