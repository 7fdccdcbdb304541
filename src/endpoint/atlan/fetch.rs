//! Fresh values from the graph, which knows a write at once: `GET /api/meta/entity/bulk`.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    domain::{Asset, AssetId},
    endpoint::EndpointError,
};

use super::{
    ask::Ask,
    entity::{self, Reading},
    lenient,
    vocabulary::Vocabulary,
};

/// Assets a request asks for; longer addresses are refused by proxies.
pub(super) const CHUNK: usize = 50;

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    entities: Option<Vec<Option<&'a RawValue>>>,
}

/// The request for these assets. Relations are needed for the anchor of terms.
pub(super) fn ask(ids: &[AssetId]) -> Ask {
    let guids: Vec<String> = ids.iter().map(|id| escape(id.as_str())).collect();
    Ask::get(format!(
        "/api/meta/entity/bulk?guid={}&minExtInfo=true&ignoreRelationships=false",
        guids.join("&guid=")
    ))
}

/// The assets of an answer; archived ones are left out.
///
/// # Errors
///
/// When the answer can't be read.
pub(super) fn assets(bytes: &[u8], vocabulary: &Vocabulary) -> Result<Vec<Asset>, EndpointError> {
    let body = lenient::body(bytes);
    let mut escaped = String::new();
    let answer: Answer<'_> = body.read(&mut escaped)?;
    let Some(entities) = answer.entities else {
        return Err(EndpointError::Garbled {
            why: "it is JSON, but not the answer to a question for assets".to_owned(),
            maybe_written: false,
        });
    };
    let mut assets = Vec::new();
    for raw in entities.into_iter().flatten() {
        let (json, repaired) = lenient::entity(raw.get());
        let damaged = repaired || (body.broken && raw.get().contains('\u{fffd}'));
        if let Reading::Asset(asset) = entity::read(&json, damaged, vocabulary) {
            assets.push(*asset);
        }
    }
    Ok(assets)
}

/// What is left to ask for when one of several assets is gone or may not be read: the others, if
/// the server named it, else both halves.
///
/// # Errors
///
/// The error itself, if it is of another kind.
pub(super) fn without_culprit(
    chunk: &[AssetId],
    error: EndpointError,
) -> Result<Vec<Vec<AssetId>>, EndpointError> {
    let (EndpointError::Refused { code, why } | EndpointError::Forbidden { code, why }) = &error
    else {
        return Err(error);
    };
    if matches!(error, EndpointError::Refused { .. })
        && !code.starts_with("ATLAS-404")
        && code != "404"
    {
        return Err(error);
    }
    if chunk.len() <= 1 {
        return Ok(Vec::new());
    }
    let others: Vec<AssetId> = chunk
        .iter()
        .filter(|id| !why.contains(id.as_str()))
        .cloned()
        .collect();
    if others.len() < chunk.len() {
        return Ok(if others.is_empty() {
            Vec::new()
        } else {
            vec![others]
        });
    }
    let (left, right) = chunk.split_at(chunk.len() / 2);
    Ok(vec![right.to_vec(), left.to_vec()])
}

/// Percent-encodes everything but what is never special in a query.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for half in [byte >> 4, byte & 15] {
                let digit = char::from_digit(u32::from(half), 16).unwrap_or('0');
                out.push(digit.to_ascii_uppercase());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_are_asked_for_by_guid_and_nothing_in_a_guid_acts_on_the_address() {
        let ask = ask(&["a-1".into(), "b&x=/é".into()]);
        assert_eq!(
            ask.path,
            "/api/meta/entity/bulk?guid=a-1&guid=b%26x%3D%2F%C3%A9&minExtInfo=true\
             &ignoreRelationships=false"
        );
    }

    #[test]
    fn a_lost_asset_is_left_out_and_the_others_are_asked_for_again() {
        let ids: Vec<AssetId> = ["g-1", "g-2", "g-3"].map(AssetId::from).into();
        let gone = |why: &str| EndpointError::Refused {
            code: "ATLAS-404-00-005".to_owned(),
            why: why.to_owned(),
        };
        assert_eq!(
            without_culprit(&ids, gone("Given instance guid g-2 is invalid/not found")),
            Ok(vec![vec![ids[0].clone(), ids[2].clone()]])
        );
        assert_eq!(
            without_culprit(&ids, gone("not found")),
            Ok(vec![ids[1..].to_vec(), ids[..1].to_vec()])
        );
        assert_eq!(without_culprit(&ids[..1], gone("not found")), Ok(vec![]));
        let down = EndpointError::Unavailable {
            why: "HTTP 503".to_owned(),
            maybe_written: false,
        };
        assert_eq!(without_culprit(&ids, down.clone()), Err(down));
    }

    #[test]
    fn the_full_form_reads_like_a_hit_and_archived_assets_are_gone() {
        let body = br#"{"referredEntities": {}, "entities": [
            {"typeName": "Table", "guid": "g1", "status": "ACTIVE", "version": 0,
             "createTime": 1700000000004, "createdBy": "admin",
             "attributes": {"qualifiedName": "default/t", "name": "t", "description": null,
               "certificateUpdatedAt": 0, "announcementUpdatedAt": 0, "ownerUsers": []},
             "relationshipAttributes": {"anchor": null}, "businessAttributes": {}, "labels": []},
            {"typeName": "Table", "guid": "g2", "status": "DELETED",
             "attributes": {"qualifiedName": "default/u", "name": "u"}}]}"#;
        let vocabulary =
            Vocabulary::new(&crate::endpoint::atlan::typedefs::Typedefs::default(), &[]);
        let assets = assets(body, &vocabulary).unwrap();
        assert_eq!(assets.len(), 1);
        let fields: Vec<_> = assets[0]
            .fields
            .iter()
            .map(|(key, value)| format!("{key}={}", value.display()))
            .collect();
        assert_eq!(
            fields,
            [
                "qualifiedName=default/t",
                "createdBy=admin",
                "createTime=2023-11-14T22:13:20.004Z",
            ]
        );
    }
}
