//! What comes back from reads, in whole envelopes.

use crate::{
    domain::{Certificate, CertificateStatus, FieldKey, Value},
    endpoint::dynamic_media as dm,
};

use super::{XSD, enveloped, known_fields, opened};
use dm::{account, assets, definition, picture, thumbnail};

const SEARCHED: &str = r"
    <totalRows>2</totalRows>
    <assetArray>
      <items>
        <assetHandle>a|27007</assetHandle>
        <type>Image</type>
        <name>jacket_red</name>
        <fileName>jacket_red.tif</fileName>
        <folder>ExampleCo/Spring/</folder>
        <readyForPublish>true</readyForPublish>
        <ipsImageUrl>image-no-ips/ExampleCo/_optimized_/c3c/c3240f7f.tif</ipsImageUrl>
        <created>2024-03-01T17:04:40.177-06:00</created>
        <lastModified>2024-03-01T17:04:44.172-06:00</lastModified>
        <metadataArray>
          <items><name>Copyright</name><value>(c) 2024 ExampleCo &amp; Sons</value></items>
          <items><name>Priority</name><value>2</value><longVal>2</longVal></items>
          <items>
            <name>Season</name>
            <value>Spring,Summer</value>
            <valueArray><items>Spring</items><items>Summer</items></valueArray>
          </items>
          <items><name>Certificate</name><value>Draft</value></items>
          <items><name>Certificate note</name><value>Ask Jo</value></items>
        </metadataArray>
        <imageInfo><width>2150</width><height>2500</height></imageInfo>
      </items>
      <items>
        <assetHandle>a|27008</assetHandle>
        <type>ImageSet</type>
        <name>jacket_set</name>
        <folder>ExampleCo/Spring/</folder>
        <readyForPublish>false</readyForPublish>
        <metadataArray>
          <items><name>Copyright</name><value></value></items>
          <items><name>Region</name><value>North</value></items>
        </metadataArray>
      </items>
    </assetArray>";

fn searched(content: &str) -> (Option<u64>, Vec<crate::domain::Asset>) {
    let body = enveloped(&format!(
        "<searchAssetsReturn xmlns=\"{XSD}\">{content}</searchAssetsReturn>"
    ));
    opened("searchAssets", &body, |pull| {
        assets::read(pull, &known_fields())
    })
}

#[test]
fn a_page_of_assets_is_read_with_all_it_says() {
    let (total, assets) = searched(SEARCHED);
    assert_eq!((total, assets.len()), (Some(2), 2));
    let (jacket, set) = (&assets[0], &assets[1]);
    assert_eq!(
        (
            jacket.id.as_str(),
            jacket.name.as_str(),
            jacket.kind.as_str()
        ),
        ("a|27007", "jacket_red", "Image")
    );
    for (field, value) in [
        ("Copyright", Value::text("(c) 2024 ExampleCo & Sons")),
        ("Priority", Value::text("2")),
        ("Season", Value::list(["Spring", "Summer"])),
        ("thumbnail", Value::Unknown),
        ("file", Value::text("jacket_red.tif")),
        ("folder", Value::text("ExampleCo/Spring/")),
        ("published", Value::text("true")),
        ("created", Value::text("2024-03-01T17:04:40.177-06:00")),
        ("width", Value::text("2150")),
        ("Certificate note", Value::Absent),
    ] {
        assert_eq!(jacket.value(&FieldKey::from(field)), &value, "{field}");
    }
    let certificate = Certificate {
        status: CertificateStatus::Draft,
        message: "Ask Jo".to_owned(),
    };
    assert_eq!(
        jacket.value(&FieldKey::certificate()),
        &Value::Certificate(certificate)
    );
    assert_eq!(set.value(&"Copyright".into()), &Value::Absent);
    assert_eq!(set.value(&"Region".into()), &Value::text("North"));
    assert_eq!(set.value(&FieldKey::certificate()), &Value::Absent);
}

#[test]
fn no_rows_come_in_every_shape() {
    for empty in [
        "<totalRows>0</totalRows><assetArray />",
        "<totalRows>0</totalRows>",
        "",
    ] {
        assert!(searched(empty).1.is_empty(), "{empty}");
    }
}

#[test]
fn prefixes_namespaces_and_headers_make_no_difference() {
    let body = r#"<S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope"><S:Header/><S:Body>
        <n:searchAssetsReturn xmlns:n="http://www.scene7.com/IpsApi/xsd/2010-01-31">
        <n:totalRows> 7 </n:totalRows></n:searchAssetsReturn></S:Body></S:Envelope>"#;
    let read = |pull: &mut dm::Pull<'_>| assets::read(pull, &known_fields());
    assert_eq!(opened("searchAssets", body, read).0, Some(7));
}

#[test]
fn values_are_kept_exactly_with_references_sections_and_hostile_characters() {
    let (_, assets) = searched(
        "<assetArray><items><assetHandle>a|1</assetHandle><type>Image</type>\
         <name>\u{1b}[2J\u{202e}evil&#27;]0;x&#7;</name><metadataArray><items><name>Copyright\
         </name><value>  a &lt;b&gt; &amp;amp; <![CDATA[<raw>&]]>&#x1F3A8;\ttail \
         </value></items></metadataArray></items></assetArray>",
    );
    assert_eq!(assets[0].name, "\u{1b}[2J\u{202e}evil\u{1b}]0;x\u{7}");
    assert_eq!(
        assets[0].value(&"Copyright".into()),
        &Value::text("  a <b> &amp; <raw>&🎨\ttail ")
    );
}

#[test]
fn a_bare_date_reads_back_as_a_bare_date() {
    let (_, assets) = searched(
        "<assetArray><items><assetHandle>a|1</assetHandle><metadataArray><items><name>Shot</name>\
         <value>2024-03-01T00:00:00.000Z</value></items></metadataArray><type>Image</type>\
         </items></assetArray>",
    );
    assert_eq!(assets[0].value(&"Shot".into()), &Value::text("2024-03-01"));
}

#[test]
fn a_status_nobody_knows_stays_visible_and_is_no_certificate() {
    let (_, assets) = searched(
        "<assetArray><items><assetHandle>a|1</assetHandle><type>Image</type><metadataArray>\
         <items><name>Certificate</name><value>Pending</value></items></metadataArray></items>\
         </assetArray>",
    );
    assert_eq!(assets[0].value(&FieldKey::certificate()), &Value::Absent);
    assert_eq!(
        assets[0].value(&"Certificate".into()),
        &Value::text("Pending")
    );
}

#[test]
fn an_asset_without_a_handle_does_not_spoil_the_page() {
    let (_, assets) = searched(
        "<assetArray><items><name>lost</name></items><items><assetHandle>a|2</assetHandle>\
         </items></assetArray>",
    );
    assert_eq!(assets.len(), 1);
    assert_eq!(assets[0].id.as_str(), "a|2");
}

const COMPANY: &str = "<company><companyHandle>c|301</companyHandle><name>ExampleCo</name>\
    <rootPath>ExampleCo/</rootPath><expires>2100-12-31T23:00:00.000-06:00</expires></company>\
    <role>IpsCompanyAdmin</role><isActive>true</isActive>";

fn members(content: &str) -> Vec<account::Membership> {
    let body = enveloped(&format!(
        "<getCompanyMembershipReturn xmlns=\"{XSD}\"><membershipArray>{content}</membershipArray>\
         </getCompanyMembershipReturn>"
    ));
    opened("getCompanyMembership", &body, account::read_memberships)
}

#[test]
fn the_only_company_is_chosen_and_among_several_the_one_named() {
    let one = members(&format!("<items>{COMPANY}</items>"));
    let chosen = account::chosen(&one, None).unwrap();
    assert_eq!(
        (
            chosen.handle.as_str(),
            chosen.root.as_str(),
            chosen.role.as_str()
        ),
        ("c|301", "ExampleCo/", "IpsCompanyAdmin")
    );
    let other = COMPANY.replace("ExampleCo", "Other");
    let two = members(&format!("<items>{COMPANY}</items><items>{other}</items>"));
    let error = account::chosen(&two, None).unwrap_err();
    assert!(error.to_string().contains("2 companies: ExampleCo, Other"));
    assert_eq!(account::chosen(&two, Some("other")).unwrap().name, "Other");
    let error = account::chosen(&two, Some("Third")).unwrap_err();
    assert!(error.to_string().contains("not belong to Third, but to"));
}

#[test]
fn an_inactive_membership_is_no_membership() {
    let content = COMPANY.replace("<isActive>true", "<isActive>false");
    let one = members(&format!("<items>{content}</items>"));
    assert!(account::chosen(&one, None).is_err());
    let error = account::chosen(&one, Some("ExampleCo")).unwrap_err();
    assert!(error.to_string().contains("not active"), "{error}");
}

#[test]
fn older_servers_leave_out_the_element_around_the_company() {
    let flat = "<items><companyHandle>c|6</companyHandle><name>Old</name><rootPath>Old/</rootPath>\
                </items>";
    assert_eq!(account::chosen(&members(flat), None).unwrap().name, "Old");
}

#[test]
fn dictionaries_come_by_handle() {
    let body = enveloped(&format!(
        "<getTagFieldValuesReturn xmlns=\"{XSD}\"><fieldArray><items>\
         <fieldHandle>m|301|ASSET|Season</fieldHandle><valueArray><items>Spring</items>\
         <items>Summer</items><items>Autumn</items></valueArray></items></fieldArray>\
         </getTagFieldValuesReturn>"
    ));
    let read = opened("getTagFieldValues", &body, definition::read_dictionaries);
    let seasons = ["Spring", "Summer", "Autumn"].map(str::to_owned).to_vec();
    assert_eq!(read, [("m|301|ASSET|Season".to_owned(), seasons)]);
}

#[test]
fn the_current_thumbnail_is_read_and_may_be_missing() {
    let answer = |content: &str| {
        let body = enveloped(&format!(
            "<getAssociatedAssetsReturn xmlns=\"{XSD}\">{content}</getAssociatedAssetsReturn>"
        ));
        opened("getAssociatedAssets", &body, thumbnail::read)
    };
    let there = answer(
        "<thumbAsset><assetHandle>a|27007</assetHandle><type>Image</type><name>jacket_red</name>\
         </thumbAsset>",
    );
    let jacket = Value::Asset {
        id: "a|27007".into(),
        name: "jacket_red".to_owned(),
    };
    assert_eq!((there, answer("")), (jacket, Value::Absent));
}

#[test]
fn pictures_are_addressed_by_company_and_name_and_never_elsewhere() {
    assert_eq!(
        picture::published(
            "https://s7d1.example.com/is/image/",
            "ExampleCo/",
            "a b/ü,1",
            200
        ),
        "https://s7d1.example.com/is/image/ExampleCo/a%20b%2F%C3%BC%2C1\
         ?wid=200&hei=200&fit=constrain&fmt=jpeg&defaultImage="
    );
    assert_eq!(
        picture::preview("https://ips.example.com/is/", "image-no-ips/c3c.tif", 64).unwrap(),
        "https://ips.example.com/is/image-no-ips/c3c.tif?wid=64&hei=64&fit=constrain&fmt=jpeg"
    );
    for elsewhere in ["", "http://evil.example.com/x", "../../secret", "a@b\\c"] {
        assert_eq!(
            picture::preview("https://ips.example.com", elsewhere, 64),
            None
        );
    }
    assert_eq!(picture::preview("file:///etc", "passwd", 64), None);
}
