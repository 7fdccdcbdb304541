//! Whole requests of a session: the envelope, the credentials and every child, in order.

use crate::{
    domain::{AssetId, Value},
    endpoint::dynamic_media as dm,
};

use super::{
    body_of, compact, item,
    requests::{batch, expected, written},
    sender, tags,
};
use dm::{assets, definition, envelope, thumbnail};

#[test]
fn memberships_are_asked_for_with_credentials_in_the_namespace_without_a_version() {
    let old = envelope::Sender {
        user: "b.okafor@example.org".to_owned(),
        password: "a<b&c".to_owned().into(),
        unversioned_header: true,
        ..sender()
    };
    let request = envelope::request(&old, "getCompanyMembership", |_| {}).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let wanted = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
        <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
          <soapenv:Header>
            <authHeader xmlns="http://www.scene7.com/IpsApi/xsd">
              <user>b.okafor@example.org</user>
              <password>a&lt;b&amp;c</password>
              <appName>armarius</appName>
              <appVersion>{version}</appVersion>
            </authHeader>
          </soapenv:Header>
          <soapenv:Body>
            <getCompanyMembershipParam xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03">
            </getCompanyMembershipParam>
          </soapenv:Body>
        </soapenv:Envelope>"#
    );
    assert_eq!(body_of(&request), compact(&wanted));
    let header = |name: &str| {
        let mut all = request.headers.iter();
        let found = all.find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    };
    assert_eq!(header("Content-Type"), Some("text/xml; charset=UTF-8"));
    assert_eq!(header("SOAPAction"), Some("\"getCompanyMembership\""));
}

/// The parts of an asset that a listing asks for, in order.
const PARTS: &str = "
    <items>assetArray/items/assetHandle</items>
    <items>assetArray/items/type</items>
    <items>assetArray/items/subType</items>
    <items>assetArray/items/name</items>
    <items>assetArray/items/fileName</items>
    <items>assetArray/items/folder</items>
    <items>assetArray/items/readyForPublish</items>
    <items>assetArray/items/created</items>
    <items>assetArray/items/createUser</items>
    <items>assetArray/items/lastModified</items>
    <items>assetArray/items/lastModifyUser</items>
    <items>assetArray/items/metadataArray</items>
    <items>assetArray/items/imageInfo/width</items>
    <items>assetArray/items/imageInfo/height</items>
    <items>assetArray/items/imageInfo/fileSize</items>
    <items>assetArray/items/videoInfo/fileSize</items>
    <items>assetArray/items/pdfInfo/fileSize</items>
    <items>assetArray/items/psdInfo/fileSize</items>
    <items>assetArray/items/illustratorInfo/fileSize</items>
    <items>assetArray/items/animatedGifInfo/fileSize</items>
    <items>assetArray/items/audioInfo/fileSize</items>";

#[test]
fn a_page_of_the_listing_is_asked_for_in_the_order_of_the_schema() {
    let body = written("searchAssets", |xml| assets::search(xml, "c|88", 4, 250));
    let wanted = format!(
        r#"<searchAssetsParam xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03">
          <companyHandle>c|88</companyHandle>
          <includeSubfolders>true</includeSubfolders>
          <recordsPerPage>250</recordsPerPage>
          <resultsPage>4</resultsPage>
          <sortBy>Created</sortBy>
          <sortDirection>Ascending</sortDirection>
          <responseFieldArray><items>totalRows</items>{PARTS}</responseFieldArray>
        </searchAssetsParam>"#
    );
    assert_eq!(body, expected(&wanted));
}

#[test]
fn assets_are_read_again_with_the_parts_of_the_listing() {
    let ids = ["a|5120", "a|5121"].map(AssetId::from);
    let body = written("getAssets", |xml| assets::get(xml, "c|88", &ids));
    let wanted = format!(
        r#"<getAssetsParam xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03">
          <companyHandle>c|88</companyHandle>
          <assetHandleArray><items>a|5120</items><items>a|5121</items></assetHandleArray>
          <responseFieldArray>{PARTS}</responseFieldArray>
        </getAssetsParam>"#
    );
    assert_eq!(body, expected(&wanted));
}

#[test]
fn the_fields_of_all_types_are_asked_for_by_company_alone() {
    let body = written("getAssetMetadataFields", |xml| {
        definition::of_company(xml, "c|88");
    });
    let wanted = r#"
        <getAssetMetadataFieldsParam xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03">
          <companyHandle>c|88</companyHandle>
        </getAssetMetadataFieldsParam>"#;
    assert_eq!(body, expected(wanted));
}

#[test]
fn seven_changes_of_three_assets_are_three_groups_and_each_asset_stands_in_one() {
    let rights = Value::text("© 2026 Nørrebro Glas & <Søn>");
    let body = batch(&[
        item("a|611", "Copyright", rights.clone()),
        item("a|612", "Copyright", rights),
        item("a|611", "Priority", Value::text("urgent")),
        item("a|612", "Priority", Value::text("urgent")),
        item("a|611", "Region", Value::list(["Fyn", "Jylland"])),
        item("a|404", "Region", Value::list(["Fyn", "Jylland"])),
        tags("a|611", "Season", &["Winter"], &["Spring", "Autumn"]),
    ])
    .unwrap();
    let shared = "
        <items>
          <fieldHandle>m|301|ASSET|Copyright</fieldHandle>
          <value>© 2026 Nørrebro Glas &amp; &lt;Søn&gt;</value>
        </items>
        <items>
          <fieldHandle>m|301|IMAGE|Priority</fieldHandle>
          <value>urgent</value>
        </items>";
    let region = "
        <items>
          <fieldHandle>m|301|ASSET|Region</fieldHandle>
          <setTagValueArray><items>Fyn</items><items>Jylland</items></setTagValueArray>
        </items>";
    let season = "
        <items>
          <fieldHandle>m|301|ASSET|Season</fieldHandle>
          <addTagValueArray><items>Winter</items></addTagValueArray>
          <deleteTagValueArray><items>Spring</items><items>Autumn</items></deleteTagValueArray>
        </items>";
    let group = |asset: &str, updates: &str| {
        format!(
            "<items>
               <assetHandleArray><items>{asset}</items></assetHandleArray>
               <updateArray>{updates}</updateArray>
             </items>"
        )
    };
    let wanted = format!(
        r#"<batchSetAssetMetadataParam xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03">
          <companyHandle>c|301</companyHandle>
          <updateArray>{}{}{}</updateArray>
        </batchSetAssetMetadataParam>"#,
        group("a|611", &format!("{shared}{region}{season}")),
        group("a|612", shared),
        group("a|404", region)
    );
    assert_eq!(body, expected(&wanted));
}

#[test]
fn two_thumbnails_are_set_and_a_third_is_taken_away_in_one_call() {
    let picture = |id: &str| Value::Asset {
        id: id.into(),
        name: "shown to people alone".to_owned(),
    };
    let items = [
        item("a|730", "thumbnail", picture("a|731")),
        item("a|740", "thumbnail", picture("a|741")),
        item("a|750", "thumbnail", Value::Absent),
    ];
    let body = written("batchSetThumbAsset", |xml| {
        thumbnail::batch_set(xml, "c|88", &items);
    });
    let wanted = r#"<batchSetThumbAssetParam xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03">
          <companyHandle>c|88</companyHandle>
          <updateArray>
            <items>
              <assetHandle>a|730</assetHandle>
              <thumbAssetHandle>a|731</thumbAssetHandle>
            </items>
            <items>
              <assetHandle>a|740</assetHandle>
              <thumbAssetHandle>a|741</thumbAssetHandle>
            </items>
            <items><assetHandle>a|750</assetHandle></items>
          </updateArray>
        </batchSetThumbAssetParam>"#;
    assert_eq!(body, expected(wanted));
}
