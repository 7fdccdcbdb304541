//! The lines about the effect of a certificate: the table, and asset by asset.

use ratatui::{Frame, layout::Rect};

use super::effect::Effects;
use crate::{
    domain::{
        CertificateStatus, Row, Value,
        judging::{Fate, certificate_of, status},
    },
    ui::{
        action::{Action, Answer},
        component::Scene,
        layout::line,
        theme::Role,
        widgets::text,
    },
};

fn short(now: Option<CertificateStatus>) -> String {
    now.map_or_else(
        || "- none".into(),
        |status| format!("{} {status}", status.letter()),
    )
}

/// What there is now, how many, and what becomes of them. Returns the lines it took.
pub(super) fn draw_table(
    frame: &mut Frame<'_>,
    area: Rect,
    effects: &Effects,
    scene: &Scene<'_>,
) -> u16 {
    let theme = scene.theme;
    let head = format!(" {:<13}{:>5}    after", "Now", "count");
    text::put(
        frame.buffer_mut(),
        line(area, 0),
        &head,
        theme.style(Role::Title),
    );
    let mut next = 1;
    for (now, count, after) in &effects.table() {
        for (number, (words, part)) in after.iter().enumerate() {
            let (now, count) = if number == 0 {
                (short(*now), text::number(*count))
            } else {
                (String::new(), String::new())
            };
            let words = format!(" {now:<13}{count:>5} -> {words} {}", text::number(*part));
            text::put(
                frame.buffer_mut(),
                line(area, next),
                &words,
                theme.style(Role::Text),
            );
            next += 1;
        }
    }
    next
}

/// One asset: what it has and what it would have, or why it stays. Returns the lines it took.
pub(super) fn draw_asset(
    frame: &mut Frame<'_>,
    area: Rect,
    (row, effects, current): (Row, &Effects, bool),
    scene: &Scene<'_>,
) -> u16 {
    let theme = scene.theme;
    let now = certificate_of(row, scene.workbench);
    let fate = &effects.judged.of(row, scene.workbench);
    let sign = match fate {
        Fate::Change => " ",
        Fate::Equal | Fate::Kept(_) => "=",
        Fate::Asks => "?",
        Fate::Denied => "x",
        Fate::Missing(_) | Fate::Refused(_) => "E",
    };
    let base = theme.style(if current { Role::Cursor } else { Role::Text });
    let names = (area.width / 3).clamp(10, 22);
    let head = line(area, 0);
    if current {
        text::fill(frame.buffer_mut(), head, base);
    }
    let name = format!("{sign} {}", scene.workbench.listing.name(row));
    text::put(
        frame.buffer_mut(),
        Rect {
            width: names.min(head.width),
            ..head
        },
        &name,
        base,
    );
    let first = outcome(fate, &now, scene);
    let role = if matches!(fate, Fate::Change) {
        Role::Removed
    } else {
        Role::Text
    };
    let value = |area: Rect| {
        let x = (area.x + names + 1).min(area.right());
        Rect {
            x,
            width: area.right() - x,
            ..area
        }
    };
    let style = if current { base } else { theme.style(role) };
    text::put(frame.buffer_mut(), value(head), &first, style);
    let after = effects.judged.after(row, scene.workbench);
    let Some(after) = after.filter(|_| *fate == Fate::Change) else {
        return 1;
    };
    let words = format!("+ {}", told(&after));
    text::put(
        frame.buffer_mut(),
        value(line(area, 1)),
        &words,
        theme.style(Role::Added),
    );
    2
}

/// What becomes of an asset, in its first line.
fn outcome(fate: &Fate, now: &Value, scene: &Scene<'_>) -> String {
    let keys = |answer| {
        scene
            .keymap
            .keys(Action::Answer(answer))
            .unwrap_or_default()
    };
    match fate {
        Fate::Change => format!("- {}", told(now)),
        Fate::Equal => format!("already {}", told(now)),
        Fate::Kept(why) => format!("kept: {why}"),
        Fate::Asks => {
            let (yes, no) = (keys(Answer::Yes), keys(Answer::No));
            format!("needs your yes ({yes} / {no}): {}", told(now))
        }
        Fate::Denied => format!("{} stays: you said no", told(now)),
        Fate::Missing(field) => format!("it has no {field}: not staged"),
        Fate::Refused(why) => format!("{why}: not staged"),
    }
}

/// `V "checked"`, `none`.
fn told(value: &Value) -> String {
    match (value, status(value)) {
        (Value::Certificate(certificate), Some(status)) if !certificate.message.is_empty() => {
            format!("{} \"{}\"", status.letter(), certificate.message)
        }
        (_, Some(status)) => format!("{} {status}", status.letter()),
        (_, None) => "none".into(),
    }
}
