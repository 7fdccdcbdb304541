//! Credentials, roles, companies, and the faults they end in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Answer, Desk, FAULTS, NAMESPACE, SOAP_11, auth, envelope};
use crate::catalogue::faults::Faults;
use crate::catalogue::soap::{HeaderNamespace, SoapSwitches};

const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";

fn membership() -> String {
    format!("<getCompanyMembershipParam xmlns=\"{NAMESPACE}\"/>")
}

fn sent(desk: &Desk, header: &str, http: &[(&'static str, &str)]) -> Answer {
    desk.post(&envelope(SOAP_11, header, &membership()), http)
}

#[test]
fn both_headers_the_old_ones_and_basic_let_the_caller_in() {
    let desk = Desk::new();
    for namespace in [
        NAMESPACE,
        FAULTS,
        "http://www.scene7.com/IpsApi/xsd/2010-01-31",
    ] {
        let header = auth(namespace, "editor@example.com", "secret", "");
        assert_eq!(sent(&desk, &header, &[]).status, 200);
    }
    let old = "<AuthUser xmlns=\"http://www.scene7.com/IpsApi\">editor@example.com</AuthUser>\
               <AuthPassword xmlns=\"http://www.scene7.com/IpsApi\">secret</AuthPassword>";
    assert_eq!(sent(&desk, old, &[]).status, 200);
    let basic = format!("Basic {}", STANDARD.encode("editor@example.com:secret"));
    assert_eq!(sent(&desk, "", &[("authorization", &basic)]).status, 200);
}

#[test]
fn wrong_and_missing_credentials_are_two_faults_with_500_and_never_401() {
    let desk = Desk::new();
    let missing = sent(&desk, "", &[]);
    assert_eq!((missing.status, missing.code()), (500, 10000));
    let wrong = sent(
        &desk,
        &auth(NAMESPACE, "editor@example.com", "Secret", ""),
        &[],
    );
    assert_eq!(wrong.status, 500);
    let invalid = "Invalid username/password".to_owned();
    assert_eq!(
        wrong.fault(),
        ("authenticationFault".to_owned(), 10001, invalid)
    );
    let basic = format!("Basic {}", STANDARD.encode("editor@example.com:no"));
    assert_eq!(sent(&desk, "", &[("authorization", &basic)]).code(), 10001);
}

#[test]
fn the_fault_status_is_what_the_header_asks_for() {
    let more = "<faultHttpStatusCode>200</faultHttpStatusCode>";
    let answer = sent(
        &Desk::new(),
        &auth(NAMESPACE, "nobody@example.com", "x", more),
        &[],
    );
    assert_eq!((answer.status, answer.code()), (200, 10001));
}

#[test]
fn the_dated_header_needs_the_name_of_the_program_and_the_other_does_not() {
    let bare = |namespace: &str| {
        format!(
            "<authHeader xmlns=\"{namespace}\"><user>editor@example.com</user>\
             <password>secret</password></authHeader>"
        )
    };
    let desk = Desk::new();
    assert_eq!(sent(&desk, &bare(NAMESPACE), &[]).code(), 30002);
    assert_eq!(sent(&desk, &bare(FAULTS), &[]).status, 200);
    assert_eq!(
        sent(&Desk::new().lenient(), &bare(NAMESPACE), &[]).status,
        200
    );
}

#[test]
fn a_switch_makes_one_namespace_of_the_header_the_only_one() {
    let with = |header| {
        let switches = SoapSwitches {
            header,
            ..SoapSwitches::default()
        };
        let desk = Desk::under(Faults::none(), switches);
        [NAMESPACE, FAULTS].map(|namespace| {
            sent(
                &desk,
                &auth(namespace, "editor@example.com", "secret", ""),
                &[],
            )
            .status
        })
    };
    assert_eq!(with(HeaderNamespace::Either), [200, 200]);
    assert_eq!(with(HeaderNamespace::Versioned), [200, 500]);
    assert_eq!(with(HeaderNamespace::Unversioned), [500, 200]);
}

#[test]
fn in_the_wrong_region_right_credentials_look_wrong() {
    let faults = Faults::parse("wrong-region").unwrap();
    let desk = Desk::under(faults, SoapSwitches::default());
    assert_eq!(
        sent(
            &desk,
            &auth(NAMESPACE, "editor@example.com", "secret", ""),
            &[]
        )
        .code(),
        10001
    );
}

#[test]
fn soap_1_2_is_answered_in_soap_1_2() {
    let desk = Desk::new();
    let header = auth(NAMESPACE, "editor@example.com", "secret", "");
    let kind = "application/soap+xml; charset=UTF-8; action=\"getCompanyMembership\"";
    let answer = desk.post(
        &envelope(SOAP_12, &header, &membership()),
        &[("content-type", kind)],
    );
    assert_eq!(answer.good().name, "getCompanyMembershipReturn");
    assert!(answer.body.contains(SOAP_12));
    assert_eq!(
        answer.headers["content-type"],
        "application/soap+xml;charset=UTF-8"
    );
    let fault = desk.post(&envelope(SOAP_12, "", &membership()), &[]);
    assert!(
        fault
            .body
            .contains("<soapenv:Value>soapenv:Receiver</soapenv:Value>")
    );
    assert_eq!(fault.code(), 10000);
}

#[test]
fn gzip_wishes_of_the_header_are_passed_on_to_the_server() {
    let asked = |more: &str| {
        let header = auth(NAMESPACE, "editor@example.com", "secret", more);
        let answer = sent(&Desk::new(), &header, &[]);
        ["x-catalogue-gzip", "x-catalogue-no-gzip"].map(|name| answer.headers.contains_key(name))
    };
    assert_eq!(asked("<gzipResponse>true</gzipResponse>"), [true, false]);
    assert_eq!(asked("<gzipResponse>false</gzipResponse>"), [false, true]);
    assert_eq!(asked(""), [false, false]);
}

#[test]
fn check_login_looks_at_the_body_and_not_at_the_header() {
    let status = |password: &str| {
        let inside = format!("<email>editor@example.com</email><password>{password}</password>");
        let answer = Desk::new().call("checkLogin", &inside);
        answer.good().text_of("status").unwrap().to_owned()
    };
    assert_eq!(status("secret"), "ValidLogin");
    assert_eq!(status("other"), "InvalidLogin");
}

#[test]
fn a_user_without_an_address_is_the_caller() {
    let desk = Desk::new();
    let described = |inside: &str| desk.call("getUserInfo", inside).good().children.remove(0);
    let own = described("");
    assert_eq!(own.text_of("userHandle"), Some("u|301|editor@example.com"));
    assert_eq!(own.text_of("isIpsAdmin"), Some("false"));
    let other = described("<email>ipsuser@example.com</email>");
    assert_eq!(other.text_of("firstName"), Some("Robin"));
    assert_eq!(
        desk.call("getUserInfo", "<userHandle>u|1|x</userHandle>")
            .code(),
        20007
    );
}

#[test]
fn roles_open_reading_editing_and_administration() {
    let company = "<companyHandle>c|301</companyHandle>";
    let tags = format!(
        "{company}<fieldHandle>m|301|ASSET|Season</fieldHandle><valueArray><items>x</items></valueArray>"
    );
    let edit = format!("{company}<updateArray/>");
    let codes = |user: &'static str| {
        let desk = Desk::new().called_by(user);
        [
            ("getAssetCounts", company),
            ("batchSetAssetMetadata", edit.as_str()),
            ("addTagFieldValues", tags.as_str()),
        ]
        .map(|(operation, inside)| {
            let answer = desk.call(operation, inside);
            if answer.status == 200 {
                0
            } else {
                answer.code()
            }
        })
    };
    assert_eq!(codes("editor@example.com"), [0, 0, 0]);
    assert_eq!(codes("ipsuser@example.com"), [0, 0, 20003]);
    assert_eq!(codes("imageportaluser@example.com"), [0, 20003, 20003]);
    assert_eq!(codes("webserviceuser@example.com"), [20003, 20003, 20003]);
    let refused = Desk::new()
        .called_by("webserviceuser@example.com")
        .call("searchAssets", "");
    assert_eq!(
        refused.fault().2,
        "User does not have permission to access operation 'searchAssets'"
    );
}

#[test]
fn a_company_is_unknown_or_not_a_company_at_all() {
    let code = |handle: &str| {
        let inside = format!("<companyHandle>{handle}</companyHandle>");
        Desk::new().call("getAssetCounts", &inside).code()
    };
    assert_eq!(code("c|302"), 20000);
    assert_eq!(code("301"), 20006);
    assert_eq!(code(""), 20006);
    assert_eq!(code("c|0x12d"), 20006);
}

#[test]
fn a_company_is_found_by_its_name_or_its_handle_but_not_by_both() {
    let desk = Desk::new();
    let found = desk
        .call("getCompanyInfo", "<companyName>ExampleCo</companyName>")
        .good();
    assert_eq!(
        found.child("companyInfo").unwrap().text_of("companyHandle"),
        Some("c|301")
    );
    let handle = "<companyHandle>c|301</companyHandle>";
    assert_eq!(desk.call("getCompanyInfo", handle).status, 200);
    let code = |inside: &str| desk.call("getCompanyInfo", inside).code();
    assert_eq!(
        code(&format!("{handle}<companyName>ExampleCo</companyName>")),
        30001
    );
    assert_eq!(code("<companyName>Other</companyName>"), 20000);
    assert_eq!(code(""), 30002);
}

#[test]
fn only_admins_act_for_others_and_only_in_a_group_there_is() {
    let inside = |who: &str| {
        format!(
            "<companyHandle>c|301</companyHandle>{who}\
             <assetHandleArray><items>a|27007</items></assetHandleArray>"
        )
    };
    let other = inside("<accessUserHandle>u|301|ipsuser@example.com</accessUserHandle>");
    let admin = Desk::new();
    assert_eq!(admin.call("getAssets", &other).status, 200);
    let user = Desk::new().called_by("ipsuser@example.com");
    assert_eq!(user.call("getAssets", &other).code(), 20004);
    let group = inside("<accessGroupHandle>g|9</accessGroupHandle>");
    assert_eq!(admin.call("getAssets", &group).code(), 20008);
}

#[test]
fn properties_name_the_picture_server() {
    let desk = Desk::new();
    let one = desk
        .call("getProperty", "<name>IpsImageServerUrl</name>")
        .good();
    assert_eq!(one.text_of("value"), Some("http://127.0.0.1/is/preview/"));
    assert_eq!(
        desk.call("getProperty", "<name>Nonsense</name>").code(),
        30001
    );
    let all = desk.call("getSystemProperties", "").good();
    assert_eq!(all.items("propertyArray").count(), 8);
}
