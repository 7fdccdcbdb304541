//! Whole documents both ways, laid out with line ends and indents as people write them.

use super::{Desk, FAULTS, NAMESPACE, SOAP_11, auth, envelope, squeezed};

const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";

/// The answer of this body, without its namespace, in its envelope.
fn returned(version: &str, body: &str) -> String {
    squeezed(&format!(
        r#"<?xml version='1.0' encoding='UTF-8'?>
        <soapenv:Envelope xmlns:soapenv="{version}">
          <soapenv:Body>
            {body}
          </soapenv:Body>
        </soapenv:Envelope>"#
    ))
}

fn fault(class: &str, code: u32, reason: &str) -> String {
    returned(
        SOAP_11,
        &format!(
            r#"<soapenv:Fault>
              <faultcode>soapenv:Server</faultcode>
              <faultstring>{class}</faultstring>
              <detail>
                <tns:{class} xmlns:tns="{FAULTS}">
                  <tns:code>{code}</tns:code>
                  <tns:reason>{reason}</tns:reason>
                </tns:{class}>
              </detail>
            </soapenv:Fault>"#
        ),
    )
}

/// A sign-in check of somebody else than the caller, whose header names a language.
fn check_login(password: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="{SOAP_11}">
  <soapenv:Header>
    <authHeader xmlns="{NAMESPACE}">
      <user>editor@example.com</user>
      <password>secret</password>
      <locale>da-DK</locale>
      <appName>Folio</appName>
      <appVersion>7.2</appVersion>
    </authHeader>
  </soapenv:Header>
  <soapenv:Body>
    <checkLoginParam xmlns="{NAMESPACE}">
      <companyHandle>c|301</companyHandle>
      <email>ipsuser@example.com</email>
      <password>{password}</password>
    </checkLoginParam>
  </soapenv:Body>
</soapenv:Envelope>
"#
    )
}

#[test]
fn a_sign_in_of_somebody_else_is_checked_by_a_caller_with_a_language() {
    let desk = Desk::new();
    for (password, status) in [("secret", "ValidLogin"), ("guess", "InvalidLogin")] {
        let action = [("soapaction", "\"checkLogin\"")];
        let answer = desk.post(&check_login(password), &action);
        let wanted = format!(
            r#"<checkLoginReturn xmlns="{NAMESPACE}">
              <status>{status}</status>
            </checkLoginReturn>"#
        );
        assert_eq!(answer.body, returned(SOAP_11, &wanted));
        assert_eq!(answer.status, 200);
    }
}

#[test]
fn fields_are_listed_for_the_type_asked_for_and_not_for_others() {
    let handles = |kind: &str| -> Vec<String> {
        let inside = format!(
            "
      <companyHandle>c|301</companyHandle>
      <assetType>{kind}</assetType>
    "
        );
        let content = Desk::new().call("getMetadataFields", &inside).good();
        let fields = content.items("fieldArray");
        fields
            .map(|field| field.text_of("fieldHandle").unwrap().to_owned())
            .collect()
    };
    let (pdf, image) = (handles("Pdf"), handles("Image"));
    let of_images = |all: &[String]| all.iter().any(|one| one == "m|301|IMAGE|Priority");
    assert!(of_images(&image) && !of_images(&pdf));
    assert_eq!(pdf.len() + 1, image.len());
}

#[test]
fn the_publish_state_is_set_for_all_but_an_asset_nobody_knows() {
    let desk = Desk::new();
    let answer = desk.call(
        "setAssetsPublishState",
        "
      <companyHandle>c|301</companyHandle>
      <publishStateUpdateArray>
        <items>
          <assetHandle>a|27009</assetHandle>
          <publishState>MarkedForPublish</publishState>
        </items>
        <items>
          <assetHandle>a|40404</assetHandle>
          <publishState>MarkedForPublish</publishState>
        </items>
        <items>
          <assetHandle>a|27007</assetHandle>
          <publishState>NotMarkedForPublish</publishState>
        </items>
      </publishStateUpdateArray>
    ",
    );
    let wanted = format!(
        r#"<setAssetsPublishStateReturn xmlns="{NAMESPACE}">
          <successCount>2</successCount>
          <warningCount>0</warningCount>
          <errorCount>1</errorCount>
          <errorDetailArray>
            <items>
              <assetHandle>a|40404</assetHandle>
              <code>30001</code>
              <reason>Asset handle 'a|40404' is invalid.</reason>
            </items>
          </errorDetailArray>
        </setAssetsPublishStateReturn>"#
    );
    assert_eq!(answer.body, returned(SOAP_11, &wanted));
    let published = |id: &str| desk.state.library.by_id(id).unwrap().unwrap().published;
    assert_eq!([published("a|27009"), published("a|27007")], [true, false]);
}

#[test]
fn moving_deleting_and_renaming_are_refused_as_unsupported_and_leave_the_assets_alone() {
    let desk = Desk::new();
    let blue = || {
        let found = desk.state.library.by_id("a|27009").unwrap().unwrap();
        (found.name, found.folder, found.modified)
    };
    let before = blue();
    for (operation, inside) in [
        (
            "moveAssets",
            "
      <companyHandle>c|301</companyHandle>
      <assetMoveArray>
        <items>
          <assetHandle>a|27009</assetHandle>
          <folderHandle>f|ExampleCo/Autumn/</folderHandle>
        </items>
      </assetMoveArray>",
        ),
        (
            "deleteAssets",
            "
      <companyHandle>c|301</companyHandle>
      <assetHandleArray>
        <items>a|27009</items>
        <items>a|27010</items>
      </assetHandleArray>",
        ),
        (
            "renameAsset",
            "
      <companyHandle>c|301</companyHandle>
      <assetHandle>a|27009</assetHandle>
      <newName>jacket_teal</newName>
      <validateName>false</validateName>",
        ),
    ] {
        let answer = desk.call(operation, inside);
        let unsupported = "Operation not supported by this server";
        assert_eq!(answer.body, fault("ipsApiFault", 30000, unsupported));
        assert_eq!(
            (answer.status, blue()),
            (500, before.clone()),
            "{operation}"
        );
    }
}

#[test]
fn a_wrong_password_is_answered_with_this_document() {
    let header = auth(NAMESPACE, "editor@example.com", "guess", "");
    let body = format!("<getCompanyMembershipParam xmlns=\"{NAMESPACE}\"/>");
    let answer = Desk::new().post(&envelope(SOAP_11, &header, &body), &[]);
    let reason = "Invalid username/password";
    assert_eq!(answer.body, fault("authenticationFault", 10001, reason));
}

#[test]
fn a_role_that_may_not_write_is_refused_in_soap_1_2_with_this_document() {
    let header = auth(NAMESPACE, "imageportaluser@example.com", "secret", "");
    let body = format!(
        "<deleteAssetMetadataParam xmlns=\"{NAMESPACE}\">
           <companyHandle>c|301</companyHandle>
           <assetHandle>a|27007</assetHandle>
           <deleteArray>
             <items><fieldHandle>m|301|ASSET|Copyright</fieldHandle></items>
           </deleteArray>
         </deleteAssetMetadataParam>"
    );
    let desk = Desk::new();
    let kind = "application/soap+xml; charset=UTF-8; action=\"deleteAssetMetadata\"";
    let answer = desk.post(
        &envelope(SOAP_12, &header, &body),
        &[("content-type", kind)],
    );
    let wanted = format!(
        r#"<soapenv:Fault>
          <soapenv:Code>
            <soapenv:Value>soapenv:Receiver</soapenv:Value>
          </soapenv:Code>
          <soapenv:Reason>
            <soapenv:Text xml:lang="en-US">authorizationFault</soapenv:Text>
          </soapenv:Reason>
          <soapenv:Detail>
            <tns:authorizationFault xmlns:tns="{FAULTS}">
              <tns:code>20003</tns:code>
              <tns:reason>User does not have permission to access operation 'deleteAssetMetadata'</tns:reason>
            </tns:authorizationFault>
          </soapenv:Detail>
        </soapenv:Fault>"#
    );
    assert_eq!(answer.body, returned(SOAP_12, &wanted));
    assert!(!desk.stored("a|27007", "Copyright").is_empty());
}
