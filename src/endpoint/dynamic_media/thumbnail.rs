//! Thumbnails: reading the one an asset has, and setting many.

use std::collections::HashMap;

use crate::{
    domain::{AssetId, Item, Value},
    endpoint::EndpointError,
};

use super::{
    pull::{Pull, Unreadable},
    update::not_sendable,
    writer::Xml,
};

/// What an asset must be to serve as a thumbnail.
pub(super) const TYPES: [&str; 5] = ["Image", "AdjustedView", "Mask", "Template", "PsdTemplate"];

/// The children of `getAssociatedAssetsParam`, restricted to the thumbnail.
pub(super) fn get(xml: &mut Xml, company: &str, asset: &AssetId) {
    xml.leaf("companyHandle", company);
    xml.leaf("assetHandle", asset.as_str());
    let parts = ["assetHandle", "type", "name"].map(|part| format!("thumbAsset/{part}"));
    xml.list("responseFieldArray", parts);
}

/// Reads a `getAssociatedAssetsReturn`: the thumbnail, or absent.
pub(super) fn read(pull: &mut Pull<'_>) -> Result<Value, Unreadable> {
    let mut thumbnail = Value::Absent;
    pull.each(|pull, name| match name {
        "thumbAsset" => {
            let (mut id, mut name) = (String::new(), String::new());
            pull.each(|pull, child| {
                match child {
                    "assetHandle" => id = pull.text()?.into_owned(),
                    "name" => name = pull.text()?.into_owned(),
                    _ => pull.skip()?,
                }
                Ok::<_, Unreadable>(())
            })?;
            if !id.is_empty() {
                thumbnail = Value::Asset {
                    id: AssetId::new(id),
                    name,
                };
            }
            Ok(())
        }
        _ => pull.skip(),
    })?;
    Ok(thumbnail)
}

/// The assets that serve as thumbnails in these changes, each once.
pub(super) fn used(items: &[Item]) -> Vec<AssetId> {
    let mut ids: Vec<AssetId> = Vec::new();
    for item in items {
        if let Value::Asset { id, .. } = &item.wanted
            && !ids.contains(id)
        {
            ids.push(id.clone());
        }
    }
    ids
}

/// Refuses what the service would refuse anyway: values that are no asset, and assets of a type
/// that can't serve. A type that is not known goes to the service.
///
/// # Errors
///
/// `PoisonedBy` with the items to blame, or `NotSendable` if that is all of them.
pub(super) fn checked(
    items: &[Item],
    types: &HashMap<AssetId, String>,
) -> Result<(), EndpointError> {
    let mut refused = Vec::new();
    for (place, item) in items.iter().enumerate() {
        match &item.wanted {
            Value::Absent => {}
            Value::Asset { id, name } => {
                if let Some(kind) = types.get(id)
                    && !TYPES.contains(&kind.as_str())
                {
                    let shown = if name.is_empty() { id.as_str() } else { name };
                    let reason = format!(
                        "{shown} is of type {kind}; a thumbnail must be of type {}",
                        TYPES.join(", ")
                    );
                    refused.push((place, reason));
                }
            }
            Value::Unknown | Value::Text(_) | Value::List(_) | Value::Certificate(_) => {
                refused.push((place, "a thumbnail is another asset".to_owned()));
            }
        }
    }
    not_sendable(&refused, items)
}

/// The children of `batchSetThumbAssetParam`; without a thumbnail it takes the present one away.
pub(super) fn batch_set(xml: &mut Xml, company: &str, items: &[Item]) {
    xml.leaf("companyHandle", company);
    xml.node("updateArray", |xml| {
        for item in items {
            xml.node("items", |xml| {
                xml.leaf("assetHandle", item.asset.as_str());
                if let Value::Asset { id, .. } = &item.wanted {
                    xml.leaf("thumbAssetHandle", id.as_str());
                }
            });
        }
    });
}
