//! What the cases work on: assets in any number, the same every time.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::Path,
};

use armarius::{
    catalogue::{generate, model::AssetRecord},
    domain::{
        Asset, Capabilities, Certificate, CertificateStatus, Field, FieldKey, FieldKind, Listing,
        Offer, Schema, Value,
    },
};
use flate2::read::GzDecoder;
use serde_json::Value as Json;

use crate::{
    Anyhow,
    figures::{self, Goal},
};

/// Assets a page, as an endpoint answers them.
pub(crate) const PAGE: usize = 300;

/// How many assets to work on.
pub(crate) fn many() -> usize {
    let said = std::env::var("ARMARIUS_MILLION");
    said.ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000)
}

/// The load of the machine, as the system tells it.
pub(crate) fn load_average() -> String {
    fs::read_to_string("/proc/loadavg")
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// The memory this process has, bytes.
pub(crate) fn resident() -> f64 {
    let told = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = told
        .split_whitespace()
        .nth(1)
        .and_then(|text| text.parse::<f64>().ok());
    pages.unwrap_or(f64::NAN) * 4096.0
}

/// A listing of so many assets, taken in page by page.
pub(crate) fn listing(count: usize) -> Anyhow<Listing> {
    let mut listing = Listing::new();
    listing.begin(1);
    pages(count, &mut |page| drop(listing.take(&page)))?;
    listing.finish();
    Ok(listing)
}

/// So many assets, a page at a time.
pub(crate) fn pages(count: usize, take: &mut dyn FnMut(Vec<Asset>)) -> Anyhow<()> {
    let works = match std::env::var("ARMARIUS_CARNEGIE") {
        Ok(path) => works(Path::new(&path))?,
        Err(_) => Vec::new(),
    };
    let one = |number: usize| match works.len() {
        0 => made_up(number),
        len => again(&works[number % len], number / len),
    };
    for first in (0..count).step_by(PAGE) {
        take((first..count.min(first + PAGE)).map(one).collect());
    }
    Ok(())
}

/// Whether the assets are works of a museum, repeated.
pub(crate) fn is_of_works() -> bool {
    std::env::var_os("ARMARIUS_CARNEGIE").is_some()
}

/// The fields of the assets that [`pages`] gives.
pub(crate) fn schema() -> Schema {
    if is_of_works() {
        let texts = [
            "medium",
            "credit_line",
            "department",
            "classification",
            "image_url",
            "accession_number",
        ];
        let tags = ["creators", "nationality"];
        let of = |names: &[&str], kind| -> Vec<Field> {
            names.iter().map(|name| Field::plain(name, kind)).collect()
        };
        let fields = [of(&texts, FieldKind::Text), of(&tags, FieldKind::Tags)].concat();
        return Schema { fields };
    }
    let kinds = [
        ("Title", FieldKind::Text),
        ("Season", FieldKind::Text),
        ("Rights", FieldKind::Text),
        ("Keywords", FieldKind::Tags),
        ("SKU", FieldKind::Text),
        ("Expiry", FieldKind::Date),
        ("Photographer", FieldKind::Text),
        ("Channels", FieldKind::Tags),
        ("Priority", FieldKind::Text),
        ("Price", FieldKind::Text),
        ("Width", FieldKind::Text),
    ];
    let mut fields: Vec<Field> = kinds.map(|(name, kind)| Field::plain(name, kind)).to_vec();
    fields.push(Field::plain(
        FieldKey::certificate().as_str(),
        FieldKind::Certificate,
    ));
    Schema { fields }
}

/// What the endpoint of these assets can do.
pub(crate) fn capabilities() -> Capabilities {
    Capabilities {
        protocol: "made up".into(),
        library: "Acme".into(),
        user: "akim".into(),
        role: String::new(),
        certificates: Offer::Yes,
        thumbnails: Offer::Yes,
        thumbnail_types: vec!["Image".into()],
        thumbnail_targets: Vec::new(),
        writing: Offer::Yes,
        batch_size: 20,
        max_batch: 50,
        concurrency: 8,
        requests_per_minute: None,
        address_fields: Vec::new(),
        all_or_nothing: false,
        lazy_thumbnails: true,
    }
}

/// The asset of a number in the libraries that `serve --assets` makes up, with twelve fields.
fn made_up(number: usize) -> Asset {
    let record = generate::asset(number as u64);
    let mut fields: Vec<(FieldKey, Value)> = schema()
        .fields
        .iter()
        .filter_map(|field| {
            let texts = record.details.values.get(field.key.as_str())?;
            let value = if field.kind == FieldKind::Tags {
                Value::list(texts.iter().cloned())
            } else {
                Value::text(texts.concat())
            };
            Some((field.key.clone(), value))
        })
        .collect();
    fields.push((FieldKey::certificate(), certificate(&record)));
    Asset {
        id: record.id.as_str().into(),
        name: record.name,
        kind: record.kind,
        fields,
        locked: None,
    }
}

fn certificate(record: &AssetRecord) -> Value {
    use armarius::catalogue::model::CertificateStatus as Theirs;
    let status = match record.details.certificate.status {
        Some(Theirs::Verified) => CertificateStatus::Verified,
        Some(Theirs::Draft) => CertificateStatus::Draft,
        Some(Theirs::Deprecated) => CertificateStatus::Deprecated,
        None => return Value::Absent,
    };
    Value::Certificate(Certificate {
        status,
        message: String::new(),
    })
}

/// The works of a file of JSON lines, compressed.
fn works(path: &Path) -> Anyhow<Vec<Asset>> {
    let lines = BufReader::new(GzDecoder::new(File::open(path)?)).lines();
    lines
        .map(|line| work(&serde_json::from_str(&line?)?))
        .collect()
}

fn work(json: &Json) -> Anyhow<Asset> {
    let object = json.as_object().ok_or("a line is no object")?;
    let text = |key: &str| object.get(key).and_then(Json::as_str).unwrap_or_default();
    let value = |json: &Json| match json {
        Json::Array(entries) => Value::list(entries.iter().filter_map(Json::as_str)),
        Json::String(text) => Value::text(text.as_str()),
        Json::Null => Value::Absent,
        Json::Bool(_) | Json::Number(_) | Json::Object(_) => Value::text(json.to_string()),
    };
    let fields = object
        .iter()
        .filter(|(key, _)| *key != "id" && *key != "title");
    Ok(Asset {
        id: text("id").into(),
        name: text("title").to_owned(),
        kind: text("classification").to_owned(),
        fields: fields
            .map(|(key, json)| (FieldKey::new(key.as_str()), value(json)))
            .collect(),
        locked: None,
    })
}

/// The same work once more, as another asset.
fn again(work: &Asset, turn: usize) -> Asset {
    Asset {
        id: format!("{}#{turn}", work.id).as_str().into(),
        name: format!("{} {turn}", work.name),
        ..work.clone()
    }
}

/// What an asset costs in memory, and to take in, at three sizes: it should not grow.
pub(crate) fn growth() -> Anyhow<()> {
    for count in [10_000, 100_000, many()] {
        let before = resident();
        let mut spent = 0.0;
        let mut listing = Listing::new();
        pages(count, &mut |page| {
            spent += figures::times(1, || drop(listing.take(&page)))[0];
        })?;
        let assets = count as f64;
        let memory = (resident() - before) / assets;
        let goal = if count < many() {
            Goal::None
        } else {
            Goal::AtMost(250.0)
        };
        let what = format!("memory an asset, {count} listed");
        figures::tell("G21", &what, (memory, "B"), goal);
        let what = format!("listed assets taken in a second, up to {count}");
        let rate = assets * 1000.0 / spent;
        figures::tell("G1", &what, (rate, ""), Goal::AtLeast(500_000.0));
        drop(listing);
    }
    Ok(())
}
