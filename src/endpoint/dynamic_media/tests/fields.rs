//! Fields: what people see of the definitions, and the way back.

use crate::{
    domain::{FieldKey, FieldKind, Offer},
    endpoint::dynamic_media as dm,
};

use super::{CertificateNames, Fields, certificate_names, definitions, enveloped, field, opened};
use dm::definition::{self, Definition};

fn of(entries: &[(Option<&str>, String)]) -> Vec<Definition> {
    let mut groups = String::new();
    for (kind, field) in entries {
        let kind = kind.unwrap_or("Asset");
        groups.extend([
            "<items><assetType>",
            kind,
            "</assetType><fieldArray>",
            field,
        ]);
        groups.push_str("</fieldArray></items>");
    }
    let body = enveloped(&format!(
        "<getAssetMetadataFieldsReturn><assetFieldsArray>{groups}</assetFieldsArray>\
         </getAssetMetadataFieldsReturn>"
    ));
    opened(
        "getAssetMetadataFields",
        &body,
        definition::read_definitions,
    )
}

#[test]
fn definitions_become_fields_with_their_kinds_and_types() {
    let fields = Fields::new(definitions(), &certificate_names());
    let kind = |name: &str| fields.schema.field(name).map(|field| field.kind);
    assert_eq!(kind("Copyright"), Some(FieldKind::Text));
    assert_eq!(kind("Season"), Some(FieldKind::Tags));
    assert_eq!(kind("Region"), Some(FieldKind::Tag));
    assert_eq!(kind("Priority"), Some(FieldKind::Integer));
    assert_eq!(kind("Weight"), Some(FieldKind::Number));
    assert_eq!(kind("Cleared"), Some(FieldKind::Boolean));
    assert_eq!(kind("Shot"), Some(FieldKind::Date));
    assert_eq!(kind("thumbnail"), Some(FieldKind::Asset));
    let priority = fields.schema.field("Priority").unwrap();
    assert_eq!(priority.applies_to, ["Image"]);
    assert!(priority.remark.contains("checks values"));
    let folder = fields.schema.field("folder").unwrap();
    assert!(folder.locked.is_some());
}

#[test]
fn the_two_certificate_fields_are_presented_as_one() {
    let fields = Fields::new(definitions(), &certificate_names());
    assert_eq!(fields.certificates, Offer::Yes);
    let keys: Vec<&str> = fields
        .schema
        .fields
        .iter()
        .map(|field| field.key.as_str())
        .filter(|name| name.to_lowercase().contains("certificate"))
        .collect();
    assert_eq!(keys, ["certificate"]);
}

#[test]
fn without_certificate_fields_the_reason_is_given_and_the_fields_stay() {
    let unnamed = Fields::new(definitions(), &CertificateNames::default());
    let reason = unnamed.certificates.refusal().unwrap();
    assert!(reason.contains("names no certificate field"), "{reason}");
    let field = unnamed.schema.field("Certificate").unwrap();
    assert_eq!(field.kind, FieldKind::Tag);
    let missing = CertificateNames {
        status: Some("Trust".to_owned()),
        ..certificate_names()
    };
    let missing = Fields::new(definitions(), &missing);
    let reason = missing.certificates.refusal().unwrap();
    assert!(reason.contains("no metadata field \"Trust\""), "{reason}");
}

#[test]
fn a_name_used_for_all_types_and_for_one_is_said_and_the_types_own_is_written() {
    let fields = Fields::new(
        of(&[
            (None, field("m|1|ASSET|Rights", "Rights", "String")),
            (Some("Image"), field("m|1|IMAGE|Rights", "Rights", "String")),
        ]),
        &CertificateNames::default(),
    );
    let rights = fields.schema.field("Rights").unwrap();
    assert!(rights.applies_to.is_empty());
    assert!(rights.remark.contains("used twice"), "{}", rights.remark);
    let handle = |kind: &str| &fields.definition(&rights.key, kind).unwrap().handle;
    assert_eq!(handle("Image"), "m|1|IMAGE|Rights");
    assert_eq!(handle("Video"), "m|1|ASSET|Rights");
}

#[test]
fn names_that_differ_only_in_case_or_meet_ours_get_a_number() {
    let fields = Fields::new(
        of(&[
            (None, field("h1", "Rights", "String")),
            (None, field("h2", "rights", "String")),
            (None, field("h3", "Folder", "String")),
            (None, field("h4", "Thumbnail", "String")),
        ]),
        &CertificateNames::default(),
    );
    let keys: Vec<&str> = fields
        .schema
        .fields
        .iter()
        .map(|field| field.key.as_str())
        .collect();
    assert_eq!(
        keys[..5],
        [
            "Rights",
            "rights (2)",
            "Folder",
            "Thumbnail (2)",
            "thumbnail"
        ]
    );
    assert!(keys.contains(&"folder (2)"));
    assert_eq!(fields.key_of("rights"), Some("rights (2)".into()));
    let key = FieldKey::from("rights (2)");
    assert_eq!(fields.definition(&key, "Image").unwrap().handle, "h2");
}

#[test]
fn hidden_fields_are_left_out_and_system_fields_can_not_be_edited() {
    let hidden = field("h1", "Secret", "String").replace("<isHidden>false", "<isHidden>true");
    let system = field("h2", "Depth", "Int").replace("<isUserDefined>true", "<isUserDefined>false");
    let fields = Fields::new(
        of(&[(None, hidden + &system)]),
        &CertificateNames::default(),
    );
    assert!(fields.schema.field("Secret").is_none());
    assert_eq!(fields.key_of("Secret"), None);
    assert!(fields.schema.field("Depth").unwrap().locked.is_some());
    let width = field("h3", "Width", "Int").replace("<isUserDefined>true", "<isUserDefined>false");
    let fields = Fields::new(of(&[(None, width)]), &CertificateNames::default());
    let widths = fields.schema.fields.iter().map(|field| field.key.as_str());
    let widths: Vec<&str> = widths
        .filter(|name| name.to_lowercase().starts_with("width"))
        .collect();
    assert_eq!(widths, ["Width"], "the same fact is shown once");
}

#[test]
fn an_unknown_type_is_shown_as_text_and_said() {
    let fields = Fields::new(
        of(&[(None, field("h1", "Odd", "Hologram"))]),
        &CertificateNames::default(),
    );
    let odd = fields.schema.field("Odd").unwrap();
    assert_eq!(odd.kind, FieldKind::Text);
    assert!(odd.remark.contains("Hologram"), "{}", odd.remark);
}

#[test]
fn a_boolean_tag_takes_true_and_false_alone() {
    let fields = Fields::new(
        of(&[(None, field("h1", "Ready", "BooleanTag"))]),
        &CertificateNames::default(),
    );
    let ready = fields.schema.field("Ready").unwrap();
    assert!(ready.closed);
    assert_eq!(ready.allowed, ["True", "False"]);
}

#[test]
fn the_fields_of_one_type_read_as_the_reference_shows_them() {
    let definition = "<items><fieldHandle>m|301|ASSET|Season</fieldHandle><name>Season</name>\
        <type>MultiFixedTag</type><defaultValue></defaultValue><isRequired>true</isRequired>\
        <isUserDefined>true</isUserDefined><isHidden>false</isHidden><isEnforced>true</isEnforced>\
        <initialTagValue>Spring</initialTagValue></items>";
    let read = of(&[(None, definition.to_owned())]);
    let fields = Fields::new(read, &CertificateNames::default());
    let season = fields.schema.field("Season").unwrap();
    assert!(season.required && season.kind == FieldKind::Tags);
    assert!(
        !season.closed,
        "a dictionary that could not be read closes nothing"
    );
}
