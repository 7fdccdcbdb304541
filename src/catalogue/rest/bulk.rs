//! Many assets in one request, all or nothing.
//!
//! The order in which problems are found is the server's: the walk over all items, the check of
//! every item, the rights for what differs, then the rules of single types, and only then the
//! writing. It decides which of several mistakes a caller is told of.

use std::collections::HashMap;

use uuid::Uuid;

use super::amend::{self, Manner};
use super::error::{
    ApiError, FORBIDDEN, INVALID_OBJECT_ID, INVALID_PARAMETERS, NO_SUCH_REFERENCE,
    TOO_MANY_ENTITIES, UNKNOWN_TYPE,
};
use super::relations::{self, Relations, Target, is_real};
use super::request::{Entity, Flags};
use super::switches::RestSwitches;
use super::validation;
use crate::catalogue::database::Writing;
use crate::catalogue::model::{AssetRecord, Trash};

/// The most assets one request may hold.
const MOST: usize = 10_000;

/// What a bulk write did.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// The assets made.
    pub(super) created: Vec<AssetRecord>,
    /// The assets changed.
    pub(super) updated: Vec<AssetRecord>,
    /// Request guid → stored guid, where they differ.
    pub(super) assignments: Vec<(String, String)>,
}

/// How a request wants its assets written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// The flags of the request.
    pub(super) flags: Flags,
    /// What of the reference can be switched.
    pub(super) switches: RestSwitches,
    /// Only what is sent is looked at: nothing is mandatory, nothing is made.
    pub(super) partial: bool,
}

/// One asset of the request: as it is stored, and as it is to be.
struct Slot {
    before: Option<AssetRecord>,
    after: AssetRecord,
    counts: bool,
}

/// One item: which asset it is about.
struct Item {
    sent: String,
    entity: Entity,
    slot: usize,
}

/// Refuses requests that are empty, too large, or hold texts that are too long.
///
/// # Errors
///
/// Any of these.
pub(super) fn admit(entities: &[Option<Entity>]) -> Result<(), ApiError> {
    if entities.is_empty() {
        return Err(INVALID_PARAMETERS.with(&["no entities to create/update."]));
    }
    if entities.len() > MOST {
        return Err(TOO_MANY_ENTITIES.with(&[&MOST.to_string()]));
    }
    entities.iter().flatten().try_for_each(validation::lengths)
}

/// Writes `entities`, or nothing at all.
///
/// # Errors
///
/// The first problem, with the guid its sender gave the item where the server tells it.
pub(super) fn write(
    writing: &mut Writing<'_>,
    entities: Vec<Option<Entity>>,
    rules: Rules,
) -> Result<Outcome, ApiError> {
    let mut batch = Batch::default();
    for (place, entity) in entities.into_iter().enumerate() {
        let entity = entity.ok_or_else(|| INVALID_PARAMETERS.with(&["entity is null"]))?;
        batch.take(writing, entity, place)?;
    }
    batch.check_and_amend(writing, rules)?;
    batch.authorize(writing)?;
    for item in &batch.items {
        let slot = &batch.slots[item.slot];
        if slot.differs() {
            amend::preprocess(writing, &item.entity, &slot.after)?;
        }
    }
    batch.store(writing)
}

impl Slot {
    fn differs(&self) -> bool {
        self.counts || self.before.as_ref() != Some(&self.after)
    }
}

#[derive(Default)]
struct Batch {
    slots: Vec<Slot>,
    items: Vec<Item>,
    /// Stored guid → slot.
    by_guid: HashMap<String, usize>,
    /// Type and qualified name of an asset to be made → slot.
    by_name: HashMap<(String, String), usize>,
    /// Assets by the guids their sender made up.
    made_up: HashMap<String, Target>,
    assignments: Vec<(String, String)>,
}

impl Batch {
    /// Finds the asset `entity` is about.
    fn take(
        &mut self,
        writing: &Writing<'_>,
        mut entity: Entity,
        place: usize,
    ) -> Result<(), ApiError> {
        let sent = match entity.guid.take() {
            Some(guid) if !guid.is_empty() => guid,
            Some(_) | None => format!("-{}", 1000 + place),
        };
        if writing.schema().type_named(&entity.type_name).is_none() {
            return Err(UNKNOWN_TYPE
                .with(&["ENTITY", &entity.type_name])
                .about(&sent));
        }
        let real = is_real(&sent);
        if !real && !is_made_up(&sent) {
            return Err(INVALID_OBJECT_ID.with(&[&sent]).about(&sent));
        }
        relations::sort_out(&mut entity);
        let found = match writing.by_guid(&sent)?.filter(|_| real).filter(is_there) {
            Some(asset) => Some(asset),
            None => by_name(writing, &entity)?,
        };
        let slot = match found {
            Some(asset) if self.by_guid.contains_key(&asset.guid) && real => {
                // The same real guid again: only the first is used.
                if self.items.iter().any(|item| item.sent == sent) {
                    return Ok(());
                }
                self.by_guid[&asset.guid]
            }
            Some(asset) => self.existing(asset),
            None if real => return Err(NO_SUCH_REFERENCE.with(&[&sent]).about(&sent)),
            None => self.new_asset(&entity),
        };
        let target = Target::of(&self.slots[slot].after);
        if target.guid != sent {
            self.assignments.push((sent.clone(), target.guid.clone()));
            self.made_up.insert(sent.clone(), target);
        }
        self.items.push(Item { sent, entity, slot });
        Ok(())
    }

    fn existing(&mut self, asset: AssetRecord) -> usize {
        let next = self.slots.len();
        let slot = *self.by_guid.entry(asset.guid.clone()).or_insert(next);
        if slot == next {
            self.slots.push(Slot {
                before: Some(asset.clone()),
                after: asset,
                counts: false,
            });
        }
        slot
    }

    fn new_asset(&mut self, entity: &Entity) -> usize {
        let text = |name: &str| entity.attributes.get(name).and_then(|value| value.as_str());
        let qualified_name = text("qualifiedName").unwrap_or_default().to_owned();
        let key = (entity.type_name.clone(), qualified_name.clone());
        if let Some(slot) = self.by_name.get(&key) {
            return *slot;
        }
        let after = AssetRecord {
            guid: Uuid::new_v4().to_string(),
            type_name: entity.type_name.clone(),
            qualified_name,
            name: text("name").unwrap_or_default().to_owned(),
            ..AssetRecord::default()
        };
        self.slots.push(Slot {
            before: None,
            after,
            counts: false,
        });
        self.by_name.insert(key, self.slots.len() - 1);
        self.slots.len() - 1
    }

    /// Checks every item in the order of the request and puts it into its asset in memory.
    fn check_and_amend(&mut self, writing: &mut Writing<'_>, rules: Rules) -> Result<(), ApiError> {
        let schema = writing.schema();
        for item in &self.items {
            let about = |error: ApiError| error.about(&item.sent);
            let relations = Relations::read(writing, &item.entity, &self.made_up).map_err(about)?;
            if !rules.partial {
                validation::mandatory(&item.entity).map_err(about)?;
            }
            validation::values(&schema, &item.entity).map_err(about)?;
            validation::tags(&schema, &item.entity).map_err(about)?;
            let slot = &mut self.slots[item.slot];
            let new = slot.before.is_none();
            let manner = Manner {
                flags: rules.flags,
                new,
                switches: rules.switches,
            };
            let put = (&item.entity, &relations);
            slot.counts |= amend::amend(writing, &mut slot.after, put, manner).map_err(about)?;
        }
        Ok(())
    }

    /// Refuses what the caller may not change; what stays the same needs no right.
    fn authorize(&self, writing: &Writing<'_>) -> Result<(), ApiError> {
        for item in &self.items {
            let asset = &self.slots[item.slot].after;
            let error = || ApiError::invalid("the asset can't be stored as it is");
            match writing.poisoned(asset) {
                None => {}
                Some(true) => return Err(error().about(&item.sent)),
                Some(false) => return Err(error()),
            }
        }
        for slot in self.slots.iter().filter(|slot| slot.differs()) {
            let (action, asset) = match &slot.before {
                Some(before) => ("update", before),
                None => ("create", &slot.after),
            };
            if writing.permitted(asset).is_err() {
                return Err(forbidden(writing, action, asset));
            }
        }
        Ok(())
    }

    fn store(self, writing: &mut Writing<'_>) -> Result<Outcome, ApiError> {
        let mut outcome = Outcome {
            assignments: self.assignments,
            ..Outcome::default()
        };
        for slot in self.slots {
            let differs = slot.differs();
            match slot.before {
                None => {
                    let asset = with_name_of_its_own(writing, slot.after)?;
                    outcome.created.push(writing.create(asset)?);
                }
                Some(before) if differs => {
                    let guid = before.guid.clone();
                    writing.save(&before, slot.after.clone())?;
                    let stored = writing.by_guid(&guid)?.filter(|stored| *stored != before);
                    // A write that is only pretended is shown as if it had been done.
                    outcome.updated.push(stored.unwrap_or(slot.after));
                }
                Some(_) => {}
            }
        }
        Ok(outcome)
    }
}

fn forbidden(writing: &Writing<'_>, action: &str, asset: &AssetRecord) -> ApiError {
    let deed = format!("{action} entity: type={}", asset.type_name);
    FORBIDDEN.with(&[&writing.author().who, &deed])
}

/// Whether `guid` is a negative number as text.
fn is_made_up(guid: &str) -> bool {
    guid.strip_prefix('-').is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// Purged assets are gone; archived ones are found.
pub(super) fn is_there(asset: &AssetRecord) -> bool {
    asset.trash != Trash::InEmptiedTrash
}

/// The asset of the item's type, or of one below it, with its qualified name in exact case.
fn by_name(writing: &Writing<'_>, entity: &Entity) -> Result<Option<AssetRecord>, ApiError> {
    let Some(name) = entity
        .attributes
        .get("qualifiedName")
        .and_then(|name| name.as_str())
    else {
        return Ok(None);
    };
    let schema = writing.schema();
    let below = schema
        .types
        .iter()
        .filter(|kind| kind.super_types.contains(&entity.type_name));
    for kind in std::iter::once(&entity.type_name).chain(below.map(|kind| &kind.name)) {
        if let Some(asset) = writing.by_qualified_name(kind, name)?.filter(is_there) {
            return Ok(Some(asset));
        }
    }
    Ok(None)
}

/// Glossaries and what is in them get their qualified name from the server.
fn with_name_of_its_own(
    writing: &Writing<'_>,
    mut asset: AssetRecord,
) -> Result<AssetRecord, ApiError> {
    if !validation::in_glossary(&asset.type_name) {
        return Ok(asset);
    }
    let own = Uuid::new_v4().simple().to_string()[..21].to_owned();
    asset.qualified_name = match &asset.anchor {
        Some(guid) => {
            let glossary = writing.by_guid(guid)?;
            format!(
                "{own}@{}",
                glossary.map_or_else(String::new, |one| one.qualified_name)
            )
        }
        None => own,
    };
    Ok(asset)
}
