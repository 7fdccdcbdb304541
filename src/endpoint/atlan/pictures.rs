//! Thumbnails that are addresses of pictures.
//!
//! People choose a picture by naming an asset that shows it; the server keeps the address alone. So
//! addresses are remembered with the asset they were first seen at, or were taken from.

use std::{borrow::Cow, collections::HashMap};

use crate::{
    domain::{Asset, AssetId, FieldKey, Value},
    endpoint::{Call, EndpointError},
};

use super::write;

/// Addresses with the asset that stands for them.
#[derive(Clone, Debug, Default)]
pub(super) struct Pictures {
    /// Address → the asset's id and name.
    owners: HashMap<String, (AssetId, String)>,
    /// The asset's id → address.
    addresses: HashMap<AssetId, String>,
}

impl Pictures {
    /// Puts assets in the place of addresses.
    pub(super) fn name(&mut self, assets: &mut [Asset]) {
        let key = FieldKey::thumbnail();
        for asset in assets {
            for (field, value) in &mut asset.fields {
                let Value::Asset { id, name } = value else {
                    continue;
                };
                if *field != key || !write::is_address(id.as_str()) {
                    continue;
                }
                let address = id.as_str().to_owned();
                self.addresses.insert(asset.id.clone(), address.clone());
                let own = || (asset.id.clone(), asset.name.clone());
                let owner = self.owners.entry(address).or_insert_with(own);
                (*id, *name) = owner.clone();
            }
        }
    }

    /// The address of an asset's thumbnail, if it is known.
    pub(super) fn address(&self, asset: &Asset) -> Option<String> {
        self.addresses.get(&asset.id).cloned()
    }

    /// Puts addresses in the place of assets.
    ///
    /// # Errors
    ///
    /// [`EndpointError::PoisonedBy`] with the changes whose asset shows no picture.
    pub(super) fn resolve<'a>(&mut self, call: &'a Call) -> Result<Cow<'a, Call>, EndpointError> {
        if !call
            .items
            .iter()
            .any(|item| write::borrowed_picture(item).is_some())
        {
            return Ok(Cow::Borrowed(call));
        }
        let mut resolved = call.clone();
        let mut without = Vec::new();
        for (place, item) in resolved.items.iter_mut().enumerate() {
            let Some(source) = write::borrowed_picture(item).cloned() else {
                continue;
            };
            let Some(address) = self.addresses.get(&source).cloned() else {
                without.push(place);
                continue;
            };
            let Value::Asset { name, .. } = item.wanted.clone() else {
                continue;
            };
            // Reading back must name the asset that was asked for, not the first with the picture.
            self.owners.insert(address.clone(), (source, name));
            item.wanted = Value::Text(address);
        }
        if without.is_empty() {
            return Ok(Cow::Owned(resolved));
        }
        Err(EndpointError::PoisonedBy {
            items: without,
            code: "no-picture".to_owned(),
            why: "the asset chosen as thumbnail shows no picture itself".to_owned(),
        })
    }
}

/// Whether an address belongs to the tenant. Others are never asked: a value in the catalogue must
/// not make this machine call anybody.
pub(super) fn is_own(address: &str, tenant: &str) -> bool {
    let relative = address.starts_with('/') && !address.starts_with("//");
    relative
        || address
            .strip_prefix(tenant)
            .is_some_and(|rest| rest.starts_with('/'))
}

/// The whole address of a picture of the tenant.
pub(super) fn absolute(address: &str, tenant: &str) -> String {
    if address.starts_with('/') {
        format!("{tenant}{address}")
    } else {
        address.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dashboard(id: &str, address: &str) -> Asset {
        Asset {
            id: id.into(),
            name: format!("Dashboard {id}"),
            kind: "SupersetDashboard".to_owned(),
            fields: vec![(
                FieldKey::thumbnail(),
                Value::Asset {
                    id: address.into(),
                    name: String::new(),
                },
            )],
            locked: None,
        }
    }

    #[test]
    fn a_picture_is_shown_as_the_asset_it_was_first_seen_at() {
        let mut pictures = Pictures::default();
        let mut assets = [dashboard("a", "/p/1.png"), dashboard("b", "/p/1.png")];
        pictures.name(&mut assets);
        let shown = assets.each_ref().map(|asset| {
            let value = asset.value(&FieldKey::thumbnail());
            value.display().into_owned()
        });
        assert_eq!(shown, ["Dashboard a", "Dashboard a"]);
        assert_eq!(pictures.address(&assets[1]), Some("/p/1.png".to_owned()));
    }

    #[test]
    fn pictures_are_fetched_from_the_tenant_alone() {
        let tenant = "https://tenant.atlan.com";
        assert!(is_own("/p/1.png", tenant));
        assert!(is_own("https://tenant.atlan.com/p/1.png", tenant));
        assert!(!is_own(
            "https://tenant.atlan.com.evil.example/1.png",
            tenant
        ));
        assert!(!is_own("//evil.example/1.png", tenant));
        assert!(!is_own("https://bi.example.com/1.png", tenant));
    }
}
