//! Marking: one row, a range, by value, by state, by query.

use roaring::RoaringBitmap;

use super::{Browse, Range};
use crate::{
    domain::{Query, Value, arrange::set_of},
    ui::{
        action::{Action, Mark, Move},
        component::{Reaction, Scene, ScreenId, Step},
        dialogs,
        widgets::text,
    },
};

impl Browse {
    pub(super) fn mark(&mut self, mark: Mark, argument: &str, scene: &Scene<'_>) -> Reaction {
        let set = scene.view.set();
        let sets = scene.view.sets();
        match mark {
            Mark::Toggle if self.range.is_some() => self.finish_range(scene, None),
            Mark::Toggle => self.toggle(scene, true),
            Mark::Range => self.begin_range(scene, false),
            Mark::RangeOff => self.begin_range(scene, true),
            Mark::ExtendUp => self.extend(Move::Up, scene),
            Mark::ExtendDown => self.extend(Move::Down, scene),
            Mark::All => mark_all(scene),
            Mark::Library => mark_library(scene),
            Mark::Screen => self.mark_screen(scene),
            Mark::None => unmark(scene),
            Mark::Invert => {
                let rows = scene.workbench.marks() ^ set;
                if_whole(marked_step(rows, "the other ones within the filter"), scene)
            }
            Mark::Query if argument.is_empty() => {
                Reaction::step(Step::Open(Box::new(dialogs::FilterLine::mark(scene))))
            }
            Mark::Query => match dialogs::parsed(argument, scene) {
                Ok(query) => mark_query(&query, scene),
                Err(error) => Reaction::say(format!("The query does not parse: {error}.")),
            },
            Mark::Paste if argument.is_empty() => {
                Reaction::step(Step::Open(Box::new(dialogs::Pasted::new("", scene))))
            }
            Mark::Paste => dialogs::mark_named(argument, scene),
            Mark::Same => self.mark_same(scene),
            Mark::Errors => by_state(
                &(&sets.error | &sets.unknown),
                "errors in the last run",
                scene,
            ),
            Mark::Warnings => by_state(&sets.warning, "warnings in the last run", scene),
            Mark::Staged => by_state(&sets.staged, "staged changes", scene),
            Mark::DropHidden => {
                let hidden = scene.hidden_marks();
                let rows = scene.workbench.marks() & set;
                let say = format!(
                    "Dropped {}.  s r brings them back",
                    text::counted(hidden, "hidden mark")
                );
                Reaction::step(Step::Mark { rows, say })
            }
            Mark::Only => show_only(scene),
            Mark::Listed | Mark::Pick => Reaction::Taken(vec![
                Step::Show(ScreenId::Results),
                Step::Do(Action::Mark(mark), String::new()),
            ]),
            Mark::Restore => match scene.workbench.earlier_marks() {
                None => Reaction::say("There are no earlier marks to bring back."),
                Some(rows) => marked(rows.clone(), "as before"),
            },
        }
    }

    fn mark_screen(&self, scene: &Scene<'_>) -> Reaction {
        let rows = scene.view.rows();
        let shown = &rows[self.cursor.shown(rows.len(), Self::page(scene))];
        marked(
            shown.iter().copied().collect(),
            "only the rows on this screen",
        )
    }

    /// Marks or unmarks the row under the cursor; going on to the next one where asked.
    pub(super) fn toggle(&mut self, scene: &Scene<'_>, advance: bool) -> Reaction {
        let Some(row) = self.row(scene.view) else {
            return Reaction::say("There is no row to mark.");
        };
        let mut rows = scene.workbench.marks().clone();
        if !rows.remove(row) {
            rows.insert(row);
        }
        if advance {
            self.go(Move::Down, scene);
        }
        Reaction::step(Step::Toggle { rows })
    }

    fn begin_range(&mut self, scene: &Scene<'_>, off: bool) -> Reaction {
        if scene.view.rows().is_empty() {
            return Reaction::say("There is no row to begin a range at.");
        }
        self.range = match self.range {
            Some(range) if range.off == off => None,
            Some(range) => Some(Range { off, ..range }),
            None => Some(Range {
                anchor: self.cursor.at,
                off,
            }),
        };
        self.count_range(scene);
        match self.range {
            Some(_) => Reaction::nothing(),
            None => Reaction::say("The range is given up; marks are as they were."),
        }
    }

    fn extend(&mut self, movement: Move, scene: &Scene<'_>) -> Reaction {
        let Some(row) = self.row(scene.view) else {
            return Reaction::nothing();
        };
        if self.range.is_some() {
            return self.go(movement, scene);
        }
        let mut rows = scene.workbench.marks().clone();
        rows.insert(row);
        self.go(movement, scene);
        rows.extend(self.row(scene.view));
        Reaction::step(Step::Toggle { rows })
    }

    /// The rows from the anchor to the cursor, ends included.
    pub(super) fn range_rows(&self, range: Range, scene: &Scene<'_>) -> RoaringBitmap {
        let (low, high) = (
            range.anchor.min(self.cursor.at),
            range.anchor.max(self.cursor.at),
        );
        let rows = scene.view.rows();
        let end = (high + 1).min(rows.len());
        set_of(&rows[low.min(end)..end])
    }

    /// Counts the range once the cursor has moved, so that drawing need not.
    pub(super) fn count_range(&mut self, scene: &Scene<'_>) {
        let Some(range) = self.range else {
            self.ranged = (0, 0);
            return;
        };
        let rows = self.range_rows(range, scene);
        let marked = rows.intersection_len(scene.workbench.marks());
        self.ranged = (rows.len(), marked);
    }

    /// `VISUAL range rows 5-12: 8 rows, 3 not marked yet`.
    pub(super) fn range_sentence(&self) -> String {
        let Some(range) = self.range else {
            return String::new();
        };
        let (rows, marked) = self.ranged;
        let (low, high) = (
            range.anchor.min(self.cursor.at) + 1,
            range.anchor.max(self.cursor.at) + 1,
        );
        let counted = text::counted(rows, "row");
        if range.off {
            format!("VISUAL range rows {low}-{high}: {counted}, {marked} to unmark")
        } else {
            format!(
                "VISUAL range rows {low}-{high}: {counted}, {} not marked yet",
                rows - marked
            )
        }
    }

    pub(super) fn finish_range(&mut self, scene: &Scene<'_>, off: Option<bool>) -> Reaction {
        let Some(range) = self.range.take() else {
            return Reaction::nothing();
        };
        let range_rows = self.range_rows(range, scene);
        let marks = scene.workbench.marks();
        let off = off.unwrap_or(range.off);
        let rows = if off {
            marks - &range_rows
        } else {
            marks | &range_rows
        };
        let say = if off {
            format!(
                "Unmarked {}; marked {}.",
                text::number(range_rows.intersection_len(marks)),
                text::number(rows.len())
            )
        } else {
            let new = range_rows.len() - range_rows.intersection_len(marks);
            format!(
                "Added {}; marked {}.",
                text::number(new),
                text::number(rows.len())
            )
        };
        Reaction::step(Step::Mark { rows, say })
    }

    fn mark_same(&self, scene: &Scene<'_>) -> Reaction {
        let column = scene.view.columns().get(self.column);
        let (Some(row), Some(column)) = (self.row(scene.view), column) else {
            return Reaction::say("There is no cell here.");
        };
        let listing = &scene.workbench.listing;
        let value = listing.value(row, &column.key);
        if *value == Value::Unknown {
            return Reaction::say("This value is not read yet; what equals it is not known.");
        }
        let same = match listing.values(&column.key) {
            Some(values) => values.equal(scene.view.set(), &value),
            None => scene.view.set().clone(),
        };
        let shown = text::cut(&crate::ui::widgets::diff::shown(&value), 40);
        let why = format!("{} {shown}", column.title);
        marked(scene.workbench.marks() | same, &why)
    }

    /// What the select menu says of a kind of marking, with counts.
    pub(super) fn mark_label(&self, mark: Mark, scene: &Scene<'_>) -> Option<String> {
        let number = |count: u64| text::number(count);
        let sets = scene.view.sets();
        Some(match mark {
            Mark::All => format!(
                "all {} that match the filter",
                number(scene.view.set().len())
            ),
            Mark::Library => {
                format!(
                    "all {} in this library (asks)",
                    number(scene.workbench.listing.len())
                )
            }
            Mark::DropHidden => {
                format!(
                    "drop the {} hidden by the filter",
                    text::counted(scene.hidden_marks(), "mark")
                )
            }
            Mark::Errors => {
                format!(
                    "{} with errors",
                    number((&sets.error | &sets.unknown).len())
                )
            }
            Mark::Warnings => format!("{} with warnings", number(sets.warning.len())),
            Mark::Staged => format!("{} with staged changes", number(sets.staged.len())),
            Mark::Same => {
                let row = self.row(scene.view)?;
                let column = scene.view.columns().get(self.column)?;
                let value = scene.workbench.listing.value(row, &column.key);
                let shown = text::cut(&crate::ui::widgets::diff::shown(&value), 20);
                format!("same value as this cell ({shown})")
            }
            Mark::Restore => {
                let earlier = scene
                    .workbench
                    .earlier_marks()
                    .map_or(0, RoaringBitmap::len);
                format!("restore previous ({})", number(earlier))
            }
            Mark::Toggle
            | Mark::Range
            | Mark::RangeOff
            | Mark::ExtendUp
            | Mark::ExtendDown
            | Mark::Screen
            | Mark::None
            | Mark::Invert
            | Mark::Query
            | Mark::Paste
            | Mark::Only
            | Mark::Listed
            | Mark::Pick => return None,
        })
    }
}

/// Marks what a query lets through.
pub fn mark_query(query: &Query, scene: &Scene<'_>) -> Reaction {
    let workbench = scene.workbench;
    let (listing, schema, sets) = (&workbench.listing, &workbench.schema, scene.view.sets());
    let open = query.open_rows(listing, schema, sets).len();
    if open > 0 {
        let known = crate::ui::app::known_words(listing.len(), open);
        return Reaction::say(format!(
            "Nothing was marked: whether it matches is {known}, for thumbnails were not read. \
             Filter by it (/), then s a: that waits until they are."
        ));
    }
    let rows = query.rows(listing, schema, sets);
    let found = rows.len();
    let rows = workbench.marks() | rows;
    let say = format!(
        "{} match {}; marked {}.",
        text::number(found),
        query.text(),
        text::number(rows.len())
    );
    if_whole(Step::Mark { rows, say }, scene)
}

fn marked(rows: RoaringBitmap, why: &str) -> Reaction {
    Reaction::step(marked_step(rows, why))
}

fn marked_step(rows: RoaringBitmap, why: &str) -> Step {
    let say = format!("Marked {} ({why})", text::number(rows.len()));
    Step::Mark { rows, say }
}

fn mark_all(scene: &Scene<'_>) -> Reaction {
    let set = scene.view.set();
    let rows = scene.workbench.marks() | set;
    let mut say = format!("Marked {} (all that match)", text::number(set.len()));
    if rows.len() != set.len() {
        say.extend([format!(
            "; with those marked before: {}",
            text::number(rows.len())
        )]);
    }
    let step = Step::Mark { rows, say };
    if !scene.connection.is_loading() {
        return if_whole(step, scene);
    }
    let listing = &scene.workbench.listing;
    let question = format!(
        "{} of {} assets are here; the rest is on its way. Mark those that are here and match ({}), \
         or wait?",
        text::number(listing.len()),
        text::number(listing.total),
        text::number(set.len())
    );
    let confirm = dialogs::Confirm::new("Still listing", question, "mark what is here", vec![step]);
    Reaction::step(Step::Open(Box::new(confirm)))
}

/// Takes a step that is about everything that matches; asks first where the listing is incomplete.
fn if_whole(step: Step, scene: &Scene<'_>) -> Reaction {
    let listing = &scene.workbench.listing;
    let missing = listing.missing();
    if missing == 0 || scene.connection.is_loading() {
        return Reaction::step(step);
    }
    let question = format!(
        "{} of {} assets did not come, so more may match than are shown. Go on with those that are \
         listed? R lists again.",
        text::number(missing),
        text::number(listing.len() + missing),
    );
    let title = "The listing is incomplete";
    let confirm = dialogs::Confirm::new(title, question, "go on with these", vec![step]);
    Reaction::step(Step::Open(Box::new(confirm)))
}

fn mark_library(scene: &Scene<'_>) -> Reaction {
    let rows = scene.workbench.listing.present().clone();
    let shown = scene.view.set().len();
    let mut question = format!(
        "Mark all {} of this library? The filter shows {}.",
        text::counted(rows.len(), "asset"),
        text::number(shown)
    );
    let missing = scene.workbench.listing.missing();
    if missing > 0 {
        let missing = text::counted(missing, "more asset");
        question.extend([format!(
            " The listing is incomplete: {missing} did not come."
        )]);
    }
    let say = format!("Marked {} (all in this library)", text::number(rows.len()));
    let confirm = dialogs::Confirm::new(
        "The whole library",
        question,
        "mark",
        vec![Step::Mark { rows, say }],
    );
    Reaction::step(Step::Open(Box::new(confirm)))
}

fn unmark(scene: &Scene<'_>) -> Reaction {
    let count = text::counted(scene.workbench.marks().len(), "mark");
    let say = format!("Dropped {count}.  s r brings them back");
    Reaction::step(Step::Mark {
        rows: RoaringBitmap::new(),
        say,
    })
}

fn by_state(rows: &RoaringBitmap, what: &str, scene: &Scene<'_>) -> Reaction {
    if rows.is_empty() {
        return Reaction::say(format!("There are no assets with {what}."));
    }
    marked(
        rows & scene.workbench.listing.present(),
        &format!("with {what}"),
    )
}

fn show_only(scene: &Scene<'_>) -> Reaction {
    let count = scene.workbench.marks().len();
    if count == 0 {
        return Reaction::say("Nothing is marked.");
    }
    let Ok(query) = Query::parse("is:marked") else {
        return Reaction::nothing();
    };
    let say = format!(
        "Showing the {} marked.  0 shows everything",
        text::number(count)
    );
    Reaction::Taken(vec![Step::Filter { query, keep: true }, Step::Say(say)])
}
