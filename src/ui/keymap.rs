//! Which keys do what, where: made from the table of actions, a preset and the user's overrides.

use super::{
    action::{ACTIONS, Action, ActionRow, Context, MENUS, Menu},
    chord::{self, Chord, Key, NoChord},
};

/// Which keys actions have before the user changes any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// Letters and arrows.
    #[default]
    Default,
    /// No single letters in lists: arrows, function keys and menus.
    Arrows,
}

impl Preset {
    /// The preset of a name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "default" => Some(Self::Default),
            "arrows" => Some(Self::Arrows),
            _ => None,
        }
    }
}

/// What is wrong with a set of keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    /// No action is called so.
    #[error("there is no action `{name}`{}", hint(.near.as_deref()))]
    NoAction {
        /// As it was written.
        name: String,
        /// The nearest right one.
        near: Option<String>,
    },
    /// A key can't be read.
    #[error("{name}: {source}")]
    Chord {
        /// The action.
        name: String,
        /// The key.
        #[source]
        source: NoChord,
    },
    /// Two actions want one key in one place.
    #[error("`{keys}` is the key of both `{first}` and `{second}` in {place}")]
    Clash {
        /// The key.
        keys: String,
        /// One action.
        first: &'static str,
        /// The other.
        second: &'static str,
        /// Where both are in force.
        place: &'static str,
    },
}

fn hint(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean `{near}`?"))
        .unwrap_or_default()
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Binding {
    keys: Vec<Chord>,
    row: usize,
}

/// What the keys typed so far mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// They are an action.
    Action(Action),
    /// They begin one.
    Begins,
    /// They mean nothing here.
    Nothing,
}

/// The keys in force.
#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: Vec<Binding>,
    preset: Preset,
}

impl Default for Keymap {
    /// The default preset. A test keeps its table free of mistakes.
    fn default() -> Self {
        Self::new(Preset::Default, &[]).unwrap_or(Self {
            bindings: Vec::new(),
            preset: Preset::Default,
        })
    }
}

impl Keymap {
    /// A preset with some actions given other keys (an empty list takes the keys away).
    ///
    /// # Errors
    ///
    /// The first unknown name, key that can't be read, or clash.
    pub fn new(preset: Preset, overrides: &[(String, Vec<String>)]) -> Result<Self, KeymapError> {
        for (name, _) in overrides {
            if Action::named(name).is_none() {
                let near = crate::domain::text::nearest(name, ACTIONS, |row| row.name);
                return Err(KeymapError::NoAction {
                    name: name.clone(),
                    near: near.map(|row| row.name.to_owned()),
                });
            }
        }
        let mut bindings = Vec::new();
        for (place, row) in ACTIONS.iter().enumerate() {
            let chosen = overrides.iter().rev().find(|(name, _)| name == row.name);
            let keys = match chosen {
                Some((_, keys)) => keys.clone(),
                None => row.keys.iter().map(|keys| (*keys).to_owned()).collect(),
            };
            for keys in sequences(&keys, row)? {
                let Some(keys) = suited(keys, preset, chosen.is_some()) else {
                    continue;
                };
                bindings.push(Binding { keys, row: place });
            }
            if preset == Preset::Arrows && chosen.is_none() {
                let further: Vec<String> = row.arrows.iter().map(|&keys| keys.into()).collect();
                for keys in sequences(&further, row)? {
                    let keys = suited(keys, preset, false).unwrap_or_default();
                    bindings.push(Binding { keys, row: place });
                }
            }
        }
        let keymap = Self { bindings, preset };
        keymap.clash().map_or(Ok(keymap), Err)
    }

    fn clash(&self) -> Option<KeymapError> {
        for (place, one) in self.bindings.iter().enumerate() {
            for two in self.bindings[place + 1..]
                .iter()
                .filter(|two| two.row != one.row)
            {
                if !one.keys.starts_with(&two.keys) && !two.keys.starts_with(&one.keys) {
                    continue;
                }
                let (first, second) = (&ACTIONS[one.row], &ACTIONS[two.row]);
                let both = first
                    .contexts
                    .iter()
                    .find(|context| second.contexts.contains(context));
                if let Some(both) = both {
                    return Some(KeymapError::Clash {
                        keys: chord::shown(if one.keys.len() < two.keys.len() {
                            &one.keys
                        } else {
                            &two.keys
                        }),
                        first: first.name,
                        second: second.name,
                        place: both.word(),
                    });
                }
            }
        }
        None
    }

    /// What these keys mean where these contexts are in force, the most particular first.
    pub fn lookup(&self, keys: &[Chord], contexts: &[Context]) -> Lookup {
        let mut begins = false;
        for context in contexts {
            for binding in self.within(*context) {
                if binding.keys == keys {
                    return Lookup::Action(ACTIONS[binding.row].action);
                }
                begins |= binding.keys.starts_with(keys);
            }
        }
        if begins {
            Lookup::Begins
        } else {
            Lookup::Nothing
        }
    }

    fn within(&self, context: Context) -> impl Iterator<Item = &Binding> {
        self.bindings
            .iter()
            .filter(move |binding| ACTIONS[binding.row].contexts.contains(&context))
    }

    /// What may follow keys that begin something: the next keys and their actions.
    pub fn following(&self, keys: &[Chord], contexts: &[Context]) -> Vec<(String, Action)> {
        let mut found: Vec<(String, Action)> = Vec::new();
        for context in contexts {
            for binding in self.within(*context) {
                if binding.keys.len() <= keys.len() || !binding.keys.starts_with(keys) {
                    continue;
                }
                let rest = chord::shown(&binding.keys[keys.len()..]);
                if !found.iter().any(|(known, _)| *known == rest) {
                    found.push((rest, ACTIONS[binding.row].action));
                }
            }
        }
        found
    }

    /// The first keys of an action, as hints show them; `None` if it has none.
    pub fn keys(&self, action: Action) -> Option<String> {
        self.all_keys(action).into_iter().next()
    }

    /// The first keys of an action that work where text is typed; `None` if it has none.
    pub fn keys_in_text(&self, action: Action) -> Option<String> {
        let of_action = |binding: &&Binding| ACTIONS[binding.row].action == action;
        let mut bindings = self.bindings.iter().filter(of_action);
        let keys = bindings.find(|binding| binding.keys[0].typed().is_none())?;
        Some(chord::shown(&keys.keys))
    }

    /// All keys of an action, as help shows them.
    pub fn all_keys(&self, action: Action) -> Vec<String> {
        self.bindings
            .iter()
            .filter(|binding| ACTIONS[binding.row].action == action)
            .map(|binding| chord::shown(&binding.keys))
            .collect()
    }

    /// The key that opens a menu.
    pub fn menu(&self, menu: Menu) -> String {
        match self.preset {
            Preset::Default => menu.prefix.to_string(),
            Preset::Arrows => format!("F{}", menu.function_key),
        }
    }

    /// The menu that these keys open.
    pub fn menu_of(&self, keys: &[Chord]) -> Option<Menu> {
        let [first] = keys else { return None };
        MENUS
            .into_iter()
            .find(|menu| self.menu(*menu) == first.to_string())
    }
}

fn sequences(keys: &[String], row: &ActionRow) -> Result<Vec<Vec<Chord>>, KeymapError> {
    keys.iter()
        .map(|text| {
            Chord::sequence(text).map_err(|source| KeymapError::Chord {
                name: row.name.into(),
                source,
            })
        })
        .collect()
}

/// The keys of a preset: without letters, menus open by function keys and lone letters fall away.
fn suited(mut keys: Vec<Chord>, preset: Preset, chosen: bool) -> Option<Vec<Chord>> {
    if preset == Preset::Default || chosen {
        return Some(keys);
    }
    let Some(letter) = keys.first().and_then(|first| first.letter()) else {
        return Some(keys);
    };
    if keys.len() == 1 {
        return None;
    }
    let menu = MENUS.iter().find(|menu| menu.prefix == letter)?;
    keys[0] = Chord::plain(Key::F(menu.function_key));
    Some(keys)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::ui::action::{Go, Mark, View};

    fn keys(text: &str) -> Vec<Chord> {
        Chord::sequence(text).unwrap()
    }

    #[test]
    fn names_are_unique_and_no_key_means_two_things_in_one_place() {
        let names: HashSet<_> = ACTIONS.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), ACTIONS.len());
        let actions: HashSet<_> = ACTIONS.iter().map(|row| row.action).collect();
        assert_eq!(actions.len(), ACTIONS.len());
        for preset in [Preset::Default, Preset::Arrows] {
            Keymap::new(preset, &[]).unwrap();
        }
        for row in ACTIONS {
            assert!(
                !row.help.is_empty() && !row.label.is_empty(),
                "{}",
                row.name
            );
        }
    }

    #[test]
    fn a_sequence_is_begun_and_then_meant() {
        let keymap = Keymap::default();
        let here = [Context::Browse, Context::List, Context::Anywhere];
        assert_eq!(keymap.lookup(&keys("s"), &here), Lookup::Begins);
        assert_eq!(
            keymap.lookup(&keys("s a"), &here),
            Lookup::Action(Action::Mark(Mark::All))
        );
        assert_eq!(keymap.lookup(&keys("s %"), &here), Lookup::Nothing);
        assert_eq!(
            keymap.lookup(&keys("?"), &here),
            Lookup::Action(Action::Go(Go::Help))
        );
    }

    #[test]
    fn a_clash_is_refused_with_both_names() {
        let error = Keymap::new(Preset::Default, &[("undo".into(), vec!["e".into()])]);
        assert_eq!(
            error.unwrap_err().to_string(),
            "`e` is the key of both `edit` and `undo` in Browse"
        );
        let error = Keymap::new(Preset::Default, &[("fliter".into(), vec![])]);
        assert_eq!(
            error.unwrap_err().to_string(),
            "there is no action `fliter`; did you mean `filter`?"
        );
    }

    #[test]
    fn changed_keys_are_the_ones_shown() {
        let changed = [("filter".to_owned(), vec!["ctrl-g".to_owned()])];
        let keymap = Keymap::new(Preset::Default, &changed).unwrap();
        assert_eq!(keymap.all_keys(Action::View(View::Filter)), ["Ctrl+g"]);
    }

    #[test]
    fn without_letters_no_list_key_is_a_letter_and_every_listed_action_still_has_one() {
        let keymap = Keymap::new(Preset::Arrows, &[]).unwrap();
        let plain = Keymap::default();
        for row in ACTIONS {
            for binding in keymap
                .bindings
                .iter()
                .filter(|b| ACTIONS[b.row].name == row.name)
            {
                let in_dialog = row.contexts == [Context::Thumbnail];
                assert!(
                    binding.keys[0].letter().is_none() || in_dialog,
                    "{}",
                    row.name
                );
            }
            let lost = keymap.keys(row.action).is_none() && plain.keys(row.action).is_some();
            assert!(!lost, "{} has no key", row.name);
        }
    }
}
