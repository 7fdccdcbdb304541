//! The form of the field under the cursor.

use ratatui::{Frame, layout::Rect, style::Style};

use crate::{
    domain::EditError,
    ui::{
        component::Scene,
        dialogs::edit::{EditDialog, Focus, fields::FieldLine, form::Operation, panes::FormPlaces},
        layout::line,
        theme::Role,
        widgets::text,
    },
};

impl EditDialog {
    pub(super) fn draw_form(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let Some(one) = self.line().filter(|_| !area.is_empty()) else {
            return;
        };
        let operation = one.form.operation;
        let count = |names: &[&str]| u16::try_from(names.len()).unwrap_or(0);
        let places = FormPlaces::of(area, count(operation.inputs()), count(operation.switches()));
        let (quiet, title) = (
            scene.theme.style(Role::Quiet),
            scene.theme.style(Role::Title),
        );
        let name = one.field.key.as_str();
        let lead = if places.head.is_empty() {
            format!(" {name} ")
        } else {
            " Op ".into()
        };
        if !places.head.is_empty() {
            let mut pieces = vec![(format!(" {name}   "), title), (rules(one), quiet)];
            if let Some(staged) = &one.staged {
                let words = format!("   now {}, staged {staged}", one.now);
                pieces.push((words, scene.theme.style(Role::Text)));
            }
            text::put_all(frame.buffer_mut(), places.head, &pieces);
        }
        if let Some(why) = &one.locked {
            let words = format!(" {name} can't be edited: {why}");
            let at = if places.head.is_empty() {
                places.operation
            } else {
                places.notes
            };
            text::put(frame.buffer_mut(), at, &words, quiet);
            return;
        }
        self.draw_operations(frame, places.operation, (one, &lead), scene);
        for (number, (label, place)) in places.inputs.iter().enumerate() {
            let name = operation.inputs()[number];
            text::put(frame.buffer_mut(), *label, &format!(" {name}"), quiet);
            let focus = self.focus == Focus::Input(number);
            one.form
                .input(number)
                .draw(frame, *place, scene.theme, focus);
        }
        self.draw_switches(frame, places.switches, one, scene);
        self.draw_notes(frame, &places, one, scene);
        draw_values(frame, places.values, (one, self.focus), scene);
    }

    fn draw_operations(
        &self,
        frame: &mut Frame<'_>,
        area: Rect,
        (one, lead): (&FieldLine, &str),
        scene: &Scene<'_>,
    ) {
        let (plain, title) = (
            scene.theme.style(Role::Text),
            scene.theme.style(Role::Title),
        );
        let all = Operation::suiting(one.field.kind);
        let wide: usize = all.iter().map(|operation| operation.word().len() + 5).sum();
        let roomy = wide + text::width(lead) <= usize::from(area.width) + 1;
        let mut pieces: Vec<(String, Style)> = vec![(lead.to_owned(), title)];
        let mut at = text::width(lead);
        for operation in all {
            let chosen = *operation == one.form.operation;
            let focused = chosen && self.focus == Focus::Operation;
            if focused {
                let column = u16::try_from(at + 1).unwrap_or(0);
                let column = column.min(area.width.saturating_sub(1));
                frame.set_cursor_position((area.x + column, area.y));
            }
            let word = operation.word();
            let piece = match (roomy, chosen) {
                (true, true) => format!("(o) {word} "),
                (true, false) => format!("( ) {word} "),
                (false, true) => format!("[{word}]"),
                (false, false) => format!(" {word} "),
            };
            at += text::width(&piece);
            let style = if focused {
                scene.theme.style(Role::Cursor)
            } else {
                plain
            };
            pieces.push((piece, style));
        }
        text::put_all(frame.buffer_mut(), area, &pieces);
    }

    fn draw_switches(&self, frame: &mut Frame<'_>, area: Rect, one: &FieldLine, scene: &Scene<'_>) {
        let mut x = area.x;
        for (place, name) in one.form.operation.switches().iter().enumerate() {
            let tick = if one.form.switch(place) { "[x]" } else { "[ ]" };
            let focused = self.focus == Focus::Switch(place);
            let role = if focused { Role::Cursor } else { Role::Text };
            let here = Rect {
                x,
                width: area.right().saturating_sub(x),
                ..area
            };
            let words = format!("{tick} {name}");
            x += text::put(frame.buffer_mut(), here, &words, scene.theme.style(role)) + 2;
            if focused {
                frame.set_cursor_position((here.x + 1, here.y));
            }
        }
    }

    /// What is wrong with this field, or what it would do.
    fn draw_notes(
        &self,
        frame: &mut Frame<'_>,
        places: &FormPlaces,
        one: &FieldLine,
        scene: &Scene<'_>,
    ) {
        let theme = scene.theme;
        let area = places.notes;
        let problem = self
            .problem
            .as_ref()
            .filter(|(field, _)| *field == one.field.key);
        let place = match problem {
            Some((_, EditError::Pattern { position, why })) => Some((0, position, why)),
            Some((_, EditError::Replacement { position, why })) => Some((1, position, why)),
            Some((_, EditError::Value(_) | EditError::Unsuited(_))) | None => None,
        };
        if let Some((input, position, why)) = place {
            let text = places.inputs.get(input).map_or(area, |(_, text)| *text);
            let column = u16::try_from(position.saturating_sub(1)).unwrap_or(u16::MAX);
            let x = text.x + column.min(text.width.saturating_sub(1));
            let below = places.caret;
            let place = Rect {
                x,
                width: below.right().saturating_sub(x),
                ..below
            };
            text::put(
                frame.buffer_mut(),
                place,
                &format!("^ {why}"),
                theme.style(Role::Error),
            );
            return;
        }
        let (words, role) = if let Some((_, error)) = problem {
            (format!("E {error}"), Role::Error)
        } else {
            self.note(one)
        };
        for (number, words) in (0..).zip(text::wrapped(&words, area.width.saturating_sub(2))) {
            let place = line(area, number);
            let place = Rect {
                x: place.x + 1,
                width: place.width.saturating_sub(1),
                ..place
            };
            text::put(frame.buffer_mut(), place, &words, theme.style(role));
        }
    }

    fn note(&self, one: &FieldLine) -> (String, Role) {
        if !one.ticked {
            let words = "Not ticked: this field stays as it is. Space in the list ticks it.";
            return (words.into(), Role::Quiet);
        }
        if let Err(why) = one.form.edits(&one.field) {
            return (format!("{}: {why}.", one.field.key), Role::Warning);
        }
        let Some(effect) = self
            .worked
            .fields
            .iter()
            .find(|effect| effect.field == one.field.key)
        else {
            return (String::new(), Role::Text);
        };
        let [change, equal, refused] = effect.counts();
        let change = text::counted(change, "change");
        let [equal, refused] = [equal, refused].map(text::number);
        let counts = format!("{change}, {equal} equal, {refused} refused");
        match effect.refusal() {
            Some(why) => (format!("E {why}  ({counts})"), Role::Error),
            None => (counts, Role::Text),
        }
    }
}

/// `text, max 500, required`.
fn rules(one: &FieldLine) -> String {
    let mut rules = vec![format!("type {}", one.field.kind.word())];
    if let Some(most) = one.field.max_length {
        rules.push(format!("max {most}"));
    }
    if one.field.required {
        rules.push("required".into());
    }
    if one.field.closed {
        rules.push(format!("one of {}", one.field.allowed.len()));
    }
    if !one.field.remark.is_empty() {
        rules.push(one.field.remark.clone());
    }
    rules.join(", ")
}

/// The values that fit what is being written.
fn draw_values(
    frame: &mut Frame<'_>,
    area: Rect,
    (one, focus): (&FieldLine, Focus),
    scene: &Scene<'_>,
) {
    let Focus::Input(place) = focus else {
        return;
    };
    if !one.form.takes_values() {
        return;
    }
    let words = if one.field.allowed.is_empty() {
        let values = one
            .values
            .iter()
            .take(8)
            .map(String::as_str)
            .collect::<Vec<_>>();
        if values.is_empty() {
            return;
        }
        format!(" Up/Down: {}", values.join(" | "))
    } else {
        let fitting = one.form.fitting(&one.field, place);
        match fitting.as_slice() {
            [] => " no allowed value fits".to_owned(),
            some => format!(" Tab: {}", some[..some.len().min(12)].join(" | ")),
        }
    };
    text::put(
        frame.buffer_mut(),
        area,
        &words,
        scene.theme.style(Role::Quiet),
    );
}
