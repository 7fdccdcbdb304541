//! A long list is worked out elsewhere: keys never wait, the newest filter wins, and nothing that
//! is marked or looked at gets lost.

use armarius::{
    domain::{
        Workbench,
        arrange::{AtOnce, Question},
    },
    flow::{Effect, Event},
    runtime::Arranger,
    ui::{
        app::Setup,
        session::{Session, World, identity},
        view::Progress,
    },
};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::library;

/// A session whose lists all count as long, and whoever works them out.
struct Elsewhere {
    session: Session,
    arranger: Arranger,
    news: UnboundedReceiver<Event>,
    /// Questions asked and not handed on.
    asked: Vec<Question>,
}

impl Elsewhere {
    fn new() -> Self {
        Self::with(library::world())
    }

    fn with(world: World) -> Self {
        let mut setup = Setup::new(Workbench::new(), identity());
        setup.at_once = 0;
        let mut session = Session::idle(setup, world);
        session.arranges = false;
        let (events, news) = unbounded_channel();
        let mut elsewhere = Self {
            session,
            arranger: Arranger::new(events),
            news,
            asked: Vec::new(),
        };
        elsewhere.session.begin();
        elsewhere.arrives();
        elsewhere
    }

    /// Hands questions on and takes answers until everything is as it was asked for.
    fn arrives(&mut self) {
        self.asks();
        while !self.is_done() {
            let event = self.news.blocking_recv().unwrap();
            self.session.event(event);
            self.asks();
        }
    }

    fn is_done(&self) -> bool {
        let view = self.session.app.scene().view;
        let asks = view.is_counting() || view.is_finding();
        view.progress() == Progress::Complete && !asks
    }

    fn asks(&mut self) {
        self.gathers();
        for question in self.asked.drain(..) {
            self.arranger.arrange(Box::new(question));
        }
    }

    /// Gathers the questions that were asked, without handing them on.
    fn gathers(&mut self) {
        for effect in self.session.take_effects() {
            if let Effect::Arrange(question) = effect {
                self.asked.push(*question);
            } else if effect == Effect::StopArranging {
                self.arranger.stop();
            }
        }
    }

    /// Answers the questions that were gathered, the oldest first.
    fn answers(&mut self) {
        self.gathers();
        for question in std::mem::take(&mut self.asked) {
            self.session.event(answered(&question));
        }
    }

    fn press(&mut self, keys: &str) -> &mut Self {
        self.session.press(keys);
        self
    }

    fn marked(&self) -> u64 {
        self.session.app.workbench().marks().len()
    }
}

fn answered(question: &Question) -> Event {
    Event::Arranged(Box::new(question.answer(&mut AtOnce).unwrap()))
}

#[test]
fn what_is_worked_out_elsewhere_looks_the_same_as_in_place() {
    let mut elsewhere = Elsewhere::new();
    let mut in_place = Session::new(library::world(), 80, 24);
    for keys in [
        "/ type:image <Space> season:AW26 <Enter>",
        "j j j <Space>",
        "f j <Space>",
        "j x",
        "<Esc>",
        "s a",
        ":",
        "sort <Space> Modified <Space> desc <Enter>",
        "/ <Ctrl+u> nowhere <Enter>",
        "0",
        "s q",
        "name:PNT",
        "<Enter>",
        "s o",
        "0 G",
    ] {
        elsewhere.press(keys).arrives();
        in_place.press(keys);
        assert_eq!(elsewhere.session.screen(), in_place.screen(), "{keys}");
    }
}

#[test]
fn keys_are_taken_while_a_filter_is_worked_on() {
    let mut elsewhere = Elsewhere::new();
    elsewhere.press("/ name:PNT");
    let line = elsewhere.session.line(2);
    assert!(line.starts_with(" / name:PNT"), "{line}");
    assert!(line.contains("live: .. of 372 match"), "{line}");
    let first = elsewhere.session.line(4);
    assert!(first.contains("JKT_2200_BACK"), "the rows before: {first}");
    elsewhere.press("<Enter> j j");
    assert!(elsewhere.session.line(23).contains("3/372"));
    elsewhere.arrives();
    let first = elsewhere.session.line(4);
    assert!(first.contains("PNT_"), "{}", elsewhere.session.screen());
}

#[test]
fn an_answer_to_an_older_filter_is_dropped() {
    let mut elsewhere = Elsewhere::new();
    elsewhere.press("/ name:PNT <Enter>").gathers();
    let older = std::mem::take(&mut elsewhere.asked);
    elsewhere.press("/ <Ctrl+u> name:SPIN <Enter>").gathers();
    for question in &older {
        elsewhere.session.event(answered(question));
        assert!(!elsewhere.is_done());
    }
    let newest = elsewhere.asked.pop().unwrap();
    elsewhere.session.event(answered(&newest));
    assert!(elsewhere.is_done());
    assert!(elsewhere.session.line(4).contains("SPIN01"));
}

#[test]
fn marking_all_waits_for_the_filter_and_so_does_what_is_typed_behind_it() {
    let mut elsewhere = Elsewhere::new();
    elsewhere.press("/ name:PNT <Enter> s a j <Space>");
    assert_eq!(elsewhere.marked(), 0);
    let said = elsewhere.session.said();
    let waits = "waits for the filter; Esc gives it up";
    assert!(said.contains(waits), "{said}");
    elsewhere.arrives();
    let all = elsewhere.session.app.scene().view.set().len();
    assert!(all > 2);
    assert_eq!(elsewhere.marked(), all - 1, "the second one is taken off");

    elsewhere.press("0").arrives();
    elsewhere.press("/ name:JKT <Enter> s a <Esc> j");
    assert_eq!(elsewhere.session.said(), "Given up; nothing was done.");
    elsewhere.arrives();
    assert_eq!(elsewhere.marked(), all - 1);
}

#[test]
fn escape_gives_an_order_up_and_the_list_is_as_it_was() {
    let mut elsewhere = Elsewhere::new();
    elsewhere.press("j j");
    let before = elsewhere.session.line(4);
    elsewhere.press(": sort <Space> Modified <Space> desc <Enter>");
    let line = elsewhere.session.line(2);
    assert!(line.contains("sorting: Modified desc"), "{line}");
    elsewhere.press("<Esc>");
    let said = elsewhere.session.said();
    assert_eq!(said, "Given up; the list is as it was.");
    assert!(elsewhere.session.line(2).contains("name asc"));
    assert_eq!(elsewhere.session.line(4), before);
    // Whoever works on it may answer all the same.
    elsewhere.answers();
    assert_eq!(elsewhere.session.line(4), before);
}

#[test]
fn what_is_found_so_far_is_shown_as_such() {
    let mut elsewhere = Elsewhere::new();
    elsewhere.press("/ name:PNT").gathers();
    let question = elsewhere.asked.pop().unwrap();
    let mut answer = question.answer(&mut AtOnce).unwrap();
    answer.is_complete = false;
    elsewhere.session.event(Event::Arranged(Box::new(answer)));
    let line = elsewhere.session.line(2);
    assert!(line.contains(" so far of 372 match"), "{line}");
    assert!(elsewhere.session.line(4).contains("PNT_"));
    elsewhere.press("<Enter>");
    let line = elsewhere.session.line(2);
    assert!(line.contains(" so far of 372"), "{line}");
    elsewhere.press("<Esc>");
    assert!(elsewhere.session.line(4).contains("JKT_2200_BACK"));
    elsewhere.arrives();

    // Another key, then the filter before: what was found of the first one is not all of it.
    elsewhere.press("/ SPIN").gathers();
    let question = elsewhere.asked.pop().unwrap();
    let mut answer = question.answer(&mut AtOnce).unwrap();
    answer.is_complete = false;
    elsewhere.session.event(Event::Arranged(Box::new(answer)));
    elsewhere.press("0 <Esc> s a").arrives();
    assert_eq!(elsewhere.marked(), 372);
}

#[test]
fn pages_that_come_in_disturb_neither_cursor_nor_marks() {
    let mut world = library::world();
    let later = world.assets.split_off(100);
    let mut elsewhere = Elsewhere::with(world);
    elsewhere.press("j j j <Space> j").arrives();
    let at = elsewhere.session.app.scene().cursor;
    elsewhere.session.world.assets.extend(later);
    elsewhere.session.world.page = 20;
    elsewhere.press("R");
    for _ in 0..40 {
        elsewhere.session.wait(10);
        elsewhere.arrives();
    }
    let scene = elsewhere.session.app.scene();
    assert_eq!(scene.view.rows().len(), 372);
    assert_eq!(scene.cursor, at);
    assert_eq!(elsewhere.marked(), 1);
    let listing = &scene.workbench.listing;
    let names = scene.view.rows().iter().map(|row| listing.name(*row));
    let names: Vec<String> = names.map(|name| name.to_lowercase()).collect();
    assert!(names.is_sorted());
}
