//! Opens the thumbnail dialog, with a name or a rule from the command line.

use super::{Focus, Mode, ThumbnailDialog};
use crate::{
    domain::Row,
    ui::component::{Scene, Step},
};

/// Opens the dialog, with a name or a rule from the command line.
pub(in crate::ui::dialogs) fn open(argument: &str, scene: &Scene<'_>) -> Step {
    let offers = scene.workbench.capabilities.as_ref();
    if let Some(why) = offers.and_then(|offers| offers.thumbnails.refusal()) {
        return Step::Say(format!(
            "No thumbnails here: {}.",
            why.trim_end_matches('.')
        ));
    }
    let mut dialog = ThumbnailDialog::new(scene);
    match argument.trim() {
        "" => {}
        rule if rule.contains("${") => {
            dialog.content.mode = Mode::Rule;
            dialog.content.rule.set(rule);
            dialog.focus = Focus::Targets;
        }
        name => match named(name, scene) {
            Ok(row) => {
                dialog.content.mode = Mode::One;
                dialog.content.choice = Some(row);
                dialog.focus = Focus::Targets;
            }
            Err(why) => return Step::Say(why),
        },
    }
    Step::Open(Box::new(dialog))
}

fn named(name: &str, scene: &Scene<'_>) -> Result<Row, String> {
    let listing = &scene.workbench.listing;
    if let Some(row) = listing.row(&name.into()) {
        return Ok(row);
    }
    let rows = listing.named(name);
    match (rows.len(), rows.min()) {
        (1, Some(row)) => Ok(row),
        (0, _) => Err(format!("No asset is called {name}.")),
        (many, _) => Err(format!(
            "{many} assets are called {name}; name one by its id."
        )),
    }
}
