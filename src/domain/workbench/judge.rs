//! Judges edits: of rows with equal values once, and one by one where values hardly repeat.

use std::borrow::Cow;

use roaring::RoaringBitmap;

use super::{Judged, Verdict, Workbench, alike::Alike, found::Found};
use crate::domain::{
    Edit, EditError, Field, FieldKey, FieldKind, Row, Value,
    draft::split::{Split, halves},
    edit::Rules,
    listing::Column,
    plan::Admission,
    run::same,
};

/// Where a value is judged; the row stands for all that are alike.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) row: Row,
    pub(super) kind: &'a str,
    pub(super) locked: Option<&'a str>,
}

/// Judges the edits of one field.
pub(super) struct Judge<'a> {
    bench: &'a Workbench,
    field: &'a FieldKey,
    edits: Vec<(&'a Edit, Rules)>,
    admission: Option<Admission<'a>>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(
        field: &'a FieldKey,
        edits: &'a [(Edit, RoaringBitmap)],
        bench: &'a Workbench,
    ) -> Result<Self, EditError> {
        let rules: Field = bench.field_for(field)?;
        let rules = edits
            .iter()
            .map(|(edit, _)| edit.check().and_then(|()| Ok((edit, edit.rules(&rules)?))));
        let capabilities = bench.capabilities.as_ref();
        let admission = capabilities.map(|capabilities| {
            Admission::new(&bench.listing, (&bench.schema, capabilities), field)
        });
        Ok(Self {
            bench,
            field,
            edits: rules.collect::<Result<_, EditError>>()?,
            admission,
        })
    }

    /// Judges rows of which the same edits are asked.
    pub(super) fn rows(&self, rows: &RoaringBitmap, asked: &[bool], found: &mut Found) {
        let listing = &self.bench.listing;
        let column = listing.values(self.field);
        let mut fresh = rows.clone();
        let is_assigned = |(edit, _): &(&Edit, Rules)| matches!(edit, Edit::Assign(_));
        let by_row = self.edits.iter().any(is_assigned);
        let alike = Alike::of(rows, self.bench);
        if let Some(groups) = self.bench.draft().field(self.field) {
            let staged = groups.rows() & rows;
            let staged = &staged - groups.moved(column, &staged, false);
            fresh -= &staged;
            for chain in groups
                .chains()
                .filter(|chain| !chain.rows().is_disjoint(&staged))
            {
                for group in chain.groups() {
                    let rows = &group.rows & &staged;
                    self.group(&rows, (&group.after, by_row), (asked, &alike), found);
                }
                for (row, pair) in chain.each(&(chain.scattered() & &staged)) {
                    self.single(row, &pair.after, asked, found);
                }
            }
        }
        let Some(column) = column else {
            self.group(&fresh, (&Value::Absent, by_row), (asked, &alike), found);
            return;
        };
        if let Some(after) = self.made_of_all(asked) {
            let kind = self.edits[0].1.kind();
            let is_equal = |place| is_same(kind, column, place, &after);
            let (equal, others) = halves(column, &fresh, is_equal);
            for rows in [equal, others] {
                if let Some(row) = rows.min() {
                    let standing = column.value(row);
                    self.group(&rows, (&standing, false), (asked, &alike), found);
                }
            }
            return;
        }
        let split = Split::of(column, &fresh);
        for (place, rows) in split.repeated {
            self.group(&rows, (&column.at(place), by_row), (asked, &alike), found);
        }
        for row in split.scattered {
            self.single(row, &column.value(row), asked, found);
        }
    }

    /// What the one edit that is asked makes of every value, if it is such a one: then nothing
    /// matters of a value but whether it is that already.
    fn made_of_all(&self, asked: &[bool]) -> Option<Value> {
        let mut edits = self.edits.iter().zip(asked).filter(|(_, asked)| **asked);
        let ((edit, rules), _) = edits.next()?;
        let is_one = edit.is_blind() && edits.next().is_none();
        is_one.then(|| edit.apply(rules, 0, &Value::Absent))
    }

    /// Rows with the same value; `by_row` if what comes of it is another thing for each.
    fn group(
        &self,
        rows: &RoaringBitmap,
        (standing, by_row): (&Value, bool),
        (asked, alike): (&[bool], &Alike<'_>),
        found: &mut Found,
    ) {
        if by_row {
            for row in rows {
                self.single(row, standing, asked, found);
            }
            return;
        }
        for (kind, mut rows) in alike.by_kind(rows) {
            let kind = kind.as_ref();
            for (why, locked) in &alike.locked {
                let here = &rows & locked;
                if let Some(row) = here.min() {
                    rows -= &here;
                    let locked = Some(why.as_str());
                    self.series(
                        At { row, kind, locked },
                        standing,
                        asked,
                        |place, judged| {
                            found.add(place, judged, &here);
                        },
                    );
                }
            }
            let locked = None;
            if let Some(row) = rows.min() {
                self.series(
                    At { row, kind, locked },
                    standing,
                    asked,
                    |place, judged| {
                        found.add(place, judged, &rows);
                    },
                );
            }
        }
    }

    fn single(&self, row: Row, standing: &Value, asked: &[bool], found: &mut Found) {
        let listing = &self.bench.listing;
        let (kind, locked) = (listing.kind(row), listing.locked(row));
        let kind: &str = &kind;
        self.series(
            At { row, kind, locked },
            standing,
            asked,
            |place, judged| {
                found.push(place, judged, row);
            },
        );
    }

    /// Does the edits one on the result of the other. Tells of each, and of all together with the
    /// place `None`.
    fn series(
        &self,
        at: At<'_>,
        standing: &Value,
        asked: &[bool],
        mut tell: impl FnMut(Option<usize>, Verdict),
    ) {
        let whole = self.run(at, standing, asked, |place, verdict| {
            tell(Some(place), verdict);
        });
        tell(None, whole.1);
    }

    /// What all edits together make of a value.
    pub(super) fn whole(&self, at: At<'_>, standing: &Value, asked: &[bool]) -> Judged {
        let (after, verdict) = self.run(at, standing, asked, |_, _| {});
        Judged {
            before: standing.clone(),
            after,
            verdict,
        }
    }

    fn run(
        &self,
        at: At<'_>,
        standing: &Value,
        asked: &[bool],
        mut tell: impl FnMut(usize, Verdict),
    ) -> (Value, Verdict) {
        let mut value = Cow::Borrowed(standing);
        let mut refused: Option<(Value, String)> = None;
        let mut last = None;
        let edits = self.edits.iter().enumerate().zip(asked);
        for ((place, (edit, rules)), _) in edits.filter(|(_, asked)| **asked) {
            let after = edit.apply(rules, at.row, &value);
            let verdict = self.verdict(at, &value, &after);
            if let (Verdict::Refused(why), None) = (&verdict, &refused) {
                refused = Some((after.clone(), why.clone()));
            }
            if verdict.is_staged() {
                value = Cow::Owned(after);
                last = None;
            } else {
                last = Some(after);
            }
            tell(place, verdict);
        }
        if let Some((after, why)) = refused {
            return (after, Verdict::Refused(why));
        }
        let after = last.unwrap_or_else(|| value.into_owned());
        let verdict = if same(standing, &after) {
            Verdict::Equal
        } else {
            Verdict::Change
        };
        (after, verdict)
    }

    fn verdict(&self, at: At<'_>, before: &Value, after: &Value) -> Verdict {
        if same(before, after) {
            return Verdict::Equal;
        }
        if let Some(why) = at.locked {
            return Verdict::Refused(format!("not editable: {why}"));
        }
        let admission = self.admission.as_ref();
        let refusal = admission.and_then(|admission| admission.refusal(at.kind, after));
        refusal.map_or(Verdict::Change, Verdict::Refused)
    }
}

/// Whether a value of a column is the same as this one.
fn is_same(kind: FieldKind, column: &Column, place: u32, value: &Value) -> bool {
    // Whatever is the same as a text reads like it, unless its kind has several spellings.
    let reads_alike = match value {
        Value::Text(text) => kind.has_spellings() || column.text_at(place) == text,
        Value::Absent
        | Value::Unknown
        | Value::List(_)
        | Value::Certificate(_)
        | Value::Asset { .. } => true,
    };
    reads_alike && kind.is_equal(&column.at(place), value)
}
