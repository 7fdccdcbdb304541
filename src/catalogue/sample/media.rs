//! The 12,480 media assets of the sample.

use crate::catalogue::chance::Chance;
use crate::catalogue::model::{AssetRecord, Certificate, CertificateStatus, Details};
use crate::catalogue::sample::named::{AROUND, FIRST, Named};
use crate::catalogue::sample::texts::{self, GARMENTS, Values};

/// Midnight of 1 November 2026, UTC.
const NOVEMBER: i64 = 1_793_491_200_000;
const DAY: i64 = 86_400_000;
/// Midnight of 1 January 2023, UTC.
const BEGINNING: i64 = 1_672_531_200_000;

/// Seasons beside AW26 and how many assets each has; an empty one is "no season".
const OTHER_SEASONS: [(&str, usize); 11] = [
    ("SS26", 3_118),
    ("SS24", 1_902),
    ("", 77),
    ("AW25", 1_450),
    ("SS25", 1_380),
    ("AW24", 1_120),
    ("AW23", 860),
    ("SS23", 790),
    ("NOS", 640),
    ("Carry-over", 420),
    ("Archive", 311),
];

/// Rights of everything that is not AW26: no asset without, and none that looks like Acme.
const OTHER_RIGHTS: [&str; 4] = ["Agency Y", "J. Ortega", "Public domain", "Studio North"];

/// The folder nobody may write to, below that of its season.
const HELD: &str = "Legal-hold/";

/// Every media asset, in row order.
pub(super) fn assets() -> Vec<AssetRecord> {
    let mut drafts: Vec<Draft> = FIRST.iter().map(Draft::first).collect();
    drafts.extend(rest_of_aw26());
    drafts.extend(AROUND.iter().map(Draft::around));
    for (season, count) in OTHER_SEASONS {
        let around = if season == "NOS" { AROUND.len() } else { 0 };
        drafts.extend((0..count - around).map(|number| Draft::other(season, number)));
    }
    drafts
        .into_iter()
        .enumerate()
        .map(|(index, draft)| draft.finish(index))
        .collect()
}

/// An asset before it has a number.
struct Draft {
    name: String,
    kind: &'static str,
    season: &'static str,
    rights: &'static str,
    certificate: char,
    has_thumbnail: bool,
    published: bool,
    has_width: bool,
    subfolder: &'static str,
    day: Option<i64>,
}

impl Draft {
    fn plain(name: String, kind: &'static str, season: &'static str, rights: &'static str) -> Self {
        Self {
            name,
            kind,
            season,
            rights,
            certificate: '-',
            has_thumbnail: true,
            published: true,
            has_width: true,
            subfolder: "",
            day: None,
        }
    }

    fn first(named: &Named) -> Self {
        Self {
            certificate: named.certificate,
            has_thumbnail: named.has_thumbnail,
            subfolder: if named.name == "JKT_2206_FRONT" {
                HELD
            } else {
                ""
            },
            day: Some(named.day),
            ..Self::plain(named.name.to_owned(), "Image", "AW26", named.rights)
        }
    }

    fn around(
        &(name, kind, season, has_thumbnail): &(&str, &'static str, &'static str, bool),
    ) -> Self {
        Self {
            has_thumbnail,
            ..Self::plain(name.to_owned(), kind, season, OTHER_RIGHTS[3])
        }
    }

    fn other(season: &'static str, number: usize) -> Self {
        let mut chance = Chance::of_text(&format!("{season}{number}"));
        let pictures_only = matches!(season, "SS26" | "SS24" | "");
        let rights = OTHER_RIGHTS[chance.below(4) as usize];
        let kind = match chance.below(100) {
            _ if pictures_only => "Image",
            0..=5 => "Video",
            6..=9 => "Pdf",
            10..=12 => "ImageSet",
            13..=14 => "Template",
            _ => "Image",
        };
        let (prefix, _) = GARMENTS[number % GARMENTS.len()];
        let turn = number / GARMENTS.len() % 4;
        let view = match kind {
            "Video" => format!("MOV{}", turn + 1),
            "Pdf" => format!("SHEET{}", turn + 1),
            "ImageSet" => format!("SET{}", turn + 1),
            "Template" => format!("BANNER{}", turn + 1),
            _ => ["FRONT", "BACK", "DET1", "SWATCH"][turn].to_owned(),
        };
        let tag = if season.is_empty() { "NONE" } else { season };
        let name = format!(
            "{prefix}_{}_{:04}_{view}",
            tag.to_uppercase(),
            number / 28 + 1
        );
        Self {
            certificate: match chance.below(40) {
                0 | 1 => 'V',
                2 => 'D',
                3 => 'X',
                _ => '-',
            },
            published: chance.below(10) > 0,
            subfolder: if season == "Archive" && number < 12 {
                HELD
            } else {
                ""
            },
            ..Self::plain(name, kind, season, rights)
        }
    }

    fn finish(self, index: usize) -> AssetRecord {
        let mut chance = Chance::of_text(&self.name);
        let number = i64::try_from(index).unwrap_or_default();
        let id = format!("a|{}", number + 1);
        let created = BEGINNING + number * 9_000_000 + i64::from(chance.below(3_600)) * 1_000;
        let modified = self.day.map_or_else(
            || created + i64::from(chance.below(60)) * DAY,
            |day| NOVEMBER + (day - 1) * DAY + 36_000_000 + number * 60_000,
        );
        let place = if self.season.is_empty() {
            "Inbox"
        } else {
            self.season
        };
        let folder = format!("ExampleCo/{place}/{}", self.subfolder);
        let (width, height) = self.size(&mut chance);
        AssetRecord {
            guid: String::new(),
            qualified_name: format!("default/dam/1700000000/{}/{}", number + 1, self.name),
            kind: self.kind.to_owned(),
            type_name: self.kind.to_owned(),
            folder,
            created,
            modified: modified.max(created),
            details: Details {
                file_name: format!("{}.{}", self.name, extension(self.kind)),
                created_by: "import@example.com".to_owned(),
                modified_by: "mlee@example.com".to_owned(),
                published: self.published,
                width,
                height,
                file_size: Some(180_000 + i64::from(chance.below(4_000_000))),
                certificate: certificate(self.certificate, modified),
                description: Some(texts::description(&self.name, &mut chance)),
                thumbnail: self.has_thumbnail.then(|| id.clone()),
                values: self.values(width, height, &mut chance).done(),
                ..Details::default()
            },
            id,
            name: self.name,
            ..AssetRecord::default()
        }
    }

    fn size(&self, chance: &mut Chance) -> (Option<i64>, Option<i64>) {
        match (self.kind, self.name.as_str()) {
            _ if !self.has_width => (None, None),
            (_, "JKT_2202_SW") => (Some(400), Some(400)),
            (_, name) if name.starts_with("JKT_22") && name.contains("DET") => {
                (Some(2_400), Some(2_400))
            }
            (_, "JKT_2199_BACK") => (Some(8_192), Some(8_192)),
            (_, "PNT_1004_FRONT") => (Some(900), Some(1_200)),
            ("Image", name) if name.starts_with("JKT_22") => (Some(3_000), Some(3_600)),
            ("Image" | "AdjustedView" | "Mask" | "Template", _) => {
                let width = 1_200 + 100 * i64::from(chance.below(48));
                (Some(width), Some(width * 6 / 5))
            }
            ("Video", _) => (Some(1_920), Some(1_080)),
            _ => (None, None),
        }
    }

    fn values(&self, width: Option<i64>, height: Option<i64>, chance: &mut Chance) -> Values {
        let mut values = Values::default();
        values.put("Season", self.season);
        values.put("Rights", self.rights);
        texts::describe(&self.name, &mut values, chance);
        if self.kind == "Image" {
            for (name, size) in [("Width", width), ("Height", height)] {
                values.put(name, &size.map(|size| size.to_string()).unwrap_or_default());
            }
        }
        if self.kind == "Video" {
            values.put("Seconds", &(10 + chance.below(80)).to_string());
        }
        values
    }
}

/// The 387 pictures of AW26 after the first 25. Rights: 22 trousers and 159 others without,
/// 162 "Acme Retail", 21 "ACME retail", 3 "Acme Retail.", 20 "Agency X". 32 of them are not
/// published, 4 have no size, one without rights lies in the folder under legal hold.
fn rest_of_aw26() -> Vec<Draft> {
    let mut drafts = Vec::with_capacity(387);
    for (count, rights, trousers) in [
        (22, "", true),
        (38, "Acme Retail", true),
        (159, "", false),
        (124, "Acme Retail", false),
        (21, "ACME retail", false),
        (3, "Acme Retail.", false),
        (20, "Agency X", false),
    ] {
        for _ in 0..count {
            let number = drafts.len();
            let view = ["FRONT", "BACK", "DET1"][number % 3];
            let name = if trousers {
                format!("PNT_{}_{view}", 1_005 + number / 3)
            } else {
                let (prefix, _) = GARMENTS[2 + number % 5];
                format!("{prefix}_{}_{view}", 3_001 + number / 15)
            };
            drafts.push(Draft {
                published: number % 12 != 5,
                has_width: !(100..104).contains(&number),
                subfolder: if number == 70 { HELD } else { "" },
                certificate: match number % 29 {
                    3 => 'V',
                    11 => 'D',
                    _ => '-',
                },
                ..Draft::plain(name, "Image", "AW26", rights)
            });
        }
    }
    drafts
}

fn extension(kind: &str) -> &'static str {
    match kind {
        "Video" => "mp4",
        "Pdf" => "pdf",
        "Mask" => "png",
        _ => "tif",
    }
}

fn certificate(letter: char, at: i64) -> Certificate {
    let (status, message) = match letter {
        'V' => (CertificateStatus::Verified, "checked against the sample"),
        'D' => (CertificateStatus::Draft, "colour to be checked"),
        'X' => (
            CertificateStatus::Deprecated,
            "replaced by the retouched one",
        ),
        _ => return Certificate::default(),
    };
    Certificate {
        status: Some(status),
        message: Some(message.to_owned()),
        updated_by: Some("rlopez".to_owned()),
        updated_at: Some(at),
    }
}
