//! Opens the dialogs that stage and submit, help and the command line.

use super::{certificate, edit, submit, thumbnail};
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

/// The plan of a submission.
pub fn plan(scene: &Scene<'_>) -> Step {
    submit::open(scene)
}

/// The help of the screen, narrowed to a word.
pub fn help(_word: &str, _scene: &Scene<'_>) -> Step {
    Step::Say("There is no help.".into())
}

/// The command line.
pub fn command_line(_scene: &Scene<'_>) -> Step {
    Step::Say("There is no command line.".into())
}
