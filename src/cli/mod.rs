//! The command line: the composition root, and one file a subcommand.
//!
//! The words are in [`args`]; [`wire`] turns a profile into an endpoint and [`session`] opens its
//! workspace; [`output`] is the only home that prints; [`ending`] holds the exit codes.

pub mod aftermath;
pub mod args;
pub mod check;
pub mod chosen;
pub mod config;
pub mod demo;
pub mod draft;
pub mod dry;
pub mod edits;
pub mod ending;
pub mod first_start;
pub mod history;
pub mod interruption;
pub mod judged;
pub mod list;
pub mod mistake;
pub mod output;
pub mod plan;
pub mod process;
pub mod progress;
pub mod report;
pub mod results;
pub mod revert;
pub mod serve;
pub mod session;
pub mod stage;
pub mod submit;
pub mod wire;
pub mod workstation;

use std::{panic::AssertUnwindSafe, process::ExitCode, time::Duration};

use clap::{ArgMatches, CommandFactory, FromArgMatches};
use futures_util::FutureExt;

use args::{Cli, Command, Global};
use ending::{Ending, Stop};
use interruption::Cause;
use output::Output;
use submit::What;

/// How much the network gives way to the screen, of 19.
#[cfg(target_os = "linux")]
const NICE: i32 = 5;
/// How long work that nobody waits for any more may hold the end up.
const STRAGGLERS: Duration = Duration::from_millis(200);

/// Runs the command line of this process and says how it ended.
pub fn main() -> ExitCode {
    process::keep_private();
    output::with_process_streams(|output| {
        let matches = match Cli::command().try_get_matches_from(args::given(std::env::args_os())) {
            Ok(matches) => matches,
            // A wrong word, told with everything it holds made visible.
            Err(error) if error.use_stderr() => {
                let words = error.render().to_string();
                return Err(Stop::usage(words.trim_start_matches("error: ").trim_end()));
            }
            // Help and version are answers.
            Err(error) => {
                return match error.print() {
                    Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {
                        Ok(Ending::ClosedPipe)
                    }
                    done => done.map(|()| Ending::Ok).map_err(Stop::from),
                };
            }
        };
        let cli =
            Cli::from_arg_matches(&matches).map_err(|error| Stop::usage(error.to_string()))?;
        in_runtime(&cli, &matches, output)
    })
}

fn in_runtime(cli: &Cli, matches: &ArgMatches, output: &mut Output<'_>) -> Result<Ending, Stop> {
    let mut threads = tokio::runtime::Builder::new_multi_thread();
    if matches!(cli.command, None | Some(Command::Demo(_))) {
        threads.on_thread_start(give_way);
    }
    let runtime = threads
        .enable_all()
        .build()
        .map_err(|error| Stop::usage(format!("can't start: {error}")))?;
    let done = runtime.block_on(async {
        process::outlive_file_limits();
        dispatch(cli, matches, output).await
    });
    // A name that is still being looked up does not keep the program.
    runtime.shutdown_timeout(STRAGGLERS);
    done
}

/// Beside a screen the network gives way to the keys: where there are fewer processors than work, the
/// thread that draws comes first.
fn give_way() {
    // Only there is a thread as nice as it says; elsewhere the whole program would be. Whoever may
    // not be nicer stays as it is.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(NICE);
}

/// Carries a command out. The screens and the server end by themselves when they are told to; any
/// other command is left where it stands, and what it began is ended in an orderly way.
async fn dispatch(
    cli: &Cli,
    matches: &ArgMatches,
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let global = &cli.global;
    let command = match &cli.command {
        Some(Command::Serve(args)) => return serve::run(args, output).await,
        other => other,
    };
    mistake::watch();
    // The screens, too, may outlive their terminal: what ended them is the answer.
    if command.as_ref().is_none_or(Command::changes_something) {
        output.go_on_unheard();
    }
    match command {
        None => return workstation::run(global, output).await,
        Some(Command::Demo(args)) => return demo::run(global, args, output).await,
        Some(command) => {
            let work = Box::pin(headless(command, (global, matches), output));
            let done = tokio::select! {
                done = AssertUnwindSafe(work).catch_unwind() => done.map_err(|_| Cause::Mistake),
                cause = interruption::told() => Err(cause),
            };
            match done {
                Ok(done) => done,
                Err(cause) => Ok(interruption::end(Some(cause), output).await),
            }
        }
    }
}

async fn headless(
    command: &Command,
    (global, matches): (&Global, &ArgMatches),
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
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
        Command::Submit {
            dry_run: true,
            care,
            format,
            ..
        } => dry::run(&global.with(care), *format, output).await,
        Command::Submit {
            yes, care, format, ..
        } => submit::run(&global.with(care), (What::Draft, *yes, *format), output).await,
        Command::Resume { run, format } => {
            submit::run(global, (What::Resume(run.clone()), true, *format), output).await
        }
        Command::Retry { chosen, format } => {
            let what = What::Retry(Box::new(chosen.clone()));
            submit::run(global, (what, true, *format), output).await
        }
        Command::Revert { run, format } => {
            revert::run(global, (run.clone(), *format), output).await
        }
        Command::History(args) => history::run(global, args, output).await,
        Command::Undo { step } => history::undo(global, *step, output).await,
        Command::Redo { step } => history::redo(global, *step, output).await,
        Command::Results(args) => results::run(global, args, output).await,
        Command::ReadBack { run, format } => {
            aftermath::read_back(global, (run.clone(), *format), output).await
        }
        Command::Accept(chosen) => aftermath::accept(global, chosen, output).await,
        Command::Drop(chosen) => aftermath::drop_failed(global, chosen, output).await,
        Command::Handover { chosen, to, note } => {
            aftermath::hand_over(global, (chosen, to.clone(), note), output).await
        }
        Command::Report(args) => report::run(global, args, output).await,
        Command::Check { format } => check::run(global, *format, output).await,
        Command::Config { what } => config::run(global, *what, output),
    }
}
