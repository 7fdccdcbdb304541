//! What the cases ask: the same kinds of things of assets that are made up and of the works of a
//! museum.

use crate::world;

/// A filter: the row of the goals it belongs to, its text, and the most it may take until it is
/// painted, milliseconds.
pub(crate) type Filter = (&'static str, &'static str, f64);

/// What is asked of the assets at hand.
pub(crate) struct Asked {
    /// Filters of every kind.
    pub(crate) filters: &'static [Filter],
    /// Filters that are typed key by key.
    pub(crate) typed: &'static [Filter],
    /// A word that some assets have somewhere.
    pub(crate) word: &'static str,
    /// A filter of a field of few values.
    pub(crate) few: &'static str,
    /// That field.
    pub(crate) few_field: &'static str,
    /// Fields to order by: of many values, of fewer, of few.
    pub(crate) orders: [&'static str; 3],
    /// A text of few values, which is given another one.
    pub(crate) text: &'static str,
    /// Tags.
    pub(crate) tags: &'static str,
    /// A text that differs from asset to asset.
    pub(crate) differing: &'static str,
}

const OF_MADE_UP: Asked = Asked {
    filters: &[
        ("G9", "name:jkt_0012", 25.0),
        ("G9", "name:~\"JKT_.*9_FRONT$\"", 25.0),
        ("G9", "name:~\"(?i)jkt_.*9_front$\"", 25.0),
        ("G9", "title:~\"no\\. 99.*7$\"", 25.0),
        ("G9", "waxed", 25.0),
        ("G9", "0012", 25.0),
        ("G9", "~\"JKT_.*9_FRONT$\"", 25.0),
        ("G10", "season:AW26", 5.0),
        ("G10", "season=AW26", 5.0),
        ("G10", "width:1200..2000", 5.0),
        ("G10", "rights=\"Agency X\" -has:expiry", 5.0),
    ],
    typed: &[
        ("G9", "name:jkt_0012", 25.0),
        ("G9", "name:~\"JKT_.*9_FRONT$\"", 25.0),
        ("G9", "waxed", 25.0),
        ("G9", "~\"(?i)w.x\"", 25.0),
        ("G10", "season:AW26", 5.0),
        ("G10", "type:image -has:expiry", 5.0),
    ],
    word: "waxed",
    few: "season:AW26",
    few_field: "Season",
    orders: ["title", "price", "season"],
    text: "Rights",
    tags: "Keywords",
    differing: "Title",
};

const OF_WORKS: Asked = Asked {
    filters: &[
        ("G9", "name:textile", 25.0),
        ("G9", "name:~\"Fragment [0-9]*7$\"", 25.0),
        ("G9", "name:~\"(?i)frag.* [0-9]*7$\"", 25.0),
        ("G9", "medium:~\"satin.*velvet$\"", 25.0),
        ("G9", "velvet", 25.0),
        ("G9", "~\"Gifford.*S\"", 25.0),
        ("G10", "department:fine", 5.0),
        ("G10", "department=\"Fine Arts\"", 5.0),
        ("G10", "classification=Textiles -has:image_url", 5.0),
    ],
    typed: &[
        ("G9", "name:textile", 25.0),
        ("G9", "name:~\"Fragment [0-9]*7$\"", 25.0),
        ("G9", "velvet", 25.0),
        ("G9", "~\"(?i)v.lv\"", 25.0),
        ("G10", "department:fine", 5.0),
        ("G10", "type:prints -has:image_url", 5.0),
    ],
    word: "velvet",
    few: "department:fine",
    few_field: "department",
    orders: ["credit_line", "medium", "department"],
    text: "credit_line",
    tags: "creators",
    differing: "accession_number",
};

/// What is asked of the assets at hand.
pub(crate) fn asked() -> &'static Asked {
    if world::is_of_works() {
        &OF_WORKS
    } else {
        &OF_MADE_UP
    }
}
