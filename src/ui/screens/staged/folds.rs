//! A group as a diff: equal changes folded into one, the odd ones first.

use std::{borrow::Cow, collections::HashSet};

use indexmap::IndexMap;
use ratatui::style::Style;
use roaring::RoaringBitmap;

use super::{groups::Group, problems::Problems};
use crate::{
    domain::{CertificateStatus, FieldKey, Row, TagDelta, Value, draft, oplog::Picked},
    ui::{
        component::Scene,
        theme::Role,
        widgets::{diff, text},
    },
};

/// Why a change is worth a look, the most urgent first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Oddity {
    /// The server has this value now, not the one it was staged on.
    Drifted(Value),
    /// The plan leaves it out.
    Refused(String),
    /// It takes a value or a verified certificate away.
    Destructive,
    /// It is the only one of its kind.
    Single,
    /// Nothing about it is odd.
    Plain,
    /// Nothing would change.
    Equal,
}

impl Oddity {
    /// Whether `(` and `)` stop at it.
    pub(super) fn is_problem(&self) -> bool {
        matches!(
            self,
            Self::Drifted(_) | Self::Refused(_) | Self::Destructive
        )
    }
}

/// What folds a change with others.
pub(super) type Key = (FieldKey, Value, Value);

/// Changes that are the same.
#[derive(Clone, Debug)]
pub(super) struct Fold {
    pub(super) field: FieldKey,
    pub(super) before: Value,
    pub(super) after: Value,
    delta: Option<TagDelta>,
    pub(super) rows: RoaringBitmap,
    pub(super) oddity: Oddity,
}

/// The sign of a change: `+` fill, `-` clear, `~` replace, `=` equal, `T` a thumbnail, and the
/// letter of a certificate.
pub(super) fn sign(field: &FieldKey, before: &Value, after: &Value) -> char {
    if crate::domain::run::same(before, after) {
        return '=';
    }
    match after {
        Value::Absent | Value::Unknown => '-',
        Value::Certificate(certificate) => certificate.status.letter(),
        Value::Asset { .. } if *field == FieldKey::thumbnail() => 'T',
        Value::Text(_) | Value::List(_) | Value::Asset { .. } if before.is_present() => '~',
        Value::Text(_) | Value::List(_) | Value::Asset { .. } => '+',
    }
}

impl Fold {
    pub(super) fn key(&self) -> Key {
        (self.field.clone(), self.before.clone(), self.after.clone())
    }

    pub(super) fn picked(&self) -> Picked {
        Picked {
            field: self.field.clone(),
            rows: self.rows.clone(),
        }
    }

    fn head(&self, scene: &Scene<'_>) -> (String, Style) {
        let sign = sign(&self.field, &self.before, &self.after);
        let whom = match (self.rows.len(), self.rows.min()) {
            (1, Some(row)) => scene.workbench.listing.name(row).into_owned(),
            (count, _) => format!("{} assets", text::number(count)),
        };
        let role = if self.oddity == Oddity::Equal {
            Role::Quiet
        } else {
            Role::Title
        };
        (
            format!("{sign} {}  {whom}", self.field),
            scene.theme.style(role),
        )
    }

    fn note(&self, scene: &Scene<'_>) -> Option<(String, Style)> {
        let (note, role) = match &self.oddity {
            Oddity::Drifted(now) => (
                format!("? changed on the server: it has {} now", diff::shown(now)),
                Role::Conflict,
            ),
            Oddity::Refused(why) => (format!("E would not be sent: {why}"), Role::Error),
            Oddity::Destructive if self.after.is_present() => (
                "! takes a verified certificate away".to_owned(),
                Role::Warning,
            ),
            Oddity::Destructive => ("! takes the value away".to_owned(), Role::Warning),
            Oddity::Single | Oddity::Plain | Oddity::Equal => return None,
        };
        Some((format!("  {note}"), scene.theme.style(role)))
    }

    /// The lines before the names of the assets.
    fn lines(&self, width: u16, scene: &Scene<'_>) -> Vec<(String, Style)> {
        let mut lines = vec![self.head(scene)];
        lines.extend(self.note(scene));
        let room = width.saturating_sub(4);
        for (line, style) in
            diff::lines(&self.before, &self.after, self.delta.as_ref(), scene.theme)
        {
            if scene.wrap {
                let pieces = text::wrapped(&line, room);
                lines.extend(
                    pieces
                        .into_iter()
                        .map(|piece| (format!("    {piece}"), style)),
                );
            } else {
                lines.push((format!("    {line}"), style));
            }
        }
        lines
    }

    /// How many lines stand before the names; without making them where that is easy.
    fn height(&self, width: u16, scene: &Scene<'_>) -> usize {
        let texts = |value: &Value| !matches!(value, Value::List(_));
        if scene.wrap || self.delta.is_some() || !texts(&self.before) || !texts(&self.after) {
            return self.lines(width, scene).len();
        }
        let pair = if self.oddity == Oddity::Equal { 1 } else { 2 };
        1 + usize::from(self.note(scene).is_some()) + pair
    }
}

/// What a line of the diff is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The fold.
    pub(super) fold: usize,
    /// The asset, on a line that names one.
    pub(super) row: Option<Row>,
    /// Which line of its fold.
    line: usize,
}

/// The diff of a group.
#[derive(Clone, Debug, Default)]
pub(super) struct Diff {
    folds: Vec<Fold>,
    /// The first line of each fold, and how many lines stand before its names.
    starts: Vec<(usize, usize)>,
    len: usize,
    /// Changes that are equal and not shown.
    pub(super) hidden: u64,
}

impl Diff {
    /// Of a group. Equal changes only if they are wanted.
    pub(super) fn of(
        group: &Group,
        problems: &Problems,
        (open, equal): (&HashSet<Key>, bool),
        width: u16,
        scene: &Scene<'_>,
    ) -> Self {
        let mut folds = folds(group, problems, scene);
        let mut diff = Self::default();
        if !equal {
            let hidden = folds.iter().filter(|fold| fold.oddity == Oddity::Equal);
            diff.hidden = hidden.map(|fold| fold.rows.len()).sum();
            folds.retain(|fold| fold.oddity != Oddity::Equal);
        }
        for fold in &folds {
            let height = fold.height(width, scene);
            diff.starts.push((diff.len, height));
            let names = match usize::try_from(fold.rows.len()).unwrap_or(usize::MAX) {
                1 => 0,
                count if open.contains(&fold.key()) => count,
                _ => 1,
            };
            diff.len += height + names;
        }
        diff.folds = folds;
        diff
    }

    /// How many lines.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn folds(&self) -> &[Fold] {
        &self.folds
    }

    /// What a line is about.
    pub(super) fn place(&self, line: usize, open: &HashSet<Key>) -> Option<Place> {
        if line >= self.len {
            return None;
        }
        let fold = self
            .starts
            .partition_point(|(start, _)| *start <= line)
            .checked_sub(1)?;
        let (start, height) = self.starts[fold];
        let line = line - start;
        let one = &self.folds[fold];
        let row = match line.checked_sub(height) {
            Some(name) if open.contains(&one.key()) => u32::try_from(name)
                .ok()
                .and_then(|name| one.rows.select(name)),
            None if one.rows.len() == 1 => one.rows.min(),
            Some(_) | None => None,
        };
        Some(Place { fold, row, line })
    }

    /// The first line of the next or the previous fold with a problem.
    pub(super) fn problem(&self, line: usize, down: bool) -> Option<usize> {
        let problems = self.folds.iter().zip(&self.starts);
        let mut problems = problems.filter(|(fold, _)| fold.oddity.is_problem());
        if down {
            problems
                .map(|(_, (start, _))| *start)
                .find(|start| *start > line)
        } else {
            problems
                .rfind(|(_, (start, _))| *start < line)
                .map(|(_, (start, _))| *start)
        }
    }

    /// The text of a line.
    pub(super) fn line(&self, place: Place, width: u16, scene: &Scene<'_>) -> (String, Style) {
        let fold = &self.folds[place.fold];
        let height = self.starts[place.fold].1;
        if place.line < height {
            let mut lines = fold.lines(width, scene);
            return lines.swap_remove(place.line.min(lines.len() - 1));
        }
        let quiet = scene.theme.style(Role::Quiet);
        match place.row {
            Some(row) => (
                format!("    {}", scene.workbench.listing.name(row)),
                scene.theme.style(Role::Text),
            ),
            None => (names(&fold.rows, width, scene), quiet),
        }
    }
}

/// As many names as fit, and how many more there are.
fn names(rows: &RoaringBitmap, width: u16, scene: &Scene<'_>) -> String {
    let room = usize::from(width.saturating_sub(30)).max(12);
    let (mut line, mut named) = (String::from("   "), 0);
    for row in rows {
        let name = scene.workbench.listing.name(row);
        let name = text::cut(&name, 24);
        if named > 0 && text::width(&line) + text::width(&name) + 1 > room {
            break;
        }
        line.push(' ');
        line.push_str(&name);
        named += 1;
    }
    match rows.len() - named {
        0 => line,
        more => format!("{line} ... {} more  (Enter lists all)", text::number(more)),
    }
}

fn folds(group: &Group, problems: &Problems, scene: &Scene<'_>) -> Vec<Fold> {
    let draft = scene.workbench.draft();
    let mut folds = Vec::new();
    let one_asset = group.step.is_none() && group.parts.iter().all(|part| part.rows.len() == 1);
    for part in &group.parts {
        if let (1, Some(row)) = (part.rows.len(), part.rows.min()) {
            if let Some(same) = draft.of(row, &part.field) {
                split(
                    &mut folds,
                    (&part.field, same, part.rows.clone()),
                    problems,
                    scene,
                );
            }
            continue;
        }
        let groups = draft.fields().find(|(field, _)| **field == part.field);
        for same in groups.into_iter().flat_map(|(_, groups)| groups.groups()) {
            let rows = &same.rows & &part.rows;
            if !rows.is_empty() {
                split(&mut folds, (&part.field, same, rows), problems, scene);
            }
        }
    }
    let several = folds.len() > 1 && !one_asset;
    for fold in folds.iter_mut().filter(|fold| fold.oddity == Oddity::Plain) {
        if several && fold.rows.len() == 1 {
            fold.oddity = Oddity::Single;
        }
    }
    folds.sort_by_key(|fold| match &fold.oddity {
        Oddity::Drifted(_) => 0,
        Oddity::Refused(_) => 1,
        Oddity::Destructive => 2,
        Oddity::Single => 3,
        Oddity::Plain => 4,
        Oddity::Equal => 5,
    });
    folds
}

/// Takes the odd rows of equal changes apart.
fn split(
    folds: &mut Vec<Fold>,
    (field, same, mut rows): (&FieldKey, &draft::Group, RoaringBitmap),
    problems: &Problems,
    scene: &Scene<'_>,
) {
    let mut fold = |rows: RoaringBitmap, oddity: Oddity| {
        folds.push(Fold {
            field: field.clone(),
            before: same.before.clone(),
            after: same.after.clone(),
            delta: same.delta.clone(),
            rows,
            oddity,
        });
    };
    let mut by_value: IndexMap<Cow<'_, Value>, RoaringBitmap> = IndexMap::new();
    for row in &problems.drifted(field, &rows) {
        let now = scene.workbench.listing.value(row, field);
        by_value.entry(now).or_default().insert(row);
    }
    for (now, drifted) in by_value {
        rows -= &drifted;
        fold(drifted, Oddity::Drifted(now.into_owned()));
    }
    for (why, refused) in problems.refused(field, &rows) {
        rows -= &refused;
        fold(refused, Oddity::Refused(why));
    }
    if rows.is_empty() {
        return;
    }
    let verified = |value: &Value| matches!(value, Value::Certificate(one) if one.status == CertificateStatus::Verified);
    let oddity = if same.is_equal() {
        Oddity::Equal
    } else if !same.after.is_present() || (verified(&same.before) && !verified(&same.after)) {
        Oddity::Destructive
    } else {
        Oddity::Plain
    };
    fold(rows, oddity);
}
