//! What goes out, word for word.

use crate::{
    domain::{AssetId, Certificate, CertificateStatus, Value},
    endpoint::{EndpointError, Verdict, dynamic_media as dm},
};

use super::{body_of, compact, item, known_fields, sender, tags};
use dm::{assets, definition, envelope, thumbnail, update};

/// The request with this body, in its envelope with the versioned header.
pub(super) fn expected(body: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    compact(&format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
        <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
          <soapenv:Header>
            <authHeader xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03">
              <user>editor@example.com</user>
              <password>hunter2</password>
              <appName>armarius</appName>
              <appVersion>{version}</appVersion>
            </authHeader>
          </soapenv:Header>
          <soapenv:Body>{body}</soapenv:Body>
        </soapenv:Envelope>"#
    ))
}

pub(super) fn written(operation: &str, children: impl FnOnce(&mut dm::Xml)) -> String {
    body_of(&envelope::request(&sender(), operation, children).unwrap())
}

pub(super) fn batch(items: &[crate::domain::Item]) -> Result<String, EndpointError> {
    let pairs = update::pairs(items, &known_fields())?;
    Ok(written("batchSetAssetMetadata", |xml| {
        update::batch_set(xml, "c|301", &pairs);
    }))
}

#[test]
fn the_request_names_its_operation_and_goes_to_the_service() {
    let request = envelope::request(&sender(), "getCompanyMembership", |_| {}).unwrap();
    assert_eq!(
        request.url,
        "https://ips.example.com/scene7/services/IpsApiService"
    );
    assert!(request.headers.contains(&(
        "SOAPAction".to_owned(),
        "\"getCompanyMembership\"".to_owned()
    )));
    let body = r#"<getCompanyMembershipParam xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03">
        </getCompanyMembershipParam>"#;
    assert_eq!(body_of(&request), expected(body));
    assert!(!format!("{request:?} {:?}", sender()).contains("hunter2"));
}

#[test]
fn old_servers_get_the_credentials_without_a_version() {
    let old = envelope::Sender {
        unversioned_header: true,
        ..sender()
    };
    let request = envelope::request(&old, "getCompanyMembership", |_| {}).unwrap();
    assert!(body_of(&request).contains(r#"<authHeader xmlns="http://www.scene7.com/IpsApi/xsd">"#));
}

#[test]
fn an_address_is_taken_with_and_without_the_services_path() {
    let full = "https://h.example.com/scene7/services/IpsApiService";
    for url in [
        "https://h.example.com",
        "https://h.example.com/scene7/",
        full,
    ] {
        assert_eq!(envelope::service_url(url), full);
    }
}

#[test]
fn the_listing_is_asked_for_page_by_page_oldest_first() {
    let body = written("searchAssets", |xml| assets::search(xml, "c|301", 13, 1000));
    let start = compact(
        r"<companyHandle>c|301</companyHandle>
          <includeSubfolders>true</includeSubfolders>
          <recordsPerPage>1000</recordsPerPage>
          <resultsPage>13</resultsPage>
          <sortBy>Created</sortBy>
          <sortDirection>Ascending</sortDirection>
          <responseFieldArray>
            <items>totalRows</items>
            <items>assetArray/items/assetHandle</items>
            <items>assetArray/items/type</items>",
    );
    assert!(body.contains(&start), "{body}");
    assert!(body.contains("<items>assetArray/items/metadataArray</items>"));
    assert!(!body.contains("permissions"));
}

#[test]
fn assets_are_read_again_by_handle() {
    let ids = [AssetId::from("a|1"), AssetId::from("a|2")];
    let body = written("getAssets", |xml| assets::get(xml, "c|301", &ids));
    assert!(body.contains(
        "<companyHandle>c|301</companyHandle><assetHandleArray><items>a|1</items>\
         <items>a|2</items></assetHandleArray><responseFieldArray>"
    ));
}

#[test]
fn all_dictionaries_are_asked_for_at_once() {
    let handles = ["m|301|ASSET|Season", "m|301|ASSET|Region"];
    let body = written("getTagFieldValues", |xml| {
        definition::dictionaries_of(xml, "c|301", handles);
    });
    let wanted = r#"<getTagFieldValuesParam xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03">
          <companyHandle>c|301</companyHandle>
          <fieldHandleArray>
            <items>m|301|ASSET|Season</items>
            <items>m|301|ASSET|Region</items>
          </fieldHandleArray>
        </getTagFieldValuesParam>"#;
    assert_eq!(body, expected(wanted));
}

#[test]
fn equal_edits_of_many_assets_share_a_group() {
    let copyright = Value::text("(c) 2025 ExampleCo & Sons");
    let region = Value::text("North");
    let body = batch(&[
        item("a|27007", "Copyright", copyright.clone()),
        item("a|27007", "Priority", Value::text("2")),
        item("a|27009", "Copyright", copyright),
        item("a|27009", "Priority", Value::text("2")),
        item("a|27010", "Region", region),
        tags("a|27011", "Season", &["Summer"], &["Autumn"]),
    ])
    .unwrap();
    let wanted = r#"
      <batchSetAssetMetadataParam xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03">
        <companyHandle>c|301</companyHandle>
        <updateArray>
          <items>
            <assetHandleArray><items>a|27007</items><items>a|27009</items></assetHandleArray>
            <updateArray>
              <items>
                <fieldHandle>m|301|ASSET|Copyright</fieldHandle>
                <value>(c) 2025 ExampleCo &amp; Sons</value>
              </items>
              <items>
                <fieldHandle>m|301|IMAGE|Priority</fieldHandle>
                <longVal>2</longVal>
              </items>
            </updateArray>
          </items>
          <items>
            <assetHandleArray><items>a|27010</items></assetHandleArray>
            <updateArray>
              <items>
                <fieldHandle>m|301|ASSET|Region</fieldHandle>
                <setTagValueArray><items>North</items></setTagValueArray>
              </items>
            </updateArray>
          </items>
          <items>
            <assetHandleArray><items>a|27011</items></assetHandleArray>
            <updateArray>
              <items>
                <fieldHandle>m|301|ASSET|Season</fieldHandle>
                <addTagValueArray><items>Summer</items></addTagValueArray>
                <deleteTagValueArray><items>Autumn</items></deleteTagValueArray>
              </items>
            </updateArray>
          </items>
        </updateArray>
      </batchSetAssetMetadataParam>"#;
    assert_eq!(body, expected(wanted));
}

#[test]
fn clearing_sends_an_empty_value_or_no_tags() {
    let body = batch(&[
        item("a|1", "Priority", Value::Absent),
        item("a|1", "Season", Value::Absent),
    ])
    .unwrap();
    assert!(body.contains("Priority</fieldHandle><value></value></items>"));
    assert!(body.contains("Season</fieldHandle><setTagValueArray></setTagValueArray></items>"));
}

#[test]
fn a_typed_carrier_is_used_where_it_says_exactly_the_same() {
    for (field, text, carrier) in [
        ("Priority", "2", "<longVal>2</longVal>"),
        ("Priority", "007", "<value>007</value>"),
        ("Priority", "high", "<value>high</value>"),
        ("Weight", "2.5", "<doubleVal>2.5</doubleVal>"),
        ("Weight", "2.50", "<value>2.50</value>"),
        ("Weight", "NaN", "<value>NaN</value>"),
        ("Cleared", "true", "<boolVal>true</boolVal>"),
        ("Cleared", "Yes", "<value>Yes</value>"),
        (
            "Shot",
            "2024-03-01",
            "<dateVal>2024-03-01T00:00:00.000Z</dateVal>",
        ),
        (
            "Shot",
            "2024-03-01T17:04:40.177-06:00",
            "<dateVal>2024-03-01T17:04:40.177-06:00</dateVal>",
        ),
        ("Shot", "03/01/2024", "<value>03/01/2024</value>"),
    ] {
        let body = batch(&[item("a|1", field, Value::text(text))]).unwrap();
        assert!(body.contains(carrier), "{field} {text}: {body}");
    }
}

#[test]
fn a_certificate_writes_both_fields_as_the_dictionary_spells_them() {
    let certificate = Value::Certificate(Certificate {
        status: CertificateStatus::Verified,
        message: "Checked".to_owned(),
    });
    let body = batch(&[item("a|1", "certificate", certificate)]).unwrap();
    let wanted = compact(
        r"<items>
            <fieldHandle>m|301|ASSET|Certificate</fieldHandle>
            <setTagValueArray><items>Verified</items></setTagValueArray>
          </items>
          <items>
            <fieldHandle>m|301|ASSET|Certificate note</fieldHandle>
            <value>Checked</value>
          </items>",
    );
    assert!(body.contains(&wanted), "{body}");
}

#[test]
fn markup_in_a_value_travels_as_text_and_line_ends_survive() {
    let text = "a]]><b>&amp;\r\nc\td 🎨 \u{202e}";
    let body = batch(&[item("a|1", "Copyright", Value::text(text))]).unwrap();
    assert!(
        body.contains("<value>a]]&gt;&lt;b&gt;&amp;amp;&#13;\nc\td 🎨 \u{202e}</value>"),
        "{body}"
    );
}

#[test]
fn a_control_character_is_refused_before_anything_leaves() {
    let bad = item("a|2", "Copyright", Value::text("a\u{1b}[2J"));
    let good = item("a|1", "Copyright", Value::text("fine"));
    let error = batch(&[good, bad.clone()]).unwrap_err();
    let EndpointError::PoisonedBy { items, why, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(items, &[1]);
    assert!(why.contains("U+001B"), "{why}");
    assert_eq!(batch(&[bad]).unwrap_err().verdict(), Verdict::Never);
}

#[test]
fn a_field_that_the_type_has_not_is_refused_before_anything_leaves() {
    let mut pdf = item("a|1", "Priority", Value::text("2"));
    pdf.kind = "Pdf".to_owned();
    let error = batch(&[pdf]).unwrap_err().to_string();
    assert!(
        error.contains("type Pdf have no field \"Priority\""),
        "{error}"
    );
}

#[test]
fn a_value_is_deleted_from_one_asset() {
    let pairs = update::pairs(
        &[item("a|27007", "Priority", Value::Absent)],
        &known_fields(),
    );
    let body = written("deleteAssetMetadata", |xml| {
        update::delete(xml, "c|301", &pairs.unwrap()[0]);
    });
    let wanted = r#"<deleteAssetMetadataParam xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03">
          <companyHandle>c|301</companyHandle>
          <assetHandle>a|27007</assetHandle>
          <deleteArray><items><fieldHandle>m|301|IMAGE|Priority</fieldHandle></items></deleteArray>
        </deleteAssetMetadataParam>"#;
    assert_eq!(body, expected(wanted));
}

#[test]
fn thumbnails_are_set_and_taken_away() {
    let thumbnail = |id: &str| Value::Asset {
        id: id.into(),
        name: String::new(),
    };
    let items = [
        item("a|27008", "thumbnail", thumbnail("a|27007")),
        item("a|27012", "thumbnail", Value::Absent),
    ];
    let body = written("batchSetThumbAsset", |xml| {
        thumbnail::batch_set(xml, "c|301", &items);
    });
    let wanted = r#"<batchSetThumbAssetParam xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03">
          <companyHandle>c|301</companyHandle>
          <updateArray>
            <items>
              <assetHandle>a|27008</assetHandle>
              <thumbAssetHandle>a|27007</thumbAssetHandle>
            </items>
            <items><assetHandle>a|27012</assetHandle></items>
          </updateArray>
        </batchSetThumbAssetParam>"#;
    assert_eq!(body, expected(wanted));
}

#[test]
fn the_current_thumbnail_is_asked_for_alone() {
    let body = written("getAssociatedAssets", |xml| {
        thumbnail::get(xml, "c|301", &"a|27008".into());
    });
    let wanted = r#"<getAssociatedAssetsParam xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03">
          <companyHandle>c|301</companyHandle>
          <assetHandle>a|27008</assetHandle>
          <responseFieldArray>
            <items>thumbAsset/assetHandle</items>
            <items>thumbAsset/type</items>
            <items>thumbAsset/name</items>
          </responseFieldArray>
        </getAssociatedAssetsParam>"#;
    assert_eq!(body, expected(wanted));
}
