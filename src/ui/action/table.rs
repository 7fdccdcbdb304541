//! The table of actions: the one place where keys, names and helps are written down.

use super::{
    Action, ActionRow, Answer,
    Context::{
        self, Anywhere, Browse, Certificate, Dialog, Edit, History, Input, List, Plan, Preview,
        Range, Results, Review, Run, Staged, Thumbnail,
    },
    Copy, Edit as E, Go, Mark as M, Move, View as V, Work as W,
};

const LISTS: &[Context] = &[List];
const BROWSE: &[Context] = &[Browse];
const EVERYWHERE: &[Context] = &[Anywhere];

macro_rules! table {
    ($($group:ident $action:expr, $name:literal $argument:literal, $keys:expr, $arrows:expr, $contexts:expr, $label:literal, $help:literal;)*) => {
        /// Every action, in the order help shows them.
        pub const ACTIONS: &[ActionRow] = &[$(ActionRow {
            action: Action::$group($action), name: $name, argument: $argument, keys: &$keys,
            arrows: &$arrows, contexts: $contexts, label: $label, help: $help,
        }),*];
    };
}

table! {
    Go Go::Browse,  "browse"  "", ["1"], [], EVERYWHERE, "Browse", "the library";
    Go Go::Staged,  "staged"  "", ["2"], [], EVERYWHERE, "Staged", "the draft: what is staged and not sent";
    Go Go::Review,  "review"  "", ["3"], [], EVERYWHERE, "Review", "the draft as the one who approves sees it";
    Go Go::Results, "results" "", ["4"], [], EVERYWHERE, "Results", "the outcome of every change of a run";
    Go Go::History, "history" "", ["5"], [], EVERYWHERE, "History", "draft steps and runs";
    Go Go::Help,    "help" "[WORD]", ["?", "f1"], [], &[Anywhere, Dialog, Input, Plan], "help", "help of this screen, searchable";
    Go Go::CommandLine, "command" "", [":"], [], EVERYWHERE, "commands", "the command line: every action by name";
    Go Go::Messages, "messages" "", ["g m"], [], &[Anywhere, Dialog], "messages", "everything that was said in the speaking line";
    Go Go::Back,    "back" "", ["esc"], [], &[Anywhere, Input, Dialog, Range], "cancel", "one step back; never drops marks, filter or draft";
    Go Go::Interrupt, "interrupt" "", ["ctrl-c"], [], &[Anywhere, Input, Dialog], "stop", "stops the input or the question; never kills";
    Go Go::Quit,    "quit" "", ["q"], ["f10"], EVERYWHERE, "quit", "closes this view, at the top leaves; asks only if a run is going";
    Go Go::Suspend, "suspend" "", ["ctrl-z"], [], &[Anywhere, Dialog], "suspend", "gives the terminal back to the shell until you continue";
    Go Go::Redraw,  "redraw" "", ["ctrl-l"], [], &[Anywhere, Dialog, Input], "redraw", "draws the whole screen again";

    Move Move::Up,       "up" "",        ["k", "up"], [], &[List, Dialog], "up", "one row up";
    Move Move::Down,     "down" "",      ["j", "down"], [], &[List, Dialog], "down", "one row down";
    Move Move::Top,      "top" "",       ["g g", "home"], [], &[List, Dialog], "top", "the first row";
    Move Move::Bottom,   "bottom" "",    ["G", "end"], [], &[List, Dialog], "end", "the last row";
    Move Move::HalfUp,   "half-up" "",   ["ctrl-u"], [], &[List, Dialog], "half up", "half a page up";
    Move Move::HalfDown, "half-down" "", ["ctrl-d"], [], &[List, Dialog], "half down", "half a page down";
    Move Move::PageUp,   "page-up" "",   ["pgup", "ctrl-b"], [], &[List, Dialog], "page up", "a page up";
    Move Move::PageDown, "page-down" "", ["pgdn", "ctrl-f"], [], &[List, Dialog], "page down", "a page down";
    Move Move::Left,     "left" "",      ["h", "left"], [], &[List, Dialog], "left", "columns to the left; the other option";
    Move Move::Right,    "right" "",     ["l", "right"], [], &[List, Dialog], "right", "columns to the right; the other option";
    Move Move::NextPane, "next-pane" "", ["tab"], [], &[List, Dialog, Input], "next", "the next pane or field";
    Move Move::PreviousPane, "previous-pane" "", ["backtab"], [], &[List, Dialog, Input], "previous", "the previous pane or field";
    Move Move::NextMarked, "next-marked" "", ["}"], [], LISTS, "next marked", "the next marked row";
    Move Move::PreviousMarked, "previous-marked" "", ["{"], [], LISTS, "previous marked", "the previous marked row";
    Move Move::NextProblem, "next-problem" "", [")"], [], LISTS, "next problem", "the next row with a problem";
    Move Move::PreviousProblem, "previous-problem" "", ["("], [], LISTS, "previous problem", "the previous row with a problem";
    Move Move::NextTab,  "next-tab" "", ["]"], [], &[List, Dialog], "next tab", "the next grouping of this list";
    Move Move::PreviousTab, "previous-tab" "", ["["], [], &[List, Dialog], "previous tab", "the previous grouping of this list";
    Move Move::Open,     "open" "", ["enter"], [], LISTS, "open", "opens the row: all fields, what is staged, its picture";

    Mark M::Toggle,   "mark" "",            ["space"], [], &[List, Dialog], "mark", "marks the row and goes down; ticks; takes in and leaves out";
    Mark M::Range,    "range" "",           ["v"], ["a v"], BROWSE, "range", "begins a range of rows to mark";
    Mark M::RangeOff, "range-off" "",       ["V"], ["a V"], BROWSE, "range off", "begins a range of rows to unmark";
    Mark M::ExtendUp, "extend-up" "",       ["shift-up"], [], BROWSE, "range up", "marks a range upwards without a mode";
    Mark M::ExtendDown, "extend-down" "",   ["shift-down"], [], BROWSE, "range down", "marks a range downwards without a mode";
    Mark M::All,      "select-all" "",      ["s a", "ctrl-a"], [], BROWSE, "all that match", "marks every asset that matches the filter";
    Mark M::Library,  "select-library" "",  ["s A"], [], BROWSE, "all in this library", "marks every asset of the library; asks first";
    Mark M::Screen,   "select-screen" "",   ["s v"], [], BROWSE, "rows on this screen", "marks only the rows on this screen";
    Mark M::None,     "select-none" "",     ["s n"], [], BROWSE, "none", "drops all marks; s r brings them back";
    Mark M::Invert,   "select-invert" "",   ["s i"], [], BROWSE, "invert", "marks the other ones within the filter";
    Mark M::Query,    "select-query" "QUERY", ["s q"], [], BROWSE, "by query ..", "marks what a query lets through";
    Mark M::Paste,    "select-ids" "ID ID ..", ["s p"], [], BROWSE, "paste ids or names ..", "marks the ids or names you paste";
    Mark M::Same,     "select-same" "",     ["s c", ","], [], BROWSE, "same value as this cell", "marks every asset that has the value of this cell";
    Mark M::Errors,   "select-errors" "",   ["s e"], [], BROWSE, "with errors", "marks the assets refused in the last run";
    Mark M::Warnings, "select-warnings" "", ["s W"], [], BROWSE, "with warnings", "marks the assets with warnings in the last run";
    Mark M::Staged,   "select-staged" "",   ["s t"], [], BROWSE, "with staged changes", "marks the assets something is staged on";
    Mark M::DropHidden, "select-hidden-drop" "", ["s h"], [], BROWSE, "drop hidden marks", "drops the marks the filter hides";
    Mark M::Only,     "select-only" "",     ["s o"], [], BROWSE, "show only marked", "filters by is:marked";
    Mark M::Listed,   "select-listed" "",   ["s"], ["a l"], &[Results], "select", "marks the assets of the picked changes in Browse, or of this one";
    Mark M::Pick,     "pick-listed" "",     ["A", "ctrl-a"], ["a a"], &[Results], "pick all", "picks every listed change of the run, or none";
    Mark M::Restore,  "select-last" "",     ["s r"], [], BROWSE, "restore previous", "brings the marks before back";

    View V::Filter,      "filter" "QUERY",  ["/"], ["f12"], &[Browse, History], "filter", "narrows the list while you type";
    View V::FilterReset, "filter-reset" "", ["0"], [], BROWSE, "no filter", "shows everything again";
    View V::Facets,      "facets" "",       ["f"], ["a f"], &[Browse, Results], "facets", "the values of a field with their counts";
    View V::Sort,        "sort" "FIELD [desc]", ["z s"], [], BROWSE, "sort ..", "orders the list; marks stay where they are";
    View V::Columns,     "columns" "[A,B,..]", ["z c"], [], BROWSE, "columns ..", "chooses the columns";
    View V::Details,     "details" "",      ["d"], ["f3"], &[Browse, Staged, Review, Results, Dialog], "details", "the pane with all fields, and what is staged";
    View V::Images,      "images" "[auto|halfblocks|off]", ["z i"], [], EVERYWHERE, "pictures", "changes how pictures are drawn, or draws none";
    View V::Wrap,        "wrap" "",         ["z w"], [], EVERYWHERE, "wrap", "wraps long values instead of cutting them";
    View V::Theme,       "theme" "[NAME]",  ["z t"], [], EVERYWHERE, "theme", "the next theme, or the one named";
    View V::Refresh,     "refresh" "",      ["R", "ctrl-r"], ["f5"], &[Browse, Staged, History], "refresh", "asks the server again and compares";

    Edit E::Open,      "edit" "",                   ["e"], ["f4"], &[Browse, Staged, Results], "edit", "edits the fields of the marked assets, with a live preview; in Results of the picked changes";
    Edit E::Set,       "set" "FIELD VALUE",         ["o s"], [], BROWSE, "set a field", "gives a field a value";
    Edit E::Append,    "append" "FIELD TEXT",       ["o a"], [], BROWSE, "append text", "puts text behind a field";
    Edit E::Prepend,   "prepend" "FIELD TEXT",      ["o p"], [], BROWSE, "prepend text", "puts text before a field";
    Edit E::Replace,   "replace" "FIELD /find/with/", ["o r"], [], BROWSE, "find and replace", "replaces text in a field, plain or by pattern";
    Edit E::Clear,     "clear" "FIELD",             ["o c"], [], BROWSE, "clear a field", "takes the value of a field away";
    Edit E::AddTag,    "add-tag" "FIELD TAG; ..",    ["o t"], [], BROWSE, "add tags", "adds tags to a field";
    Edit E::RemoveTag, "remove-tag" "FIELD TAG; ..", ["o u"], [], BROWSE, "remove tags", "removes tags from a field";
    Edit E::Thumbnail, "thumbnail" "[NAME]",        ["t"], ["a t"], BROWSE, "thumbnail", "gives the marked assets a thumbnail, one for all or by a rule";
    Edit E::Certificate, "certificate" "[STATUS [MESSAGE]]", ["C"], ["a c"], BROWSE, "certificate", "certifies the marked assets";

    Work W::Undo,     "undo" "",        ["u"], ["a u"], &[Browse, Staged, History], "undo", "takes the last step of the draft back";
    Work W::Redo,     "redo" "",        ["U"], ["a U"], &[Browse, Staged, History], "redo", "brings the last step back";
    Work W::UndoStep, "undo-step" "[N]", ["x"], ["delete"], &[History], "undo this step", "takes this step back, wherever it stands";
    Work W::RedoStep, "redo-step" "[N]", [], [], &[History], "bring back", "brings this undone step back, wherever it stands";
    Work W::Revert,   "revert" "[RUN]",  ["Z"], ["a z"], &[Results, History], "revert ..", "reads a run's assets again and stages what brings the earlier values back";
    Work W::ComparePoint, "compare-now" "[RUN]", ["P"], ["a p"], &[History], "since then", "compares what was there before this run with now";
    Work W::Compare,  "compare" "[RUN RUN]", ["="], [], &[History], "compare", "keeps this restore point; on another one compares the two";
    Work W::Export,   "export" "",       ["w"], ["a w"], &[History], "export", "writes the comparison with now as a table";
    Work W::Exclude,  "exclude" "",     ["x"], ["delete"], &[Staged, Results, Range], "take out", "takes this change out of the draft; unmarks a range";
    Work W::Drop,     "drop" "",        [], [], EVERYWHERE, "drop", "throws the whole draft away; undo brings it back";
    Work W::Submit,   "submit" "",      ["S"], ["a s"], &[Browse, Staged, Review], "submit ..", "shows the plan; nothing is sent before you confirm it";
    Work W::Pause,    "pause" "",       ["p"], ["a p"], &[Run], "pause", "pauses after the call under way, or goes on";
    Work W::Stop,     "stop" "",        ["x"], ["delete"], &[Run], "stop ..", "stops after the call under way; the rest stays staged";
    Work W::Background, "background" "", ["b"], ["a b"], &[Run], "background", "goes back to Browse while the run goes on";
    Work W::Resume,   "resume" "[RUN]", [], [], EVERYWHERE, "resume", "goes on with a paused or interrupted run";
    Work W::Retry,    "retry" "[RUN]",  ["r"], ["a r"], &[Results], "retry ..", "plans the picked changes once more, or this one; with a run, all of it that failed";
    Work W::ReadBack, "read-back" "[RUN]", ["R"], ["f5"], &[Results], "read back", "asks the server what it has where the outcome is unknown";
    Work W::Accept,   "accept-changes" "", ["a"], ["a k"], &[Results], "accept", "accepts what the server has; the change leaves the problems and the draft";
    Work W::HandOver, "hand-over" "[NOTE]", ["H"], ["a h"], &[Results], "hand over", "writes a small table of these changes for somebody else, and a note";
    Work W::Report,   "report" "[csv|json|md]", ["w"], ["a w"], &[Results], "report", "writes the report of the run";

    Copy Copy::Id,    "copy-id" "",    ["y i"], [], LISTS, "id", "copies the id";
    Copy Copy::Name,  "copy-name" "",  ["y n"], [], LISTS, "name", "copies the name";
    Copy Copy::Value, "copy-value" "", ["y v"], [], LISTS, "value of this cell", "copies the value of this cell";
    Copy Copy::Query, "copy-query" "", ["y q"], [], LISTS, "filter", "copies the filter; it works headless too";

    Answer Answer::Accept,   "accept" "",   ["enter"], [], &[Input, Dialog, Range], "keep", "takes it";
    Answer Answer::Stage,    "stage" "",    ["ctrl-s"], [], &[Edit, Thumbnail, Certificate], "stage", "stages it; nothing is sent";
    Answer Answer::Next,     "next" "",     ["ctrl-n"], [], &[Input], "next", "the next choice";
    Answer Answer::Previous, "previous" "", ["ctrl-p"], [], &[Input], "previous", "the previous choice";
    Answer Answer::Up,       "earlier" "",  ["up"], [], &[Input], "history", "the line before, or the option above";
    Answer Answer::Down,     "later" "",    ["down"], [], &[Input], "later", "the line after, or the option below";
    Answer Answer::NextAsset, "next-asset" "", ["ctrl-n"], [], &[Edit, Thumbnail, Certificate], "next asset", "the next asset of the preview";
    Answer Answer::PreviousAsset, "previous-asset" "", ["ctrl-p"], [], &[Edit, Thumbnail, Certificate], "previous asset", "the previous asset of the preview";
    Answer Answer::Mode,     "mode" "",     ["m", "f9"], [], &[Thumbnail], "mode", "changes how the thumbnail is chosen";
    Answer Answer::Search,   "search" "",   ["/"], ["f12"], &[Thumbnail], "search", "searches the candidates; the query language of the filter";
    Answer Answer::Yes,      "yes" "",      ["y"], ["a y"], &[Certificate], "yes", "this asset too";
    Answer Answer::No,       "no" "",       ["n"], ["a n"], &[Certificate], "no", "not this asset";
    Answer Answer::ShowAll,     "show-all" "",     ["a"], ["a a"], &[Preview], "all", "all assets of the preview";
    Answer Answer::ShowChanged, "show-changed" "", ["c"], ["a c"], &[Preview], "change", "the assets that change";
    Answer Answer::ShowRefused, "show-refused" "", ["r", "e"], ["a r"], &[Preview], "refused", "the assets that are refused, with the reason";
    Answer Answer::ShowEqual,   "show-equal" "",   ["="], ["a ="], &[Preview], "equal", "the assets that stay as they are";
    Answer Answer::DryRun,   "dry-run" "",   ["D"], ["f5"], &[Plan], "dry run", "sends nothing: reads every asset again and says what would become of each change";
    Answer Answer::Canary,   "canary" "",    ["C"], ["f3"], &[Plan], "canary", "the first assets alone and read back, or all at once; for this run";
    Answer Answer::StopRule, "stop-rule" "", ["E"], ["f4"], &[Plan], "stop rule", "stops by itself after too many errors, or never; for this run";
}
