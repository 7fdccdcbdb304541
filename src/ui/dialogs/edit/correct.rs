//! Opens the dialog with what was wanted before filled in: to correct what did not go through.

use super::{EditDialog, Focus, form::Operation};
use crate::{
    domain::{FieldKey, TagDelta, Value},
    ui::component::{Scene, Step},
};

/// What was wanted of a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The field.
    pub field: FieldKey,
    /// The value.
    pub value: Value,
    /// The tags asked for one by one, if it was so.
    pub delta: Option<TagDelta>,
}

/// The dialog with these wishes filled in and ticked, the first of them under the cursor.
pub(in crate::ui::dialogs) fn correct(wanted: &[Wanted], scene: &Scene<'_>) -> Step {
    if scene.workbench.schema.fields.is_empty() {
        return Step::Say("The fields are not known yet; sign in first (R).".into());
    }
    let mut dialog = EditDialog::new(scene);
    for line in &mut dialog.content.lines {
        line.ticked = false;
    }
    let mut first = None;
    for one in wanted {
        let mut lines = dialog.content.lines.iter();
        let Some(at) = lines.position(|line| line.field.key == one.field) else {
            continue;
        };
        let line = &mut dialog.content.lines[at];
        if line.locked.is_some() {
            continue;
        }
        first = Some(first.map_or(at, |first: usize| first.min(at)));
        match (&one.delta, &one.value) {
            (Some(delta), _) => {
                line.asked(Operation::Tags);
                line.form.input_mut(0).set(&delta.add.join("; "));
                line.form.input_mut(1).set(&delta.remove.join("; "));
            }
            (None, Value::Absent | Value::Unknown) => line.asked(Operation::Clear),
            (None, value) => {
                line.asked(Operation::Set);
                let text = value.entries().join("; ");
                line.form.input_mut(0).set(&text);
            }
        }
    }
    if let Some(at) = first {
        dialog.content.cursor.at = at;
        dialog.focus = Focus::Fields;
        dialog.focus = dialog.first_input().unwrap_or(Focus::Operation);
    }
    Step::Open(Box::new(dialog))
}
