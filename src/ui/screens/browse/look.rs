//! What is looked at and how, and what is copied from it.

use super::{Browse, Pane, panes::Panes};
use crate::{
    domain::Query,
    flow::Effect,
    ui::{
        action::{Copy, View as Look},
        component::{Reaction, Scene, Step},
        dialogs,
    },
};

impl Browse {
    pub(super) fn look(&mut self, look: Look, argument: &str, scene: &Scene<'_>) -> Reaction {
        match look {
            Look::Filter if argument.is_empty() => {
                Reaction::step(Step::Open(Box::new(dialogs::FilterLine::filter(scene))))
            }
            Look::Filter => match dialogs::parsed(argument, scene) {
                Ok(query) => Reaction::step(Step::Filter { query, keep: true }),
                Err(error) => Reaction::say(format!("The filter does not parse: {error}.")),
            },
            Look::FilterReset if scene.view.query().is_empty() => {
                Reaction::say("No filter is set; everything is shown.")
            }
            Look::FilterReset => Reaction::step(Step::Filter {
                query: Query::default(),
                keep: false,
            }),
            Look::Facets => Reaction::step(Step::Open(Box::new(dialogs::Facets::new(scene)))),
            Look::Sort => dialogs::sort(argument, scene),
            Look::Columns => dialogs::columns(argument, scene),
            Look::Details if !Panes::of(scene).can_show_detail() => self.open(scene),
            Look::Details => {
                self.pane = match self.pane {
                    Pane::Fields => Pane::Raw,
                    Pane::Raw => Pane::Hidden,
                    Pane::Hidden => Pane::Fields,
                };
                Reaction::Taken(vec![Step::Say(
                    match self.pane {
                        Pane::Fields => "Details: fields, and what is staged.",
                        Pane::Raw => "Details: raw, with every hidden character.",
                        Pane::Hidden => "Details are hidden; d shows them.",
                    }
                    .into(),
                )])
            }
            Look::Images | Look::Wrap | Look::Theme | Look::Refresh => Reaction::Passed,
        }
    }

    pub(super) fn copy(&self, copy: Copy, scene: &Scene<'_>) -> Reaction {
        let listing = &scene.workbench.listing;
        let text = match (copy, self.row(scene.view)) {
            (Copy::Query, _) => scene.view.query().text().to_owned(),
            (_, None) => return Reaction::say("There is nothing to copy here."),
            (Copy::Id, Some(row)) => listing.id_text(row).to_owned(),
            (Copy::Name, Some(row)) => listing.name(row).into_owned(),
            (Copy::Value, Some(row)) => match scene.view.columns().get(self.column) {
                Some(column) => listing.value(row, &column.key).display().into_owned(),
                None => String::new(),
            },
        };
        Reaction::step(Step::Effect(Effect::Copy(text)))
    }
}
