//! An endpoint that lives in memory and does what its script says: for tests, and for trying out.
//!
//! Clones share one library, so a test keeps a clone to look at what was written and to change
//! things behind the back of what it tests.

mod library;

use std::{
    collections::HashMap,
    future::pending,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::future::BoxFuture;

use crate::domain::{Asset, AssetId, Capabilities, FieldKey, Schema, Value};

use super::{Answer, Call, CheckStep, Connection, Cursor, Endpoint, EndpointError, Page};
use library::{Library, Settled};
pub use library::{plain_capabilities, plain_schema};

/// What an endpoint is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// [`Endpoint::connect`].
    Connect,
    /// [`Endpoint::page`].
    Page,
    /// [`Endpoint::fetch`].
    Fetch,
    /// [`Endpoint::thumbnails`].
    Thumbnails,
    /// [`Endpoint::submit`].
    Submit,
    /// [`Endpoint::picture`].
    Picture,
}

/// What happens instead of the ordinary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// Fails before anything is done.
    Fail(EndpointError),
    /// Does all of it, then fails.
    DoThenFail(EndpointError),
    /// Writes this many changes of the call, then fails.
    DoSomeThenFail(usize, EndpointError),
    /// Never answers.
    Hang,
}

/// How the library treats writes to one asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// Refuses them, with a code and a reason.
    Refuse(String, String),
    /// Writes them, with a remark.
    Warn(String, String),
    /// Says that it wrote, and did not.
    Pretend,
    /// Writes them, and shows them only after so many readings, as a copy that is behind does.
    Late(usize),
}

/// An endpoint in memory.
#[derive(Clone, Debug)]
pub struct Memory {
    world: Arc<Mutex<World>>,
}

#[derive(Debug)]
struct World {
    library: Library,
    page_size: usize,
    script: HashMap<(Operation, usize), Happening>,
    asked: HashMap<Operation, usize>,
    calls: Vec<Call>,
    pictures: HashMap<AssetId, Vec<u8>>,
    signed_out: bool,
}

impl Memory {
    /// A library of these assets, with [`plain_schema`] and [`plain_capabilities`], in pages of 100.
    pub fn new(assets: impl IntoIterator<Item = Asset>) -> Self {
        let library = Library {
            assets: assets
                .into_iter()
                .map(|asset| (asset.id.clone(), asset))
                .collect(),
            schema: plain_schema(),
            capabilities: plain_capabilities(),
            treatments: HashMap::new(),
            behind: HashMap::new(),
        };
        Self {
            world: Arc::new(Mutex::new(World {
                library,
                page_size: 100,
                script: HashMap::new(),
                asked: HashMap::new(),
                calls: Vec::new(),
                pictures: HashMap::new(),
                signed_out: false,
            })),
        }
    }

    /// The same with these fields.
    #[must_use]
    pub fn with_schema(self, schema: Schema) -> Self {
        self.lock().library.schema = schema;
        self
    }

    /// The same with these capabilities.
    #[must_use]
    pub fn with_capabilities(self, capabilities: Capabilities) -> Self {
        self.lock().library.capabilities = capabilities;
        self
    }

    /// The same with pages of this many assets.
    #[must_use]
    pub fn with_page_size(self, assets: usize) -> Self {
        self.lock().page_size = assets.max(1);
        self
    }

    /// Lets something happen the n-th time, counted from 1, that this is asked.
    pub fn on(&self, operation: Operation, nth: usize, happening: Happening) {
        self.lock().script.insert((operation, nth), happening);
    }

    /// Treats writes to this asset so, from now on.
    pub fn treat(&self, asset: &AssetId, treatment: Treatment) {
        self.lock()
            .library
            .treatments
            .insert(asset.clone(), treatment);
    }

    /// Treats writes to this asset as usual again.
    pub fn treat_as_usual(&self, asset: &AssetId) {
        self.lock().library.treatments.remove(asset);
    }

    /// Refuses the credentials from now on, or takes them again.
    pub fn sign_out(&self, signed_out: bool) {
        self.lock().signed_out = signed_out;
    }

    /// Somebody else changes a value.
    pub fn change(&self, asset: &AssetId, field: &FieldKey, value: Value) {
        self.lock().library.put(asset, field, value);
    }

    /// Somebody else removes an asset.
    pub fn remove(&self, asset: &AssetId) {
        self.lock().library.assets.shift_remove(asset);
    }

    /// Gives an asset a picture.
    pub fn picture_of(&self, asset: &AssetId, bytes: Vec<u8>) {
        self.lock().pictures.insert(asset.clone(), bytes);
    }

    /// An asset as the library has it.
    pub fn asset(&self, id: &AssetId) -> Option<Asset> {
        self.lock().library.find(id).cloned()
    }

    /// The value of a field as the library has it; absent if there is no such asset.
    pub fn value(&self, id: &AssetId, field: &FieldKey) -> Value {
        let world = self.lock();
        let asset = world.library.find(id);
        asset.map_or(Value::Absent, |asset| asset.value(field).clone())
    }

    /// Every call that was sent, in order, whatever came of it.
    pub fn calls(&self) -> Vec<Call> {
        self.lock().calls.clone()
    }

    /// How often this was asked.
    pub fn asked(&self, operation: Operation) -> usize {
        self.lock().asked.get(&operation).copied().unwrap_or(0)
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts the asking, and does what the script says, or the ordinary.
    async fn perform<T>(
        &self,
        operation: Operation,
        act: impl FnOnce(&mut World, Option<usize>) -> Result<T, EndpointError>,
    ) -> Result<T, EndpointError> {
        let happening = {
            let mut world = self.lock();
            let nth = world.asked.entry(operation).or_default();
            *nth += 1;
            let nth = *nth;
            world.script.remove(&(operation, nth))
        };
        if happening == Some(Happening::Hang) {
            pending::<()>().await;
        }
        let mut world = self.lock();
        if world.signed_out {
            return Err(EndpointError::SignIn {
                code: "401".to_owned(),
                why: "the password is wrong".to_owned(),
                hint: "check the credentials of the profile".to_owned(),
            });
        }
        match happening {
            None | Some(Happening::Hang) => act(&mut world, None),
            Some(Happening::Fail(error)) => Err(error),
            Some(Happening::DoThenFail(error)) => act(&mut world, None).and(Err(error)),
            Some(Happening::DoSomeThenFail(some, error)) => {
                act(&mut world, Some(some)).and(Err(error))
            }
        }
    }
}

impl World {
    fn page(&self, cursor: Option<&Cursor>) -> Result<Page, EndpointError> {
        let start = match cursor {
            None => 0,
            Some(cursor) => cursor.0.parse().map_err(|_| EndpointError::NotSendable {
                why: "the place in the listing is not one of this endpoint".to_owned(),
            })?,
        };
        let all = &self.library.assets;
        let end = (start + self.page_size).min(all.len());
        let assets = all.get_range(start..end);
        Ok(Page {
            assets: assets
                .into_iter()
                .flat_map(indexmap::map::Slice::values)
                .map(|asset| self.library.listed(asset))
                .collect(),
            gone: Vec::new(),
            unread: 0,
            total: all.len() as u64,
            next: (end < all.len()).then(|| Cursor(end.to_string())),
        })
    }
}

impl Endpoint for Memory {
    fn connect(&self) -> BoxFuture<'_, Result<Connection, EndpointError>> {
        Box::pin(self.perform(Operation::Connect, |world, _| {
            Ok(Connection {
                capabilities: world.library.capabilities.clone(),
                schema: world.library.schema.clone(),
            })
        }))
    }

    fn check(&self) -> BoxFuture<'_, Vec<CheckStep>> {
        Box::pin(async move {
            let connection = self.connect().await;
            vec![CheckStep {
                name: "sign-in".to_owned(),
                result: connection
                    .map(|connection| format!("signed in as {}", connection.capabilities.user))
                    .map_err(|error| error.to_string()),
                took_ms: 0,
            }]
        })
    }

    fn page(&self, cursor: Option<Cursor>) -> BoxFuture<'_, Result<Page, EndpointError>> {
        Box::pin(self.perform(Operation::Page, move |world, _| world.page(cursor.as_ref())))
    }

    fn fetch<'a>(&'a self, ids: &'a [AssetId]) -> BoxFuture<'a, Result<Vec<Asset>, EndpointError>> {
        Box::pin(self.perform(Operation::Fetch, |world, _| {
            Ok(ids
                .iter()
                .filter_map(|id| world.library.reread(id))
                .collect())
        }))
    }

    fn thumbnails<'a>(
        &'a self,
        ids: &'a [AssetId],
    ) -> BoxFuture<'a, Result<Vec<(AssetId, Value)>, EndpointError>> {
        Box::pin(self.perform(Operation::Thumbnails, |world, _| {
            let found = ids.iter().filter_map(|id| world.library.find(id));
            let key = FieldKey::thumbnail();
            Ok(found
                .map(|asset| (asset.id.clone(), asset.value(&key).clone()))
                .collect())
        }))
    }

    fn submit<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, EndpointError>> {
        Box::pin(self.perform(Operation::Submit, |world, some| {
            world.calls.push(call.clone());
            let Settled { said, counts } = world.library.write(call, some)?;
            Ok(Answer {
                said,
                counts,
                trace: format!("memory-{}", world.calls.len()),
            })
        }))
    }

    fn picture<'a>(
        &'a self,
        asset: &'a Asset,
        _size: u32,
    ) -> BoxFuture<'a, Result<Option<Vec<u8>>, EndpointError>> {
        Box::pin(self.perform(Operation::Picture, |world, _| {
            Ok(world.pictures.get(&asset.id).cloned())
        }))
    }
}

#[cfg(test)]
mod tests;
