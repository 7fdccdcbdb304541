//! How a command ends: its exit code, and what it says when it can't go on.

use std::process::ExitCode;

use super::interruption::Again;
use crate::{
    config::ConfigError,
    domain::{Failure, Refusal, Run, failure::FailureKind},
};

/// The exit codes scripts rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All ok.
    Ok = 0,
    /// Wrong words on the command line, or in the configuration.
    Usage = 1,
    /// The plan has errors, and nothing was sent.
    PlanErrors = 2,
    /// Some changes were written, some not.
    Partly = 3,
    /// Nothing succeeded.
    Nothing = 4,
    /// Signing in did not work.
    SignIn = 5,
    /// Nothing but conflicts stood in the way.
    Conflicts = 6,
    /// The listing lacks assets that the endpoint counted.
    Incomplete = 7,
    /// Ended by a mistake of its own.
    Mistake = 101,
    /// Ended by `SIGHUP`: the window was closed.
    HungUp = 129,
    /// Ended by `SIGINT`.
    Interrupted = 130,
    /// Ended by `SIGQUIT`.
    Quit = 131,
    /// Ended by `SIGUSR1`.
    UserSignal1 = 138,
    /// Ended by `SIGUSR2`.
    UserSignal2 = 140,
    /// Ended by `SIGALRM`.
    Alarm = 142,
    /// Ended by `SIGXCPU`: the time it may compute is over.
    TimeLimit = 152,
    /// Nobody reads the answer any more (`| head`), as if ended by `SIGPIPE`.
    ClosedPipe = 141,
    /// Ended by `SIGTERM`.
    Terminated = 143,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        Self::from(ending as u8)
    }
}

impl Ending {
    /// The word for it in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Usage => "usage",
            Self::PlanErrors => "plan-errors",
            Self::Partly => "partly",
            Self::Nothing => "nothing",
            Self::SignIn => "sign-in",
            Self::Conflicts => "conflicts",
            Self::Mistake => "mistake",
            Self::Incomplete => "incomplete",
            Self::HungUp
            | Self::Interrupted
            | Self::Quit
            | Self::UserSignal1
            | Self::UserSignal2
            | Self::Alarm
            | Self::TimeLimit
            | Self::Terminated => "interrupted",
            Self::ClosedPipe => "closed-pipe",
        }
    }

    /// The code a run ends a command with.
    pub fn of_run(run: &Run) -> Self {
        let tally = run.tally();
        let written = tally.applied + tally.warned;
        let settled = run.state.is_over();
        if settled && written as usize == run.items.len() {
            Self::Ok
        } else if written > 0 {
            Self::Partly
        } else if tally.conflict > 0 && tally.conflict == tally.total() {
            Self::Conflicts
        } else {
            Self::Nothing
        }
    }
}

/// The last line about a run when the program ends before it: how far it is, and how it goes on.
pub fn last_line(run: &Run, again: &Again) -> String {
    let (id, state, all) = (&run.id, run.state.word(), run.items.len());
    let done = run.settled.iter().flatten().count();
    if !run.is_unfinished() {
        return format!("{id} is {state}: {done} of {all} done");
    }
    let how = match &again.resume {
        Some(resume) => format!("`{resume} {id}` goes on"),
        None => format!("`{}` offers to go on", again.open),
    };
    match run.unanswered() {
        0 => format!("{id} is paused: {done} of {all} done; {how}"),
        sent => format!(
            "{id} is interrupted: {done} of {all} done, {sent} sent and not answered; {how}, and \
             reads those back first"
        ),
    }
}

/// Why a command can't go on: the code, and a sentence or several lines.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Stop {
    /// The exit code.
    pub ending: Ending,
    /// What to print to standard error.
    pub message: String,
}

impl Stop {
    /// Something wrong with what was asked.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            ending: Ending::Usage,
            message: message.into(),
        }
    }
}

impl From<ConfigError> for Stop {
    fn from(error: ConfigError) -> Self {
        Self::usage(error.problems().join("\n"))
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        let ending = match failure.kind {
            FailureKind::SignIn => Ending::SignIn,
            FailureKind::Local => Ending::Usage,
            FailureKind::Offline | FailureKind::Throttled | FailureKind::Server => Ending::Nothing,
        };
        Self {
            ending,
            message: failure.sentence(),
        }
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::usage(refusal.to_string())
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::usage(format!("can't write the output: {error}"))
    }
}
