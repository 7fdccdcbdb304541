//! Answers to calls that were accepted.

use serde_json::json;

use crate::{
    domain::{Certificate, CertificateStatus},
    endpoint::{CallKind, atlan::typedefs::Typedefs},
};

use super::*;

const ONE: &str = "11111111-1111-4111-8111-111111111111";
const TWO: &str = "22222222-2222-4222-8222-222222222222";

fn change(asset: &str, field: &str, wanted: Value) -> Item {
    Item {
        row: 0,
        asset: asset.into(),
        name: "Example Term".to_owned(),
        kind: "AtlasGlossaryTerm".to_owned(),
        field: field.into(),
        value_kind: crate::domain::FieldKind::Text,
        before: Value::Absent,
        wanted,
        delta: None,
        facts: Vec::new(),
    }
}

fn deprecated() -> Value {
    Value::Certificate(Certificate {
        status: CertificateStatus::Deprecated,
        message: "This asset should no longer be used.".to_owned(),
    })
}

fn said(items: Vec<Item>, body: &Json) -> Vec<(Outcome, String)> {
    let vocabulary = Vocabulary::new(&Typedefs::default(), &[]);
    let kind = CallKind::Metadata;
    let response = HttpResponse {
        status: 200,
        headers: vec![("x-atlan-request-id".to_owned(), "trace-1".to_owned())],
        body: body.to_string().into_bytes(),
    };
    let call = Call { kind, items };
    let answer = answer(&response, &call, &vocabulary).unwrap();
    assert_eq!(answer.trace, "trace-1");
    assert_eq!(answer.counts, None);
    let places: Vec<usize> = answer.said.iter().map(|one| one.item).collect();
    assert_eq!(places, (0..call.items.len()).collect::<Vec<_>>());
    let words = answer.said.into_iter();
    words.map(|one| (one.outcome, one.code)).collect()
}

fn header(guid: &str, attributes: &Json) -> Json {
    json!({"typeName": "AtlasGlossaryTerm", "guid": guid, "status": "ACTIVE",
           "attributes": attributes})
}

fn applied() -> (Outcome, String) {
    (Outcome::Applied, String::new())
}

#[test]
fn updated_assets_are_applied() {
    let shown = json!({"certificateStatus": "DEPRECATED",
                       "certificateStatusMessage": "This asset should no longer be used."});
    for kind in ["UPDATE", "PARTIAL_UPDATE"] {
        let body = json!({"mutatedEntities": {kind: [header(ONE, &shown), header(TWO, &shown)]},
                          "guidAssignments": {}});
        let items = vec![
            change(ONE, "certificate", deprecated()),
            change(TWO, "certificate", deprecated()),
        ];
        assert_eq!(said(items, &body), [applied(), applied()], "{kind}");
    }
}

#[test]
fn the_older_list_of_partial_updates_counts_too() {
    let body = json!({"partialUpdatedEntities": [header(ONE, &json!({}))]});
    let items = vec![change(ONE, "description", Value::text("d"))];
    assert_eq!(said(items, &body), [applied()]);
}

#[test]
fn an_asset_the_answer_names_nowhere_must_be_read_back() {
    let body = json!({"guidAssignments": {}});
    let items = vec![change(ONE, "certificate", deprecated())];
    assert_eq!(
        said(items, &body),
        [(Outcome::Unknown, "not-mentioned".to_owned())]
    );
}

#[test]
fn assets_touched_on_the_way_are_not_ours() {
    let body = json!({"mutatedEntities": {"UPDATE": [header(TWO, &json!({}))]}});
    let items = vec![change(ONE, "description", Value::text("d"))];
    assert_eq!(
        said(items, &body),
        [(Outcome::Unknown, "not-mentioned".to_owned())]
    );
}

#[test]
fn an_asset_that_was_made_is_an_alarm() {
    let body = json!({"mutatedEntities": {"CREATE": [header(TWO, &json!({}))]},
                      "guidAssignments": {ONE: TWO}});
    let items = vec![change(ONE, "description", Value::text("d"))];
    assert_eq!(said(items, &body), [(Outcome::Warned, "CREATE".to_owned())]);
}

#[test]
fn another_asset_under_the_same_qualified_name_is_told() {
    let body = json!({"mutatedEntities": {"UPDATE": [header(TWO, &json!({}))]},
                      "guidAssignments": {ONE: TWO}});
    let items = vec![change(ONE, "description", Value::text("d"))];
    assert_eq!(said(items, &body), [(Outcome::Warned, "moved".to_owned())]);
}

#[test]
fn a_shown_value_that_differs_is_told_and_one_that_is_not_shown_is_trusted() {
    let shown = json!({"description": "something else", "certificateStatus": "VERIFIED"});
    let body = json!({"mutatedEntities": {"UPDATE": [header(ONE, &shown)]}});
    let items = vec![
        change(ONE, "description", Value::text("d")),
        change(ONE, "userDescription", Value::text("not shown")),
        change(ONE, "certificate", Value::Absent),
    ];
    let differs = (Outcome::Warned, "differs".to_owned());
    assert_eq!(said(items, &body), [differs.clone(), applied(), differs]);
}

#[test]
fn an_answer_that_is_cut_short_leaves_open_what_was_written() {
    let vocabulary = Vocabulary::new(&Typedefs::default(), &[]);
    for body in ["", "{\"mutatedEntities\": {\"UPD", "<html>"] {
        let response = HttpResponse {
            status: 200,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        };
        let call = Call {
            kind: CallKind::Metadata,
            items: Vec::new(),
        };
        let error = answer(&response, &call, &vocabulary).unwrap_err();
        let garbled = matches!(
            error,
            EndpointError::Garbled {
                maybe_written: true,
                ..
            }
        );
        assert!(garbled, "{error:?}");
    }
}
