//! Finding: filters, orders and counts, the pure part of them.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use armarius::domain::{
    FieldKey, Listing, Query, Sort, SortDirection,
    listing::among,
    query::{Prepared, Sets},
};

use crate::{
    Anyhow,
    asked::asked,
    figures::{self, Goal, percentile, times},
    world,
};

const TURNS: usize = 20;

/// Rows of a first page.
const PAGE: usize = 200;

/// Filters, orders, and the counts of every field under a filter.
pub(crate) fn find() -> Anyhow<()> {
    let listing = world::listing(world::many())?;
    let asked = asked();
    let sets = Sets::default();
    let prepare = |text: &str| -> Anyhow<_> {
        let query = Query::parse(text)?;
        let (listing, sets) = (&listing, &sets);
        Ok(move || query.prepare(listing, &world::schema(), sets))
    };
    tell(
        "-",
        "a copy",
        &times(TURNS, || listing.clone()),
        Goal::AtMost(1.0),
    );
    for &(row, text, most) in asked.filters {
        let prepare = prepare(text)?;
        let taken = times(TURNS, || both(&prepare()));
        let what = format!("filter {text}, two threads, p95");
        let figure = (percentile(&taken, 95), "ms");
        figures::tell(row, &what, figure, Goal::AtMost(most));
        let taken = times(TURNS, || prepare().rows());
        let what = format!("filter {text}, one thread, p95");
        figures::tell(row, &what, (percentile(&taken, 95), "ms"), Goal::None);
    }
    let some = prepare(asked.few)?().rows();
    let columns: Vec<_> = listing
        .fields()
        .filter_map(|key| listing.values(key))
        .collect();
    let counted = times(TURNS, || {
        let counts = columns.iter().map(|column| column.tally(&some).len());
        counts.sum::<usize>()
    });
    tell(
        "-",
        "counts of every field under a filter",
        &counted,
        Goal::AtMost(50.0),
    );
    let column = listing
        .values(&FieldKey::new(asked.few_field))
        .ok_or("no such field")?;
    let counted = times(TURNS, || column.facet(&some));
    tell(
        "-",
        "counts of one field under a filter",
        &counted,
        Goal::AtMost(5.0),
    );
    // Not a copy: one that is written begins with no orders.
    orders(listing)
}

fn tell(row: &str, what: &str, taken: &[f64], goal: Goal) {
    figures::tell(row, what, (percentile(taken, 50), "ms"), goal);
}

/// All blocks of a query, by two threads; how many rows pass.
fn both(prepared: &Prepared) -> u64 {
    let next = AtomicU32::new(0);
    let work = || {
        let mut found = 0;
        loop {
            let block = next.fetch_add(1, Ordering::Relaxed);
            if block >= prepared.blocks() {
                return found;
            }
            found += prepared.block(block).len();
        }
    };
    thread::scope(|scope| {
        let other = scope.spawn(work);
        let found = work();
        found + other.join().unwrap_or_default()
    })
}

/// Orders: the first page of one, all of it, one that is known, and after another page came.
fn orders(mut listing: Listing) -> Anyhow<()> {
    let by = |field: &str, direction| Sort {
        field: field.into(),
        direction,
    };
    let asked = asked();
    let (name, other) = (
        Sort::default(),
        by(asked.few_field, SortDirection::Descending),
    );
    for sort in [&name, &other] {
        let first = times(5, || listing.first(listing.present(), sort, PAGE));
        let what = format!("the first page by {}", sort.field);
        tell("G11", &what, &first, Goal::AtMost(50.0));
    }
    let ordered = times(1, || listing.order(&name));
    tell("G11", "the order by name", &ordered, Goal::AtMost(700.0));
    let ordered = times(1, || listing.order(&other));
    tell(
        "G11",
        "the order by another field",
        &ordered,
        Goal::AtMost(700.0),
    );
    let some = Query::parse(asked.few)?.rows(&listing, &world::schema(), &Sets::default());
    let known = times(TURNS, || among(&listing.order(&name), &some));
    tell(
        "G11",
        "a filter of a known order",
        &known,
        Goal::AtMost(16.0),
    );
    let mut page = listing.asset(0);
    (page.id, page.name) = ("new".into(), "JKT_0".into());
    listing.take(&[page]);
    let mended = times(1, || listing.order(&name));
    tell(
        "G11",
        "the order after another page",
        &mended,
        Goal::AtMost(50.0),
    );
    Ok(())
}
