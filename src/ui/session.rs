//! A session without a terminal or a network: keys in as text, the screen out as text.
//!
//! For tests and for looking at screens. The world is scripted: steps are kept at once, signing in
//! and listing answer what the session was given; every other effect is recorded and answered by
//! the test.
//!
//! ```
//! use armarius::ui::session::Session;
//! let mut session = Session::listing(&["pier", "gull"]);
//! session.press("/ pi <Enter> s a");
//! assert!(session.screen().contains("Marked 1 (all that match)"));
//! ```

use ratatui::{Terminal, backend::TestBackend, buffer::Buffer};

use super::{
    app::{App, Setup},
    chord::{Chord, Key},
    component::Identity,
    input::Input,
};
use crate::{
    domain::{
        Asset, Capabilities, Field, FieldKey, FieldKind, Offer, Schema, Value, Workbench,
        arrange::AtOnce,
    },
    flow::{Effect, Event},
};

/// What the scripted world answers.
#[derive(Clone, Debug)]
pub struct World {
    /// What signing in tells.
    pub capabilities: Capabilities,
    /// The fields.
    pub schema: Schema,
    /// The assets.
    pub assets: Vec<Asset>,
    /// Assets a page.
    pub page: usize,
}

impl World {
    /// A library that offers everything, with these fields and assets.
    pub fn new(schema: Schema, assets: Vec<Asset>) -> Self {
        Self {
            capabilities: capable(),
            schema,
            assets,
            page: 1000,
        }
    }
}

/// An endpoint that offers everything.
pub fn capable() -> Capabilities {
    Capabilities {
        protocol: "DMC SOAP".into(),
        library: "Acme Retail".into(),
        user: "akim".into(),
        role: "IpsCompanyAdmin".into(),
        certificates: Offer::Yes,
        thumbnails: Offer::Yes,
        thumbnail_types: vec!["Image".into()],
        thumbnail_targets: Vec::new(),
        writing: Offer::Yes,
        batch_size: 50,
        max_batch: 1000,
        concurrency: 1,
        requests_per_minute: None,
        address_fields: Vec::new(),
        all_or_nothing: false,
        lazy_thumbnails: false,
    }
}

/// An asset of a type with some text fields.
pub fn asset(name: &str, kind: &str, fields: &[(&str, &str)]) -> Asset {
    Asset {
        id: format!("a|{name}").as_str().into(),
        name: name.into(),
        kind: kind.into(),
        fields: fields
            .iter()
            .map(|(key, value)| (FieldKey::new(*key), Value::text(*value)))
            .collect(),
        locked: None,
    }
}

/// A running app with its world.
#[derive(Debug)]
pub struct Session {
    /// The app.
    pub app: App,
    /// What the world answers.
    pub world: World,
    /// Every effect asked so far, in order.
    pub effects: Vec<Effect>,
    /// Milliseconds since 1970.
    pub now_ms: i64,
    /// Whether the world answers sign-ins, listings and steps of the draft by itself.
    pub answers: bool,
    /// Whether it works out at once what is shown of a long listing, or wished for many assets.
    pub arranges: bool,
    terminal: Terminal<TestBackend>,
}

/// When sessions begin: 22 November 2026, 12:04:31 UTC.
pub const BEGIN_MS: i64 = 1_795_349_071_000;

impl Session {
    /// Signed in and listed, at a size.
    ///
    /// # Panics
    ///
    /// Never: drawing into memory can't fail.
    pub fn new(world: World, width: u16, height: u16) -> Self {
        let mut setup = Setup::new(Workbench::new(), identity());
        setup.size = ratatui::layout::Size::new(width, height);
        Self::with(setup, world)
    }

    /// With a setup of one's own.
    ///
    /// # Panics
    ///
    /// Never: drawing into memory can't fail.
    pub fn with(setup: Setup, world: World) -> Self {
        let mut session = Self::idle(setup, world);
        session.begin();
        session
    }

    /// Starts one that is not started yet.
    pub fn begin(&mut self) {
        let effects = self.app.start(self.now_ms);
        self.settle(effects);
    }

    /// Not started: nothing was asked of the world yet.
    ///
    /// # Panics
    ///
    /// Never: drawing into memory can't fail.
    pub fn idle(setup: Setup, world: World) -> Self {
        let backend = TestBackend::new(setup.size.width, setup.size.height);
        let Ok(terminal) = Terminal::new(backend);
        Self {
            app: App::new(setup),
            world,
            effects: Vec::new(),
            now_ms: BEGIN_MS,
            answers: true,
            arranges: true,
            terminal,
        }
    }

    /// A library of assets with these names, 80x24.
    pub fn listing(names: &[&str]) -> Self {
        let assets = names
            .iter()
            .map(|name| asset(name, "Image", &[("Rights", "")]))
            .collect();
        let schema = Schema {
            fields: vec![Field::plain("Rights", FieldKind::Text)],
        };
        Self::new(World::new(schema, assets), 80, 24)
    }

    /// Presses keys: `"/ type:image <Space> x <Enter> s a <Ctrl+u>"`. Blanks divide; `<..>` is one
    /// key by name, a word of several characters is typed, a single character is pressed.
    ///
    /// # Panics
    ///
    /// If a key has no such name.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for word in keys.split_whitespace() {
            let named = word
                .strip_prefix('<')
                .and_then(|rest| rest.strip_suffix('>'));
            match named.filter(|name| !name.is_empty()) {
                Some(name) => {
                    let name = name.to_lowercase().replace('+', "-");
                    let name = name.replace("shift-tab", "backtab");
                    match Chord::parse(&name) {
                        Ok(chord) => self.key(chord),
                        Err(error) => panic!("{error}"),
                    };
                }
                None => {
                    self.type_text(word);
                }
            }
        }
        self
    }

    /// Types a text, blanks included, one key after another.
    pub fn type_text(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            self.key(Chord::plain(Key::Char(character)));
        }
        self
    }

    /// Presses one key.
    pub fn key(&mut self, chord: Chord) -> &mut Self {
        self.input(Input::Key(chord))
    }

    /// One input of any kind.
    pub fn input(&mut self, input: Input) -> &mut Self {
        if let Input::Resize { width, height } = input {
            self.terminal.backend_mut().resize(width, height);
        }
        let effects = self.app.on_input(input, self.now_ms);
        self.settle(effects);
        self
    }

    /// Inputs that arrive together, as from a fast sender.
    pub fn burst(&mut self, text: &str) -> &mut Self {
        let key = |c| if c == '\n' { Key::Enter } else { Key::Char(c) };
        let inputs = text
            .chars()
            .map(|c| Input::Key(Chord::plain(key(c))))
            .collect();
        let effects = self.app.on_inputs(inputs, self.now_ms);
        self.settle(effects);
        self
    }

    /// Lets time pass.
    pub fn wait(&mut self, ms: i64) -> &mut Self {
        self.now_ms += ms;
        self.input(Input::Due)
    }

    /// Brings news.
    pub fn event(&mut self, event: Event) -> &mut Self {
        let effects = self.app.on_event(event, self.now_ms);
        self.settle(effects);
        self
    }

    /// Changes the terminal's size.
    pub fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.input(Input::Resize { width, height })
    }

    /// Records effects and answers those the world answers, until nothing is left to answer.
    fn settle(&mut self, effects: Vec<Effect>) {
        let mut effects = std::collections::VecDeque::from(effects);
        while let Some(effect) = effects.pop_front() {
            let news = if self.answers {
                self.answer(&effect)
            } else {
                Vec::new()
            };
            self.effects.push(effect);
            if !news.is_empty() {
                effects.extend(self.app.on_events(news, self.now_ms));
            }
        }
    }

    /// The listing, page by page.
    fn pages(&self, generation: u64) -> Vec<Event> {
        let assets = &self.world.assets;
        let page = |page: &[Asset]| Event::Page {
            generation,
            assets: page.to_vec(),
            total: assets.len() as u64,
        };
        let pages = assets.chunks(self.world.page.max(1)).map(page);
        pages
            .chain([Event::Listed {
                generation,
                unread: 0,
            }])
            .collect()
    }

    fn answer(&self, effect: &Effect) -> Vec<Event> {
        match effect {
            Effect::Connect => vec![Event::Connected {
                capabilities: Box::new(self.world.capabilities.clone()),
                schema: self.world.schema.clone(),
            }],
            Effect::List { generation } => self.pages(*generation),
            Effect::Update { generation, .. } => vec![Event::Updated {
                generation: *generation,
                total: None,
                at_ms: self.now_ms,
            }],
            Effect::Persist(operation) => vec![Event::Persisted(operation.id)],
            Effect::Arrange(question) if self.arranges => {
                let answer = question.answer(&mut AtOnce).map(Box::new);
                answer.into_iter().map(Event::Arranged).collect()
            }
            Effect::Plan(planning) => vec![Event::Planned(Box::new(planning.planned()))],
            Effect::Judge(judging) if self.arranges => {
                vec![Event::Judged(Box::new(judging.as_ref().clone().finish()))]
            }
            Effect::StopListing
            | Effect::Judge(_)
            | Effect::StopJudging
            | Effect::Agreed { .. }
            | Effect::KeepListing(_)
            | Effect::KeepSoFar { .. }
            | Effect::KeepAssets(_)
            | Effect::Arrange(_)
            | Effect::StopArranging
            | Effect::Refresh(_)
            | Effect::Thumbnails(_)
            | Effect::Picture { .. }
            | Effect::SaveMarks(_)
            | Effect::SaveSetting { .. }
            | Effect::DryRun { .. }
            | Effect::Submit(_)
            | Effect::PauseRun(_)
            | Effect::ResumeRun(_)
            | Effect::StopRun(_)
            | Effect::ReadBack(_)
            | Effect::Report { .. }
            | Effect::LoadRun(_)
            | Effect::ReadForRevert(_)
            | Effect::Export(_)
            | Effect::HandOver { .. }
            | Effect::Copy(_)
            | Effect::Suspend
            | Effect::Quit => Vec::new(),
        }
    }

    /// The effects since the last call of this.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// The cells of the screen.
    pub fn cells(&mut self) -> Buffer {
        let app = &self.app;
        let Ok(_) = self.terminal.draw(|frame| app.draw(frame));
        self.terminal.backend().buffer().clone()
    }

    /// The screen as text, without blanks at the ends of lines.
    pub fn screen(&mut self) -> String {
        let cells = self.cells();
        let width = usize::from(cells.area.width.max(1));
        let mut screen = String::new();
        for line in cells.content.chunks(width) {
            let mut text = String::new();
            let mut covered = 0;
            for cell in line {
                if covered > 0 {
                    covered -= 1;
                    continue;
                }
                covered = super::widgets::text::width(cell.symbol()).saturating_sub(1);
                text.push_str(cell.symbol());
            }
            screen.push_str(text.trim_end());
            screen.push('\n');
        }
        screen
    }

    /// One line of the screen, counted from 0.
    pub fn line(&mut self, number: usize) -> String {
        self.screen()
            .lines()
            .nth(number)
            .unwrap_or_default()
            .to_owned()
    }

    /// The sentence in the speaking line.
    pub fn said(&self) -> String {
        self.app.scene().said.last().cloned().unwrap_or_default()
    }

    /// The terminal's own cursor, if it is shown: column and row.
    pub fn cursor(&mut self) -> Option<(u16, u16)> {
        self.cells();
        let Ok(at) = self.terminal.get_cursor_position();
        Some((at.x, at.y))
    }
}

/// The librarian of the examples.
pub fn identity() -> Identity {
    Identity {
        profile: "prod-dmc".into(),
        author: "akim".into(),
        environment: "PROD".into(),
        draft: "AW26 rights fix".into(),
        check_before: true,
        read_back: true,
        ..Identity::default()
    }
}
