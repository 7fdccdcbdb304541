//! The readers of this protocol with bytes alone, for fuzzing.

use crate::endpoint::http::HttpResponse;

use super::{
    account, assets, batch, definition, envelope,
    fields::{CertificateNames, Fields},
};

/// An answer with this body; its first byte chooses the status.
fn answer(bytes: &[u8]) -> HttpResponse {
    let (status, body) = match bytes.split_first() {
        Some((b'!', body)) => (500, body),
        Some((b'?', body)) => (302, body),
        _ => (200, bytes),
    };
    HttpResponse {
        status,
        headers: Vec::new(),
        body: body.to_vec(),
    }
}

/// A page of the listing, and assets by handle.
pub(in crate::endpoint) fn listing(bytes: &[u8]) {
    let (answer, fields) = (
        answer(bytes),
        Fields::new(Vec::new(), &CertificateNames::default()),
    );
    for operation in ["searchAssets", "getAssets"] {
        let read = envelope::open(&answer, (operation, false), |pull| {
            assets::read(pull, &fields)
        });
        if let Ok((_, assets)) = read {
            assert!(assets.iter().all(|asset| !asset.id.as_str().is_empty()));
        }
    }
    drop(envelope::open(&answer, ("getAssets", false), |pull| {
        assets::read_part(pull, "type")
    }));
}

/// The answer to a batch, settled against two pairs.
pub(in crate::endpoint) fn written(bytes: &[u8]) {
    let answer = answer(bytes);
    let read = envelope::open(&answer, ("batchSetAssetMetadata", true), batch::read);
    if let Ok(counted) = read {
        let (fates, _) = batch::settle(&[("a|1", "f|1"), ("a|2", "f|1")], &counted);
        assert_eq!(fates.len(), 2);
    }
}

/// Companies, fields, dictionaries and properties.
pub(in crate::endpoint) fn account(bytes: &[u8]) {
    let answer = answer(bytes);
    let memberships = envelope::open(
        &answer,
        ("getCompanyMembership", false),
        account::read_memberships,
    );
    if let Ok(memberships) = memberships {
        drop(account::chosen(&memberships, None));
        drop(account::chosen(&memberships, Some("ExampleCo")));
    }
    let definitions = envelope::open(
        &answer,
        ("getAssetMetadataFields", false),
        definition::read_definitions,
    );
    if let Ok(definitions) = definitions {
        drop(Fields::new(definitions, &CertificateNames::default()));
    }
    drop(envelope::open(
        &answer,
        ("getTagFieldValues", false),
        definition::read_dictionaries,
    ));
    drop(envelope::open(
        &answer,
        ("getProperty", false),
        account::read_property,
    ));
}
