//! What is refused before any work: documents, actions, operations, order, missing children.

use super::{Desk, NAMESPACE, SOAP_11, auth, envelope};

#[test]
fn what_is_no_envelope_is_refused_and_never_answered_with_anything_but_soap() {
    let desk = Desk::new();
    let bomb = "<!DOCTYPE x [<!ENTITY a 'aaaa'>]><x>&a;</x>";
    for (document, code) in [
        ("", 30003),
        ("not xml", 30003),
        (bomb, 30003),
        ("<a></b>", 30003),
        ("<a/>", 0),
        ("<Envelope/>", 0),
    ] {
        let answer = desk.post(document, &[]);
        assert_eq!((answer.status, answer.code()), (500, code), "{document}");
    }
    let answer = desk.post("{}", &[("content-type", "application/soap+xml")]);
    assert!(
        answer
            .body
            .contains("http://www.w3.org/2003/05/soap-envelope")
    );
}

#[test]
fn deep_nesting_ends_in_a_fault() {
    let deep = format!("{}{}", "<a>".repeat(10_000), "</a>".repeat(10_000));
    let answer = Desk::new().post(&deep, &[]);
    assert!(answer.fault().2.contains("nested"));
}

#[test]
fn the_action_outside_must_be_the_operation_inside() {
    let desk = Desk::new();
    let document = desk.envelope(&format!(
        "<getSystemPropertiesParam xmlns=\"{NAMESPACE}\"/>"
    ));
    let with = |name, value| desk.post(&document, &[(name, value)]);
    for good in ["getSystemProperties", "\"getSystemProperties\"", "\"\"", ""] {
        assert_eq!(with("soapaction", good).status, 200, "{good}");
    }
    assert_eq!(with("soapaction", "\"searchAssets\"").code(), 30003);
    let typed = "application/soap+xml; action=\"searchAssets\"";
    assert_eq!(with("content-type", typed).code(), 30003);
}

#[test]
fn operations_that_do_not_exist_are_faults_of_the_soap_layer() {
    let desk = Desk::new();
    let answer = desk.call("paintAssets", "");
    assert_eq!((answer.status, answer.code()), (500, 0));
    let no_param = desk.post(
        &desk.envelope(&format!("<searchAssets xmlns=\"{NAMESPACE}\"/>")),
        &[],
    );
    assert_eq!(no_param.code(), 0);
    let foreign = desk.post(&desk.envelope("<searchAssetsParam xmlns=\"urn:x\"/>"), &[]);
    assert_eq!(foreign.code(), 0);
}

#[test]
fn an_operation_is_not_known_to_versions_before_it() {
    let desk = Desk::new();
    let code = |date: &str| {
        let namespace = format!("http://www.scene7.com/IpsApi/xsd/{date}");
        let body = format!("<deleteAssetMetadataParam xmlns=\"{namespace}\"/>");
        desk.post(&desk.envelope(&body), &[]).code()
    };
    assert_eq!(code("2013-02-15"), 0);
    assert_eq!(code("2014-04-03"), 30002);
}

const OUT_OF_ORDER: &str = "<includeSubfolders>true</includeSubfolders>\
    <companyHandle>c|301</companyHandle><stranger/>";

#[test]
fn a_strict_server_minds_order_strangers_and_what_is_missing() {
    let desk = Desk::new();
    assert_eq!(desk.call("searchAssets", OUT_OF_ORDER).code(), 30003);
    let missing = desk.call("searchAssets", "<companyHandle>c|301</companyHandle>");
    let reason = "Missing required parameter 'includeSubfolders'.".to_owned();
    assert_eq!(missing.fault(), ("ipsApiFault".to_owned(), 30002, reason));
    let stranger = "<companyHandle>c|301</companyHandle><includeSubfolders>true</includeSubfolders>\
                    <excludByproductArray/>";
    assert_eq!(desk.call("searchAssets", stranger).code(), 30003);
    let words = "<companyHandle>c|301</companyHandle><includeSubfolders>yes</includeSubfolders>";
    assert_eq!(desk.call("searchAssets", words).code(), 30003);
    let unqualified = format!(
        "<x:getAssetCountsParam xmlns:x=\"{NAMESPACE}\"><companyHandle>c|301</companyHandle>\
         </x:getAssetCountsParam>"
    );
    assert_eq!(desk.post(&desk.envelope(&unqualified), &[]).code(), 30003);
}

#[test]
fn a_lenient_server_takes_what_a_hand_made_client_sends() {
    let desk = Desk::new().lenient();
    assert_eq!(desk.call("searchAssets", OUT_OF_ORDER).names().len(), 7);
    let missing = desk.call("getAssets", "<companyHandle>c|301</companyHandle>");
    assert_eq!(missing.code(), 30002);
}

#[test]
fn a_carrier_of_the_wrong_kind_is_no_request_at_all() {
    let desk = Desk::new();
    let update = |carrier: &str| {
        let inside = format!(
            "<companyHandle>c|301</companyHandle><assetHandle>a|27007</assetHandle>\
             <updateArray><items><fieldHandle>m|301|IMAGE|Priority</fieldHandle>{carrier}</items>\
             </updateArray>"
        );
        desk.call("setAssetMetadata", &inside)
    };
    assert_eq!(update("<longVal>many</longVal>").code(), 30003);
    assert_eq!(update("<value>1</value><fieldHandle/>").code(), 30003);
    assert_eq!(update("<longVal>5</longVal>").status, 200);
}

#[test]
fn credentials_come_before_the_schema_and_the_operation_before_credentials() {
    let desk = Desk::new();
    let send = |body: &str| {
        let header = auth(NAMESPACE, "editor@example.com", "wrong", "");
        desk.post(&envelope(SOAP_11, &header, body), &[]).code()
    };
    assert_eq!(
        send(&format!("<searchAssetsParam xmlns=\"{NAMESPACE}\"/>")),
        10001
    );
    assert_eq!(
        send(&format!("<paintAssetsParam xmlns=\"{NAMESPACE}\"/>")),
        0
    );
}

#[test]
fn operations_of_the_service_that_are_not_here_are_refused_as_unsupported() {
    let answer = Desk::new().call(
        "renameAsset",
        "<companyHandle>c|301</companyHandle><assetHandle>a|27007</assetHandle>\
         <newName>jacket_crimson</newName><validateName>true</validateName>",
    );
    let unsupported = "Operation not supported by this server".to_owned();
    assert_eq!(
        answer.fault(),
        ("ipsApiFault".to_owned(), 30000, unsupported)
    );
    assert_eq!(answer.status, 500);
}
