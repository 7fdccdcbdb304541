//! `armarius check`: each step of signing in, with its result.

use serde_json::json;

use super::{
    args::{Global, TextOrJson},
    ending::{Ending, Stop},
    output::Output,
    wire::Setup,
};
use crate::exchange::document;

/// Tries each step. Never writes.
///
/// # Errors
///
/// If the profile can't be used at all.
pub async fn run(
    global: &Global,
    format: TextOrJson,
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let setup = Setup::load(global)?;
    let profile = setup.profile(global)?;
    let warning = profile.unencrypted();
    let steps = setup.endpoint(&profile)?.check().await;
    let all_well = steps.iter().all(|step| step.result.is_ok());
    if let Some(warning) = &warning {
        output.say(warning);
    }
    match format {
        TextOrJson::Json => {
            let steps: Vec<_> = steps
                .iter()
                .map(|step| {
                    let (ok, text) = match &step.result {
                        Ok(text) => (true, text),
                        Err(text) => (false, text),
                    };
                    json!({"step": step.name, "ok": ok, "text": text, "took_ms": step.took_ms})
                })
                .collect();
            let answer = json!({"profile": profile.name, "ok": all_well,
                "encrypted": warning.is_none(), "steps": steps});
            output.json(&document(answer))?;
        }
        TextOrJson::Text => {
            for step in &steps {
                let dots = ".".repeat(24_usize.saturating_sub(step.name.chars().count()));
                let (word, text) = match &step.result {
                    Ok(text) => ("ok", text),
                    Err(text) => ("no", text),
                };
                let (name, took) = (&step.name, step.took_ms);
                output.shown(&format!("{name} {dots} {word}  {took:>6} ms  {text}"))?;
            }
        }
    }
    if all_well {
        Ok(Ending::Ok)
    } else {
        Ok(Ending::SignIn)
    }
}
