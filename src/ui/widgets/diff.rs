//! A change as lines: what goes with `-`, what comes with `+`, tags one by one.

use ratatui::style::Style;

use crate::{
    domain::{TagDelta, Value, text::visible},
    ui::theme::{Role, Theme},
};

/// A value for people: `(empty)` where there is none, line breaks and controls visible.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Absent => "(empty)".into(),
        Value::Unknown => "(not read)".into(),
        Value::Text(_) | Value::List(_) | Value::Certificate(_) | Value::Asset { .. } => {
            visible(&value.display()).into_owned()
        }
    }
}

/// The lines of a change: sign and text, with the style of each.
pub fn lines(
    before: &Value,
    after: &Value,
    delta: Option<&TagDelta>,
    theme: &Theme,
) -> Vec<(String, Style)> {
    let (minus, plus) = (theme.style(Role::Removed), theme.style(Role::Added));
    if crate::domain::run::same(before, after) {
        return vec![(
            format!("= already {}", shown(after)),
            theme.style(Role::Quiet),
        )];
    }
    if let Some(delta) = delta {
        let had = |tag: &String| before.entries().contains(tag);
        let gone = delta.remove.iter().filter(|tag| had(tag));
        let come = delta.add.iter().filter(|tag| !had(tag));
        let gone = gone.map(|tag| (format!("- {}", visible(tag)), minus));
        return gone
            .chain(come.map(|tag| (format!("+ {}", visible(tag)), plus)))
            .collect();
    }
    if let (Value::List(old), Value::List(new)) = (before, after) {
        let gone = old.iter().filter(|tag| !new.contains(tag));
        let come = new.iter().filter(|tag| !old.contains(tag));
        let gone = gone.map(|tag| (format!("- {}", visible(tag)), minus));
        return gone
            .chain(come.map(|tag| (format!("+ {}", visible(tag)), plus)))
            .collect();
    }
    vec![
        (format!("- {}", shown(before)), minus),
        (format!("+ {}", shown(after)), plus),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(before: &Value, after: &Value, delta: Option<&TagDelta>) -> Vec<String> {
        let lines = lines(before, after, delta, &Theme::default());
        lines.into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn a_change_shows_what_goes_and_what_comes() {
        let (old, new) = (Value::Absent, Value::text("Acme\nRetail"));
        assert_eq!(text(&old, &new, None), ["- (empty)", "+ Acme⏎Retail"]);
        assert_eq!(text(&new, &new, None), ["= already Acme⏎Retail"]);
        let (old, new) = (
            Value::list(["outer", "red"]),
            Value::list(["red", "outerwear"]),
        );
        assert_eq!(text(&old, &new, None), ["- outer", "+ outerwear"]);
    }
}
