//! `armarius results`: what became of the changes of a run, and what to do about them.

use super::{
    args::{Global, ResultsArgs, ResultsFormat},
    ending::{Ending, Stop},
    output::{Output, counted},
    session,
};
use crate::{
    domain::{
        Outcome, Run, Value, Workbench,
        run::{Item, Settlement, Sieve, next_step, retry_safe},
    },
    exchange::{self, Account},
};

/// Prints the changes of a run that are meant: those that ask for somebody, if nothing else is
/// said. Asks nothing of the endpoint. Ends as the run ended.
///
/// # Errors
///
/// If there is no such run.
pub async fn run(
    global: &Global,
    args: &ResultsArgs,
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let mut headless = session::open(global).await?;
    let sieve = Sieve {
        problems: !args.all && args.chosen.outcome.is_empty(),
        ..args.chosen.sieve()
    };
    let (id, places) = args.chosen.places(&mut headless, &sieve).await?;
    let run = headless.find(Some(&id))?;
    let account = Account {
        run,
        accepted: headless.workbench.acceptances(&run.id),
        only: Some(&places),
    };
    match args.format {
        ResultsFormat::Csv => exchange::report_csv(&account, output.out, headless.guard())?,
        ResultsFormat::Json => output.json(&exchange::account_json(&account))?,
        ResultsFormat::Text => {
            for line in headline(run, &headless.workbench) {
                output.shown(&line)?;
            }
            for &place in &places {
                for line in change(run, place, &headless.workbench) {
                    output.shown(&line)?;
                }
            }
            let all = counted(run.items.len() as u64, "change");
            output.say(&format!("{} of {all} shown", places.len()));
        }
    }
    let ending = Ending::of_run(run);
    headless.close().await;
    Ok(ending)
}

/// The headline, the counts with what was accepted, and whether the server counted the same.
fn headline(run: &Run, workbench: &Workbench) -> Vec<String> {
    let standing = workbench.standing_of(run);
    let mut counts: Vec<String> = Outcome::ALL
        .iter()
        .rev()
        .map(|&outcome| format!("{} {outcome}", standing.tally.of(outcome)))
        .collect();
    for (count, word) in [
        (standing.accepted, "accepted"),
        (standing.open, "without an outcome yet"),
    ] {
        if count > 0 {
            counts.push(format!("{count} {word}"));
        }
    }
    let (id, all) = (&run.id, counted(standing.total().into(), "change"));
    let counts = counts.join(", ");
    let mut lines = vec![format!("{id}: {}   {counts} of {all}", run.headline())];
    lines.extend(run.reconciliation().map(|said| match said {
        Ok(words) => words,
        Err(words) => format!("! {words}"),
    }));
    lines
}

/// One change in full.
fn change(run: &Run, place: u32, workbench: &Workbench) -> Vec<String> {
    let at = place as usize;
    let (Some(item), Some(settled)) = (run.items.get(at), run.settled.get(at)) else {
        return Vec::new();
    };
    let Some(settled) = settled else {
        let (name, field) = (&item.name, &item.field);
        return vec![format!("  {name}  {field}: no outcome yet")];
    };
    let (name, field, letter) = (&item.name, &item.field, settled.outcome.letter());
    let mut lines = vec![format!("{letter} {name}  {field}: {}", said(settled))];
    if !settled.meaning.is_empty() && !settled.reason.is_empty() {
        lines.push(format!("    {}", settled.meaning));
    }
    let is_told = settled.meaning.starts_with("field not named");
    if let Some(count) = run.blamed_together(place).filter(|_| !is_told) {
        lines.push(format!(
            "    field not named (one of {count}); {}",
            told_by_value(item, settled)
        ));
    }
    let shown = |value: &Value| match value {
        Value::Absent => "(empty)".to_owned(),
        Value::Unknown => "(not read)".to_owned(),
        Value::Text(_) | Value::List(_) | Value::Certificate(_) | Value::Asset { .. } => {
            value.display().into_owned()
        }
    };
    let now = settled.server.as_ref();
    lines.push(format!(
        "    wanted {} | before {} | server has {}",
        shown(&item.wanted),
        shown(&item.before),
        now.map_or("(not read)".to_owned(), shown)
    ));
    if settled.outcome == Outcome::Applied {
        return lines;
    }
    let accepted = workbench.accepted_by(&run.id, place);
    let staged = workbench.staged_of(item).is_some();
    let next = match &accepted {
        Some(by) => format!("accepted by {}", by.by),
        None => next_step(item, settled, staged, false)
            .once_more(workbench.failed_so_before(run, item, settled))
            .words()
            .to_owned(),
    };
    let safe = retry_safe(item, settled).sentence();
    lines.push(format!("    retry-safe {safe} | next {next}"));
    lines
}

/// The server's code and text, unchanged; ours where it said nothing.
fn said(settled: &Settlement) -> String {
    let reason = match settled.reason.as_str() {
        "" => &settled.meaning,
        reason => reason,
    };
    let words = [settled.code.as_str(), reason];
    let words = words.join(" ");
    match words.trim() {
        "" => settled.outcome.word().to_owned(),
        words => words.to_owned(),
    }
}

/// What reading back tells of a change that was blamed together with others.
fn told_by_value(item: &Item, settled: &Settlement) -> &'static str {
    match &settled.server {
        None => "read it back to see which",
        Some(now) if item.is_met_by(now) => "this one has the wanted value",
        Some(_) => "this one has not the wanted value",
    }
}
