//! What was written in dialogs that were closed without staging: it is there again when the same
//! dialog opens for the same assets.

use super::{certificate, edit, thumbnail};

/// The contents of closed dialogs.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    pub(super) edit: Option<edit::Content>,
    pub(super) thumbnail: Option<thumbnail::Content>,
    pub(super) certificate: Option<certificate::Content>,
}
