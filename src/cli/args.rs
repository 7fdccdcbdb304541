//! The words of the command line. What they do is said in the files named after them.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use super::{
    chosen::{Chosen, ReportArgs, ReportKind, ResultsArgs, ResultsFormat},
    stage::StageArgs,
};
use crate::table::{Delimiter, TableForm, TableOptions};

/// A terminal workstation for editing the metadata of thousands of library assets at once.
///
/// Without a command the workstation opens on the default profile. Every action of its screens
/// also exists as a command; machine output goes to standard output alone, messages to standard
/// error.
#[derive(Debug, Parser)]
#[command(name = "armarius", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do; the workstation if left out.
    #[command(subcommand)]
    pub command: Option<Command>,
}

const EXIT_CODES: &str = "Exit codes: 0 all ok, 1 usage or configuration, 2 the plan has errors \
and nothing was sent, 3 partly done, 4 nothing succeeded, 5 sign-in, 6 only conflicts, \
7 the listing is incomplete.";

/// Options of every command.
#[derive(Clone, Debug, Default, Args)]
pub struct Global {
    /// The profile of the configuration to work with
    #[arg(long, short = 'p', global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// The configuration file; the platform's config folder otherwise
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The folder for everything the program keeps; the platform's data folder otherwise
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Colours on the screen
    #[arg(long, global = true, value_name = "WHEN", value_enum)]
    pub colour: Option<Colour>,
    /// Keys of the configuration that a command's own options set.
    #[arg(skip)]
    pub keys: Vec<(String, String)>,
}

impl Global {
    /// The same with a command's own care over the configuration's.
    #[must_use]
    pub fn with(&self, care: &Care) -> Self {
        let mut global = self.clone();
        let canary = care.canary.map(|assets| assets.to_string());
        let stated = [("canary", canary), ("stop_after", care.stop_after.clone())];
        let stated = stated
            .into_iter()
            .filter_map(|(key, text)| Some((key.to_owned(), text?)));
        global.keys.extend(stated);
        global
    }
}

/// How carefully a run begins, and when it stops by itself.
#[derive(Clone, Debug, Default, Args)]
pub struct Care {
    /// Send so many assets first, alone, and read them back before the rest; 0 for none
    #[arg(long, value_name = "N")]
    pub canary: Option<u32>,
    /// Stop after so many errors, or at such a share: `10`, `20%`, `10 or 20%`, `never`
    #[arg(long, value_name = "RULE")]
    pub stop_after: Option<String>,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// Unless `NO_COLOR` is set or the terminal can't.
    Auto,
    /// Never: letters, signs and bold carry every meaning anyway.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the workstation on a made-up library: nothing to set up, safe to break
    Demo(DemoArgs),
    /// Serve an embedded catalogue that speaks both protocols
    #[command(after_long_help = crate::catalogue::faults::SPEC_HELP)]
    Serve(ServeArgs),
    /// List assets
    List(ListArgs),
    /// Stage edits on all assets a query finds, or from a file
    Stage(StageArgs),
    /// Show the draft, or drop it
    Draft(DraftArgs),
    /// Say what would be sent, and what not and why
    Plan {
        /// How to print it
        #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
        format: TextOrJson,
    },
    /// Send the draft and wait for an outcome of every change
    Submit {
        /// Do not ask: the plan as printed is what you want, whatever the number of assets
        #[arg(long, short = 'y')]
        yes: bool,
        /// Send nothing: read every asset again and say what would become of each change
        #[arg(long, conflicts_with = "yes")]
        dry_run: bool,
        /// How carefully
        #[command(flatten)]
        care: Care,
        /// How to print the outcomes
        #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
        format: TextOrJson,
    },
    /// Go on with an interrupted run; what was sent is read back first
    Resume {
        /// The run; the last one if left out
        run: Option<String>,
        /// How to print the outcomes
        #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
        format: TextOrJson,
    },
    /// Send again what failed in a run, is still staged, and does no harm when sent again
    Retry {
        /// Which changes
        #[command(flatten)]
        chosen: Chosen,
        /// How to print the outcomes
        #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
        format: TextOrJson,
    },
    /// Say what became of the changes of a run, and what to do about them
    Results(ResultsArgs),
    /// Ask the server what it has where the outcome is unknown, or everywhere if nothing is
    ReadBack {
        /// The run; the last one if left out
        run: Option<String>,
        /// How to print the outcomes
        #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
        format: TextOrJson,
    },
    /// Stage what takes a run back; nothing is sent
    ///
    /// The run's assets are read again first. Where the server still has what the run wrote, the
    /// earlier value is staged; everything else stays and is named with its reason.
    Revert {
        /// The run; the last one if left out
        run: Option<String>,
        /// How to print what was staged and what was left out
        #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
        format: TextOrJson,
    },
    /// Show the steps of the draft, the runs, and what others changed; or compare restore points
    History(HistoryArgs),
    /// Take the last step of the draft back, or the one named if nothing later rests on it
    Undo {
        /// The step's number, as `history` shows it
        step: Option<u64>,
    },
    /// Bring the last step back that was taken back, or the one named
    Redo {
        /// The step's number, as `history` shows it
        step: Option<u64>,
    },
    /// Accept what the server has: warnings, unless other changes are named
    Accept(Chosen),
    /// Take failed changes of a run out of the draft
    Drop(Chosen),
    /// Write a small table of failed changes for somebody else, and a note beside it
    Handover {
        /// Which changes; those that ask for somebody if nothing narrows them
        #[command(flatten)]
        chosen: Chosen,
        /// Where to; the reports folder if left out
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
        /// What to say in the note
        #[arg(
            long,
            value_name = "TEXT",
            default_value = "",
            allow_hyphen_values = true
        )]
        note: String,
    },
    /// Print the report of a run
    Report(ReportArgs),
    /// Try each step of signing in; never writes
    Check {
        /// How to print it
        #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
        format: TextOrJson,
    },
    /// Say where the configuration is, what it says, or what is wrong with it
    Config {
        /// What to say
        #[command(subcommand)]
        what: ConfigWhat,
    },
}

impl Command {
    /// Whether it leaves something behind, here or at the endpoint: then what it does is done whoever
    /// reads of it.
    pub fn changes_something(&self) -> bool {
        match self {
            Self::Submit { dry_run, .. } => !dry_run,
            Self::Draft(args) => args.what.is_some(),
            Self::Report(args) => args.to.is_some(),
            Self::Demo(_)
            | Self::Serve(_)
            | Self::Stage(_)
            | Self::Resume { .. }
            | Self::Retry { .. }
            | Self::ReadBack { .. }
            | Self::Revert { .. }
            | Self::Undo { .. }
            | Self::Redo { .. }
            | Self::Accept(_)
            | Self::Drop(_)
            | Self::Handover { .. } => true,
            Self::List(_)
            | Self::Plan { .. }
            | Self::History(_)
            | Self::Results(_)
            | Self::Check { .. }
            | Self::Config { .. } => false,
        }
    }
}

/// Options of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// How many made-up assets, instead of the sample library
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub assets: Option<u32>,
    /// Which protocol to work through
    #[arg(long, value_enum, default_value_t = Protocol::DynamicMedia)]
    pub protocol: Protocol,
    /// Start over with a new library and an empty draft
    #[arg(long)]
    pub fresh: bool,
    /// What goes wrong on purpose, instead of what goes wrong in the sample; as for `serve`
    #[arg(long, value_name = "SPEC")]
    pub faults: Option<String>,
}

/// The protocols.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Protocol {
    /// Adobe Dynamic Media Classic, SOAP.
    DynamicMedia,
    /// Atlan, REST.
    Atlan,
}

/// How to read a table, where what is found out by itself is wrong.
#[derive(Clone, Debug, Default, Args)]
pub struct TableArgs {
    /// The form of the table; by its name or its content if left out
    #[arg(long, value_name = "FORM", value_enum)]
    pub input_format: Option<InputFormat>,
    /// Its encoding, such as utf-8, utf-16 or windows-1252; found out if left out
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// What stands between its cells: one character, or `tab`; found out if left out
    #[arg(long, value_name = "CHARACTER", allow_hyphen_values = true)]
    pub delimiter: Option<Delimiter>,
    /// Its column that holds the id, where it is not called `id`
    #[arg(long, value_name = "NAME")]
    pub id_column: Option<String>,
}

impl TableArgs {
    /// The same for the reader.
    pub fn options(&self) -> TableOptions {
        TableOptions {
            form: self.input_format.map(InputFormat::form),
            encoding: self.encoding.clone(),
            delimiter: self.delimiter,
            id_column: self.id_column.clone(),
        }
    }
}

/// Forms of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum InputFormat {
    /// Comma-separated.
    Csv,
    /// Tab-separated.
    Tsv,
    /// One JSON object a line.
    Jsonl,
    /// An array of JSON objects.
    Json,
}

impl InputFormat {
    fn form(self) -> TableForm {
        match self {
            Self::Csv => TableForm::Separated(b','),
            Self::Tsv => TableForm::Separated(b'\t'),
            Self::Jsonl | Self::Json => TableForm::Json,
        }
    }
}

/// Options of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0")]
    pub listen: std::net::SocketAddr,
    /// One more name it is reached by, such as `shelf.local`; requests for other names are refused.
    /// Addresses and `localhost` need none; may be given several times
    #[arg(long, value_name = "NAME")]
    pub host: Vec<String>,
    /// The database file; in memory if left out
    #[arg(long, value_name = "FILE")]
    pub catalogue: Option<PathBuf>,
    /// A table to import: CSV and the like, JSON lines or an array, gzip too; may be given several times
    #[arg(long, value_name = "FILE")]
    pub import: Vec<PathBuf>,
    /// How to read the tables
    #[command(flatten)]
    pub table: TableArgs,
    /// How many made-up assets to fill an empty catalogue with, instead of the sample library
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub assets: Option<u32>,
    /// Misbehave on purpose; see below
    #[arg(long, value_name = "SPEC")]
    pub faults: Option<String>,
    /// The user who may sign in; with a secret of their own the demo's are not valid
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// The environment variable that holds that user's password for SOAP
    #[arg(long, value_name = "VARIABLE")]
    pub password_env: Option<String>,
    /// The environment variable that holds the token for REST
    #[arg(long, value_name = "VARIABLE")]
    pub token_env: Option<String>,
}

/// The words of a command line as they are read: what begins with `-` behind `list` and is no
/// option is a term of the query (`-has:rights`), and would be taken for options otherwise. A blank
/// before it keeps it one word, and says nothing to a query.
pub fn given(words: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let (mut is_list, mut is_over) = (false, false);
    let read = |word: OsString| {
        is_over |= is_list && word == "--";
        let shown = word.to_string_lossy();
        if is_list && !is_over && is_term(&shown) {
            return OsString::from(format!(" {shown}"));
        }
        is_list |= word == "list";
        word
    };
    words.into_iter().map(read).collect()
}

/// Whether a word is a term that must not hold, and no option: there are `-h`, `-p NAME`, `-pNAME`.
fn is_term(word: &str) -> bool {
    let Some(rest) = word.strip_prefix('-').filter(|rest| !rest.starts_with('-')) else {
        return false;
    };
    match rest.strip_prefix('p') {
        Some(name) => {
            let name = name.strip_prefix('=').unwrap_or(name);
            name.contains([':', '=', '<', '>', '~', '('])
        }
        None => rest.chars().count() > 1,
    }
}

/// Options of `list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// What to list, in the query language of the filter line
    pub query: Vec<String>,
    /// The fields to show, by name
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub fields: Vec<String>,
    /// How to print them
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    pub format: ListFormat,
    /// At most this many
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
}

/// Formats of `list`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// Columns for people.
    Table,
    /// Comma-separated.
    Csv,
    /// Tab-separated.
    Tsv,
    /// One JSON object a line; goes back in through `stage --from`.
    Jsonl,
    /// One JSON document.
    Json,
}

/// Options of `draft`.
#[derive(Debug, Args)]
pub struct DraftArgs {
    /// What to do with it; show it if left out
    #[command(subcommand)]
    pub what: Option<DraftWhat>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = DraftFormat::Table)]
    pub format: DraftFormat,
}

/// What to do with the draft.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum DraftWhat {
    /// Throw all of it away
    Drop,
}

/// Formats of `draft`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DraftFormat {
    /// Columns for people.
    Table,
    /// One JSON object a change.
    Jsonl,
    /// One JSON document.
    Json,
}

/// Options of `history`.
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// Compare instead; list if left out
    #[command(subcommand)]
    pub what: Option<HistoryWhat>,
    /// What to list
    #[arg(long, value_enum, default_value_t = HistoryGrouping::All)]
    pub only: HistoryGrouping,
    /// A filter: `who:akim field:rights after:11-01 run:R-04`, and words
    #[arg(long, value_name = "FILTER", default_value = "")]
    pub filter: String,
    /// How to print it
    #[arg(long, value_enum, default_value_t = HistoryFormat::Text)]
    pub format: HistoryFormat,
}

/// Formats of `history`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HistoryFormat {
    /// For people.
    Text,
    /// One JSON object an entry.
    Jsonl,
    /// One JSON document.
    Json,
}

/// What `history` does instead of listing.
#[derive(Debug, Subcommand)]
pub enum HistoryWhat {
    /// Compare what the library had before two runs, or before a run and now
    Compare {
        /// A run
        from: String,
        /// Another run, or `now`
        #[arg(default_value = "now")]
        to: String,
        /// How to print it
        #[arg(long, value_enum, default_value_t = CompareFormat::Text)]
        format: CompareFormat,
    },
}

/// What `history` lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HistoryGrouping {
    /// Steps, runs, and what others changed.
    All,
    /// Steps of the draft.
    Draft,
    /// Runs.
    Runs,
}

/// Formats of `history compare`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CompareFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// Comma-separated, one line a value.
    Csv,
}

/// Text for people, or JSON for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TextOrJson {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// What `config` says.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum ConfigWhat {
    /// Where the files are
    Path,
    /// Every value in force, with where it comes from
    Show,
    /// What is wrong with it
    Check,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_of_list_begins_with_a_dash_and_options_stay_options() {
        for (words, query, profile) in [
            (&["list", "-has:x"][..], " -has:x", None),
            (
                &["list", "-profile:x", "season:a"],
                " -profile:x season:a",
                None,
            ),
            (&["list", "-p", "demo", "-rights"], " -rights", Some("demo")),
            (
                &["-p", "demo", "list", "-(a or b)"],
                " -(a or b)",
                Some("demo"),
            ),
            (&["list", "-pdemo", "-hat"], " -hat", Some("demo")),
            (&["list", "a", "-p=demo", "--", "-p"], "a -p", Some("demo")),
        ] {
            let words = ["armarius"].iter().chain(words).map(OsString::from);
            let cli = Cli::try_parse_from(given(words)).unwrap();
            let Some(Command::List(list)) = cli.command else {
                panic!("no list")
            };
            assert_eq!(list.query.join(" "), query);
            assert_eq!(cli.global.profile.as_deref(), profile);
        }
        let help = ["armarius", "list", "-h"].map(OsString::from);
        assert_eq!(given(help.clone()), help);
        let other = ["armarius", "stage", "-has:x"].map(OsString::from);
        assert_eq!(given(other.clone()), other);
    }
}
