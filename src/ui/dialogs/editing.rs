//! Opens the dialogs that stage and submit, help and the command line.

use super::{CommandLine, Help, certificate, edit, submit, thumbnail};
use crate::ui::{
    action::Edit,
    component::{Scene, Step},
};

/// The dialog of an edit, for the marked assets or the one under the cursor; with everything it
/// needs behind its name, the step itself.
pub fn editing(verb: Edit, argument: &str, scene: &Scene<'_>) -> Step {
    match verb {
        Edit::Thumbnail => thumbnail::open(argument, scene),
        Edit::Certificate => certificate::open(argument, scene),
        Edit::Open
        | Edit::Set
        | Edit::Append
        | Edit::Prepend
        | Edit::Replace
        | Edit::Clear
        | Edit::AddTag
        | Edit::RemoveTag => edit::open(verb, argument, scene),
    }
}

/// The edit dialog for the marked assets with these wishes filled in and their fields ticked.
pub fn correcting(wanted: &[edit::Wanted], scene: &Scene<'_>) -> Step {
    edit::correct(wanted, scene)
}

/// The plan of a submission.
pub fn plan(scene: &Scene<'_>) -> Step {
    submit::open(scene)
}

/// The plan of a portion of the draft: what a retry sends.
pub fn plan_of(portion: submit::Portion, scene: &Scene<'_>) -> Step {
    submit::open_portion(portion, scene)
}

/// The help of the screen, narrowed to a word.
pub fn help(word: &str, scene: &Scene<'_>) -> Step {
    Step::Open(Box::new(Help::new(word, scene)))
}

/// The command line.
pub fn command_line(scene: &Scene<'_>) -> Step {
    Step::Open(Box::new(CommandLine::new(scene)))
}
