//! Faults in every shape, and answers that are no envelopes.

use crate::endpoint::{
    EndpointError, Verdict,
    dynamic_media::{batch, envelope},
};

use super::{enveloped, response};

fn failed(status: u16, body: &str, writes: bool) -> EndpointError {
    let answer = response(status, body);
    envelope::open(&answer, ("searchAssets", writes), batch::read_nothing).unwrap_err()
}

fn soap11(class: &str, code: &str, reason: &str) -> String {
    enveloped(&format!(
        "<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>{class}</faultstring>\
         <detail><tns:{class} xmlns:tns=\"http://www.scene7.com/IpsApi/xsd\"><tns:code>{code}\
         </tns:code><tns:reason>{reason}</tns:reason></tns:{class}></detail></soapenv:Fault>"
    ))
}

#[test]
fn a_wrong_password_may_be_the_wrong_region() {
    let body = soap11("authenticationFault", "10001", "Invalid username/password");
    for status in [500, 200] {
        let error = failed(status, &body, false);
        assert_eq!(
            (error.verdict(), error.code()),
            (Verdict::SignInAgain, "10001")
        );
        assert!(error.to_string().contains("Invalid username/password"));
        assert!(error.hint().contains("another region"), "{}", error.hint());
    }
}

#[test]
fn a_business_error_keeps_the_servers_words() {
    let body = soap11(
        "ipsApiFault",
        "30000",
        "Asset ID 'jacket_crimson' is already in use.",
    );
    let wanted = EndpointError::Refused {
        code: "30000".to_owned(),
        why: "Asset ID 'jacket_crimson' is already in use.".to_owned(),
    };
    assert_eq!(failed(500, &body, true), wanted);
}

#[test]
fn a_soap_1_2_fault_is_found_too() {
    let body = r#"<soapenv:Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope">
      <soapenv:Body><soapenv:Fault>
        <soapenv:Code><soapenv:Value>soapenv:Receiver</soapenv:Value></soapenv:Code>
        <soapenv:Reason><soapenv:Text xml:lang="en-US">authorizationFault</soapenv:Text>
        </soapenv:Reason>
        <soapenv:Detail><tns:authorizationFault xmlns:tns="http://www.scene7.com/IpsApi/xsd">
          <tns:code>20003</tns:code>
          <tns:reason>User does not have permission</tns:reason>
        </tns:authorizationFault></soapenv:Detail>
      </soapenv:Fault></soapenv:Body></soapenv:Envelope>"#;
    let wanted = EndpointError::Forbidden {
        code: "20003".to_owned(),
        why: "User does not have permission".to_owned(),
    };
    assert_eq!(failed(500, body, true), wanted);
}

#[test]
fn older_and_bare_shapes_are_faults_too() {
    let older = enveloped(
        "<soapenv:Fault><faultcode>soapenv:Client</faultcode><faultstring>AuthorizationException\
         </faultstring><detail><authorizationFault xmlns=\"http://www.scene7.com/IpsApi/xsd\">\
         <code xmlns=\"http://www.scene7.com/IpsApi/xsd\">20009</code><reason xmlns=\"\
         http://www.scene7.com/IpsApi/xsd\">no</reason></authorizationFault></detail>\
         </soapenv:Fault>",
    );
    let bare = "<tns:authorizationFault xmlns:tns=\"x\"><tns:code>20009</tns:code>\
                <tns:reason>no</tns:reason></tns:authorizationFault>";
    for body in [older.as_str(), bare, &enveloped(bare)] {
        let error = failed(200, body, false);
        assert!(
            matches!(error, EndpointError::Forbidden { .. }),
            "{error:?}"
        );
        assert_eq!(error.code(), "20009");
    }
}

#[test]
fn a_fault_without_a_detail_is_a_refusal_with_its_text() {
    let body = enveloped(
        "<soapenv:Fault><faultcode>soapenv:Server</faultcode>\
         <faultstring>The endpoint reference (EPR) for the Operation not found</faultstring>\
         <detail/></soapenv:Fault>",
    );
    let EndpointError::Refused { code, why } = failed(500, &body, false) else {
        panic!("not a refusal");
    };
    assert!(code.is_empty() && why.contains("Operation not found"));
}

#[test]
fn codes_choose_the_class() {
    for (class, code, verdict) in [
        ("authenticationFault", "10000", Verdict::SignInAgain),
        ("authenticationFault", "10002", Verdict::SignInAgain),
        ("authorizationFault", "20000", Verdict::SomeItem),
        ("authorizationFault", "20005", Verdict::SomeItem),
        ("ipsApiFault", "30003", Verdict::SomeItem),
        ("ipsApiFault", "none", Verdict::SomeItem),
    ] {
        let error = failed(500, &soap11(class, code, "x"), true);
        assert_eq!(error.verdict(), verdict, "{class} {code}");
    }
}

#[test]
fn a_proxys_page_is_shown_without_its_markup_and_may_have_passed_a_write_on() {
    let page = "<html><head><title>502 Bad Gateway</title></head><body>nginx<br></body></html>";
    let error = failed(502, page, true);
    assert_eq!(error.verdict(), Verdict::ReadBack);
    assert!(error.to_string().contains("\"502 Bad Gateway\""), "{error}");
    assert!(!error.to_string().contains('<'));
    assert_eq!(failed(503, page, true).verdict(), Verdict::RetryLater);
    assert_eq!(failed(504, "", false).verdict(), Verdict::RetryLater);
}

#[test]
fn what_is_no_envelope_is_never_a_success() {
    for body in ["", "ok", "{\"a\":1}", "<html>portal</html>", "<a></b>"] {
        let error = failed(200, body, true);
        assert!(
            matches!(error, EndpointError::Garbled { .. }),
            "{body}: {error:?}"
        );
        assert_eq!(error.verdict(), Verdict::ReadBack);
        assert_eq!(failed(200, body, false).verdict(), Verdict::Never);
    }
    assert_eq!(failed(403, "<html/>", true).verdict(), Verdict::Never);
    assert_eq!(failed(413, "", true).verdict(), Verdict::SomeItem);
    assert_eq!(failed(407, "<html/>", true).verdict(), Verdict::SignInAgain);
    assert_eq!(failed(302, "", true).verdict(), Verdict::Never);
}

#[test]
fn another_operations_answer_is_not_taken_for_ours() {
    let body = enveloped("<getAssetsReturn/>");
    let error = failed(200, &body, false).to_string();
    assert!(error.contains("a getAssetsReturn, not a searchAssetsReturn"));
}

#[test]
fn an_answer_cut_short_is_no_answer() {
    let whole = enveloped("<searchAssetsReturn><totalRows>2</totalRows></searchAssetsReturn>");
    let start = whole.find("<totalRows>").unwrap();
    for end in start..whole.len() - 1 {
        let error = failed(200, &whole[..end], false);
        assert!(
            matches!(error, EndpointError::NoAnswer { .. }),
            "{end}: {error:?}"
        );
    }
}

#[test]
fn document_types_deep_nesting_and_unknown_entities_are_refused() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><Envelope><Body>&a;</Body></Envelope>";
    assert!(
        failed(200, bomb, false)
            .to_string()
            .contains("document type")
    );
    let deep = format!("<Envelope>{}", "<a>".repeat(100_000));
    assert!(failed(200, &deep, false).to_string().contains("deeper"));
    let entity = enveloped("<soapenv:Fault><faultstring>&secret;</faultstring></soapenv:Fault>");
    assert!(failed(200, &entity, false).to_string().contains("entity"));
}
