//! Everything components may look at and only the app may change.

use std::collections::HashMap;

use ratatui::layout::Size;

use super::opening::Start;
use crate::{
    domain::{OperationId, Row, RunId, Workbench, plan::DryRun},
    ui::{
        action::{Action, Context},
        component::{Component, Identity, Scene, ScreenId},
        connection::Connection,
        dialogs,
        keymap::Keymap,
        pictures::Pictures,
        theme::Theme,
        view::View,
    },
};

#[derive(Debug)]
pub(super) struct World {
    pub(super) workbench: Workbench,
    pub(super) view: View,
    /// What waits for the listing to be open.
    pub(super) start: Start,
    pub(super) identity: Identity,
    pub(super) connection: Connection,
    pub(super) keymap: Keymap,
    pub(super) theme: Theme,
    pub(super) pictures: Pictures,
    pub(super) screen: ScreenId,
    pub(super) filters: Vec<String>,
    pub(super) commands: Vec<String>,
    pub(super) kept: dialogs::Kept,
    pub(super) said: Vec<String>,
    /// Whether the last sentence is about the last act, and stands in the speaking line.
    pub(super) is_said: bool,
    /// A dialog that opens once no other one is open.
    pub(super) waiting: Option<Box<dyn Component>>,
    /// A run that is shown once it is loaded, and what is done with it then.
    pub(super) opening: Option<(RunId, Action)>,
    /// What to say once an operation is durable.
    pub(super) awaiting: HashMap<OperationId, String>,
    /// When the draft was last kept.
    pub(super) saved_ms: Option<i64>,
    pub(super) run_note: String,
    /// A run is over and nobody was told by the bell.
    pub(super) bell: bool,
    /// Until when the run waits, milliseconds since 1970, and why.
    pub(super) run_waits: Option<(i64, String)>,
    /// What the last dry run found.
    pub(super) dry_run: Option<DryRun>,
    pub(super) cursor: Option<Row>,
    pub(super) contexts: &'static [Context],
    pub(super) wrap: bool,
    /// How often assets or fields have changed.
    pub(super) moment: u64,
    /// How often something was to be judged elsewhere.
    pub(super) judgings: u64,
    /// How many layers there were when something was to be judged that has not come.
    pub(super) judged_under: Option<usize>,
    pub(super) size: Size,
    pub(super) now_ms: i64,
}

impl World {
    /// Who works here: what steps of the draft are stamped with.
    pub(super) fn person(&self) -> String {
        self.workbench.person(&self.identity.author)
    }

    pub(super) fn new(workbench: Workbench, identity: Identity, size: Size) -> Self {
        Self {
            workbench,
            view: View::default(),
            start: Start::default(),
            identity,
            connection: Connection::default(),
            keymap: Keymap::default(),
            theme: Theme::default(),
            pictures: Pictures::default(),
            screen: ScreenId::Browse,
            filters: Vec::new(),
            commands: Vec::new(),
            kept: dialogs::Kept::default(),
            said: Vec::new(),
            is_said: false,
            waiting: None,
            opening: None,
            awaiting: HashMap::new(),
            saved_ms: None,
            run_note: String::new(),
            bell: false,
            run_waits: None,
            dry_run: None,
            cursor: None,
            contexts: &[],
            wrap: false,
            moment: 0,
            judgings: 0,
            judged_under: None,
            size,
            now_ms: 0,
        }
    }

    pub(super) fn scene(&self, covered: bool) -> Scene<'_> {
        Scene {
            workbench: &self.workbench,
            view: &self.view,
            front: self.start.front.as_ref(),
            identity: &self.identity,
            connection: &self.connection,
            keymap: &self.keymap,
            theme: &self.theme,
            pictures: &self.pictures,
            filters: &self.filters,
            commands: &self.commands,
            kept: &self.kept,
            said: &self.said,
            run_note: &self.run_note,
            dry_run: self.dry_run.as_ref(),
            run_waits: self
                .run_waits
                .as_ref()
                .filter(|(until_ms, _)| *until_ms > self.now_ms)
                .map(|(until_ms, why)| (*until_ms, why.as_str())),
            asked: None,
            cursor: self.cursor,
            contexts: self.contexts,
            wrap: self.wrap,
            covered,
            moment: self.moment,
            size: self.size,
            now_ms: self.now_ms,
        }
    }
}
