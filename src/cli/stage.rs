//! `armarius stage`: edits on all assets a query finds, or on the rows of a file.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use clap::{ArgMatches, Args};

use super::{
    args::{Global, TableArgs},
    edits,
    ending::{Ending, Stop},
    judged::{Judged, Judging},
    output::{Output, counted},
    session,
};
use crate::{
    domain::{Command, Workbench},
    exchange::{ChangeFile, ExchangeError, Resolved, Written, write_kept, write_new},
    runtime::Headless,
};

/// Options of `stage`. Edits work in the order they are given.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("source").required(true).args(["query", "from"]))]
pub struct StageArgs {
    /// The assets to work on, in the query language of the filter line
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// Go on with the assets that are listed, even if some of the library did not come
    #[arg(long, requires = "query")]
    pub partial: bool,
    /// A table with an `id` or `name` column and one column a field; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// How to read the table
    #[command(flatten)]
    pub table: TableArgs,
    /// Where the lines go that have something refused; FILE.rejected.EXT beside the table if left out
    #[arg(long, value_name = "FILE", requires = "from")]
    pub rejected: Option<PathBuf>,
    /// Give a field this value
    #[arg(long, value_name = "FIELD=VALUE", allow_hyphen_values = true)]
    pub set: Vec<String>,
    /// Put text behind a field's value
    #[arg(long, value_name = "FIELD=VALUE", allow_hyphen_values = true)]
    pub append: Vec<String>,
    /// Put text before a field's value
    #[arg(long, value_name = "FIELD=VALUE", allow_hyphen_values = true)]
    pub prepend: Vec<String>,
    /// Replace what a regular expression finds; any character may stand for the slash
    #[arg(long, value_name = "FIELD=/re/with/", allow_hyphen_values = true)]
    pub replace: Vec<String>,
    /// Take a field's value away
    #[arg(long, value_name = "FIELD")]
    pub clear: Vec<String>,
    /// Add a tag, leaving the others
    #[arg(long, value_name = "FIELD=TAG", allow_hyphen_values = true)]
    pub add_tag: Vec<String>,
    /// Remove a tag, leaving the others
    #[arg(long, value_name = "FIELD=TAG", allow_hyphen_values = true)]
    pub remove_tag: Vec<String>,
    /// Use the asset of this name or id as thumbnail, or the one a rule finds for each
    /// (`${name|strip:_BACK}_FRONT`); `none` takes it away
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    pub thumbnail: Option<String>,
    /// Give a certificate: verified, draft, deprecated, or none. Verified ones of others stay
    #[arg(long, value_name = "STATUS")]
    pub certificate: Option<String>,
    /// Write over other people's certificates too, and say yes where a person would be asked
    #[arg(long, requires = "certificate")]
    pub override_certificates: bool,
    /// The certificate's message; `${FIELD}` is the asset's value
    #[arg(
        long,
        value_name = "TEXT",
        requires = "certificate",
        allow_hyphen_values = true
    )]
    pub message: Option<String>,
}

/// Stages, durably. Nothing is sent.
///
/// # Errors
///
/// What is wrong with query, edits or file; the draft is then as before.
pub async fn run(
    global: &Global,
    (args, matches): (&StageArgs, &ArgMatches),
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let file = match &args.from {
        Some(path) => Some(read(path, args, output)?),
        None => None,
    };
    let mut headless = session::connect(global).await?;
    let mut is_partly = false;
    let judged = match (&args.query, &file) {
        (Some(query), _) => from_query(&mut headless, query, (args, matches), output).await?,
        (None, Some(file)) => {
            session::list(&mut headless, output).await?;
            let resolved = from_file(&headless.workbench, (file, args), output)?;
            is_partly = !resolved.refused.is_empty();
            Judged {
                asked: resolved.asked,
                ..Judged::default()
            }
        }
        (None, None) => return Err(Stop::usage("name the assets with --query or --from")),
    };
    let Judged {
        asked,
        notes,
        refused,
    } = judged;
    for note in &notes {
        output.say(note);
    }
    refuse(&refused, output);
    let unstaged = if is_partly {
        Ending::Partly
    } else if refused.is_empty() {
        Ending::Ok
    } else {
        Ending::Nothing
    };
    if asked.is_empty() {
        output.say(if refused.is_empty() && notes.is_empty() && !is_partly {
            NOTHING_NEW
        } else {
            "nothing was staged"
        });
        headless.close().await;
        return Ok(unstaged);
    }
    let preview = headless
        .workbench
        .preview(&asked)
        .map_err(|error| Stop::usage(error.to_string()))?;
    let drifted = headless.workbench.drifted();
    if asked.iter().any(|one| !one.rows.is_disjoint(&drifted)) {
        output.say("the server's values changed since this was staged before; it starts from them");
    }
    output.say(&preview.sentence());
    if preview.changes == 0 && preview.refused == 0 {
        output.say(NOTHING_NEW);
        headless.close().await;
        return Ok(unstaged);
    }
    let command = Command::Stage {
        label: String::new(),
        asked,
    };
    let operation = headless
        .apply(&command)
        .await
        .map_err(|error| Stop::usage(error.to_string()))?;
    output.say(&format!("Staged: {}", operation.label));
    headless.close().await;
    Ok(if refused.is_empty() && !is_partly {
        Ending::Ok
    } else {
        Ending::Partly
    })
}

const NOTHING_NEW: &str = "nothing to stage: every value is so already";

/// How many refusals are told one by one.
const TOLD: usize = 20;

/// Tells what was asked and can't be done.
fn refuse(refused: &[String], output: &mut Output<'_>) {
    for line in refused.iter().take(TOLD) {
        output.say(&format!("refused: {line}"));
    }
    if refused.len() > TOLD {
        let more = counted((refused.len() - TOLD) as u64, "more refused asset");
        output.say(&format!("and {more}"));
    }
}

/// What is asked of the assets a query finds. Fields and query are checked before anything is listed.
async fn from_query(
    headless: &mut Headless,
    text: &str,
    (args, matches): (&StageArgs, &ArgMatches),
    output: &mut Output<'_>,
) -> Result<Judged, Stop> {
    let bench = &headless.workbench;
    let query = session::query(bench, "--query", text)?;
    let edits = edits::read(matches, &bench.schema).map_err(Stop::usage)?;
    if edits.is_empty() {
        return Err(Stop::usage("say what to do, for example --set FIELD=VALUE"));
    }
    session::list(headless, output).await?;
    session::whole(headless, args.partial)?;
    let rows = session::matching(headless, &query, output).await?;
    if rows.is_empty() {
        return Err(Stop::usage("no asset matches; nothing is staged"));
    }
    let judging = Judging {
        overrides: args.override_certificates,
        author: headless.author(),
    };
    judging
        .judge(edits, &rows, &headless.workbench)
        .map_err(Stop::usage)
}

/// Whether a table comes from standard input.
fn is_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Reads a table; says how, if not in the usual way.
fn read(path: &Path, args: &StageArgs, output: &mut Output<'_>) -> Result<ChangeFile, Stop> {
    let name = name(path);
    let bytes = if is_input(path) {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    let bytes = bytes.map_err(|error| Stop::usage(format!("{name}: {error}")))?;
    let file = ChangeFile::parse(&name, bytes, &args.table.options())
        .map_err(|error| Stop::usage(error.to_string()))?;
    if let Some(remark) = file.remark() {
        output.say(&format!("{name}: {remark}"));
    }
    Ok(file)
}

fn name(path: &Path) -> String {
    if is_input(path) {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    }
}

/// What a table asks for. Says what of it can't be had, and keeps those lines in a file.
fn from_file(
    bench: &Workbench,
    (file, args): (&ChangeFile, &StageArgs),
    output: &mut Output<'_>,
) -> Result<Resolved, Stop> {
    let path = args.from.as_deref().unwrap_or(Path::new("-"));
    let name = name(path);
    let wrong = |error: ExchangeError| Stop::usage(error.to_string());
    let resolved = file.resolve(bench).map_err(wrong)?;
    for sentence in resolved.sentences() {
        output.say(&sentence);
    }
    if !resolved.refused.is_empty() {
        for refused in resolved.refused.iter().take(TOLD) {
            output.say(&format!("{name}:{}: {refused}", refused.line));
        }
        let more = resolved.refused.len().saturating_sub(TOLD);
        if more > 0 {
            output.say(&format!("and {more} more"));
        }
        let told = counted(resolved.refused.len() as u64, "refusal");
        let place = (!is_input(path)).then_some(path);
        match keep_rejected(file, &resolved, (place, args.rejected.as_deref())) {
            Ok(Some(kept)) => output.say(&format!(
                "{told}; these lines are in {} with the reasons: correct them there and stage that",
                kept.display()
            )),
            Ok(None) => output.say(&format!(
                "{told}; --rejected FILE keeps these lines with the reasons"
            )),
            Err(error) => output.say(&format!("{told}; these lines could not be kept: {error}")),
        }
    }
    Ok(resolved)
}

/// Writes the refused lines where somebody says, or beside the table; never over another file.
fn keep_rejected(
    file: &ChangeFile,
    resolved: &Resolved,
    (beside, said): (Option<&Path>, Option<&Path>),
) -> Result<Option<PathBuf>, ExchangeError> {
    let mut content = Vec::new();
    file.write_rejected(&resolved.refused, &mut content)
        .map_err(|error| ExchangeError::File {
            path: said.or(beside).unwrap_or(Path::new("-")).to_path_buf(),
            why: error.to_string(),
        })?;
    if let Some(path) = said {
        write_new(path, &content)?;
        return Ok(Some(path.to_path_buf()));
    }
    let Some(path) = beside else {
        return Ok(None);
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "csv"));
    let stem = format!("{stem}.rejected");
    let folder = path.parent().unwrap_or(Path::new(""));
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    // Nothing there is known to be ours: the same lines again are, any other file stays.
    let mut written = Written::new();
    write_kept((folder, &stem, ending), &content, &mut written).map(Some)
}
