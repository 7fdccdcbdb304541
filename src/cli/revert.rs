//! `armarius revert`: staging what takes a run back.

use serde_json::{Value as Json, json};

use super::{
    args::{Global, TextOrJson},
    ending::{Ending, Stop},
    output::{Output, counted},
    session,
};
use crate::{
    domain::{
        Operation, RunId,
        revert::{Reversal, Stay},
        run::RunState,
    },
    exchange::{document, value_json},
    runtime::{Headless, HeadlessError},
};

/// Reads a run's assets again and stages what brings the earlier values back. Writes nothing to
/// the endpoint.
///
/// # Errors
///
/// If there is no such run, it has not ended, or its assets can't be read.
pub async fn run(
    global: &Global,
    (run, format): (Option<String>, TextOrJson),
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let mut headless = session::known(global, output).await?;
    if let Some(why) = &headless.workbench.read_only {
        return Err(Stop::usage(format!("the draft is read-only: {why}")));
    }
    let id = run.map(|run| RunId(run.trim().to_ascii_uppercase()));
    has_ended(&mut headless, id.as_ref()).await?;
    let reversal = headless.reversal(id.as_ref()).await?;
    let staged = if reversal.asked.is_empty() {
        None
    } else {
        let staged = headless.revert(&reversal).await;
        Some(staged.map_err(|error| match error {
            HeadlessError::Refused(refusal) => Stop::from(refusal),
            HeadlessError::Failed(failure) => Stop::from(failure),
        })?)
    };
    match format {
        TextOrJson::Json => output.json(&as_json(&reversal, staged.as_ref()))?,
        TextOrJson::Text => {
            for line in lines(&reversal) {
                output.shown(&line)?;
            }
        }
    }
    match &staged {
        Some(operation) => {
            output.say(&format!("step {}: {}", operation.id.0, operation.label));
            let beside = headless
                .workbench
                .draft()
                .changes()
                .saturating_sub(reversal.changes);
            if beside > 0 {
                let beside = counted(beside, "other change");
                output.say(&format!(
                    "the draft holds {beside} beside it; submit sends them too"
                ));
            }
            output.say(
                "nothing was sent: `armarius draft` shows it, `armarius submit` sends it, \
                        `armarius undo` takes it back",
            );
        }
        None => output.say("nothing was staged"),
    }
    headless.close().await;
    Ok(ending(&reversal))
}

async fn has_ended(headless: &mut Headless, id: Option<&RunId>) -> Result<(), Stop> {
    let run = headless.loaded(id).await?;
    match run.state {
        RunState::Finished | RunState::Stopped => Ok(()),
        RunState::Running | RunState::Paused | RunState::Interrupted => {
            let (id, state) = (&run.id, run.state.word());
            Err(Stop::usage(format!(
                "{id} has not ended ({state}); `armarius resume {id}` goes on with it"
            )))
        }
    }
}

fn ending(reversal: &Reversal) -> Ending {
    let done = reversal.changes > 0;
    match (done, reversal.stays.is_empty()) {
        (_, true) => Ending::Ok,
        (true, false) => Ending::Partly,
        (false, false) if reversal.conflicts() == reversal.stays.len() => Ending::Conflicts,
        (false, false) => Ending::Nothing,
    }
}

fn lines(reversal: &Reversal) -> Vec<String> {
    let mut lines = vec![format!(
        "revert of {}: {}",
        reversal.run,
        reversal.sentence()
    )];
    lines.extend(reversal.stays.iter().map(line));
    lines
}

fn line(stay: &Stay) -> String {
    let (name, field, why) = (&stay.name, &stay.field, stay.why.words());
    let now = stay
        .now
        .as_ref()
        .map_or("not known".into(), |now| now.display().into_owned());
    let wrote = stay.wrote.display();
    let line = format!("left out  {name}  {field}: {why}; the run wrote `{wrote}`, now `{now}`");
    match stay.touch.words() {
        touch if touch.is_empty() => line,
        touch => format!("{line}; {touch}"),
    }
}

fn as_json(reversal: &Reversal, staged: Option<&Operation>) -> Json {
    let left: Vec<Json> = reversal
        .stays
        .iter()
        .map(|stay| {
            json!({
                "asset": stay.asset, "name": stay.name, "field": stay.field,
                "code": stay.why.code(), "reason": stay.why.words(),
                "wrote": value_json(&stay.wrote),
                "now": stay.now.as_ref().map_or(Json::Null, value_json),
                "by": stay.touch.by, "at": stay.touch.at,
            })
        })
        .collect();
    document(json!({
        "run": reversal.run, "step": staged.map(|operation| operation.id.0),
        "staged": reversal.changes, "assets": reversal.rows.len(),
        "already": reversal.already, "in_draft": reversal.staged,
        "not_written": reversal.not_written, "left_out": left,
    }))
}
