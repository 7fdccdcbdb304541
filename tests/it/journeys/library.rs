//! The library the journeys walk in: jackets and pants of two seasons, most without rights.

use armarius::{
    domain::{Asset, Certificate, CertificateStatus, Field, FieldKey, FieldKind, Schema, Value},
    ui::session::{World, asset},
};

const SHOTS: [&str; 6] = ["BACK", "DET1", "DET2", "FRONT", "SPIN01", "SWATCH"];

/// 300 images of AW26 (100 without rights), 60 of SS26, 12 videos.
pub(crate) fn world() -> World {
    let mut assets = Vec::new();
    for number in 0..300 {
        let (line, shot) = (2200 + number / 6, SHOTS[number % 6]);
        let rights = if number % 3 == 0 { "" } else { "Acme Retail" };
        assets.push(image(&format!("JKT_{line}_{shot}"), "AW26", rights, number));
    }
    for number in 0..60 {
        let (line, shot) = (1001 + number / 6, SHOTS[number % 6]);
        assets.push(image(
            &format!("PNT_{line}_{shot}"),
            "SS26",
            "Agency X",
            number,
        ));
    }
    for number in 0..12 {
        assets.push(asset(
            &format!("MOV_{number:03}"),
            "Video",
            &[("Season", "AW26")],
        ));
    }
    World::new(schema(), assets)
}

fn image(name: &str, season: &str, rights: &str, number: usize) -> Asset {
    let day = format!("2026-11-{:02}", number % 28 + 1);
    let title = format!("Title of {name}");
    let mut asset = asset(
        name,
        "Image",
        &[
            ("Title", &title),
            ("Season", season),
            ("Rights", rights),
            ("Modified", &day),
        ],
    );
    if number.is_multiple_of(5) {
        let certificate = Certificate {
            status: CertificateStatus::ALL[number % 3],
            message: String::new(),
        };
        asset
            .fields
            .push((FieldKey::certificate(), Value::Certificate(certificate)));
    }
    if !number.is_multiple_of(4) {
        let thumbnail = Value::Asset {
            id: asset.id.clone(),
            name: name.into(),
        };
        asset.fields.push((FieldKey::thumbnail(), thumbnail));
    }
    asset
        .fields
        .push(("Keywords".into(), Value::list(["jacket", "outer"])));
    asset
}

fn schema() -> Schema {
    let fields = vec![
        Field::plain("Title", FieldKind::Text),
        Field::plain("Season", FieldKind::Text),
        Field::plain("Rights", FieldKind::Text),
        Field::plain("Keywords", FieldKind::Tags),
        Field::locked("Modified", FieldKind::Date, "the server sets it"),
    ];
    Schema { fields }
}
