//! What a person can ask of the screens: one vocabulary for keys, commands, hints and help.
//!
//! The table of [`ACTIONS`] says for each action its name on the command line, its keys, where
//! they are in force, and what it does; everything that shows keys or names is made from it.

mod context;
mod table;

pub use context::{Context, MENUS, Menu};
pub use table::ACTIONS;

/// Go somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Go {
    /// To Browse.
    Browse,
    /// To Staged.
    Staged,
    /// To Review.
    Review,
    /// To Results.
    Results,
    /// To History.
    History,
    /// To the help of this screen.
    Help,
    /// To the command line.
    CommandLine,
    /// To everything that was said.
    Messages,
    /// One step back.
    Back,
    /// Stop the input or the question.
    Interrupt,
    /// Close this view, at the top leave.
    Quit,
    /// Give the terminal back to the shell.
    Suspend,
    /// Draw everything again.
    Redraw,
}

/// Move among rows and panes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Move {
    /// One up.
    Up,
    /// One down.
    Down,
    /// To the first.
    Top,
    /// To the last.
    Bottom,
    /// Half a page up.
    HalfUp,
    /// Half a page down.
    HalfDown,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// Columns to the left.
    Left,
    /// Columns to the right.
    Right,
    /// The next pane or field.
    NextPane,
    /// The previous pane or field.
    PreviousPane,
    /// The next marked row.
    NextMarked,
    /// The previous marked row.
    PreviousMarked,
    /// The next row with a problem.
    NextProblem,
    /// The previous row with a problem.
    PreviousProblem,
    /// The next grouping or tab.
    NextTab,
    /// The previous grouping or tab.
    PreviousTab,
    /// Open the row.
    Open,
}

/// Mark rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mark {
    /// The row, or tick.
    Toggle,
    /// A range to mark.
    Range,
    /// A range to unmark.
    RangeOff,
    /// The range one row up.
    ExtendUp,
    /// The range one row down.
    ExtendDown,
    /// All that match the filter.
    All,
    /// Everything in the library.
    Library,
    /// The rows on the screen.
    Screen,
    /// None.
    None,
    /// The other ones within the filter.
    Invert,
    /// Those a query lets through.
    Query,
    /// The ids or names that are pasted.
    Paste,
    /// Those with the same value.
    Same,
    /// Those with errors.
    Errors,
    /// Those with warnings.
    Warnings,
    /// Those with staged changes.
    Staged,
    /// Drop the marks the filter hides.
    DropHidden,
    /// Show only the marked rows.
    Only,
    /// The assets of the changes listed in Results.
    Listed,
    /// Every change listed in Results, or none.
    Pick,
    /// The marks before.
    Restore,
}

/// Change what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum View {
    /// Filter.
    Filter,
    /// No filter.
    FilterReset,
    /// The facets.
    Facets,
    /// Order.
    Sort,
    /// Columns.
    Columns,
    /// The detail pane, or diff.
    Details,
    /// How pictures are drawn.
    Images,
    /// Wrap long values.
    Wrap,
    /// The theme.
    Theme,
    /// Ask the server again.
    Refresh,
}

/// Stage something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edit {
    /// The edit dialog.
    Open,
    /// Set a field.
    Set,
    /// Append to a field.
    Append,
    /// Prepend to a field.
    Prepend,
    /// Find and replace in a field.
    Replace,
    /// Clear a field.
    Clear,
    /// Add tags.
    AddTag,
    /// Remove tags.
    RemoveTag,
    /// Thumbnails.
    Thumbnail,
    /// Certificates.
    Certificate,
}

/// Work on the draft and on runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Work {
    /// Take back.
    Undo,
    /// Bring back.
    Redo,
    /// Take back this step.
    UndoStep,
    /// Bring back this step.
    RedoStep,
    /// Take a run back: stage its inverse.
    Revert,
    /// Compare two restore points.
    Compare,
    /// Compare a run's restore point with now.
    ComparePoint,
    /// Write what is compared as a table.
    Export,
    /// Take out of the draft.
    Exclude,
    /// Throw the draft away.
    Drop,
    /// The plan, and then the run.
    Submit,
    /// Pause or go on.
    Pause,
    /// Stop after the call under way.
    Stop,
    /// Leave the run in the background.
    Background,
    /// Go on with a run.
    Resume,
    /// Retry what failed.
    Retry,
    /// Read back what is unknown.
    ReadBack,
    /// Accept what the server has.
    Accept,
    /// Write a table of changes for somebody else.
    HandOver,
    /// Write the report.
    Report,
}

/// Copy to the clipboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Copy {
    /// The id.
    Id,
    /// The name.
    Name,
    /// The value of the cell.
    Value,
    /// The filter.
    Query,
}

/// Answer a dialog or a text field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Answer {
    /// Take it.
    Accept,
    /// Stage it.
    Stage,
    /// The next one.
    Next,
    /// The previous one.
    Previous,
    /// Up: earlier, or the option above.
    Up,
    /// Down: later, or the option below.
    Down,
    /// The next asset of the preview.
    NextAsset,
    /// The previous asset of the preview.
    PreviousAsset,
    /// Change the way it is done.
    Mode,
    /// Search in the dialog.
    Search,
    /// Yes.
    Yes,
    /// No.
    No,
    /// All assets of the preview.
    ShowAll,
    /// Those that change.
    ShowChanged,
    /// Those that are refused.
    ShowRefused,
    /// Those that stay as they are.
    ShowEqual,
    /// Try the plan without sending it.
    DryRun,
    /// The canary on or off, for this run.
    Canary,
    /// The stop rule on or off, for this run.
    StopRule,
}

/// Everything a key or a command can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Go somewhere.
    Go(Go),
    /// Move among rows.
    Move(Move),
    /// Mark rows.
    Mark(Mark),
    /// Change what is shown.
    View(View),
    /// Stage something.
    Edit(Edit),
    /// Work on the draft and on runs.
    Work(Work),
    /// Copy.
    Copy(Copy),
    /// Answer a dialog.
    Answer(Answer),
}

impl View {
    /// Whether it is about the list of the library, and not about every screen.
    pub fn is_of_the_list(self) -> bool {
        match self {
            Self::Filter
            | Self::FilterReset
            | Self::Facets
            | Self::Sort
            | Self::Columns
            | Self::Details => true,
            Self::Images | Self::Wrap | Self::Theme | Self::Refresh => false,
        }
    }
}

/// One row of the table of actions.
#[derive(Clone, Copy, Debug)]
pub struct ActionRow {
    /// The action.
    pub action: Action,
    /// Its name on the command line; the configuration uses it too.
    pub name: &'static str,
    /// What may follow the name (`QUERY`, `FIELD VALUE`); empty if nothing.
    pub argument: &'static str,
    /// Its keys in the default preset.
    pub keys: &'static [&'static str],
    /// Further keys of the preset without letters.
    pub arrows: &'static [&'static str],
    /// Where the keys are in force.
    pub contexts: &'static [Context],
    /// One or two words for hint line and menus.
    pub label: &'static str,
    /// What it does.
    pub help: &'static str,
}

impl Action {
    /// Its row in the table.
    pub fn row(self) -> &'static ActionRow {
        static MISSING: ActionRow = ActionRow {
            action: Action::Go(Go::Back),
            name: "",
            argument: "",
            keys: &[],
            arrows: &[],
            contexts: &[],
            label: "",
            help: "",
        };
        ACTIONS
            .iter()
            .find(|row| row.action == self)
            .unwrap_or(&MISSING)
    }

    /// Whether it opens a line that is typed into at once.
    pub fn opens_line(self) -> bool {
        matches!(
            self,
            Self::View(View::Filter | View::Sort | View::Columns)
                | Self::Go(Go::CommandLine | Go::Help)
                | Self::Mark(Mark::Query | Mark::Paste)
        )
    }

    /// The action of a name.
    pub fn named(name: &str) -> Option<Self> {
        ACTIONS
            .iter()
            .find(|row| row.name == name)
            .map(|row| row.action)
    }
}
