//! A group as a diff: equal changes folded into one, the odd ones first.

use std::collections::HashSet;

use ratatui::style::Style;
use roaring::RoaringBitmap;

use super::{
    blocks::{Block, blocks},
    groups::Group,
    problems::Problems,
};
use crate::{
    domain::{FieldKey, Row, TagDelta, Value, oplog::Picked},
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
    pub(super) delta: Option<TagDelta>,
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

    /// The lines of one that stands for itself: always as many, with every value on one line.
    fn short(&self, scene: &Scene<'_>) -> Vec<(String, Style)> {
        let one_line = |value: &Value| match value {
            Value::List(_) => Value::text(value.display()),
            Value::Absent
            | Value::Unknown
            | Value::Text(_)
            | Value::Certificate(_)
            | Value::Asset { .. } => value.clone(),
        };
        let mut lines = vec![self.head(scene)];
        lines.extend(self.note(scene));
        let (before, after) = (one_line(&self.before), one_line(&self.after));
        let values = diff::lines(&before, &after, None, scene.theme);
        lines.extend(
            values
                .into_iter()
                .map(|(line, style)| (format!("    {line}"), style)),
        );
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
    /// The block.
    block: usize,
    /// The asset, on a line that names one.
    pub(super) row: Option<Row>,
    /// Which line of its fold.
    line: usize,
}

/// The diff of a group.
#[derive(Clone, Debug, Default)]
pub(super) struct Diff {
    blocks: Vec<Block>,
    /// The first line of each block, and how many lines a fold has before its names.
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
        let mut blocks = blocks(group, problems, scene);
        let mut diff = Self::default();
        if !equal {
            let hidden = blocks.iter().filter(|block| block.is_equal());
            diff.hidden = hidden.map(|block| block.rows().len()).sum();
            blocks.retain(|block| !block.is_equal());
        }
        let count = |rows: &RoaringBitmap| usize::try_from(rows.len()).unwrap_or(usize::MAX);
        for block in &blocks {
            let (height, lines) = match block {
                Block::Fold(fold) => {
                    let height = fold.height(width, scene);
                    let names = match count(&fold.rows) {
                        1 => 0,
                        count if open.contains(&fold.key()) => count,
                        _ => 1,
                    };
                    (height, height + names)
                }
                Block::Each(each) => {
                    let height = each.height();
                    (height, height.saturating_mul(count(&each.rows)))
                }
            };
            diff.starts.push((diff.len, height));
            diff.len += lines;
        }
        diff.blocks = blocks;
        diff
    }

    /// How many lines.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Whether the first change is one that `(` and `)` stop at.
    pub(super) fn begins_with_problem(&self) -> bool {
        self.blocks.first().is_some_and(Block::is_problem)
    }

    /// The changes a line is about.
    pub(super) fn fold(&self, place: Place, scene: &Scene<'_>) -> Fold {
        match (&self.blocks[place.block], place.row) {
            (Block::Fold(fold), _) => fold.clone(),
            (Block::Each(each), row) => each.fold(row.unwrap_or_default(), scene),
        }
    }

    /// What a line is about.
    pub(super) fn place(&self, line: usize, open: &HashSet<Key>) -> Option<Place> {
        if line >= self.len {
            return None;
        }
        let block = self
            .starts
            .partition_point(|(start, _)| *start <= line)
            .checked_sub(1)?;
        let (start, height) = self.starts[block];
        let line = line - start;
        let select = |rows: &RoaringBitmap, at: usize| rows.select(u32::try_from(at).ok()?);
        let fold = match &self.blocks[block] {
            Block::Fold(fold) => fold,
            Block::Each(each) => {
                let row = select(&each.rows, line / height);
                let line = line % height;
                return Some(Place { block, row, line });
            }
        };
        let row = match line.checked_sub(height) {
            Some(name) if open.contains(&fold.key()) => select(&fold.rows, name),
            None if fold.rows.len() == 1 => fold.rows.min(),
            Some(_) | None => None,
        };
        Some(Place { block, row, line })
    }

    /// The first line of the next or the previous fold with a problem.
    pub(super) fn problem(&self, line: usize, down: bool) -> Option<usize> {
        let lines = |place: usize| -> (usize, usize, usize) {
            let (start, height) = self.starts[place];
            match &self.blocks[place] {
                Block::Fold(_) => (start, 1, 1),
                Block::Each(each) => (start, height, usize::try_from(each.rows.len()).unwrap_or(0)),
            }
        };
        let problems = (0..self.blocks.len()).filter(|place| self.blocks[*place].is_problem());
        let mut heads = problems.map(lines);
        if down {
            heads.find_map(|(start, height, count)| {
                let passed = (line + 1).saturating_sub(start).div_ceil(height);
                (passed < count).then(|| start + passed * height)
            })
        } else {
            let before = heads.take_while(|(start, ..)| *start < line).last();
            let (start, height, count) = before?;
            let at = (line - 1 - start) / height;
            Some(start + at.min(count - 1) * height)
        }
    }

    /// The text of a line.
    pub(super) fn line(&self, place: Place, width: u16, scene: &Scene<'_>) -> (String, Style) {
        let fold = match &self.blocks[place.block] {
            Block::Fold(fold) => fold,
            Block::Each(each) => {
                let fold = each.fold(place.row.unwrap_or_default(), scene);
                let mut lines = fold.short(scene);
                return lines
                    .get_mut(place.line)
                    .map(std::mem::take)
                    .unwrap_or_default();
            }
        };
        let height = self.starts[place.block].1;
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
