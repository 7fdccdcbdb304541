//! The readers of this protocol with bytes alone, for fuzzing.

use crate::{
    domain::{Item, Value},
    endpoint::{Call, CallKind, Cursor, http::HttpResponse},
};

use super::{
    fetch, json, named::Sent, refusal, search, typedefs::Typedefs, vocabulary::Vocabulary, written,
};

fn answer(status: u16, bytes: &[u8]) -> HttpResponse {
    HttpResponse {
        status,
        headers: Vec::new(),
        body: bytes.to_vec(),
    }
}

fn vocabulary() -> Vocabulary {
    Vocabulary::new(&Typedefs::default(), &["Table".to_owned()])
}

/// A page of the listing, and the one after it.
pub(in crate::endpoint) fn listing(bytes: &[u8]) {
    let vocabulary = vocabulary();
    if let Ok(hits) = search::hits(bytes, None, 3, &vocabulary) {
        let next = hits.page.next;
        assert!(
            hits.page
                .assets
                .iter()
                .all(|one| !one.id.as_str().is_empty())
        );
        if let Some(next) = next {
            drop(search::ask(Some(&next), 3, &vocabulary));
            drop(search::hits(bytes, Some(&next), 3, &vocabulary));
        }
    }
    let cursor = Cursor(String::from_utf8_lossy(bytes).into_owned());
    drop(search::ask(Some(&cursor), 3, &vocabulary));
    if let Ok(types) = json(&answer(200, bytes)) {
        drop(search::types(&types));
    }
}

/// Assets in full.
pub(in crate::endpoint) fn assets(bytes: &[u8]) {
    drop(fetch::assets(bytes, &vocabulary()));
}

/// Type definitions, and the fields made of them.
pub(in crate::endpoint) fn definitions(bytes: &[u8]) {
    let read = json(&answer(200, bytes)).ok().map(Typedefs::read);
    if let Some(Ok(definitions)) = read {
        drop(Vocabulary::new(&definitions, &["Table".to_owned()]).schema());
    }
}

/// The answer to a write of two changes.
pub(in crate::endpoint) fn written(bytes: &[u8]) {
    let item = |asset: &str, field: &str| Item {
        row: 0,
        asset: asset.into(),
        name: "pier".to_owned(),
        kind: "Table".to_owned(),
        field: field.into(),
        value_kind: crate::domain::FieldKind::Text,
        before: Value::Absent,
        wanted: Value::text("seen"),
        delta: None,
        facts: Vec::new(),
    };
    let call = Call {
        kind: CallKind::Metadata,
        items: vec![item("g1", "description"), item("g2", "userDescription")],
    };
    if let Ok(told) = written::answer(&answer(200, bytes), &call, &vocabulary()) {
        assert_eq!(told.said.len(), call.items.len());
    }
}

/// A refusal, with every status.
pub(in crate::endpoint) fn refused(bytes: &[u8]) {
    let sent = [
        Sent::new("g1", "default/pier", "pier", vec![0]),
        Sent::new("g2", "default/quay", "quay", vec![1]),
    ];
    for status in [302, 400, 401, 403, 404, 413, 423, 429, 500, 502, 503] {
        drop(refusal::refusal(&answer(status, bytes), &sent, true));
    }
}
