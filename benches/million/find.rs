//! Finding: filters, orders and counts, the pure part of them.

use armarius::domain::{Listing, Query, Sort, query::Sets};

use crate::{
    Anyhow,
    figures::{self, Goal, percentile, times},
    world,
};

const TURNS: usize = 20;

/// Filters of every kind with the row of the goals they belong to and the most they may take until
/// they are painted, milliseconds.
const FILTERS: [(&str, &str, f64); 6] = [
    ("G9", "name:jkt_0012", 25.0),
    ("G9", "name:~\"JKT_.*9_FRONT$\"", 25.0),
    ("G9", "name:~\"(?i)jkt_.*9_front$\"", 25.0),
    ("G9", "waxed", 25.0),
    ("G10", "season:AW26", 5.0),
    ("G10", "rights=\"Agency X\" -has:expiry", 5.0),
];

/// Filters, the order by name, and the counts of a field under a filter.
pub(crate) fn find() -> Anyhow<()> {
    let listing = world::listing(world::many())?;
    let rows = |text: &str| -> Anyhow<_> {
        let query = Query::parse(text)?;
        let (listing, sets) = (&listing, Sets::default());
        Ok(move || query.rows(listing, &world::schema(), &sets))
    };
    for (row, text, most) in FILTERS {
        let taken = times(TURNS, rows(text)?);
        let what = format!("filter {text}, p95");
        figures::tell(
            row,
            &what,
            (percentile(&taken, 95), "ms"),
            Goal::AtMost(most),
        );
    }
    order(&listing);
    let some = rows("season:AW26")?();
    let fields: Vec<_> = listing.fields().cloned().collect();
    let counted = times(TURNS, || {
        let counts = fields.iter().filter_map(|key| listing.values(key));
        counts
            .map(|column| column.facet(&some).len())
            .sum::<usize>()
    });
    let what = "counts of every field under a filter";
    figures::tell(
        "-",
        what,
        (percentile(&counted, 50), "ms"),
        Goal::AtMost(50.0),
    );
    Ok(())
}

fn order(listing: &Listing) {
    let sort = Sort::default();
    let ordered = times(3, || listing.ordered(listing.present(), &sort));
    let what = "the order by name";
    figures::tell(
        "G11",
        what,
        (percentile(&ordered, 50), "ms"),
        Goal::AtMost(700.0),
    );
}
