//! The three small things a screen or a dialog is: view state, a reaction, a drawing.

use std::fmt::Debug;

use ratatui::{
    Frame,
    layout::{Rect, Size},
};
use roaring::RoaringBitmap;

use super::{
    action::{Action, Context, Edit, Menu},
    chord::Chord,
    connection::Connection,
    input::Mouse,
    keymap::Keymap,
    pictures::Pictures,
    theme::Theme,
    view::View,
};
use crate::{
    domain::{
        AssetId, FieldKey, Query, RunId, Sort, Workbench,
        arrange::Wish,
        judging::{Judgement, Judging},
        plan::{DryRun, Planned},
        run::RunRules,
        workbench::Command,
    },
    flow::Effect,
};

/// Who works where: what the header shows and stamps carry. Never holds a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of the profile of its own"
)]
pub struct Identity {
    /// The profile's name.
    pub profile: String,
    /// The name of the profile's author; stands beside who is signed in.
    pub author: String,
    /// The environment in a word (`PROD`, `TEST`, `DEMO`); empty if the profile names none.
    pub environment: String,
    /// The name of the draft.
    pub draft: String,
    /// Assets a call; what the endpoint suggests if `None`.
    pub batch_size: Option<usize>,
    /// How carefully runs begin, and when they stop by themselves.
    pub rules: RunRules,
    /// Whether assets are read again and compared before each call.
    pub check_before: bool,
    /// Whether assets are read back after each call.
    pub read_back: bool,
    /// Whether the number of assets is always typed before anything is sent.
    pub always_count: bool,
    /// Seconds to add to UTC for times on the screen.
    pub utc_offset_s: i32,
    /// When the listing that was loaded from the workspace was read, milliseconds since 1970.
    pub listed_ms: Option<i64>,
    /// Whether the secret goes to another machine without encryption.
    pub unencrypted: bool,
    /// Where the workspace lies, for messages about it.
    pub workspace: String,
}

/// The screens, by number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScreenId {
    /// 1.
    #[default]
    Browse,
    /// 2.
    Staged,
    /// 3.
    Review,
    /// 4.
    Results,
    /// 5.
    History,
}

impl ScreenId {
    /// All, by number.
    pub const ALL: [Self; 5] = [
        Self::Browse,
        Self::Staged,
        Self::Review,
        Self::Results,
        Self::History,
    ];
}

/// Everything a component may look at. It changes nothing here.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// Listing, marks, draft, runs.
    pub workbench: &'a Workbench,
    /// The rows shown, in order.
    pub view: &'a View,
    /// What was shown last, for as long as the listing is not open.
    pub front: Option<&'a super::front::Front>,
    /// Who works where.
    pub identity: &'a Identity,
    /// How the endpoint is doing.
    pub connection: &'a Connection,
    /// The keys in force.
    pub keymap: &'a Keymap,
    /// Colours by role.
    pub theme: &'a Theme,
    /// The pictures that have come.
    pub pictures: &'a Pictures,
    /// The filters used before, oldest first.
    pub filters: &'a [String],
    /// The commands given before, oldest first.
    pub commands: &'a [String],
    /// What was written in dialogs that were closed without staging.
    pub kept: &'a super::dialogs::Kept,
    /// What was said, oldest first.
    pub said: &'a [String],
    /// The words a run's state came with (`paused: sign in again`); empty if none.
    pub run_note: &'a str,
    /// What the last dry run found.
    pub dry_run: Option<&'a DryRun>,
    /// Until when the run that goes on waits, milliseconds since 1970, and why; `None` once over.
    pub run_waits: Option<(i64, &'a str)>,
    /// The assets an edit was asked for where they are not the marked ones: those of changes in
    /// Staged or Results.
    pub asked: Option<&'a RoaringBitmap>,
    /// Where the row under Browse's cursor is; `None` if nothing is shown.
    pub cursor: Option<crate::domain::Row>,
    /// The contexts of the component the keys go to, for help.
    pub contexts: &'a [Context],
    /// Whether long values wrap.
    pub wrap: bool,
    /// Whether a layer covers the screen.
    pub covered: bool,
    /// How often the assets listed or their fields have changed.
    pub moment: u64,
    /// The terminal's size.
    pub size: Size,
    /// Milliseconds since 1970.
    pub now_ms: i64,
}

impl Scene<'_> {
    /// The rows an edit takes: those it was asked for, the marked ones, or the one under the cursor.
    pub fn targets(&self) -> RoaringBitmap {
        if let Some(asked) = self.asked {
            return asked.clone();
        }
        let marks = self.workbench.marks();
        if !marks.is_empty() {
            return marks.clone();
        }
        self.cursor.into_iter().collect()
    }

    /// How many marked rows the filter hides.
    pub fn hidden_marks(&self) -> u64 {
        let marks = self.workbench.marks();
        marks.len() - marks.intersection_len(self.view.set())
    }
}

/// One consequence of an input. Only the app carries it out.
#[derive(Debug)]
pub enum Step {
    /// Change the draft; spoken of once it is durable.
    Apply(Command),
    /// Ask something of the world.
    Effect(Effect),
    /// Put a component on top.
    Open(Box<dyn Component>),
    /// Take the top layer away.
    Close,
    /// Say one sentence.
    Say(String),
    /// Show a screen.
    Show(ScreenId),
    /// Show a run in Results; it is loaded first if it is an older one.
    OpenRun {
        /// The run.
        run: RunId,
        /// What is done with it then; [`Go::Results`](super::action::Go::Results) only shows it.
        then: Action,
    },
    /// Mark exactly these rows, and say so.
    Mark {
        /// The rows.
        rows: RoaringBitmap,
        /// What to say; empty keeps what was said.
        say: String,
    },
    /// Mark exactly these rows without a step back for `s r`: one row was ticked.
    Toggle {
        /// The rows.
        rows: RoaringBitmap,
    },
    /// Show what a query lets through.
    Filter {
        /// The query, known to be good.
        query: Query,
        /// Whether it is kept: goes into the history of filters.
        keep: bool,
    },
    /// Order the list.
    Sort(Sort),
    /// Show these columns behind the name; the usual ones if empty.
    Columns(Vec<FieldKey>),
    /// Keep what was written in a dialog that closes.
    Keep(Box<super::dialogs::Kept>),
    /// Open the dialog of an edit without asking about hidden marks again.
    Edit(Edit, String),
    /// Open the dialog of an edit for these rows; the marks stay as they are.
    EditOf {
        /// The edit.
        edit: Edit,
        /// What is behind its name.
        argument: String,
        /// The rows.
        rows: RoaringBitmap,
    },
    /// Open the edit dialog for these rows with these wishes filled in and their fields ticked;
    /// the marks stay as they are.
    Correct {
        /// What is wanted of them.
        wanted: Vec<super::dialogs::Wanted>,
        /// The rows.
        rows: RoaringBitmap,
    },
    /// Do this action as if its key had been pressed, with an argument.
    Do(Action, String),
    /// Remember a command for the command line.
    Remember(String),
    /// Leave the program.
    Quit,
}

/// What a component makes of an input.
#[derive(Debug)]
pub enum Reaction {
    /// It is dealt with; these are the consequences.
    Taken(Vec<Step>),
    /// It is for somebody below.
    Passed,
}

impl Reaction {
    /// Dealt with, without consequences outside the component.
    pub fn nothing() -> Self {
        Self::Taken(Vec::new())
    }

    /// Dealt with, with one consequence.
    pub fn step(step: Step) -> Self {
        Self::Taken(vec![step])
    }

    /// Dealt with by saying something.
    pub fn say(sentence: impl Into<String>) -> Self {
        Self::step(Step::Say(sentence.into()))
    }
}

/// A hint: an action with its key, or a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// A key and what it does.
    Key(Action),
    /// A key with a word of its own.
    Named(Action, &'static str),
    /// A menu of keys.
    Menu(Menu),
}

/// A screen or a layer above one.
///
/// It changes only its own view state; everything else are [`Step`]s. `draw` takes `&self` and
/// nothing learned while drawing routes input.
pub trait Component: Debug {
    /// Where its keys are looked up, most particular first.
    fn contexts(&self) -> &'static [Context];

    /// The word that begins the hint line.
    fn mode(&self) -> &'static str;

    /// The keys worth a hint now, most wanted first; those that don't fit are cut.
    fn hints(&self, scene: &Scene<'_>) -> Vec<Hint>;

    /// An action, with what was typed behind its name on the command line (empty for keys).
    fn on_action(&mut self, action: Action, argument: &str, scene: &Scene<'_>) -> Reaction;

    /// Whether it takes a key itself before its contexts are asked: a question takes the keys it
    /// names.
    fn names_key(&self, _chord: Chord) -> bool {
        false
    }

    /// A key that no context binds, or that it names; text fields take it here.
    fn on_key(&mut self, _chord: Chord, _scene: &Scene<'_>) -> Reaction {
        Reaction::Passed
    }

    /// Pasted text.
    fn on_paste(&mut self, _text: &str, _scene: &Scene<'_>) -> Reaction {
        Reaction::Passed
    }

    /// The mouse, inside the body.
    fn on_mouse(&mut self, _mouse: Mouse, _area: Rect, _scene: &Scene<'_>) -> Reaction {
        Reaction::Passed
    }

    /// Something changed outside: listing, draft, filter, size. Cursors are put right here.
    fn on_change(&mut self, _scene: &Scene<'_>) {}

    /// Whether something is left to be worked out when the keys rest; [`Component::on_change`] is
    /// told then.
    fn is_unfinished(&self) -> bool {
        false
    }

    /// What it would like to know of the listing beside the rows shown; [`Component::on_change`] is
    /// told when it is known.
    fn wish(&self, _scene: &Scene<'_>) -> Option<Wish> {
        None
    }

    /// Work it needs done elsewhere, told once; it is asked after every change.
    fn wants(&mut self) -> Option<Effect> {
        None
    }

    /// A plan that was made, perhaps for somebody else.
    fn take_plan(&mut self, _planned: Planned, _scene: &Scene<'_>) {}

    /// What it needs judged elsewhere, told once; the judgement carries this number. It is asked
    /// after every input.
    fn judging(&mut self, _number: u64, _scene: &Scene<'_>) -> Option<Judging> {
        None
    }

    /// What was judged, perhaps for somebody else.
    fn take_judgement(&mut self, _judgement: &mut Judgement, _scene: &Scene<'_>) -> Reaction {
        Reaction::Passed
    }

    /// Whether its keys wait for what it wished to know.
    fn awaits(&self, _scene: &Scene<'_>) -> bool {
        false
    }

    /// Whether plain characters are text now.
    fn takes_text(&self) -> bool {
        false
    }

    /// Whether it keeps everything from the components below. Only layers are asked.
    fn is_modal(&self) -> bool {
        true
    }

    /// The pictures it draws and the sizes of their places; they are asked for when the keys rest.
    fn pictures(&self, _scene: &Scene<'_>) -> Vec<(AssetId, Size)> {
        Vec::new()
    }

    /// A sentence that stands in the speaking line as long as it holds.
    fn speaking(&self, _scene: &Scene<'_>) -> Option<String> {
        None
    }

    /// The left end of the status line; what Browse says if `None`.
    fn status(&self, _scene: &Scene<'_>) -> Option<String> {
        None
    }

    /// Draws into the body of the screen. A layer draws above what is below it.
    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>);
}
