//! `armarius config`: where the configuration is, what it says, what is wrong with it.

use super::{
    args::{ConfigWhat, Global},
    ending::{Ending, Stop},
    output::Output,
    wire,
    workstation::look,
};
use crate::config::Config;

/// Says what was asked.
///
/// # Errors
///
/// A configuration that can't be read, for `show` and `check`.
pub fn run(global: &Global, what: ConfigWhat, output: &mut Output<'_>) -> Result<Ending, Stop> {
    let sources = wire::sources(global);
    if let ConfigWhat::Path = what {
        output.line(&Config::path(&sources)?.display().to_string())?;
        return Ok(Ending::Ok);
    }
    let loaded = Config::load(&sources)?;
    if let ConfigWhat::Check = what {
        let problems = look::problems(&loaded);
        if !problems.is_empty() {
            return Err(Stop::usage(problems.join("\n")));
        }
        for note in loaded.notes(&sources.environment) {
            output.say(&note);
        }
        let profiles = loaded.profiles().count();
        let file = loaded.paths.config_file.display();
        let found = if loaded.has_file {
            "is well"
        } else {
            "is not there, the defaults hold"
        };
        output.shown(&format!("{file} {found}; {profiles} profiles"))?;
        return Ok(Ending::Ok);
    }
    let mut heading = None;
    for one in loaded.show() {
        if heading != Some(one.profile.clone()) {
            if let Some(name) = &one.profile {
                output.line("")?;
                output.shown(&format!("[profiles.{name}]"))?;
            }
            heading = Some(one.profile.clone());
        }
        let value = one.value.as_deref().unwrap_or("(not set)");
        output.shown(&format!("{:<26} = {value:<32} # {}", one.key, one.origin))?;
    }
    Ok(Ending::Ok)
}
