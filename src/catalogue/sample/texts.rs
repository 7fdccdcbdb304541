//! Words of the sample: what a name says about its garment, and the values that follow.

use std::collections::BTreeMap;

use crate::catalogue::chance::Chance;
use crate::catalogue::sample::named::long_description;

/// Name prefixes with the word their texts use. Those of the rest of AW26 sort after `PNT_1004`.
pub(super) const GARMENTS: [(&str, &str); 7] = [
    ("JKT", "jacket"),
    ("PNT", "trousers"),
    ("SHT", "shirt"),
    ("SKT", "skirt"),
    ("SWT", "sweater"),
    ("TEE", "tee"),
    ("VST", "vest"),
];

/// Values of fields; empty texts are left out.
#[derive(Default)]
pub(super) struct Values(BTreeMap<String, Vec<String>>);

impl Values {
    /// One value.
    pub(super) fn put(&mut self, name: &str, text: &str) {
        self.put_all(name, &[text]);
    }

    /// Several values.
    pub(super) fn put_all(&mut self, name: &str, texts: &[&str]) {
        if texts.iter().any(|text| !text.is_empty()) {
            let texts = texts.iter().map(|text| (*text).to_owned()).collect();
            self.0.insert(name.to_owned(), texts);
        }
    }

    /// As a record holds them.
    pub(super) fn done(self) -> BTreeMap<String, Vec<String>> {
        self.0
    }
}

fn garment(name: &str) -> &'static str {
    GARMENTS
        .iter()
        .find(|(prefix, _)| name.starts_with(prefix))
        .map_or("piece", |(_, word)| word)
}

/// The description of an asset.
pub(super) fn description(name: &str, chance: &mut Chance) -> String {
    match name {
        "JKT_2201_FRONT" => long_description(),
        "JKT_2201_BACK" => "Padded jacket with removable hood".to_owned(),
        "JKT_2201_DET1" => "jacket detail, jacket cuff".to_owned(),
        "JKT_2202_BACK" => "Hip-length jacket".to_owned(),
        "PNT_1002_FRONT" | "PNT_1002_BACK" => {
            "Trousers of the \u{201c}Alpine\u{201d} line, worn with the matching jacket".to_owned()
        }
        _ => {
            let cuts = [
                "Padded",
                "Light",
                "Hip-length",
                "Relaxed",
                "Waxed",
                "Quilted",
            ];
            let ends = [
                "with removable hood",
                "in washed cotton",
                "with horn buttons",
                "with taped seams",
                "in recycled wool",
            ];
            let (cut, end) = (*chance.pick(&cuts), *chance.pick(&ends));
            format!("{cut} {} {end}", garment(name))
        }
    }
}

/// Title, keywords and everything that is left to chance.
pub(super) fn describe(name: &str, values: &mut Values, chance: &mut Chance) {
    let word = garment(name);
    let layer = if matches!(word, "jacket" | "vest") {
        "outer"
    } else {
        "basic"
    };
    values.put("Title", &title(word, name));
    values.put_all("Keywords", &[word, layer]);
    values.put("SKU", &(10_000_000 + chance.below(9_999_999)).to_string());
    if chance.below(3) == 0 {
        let (month, day) = (1 + chance.below(12), 1 + chance.below(28));
        values.put("Expiry", &format!("2027-{month:02}-{day:02}"));
    }
    let photographers: [&str; 4] = ["J. Ortega", "N. Weber", "T. Sato", ""];
    values.put("Photographer", photographers[chance.below(4) as usize]);
    let channels: [&[&str]; 4] = [&["Web"], &["Web", "Print"], &["Store"], &[]];
    values.put_all("Channels", channels[chance.below(4) as usize]);
    values.put("Approved", &(chance.below(4) > 0).to_string());
    values.put("Priority", &(1 + chance.below(5)).to_string());
    let cents = ["0", "5", "95"][chance.below(3) as usize];
    values.put("Price", &format!("{}.{cents}", 19 + chance.below(300)));
}

fn title(word: &str, name: &str) -> String {
    let mut title = String::new();
    for part in std::iter::once(word).chain(name.split('_').skip(1)) {
        if !title.is_empty() {
            title.push(' ');
        }
        title.push_str(&part.to_lowercase());
    }
    let first = title.remove(0).to_uppercase().to_string();
    first + &title
}
