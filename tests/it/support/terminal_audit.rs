//! Takes apart what a program wrote to a terminal, and knows which sequences are ours.

use std::collections::BTreeMap;

/// The one question about pictures that is asked of terminals that may know the answer.
const KITTY: &str = "Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA";
/// The modes we switch.
const MODES: [&str; 9] = [
    "25", "1000", "1002", "1003", "1004", "1006", "1015", "1049", "2004",
];

/// What was written, by kind.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    /// How often each kind of sequence.
    pub(crate) kinds: BTreeMap<String, usize>,
    /// The titles the window was given, in order; an empty one is ours taken away.
    pub(crate) titles: Vec<String>,
    /// Everything that is no sequence.
    pub(crate) text: String,
    /// What none of ours is.
    pub(crate) strange: Vec<String>,
}

impl Audit {
    /// Takes everything apart.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut audit = Self::default();
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(error) => {
                audit.strange.push(format!("no UTF-8: {error}"));
                String::from_utf8_lossy(bytes).into_owned()
            }
        };
        let mut rest = text.as_str();
        while let Some(first) = rest.chars().next() {
            rest = if first == '\u{1b}' {
                audit.sequence(&rest[1..])
            } else {
                audit.character(first);
                &rest[first.len_utf8()..]
            };
        }
        audit
    }

    /// Insists that nothing strange is among it.
    #[track_caller]
    pub(crate) fn is_ours(&self) {
        assert!(
            self.strange.is_empty(),
            "{:?} beside {:?}",
            self.strange,
            self.kinds
        );
    }

    fn count(&mut self, kind: String) {
        *self.kinds.entry(kind).or_default() += 1;
    }

    fn character(&mut self, character: char) {
        let acts = character.is_control() && !matches!(character, '\r' | '\n' | '\u{18}');
        let deceives = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if acts || deceives {
            let end: String = self.text.chars().rev().take(20).collect();
            let end: String = end.chars().rev().collect();
            self.strange.push(format!("{character:?} after {end:?}"));
        }
        self.text.push(character);
    }

    /// What follows an escape; gives what is left behind it.
    fn sequence<'a>(&mut self, rest: &'a str) -> &'a str {
        let Some(first) = rest.chars().next() else {
            self.strange.push("an escape at the end".into());
            return rest;
        };
        let behind = &rest[first.len_utf8()..];
        match first {
            '[' => {
                let end = behind.find(|c: char| ('@'..='~').contains(&c));
                let Some(end) = end else {
                    self.strange.push(format!("a CSI without an end: {rest:?}"));
                    return "";
                };
                self.csi(&behind[..end], &behind[end..=end]);
                &behind[end + 1..]
            }
            ']' | '_' | 'P' | '^' | 'X' => {
                let bell = behind.find('\u{7}').map(|at| (at, 1));
                let proper = behind.find("\u{1b}\\").map(|at| (at, 2));
                let end = [bell, proper].into_iter().flatten().min();
                let Some((end, length)) = end else {
                    self.strange
                        .push(format!("a string without an end: {rest:?}"));
                    return "";
                };
                self.string(first, &behind[..end]);
                &behind[end + length..]
            }
            _ => {
                self.strange.push(format!("ESC {first:?}"));
                behind
            }
        }
    }

    fn csi(&mut self, parameters: &str, last: &str) {
        let numbers = parameters
            .chars()
            .all(|c| c.is_ascii_digit() || c == ';' || c == ':');
        let is_ours = match (parameters.strip_prefix('?'), last) {
            (Some(mode), "h" | "l") => MODES.contains(&mode) || mode == "2026",
            (None, "m") => numbers && styles(parameters),
            (None, "A" | "B" | "C" | "D" | "G" | "H" | "J" | "K" | "X" | "d") => numbers,
            (None, "q") => parameters.len() <= 2 && parameters.ends_with(' '),
            (None, "t") => matches!(parameters, "16" | "22;2" | "23;2"),
            (None, "c") => parameters.is_empty(),
            (None, "n") => parameters == "5",
            _ => false,
        };
        if is_ours {
            let private = parameters.starts_with('?') || last == "t";
            let named = if private { parameters } else { "" };
            self.count(format!("CSI {named}{last}"));
        } else {
            self.strange.push(format!("CSI {parameters}{last}"));
        }
    }

    fn string(&mut self, kind: char, text: &str) {
        match (kind, text.split_once(';')) {
            (']', Some(("2", title))) => {
                self.count("OSC 2".into());
                self.titles.push(title.to_owned());
                let is_ours = title
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "- %?".contains(c));
                if !is_ours || title.len() > 60 {
                    self.strange.push(format!("the title {title:?}"));
                }
            }
            (']', Some(("52", copied))) if copied.starts_with("c;") => self.count("OSC 52".into()),
            ('_', _) if text == KITTY => self.count("APC".into()),
            _ => self.strange.push(format!("ESC {kind} {text:?}")),
        }
    }
}

/// Whether a style is one we use: nothing blinks and nothing is concealed.
fn styles(parameters: &str) -> bool {
    let mut rest = parameters.split(';');
    while let Some(one) = rest.next() {
        if matches!(one, "38" | "48" | "58") {
            let more = if rest.next() == Some("2") { 3 } else { 1 };
            rest.by_ref().take(more).for_each(drop);
        } else if matches!(one, "5" | "6" | "8") {
            return false;
        }
    }
    true
}
