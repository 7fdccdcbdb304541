//! How the app begins: with the settings of the view that were kept, a sign-in, and the run that
//! an earlier start left, if one did.

use super::App;
use crate::{
    domain::{FieldKey, Sort},
    flow::Effect,
    ui::{
        action::{Action, Work},
        component::ScreenId,
        connection::Link,
        front::FRONT,
        widgets::text,
    },
};

impl App {
    pub(super) fn restore(&mut self, key: &str, value: &str) {
        match key {
            "sort" => {
                if let Ok(sort) = serde_json::from_str::<Sort>(value) {
                    self.world.view.order_by(sort, &self.world.workbench, true);
                }
            }
            FRONT => self.world.start.front = serde_json::from_str(value).ok(),
            "columns" => {
                let columns: Vec<FieldKey> = serde_json::from_str(value).unwrap_or_default();
                self.world.view.choose(columns, &self.world.workbench);
            }
            "commands" => self.world.commands = serde_json::from_str(value).unwrap_or_default(),
            "filters" => self.world.filters = serde_json::from_str(value).unwrap_or_default(),
            _ => {}
        }
    }

    /// Begins: signs in, then lists.
    #[must_use]
    pub fn start(&mut self, now_ms: i64) -> Vec<Effect> {
        self.world.now_ms = now_ms;
        self.moved_ms = now_ms;
        self.world.connection.link = Link::Connecting;
        self.world.connection.asked_ms = now_ms;
        if let Some(why) = &self.world.workbench.read_only {
            self.say(format!("Read-only: {why}."));
        }
        self.show_unfinished();
        self.effects.push(Effect::Connect);
        self.asked()
    }

    /// Shows a run that an earlier start left, and says how it goes on.
    fn show_unfinished(&mut self) {
        let Some(run) = self.world.workbench.unfinished_run() else {
            return;
        };
        let (id, state) = (run.id.clone(), run.state.word());
        let (done, all) = (run.settled.iter().flatten().count(), run.items.len());
        let sent = run.unanswered();
        let mut sentence = format!(
            "{id} was {state}: {} of {} done.",
            text::number(done as u64),
            text::counted(all as u64, "change")
        );
        let key = self.world.keymap.keys(Action::Work(Work::Pause));
        let key = key.unwrap_or_else(|| ":resume".into());
        let first = match sent {
            0 => String::new(),
            sent => format!(
                "reads back {} sent and not answered, then ",
                text::number(sent as u64)
            ),
        };
        sentence.extend(["  ", &key, " ", &first, "goes on"]);
        self.world.screen = ScreenId::Results;
        self.say(sentence);
        // Keys may come before any news.
        self.changed = true;
        self.settle();
    }
}
