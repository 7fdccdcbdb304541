//! Opens the dialogs that stage and submit, help and the command line.

use super::{CommandLine, Help};
use crate::ui::{
    action::Edit,
    component::{Scene, Step},
};

/// The dialog of an edit, for the marked assets or the one under the cursor.
pub fn editing(_edit: Edit, _argument: &str, _scene: &Scene<'_>) -> Step {
    Step::Say("There is no dialog for that.".into())
}

/// The plan of a submission.
pub fn plan(_scene: &Scene<'_>) -> Step {
    Step::Say("There is no plan.".into())
}

/// The help of the screen, narrowed to a word.
pub fn help(word: &str, scene: &Scene<'_>) -> Step {
    Step::Open(Box::new(Help::new(word, scene)))
}

/// The command line.
pub fn command_line(scene: &Scene<'_>) -> Step {
    Step::Open(Box::new(CommandLine::new(scene)))
}
