//! Assets by handle and by name, counts, and names in use.

use std::collections::HashSet;

use crate::catalogue::model::AssetRecord;
use crate::catalogue::query::{Condition, Operand, Search, Test};

use super::asset::AssetWriter;
use super::call::Call;
use super::conditions;
use super::fault::Fault;
use super::filter::View;
use super::xml::Xml;

/// Bytes an asset takes in an answer, roughly.
const USUAL_SIZE: usize = 1_200;

/// Writes an `assetArray`.
pub(super) fn write_all(call: &Call<'_>, xml: &mut Xml, view: View<'_>, assets: &[AssetRecord]) {
    let schema = call.library.schema();
    let mut writer = AssetWriter::new(call, &schema);
    xml.nest(view, "assetArray", |xml, view| {
        let Some(view) = view.child("items") else {
            return;
        };
        xml.reserve(assets.len() * USUAL_SIZE);
        for asset in assets {
            xml.open("items");
            writer.write(xml, view, asset);
            xml.close("items");
        }
    });
}

/// `getAssets`: unknown handles are left out.
pub(super) fn by_handles(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let mut seen = HashSet::new();
    let mut handles = call.texts("assetHandleArray")?;
    handles.retain(|handle| seen.insert(handle.clone()));
    let mut assets = call.library.by_ids(&handles)?;
    assets.retain(AssetRecord::is_media);
    write_all(call, xml, call.filter().view(), &assets);
    Ok(())
}

/// `getAssetsByName`: exact names, case minded, outside the trash.
pub(super) fn by_names(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let names = call.texts("nameArray")?;
    let mut all = conditions::types(call)?;
    // The folded test has an index; the exact one sorts out what it finds too much.
    all.push(Condition::folded(Operand::Name, Test::Is(names.clone())));
    all.push(Condition::exact(Operand::Name, Test::Is(names)));
    all.push(conditions::alive());
    let found = call
        .library
        .search(&Search::first(Condition::And(all), 10_000))?;
    write_all(call, xml, call.filter().view(), &found.records);
    Ok(())
}

/// `getAssetCounts`: how many assets there are of each type, outside the trash.
pub(super) fn counts(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let buckets = call.library.buckets(&conditions::alive(), &Operand::Kind)?;
    xml.open("countArray");
    for bucket in buckets {
        xml.open("items");
        xml.leaf("assetType", &bucket.value);
        xml.leaf("count", &bucket.count.to_string());
        xml.close("items");
    }
    xml.close("countArray");
    Ok(())
}

/// `checkAssetNames`: which of these names are taken. A name in the trash is.
pub(super) fn names_in_use(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let mut taken = Vec::new();
    for name in call.texts("assetNameArray")? {
        if call
            .library
            .by_name(&name)?
            .iter()
            .any(AssetRecord::is_media)
        {
            taken.push(name);
        }
    }
    xml.texts(
        View::ALL,
        "inUseNameArray",
        taken.iter().map(String::as_str),
    );
    Ok(())
}
