//! What was written in dialogs that were closed without staging: it is there again when the same
//! dialog opens for the same assets.

use super::{certificate, edit, thumbnail};
use crate::{
    domain::workbench::{Asked, Command},
    ui::component::{Reaction, Step},
};

/// The contents of closed dialogs.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    pub(super) edit: Option<edit::Content>,
    pub(super) thumbnail: Option<thumbnail::Content>,
    pub(super) certificate: Option<certificate::Content>,
}

impl Kept {
    /// How a dialog ends that stages: this is kept, the dialog closes, the draft changes.
    pub(super) fn staging(self, label: String, asked: Vec<Asked>) -> Reaction {
        Reaction::Taken(vec![
            Step::Keep(Box::new(self)),
            Step::Close,
            Step::Apply(Command::Stage { label, asked }),
        ])
    }
}
