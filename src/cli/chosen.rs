//! Which changes of which run a command is about.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::ending::Stop;
use crate::{
    domain::{Outcome, RunId, run::Sieve},
    runtime::Headless,
};

/// The run, and which of its changes. Filters of different kinds must all be met; of the same
/// kind, one is enough.
#[derive(Clone, Debug, Default, Args)]
pub struct Chosen {
    /// The run; the last one if left out
    pub run: Option<String>,
    /// Only changes that ended so; may be given several times
    #[arg(long, value_name = "OUTCOME", value_enum, value_delimiter = ',')]
    pub outcome: Vec<Ended>,
    /// Only changes whose code, reason or meaning has this in it
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub reason: Vec<String>,
    /// Only changes of this field
    #[arg(long, value_name = "FIELD")]
    pub field: Vec<String>,
    /// Only changes of this asset, by id or name
    #[arg(long, value_name = "ASSET", allow_hyphen_values = true)]
    pub asset: Vec<String>,
}

/// The outcomes, as words of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Ended {
    /// Written as wanted.
    Applied,
    /// Written, with a remark.
    Warned,
    /// Not written.
    Refused,
    /// Changed by somebody else meanwhile; not sent.
    Conflict,
    /// Not sent.
    Skipped,
    /// Sent, never answered, and not read back.
    Unknown,
}

impl Ended {
    fn outcome(self) -> Outcome {
        match self {
            Self::Applied => Outcome::Applied,
            Self::Warned => Outcome::Warned,
            Self::Refused => Outcome::Refused,
            Self::Conflict => Outcome::Conflict,
            Self::Skipped => Outcome::Skipped,
            Self::Unknown => Outcome::Unknown,
        }
    }
}

impl Chosen {
    /// The run's name, if one was given.
    pub fn id(&self) -> Option<RunId> {
        self.run.as_ref().map(|name| RunId(name.to_uppercase()))
    }

    /// Whether nothing narrows it.
    pub fn is_everything(&self) -> bool {
        self.outcome.is_empty()
            && self.reason.is_empty()
            && self.field.is_empty()
            && self.asset.is_empty()
    }

    /// What is meant, as the domain has it.
    pub fn sieve(&self) -> Sieve {
        Sieve {
            outcomes: self.outcome.iter().map(|ended| ended.outcome()).collect(),
            reasons: self.reason.clone(),
            fields: self.field.clone(),
            assets: self.asset.clone(),
            problems: false,
        }
    }

    /// The run, which is loaded now, and the changes let through by a sieve made from these
    /// words, worst first.
    ///
    /// # Errors
    ///
    /// If there is no such run.
    pub async fn places(
        &self,
        headless: &mut Headless,
        sieve: &Sieve,
    ) -> Result<(RunId, Vec<u32>), Stop> {
        let id = headless.loaded(self.id().as_ref()).await?.id.clone();
        let accepted = headless.workbench.accepted(&id);
        let places = sieve.places(headless.find(Some(&id))?, &accepted);
        Ok((id, places))
    }
}

/// Options of `results`.
#[derive(Debug, Args)]
pub struct ResultsArgs {
    /// Which changes
    #[command(flatten)]
    pub chosen: Chosen,
    /// Also what was written as wanted or accepted
    #[arg(long)]
    pub all: bool,
    /// How to print them
    #[arg(long, value_enum, default_value_t = ResultsFormat::Text)]
    pub format: ResultsFormat,
}

/// Formats of `results`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ResultsFormat {
    /// For people.
    Text,
    /// JSON.
    Json,
    /// Comma-separated, one line a change.
    Csv,
}

/// Options of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The run; the last one if left out
    pub run: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ReportKind::Csv)]
    pub format: ReportKind,
    /// Write it to this file instead, which must not be there yet
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
    /// Put a ' before cells that a spreadsheet would run as a formula
    #[arg(long)]
    pub guard_formulas: bool,
}

/// Formats of `report`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportKind {
    /// Comma-separated, one line a change.
    Csv,
    /// JSON.
    Json,
    /// Markdown.
    Md,
}
