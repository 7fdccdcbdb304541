//! What every endpoint promises, whatever its protocol: one suite over all of them.
//!
//! A [`Subject`] is an endpoint with a library of its own. `contract!` makes a test of each promise
//! for a function that gives a fresh one.

mod atlan;
mod dynamic_media;
mod memory;
mod promises;

use std::any::Any;

use armarius::{
    domain::{Asset, AssetId, Field, FieldKey, Item, TagDelta, Value},
    endpoint::{Answer, Call, CallKind, Connection, Endpoint, EndpointError},
};

/// An endpoint, and what the suite must know of its library.
pub(crate) struct Subject {
    /// The endpoint.
    pub(crate) endpoint: Box<dyn Endpoint>,
    /// The same, with credentials that are wrong.
    pub(crate) stranger: Box<dyn Endpoint>,
    /// How many assets the library has; more than one page of them.
    pub(crate) assets: usize,
    /// A field of text that may be edited on the first assets.
    pub(crate) text: FieldKey,
    /// A field of tags, with three tags it takes.
    pub(crate) tags: (FieldKey, [&'static str; 3]),
    /// A field, and a value that it refuses.
    pub(crate) refused: (FieldKey, Value),
    /// An asset that takes a thumbnail, and one that may be it; none where none is offered.
    pub(crate) thumbnail: Option<(AssetId, AssetId)>,
    /// What must live as long as the endpoint.
    pub(crate) _keep: Box<dyn Any + Send>,
}

/// A subject, signed in.
pub(crate) struct Session {
    pub(crate) subject: Subject,
    pub(crate) connection: Connection,
}

impl Session {
    pub(crate) async fn open(subject: Subject) -> Self {
        let connection = subject.endpoint.connect().await.unwrap();
        Self {
            subject,
            connection,
        }
    }

    /// The whole listing, page by page.
    pub(crate) async fn list(&self) -> Vec<Asset> {
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.subject.endpoint.page(cursor).await.unwrap();
            assert_eq!(usize::try_from(page.total), Ok(self.subject.assets));
            all.extend(page.assets);
            assert!(all.len() <= self.subject.assets, "more than there are");
            cursor = page.next;
            if cursor.is_none() {
                return all;
            }
        }
    }

    /// Assets that may be edited.
    pub(crate) async fn some(&self, count: usize) -> Vec<Asset> {
        let mut assets = self.list().await;
        assets.retain(|asset| asset.locked.is_none());
        assets.truncate(count);
        assert_eq!(assets.len(), count);
        assets
    }

    pub(crate) fn field(&self, key: &FieldKey) -> &Field {
        let field = self.connection.schema.field(key.as_str());
        field.unwrap_or_else(|| panic!("the schema has no {key}"))
    }

    /// A change of an asset as it was listed, with the facts a write must repeat.
    pub(crate) fn change(&self, asset: &Asset, field: &FieldKey, wanted: Value) -> Item {
        let facts = self.connection.capabilities.address_fields.iter();
        let facts = facts.map(|key| (key.clone(), asset.value(key).clone()));
        Item {
            row: 0,
            asset: asset.id.clone(),
            name: asset.name.clone(),
            kind: asset.kind.clone(),
            field: field.clone(),
            value_kind: armarius::domain::FieldKind::Text,
            before: asset.value(field).clone(),
            wanted,
            delta: None,
            facts: facts.collect(),
        }
    }

    pub(crate) async fn submit(&self, items: Vec<Item>) -> Result<Answer, EndpointError> {
        let thumbnails = items.iter().all(|item| item.field == FieldKey::thumbnail());
        let kind = if thumbnails {
            CallKind::Thumbnails
        } else {
            CallKind::Metadata
        };
        self.subject.endpoint.submit(&Call { kind, items }).await
    }

    /// Submits and expects every change to be written.
    pub(crate) async fn write(&self, items: Vec<Item>) {
        let count = items.len();
        let answer = self.submit(items).await.unwrap();
        let mut places: Vec<usize> = answer.said.iter().map(|said| said.item).collect();
        places.sort_unstable();
        assert_eq!(places, (0..count).collect::<Vec<_>>(), "each change once");
        for said in answer.said {
            assert!(said.outcome.is_written(), "{said:?}");
        }
    }

    /// The asset as the endpoint has it now.
    pub(crate) async fn fresh(&self, id: &AssetId) -> Asset {
        let mut found = self
            .subject
            .endpoint
            .fetch(std::slice::from_ref(id))
            .await
            .unwrap();
        assert_eq!(found.len(), 1);
        found.remove(0)
    }

    /// Tags put, and afterwards changed one by one.
    pub(crate) fn delta(&self, asset: &Asset, add: &[&str], remove: &[&str]) -> Item {
        let owned = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect();
        let field = &self.subject.tags.0;
        let kept = asset.value(field).entries().iter().map(String::as_str);
        let kept = kept.filter(|tag| !remove.contains(tag));
        let wanted = Value::list(kept.chain(add.iter().copied()));
        Item {
            delta: Some(TagDelta {
                add: owned(add),
                remove: owned(remove),
            }),
            ..self.change(asset, field, wanted)
        }
    }
}

/// A test of every promise for a function that gives a fresh [`Subject`].
macro_rules! contract {
    ($fresh:expr => $($promise:ident),+ $(,)?) => {$(
        #[tokio::test]
        async fn $promise() {
            let subject = $fresh.await;
            $crate::contract::promises::$promise(
                &$crate::contract::Session::open(subject).await,
            )
            .await;
        }
    )+};
    ($fresh:expr) => {
        $crate::contract::contract!($fresh =>
            the_listing_reaches_every_asset_once,
            the_schema_names_what_the_listing_shows,
            a_written_value_is_read_back,
            hostile_text_comes_back_as_it_went,
            a_cleared_value_is_absent,
            several_fields_of_one_asset_go_in_one_call,
            the_same_again_is_written_too,
            tags_one_by_one_leave_the_others,
            tags_can_be_set_and_cleared_whole,
            a_certificate_is_set_changed_and_cleared,
            a_thumbnail_is_set_or_the_reason_told,
            a_refused_value_stays_unwritten_and_is_named,
            an_asset_that_is_gone_is_missing_from_fresh_values,
            wrong_credentials_ask_to_sign_in,
            checking_says_how_each_step_went,
        );
    };
}
pub(crate) use contract;
