//! The assets of the sample that have a part to play.

/// One of the first pictures of AW26 by name.
pub(super) struct Named {
    pub(super) name: &'static str,
    pub(super) rights: &'static str,
    /// `V`, `D`, `X` or `-`.
    pub(super) certificate: char,
    pub(super) has_thumbnail: bool,
    /// Day of November 2026 it was last changed on.
    pub(super) day: i64,
}

const fn named(
    name: &'static str,
    rights: &'static str,
    certificate: char,
    has_thumbnail: bool,
    day: i64,
) -> Named {
    Named {
        name,
        rights,
        certificate,
        has_thumbnail,
        day,
    }
}

/// The first 25 pictures of AW26 by name; the other 387 come after them.
pub(super) const FIRST: [Named; 25] = [
    named("JKT_2199_BACK", "Agency X", '-', true, 2),
    named("JKT_2201_BACK", "", '-', true, 2),
    named("JKT_2201_DET1", "", '-', true, 2),
    named("JKT_2201_FRONT", "", 'V', true, 3),
    named("JKT_2202_BACK", "Acme Retail", '-', false, 3),
    named("JKT_2202_DET1", "ACME retail", '-', false, 3),
    named("JKT_2202_FRONT", "", 'D', true, 3),
    named("JKT_2203_BACK", "", '-', true, 3),
    named("JKT_2203_FRONT", "", '-', false, 3),
    named("JKT_2204_SWATCH", "Acme Retail", 'V', true, 4),
    named("JKT_2205_BACK", "", '-', false, 4),
    named("JKT_2205_FRONT", "", '-', false, 4),
    named("JKT_2206_FRONT", "", 'X', true, 4),
    named("JKT_2207_BACK", "", '-', true, 5),
    named("JKT_2207_FRONT", "", '-', true, 5),
    named("JKT_2208_SPIN01", "Acme Retail", '-', true, 5),
    named("JKT_2208_SPIN02", "Acme Retail", '-', true, 5),
    named("JKT_2208_SPIN03", "Acme Retail", '-', true, 5),
    named("JKT_2209_FRONT", "", '-', false, 6),
    named("PNT_1001_BACK", "Acme Retail", '-', true, 6),
    named("PNT_1001_FRONT", "Acme Retail", '-', true, 6),
    named("PNT_1002_BACK", "", '-', true, 6),
    named("PNT_1002_FRONT", "", '-', true, 7),
    named("PNT_1003_FRONT", "Acme Retail", 'V', true, 7),
    named("PNT_1004_FRONT", "Acme Retail", '-', true, 7),
];

/// Assets around the jackets that are no pictures of AW26: name, type, season, thumbnail.
/// Two assets are called `JKT_2212_FRONT`, so a rule by name finds a tie there.
pub(super) const AROUND: [(&str, &str, &str, bool); 8] = [
    ("JKT_2202_MOV", "Video", "NOS", true),
    ("JKT_2202_SW", "Mask", "NOS", true),
    ("JKT_2210_FRONT", "Image", "NOS", true),
    ("JKT_2210_SPINSET", "ImageSet", "NOS", false),
    ("JKT_2211_SPINSET", "ImageSet", "NOS", false),
    ("JKT_2212_FRONT", "Image", "NOS", true),
    ("JKT_2212_FRONT", "AdjustedView", "NOS", true),
    ("JKT_2212_SPINSET", "ImageSet", "NOS", false),
];

/// The description that grows over the limit of 500 characters when it is edited: it is 505
/// characters long, from before there was a limit.
pub(super) fn long_description() -> String {
    let mut text = String::from("Long jacket with a storm collar, taped seams and four pockets.");
    let sentences = [
        " The shell is a dense cotton weave that has been waxed twice and brushed once.",
        " The lining is quilted and can be taken out.",
        " Buttons are horn, the zip is metal, the cuffs close with a strap.",
        " Photographed on the stand against a light grey ground.",
    ];
    for sentence in sentences.iter().cycle() {
        if text.chars().count() + sentence.chars().count() > 505 {
            break;
        }
        text.push_str(sentence);
    }
    while text.chars().count() < 505 {
        text.push('.');
    }
    text
}
