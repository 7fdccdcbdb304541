//! Reads the thumbnails a filter asks for, where they cost a call each: until they are known, the
//! filter knows only of some assets whether it lets them through.

use super::App;
use crate::{
    domain::{AssetId, FieldKey, Value},
    flow::Effect,
    ui::{
        component::ScreenId,
        connection::{Link, Reading},
        view::Progress,
        widgets::text,
    },
};

/// How many are asked for at a time.
const BATCH: usize = 200;
/// When so few have not come, more are asked for.
const FEW: usize = 40;

impl App {
    /// Whether it is not known of some assets whether the filter lets them through, because their
    /// values were not read.
    pub(super) fn is_open(&self) -> bool {
        let view = &self.world.view;
        view.progress() == Progress::Complete && !view.open_rows().is_empty()
    }

    /// Whether what the filter asks for can be read now.
    pub(super) fn can_read(&self) -> bool {
        self.world.connection.link == Link::Online
            && self
                .world
                .workbench
                .capabilities
                .as_ref()
                .is_some_and(|able| able.lazy_thumbnails)
    }

    /// `known for 412 of 12,480`.
    pub(super) fn known_words(&self) -> String {
        known_words(
            self.world.workbench.listing.len(),
            self.world.view.open_rows().len(),
        )
    }

    /// Asks for more of what the filter needs, unless somebody gave that up.
    pub(super) fn read_what_is_open(&mut self) {
        if !self.is_open() {
            if self.world.view.progress() == Progress::Complete {
                self.world.connection.reading = None;
            }
            return;
        }
        let is_seen = self.world.screen == ScreenId::Browse && self.layers.is_empty();
        let query = self.world.view.query().text();
        let given_up = self.world.connection.unread.as_deref() == Some(query);
        if !self.can_read() || !is_seen || given_up {
            return;
        }
        let now_ms = self.world.now_ms;
        let listing = &self.world.workbench.listing;
        let connection = &mut self.world.connection;
        let reading = connection.reading.get_or_insert_with(|| Reading {
            since_ms: now_ms,
            ..Reading::default()
        });
        if reading.awaited.len() > FEW {
            return;
        }
        let open = self.world.view.open_rows().iter();
        let ids = open.map(|row| listing.id(row));
        let ids: Vec<AssetId> = ids
            .filter(|id| !reading.awaited.contains(id))
            .take(BATCH)
            .collect();
        if ids.is_empty() {
            return;
        }
        reading.awaited.extend(ids.iter().cloned());
        connection.thumbnails_asked.extend(ids.iter().cloned());
        self.effects.push(Effect::Thumbnails(ids));
    }

    /// Goes on with what was given up: somebody needs it.
    pub(super) fn read_on(&mut self) {
        self.world.connection.unread = None;
    }

    /// Gives up reading what the filter asks for. Whether that went on.
    pub(super) fn give_up_reading(&mut self) -> bool {
        if !self.is_open() || self.world.connection.reading.take().is_none() {
            return false;
        }
        let query = self.world.view.query().text().to_owned();
        self.world.connection.unread = Some(query);
        let known = self.known_words();
        self.say(format!(
            "Stopped reading thumbnails; whether the filter matches is {known}. s a reads on."
        ));
        true
    }

    /// Something failed while values were read: what waits for them is given up.
    pub(super) fn reading_failed(&mut self) {
        if self.is_open() && self.world.connection.reading.is_some() {
            self.held.clear();
            self.give_up_reading();
        }
    }

    /// Keeps values that were read with the listing, so that they are known at the next start.
    pub(super) fn keep_read(&mut self, values: &[(AssetId, FieldKey, Value)]) {
        let key = FieldKey::thumbnail();
        let listing = &self.world.workbench.listing;
        let read = values.iter().filter(|(_, field, _)| *field == key);
        let rows = read.clone().filter_map(|(id, ..)| listing.row(id));
        let assets: Vec<_> = rows.map(|row| listing.asset_knowing(row, &key)).collect();
        if assets.is_empty() {
            return;
        }
        if let Some(reading) = &mut self.world.connection.reading {
            for (id, ..) in read {
                reading.came += u64::from(reading.awaited.remove(id));
            }
        }
        self.effects.push(Effect::KeepAssets(assets));
    }
}

/// `known for 412 of 12,480`: of how many assets it is known whether a filter lets them through.
pub fn known_words(all: u64, open: u64) -> String {
    format!(
        "known for {} of {}",
        text::number(all.saturating_sub(open)),
        text::number(all)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Asset, Failure, Schema, failure::FailureKind},
        flow::Event,
        ui::session::{Session, World, asset},
    };

    /// 300 images whose thumbnails cost a call each; every third has none.
    fn lazy() -> Session {
        let image = |n: usize| {
            let mut one: Asset = asset(&format!("JKT_{n:03}"), "Image", &[]);
            one.fields.push((FieldKey::thumbnail(), Value::Unknown));
            one
        };
        let mut world = World::new(Schema::default(), (0..300).map(image).collect());
        world.capabilities.lazy_thumbnails = true;
        Session::new(world, 120, 36)
    }

    /// Answers some calls for thumbnails; how many assets they were for.
    fn answer(session: &mut Session) -> usize {
        let mut read = 0;
        for effect in session.take_effects() {
            if let Effect::Thumbnails(ids) = effect {
                read += ids.len();
                let value = |id: &AssetId| {
                    let number: usize = id.as_str()[id.as_str().len() - 3..].parse().unwrap();
                    let id = AssetId::new("a|front");
                    if number.is_multiple_of(3) {
                        Value::Absent
                    } else {
                        Value::Asset {
                            id,
                            name: "front".into(),
                        }
                    }
                };
                let values = ids.into_iter().map(|id| {
                    let value = value(&id);
                    (id, FieldKey::thumbnail(), value)
                });
                session.event(Event::Values(values.collect()));
            }
        }
        read
    }

    #[test]
    fn marking_all_that_match_waits_until_the_thumbnails_are_read() {
        let mut session = lazy();
        session.press("/").type_text("-has:thumb").press("<Enter>");
        let screen = session.screen();
        assert!(screen.contains("known for 0 of 300"), "{screen}");
        session.press("s a");
        assert!(session.app.workbench().marks().is_empty());
        let said = session.said();
        assert!(said.contains("waits for the thumbnails"), "{said}");
        while answer(&mut session) > 0 {}
        assert_eq!(session.app.workbench().marks().len(), 100);
        let screen = session.screen();
        assert!(!screen.contains("known for"), "{screen}");
        assert!(screen.contains("Showing 100 of 300"), "{screen}");
        let kept = session.take_effects();
        assert!(
            kept.iter()
                .all(|effect| !matches!(effect, Effect::Thumbnails(_)))
        );
    }

    #[test]
    fn reading_is_given_up_and_goes_on_when_it_is_needed() {
        let mut session = lazy();
        session.press("/").type_text("has:thumb").press("<Enter>");
        answer(&mut session);
        session.press("<Esc>");
        let said = session.said();
        assert!(said.starts_with("Stopped reading thumbnails"), "{said}");
        assert!(session.screen().contains("of 300"), "{}", session.screen());
        // What was under way still comes; nothing more is asked for.
        answer(&mut session);
        assert_eq!(answer(&mut session), 0);
        assert!(
            session.screen().contains("known for"),
            "{}",
            session.screen()
        );
        session.press("s a");
        while answer(&mut session) > 0 {}
        assert_eq!(session.app.workbench().marks().len(), 200);
    }

    #[test]
    fn what_can_not_be_read_marks_nothing() {
        let mut session = lazy();
        session
            .press("/")
            .type_text("-has:thumb")
            .press("<Enter> s a");
        session.take_effects();
        session.event(Event::Failed(Failure {
            kind: FailureKind::Offline,
            what: "could not read thumbnails".into(),
            why: "the line is down".into(),
            hint: String::new(),
        }));
        assert!(session.app.workbench().marks().is_empty());
        session.press("s a");
        let said = session.said();
        assert!(
            said.starts_with("Nothing was done: whether the filter matches is known for"),
            "{said}"
        );
        session.press("s q").type_text("has:thumb").press("<Enter>");
        let said = session.said();
        assert!(said.starts_with("Nothing was marked"), "{said}");
        assert!(session.app.workbench().marks().is_empty());
    }
}
