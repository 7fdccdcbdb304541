//! What is done about a run that has ended: `retry`, `read-back`, `accept`, `drop`, `handover`.

use std::path::PathBuf;

use roaring::RoaringBitmap;

use super::{
    args::{Global, TextOrJson},
    chosen::Chosen,
    ending::{Ending, Stop},
    output::{Output, counted},
    session, submit,
};
use crate::{
    domain::{Command, Outcome, Run, RunId, run::Sieve},
    runtime::{Headless, HeadlessError},
};

/// Sends the chosen changes again, as far as they are still staged and it does no harm.
pub(super) async fn retried(
    headless: &mut Headless,
    chosen: &Chosen,
    output: &mut Output<'_>,
) -> Result<Run, Stop> {
    let id = chosen.id();
    let places = if chosen.is_everything() {
        headless.unwritten(id.as_ref()).await?
    } else {
        chosen.places(headless, &chosen.sieve()).await?.1
    };
    let (_, left) = headless.plan_of_retry(id.as_ref(), &places).await?;
    if !left.is_empty() {
        output.say(&format!("left out: {left}"));
    }
    Ok(headless.retry_these(id.as_ref(), &places).await?)
}

/// Says where the reports of the run that just ended lie, or why they do not.
pub(super) fn say_reports(headless: &Headless, output: &mut Output<'_>) {
    match headless.reported() {
        Ok([]) => {}
        Ok(paths) => {
            let paths: Vec<String> = paths
                .iter()
                .map(|path| path.display().to_string())
                .collect();
            output.say(&format!("report written: {}", paths.join(" ")));
        }
        Err(failure) => output.say(&failure.sentence()),
    }
}

/// Reads back what is unknown of a run, or everything if nothing is. Ends as the run ended.
///
/// # Errors
///
/// If there is no such run, or the endpoint can't be read.
pub async fn read_back(
    global: &Global,
    (run, format): (Option<String>, TextOrJson),
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let mut headless = session::connect(global).await?;
    let id = run.map(|name| RunId(name.to_uppercase()));
    let run = headless.read_back(id.as_ref()).await?;
    submit::show(&run, format, output)?;
    output.say(headless.note());
    say_reports(&headless, output);
    headless.close().await;
    Ok(Ending::of_run(&run))
}

/// Accepts what the server has. Asks nothing of the endpoint.
///
/// # Errors
///
/// If there is no such run, or nothing of it can be accepted.
pub async fn accept(
    global: &Global,
    chosen: &Chosen,
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let mut headless = session::open(global).await?;
    let mut sieve = Sieve {
        problems: true,
        ..chosen.sieve()
    };
    // Taking somebody else's value is more than accepting a remark: it must be asked for.
    if chosen.outcome.is_empty() && chosen.asset.is_empty() {
        sieve.outcomes.insert(Outcome::Warned);
    }
    let (id, places) = chosen.places(&mut headless, &sieve).await?;
    let command = Command::Accept {
        run: id.clone(),
        items: places.iter().copied().collect::<RoaringBitmap>(),
    };
    applied(&mut headless, &command, output).await?;
    let accepted = headless.workbench.accepted(&id);
    let left = places.iter().filter(|place| !accepted.contains(**place));
    let left = left.count() as u64;
    if left > 0 {
        let left = counted(left, "change");
        output.say(&format!(
            "left as it was: {left} whose value was never read, or never sent"
        ));
    }
    headless.close().await;
    Ok(Ending::Ok)
}

/// Takes failed changes out of the draft. Asks nothing of the endpoint.
///
/// # Errors
///
/// If there is no such run, or nothing of it is staged any more.
pub async fn drop_failed(
    global: &Global,
    chosen: &Chosen,
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let mut headless = session::open(global).await?;
    let (id, places) = chosen.places(&mut headless, &chosen.sieve()).await?;
    let run = headless.find(Some(&id))?;
    let picked = headless.workbench.staged_of_run(run, places);
    if picked.is_empty() {
        return Err(Stop::usage(format!(
            "nothing of that is staged any more in {id}"
        )));
    }
    applied(&mut headless, &Command::Exclude(picked), output).await?;
    headless.close().await;
    Ok(Ending::Ok)
}

/// Writes a table of changes for somebody else, and a note. Asks nothing of the endpoint.
///
/// # Errors
///
/// If there is no such run, no change is meant, or a file can't be written.
pub async fn hand_over(
    global: &Global,
    (chosen, to, note): (&Chosen, Option<PathBuf>, &str),
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let mut headless = session::open(global).await?;
    let sieve = Sieve {
        problems: chosen.outcome.is_empty(),
        ..chosen.sieve()
    };
    let (id, places) = chosen.places(&mut headless, &sieve).await?;
    if places.is_empty() {
        return Err(Stop::usage(format!(
            "no change of {id} is to be handed over"
        )));
    }
    let count = counted(places.len() as u64, "change");
    let paths = headless
        .hand_over((id, places), note.to_owned(), to)
        .await?;
    for path in &paths {
        output.shown(&path.display().to_string())?;
    }
    output.say(&format!("handed over {count}"));
    headless.close().await;
    Ok(Ending::Ok)
}

async fn applied(
    headless: &mut Headless,
    command: &Command,
    output: &mut Output<'_>,
) -> Result<(), Stop> {
    match headless.apply(command).await {
        Ok(operation) => {
            output.say(&operation.label);
            Ok(())
        }
        Err(HeadlessError::Refused(refusal)) => Err(refusal.into()),
        Err(HeadlessError::Failed(failure)) => Err(failure.into()),
    }
}
