//! The 48 data assets of the sample, which the REST face alone shows.
//!
//! The 24 tables are the group a certificate is given to in bulk: 14 have none, 5 are drafts, 4
//! were verified by somebody else and 1 is deprecated.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::catalogue::identity;
use crate::catalogue::model::{AssetRecord, Certificate, CertificateStatus, Details};

const SCHEMA: &str = "default/snowflake/1700000000/SALES/PUBLIC";
/// 2 October 2026, 09:00 UTC.
const OCTOBER: i64 = 1_790_931_600_000;
const HOUR: i64 = 3_600_000;

/// Tables: name, certificate, message.
const TABLES: [(&str, char, &str); 24] = [
    ("orders_daily", '-', ""),
    ("orders_hourly", 'D', "wip"),
    ("customers", 'V', "reconciled with the ledger"),
    ("legacy_orders", 'X', "use orders_daily"),
    ("baskets", '-', ""),
    ("carriers", '-', ""),
    ("countries", 'V', "ISO 3166"),
    ("coupons", '-', ""),
    ("currencies", 'V', "ISO 4217"),
    ("deliveries", '-', ""),
    ("discounts", 'D', "rounding to be settled"),
    ("invoices", '-', ""),
    ("order_lines", '-', ""),
    ("payments", 'V', "checked with finance"),
    ("price_lists", '-', ""),
    ("products", 'D', "sizes missing"),
    ("refunds", '-', ""),
    ("returns", 'D', "reasons to be mapped"),
    ("shipments", '-', ""),
    ("stock_daily", '-', ""),
    ("stores", '-', ""),
    ("suppliers", '-', ""),
    ("tax_rates", 'D', "2027 rates to come"),
    ("visits", '-', ""),
];

const VIEWS: [&str; 8] = [
    "v_best_sellers",
    "v_churn",
    "v_margin",
    "v_open_orders",
    "v_regions",
    "v_returns_rate",
    "v_sell_through",
    "v_weekly",
];

const DASHBOARDS: [&str; 3] = ["Sales overview", "Stock and returns", "Season report"];

const TERMS: [(&str, &str); 12] = [
    ("Basket", "What a visitor has put aside to buy."),
    (
        "Carry-over",
        "A style offered again unchanged in a later season.",
    ),
    ("Colourway", "One colour combination of a style."),
    ("Drop", "A delivery of styles to the shops on one date."),
    (
        "Gross margin",
        "Revenue less the cost of goods, before overheads.",
    ),
    ("Lead time", "Days from the order to the delivery."),
    ("Markdown", "A lasting reduction of the price."),
    ("Net sales", "Revenue less returns and discounts."),
    ("Return rate", "Returned pieces in a hundred sold."),
    ("Season", "Half a year of the collection, such as AW26."),
    ("Sell-through", "Pieces sold in a hundred received."),
    ("Style", "A design, whatever its colour and size."),
];

/// Every data asset.
pub(super) fn assets() -> Vec<AssetRecord> {
    let mut assets: Vec<AssetRecord> = TABLES
        .iter()
        .enumerate()
        .map(|(number, table)| relation("Table", number, *table))
        .collect();
    assets.extend(
        VIEWS
            .iter()
            .enumerate()
            .map(|(number, name)| relation("View", 24 + number, (name, '-', ""))),
    );
    assets.extend(
        DASHBOARDS
            .iter()
            .enumerate()
            .map(|(number, name)| dashboard(number, name)),
    );
    let glossary = glossary();
    let anchor = glossary.guid.clone();
    let qualified_name = glossary.qualified_name.clone();
    assets.push(glossary);
    assets.extend(
        TERMS
            .iter()
            .enumerate()
            .map(|(number, term)| self::term(number, term, &anchor, &qualified_name)),
    );
    assets
}

fn data(type_name: &str, number: usize, name: &str, qualified_name: String) -> AssetRecord {
    let created = OCTOBER - 200 * 24 * HOUR + i64::try_from(number).unwrap_or_default() * HOUR;
    AssetRecord {
        id: format!("d|{type_name}|{}", number + 1),
        guid: identity::guid_of(&qualified_name).to_string(),
        qualified_name,
        name: name.to_owned(),
        type_name: type_name.to_owned(),
        created,
        modified: created + 24 * HOUR,
        details: Details {
            created_by: "crawler".to_owned(),
            modified_by: "crawler".to_owned(),
            ..Details::default()
        },
        ..AssetRecord::default()
    }
}

fn attributes(pairs: &[(&str, Value)]) -> BTreeMap<String, Value> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect()
}

fn relation(
    type_name: &str,
    number: usize,
    (name, certificate, message): (&str, char, &str),
) -> AssetRecord {
    let upper = name.to_uppercase();
    let mut asset = data(type_name, number, name, format!("{SCHEMA}/{upper}"));
    asset.certificate = self::certificate(certificate, message);
    asset.description = Some(format!("{} of the web shop", name.replace('_', " ")));
    if number.is_multiple_of(3) {
        asset.owner_users = vec!["rlopez".to_owned()];
    }
    asset
        .values
        .insert("Ticket".to_owned(), vec![format!("DQ-{}", 118 + number)]);
    if name == "customers" {
        asset.tags = vec![identity::hashed_id("tag", "PII")];
    }
    asset.attributes = attributes(&[
        ("connectorName", json!("snowflake")),
        (
            "connectionQualifiedName",
            json!("default/snowflake/1700000000"),
        ),
        ("databaseName", json!("SALES")),
        (
            "databaseQualifiedName",
            json!("default/snowflake/1700000000/SALES"),
        ),
        ("schemaName", json!("PUBLIC")),
        ("schemaQualifiedName", json!(SCHEMA)),
    ]);
    asset
}

fn dashboard(number: usize, name: &str) -> AssetRecord {
    let qualified_name = format!("default/superset/1700000000/{}", 17 + number);
    let mut asset = data("SupersetDashboard", number, name, qualified_name);
    asset.attributes = attributes(&[
        ("connectorName", json!("superset")),
        (
            "connectionQualifiedName",
            json!("default/superset/1700000000"),
        ),
    ]);
    if number == 0 {
        asset.attributes.insert(
            "supersetDashboardThumbnailURL".to_owned(),
            json!("/is/image/ExampleCo/JKT_2201_FRONT"),
        );
    }
    asset
}

fn glossary() -> AssetRecord {
    let mut asset = data(
        "AtlasGlossary",
        0,
        "Retail terms",
        "FzCMyPR2LxkPFgr8eNGrq".to_owned(),
    );
    asset.user_description = Some("Words of the trade, one meaning each.".to_owned());
    asset
}

fn term(number: usize, term: &(&str, &str), anchor: &str, glossary: &str) -> AssetRecord {
    let (name, meaning) = *term;
    let handle = &identity::hashed_id("term", name)[..21];
    let mut asset = data(
        "AtlasGlossaryTerm",
        number,
        name,
        format!("{handle}@{glossary}"),
    );
    asset.anchor = Some(anchor.to_owned());
    asset.user_description = Some(meaning.to_owned());
    asset.certificate = match number % 4 {
        0 => certificate('V', "agreed in the data council"),
        1 => certificate('D', "wording open"),
        _ => Certificate::default(),
    };
    asset
}

fn certificate(letter: char, message: &str) -> Certificate {
    let (status, who) = match letter {
        'V' => (CertificateStatus::Verified, "rlopez"),
        'D' => (CertificateStatus::Draft, "akim"),
        'X' => (CertificateStatus::Deprecated, "rlopez"),
        _ => return Certificate::default(),
    };
    Certificate {
        status: Some(status),
        message: Some(message.to_owned()),
        updated_by: Some(who.to_owned()),
        updated_at: Some(OCTOBER),
    }
}
