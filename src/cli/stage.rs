//! `armarius stage`: edits on all assets a query finds, or on the rows of a file.

use clap::ArgMatches;

use std::path::PathBuf;

use clap::Args;

use super::{
    args::Global,
    edits,
    ending::{Ending, Stop},
    judged::{Judged, Judging},
    output::{Output, counted},
    session,
};
use crate::{
    domain::{Command, Workbench},
    exchange::ChangeFile,
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
    /// A .csv, .tsv or .jsonl file with an `id` or `name` column and one column a field
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
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
    let mut headless = session::connect(global).await?;
    let judged = match (&args.query, &args.from) {
        (Some(query), _) => from_query(&mut headless, query, (args, matches), output).await?,
        (None, Some(path)) => {
            session::list(&mut headless, output).await?;
            from_file(&headless.workbench, path, output)?
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
    let unstaged = if refused.is_empty() {
        Ending::Ok
    } else {
        Ending::Nothing
    };
    if asked.is_empty() {
        output.say(if refused.is_empty() && notes.is_empty() {
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
    Ok(if refused.is_empty() {
        Ending::Ok
    } else {
        Ending::Partly
    })
}

const NOTHING_NEW: &str = "nothing to stage: every value is so already";

/// How many refused assets are told one by one.
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

fn from_file(
    bench: &Workbench,
    path: &std::path::Path,
    output: &mut Output<'_>,
) -> Result<Judged, Stop> {
    let resolved = ChangeFile::read(path)
        .and_then(|file| file.resolve(bench))
        .map_err(|error| Stop::usage(error.to_string()))?;
    if resolved.unchanged > 0 {
        output.say(&format!(
            "{} cells say what the library has already",
            resolved.unchanged
        ));
    }
    Ok(Judged {
        asked: resolved.asked,
        ..Judged::default()
    })
}
