//! Thumbnails and the publish state: batches of one wish an asset; and the reading of thumbnails.

use crate::catalogue::model::AssetRecord;
use crate::catalogue::writes::{Change, Refused, Write};

use super::asset::AssetWriter;
use super::batch::{Key, Outcomes};
use super::call::Call;
use super::fault::Fault;
use super::switches::MissingThumb;
use super::xml::Xml;

fn key(asset: &str) -> Key {
    vec![("assetHandle", asset.to_owned())]
}

/// A handle and what is wished for the asset, or why the wish cannot even be tried.
type Wished = (String, Result<Change, Fault>);

/// `batchSetThumbAsset`.
pub(super) fn set_batch(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let wished = call.request.items("updateArray").map(|update| {
        let asset = update.text_of("assetHandle").unwrap_or_default().to_owned();
        let wish = match update.text_of("thumbAssetHandle") {
            Some(thumb) => {
                is_media(call, thumb).map(|()| Change::Thumbnail(Some(thumb.to_owned())))
            }
            None if call.switches.missing_thumb == MissingThumb::Clears => {
                Ok(Change::Thumbnail(None))
            }
            None => Err(Fault::missing("thumbAssetHandle")),
        };
        (asset, wish)
    });
    apply(call, wished.collect(), xml)
}

/// `setAssetsPublishState`.
pub(super) fn set_published(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let wished = call.request.items("publishStateUpdateArray").map(|update| {
        let asset = update.text_of("assetHandle").unwrap_or_default().to_owned();
        let wish = match update.text_of("publishState") {
            Some("MarkedForPublish") => Ok(Change::Published(true)),
            Some("NotMarkedForPublish") => Ok(Change::Published(false)),
            other => Err(Fault::invalid(format!(
                "Publish state '{}' is invalid.",
                other.unwrap_or_default()
            ))),
        };
        (asset, wish)
    });
    apply(call, wished.collect(), xml)
}

/// Data assets have no face here, so they are unknown here.
fn is_media(call: &Call<'_>, handle: &str) -> Result<(), Fault> {
    match call.library.by_id(handle)? {
        Some(record) if !record.is_media() => Err(Refused::UnknownAsset(handle.to_owned()).into()),
        // One that is not there at all is refused in its turn.
        Some(_) | None => Ok(()),
    }
}

fn apply(call: &Call<'_>, wished: Vec<Wished>, xml: &mut Xml) -> Result<(), Fault> {
    let mut outcomes = Outcomes::default();
    let (mut writes, mut refused) = (Vec::new(), Vec::new());
    for (number, (asset, wish)) in wished.into_iter().enumerate() {
        match wish.and_then(|change| is_media(call, &asset).map(|()| change)) {
            Ok(change) => writes.push((number, Write { asset, change })),
            Err(fault) => refused.push((number, asset, fault)),
        }
    }
    let bare: Vec<Write> = writes.iter().map(|(_, write)| write.clone()).collect();
    let answers = call.library.apply_each(&bare, &call.author)?;
    let mut early = refused.into_iter().peekable();
    for ((number, write), answer) in writes.into_iter().zip(answers) {
        while let Some((_, asset, fault)) = early.next_if(|(before, ..)| *before < number) {
            outcomes.refused(key(&asset), fault);
        }
        outcomes.settle(key(&write.asset), answer);
    }
    for (_, asset, fault) in early {
        outcomes.refused(key(&asset), fault);
    }
    outcomes.write(call, xml);
    Ok(())
}

/// `getAssociatedAssets`: of all associations only the thumbnail is known here.
pub(super) fn associated(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let asset = call.asset(call.text("assetHandle")?)?;
    let filter = call.filter();
    let thumb = match &asset.thumbnail {
        Some(id) => call.library.by_id(id)?.filter(AssetRecord::is_media),
        None => None,
    };
    if let Some(thumb) = thumb {
        let schema = call.library.schema();
        let mut writer = AssetWriter::new(call, &schema);
        xml.nest(filter.view(), "thumbAsset", |xml, view| {
            writer.write(xml, view, &thumb);
        });
    }
    Ok(())
}
