//! The library behind the endpoint in memory: what it has, and the rules it keeps.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::{
    domain::{
        Asset, AssetId, Capabilities, Field, FieldKey, FieldKind, Item, Offer, Outcome, Schema,
        Value, run::ServerCounts,
    },
    endpoint::{Call, EndpointError, Said, is_certificate},
};

use super::Treatment;

/// Assets with their rules.
#[derive(Debug)]
pub(super) struct Library {
    pub(super) assets: IndexMap<AssetId, Asset>,
    pub(super) schema: Schema,
    pub(super) capabilities: Capabilities,
    pub(super) treatments: HashMap<AssetId, Treatment>,
    /// How assets are shown for so many readings.
    pub(super) behind: HashMap<AssetId, (usize, Asset)>,
}

/// A call, carried out.
pub(super) struct Settled {
    pub(super) said: Vec<Said>,
    pub(super) counts: Option<ServerCounts>,
}

/// Why a change is not taken: a code and a reason.
type Refusal = (String, String);

/// Fields for tests: `Title`, `Rights` (a closed list), `Keywords` (tags), `Year` (a whole number),
/// `Season` (required), `Created` (locked), the certificate and the thumbnail.
pub fn plain_schema() -> Schema {
    let rights = Field {
        allowed: ["Cleared", "Restricted", "Unknown"]
            .map(str::to_owned)
            .into(),
        closed: true,
        ..Field::plain("Rights", FieldKind::Tag)
    };
    let season = Field {
        required: true,
        ..Field::plain("Season", FieldKind::Text)
    };
    Schema {
        fields: vec![
            Field::plain("Title", FieldKind::Text),
            rights,
            Field::plain("Keywords", FieldKind::Tags),
            Field::plain("Year", FieldKind::Integer),
            season,
            Field::plain("certificate", FieldKind::Certificate),
            Field::plain("thumbnail", FieldKind::Asset),
            Field::locked("Created", FieldKind::Date, "the server writes it by itself"),
        ],
    }
}

/// Everything is offered; calls settle change by change and are counted.
pub fn plain_capabilities() -> Capabilities {
    Capabilities {
        protocol: "memory".to_owned(),
        library: "Memory".to_owned(),
        user: "librarian".to_owned(),
        role: "librarian".to_owned(),
        certificates: Offer::Yes,
        thumbnails: Offer::Yes,
        thumbnail_types: vec!["Image".to_owned()],
        thumbnail_targets: Vec::new(),
        writing: Offer::Yes,
        batch_size: 20,
        max_batch: 50,
        concurrency: 1,
        requests_per_minute: None,
        address_fields: Vec::new(),
        all_or_nothing: false,
        lazy_thumbnails: false,
    }
}

impl Library {
    pub(super) fn find(&self, id: &AssetId) -> Option<&Asset> {
        self.assets.get(id)
    }

    /// An asset as a listing shows it: a thumbnail that costs a call is unknown there.
    pub(super) fn listed(&self, asset: &Asset) -> Asset {
        let mut listed = self.fetched(asset);
        if self.capabilities.lazy_thumbnails {
            let key = FieldKey::thumbnail();
            listed.fields.push((key, Value::Unknown));
        }
        listed
    }

    /// An asset as reading it anew shows it.
    pub(super) fn fetched(&self, asset: &Asset) -> Asset {
        let mut fetched = asset.clone();
        if self.capabilities.lazy_thumbnails {
            let key = FieldKey::thumbnail();
            fetched.fields.retain(|(field, _)| *field != key);
        }
        fetched
    }

    /// An asset as reading it anew shows it: as it was, while what is read is behind.
    pub(super) fn reread(&mut self, id: &AssetId) -> Option<Asset> {
        if let Some((readings, old)) = self.behind.get_mut(id)
            && *readings > 0
        {
            *readings -= 1;
            let old = old.clone();
            return Some(self.fetched(&old));
        }
        self.find(id).map(|asset| self.fetched(asset))
    }

    pub(super) fn put(&mut self, id: &AssetId, field: &FieldKey, value: Value) {
        let Some(asset) = self.assets.get_mut(id) else {
            return;
        };
        asset.fields.retain(|(key, _)| key != field);
        if value.is_present() {
            asset.fields.push((field.clone(), value));
        }
    }

    /// Carries a call out, or the first changes of it.
    pub(super) fn write(
        &mut self,
        call: &Call,
        some: Option<usize>,
    ) -> Result<Settled, EndpointError> {
        let checked: Vec<Result<(), Refusal>> =
            call.items.iter().map(|item| self.check(item)).collect();
        if self.capabilities.all_or_nothing
            && let Some((bad, Err((code, why)))) =
                checked.iter().enumerate().find(|(_, one)| one.is_err())
        {
            let culprit = &call.items[bad].asset;
            let items = call.items.iter().enumerate();
            let items = items.filter(|(_, item)| item.asset == *culprit);
            return Err(EndpointError::PoisonedBy {
                items: items.map(|(place, _)| place).collect(),
                code: code.clone(),
                why: why.clone(),
            });
        }
        let limit = some.unwrap_or(call.items.len());
        let mut said = Vec::new();
        for (place, (item, checked)) in call.items.iter().zip(checked).enumerate() {
            if place < limit && checked.is_ok() {
                self.apply(item);
            }
            said.push(self.say(place, item, checked));
        }
        let counts = (!self.capabilities.all_or_nothing).then(|| counts(&said));
        Ok(Settled { said, counts })
    }

    fn check(&self, item: &Item) -> Result<(), Refusal> {
        let refuse = |code: &str, reason: String| Err((code.to_owned(), reason));
        let Some(asset) = self.find(&item.asset) else {
            return refuse("no-asset", format!("there is no asset {}", item.asset));
        };
        if let Some(Treatment::Refuse(code, reason)) = self.treatments.get(&item.asset) {
            return refuse(code, reason.clone());
        }
        for key in &self.capabilities.address_fields {
            let known = asset.value(key);
            let told = item
                .facts
                .iter()
                .any(|(fact, value)| fact == key && value == known);
            if known.is_present() && !told {
                return refuse("no-address", format!("`{key}` must be repeated as it is"));
            }
        }
        let offer = match () {
            () if is_certificate(&item.field) => &self.capabilities.certificates,
            () if item.field == FieldKey::thumbnail() => &self.capabilities.thumbnails,
            () => &Offer::Yes,
        };
        if let Some(reason) = offer.refusal() {
            return refuse("not-offered", reason.to_owned());
        }
        let Some(field) = self.schema.field(item.field.as_str()) else {
            return refuse("no-field", format!("there is no field `{}`", item.field));
        };
        if let Some(reason) = &field.locked {
            return refuse("locked", reason.clone());
        }
        if field.required && !item.wanted.is_present() {
            return refuse("required", format!("`{}` needs a value", item.field));
        }
        self.check_value(field, &item.wanted)
    }

    fn check_value(&self, field: &Field, wanted: &Value) -> Result<(), Refusal> {
        let refuse = |reason: String| Err(("invalid".to_owned(), reason));
        if let Value::Asset { id, .. } = wanted {
            let types = &self.capabilities.thumbnail_types;
            let taken = |asset: &Asset| types.is_empty() || types.contains(&asset.kind);
            return match self.find(id) {
                Some(asset) if taken(asset) => Ok(()),
                Some(asset) => refuse(format!("a {} can't be a thumbnail", asset.kind)),
                None => refuse(format!("there is no asset {id}")),
            };
        }
        for entry in wanted.entries() {
            if field.closed && !field.allowed.contains(entry) {
                return refuse(format!("`{entry}` is not in the list of `{}`", field.key));
            }
            if field.kind == FieldKind::Integer && entry.parse::<i64>().is_err() {
                return refuse(format!("`{entry}` is no whole number"));
            }
        }
        Ok(())
    }

    fn apply(&mut self, item: &Item) {
        if self.treatments.get(&item.asset) == Some(&Treatment::Pretend) {
            return;
        }
        if let Some(Treatment::Late(readings)) = self.treatments.get(&item.asset)
            && let Some(old) = self.find(&item.asset)
        {
            let old = (*readings, old.clone());
            self.behind.entry(item.asset.clone()).or_insert(old);
        }
        let value = match &item.delta {
            None => item.wanted.clone(),
            Some(delta) => {
                let now = self.find(&item.asset).map(|asset| asset.value(&item.field));
                let now = now.map(Value::entries).unwrap_or_default();
                let kept = now.iter().filter(|tag| !delta.remove.contains(tag));
                Value::list(kept.chain(&delta.add).cloned())
            }
        };
        self.put(&item.asset, &item.field, value);
    }

    fn say(&self, place: usize, item: &Item, checked: Result<(), Refusal>) -> Said {
        let (outcome, code, reason) = match (checked, self.treatments.get(&item.asset)) {
            (Err((code, reason)), _) => (Outcome::Refused, code, reason),
            (Ok(()), Some(Treatment::Warn(code, reason))) => {
                (Outcome::Warned, code.clone(), reason.clone())
            }
            (
                Ok(()),
                Some(Treatment::Pretend | Treatment::Late(_) | Treatment::Refuse(..)) | None,
            ) => (Outcome::Applied, String::new(), String::new()),
        };
        Said {
            item: place,
            outcome,
            code,
            reason,
            meaning: String::new(),
        }
    }
}

fn counts(said: &[Said]) -> ServerCounts {
    let mut counts = ServerCounts::default();
    for one in said {
        match one.outcome {
            Outcome::Applied => counts.success += 1,
            Outcome::Warned => counts.warning += 1,
            Outcome::Refused => counts.error += 1,
            Outcome::Conflict | Outcome::Skipped | Outcome::Unknown => {}
        }
    }
    counts
}
