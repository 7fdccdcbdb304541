//! Writing metadata: one asset, many assets, clearing on one asset.

use crate::catalogue::database::{DatabaseError, Writing};
use crate::catalogue::model::AssetRecord;
use crate::catalogue::schema::Schema;
use crate::catalogue::writes::{Applied, Change, Refused, ValueChange};

use super::batch::{Key, Outcomes};
use super::call::Call;
use super::carrier;
use super::element::Element;
use super::fault::Fault;
use super::xml::Xml;

/// One update of a field, understood once and applied to every asset of its group.
struct Update {
    handle: String,
    wish: Result<Change, Fault>,
}

/// The updates of an `updateArray`.
fn updates(call: &Call<'_>, schema: &Schema, of: &Element) -> Vec<Update> {
    of.items("updateArray")
        .map(|update| {
            let handle = update.text_of("fieldHandle").unwrap_or_default().to_owned();
            let wish = call.field(schema, &handle).and_then(|field| {
                let wish = carrier::wish(update, field, call.switches.empty_value)?;
                Ok(Change::Field(field.name.clone(), wish))
            });
            Update { handle, wish }
        })
        .collect()
}

/// An asset being written.
struct Open {
    before: AssetRecord,
    after: AssetRecord,
    touched: bool,
}

/// Reads an asset for writing. The inner error is why it may not be written.
fn open(writing: &Writing<'_>, handle: &str) -> Result<Result<Open, Refused>, DatabaseError> {
    let Some(record) = writing.by_id(handle)?.filter(AssetRecord::is_media) else {
        return Ok(Err(Refused::UnknownAsset(handle.to_owned())));
    };
    if let Err(refused) = writing.permitted(&record) {
        return Ok(Err(refused));
    }
    if writing.poisoned(&record).is_some() {
        return Ok(Err(Refused::UnknownAsset(handle.to_owned())));
    }
    Ok(Ok(Open {
        after: record.clone(),
        before: record,
        touched: false,
    }))
}

impl Open {
    fn apply(&mut self, writing: &mut Writing<'_>, wish: &Change) -> Result<Applied, Fault> {
        let outcome = writing.change(&mut self.after, wish)?;
        self.touched |= outcome.is_ok();
        Ok(outcome?)
    }

    fn save(self, writing: &mut Writing<'_>) -> Result<(), DatabaseError> {
        if self.touched {
            writing.save(&self.before, self.after)?;
        }
        Ok(())
    }
}

/// `batchSetAssetMetadata`: every update of a group on every asset of the group; each
/// (asset, field) pair stands or falls alone.
pub(super) fn set_batch(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let schema = call.library.schema();
    let groups = call.request.items("updateArray");
    let all = groups
        .map(|group| group.texts("assetHandleArray").count())
        .sum();
    let mut left = call.permit.share.of(all);
    let outcomes = call.library.write(&call.author, |writing| {
        let mut outcomes = Outcomes::default();
        for group in call.request.items("updateArray") {
            let updates = updates(call, &schema, group);
            for handle in group.texts("assetHandleArray").take(left) {
                set_pairs(writing, handle, &updates, &mut outcomes)?;
                left -= 1;
            }
        }
        Ok::<_, DatabaseError>(outcomes)
    })?;
    outcomes.write(call, xml);
    Ok(())
}

fn set_pairs(
    writing: &mut Writing<'_>,
    asset: &str,
    updates: &[Update],
    outcomes: &mut Outcomes,
) -> Result<(), DatabaseError> {
    let key = |update: &Update| -> Key {
        vec![
            ("assetHandle", asset.to_owned()),
            ("fieldHandle", update.handle.clone()),
        ]
    };
    let mut open = match open(writing, asset)? {
        Ok(open) => open,
        Err(refused) => {
            for update in updates {
                outcomes.refused(key(update), refused.clone().into());
            }
            return Ok(());
        }
    };
    for update in updates {
        match &update.wish {
            Err(fault) => outcomes.refused(key(update), fault.clone()),
            Ok(wish) => {
                let outcome = writing.change(&mut open.after, wish)?;
                open.touched |= outcome.is_ok();
                outcomes.settle(key(update), outcome);
            }
        }
    }
    open.save(writing)
}

/// `setAssetMetadata`: all updates of one asset, or a fault and none of them.
pub(super) fn set_one(call: &Call<'_>, _: &mut Xml) -> Result<(), Fault> {
    let schema = call.library.schema();
    let updates = updates(call, &schema, call.request);
    let wishes = updates
        .into_iter()
        .map(|update| update.wish)
        .collect::<Result<Vec<_>, _>>()?;
    change_one(call, &wishes)
}

/// `deleteAssetMetadata`: takes the values of the fields named away from one asset.
pub(super) fn delete_one(call: &Call<'_>, _: &mut Xml) -> Result<(), Fault> {
    let schema = call.library.schema();
    let wishes = call
        .request
        .items("deleteArray")
        .map(|item| {
            let field = call.field(&schema, item.text_of("fieldHandle").unwrap_or_default())?;
            Ok(Change::Field(field.name.clone(), ValueChange::Clear))
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    change_one(call, &wishes)
}

fn change_one(call: &Call<'_>, wishes: &[Change]) -> Result<(), Fault> {
    let handle = call.text("assetHandle")?;
    call.library.write(&call.author, |writing| {
        let mut open = open(writing, handle)??;
        for wish in wishes {
            open.apply(writing, wish)?;
        }
        open.save(writing)?;
        Ok(())
    })
}
