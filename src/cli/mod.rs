//! The command line: the composition root, and one file a subcommand.
//!
//! The words are in [`args`]; [`wire`] turns a profile into an endpoint and [`session`] opens its
//! workspace; [`output`] is the only home that prints; [`ending`] holds the exit codes.

pub mod args;
pub mod check;
pub mod config;
pub mod demo;
pub mod draft;
pub mod edits;
pub mod ending;
pub mod first_start;
pub mod history;
pub mod list;
pub mod output;
pub mod plan;
pub mod report;
pub mod revert;
pub mod serve;
pub mod session;
pub mod stage;
pub mod submit;
pub mod wire;
pub mod workstation;

use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory, FromArgMatches};

use args::{Cli, Command};
use ending::{Ending, Stop};
use output::Output;
use submit::What;

/// Runs the command line of this process and says how it ended.
pub fn main() -> ExitCode {
    output::with_process_streams(|output| {
        let matches = match Cli::command().try_get_matches() {
            Ok(matches) => matches,
            Err(error) => {
                // Help and version are answers; everything else is a wrong word.
                let _ = error.print();
                return if error.use_stderr() {
                    Ending::Usage
                } else {
                    Ending::Ok
                }
                .into();
            }
        };
        let done = Cli::from_arg_matches(&matches)
            .map_err(|error| Stop::usage(error.to_string()))
            .and_then(|cli| in_runtime(&cli, &matches, output));
        match done {
            Ok(ending) => ending.into(),
            Err(stop) => {
                output.say(&format!("armarius: {}", stop.message));
                stop.ending.into()
            }
        }
    })
}

fn in_runtime(cli: &Cli, matches: &ArgMatches, output: &mut Output<'_>) -> Result<Ending, Stop> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Stop::usage(format!("can't start: {error}")))?
        .block_on(dispatch(cli, matches, output))
}

async fn dispatch(
    cli: &Cli,
    matches: &ArgMatches,
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let global = &cli.global;
    let Some(command) = &cli.command else {
        return workstation::run(global, output).await;
    };
    match command {
        Command::Demo(args) => demo::run(global, args, output).await,
        Command::Serve(args) => serve::run(args, output).await,
        Command::List(args) => list::run(global, args, output).await,
        Command::Stage(args) => {
            let words = matches.subcommand_matches("stage").unwrap_or(matches);
            stage::run(global, (args, words), output).await
        }
        Command::Draft(args) => draft::run(global, args, output).await,
        Command::Plan { format } => plan::run(global, *format, output).await,
        Command::Submit { yes, format } => {
            submit::run(global, (What::Draft, *yes, *format), output).await
        }
        Command::Resume { run, format } => {
            submit::run(global, (What::Resume(run.clone()), true, *format), output).await
        }
        Command::Retry { run, format } => {
            submit::run(global, (What::Retry(run.clone()), true, *format), output).await
        }
        Command::Revert { run, format } => {
            revert::run(global, (run.clone(), *format), output).await
        }
        Command::History(args) => history::run(global, args, output).await,
        Command::Undo { step } => history::undo(global, *step, output).await,
        Command::Redo { step } => history::redo(global, *step, output).await,
        Command::Report { run, format } => {
            report::run(global, (run.clone(), *format), output).await
        }
        Command::Check { format } => check::run(global, *format, output).await,
        Command::Config { what } => config::run(global, *what, output),
    }
}
