//! Taking a page in, column by column: what finding a value needs stays at hand while every asset
//! of the page looks for its own.

use std::collections::HashMap;

use super::{
    Listing, NAME_PLACE, TYPE_PLACE,
    coding::Coded,
    column::ABSENT,
    difference::{Written, write},
    id_text,
};
use crate::domain::{Asset, FieldKey, Keys, Row, Value};

/// A value, and the place of its asset in the page.
type Told<'a> = (usize, &'a Value);

/// A name or a type; an empty one is none.
fn coded_text(text: &str) -> Coded<'_> {
    if text.is_empty() {
        Coded::of(&Value::Absent)
    } else {
        Coded::text(text)
    }
}

impl Listing {
    /// Takes a page of the current generation in; returns the rows it wrote.
    pub fn take(&mut self, assets: &[Asset]) -> Vec<Row> {
        self.part();
        let first = self.differences.len();
        self.expect();
        let ids: Vec<_> = assets.iter().map(|asset| id_text(&asset.id)).collect();
        let rows = self.ids.numbers(&ids).into_iter();
        let written: Vec<Written> = rows
            .map(|row| {
                self.seen.insert(row);
                (row, !self.present.insert(row))
            })
            .collect();
        let mut changed = vec![false; assets.len()];
        let names = assets.iter().map(|asset| asset.name.as_str());
        self.take_texts(NAME_PLACE, (&written, &mut changed), names);
        let kinds = assets.iter().map(|asset| asset.kind.as_str());
        self.take_texts(TYPE_PLACE, (&written, &mut changed), kinds);
        let told = self.told(assets);
        // A thumbnail once read, or read to be missing, is not forgotten because the page does not
        // tell it, unless the page shows that the asset was changed: then it may be another one.
        let thumbnail = self.columns.get_index_of(&FieldKey::thumbnail());
        for (column, told) in told.iter().enumerate() {
            if Some(column) != thumbnail {
                let stays = column <= TYPE_PLACE;
                self.take_values((column, stays), (&written, &mut changed), told);
            }
        }
        if let Some(column) = thumbnail.filter(|&column| column < told.len()) {
            self.take_values((column, true), (&written, &mut changed), &told[column]);
        }
        for (asset, &(row, _)) in assets.iter().zip(&written) {
            match &asset.locked {
                Some(reason) => drop(self.locked.set_text(row, reason)),
                None => drop(self.locked.set(row, &Value::Absent)),
            }
        }
        self.sort_differences(first, &written);
        written.into_iter().map(|(row, _)| row).collect()
    }

    /// Makes ready for as many assets as the endpoint says it has.
    fn expect(&mut self) {
        let (many, rows) = (usize::try_from(self.total), self.ids.texts().len());
        if let Ok(many) = many
            && many > rows
        {
            self.ids.expect(many);
            for (_, values) in &mut self.columns {
                values.expect(many, rows);
            }
        }
    }

    /// What a page tells of each column, in the order of its assets.
    fn told<'a>(&mut self, assets: &'a [Asset]) -> Vec<Vec<Told<'a>>> {
        let mut told: Vec<Vec<Told<'_>>> = vec![Vec::new(); self.columns.len()];
        let mut keys = Keys::default();
        let mut columns = Vec::new();
        for (at, asset) in assets.iter().enumerate() {
            keys.begin();
            for (key, value) in &asset.fields {
                let place = keys.place(key);
                if place == columns.len() {
                    columns.push(self.place_of(key));
                }
                let column = columns[place];
                if column >= told.len() {
                    told.resize_with(column + 1, Vec::new);
                }
                let told = &mut told[column];
                if told.capacity() == 0 {
                    told.reserve(assets.len() - at);
                }
                told.push((at, value));
            }
        }
        told
    }

    fn take_texts<'a>(
        &mut self,
        column: usize,
        (written, changed): (&[Written], &mut [bool]),
        texts: impl Iterator<Item = &'a str>,
    ) {
        let Some((_, values)) = self.columns.get_index_mut(column) else {
            return;
        };
        let coded: Vec<_> = texts.map(coded_text).collect();
        let places = values.numbers(&coded);
        for ((&written, place), changed) in written.iter().zip(places).zip(changed) {
            *changed |= write(&mut self.differences, (column, values), written, place);
        }
    }

    /// Writes the values of a column; where the page tells none, there is none, unless it stays. What
    /// the page was not asked for stays as it is known, unless the asset was changed.
    fn take_values(
        &mut self,
        (column, stays): (usize, bool),
        (written, changed): (&[Written], &mut [bool]),
        told: &[Told<'_>],
    ) {
        let Some((_, values)) = self.columns.get_index_mut(column) else {
            return;
        };
        let coded: Vec<_> = told.iter().map(|(_, value)| Coded::of(value)).collect();
        let mut told = told.iter().zip(values.numbers(&coded)).peekable();
        for (at, &written) in written.iter().enumerate() {
            let (row, known) = written;
            let mut is_told = false;
            while let Some(((_, value), place)) = told.next_if(|((of, _), _)| *of == at) {
                is_told = true;
                if **value != Value::Unknown || !known || changed[at] {
                    changed[at] |= write(&mut self.differences, (column, values), written, place);
                }
            }
            if !is_told && !stays && values.place(row) != 0 {
                changed[at] |= write(&mut self.differences, (column, values), written, ABSENT);
            }
        }
    }

    /// Puts what a page differs in together by asset, in the order of the page.
    fn sort_differences(&mut self, first: usize, written: &[Written]) {
        let new = &mut self.differences[first..];
        if new.is_empty() {
            return;
        }
        let mut places = HashMap::new();
        for (place, (row, _)) in written.iter().enumerate() {
            places.entry(*row).or_insert(place);
        }
        new.sort_by_key(|one| places.get(&one.row));
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;
    use crate::domain::listing::Difference;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Absent),
            Just(Value::Unknown),
            select(vec!["", "a", "b", "A"]).prop_map(Value::text),
            Just(Value::list(["a", "b"])),
        ]
    }

    prop_compose! {
        /// Few assets and few fields, so that they come again, in another order, or not at all.
        fn any_asset()(
            id in select(vec!["1", "2", "3", "4"]),
            name in select(vec!["", "pier", "quay"]),
            kind in select(vec!["Image", "Video"]),
            fields in vec((select(vec!["Title", "Rights", "thumbnail", "Notes"]), value()), 0..6),
            is_locked: bool,
        ) -> Asset {
            let fields = fields.into_iter().map(|(key, value)| (FieldKey::new(key), value));
            Asset {
                id: id.into(),
                name: name.to_owned(),
                kind: kind.to_owned(),
                fields: fields.collect(),
                locked: is_locked.then(|| "shut".to_owned()),
            }
        }
    }

    /// In the order of assets and fields; what differed in one of them stays in its order.
    fn in_order(mut differences: Vec<Difference>) -> Vec<Difference> {
        differences.sort_by_key(|one| (one.row, one.column));
        differences
    }

    #[test]
    fn a_missing_thumbnail_stays_known_until_the_asset_is_changed() {
        let key = FieldKey::thumbnail();
        let asset = |title: &str| Asset {
            id: "1".into(),
            name: "pier".into(),
            kind: "Image".into(),
            fields: vec![
                (key.clone(), Value::Unknown),
                ("Title".into(), Value::text(title)),
            ],
            locked: None,
        };
        let mut listing = Listing::new();
        listing.take(&[asset("a")]);
        assert_eq!(listing.unread(&key).len(), 1, "nobody has asked for it");
        listing.reread(0, &key, &Value::Absent);
        listing.take(&[asset("a")]);
        assert_eq!(*listing.value(0, &key), Value::Absent);
        let kept = listing.asset_knowing(0, &key);
        assert!(kept.fields.contains(&(key.clone(), Value::Absent)));
        listing.take(&[asset("b")]);
        assert_eq!(listing.unread(&key).len(), 1, "it may have got another one");
    }

    proptest! {
        #[test]
        fn a_page_says_what_its_assets_say_one_by_one(
            pages in vec(vec(any_asset(), 0..8), 1..5),
        ) {
            let (mut listing, mut plain) = (Listing::new(), Listing::new());
            for page in pages {
                let rows = listing.take(&page);
                let alone = page.iter().flat_map(|one| plain.take(std::slice::from_ref(one)));
                prop_assert_eq!(rows, alone.collect::<Vec<_>>());
                prop_assert!(listing == plain);
                let differences = listing.take_differences();
                let rows: Vec<Row> = differences.iter().map(|one| one.row).collect();
                let mut groups = rows.clone();
                groups.dedup();
                let mut once = groups.clone();
                once.sort_unstable();
                once.dedup();
                prop_assert_eq!(groups.len(), once.len(), "told asset by asset: {:?}", rows);
                prop_assert_eq!(in_order(differences), in_order(plain.take_differences()));
            }
        }
    }
}
