//! Rows that went through the same edits: what they had, and what comes of it, worked out only for
//! those that somebody looks at.

use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};

use indexmap::IndexMap;
use roaring::RoaringBitmap;

use super::{
    FieldEdit,
    base::Base,
    split::{FEW, sorted},
};
use crate::domain::{
    Edit, Field, FieldKind, OperationId, Row, TagDelta, Value, edit::Rules, listing::Column,
    run::same,
};

/// What is staged on one field of one asset.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The value on the server.
    pub before: Value,
    /// The value asked for.
    pub after: Value,
    /// Set when tags were asked for one by one.
    pub delta: Option<TagDelta>,
}

impl Pair {
    /// Whether nothing would change.
    pub fn is_equal(&self) -> bool {
        same(&self.before, &self.after)
    }
}

/// Changes that are the same: equal field, before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The value on the server.
    pub before: Value,
    /// The value asked for.
    pub after: Value,
    /// Set when tags were asked for one by one.
    pub delta: Option<TagDelta>,
    /// Where.
    pub rows: RoaringBitmap,
}

impl Group {
    /// What is staged on each of the rows.
    pub fn pair(&self) -> Pair {
        Pair {
            before: self.before.clone(),
            after: self.after.clone(),
            delta: self.delta.clone(),
        }
    }

    /// Whether nothing would change there.
    pub fn is_equal(&self) -> bool {
        same(&self.before, &self.after)
    }
}

/// An edit, and how it works on its field; `None` if it does not.
#[derive(Debug)]
pub(super) struct Link {
    step: OperationId,
    edit: Arc<FieldEdit>,
    rules: Option<Rules>,
}

impl Link {
    pub(super) fn new(step: OperationId, edit: Arc<FieldEdit>, field: &Field) -> Self {
        let open = Field {
            locked: None,
            ..field.clone()
        };
        let rules = edit.edit.rules(&open).ok();
        Self { step, edit, rules }
    }

    pub(super) fn base(&self) -> &Base {
        &self.edit.base
    }

    pub(super) fn rows(&self) -> &RoaringBitmap {
        &self.edit.rows
    }

    fn apply(&self, row: Row, value: Value) -> Value {
        match &self.rules {
            Some(rules) => self.edit.edit.apply(rules, row, &value),
            None => value,
        }
    }

    /// Whether what comes of it can't be what was there.
    fn always_changes(&self) -> bool {
        match &self.edit.edit {
            Edit::Append(text) | Edit::Prepend(text) => {
                let rules = self.rules.as_ref();
                !text.is_empty() && rules.is_some_and(|rules| !rules.is_multiple())
            }
            Edit::Set(_)
            | Edit::Clear
            | Edit::Replace { .. }
            | Edit::AddTags(_)
            | Edit::RemoveTags(_)
            | Edit::Assign(_) => false,
        }
    }
}

/// The rows of a chain, as far as they were looked at.
#[derive(Clone, Debug, Default)]
struct Folded {
    /// Where values repeat.
    groups: Vec<Group>,
    /// The rows of all others.
    scattered: RoaringBitmap,
    /// Those of the others where nothing would change.
    equal: RoaringBitmap,
    /// What kinds of change the others are.
    kinds: Kinds,
}

/// How many changes give a value where there was none, in place of another, or take it away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds {
    /// Where there was none.
    pub fill: u64,
    /// In place of another.
    pub replace: u64,
    /// Taken away.
    pub clear: u64,
}

impl Kinds {
    fn count(&mut self, before: &Value, after: &Value) {
        *(if !after.is_present() {
            &mut self.clear
        } else if before.is_present() {
            &mut self.replace
        } else {
            &mut self.fill
        }) += 1;
    }
}

/// Rows that went through the same edits.
#[derive(Clone, Debug)]
pub struct Chain {
    base: Base,
    links: Vec<Arc<Link>>,
    delta: Option<TagDelta>,
    rows: RoaringBitmap,
    folded: OnceLock<Folded>,
}

impl Chain {
    /// Rows that went through nothing yet.
    pub(super) fn new(base: Base, rows: RoaringBitmap) -> Self {
        Self {
            base,
            links: Vec::new(),
            delta: Some(TagDelta::default()),
            rows,
            folded: OnceLock::new(),
        }
    }

    /// The same edits for other rows.
    pub(super) fn of(&self, rows: RoaringBitmap) -> Self {
        Self {
            base: self.base.clone(),
            links: self.links.clone(),
            delta: self.delta.clone(),
            rows,
            folded: OnceLock::new(),
        }
    }

    /// One edit more.
    pub(super) fn with(mut self, link: &Arc<Link>) -> Self {
        let Some(rules) = &link.rules else {
            return self;
        };
        let edit = &link.edit.edit;
        self.delta = merged(self.delta.as_ref(), edit.delta(rules).as_ref());
        if edit.is_absolute() {
            self.links.clear();
        }
        self.links.push(Arc::clone(link));
        self.folded = OnceLock::new();
        self
    }

    /// The rows.
    pub fn rows(&self) -> &RoaringBitmap {
        &self.rows
    }

    /// The steps whose edits the values are worked out from, in the order they work.
    pub(super) fn steps(&self) -> impl DoubleEndedIterator<Item = OperationId> {
        self.links.iter().map(|link| link.step)
    }

    /// The rows where nothing would change.
    pub(super) fn equal(&self) -> RoaringBitmap {
        let folded = self.folded();
        let mut equal = folded.equal.clone();
        for group in folded.groups.iter().filter(|group| group.is_equal()) {
            equal |= &group.rows;
        }
        equal
    }

    /// The rows of `within` whose value on the server is no longer the one they rest on: those
    /// where it is another than the one asked for, and those where it is that one already. Tags
    /// asked for one by one get along with any value.
    pub(super) fn moved_meanwhile(
        &self,
        column: Option<&Column>,
        within: &RoaringBitmap,
    ) -> (RoaringBitmap, RoaringBitmap) {
        let rows = &self.rows & within;
        if self.is_tagged() || rows.is_empty() {
            return Default::default();
        }
        let moved = self.moved(column, &rows, false);
        let kind = self.kind();
        let now = |row| column.map_or(Cow::Borrowed(&Value::Absent), |column| column.value(row));
        let reached: RoaringBitmap = moved
            .iter()
            .filter(|&row| {
                self.get(row)
                    .is_some_and(|pair| kind.is_equal(&now(row), &pair.after))
            })
            .collect();
        (moved - &reached, reached)
    }

    pub(super) fn base(&self) -> &Base {
        &self.base
    }

    /// Those of these rows where a column has another value now than the one they rest on.
    pub(super) fn moved(
        &self,
        column: Option<&Column>,
        within: &RoaringBitmap,
        unknown: bool,
    ) -> RoaringBitmap {
        self.base.moved((column, self.kind()), within, unknown)
    }

    /// What the field holds.
    fn kind(&self) -> FieldKind {
        let rules = self.links.iter().find_map(|link| link.rules.as_ref());
        rules.map_or(FieldKind::Tags, Rules::kind)
    }

    fn delta(&self) -> Option<TagDelta> {
        let delta = self.delta.clone();
        delta.filter(|delta| *delta != TagDelta::default())
    }

    fn after(&self, row: Row, before: &Value) -> Value {
        let mut links = self.links.iter();
        let Some(first) = links.next() else {
            return before.clone();
        };
        let first = match &first.rules {
            Some(rules) => first.edit.edit.apply(rules, row, before),
            None => before.clone(),
        };
        links.fold(first, |value, link| link.apply(row, value))
    }

    fn pair(&self, row: Row, before: Cow<'_, Value>) -> Pair {
        let after = self.after(row, &before);
        Pair {
            before: before.into_owned(),
            after,
            delta: self.delta(),
        }
    }

    /// What is staged on one of the rows.
    pub fn get(&self, row: Row) -> Option<Pair> {
        let before = self.base.value(row).filter(|_| self.rows.contains(row))?;
        Some(self.pair(row, before))
    }

    /// Where values repeat: equal changes, with their rows.
    pub fn groups(&self) -> &[Group] {
        &self.folded().groups
    }

    /// The rows whose values hardly repeat: each is a change of its own.
    pub fn scattered(&self) -> &RoaringBitmap {
        &self.folded().scattered
    }

    /// The scattered rows where nothing would change.
    pub fn scattered_equal(&self) -> &RoaringBitmap {
        &self.folded().equal
    }

    /// What kinds of change the scattered rows hold.
    pub fn scattered_kinds(&self) -> Kinds {
        self.folded().kinds
    }

    /// Whether tags are asked for one by one.
    pub fn is_tagged(&self) -> bool {
        self.delta().is_some()
    }

    /// What is staged on these scattered rows, in order.
    pub fn each<'a>(&'a self, within: &'a RoaringBitmap) -> impl Iterator<Item = (Row, Pair)> + 'a {
        let mut own = self.base.each(within).peekable();
        within.iter().filter_map(move |row| {
            while own.next_if(|(known, _)| *known < row).is_some() {}
            let before = match own.next_if(|(known, _)| *known == row) {
                Some((_, value)) => value,
                None => self.base.value(row)?,
            };
            Some((row, self.pair(row, before)))
        })
    }

    /// How many changes there are, and how many where nothing would change.
    pub(super) fn counts(&self) -> (u64, u64) {
        let folded = self.folded();
        let equal = folded.groups.iter().filter(|group| group.is_equal());
        let equal = folded.equal.len() + equal.map(|group| group.rows.len()).sum::<u64>();
        (self.rows.len() - equal, equal)
    }

    fn folded(&self) -> &Folded {
        self.folded.get_or_init(|| self.fold())
    }

    fn fold(&self) -> Folded {
        let mut folded = Folded::default();
        let is_assigned = |link: &Arc<Link>| matches!(link.edit.edit, Edit::Assign(_));
        let by_row = self.links.iter().any(is_assigned);
        for pin in self.base.pins() {
            let rows = &pin.rows & &self.rows;
            if by_row {
                match self.fold_by_row(&rows, |_| Cow::Borrowed(&pin.value)) {
                    Some(groups) => folded.groups.extend(groups),
                    None => folded.scattered |= rows,
                }
            } else if let Some(row) = rows.min() {
                let pair = self.pair(row, Cow::Borrowed(&pin.value));
                folded.groups.push(pair.on(rows));
            }
        }
        let own = self.base.scattered() & &self.rows;
        let few = (own.len() <= FEW as u64).then(|| {
            let value = |row| self.base.value(row).unwrap_or_default();
            self.fold_by_row(&own, value)
        });
        match few.flatten() {
            Some(groups) => folded.groups.extend(groups),
            None => folded.scattered |= own,
        }
        self.judge(&mut folded);
        folded
    }

    /// Sorts the scattered rows: where something changes, and how.
    fn judge(&self, folded: &mut Folded) {
        let kinds = &mut folded.kinds;
        if let [link] = self.links.as_slice()
            && link.always_changes()
        {
            let all = folded.scattered.len();
            kinds.fill = self.base.without_value(&folded.scattered);
            kinds.replace = all - kinds.fill;
            return;
        }
        let mut equal = Vec::new();
        for (row, pair) in self.each(&folded.scattered) {
            if pair.is_equal() {
                equal.push(row);
            } else {
                kinds.count(&pair.before, &pair.after);
            }
        }
        folded.equal = sorted(equal);
    }

    /// Equal changes among rows, if there are not too many different ones.
    fn fold_by_row<'a>(
        &self,
        rows: &RoaringBitmap,
        before: impl Fn(Row) -> Cow<'a, Value>,
    ) -> Option<Vec<Group>> {
        let mut groups: IndexMap<(Cow<'a, Value>, Value), RoaringBitmap> = IndexMap::new();
        for row in rows {
            let before = before(row);
            let after = self.after(row, &before);
            groups.entry((before, after)).or_default().insert(row);
            if groups.len() > FEW {
                return None;
            }
        }
        let group = |((before, after), rows): ((Cow<'a, Value>, Value), _)| Group {
            before: before.into_owned(),
            after,
            delta: self.delta(),
            rows,
        };
        Some(groups.into_iter().map(group).collect())
    }
}

impl Pair {
    fn on(self, rows: RoaringBitmap) -> Group {
        Group {
            before: self.before,
            after: self.after,
            delta: self.delta,
            rows,
        }
    }
}

/// Two tag edits in a row; `None` as soon as one of them replaces the whole value.
fn merged(first: Option<&TagDelta>, second: Option<&TagDelta>) -> Option<TagDelta> {
    let mut delta = first?.clone();
    let second = second?;
    for tag in &second.add {
        delta.remove.retain(|removed| removed != tag);
        if !delta.add.contains(tag) {
            delta.add.push(tag.clone());
        }
    }
    for tag in &second.remove {
        delta.add.retain(|added| added != tag);
        if !delta.remove.contains(tag) {
            delta.remove.push(tag.clone());
        }
    }
    Some(delta)
}
