//! Taking a refused batch apart until the culprit stands alone. Pure.

use std::collections::HashSet;

use crate::domain::Item;

/// How many culprits in a row, refused for the same reason and with nothing written between
/// them, make it likely that the rest of the batch would be refused too.
const PROOF: u32 = 5;

/// What is known of one batch that was refused as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Family {
    straight: u32,
    code: String,
    told: bool,
    insisted: bool,
}

impl Family {
    /// Something of the batch went through.
    pub fn went_through(&mut self) {
        self.straight = 0;
    }

    /// A culprit was singled out.
    pub fn culprit(&mut self, code: &str) {
        if self.code != code {
            code.clone_into(&mut self.code);
            self.straight = 0;
        }
        self.straight += 1;
    }

    /// Whether going on would probably only repeat the same refusal, and nobody said to go on.
    pub fn is_hopeless(&self) -> bool {
        self.straight >= PROOF && !self.insisted
    }

    /// Whether the batch is told as refused for the first time.
    pub fn is_news(&mut self) -> bool {
        !std::mem::replace(&mut self.told, true)
    }

    /// It is to be taken apart to the end.
    pub fn insist(&mut self) {
        self.insisted = true;
    }
}

/// Whole batches that were refused with the same code, with nothing written between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alike {
    code: String,
    batches: usize,
    assets: usize,
}

/// So many whole batches refused alike are enough to ask a person, if they hold so many assets.
const BATCHES: usize = 3;
const ASSETS: usize = 6;

impl Alike {
    /// A batch of so many assets was refused as a whole.
    pub fn refused(&mut self, code: &str, assets: usize) {
        if self.code != code {
            *self = Self {
                code: code.to_owned(),
                ..Self::default()
            };
        }
        self.batches += 1;
        self.assets += assets;
    }

    /// Something was written, or a person said to go on.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// How many batches were refused so, if it is time to ask a person.
    pub fn are_enough(&self) -> Option<usize> {
        (self.batches >= BATCHES && self.assets >= ASSETS).then_some(self.batches)
    }

    /// How many more may be tried side by side before it is known.
    pub fn left(&self) -> usize {
        match self.batches {
            0 => usize::MAX,
            some => BATCHES.saturating_sub(some).max(1),
        }
    }
}

/// Splits a batch in two by assets; a single asset's changes one from the other. `None` if there
/// is one change left.
pub fn halves(items: &[Item], places: &[u32]) -> Option<(Vec<u32>, Vec<u32>)> {
    if places.len() < 2 {
        return None;
    }
    let mut rows: Vec<u32> = Vec::new();
    for &place in places {
        let row = items[place as usize].row;
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    if rows.len() < 2 {
        let (left, right) = places.split_at(places.len() / 2);
        return Some((left.to_vec(), right.to_vec()));
    }
    let left = &rows[..rows.len() / 2];
    Some(
        places
            .iter()
            .partition(|&&place| left.contains(&items[place as usize].row)),
    )
}

/// Splits a batch after its first `most` assets; `None` if it holds no more.
pub fn first(items: &[Item], places: &[u32], most: usize) -> Option<(Vec<u32>, Vec<u32>)> {
    let mut rows: HashSet<u32> = HashSet::with_capacity(most.min(places.len()));
    let (first, rest): (Vec<u32>, Vec<u32>) = places.iter().partition(|&&place| {
        let row = items[place as usize].row;
        rows.contains(&row) || (rows.len() < most.max(1) && rows.insert(row))
    });
    (!rest.is_empty()).then_some((first, rest))
}

/// How many assets these changes touch.
pub fn assets(items: &[Item], places: &[u32]) -> usize {
    let mut rows: Vec<u32> = places.iter().map(|&p| items[p as usize].row).collect();
    rows.sort_unstable();
    rows.dedup();
    rows.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Value;

    fn items(rows: &[u32]) -> Vec<Item> {
        rows.iter()
            .map(|&row| Item {
                row,
                asset: row.to_string().as_str().into(),
                name: String::new(),
                kind: String::new(),
                field: "Rights".into(),
                value_kind: crate::domain::FieldKind::Text,
                before: Value::Absent,
                wanted: Value::text("Acme"),
                delta: None,
                facts: Vec::new(),
            })
            .collect()
    }

    #[test]
    fn all_changes_of_an_asset_stay_together_while_there_are_several_assets() {
        let items = items(&[7, 8, 7, 9]);
        let (left, right) = halves(&items, &[0, 1, 2, 3]).unwrap();
        assert_eq!((left, right), (vec![0, 2], vec![1, 3]));
    }

    #[test]
    fn the_changes_of_one_asset_are_told_apart_and_one_change_is_the_end() {
        let items = items(&[7, 7]);
        assert_eq!(halves(&items, &[0, 1]), Some((vec![0], vec![1])));
        assert_eq!(halves(&items, &[1]), None);
    }

    #[test]
    fn a_batch_is_cut_after_so_many_assets_with_all_their_changes() {
        let items = items(&[7, 8, 7, 9]);
        assert_eq!(
            first(&items, &[0, 1, 2, 3], 2),
            Some((vec![0, 1, 2], vec![3]))
        );
        assert_eq!(first(&items, &[0, 1, 2, 3], 3), None);
        assert_eq!(first(&items, &[0, 2], 1), None);
    }

    #[test]
    fn three_whole_batches_refused_alike_are_enough_unless_they_are_tiny() {
        let mut alike = Alike::default();
        alike.refused("403", 20);
        alike.refused("404", 20);
        alike.refused("404", 20);
        assert_eq!((alike.are_enough(), alike.left()), (None, 1));
        alike.refused("404", 20);
        assert_eq!(alike.are_enough(), Some(3));
        alike.forget();
        assert_eq!((alike.are_enough(), alike.left()), (None, usize::MAX));
        let tiny = std::iter::from_fn(|| {
            alike.refused("404", 1);
            Some(alike.are_enough())
        });
        assert_eq!(tiny.take_while(Option::is_none).count(), 5);
    }

    #[test]
    fn five_refusals_alike_with_nothing_written_prove_the_rest() {
        let mut family = Family::default();
        for _ in 0..4 {
            family.culprit("403");
        }
        family.went_through();
        for _ in 0..5 {
            assert!(!family.is_hopeless());
            family.culprit("403");
        }
        assert!(family.is_hopeless());
        family.insist();
        assert!(!family.is_hopeless(), "somebody said to go on");
    }
}
