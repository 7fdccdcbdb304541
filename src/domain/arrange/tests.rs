//! What is shown against the plain way: every row of the order, asked by itself.

use std::sync::Arc;

use proptest::{collection::vec, prelude::*, sample::select};
use roaring::RoaringBitmap;

use super::{
    Arrangement, AtOnce, Found, Ground, Known, Ordered, Question, Wanted, Wish, narrowed, set_of,
};
use crate::domain::{Asset, Listing, Query, Row, Schema, Value};

const QUERIES: [&str; 7] = [
    "",
    "season:S1",
    "-season:S1",
    "a",
    "~",
    "S2 name:~\"1.*1\"",
    "nowhere",
];

/// So many assets of two types and five seasons.
pub(crate) fn ground(many: usize) -> Ground {
    let mut listing = Listing::new();
    let assets: Vec<Asset> = (0..many)
        .map(|number| Asset {
            id: format!("a{number}").as_str().into(),
            name: format!("asset {}", number * 7 % 1000),
            kind: if number % 2 == 0 { "Image" } else { "Video" }.into(),
            fields: vec![("Season".into(), Value::text(format!("S{}", number % 5)))],
            locked: None,
        })
        .collect();
    listing.take(&assets);
    Ground {
        listing,
        schema: Schema::default(),
        sets: Arc::default(),
    }
}

fn arranged(ground: &Ground, query: &Query, known: Known) -> Arrangement {
    let wanted = Wanted {
        query: query.clone(),
        known,
        ..Wanted::default()
    };
    let question = Question {
        number: 1,
        ground: ground.clone(),
        wish: Wish::Rows(wanted),
    };
    match question.answer(&mut AtOnce).unwrap().found {
        Found::Rows(arrangement) => arrangement,
        found @ (Found::Counts(_) | Found::Set(_)) => panic!("{found:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_shown_is_what_of_the_order_is_let_through(
        known in vec(any::<bool>(), 1..3000),
        more in 0..2000usize,
        text in select(QUERIES.to_vec()),
    ) {
        // Some left the order, and some came since it was worked out.
        let ground = ground(known.len() + more);
        let query = Query::parse(text).unwrap();
        let passes = query.rows(&ground.listing, &ground.schema, &ground.sets);
        let order = ground.listing.order(&Wanted::default().sort);
        let is_known = |row: &Row| known.get(*row as usize).copied().unwrap_or(false);
        let order: Arc<[Row]> = order.iter().copied().filter(is_known).collect();
        let set: RoaringBitmap = order.iter().copied().collect();
        prop_assert_eq!(&set, &set_of(&order));
        let plainly: Vec<Row> = order.iter().copied().filter(|&row| passes.contains(row)).collect();
        prop_assert_eq!(&*narrowed(&order, &passes), &plainly[..]);
        let all = Ordered { order, set: Arc::new(set) };
        let shown = arranged(&ground, &query, Known::Order(all.clone()));
        prop_assert_eq!(&shown.all, &all);
        prop_assert_eq!(&*shown.rows, &plainly[..]);
        prop_assert_eq!(&*shown.set, &set_of(&plainly));
        let anew = arranged(&ground, &query, Known::Before(all));
        prop_assert_eq!(&*anew.set, &passes);
        prop_assert_eq!(anew.rows.len() as u64, passes.len());
        prop_assert_eq!(anew, arranged(&ground, &query, Known::Nothing));
    }
}
