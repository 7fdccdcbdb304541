//! Made-up libraries of any size: the same number always makes the same assets.

use std::collections::BTreeMap;

use crate::catalogue::chance::Chance;
use crate::catalogue::database::{DatabaseError, Library};
use crate::catalogue::fields::{SEASONS, picture_schema};
use crate::catalogue::model::{AssetRecord, Certificate, CertificateStatus, Details};

/// The most assets a made-up library has.
pub const MOST: u64 = 1_000_000;

/// Midnight of 1 January 2020, UTC.
const BEGINNING: i64 = 1_577_836_800_000;

const GARMENTS: [(&str, &str); 6] = [
    ("JKT", "jacket"),
    ("PNT", "trousers"),
    ("SHT", "shirt"),
    ("SKT", "skirt"),
    ("SWT", "sweater"),
    ("TEE", "tee"),
];
const VIEWS: [&str; 5] = ["FRONT", "BACK", "DET1", "DET2", "SWATCH"];
const RIGHTS: [&str; 6] = [
    "Acme Retail",
    "ACME retail",
    "Agency X",
    "Agency Y",
    "Studio North",
    "",
];
const PHOTOGRAPHERS: [&str; 4] = ["J. Ortega", "N. Weber", "T. Sato", ""];
const COLOURS: [&str; 8] = [
    "black", "navy", "sand", "red", "olive", "white", "grey", "rust",
];
const CUTS: [&str; 5] = ["Padded", "Light", "Relaxed", "Waxed", "Quilted"];

/// Fill an empty library with so many assets.
///
/// # Errors
///
/// When the database cannot be written.
pub fn fill(library: &Library, count: u64) -> Result<(), DatabaseError> {
    library.change_schema(|schema| *schema = picture_schema())?;
    library.load(|loading| {
        for number in 0..count.min(MOST) {
            loading.add(asset(number))?;
        }
        Ok::<(), DatabaseError>(())
    })?;
    let open: [(&str, Vec<&str>); 2] = [
        (
            "Keywords",
            GARMENTS
                .iter()
                .map(|(_, word)| *word)
                .chain(COLOURS)
                .collect(),
        ),
        ("Photographer", PHOTOGRAPHERS[..3].to_vec()),
    ];
    library.change_schema(|schema| {
        for (name, values) in open {
            for field in schema.fields.iter_mut().filter(|field| field.name == name) {
                field.dictionary = values.iter().map(|value| (*value).to_owned()).collect();
            }
        }
    })
}

/// The asset of a number, always the same.
pub fn asset(number: u64) -> AssetRecord {
    let mut chance = Chance::of(number);
    let signed = i64::try_from(number).unwrap_or_default();
    let (prefix, word) = *chance.pick(&GARMENTS);
    let season = *chance.pick(&SEASONS);
    let view = *chance.pick(&VIEWS);
    let kind = match chance.below(100) {
        0..=3 => "Video",
        4..=6 => "Pdf",
        7..=8 => "ImageSet",
        _ => "Image",
    };
    let created = BEGINNING + signed * 200_000 + i64::from(chance.below(200)) * 1_000;
    let id = format!("a|{}", number + 1);
    let mut name = format!("{prefix}_{:07}_{view}", number + 1);
    if kind != "Image" {
        name.push('_');
        name.push_str(&kind.to_uppercase());
    }
    let size = (kind == "Image").then(|| 1_000 + 100 * i64::from(chance.below(60)));
    AssetRecord {
        name,
        kind: kind.to_owned(),
        type_name: kind.to_owned(),
        folder: format!("ExampleCo/{season}/{:03}/", number / 1_000),
        created,
        modified: created + i64::from(chance.below(500)) * 86_400_000,
        details: Details {
            file_name: format!("{prefix}_{:07}_{view}.tif", number + 1),
            created_by: "import@example.com".to_owned(),
            modified_by: "import@example.com".to_owned(),
            published: chance.below(10) > 0,
            width: size,
            height: size.map(|size| size * 6 / 5),
            file_size: Some(100_000 + i64::from(chance.below(5_000_000))),
            certificate: certificate(&mut chance, created),
            description: Some(format!("{} {word} no. {}", chance.pick(&CUTS), number + 1)),
            thumbnail: (chance.below(20) > 0).then(|| id.clone()),
            values: values(word, season, size, &mut chance),
            ..Details::default()
        },
        id,
        ..AssetRecord::default()
    }
}

fn certificate(chance: &mut Chance, at: i64) -> Certificate {
    let status = match chance.below(12) {
        0 => CertificateStatus::Verified,
        1 => CertificateStatus::Draft,
        2 => CertificateStatus::Deprecated,
        _ => return Certificate::default(),
    };
    Certificate {
        status: Some(status),
        message: None,
        updated_by: Some("rlopez".to_owned()),
        updated_at: Some(at),
    }
}

fn values(
    word: &str,
    season: &str,
    size: Option<i64>,
    chance: &mut Chance,
) -> BTreeMap<String, Vec<String>> {
    let colour = *chance.pick(&COLOURS);
    let mut values = BTreeMap::new();
    let mut put = |name: &str, texts: Vec<String>| {
        if texts.iter().any(|text| !text.is_empty()) {
            values.insert(name.to_owned(), texts);
        }
    };
    put("Title", vec![format!("{colour} {word}")]);
    put("Season", vec![season.to_owned()]);
    put("Rights", vec![(*chance.pick(&RIGHTS)).to_owned()]);
    put("Keywords", vec![word.to_owned(), colour.to_owned()]);
    put("SKU", vec![format!("{:08}", chance.below(99_999_999))]);
    if chance.below(4) == 0 {
        let (month, day) = (1 + chance.below(12), 1 + chance.below(28));
        put("Expiry", vec![format!("2028-{month:02}-{day:02}")]);
    }
    put(
        "Photographer",
        vec![(*chance.pick(&PHOTOGRAPHERS)).to_owned()],
    );
    let channels: &[&[&str]] = &[&["Web"], &["Web", "Print"], &["Store"], &[]];
    let channels = chance.pick(channels);
    put(
        "Channels",
        channels.iter().map(|each| (*each).to_owned()).collect(),
    );
    put("Approved", vec![(chance.below(4) > 0).to_string()]);
    put("Priority", vec![(1 + chance.below(5)).to_string()]);
    put("Price", vec![format!("{}.5", 9 + chance.below(300))]);
    put(
        "Width",
        size.map(|size| size.to_string()).into_iter().collect(),
    );
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::query::{Condition, Operand, Search, Sort};

    #[test]
    fn a_made_up_library_is_the_same_every_time_and_pages_reach_every_asset() {
        let library = Library::in_memory().expect("a library");
        fill(&library, 2_500).expect("made up");
        let again = Library::in_memory().expect("a library");
        fill(&again, 2_500).expect("made up");
        for by in [
            Operand::Created,
            Operand::Name,
            Operand::Guid,
            Operand::Modified,
            Operand::FileSize,
        ] {
            let mut seen = std::collections::HashSet::new();
            let mut search = Search {
                sort: vec![Sort::ascending(by.clone()), Sort::ascending(Operand::Guid)],
                ..Search::first(Condition::equals(Operand::Media, "true"), 700)
            };
            loop {
                let found = library.search(&search).expect("a page");
                assert_eq!(found.total, 2_500);
                assert_eq!(
                    found.records,
                    again.search(&search).expect("a page").records
                );
                let Some(last) = found.sort_values.last() else {
                    break;
                };
                search.after = Some(last.clone());
                seen.extend(found.records.iter().map(|record| record.row));
            }
            assert_eq!(seen.len(), 2_500, "paging by {by:?}");
        }
    }
}
