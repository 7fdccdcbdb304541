//! Draws the thumbnail dialog: targets, candidates, and the picture of the choice.

use ratatui::{Frame, layout::Rect};

use super::{Focus, Mode, ThumbnailDialog, panes::Panes};
use crate::{
    domain::{
        FieldKey, Row,
        judging::{Match, unfit},
        text::visible,
    },
    ui::{
        action::{Action, Answer},
        component::Scene,
        dialogs::behind::told,
        layout::line,
        theme::Role,
        widgets::{boxed, diff, text},
    },
};

impl ThumbnailDialog {
    pub(super) fn draw_all(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let theme = scene.theme;
        text::fill(frame.buffer_mut(), area, theme.style(Role::Text));
        let panes = Panes::of(area, self.focus, theme);
        let marked = text::counted(self.content.rows.len(), "asset");
        let right = format!("{}  nothing is sent yet ", self.content.mode.words());
        let used = text::put_right(
            frame.buffer_mut(),
            panes.title,
            &right,
            theme.style(Role::Quiet),
        );
        let left = Rect {
            width: panes.title.width.saturating_sub(used + 1),
            ..panes.title
        };
        text::put(
            frame.buffer_mut(),
            left,
            &format!(" Thumbnail for {marked}"),
            theme.style(Role::Title),
        );
        if panes.targets.width > 0 {
            boxed(
                frame,
                panes.targets,
                &format!("Targets ({})", text::number(self.targets.rows.len() as u64)),
                theme,
            );
            self.draw_how(frame, panes.how, scene);
            self.draw_targets(frame, &panes, scene);
        }
        if panes.candidates.width > 0 {
            boxed(frame, panes.candidates, "Candidates", theme);
            self.draw_search(frame, panes.search, scene);
            self.draw_candidates(frame, &panes, scene);
        }
        boxed(frame, panes.preview, "Preview", theme);
        self.draw_preview(frame, &panes, scene);
        let rest = self.targets.rest();
        let judged = self.content.rows.len() - rest;
        let sentence = self.targets.counts().sentence(area.width);
        let sentence = told((judged, rest), sentence);
        let place = Rect {
            x: area.x + 1,
            width: area.width.saturating_sub(1),
            ..panes.sentence
        };
        text::put(
            frame.buffer_mut(),
            place,
            &sentence,
            theme.style(Role::Text),
        );
    }

    /// The mode, and below it the choice or the rule.
    fn draw_how(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let theme = scene.theme;
        let mode = Action::Answer(Answer::Mode);
        let is_text = matches!(self.focus, Focus::Rule | Focus::Search);
        let key = if is_text && !self.turns_mode_in_text() {
            scene.keymap.keys_in_text(mode)
        } else {
            scene.keymap.keys(mode)
        };
        let key = key.unwrap_or_default();
        let mut next = 0;
        if area.height >= 5 {
            for mode in Mode::ALL {
                let sign = if mode == self.content.mode {
                    "(o)"
                } else {
                    "( )"
                };
                let words = format!(" {sign} {}", mode.words());
                text::put(
                    frame.buffer_mut(),
                    line(area, next),
                    &words,
                    theme.style(Role::Text),
                );
                next += 1;
            }
            text::put_right(
                frame.buffer_mut(),
                line(area, 0),
                &format!("{key} changes "),
                theme.style(Role::Quiet),
            );
        } else {
            let words = format!(" (o) {}   {key} changes", self.content.mode.words());
            text::put(
                frame.buffer_mut(),
                line(area, 0),
                &words,
                theme.style(Role::Text),
            );
            next = 1;
        }
        let (place, below) = (line(area, next), line(area, next + 1));
        match self.content.mode {
            Mode::One => {
                let choice = self
                    .content
                    .choice
                    .map(|row| scene.workbench.listing.name(row).into_owned());
                let words = choice.map_or_else(
                    || " not chosen yet".into(),
                    |name| format!(" {name} for all"),
                );
                text::put(frame.buffer_mut(), place, &words, theme.style(Role::Title));
            }
            Mode::Rule => self.draw_rule(frame, (place, below), scene),
            Mode::Each => {
                let words = " Enter on a target, Enter on its thumbnail";
                text::put(frame.buffer_mut(), place, words, theme.style(Role::Quiet));
            }
        }
    }

    fn draw_rule(&self, frame: &mut Frame<'_>, (place, below): (Rect, Rect), scene: &Scene<'_>) {
        let theme = scene.theme;
        text::put(frame.buffer_mut(), place, " Rule", theme.style(Role::Quiet));
        let input = Rect {
            x: place.x + 6,
            width: place.width.saturating_sub(7),
            ..place
        };
        self.content
            .rule
            .draw(frame, input, theme, self.focus == Focus::Rule);
        let (x, words, role) = match &self.problem {
            Some(problem) => {
                let column = u16::try_from(problem.position).unwrap_or(u16::MAX);
                let x = input.x + column.min(input.width / 2);
                (x, format!("^ {}", problem.why), Role::Error)
            }
            None if self.content.rule.text().is_empty() => (
                input.x,
                "as ${name|strip:_BACK}_FRONT".to_owned(),
                Role::Quiet,
            ),
            None => return,
        };
        let below = Rect {
            x,
            width: below.right().saturating_sub(x),
            ..below
        };
        text::put(frame.buffer_mut(), below, &words, theme.style(role));
    }

    fn draw_targets(&self, frame: &mut Frame<'_>, panes: &Panes, scene: &Scene<'_>) {
        let list = panes.target_list;
        let shown = self
            .target
            .shown(self.targets.rows.len(), usize::from(list.height));
        for (y, place) in (list.y..list.bottom()).zip(shown) {
            self.draw_target(
                frame,
                Rect {
                    y,
                    height: 1,
                    ..list
                },
                place,
                scene,
            );
        }
        let counts = format!(" {}", self.targets.counts().words());
        text::put(
            frame.buffer_mut(),
            panes.counts,
            &counts,
            scene.theme.style(Role::Title),
        );
    }

    fn draw_target(&self, frame: &mut Frame<'_>, area: Rect, place: usize, scene: &Scene<'_>) {
        let listing = &scene.workbench.listing;
        let row = self.targets.rows[place];
        let name_of = |row: &Row| listing.name(*row).into_owned();
        let (sign, found) = match self.targets.found(place) {
            Some(Match::Ready(choice)) if self.content.picks.get(&row) == Some(choice) => {
                (" ", format!("{}  picked", name_of(choice)))
            }
            Some(Match::Ready(choice)) => (" ", format!("{}  ok", name_of(choice))),
            Some(Match::Equal(choice)) => ("=", format!("already {}", name_of(choice))),
            Some(Match::Itself) => ("i", "itself".into()),
            Some(Match::Missing(name)) => ("E", format!("no {name}")),
            Some(Match::Several(rows)) => ("W", format!("{} candidates", rows.len())),
            Some(Match::Refused(why)) => ("E", why.clone()),
            Some(Match::Open) => ("-", "not chosen".into()),
            None => (" ", String::new()),
        };
        let here = place == self.target.at;
        let focused = here && self.focus == Focus::Targets;
        let style = scene
            .theme
            .style(if focused { Role::Cursor } else { Role::Text });
        text::fill(frame.buffer_mut(), area, style);
        let mark = if here { ">" } else { " " };
        let names = area.width.saturating_sub(3) / 2;
        let head = Rect {
            width: 3.min(area.width),
            ..area
        };
        text::put(frame.buffer_mut(), head, &format!("{sign}{mark}"), style);
        let name = Rect {
            x: area.x + 3,
            width: names,
            ..area
        };
        text::put(frame.buffer_mut(), name, &listing.name(row), style);
        let x = (name.right() + 1).min(area.right());
        let rest = Rect {
            x,
            width: area.right() - x,
            ..area
        };
        text::put(frame.buffer_mut(), rest, &found, style);
        if focused {
            frame.set_cursor_position((area.x, area.y));
        }
    }

    fn draw_search(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let theme = scene.theme;
        let first = line(area, 0);
        text::put(frame.buffer_mut(), first, " / ", theme.style(Role::Key));
        let input = Rect {
            x: first.x + 3,
            width: first.width.saturating_sub(4),
            ..first
        };
        self.search
            .draw(frame, input, theme, self.focus == Focus::Search);
        let found = text::counted(self.candidates.len() as u64, "asset");
        let (words, role) = match &self.lost {
            Some(why) => (format!(" E {why}"), Role::Error),
            None if self.candidates.is_of_the_rule() => {
                (format!(" {found} of that name: pick one"), Role::Quiet)
            }
            None if self.search.text().is_empty() => {
                (format!(" {found}, the same set first"), Role::Quiet)
            }
            None if self.wanted.is_some() && self.found.is_none() => {
                (" looking; these are those of before".into(), Role::Quiet)
            }
            None if scene.view.is_finding() => (format!(" {found} found so far"), Role::Quiet),
            None => (format!(" {found} found"), Role::Quiet),
        };
        text::put(frame.buffer_mut(), line(area, 1), &words, theme.style(role));
    }

    fn draw_candidates(&self, frame: &mut Frame<'_>, panes: &Panes, scene: &Scene<'_>) {
        let list = panes.candidate_list;
        let shown = self
            .candidate
            .shown(self.candidates.len(), usize::from(list.height));
        for (y, place) in (list.y..list.bottom()).zip(shown) {
            if let Some(row) = self.candidates.get(place) {
                let area = Rect {
                    y,
                    height: 1,
                    ..list
                };
                self.draw_candidate(frame, area, (row, place == self.candidate.at), scene);
            }
        }
        let types = scene
            .workbench
            .capabilities
            .as_ref()
            .map(|c| c.thumbnail_types.join(", "));
        let types = types
            .filter(|types| !types.is_empty())
            .unwrap_or_else(|| "any type".into());
        text::put(
            frame.buffer_mut(),
            panes.allowed,
            &format!(" Allowed: {types}"),
            scene.theme.style(Role::Quiet),
        );
    }

    fn draw_candidate(
        &self,
        frame: &mut Frame<'_>,
        area: Rect,
        (row, here): (Row, bool),
        scene: &Scene<'_>,
    ) {
        let listing = &scene.workbench.listing;
        let focused = here && self.focus == Focus::Candidates;
        let refused = unfit(row, scene.workbench).is_some();
        let style = scene.theme.style(match (focused, refused) {
            (true, _) => Role::Cursor,
            (false, true) => Role::Quiet,
            (false, false) => Role::Text,
        });
        text::fill(frame.buffer_mut(), area, style);
        let sign = if refused { "x" } else { " " };
        let mark = if here { ">" } else { " " };
        let chosen = if self.content.choice == Some(row) {
            "*"
        } else {
            " "
        };
        let name = Rect {
            width: area.width.saturating_sub(18),
            ..area
        };
        let words = format!("{sign}{mark}{chosen}{}", visible(&listing.name(row)));
        text::put(frame.buffer_mut(), name, &words, style);
        let remark = if refused { " refused" } else { "" };
        let kind = format!("{}{remark}", listing.kind(row));
        let x = (name.right() + 1).min(area.right());
        let rest = Rect {
            x,
            width: area.right() - x,
            ..area
        };
        text::put(frame.buffer_mut(), rest, &kind, style);
        if focused {
            frame.set_cursor_position((area.x + 1, area.y));
        }
    }

    /// What the target has now and would have, in words and as a picture.
    fn draw_preview(&self, frame: &mut Frame<'_>, panes: &Panes, scene: &Scene<'_>) {
        let (theme, workbench) = (scene.theme, scene.workbench);
        let target = self.targets.rows.get(self.target.at).copied();
        let now = target.map(|row| {
            let key = FieldKey::thumbnail();
            diff::shown(&workbench.draft().value(&workbench.listing, row, &key))
        });
        let mut lines = vec![format!("now   {}", now.unwrap_or_default())];
        let looked = self.looked_at();
        if let Some(row) = looked {
            let listing = &workbench.listing;
            lines.push(format!("after {}", listing.name(row)));
            lines.push(format!("{}  {}", listing.kind(row), listing.id(row)));
            match (
                unfit(row, workbench),
                scene.pictures.words(&listing.id(row)),
            ) {
                (Some(why), _) => lines.push(why),
                (None, Some(words)) => lines.push(words),
                (None, None) => {}
            }
        } else {
            lines.push("after nothing to show".into());
        }
        for (number, words) in (0..).zip(&lines) {
            let place = line(panes.words, number);
            text::put(frame.buffer_mut(), place, words, theme.style(Role::Text));
        }
        if let Some(row) = looked {
            scene
                .pictures
                .draw(&workbench.listing.id(row), frame, panes.picture, theme);
        }
    }
}
