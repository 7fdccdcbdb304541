//! Whole answers as servers lay them out, with line ends and indents between the elements.

use crate::{
    domain::{FieldKey, FieldKind, Value},
    endpoint::dynamic_media as dm,
};

use super::{XSD, enveloped, known_fields, opened};
use dm::{
    assets, batch,
    definition::{self, Definition, MetadataType},
};

#[test]
fn a_deletion_answers_with_an_empty_return_in_either_spelling() {
    for empty in [
        format!("\n    <deleteAssetMetadataReturn xmlns=\"{XSD}\"/>\n  "),
        format!("<deleteAssetMetadataReturn xmlns=\"{XSD}\"></deleteAssetMetadataReturn>"),
    ] {
        // Anything but this return is a panic.
        opened(
            "deleteAssetMetadata",
            &enveloped(&empty),
            batch::read_nothing,
        );
    }
}

const LISTED: &str = "
      <totalRows>48</totalRows>
      <assetArray>
        <items>
          <assetHandle>a|911</assetHandle>
          <type>ImageSet</type>
          <name>vase_turntable</name>
          <folder>Glasvaerk/Vases/</folder>
          <readyForPublish>false</readyForPublish>
          <ipsImageUrl>image-no-ips/Glasvaerk/_optimized_/0f1/0f1d.tif</ipsImageUrl>
          <created>2025-11-30T08:15:00.000+01:00</created>
          <lastModified>2025-12-24T00:00:00.000Z</lastModified>
          <metadataArray>
            <items>
              <name>Copyright</name>
              <value></value>
            </items>
          </metadataArray>
        </items>
        <items>
          <assetHandle>a|912</assetHandle>
          <type>Image</type>
          <name>vase_blue</name>
          <fileName>vase_blue.psd</fileName>
          <folder>Glasvaerk/Vases/</folder>
          <readyForPublish>true</readyForPublish>
          <metadataArray>
            <items>
              <name>Priority</name>
              <value>9</value>
              <longVal>9</longVal>
            </items>
            <items>
              <name>Season</name>
              <value>Winter,Spring</value>
              <valueArray>
                <items>Winter</items>
                <items>Spring</items>
              </valueArray>
            </items>
          </metadataArray>
          <imageInfo>
            <width>640</width>
            <height>480</height>
          </imageInfo>
        </items>
      </assetArray>";

#[test]
fn a_listing_reads_a_set_without_file_or_size_beside_an_image() {
    let body = enveloped(&format!(
        "\n<searchAssetsReturn xmlns=\"{XSD}\">{LISTED}\n</searchAssetsReturn>\n"
    ));
    let read = |pull: &mut dm::Pull<'_>| assets::read(pull, &known_fields());
    let (total, listed) = opened("searchAssets", &body, read);
    assert_eq!(total, Some(48));
    let [set, image] = listed.as_slice() else {
        panic!("{listed:?}");
    };
    let text = Value::text;
    for (asset, field, value) in [
        (set, "Copyright", Value::Absent),
        (set, "file", Value::Absent),
        (set, "width", Value::Absent),
        (set, "folder", text("Glasvaerk/Vases/")),
        (set, "published", text("false")),
        (set, "created", text("2025-11-30T08:15:00.000+01:00")),
        (set, "modified", text("2025-12-24")),
        (image, "Priority", text("9")),
        (image, "Season", Value::list(["Winter", "Spring"])),
        (image, "file", text("vase_blue.psd")),
        (image, "published", text("true")),
        (image, "height", text("480")),
        (image, "created", Value::Absent),
    ] {
        assert_eq!(asset.value(&FieldKey::from(field)), &value, "{field}");
    }
    assert_eq!(
        (set.kind.as_str(), image.kind.as_str()),
        ("ImageSet", "Image")
    );
}

/// The definitions in a `getMetadataFieldsReturn`, which lists them without their asset type.
fn of_one_type(content: &str) -> Vec<Definition> {
    let body = enveloped(&format!(
        "<getMetadataFieldsReturn xmlns=\"{XSD}\">{content}</getMetadataFieldsReturn>"
    ));
    opened("getMetadataFields", &body, |pull| {
        let mut found = Vec::new();
        pull.each(|pull, name| {
            assert_eq!(name, "fieldArray");
            pull.each(|pull, _| {
                found.push(definition::read_definition(pull)?);
                Ok::<_, dm::Unreadable>(())
            })
        })?;
        Ok(found)
    })
}

#[test]
fn the_fields_of_one_type_are_the_same_definitions() {
    let read = of_one_type(
        "
      <fieldArray>
        <items>
          <fieldHandle>m|301|ASSET|Credit</fieldHandle>
          <name>Credit</name>
          <type>String</type>
          <defaultValue>Photo: Glasvaerk</defaultValue>
          <isRequired>true</isRequired>
          <isUserDefined>true</isUserDefined>
          <isHidden>false</isHidden>
          <isEnforced>false</isEnforced>
        </items>
        <items>
          <fieldHandle>m|301|IMAGE|Copies</fieldHandle>
          <name>Copies</name>
          <type>Int</type>
          <defaultValue></defaultValue>
          <isRequired>false</isRequired>
          <isUserDefined>false</isUserDefined>
          <isHidden>true</isHidden>
          <isEnforced>true</isEnforced>
        </items>
        <items>
          <fieldHandle>m|301|ASSET|Rooms</fieldHandle>
          <name>Rooms</name>
          <type>MultiFixedTag</type>
          <defaultValue></defaultValue>
          <isRequired>false</isRequired>
          <isUserDefined>true</isUserDefined>
          <isHidden>false</isHidden>
          <isEnforced>true</isEnforced>
          <initialTagValue>Attic</initialTagValue>
        </items>
      </fieldArray>",
    );
    let told = |one: &Definition| {
        let flags = [one.required, one.user_defined, one.hidden, one.enforced];
        (one.handle.clone(), one.name.clone(), one.kind, flags)
    };
    let wanted = |handle: &str, name: &str, kind, flags| {
        let (handle, name) = (handle.to_owned(), name.to_owned());
        (handle, name, kind, flags)
    };
    let flags = [true, true, false, false];
    let credit = wanted("m|301|ASSET|Credit", "Credit", MetadataType::Text, flags);
    let flags = [false, false, true, true];
    let copies = wanted("m|301|IMAGE|Copies", "Copies", MetadataType::Int, flags);
    let flags = [false, true, false, true];
    let rooms = wanted(
        "m|301|ASSET|Rooms",
        "Rooms",
        MetadataType::MultiFixedTag,
        flags,
    );
    let all: Vec<_> = read.iter().map(told).collect();
    assert_eq!(all, [credit, copies, rooms]);
    assert_eq!(read[2].kind.kind(), FieldKind::Tags);
}

#[test]
fn publishing_answers_in_the_shape_of_every_batch() {
    let body = enveloped(&format!(
        r#"
    <setAssetsPublishStateReturn xmlns="{XSD}">
      <successCount>4</successCount>
      <warningCount>1</warningCount>
      <errorCount>0</errorCount>
      <warningDetailArray>
        <items>
          <assetHandle>a|912</assetHandle>
          <code>30002</code>
          <reason>Was &lt;marked&gt; before.</reason>
        </items>
      </warningDetailArray>
    </setAssetsPublishStateReturn>"#
    ));
    let warning = batch::Detail {
        asset: "a|912".to_owned(),
        field: None,
        code: "30002".to_owned(),
        reason: "Was <marked> before.".to_owned(),
    };
    let wanted = batch::BatchAnswer {
        success: Some(4),
        warning: Some(1),
        error: Some(0),
        warnings: vec![warning],
        errors: Vec::new(),
    };
    assert_eq!(opened("setAssetsPublishState", &body, batch::read), wanted);
}
