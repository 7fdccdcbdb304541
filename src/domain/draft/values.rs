//! Values kept close together: texts in one piece of memory, everything else beside it.

use std::borrow::Cow;

use crate::domain::Value;

/// Values, one after another.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Values {
    texts: String,
    /// Where each text ends; one without length stands in `others`.
    ends: Vec<u32>,
    /// What is no text, by its place.
    others: Vec<(u32, Value)>,
}

impl Values {
    pub(super) fn push(&mut self, value: Cow<'_, Value>) {
        let fits = |text: &str| u32::try_from(self.texts.len() + text.len()).is_ok();
        if let Value::Text(text) = value.as_ref()
            && !text.is_empty()
            && fits(text)
        {
            self.texts.push_str(text);
        } else {
            let place = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
            self.others.push((place, value.into_owned()));
        }
        self.ends
            .push(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
    }

    /// The text at a place, if it is one.
    pub(super) fn text(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)? as usize;
        let start = match place.checked_sub(1) {
            Some(before) => self.ends[before] as usize,
            None => 0,
        };
        (start < end).then(|| &self.texts[start..end])
    }

    /// The value at a place; absent where there is none.
    pub(super) fn get(&self, place: usize) -> Cow<'_, Value> {
        if let Some(text) = self.text(place) {
            return Cow::Owned(Value::Text(text.to_owned()));
        }
        let wanted = u32::try_from(place).unwrap_or(u32::MAX);
        let other = self.others.binary_search_by_key(&wanted, |(at, _)| *at);
        other.map_or(Cow::Owned(Value::Absent), |at| {
            Cow::Borrowed(&self.others[at].1)
        })
    }

    /// Gives back what was taken too much.
    pub(super) fn shrink(&mut self) {
        self.texts.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.others.shrink_to_fit();
    }
}
