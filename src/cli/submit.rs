//! `armarius submit`, `resume` and `retry`: sending, and an outcome for every change.

use std::io::IsTerminal;

use super::{
    aftermath,
    args::{Global, TextOrJson},
    chosen::Chosen,
    ending::{self, Ending, Stop},
    interruption,
    output::{Output, counted, number},
    plan, progress, session,
    wire::Setup,
};
use crate::{
    config::Confirm,
    domain::{
        Outcome, Run, RunId,
        plan::Confirmation,
        run::{CanaryThen, RunRules, RunState},
    },
    exchange,
    runtime::Headless,
};

/// What to send.
#[derive(Clone, Debug)]
pub enum What {
    /// The draft.
    Draft,
    /// The rest of an interrupted run; the last one if unnamed.
    Resume(Option<String>),
    /// What failed in a run and is still staged; the last one if unnamed.
    Retry(Box<Chosen>),
}

/// Sends and waits until every change has an outcome.
///
/// # Errors
///
/// What keeps it from sending at all.
pub async fn run(
    global: &Global,
    (what, yes, format): (What, bool, TextOrJson),
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let mut headless = session::known(global, output).await?;
    progress::tell(&mut headless);
    let of_draft = matches!(what, What::Draft);
    let run = match what {
        What::Draft => match send_draft(&mut headless, (global, yes), output).await? {
            Ok(run) => run,
            Err((ending, why)) => {
                output.say(why);
                if format == TextOrJson::Json {
                    output.json(&exchange::unsent_json(why))?;
                }
                headless.close().await;
                return Ok(ending);
            }
        },
        What::Resume(id) => {
            let id = id.map(|name| RunId(name.trim().to_uppercase()));
            if id.is_some() {
                headless.loaded(id.as_ref()).await?;
            }
            announce(&headless, id.as_ref(), output);
            headless.resume(id.as_ref()).await?
        }
        What::Retry(chosen) => aftermath::retried(&mut headless, &chosen, output).await?,
    };
    show(&run, format, output)?;
    aftermath::say_reports(&headless, output);
    if run.state == RunState::Paused {
        let (note, id) = (headless.note(), &run.id);
        if !note.is_empty() {
            output.say(&format!("{id} waits: {note}"));
        }
        if let Some((_, again)) = interruption::place() {
            output.say(&ending::last_line(&run, &again));
        }
    }
    let mut ending = Ending::of_run(&run);
    if of_draft && ending == Ending::Ok && headless.plan().conflicts() > 0 {
        ending = Ending::Partly;
    }
    headless.close().await;
    Ok(ending)
}

/// Prints the outcomes.
pub(super) fn show(run: &Run, format: TextOrJson, output: &mut Output<'_>) -> Result<(), Stop> {
    match format {
        TextOrJson::Json => output.json(&exchange::report_json(run))?,
        TextOrJson::Text => lines(run).iter().try_for_each(|line| output.shown(line))?,
    }
    Ok(())
}

/// Says what is done before anything is sent: what was sent before the interruption is read back,
/// and may take as long as its answer may.
fn announce(headless: &Headless, id: Option<&RunId>, output: &mut Output<'_>) {
    let bench = &headless.workbench;
    let run = match id {
        Some(id) => bench.run(id),
        None => bench.unfinished_run(),
    };
    let Some(run) = run.filter(|run| run.unanswered() > 0) else {
        return;
    };
    let changes = counted(run.unanswered() as u64, "change");
    let seconds = headless.runtime().patience().as_secs();
    output.say(&format!(
        "{}: reading back {changes} sent before the interruption and not answered; up to {seconds} s",
        run.id
    ));
}

/// Sends the draft after showing the plan; the inner error is how to end without sending,
/// and why.
async fn send_draft(
    headless: &mut Headless,
    (global, yes): (&Global, bool),
    output: &mut Output<'_>,
) -> Result<Result<Run, (Ending, &'static str)>, Stop> {
    let planned = headless.plan();
    output.say(&plan::lines(&planned).join("\n"));
    output.say(&care(&headless.rules));
    if planned.items.is_empty() {
        return Ok(Err((plan::ending(&planned), "nothing to send")));
    }
    if planned.errors() > 0 {
        let why = "the plan has errors; take those changes out or correct them, then submit again";
        return Ok(Err((Ending::PlanErrors, why)));
    }
    if !yes {
        let profile = Setup::load(global)?.profile(global)?;
        let always = profile.confirm == Confirm::Count;
        confirm(planned.confirmation(&profile.environment, always), output)?;
    }
    let label = headless.workbench.run_title(&planned.items);
    Ok(Ok(headless.submit(&planned, &label).await?))
}

/// How carefully it will be sent, in words.
fn care(rules: &RunRules) -> String {
    let canary = match rules.canary {
        0 => "no canary".to_owned(),
        assets => format!(
            "canary: the first {} alone, read back, then {}",
            counted(assets.into(), "asset"),
            match rules.canary_then {
                CanaryThen::GoOn => "the rest",
                CanaryThen::Ask => "`armarius resume`",
            }
        ),
    };
    format!("{canary}; stops by itself: {}", rules.stop)
}

/// Asks for what the plan asks for, on a terminal; anything else sends nothing.
fn confirm(asked: Confirmation, output: &mut Output<'_>) -> Result<(), Stop> {
    if !std::io::stdin().is_terminal() {
        return Err(Stop::usage(
            "without a terminal, submit needs --yes; nothing was sent",
        ));
    }
    output.say(&format!(
        "To send, {}; anything else leaves:",
        asked.words()
    ));
    let mut answer = String::new();
    // A closed input is no answer, and so no Enter either.
    let read = std::io::stdin().read_line(&mut answer)?;
    if read > 0 && asked.is_met_by(&answer) {
        Ok(())
    } else {
        Err(Stop::usage("that was not it; nothing was sent"))
    }
}

/// A run in words: the headline, the counts, and a line for everything that is not well.
fn lines(run: &Run) -> Vec<String> {
    let tally = run.tally();
    let counts: Vec<String> = Outcome::ALL
        .iter()
        .rev()
        .map(|&o| format!("{} {o}", number(u64::from(tally.of(o)))))
        .collect();
    let (id, headline, total) = (&run.id, run.headline(), run.items.len());
    let mut lines = vec![format!(
        "{id}: {headline}   {} of {}",
        counts.join(", "),
        counted(total as u64, "change")
    )];
    if let Some(Ok(words) | Err(words)) = run.reconciliation() {
        lines.push(words);
    }
    let mut problems: Vec<_> = run
        .settled
        .iter()
        .flatten()
        .filter(|one| one.outcome != Outcome::Applied)
        .collect();
    problems.sort_by_key(|one| Outcome::ALL.iter().position(|&o| o == one.outcome));
    for one in problems {
        let Some(item) = run.items.get(one.item as usize) else {
            continue;
        };
        let (outcome, name, field) = (one.outcome, &item.name, &item.field);
        let meaning = if one.meaning.is_empty() {
            String::new()
        } else {
            format!(" ({})", one.meaning)
        };
        let reason = &one.reason;
        lines.push(format!("{outcome:<9} {name}  {field}: {reason}{meaning}"));
    }
    lines
}
