//! Atlan over its REST protocol.
//!
//! A pure codec (`search`, `fetch`, `write`, `written`, `refusal`) under a thin driver, this file.
//! Field names are what people see in Atlan: `description`, `ownerUsers`, and custom metadata under
//! its own name. Redirects are never followed; a redirect means that nobody is signed in.

mod ask;
mod builtin;
mod check;
mod coding;
mod count;
pub(super) mod doors;
mod entity;
mod fetch;
mod glossaries;
mod lenient;
mod named;
mod offer;
mod pictures;
#[cfg(test)]
mod recorded;
mod refusal;
mod rights;
mod search;
mod typedefs;
mod vocabulary;
mod write;
mod written;

use std::borrow::Cow;
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use crate::domain::{Asset, AssetId, FieldKey, Item, Value};

use super::{
    Answer, Asking, Call, CallKind, Census, CheckStep, Connection, Credentials, Cursor, Endpoint,
    EndpointError, Page, Rights,
    http::{self, Http, HttpRequest, HttpResponse},
    in_chunks,
};
use ask::Ask;
use glossaries::Glossaries;
use pictures::Pictures;
use typedefs::Typedefs;
use vocabulary::Vocabulary;

/// Assets a page, as the vendor's own tools ask.
const PAGE_SIZE: usize = 300;
/// Where the tenant is and who asks.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The tenant's address, without path.
    pub url: String,
    /// The API token.
    pub token: Credentials,
    /// Assets a page of the listing; 0 means the default of 300.
    pub page_size: usize,
}

/// A tenant of Atlan.
#[derive(Debug)]
pub struct Atlan {
    settings: Settings,
    http: Http,
    vocabulary: Mutex<Option<Arc<Vocabulary>>>,
    pictures: Mutex<Pictures>,
    glossaries: Mutex<Glossaries>,
    hidden: AtomicU64,
}

/// Who is signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Person {
    user: String,
    role: String,
}

impl Atlan {
    /// A tenant, reached through this transport. Nothing is sent yet.
    pub fn new(mut settings: Settings, http: Http) -> Self {
        if settings.page_size == 0 {
            settings.page_size = PAGE_SIZE;
        }
        settings
            .url
            .truncate(settings.url.trim_end_matches('/').len());
        Self {
            settings,
            http,
            vocabulary: Mutex::new(None),
            pictures: Mutex::new(Pictures::default()),
            glossaries: Mutex::new(Glossaries::default()),
            hidden: AtomicU64::new(0),
        }
    }

    /// How many hits of the listing the signed-in user may not read; they are left out.
    pub fn hidden(&self) -> u64 {
        self.hidden.load(Ordering::Relaxed)
    }

    /// Reads, and tries again a few times where that may help.
    async fn read<T>(
        &self,
        ask: &Ask,
        decode: impl Fn(&HttpResponse) -> Result<T, EndpointError>,
    ) -> Result<T, EndpointError> {
        let request = ask.request(&self.settings);
        let attempt = || async {
            let response = self.http.send(&request).await?;
            if !response.is_success() {
                return Err(refusal::refusal(&response, &[], false));
            }
            match decode(&response) {
                Err(EndpointError::Garbled { .. }) if response.is_page() => {
                    Err(EndpointError::Garbled {
                        why: response.page_words(),
                        maybe_written: false,
                    })
                }
                decoded => decoded,
            }
        };
        self.http.retrying(attempt).await
    }

    async fn person(&self) -> Result<Person, EndpointError> {
        let ask = Ask::get("/api/service/users/current");
        let json = self.read(&ask, json).await?;
        let text = |name| entity::text_at(&json, name).unwrap_or_default();
        Ok(Person {
            user: text("username").to_owned(),
            role: text("workspaceRole").trim_start_matches('$').to_owned(),
        })
    }

    async fn types(&self) -> Result<(u64, Vec<String>), EndpointError> {
        let json = self.read(&search::ask_types(), json).await?;
        Ok(search::types(&json))
    }

    async fn typedefs(&self) -> Result<Typedefs, EndpointError> {
        let ask = Ask::get(
            "/api/meta/types/typedefs?type=BUSINESS_METADATA&type=CLASSIFICATION\
             &type=ENUM&type=STRUCT",
        );
        self.read(&ask, |response| {
            typedefs::Typedefs::read(json(response)?).map_err(|error| lenient::garbled(&error))
        })
        .await
    }

    async fn learn(&self) -> Result<Arc<Vocabulary>, EndpointError> {
        let typedefs = self.typedefs().await?;
        let (_, types) = self.types().await?;
        let vocabulary = Arc::new(Vocabulary::new(&typedefs, &types));
        let mut known = self
            .vocabulary
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *known = Some(Arc::clone(&vocabulary));
        Ok(vocabulary)
    }

    /// The names of the tenant, read once.
    async fn vocabulary(&self) -> Result<Arc<Vocabulary>, EndpointError> {
        let known = self
            .vocabulary
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match known {
            Some(vocabulary) => Ok(vocabulary),
            None => self.learn().await,
        }
    }

    async fn connected(&self) -> Result<Connection, EndpointError> {
        let person = match self.person().await {
            Ok(person) => person,
            Err(error @ (EndpointError::SignIn { .. } | EndpointError::Unreachable { .. })) => {
                return Err(error);
            }
            // Some tokens may edit assets and not ask who they are.
            Err(_) => Person::default(),
        };
        let vocabulary = self.learn().await?;
        Ok(Connection {
            capabilities: offer::capabilities(&self.settings.url, person, &vocabulary),
            schema: vocabulary.schema(),
        })
    }

    async fn one_page(&self, cursor: Option<Cursor>) -> Result<Page, EndpointError> {
        let vocabulary = self.vocabulary().await?;
        let size = self.settings.page_size;
        let ask = search::ask(cursor.as_ref(), size, &vocabulary)?;
        let decode = |response: &HttpResponse| {
            search::hits(&response.body, cursor.as_ref(), size, &vocabulary)
        };
        let mut hits = self.read(&ask, decode).await?;
        if cursor.is_none() {
            self.hidden.store(0, Ordering::Relaxed);
        }
        self.hidden.fetch_add(hits.hidden, Ordering::Relaxed);
        self.name_others(&mut hits.page.assets);
        Ok(hits.page)
    }

    /// The first asset of the listing.
    async fn first(&self, vocabulary: &Vocabulary) -> Result<Option<Asset>, EndpointError> {
        let ask = search::ask(None, 1, vocabulary)?;
        let decode = |response: &HttpResponse| search::hits(&response.body, None, 1, vocabulary);
        let hits = self.read(&ask, decode).await?;
        Ok(hits.page.assets.into_iter().next())
    }

    /// Reads assets anew, leaving out the ones that are gone or may not be read.
    async fn fresh(&self, ids: &[AssetId]) -> Result<Vec<Asset>, EndpointError> {
        let vocabulary = self.vocabulary().await?;
        let mut found = Vec::with_capacity(ids.len());
        let mut open: Vec<Vec<AssetId>> = ids.chunks(fetch::CHUNK).rev().map(Into::into).collect();
        while let Some(chunk) = open.pop() {
            let decode = |response: &HttpResponse| fetch::assets(&response.body, &vocabulary);
            match self.read(&fetch::ask(&chunk), decode).await {
                Ok(assets) => found.extend(assets),
                Err(error) => open.extend(fetch::without_culprit(&chunk, error)?),
            }
        }
        self.name_others(&mut found);
        Ok(found)
    }

    /// Names the assets that these refer to.
    fn name_others(&self, assets: &mut [Asset]) {
        let mut pictures = self.pictures.lock().unwrap_or_else(PoisonError::into_inner);
        pictures.name(assets);
        let mut glossaries = self
            .glossaries
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        glossaries.name(assets);
    }

    async fn write(&self, call: &Call) -> Result<Answer, EndpointError> {
        let vocabulary = self.vocabulary().await?;
        let resolved = self.with_addresses(call).await?;
        let bulk = write::bulk(&resolved, &vocabulary)?;
        let response = self.http.send(&bulk.ask.request(&self.settings)).await?;
        if response.is_success() {
            written::answer(&response, &resolved, &vocabulary)
        } else {
            Err(refusal::refusal(&response, &bulk.sent, true))
        }
    }

    /// The same call with the picture's address where a thumbnail names another asset.
    async fn with_addresses<'a>(&self, call: &'a Call) -> Result<Cow<'a, Call>, EndpointError> {
        let sources: Vec<AssetId> = call
            .items
            .iter()
            .filter_map(|item| write::borrowed_picture(item).cloned())
            .collect();
        if !sources.is_empty() {
            self.fresh(&sources).await?;
        }
        let mut pictures = self.pictures.lock().unwrap_or_else(PoisonError::into_inner);
        pictures.resolve(call)
    }

    async fn picture_bytes(&self, asset: &Asset) -> Result<Option<Vec<u8>>, EndpointError> {
        let address = {
            let pictures = self.pictures.lock().unwrap_or_else(PoisonError::into_inner);
            pictures.address(asset)
        };
        let own = |address: &String| pictures::is_own(address, &self.settings.url);
        let Some(address) = address.filter(own) else {
            return Ok(None);
        };
        let url = pictures::absolute(&address, &self.settings.url);
        let response = self.http.send_read(&HttpRequest::get(url)).await?;
        let kind = response.header("content-type").unwrap_or_default();
        let shown = kind.starts_with("image/jpeg") || kind.starts_with("image/png");
        Ok((response.is_success() && shown).then_some(response.body))
    }
}

impl Endpoint for Atlan {
    fn connect(&self) -> BoxFuture<'_, Result<Connection, EndpointError>> {
        Box::pin(async move {
            match self.connected().await {
                // The token may have expired, and its place may hold another one by now.
                Err(EndpointError::SignIn { .. }) if self.settings.token.renewed().await => {
                    self.connected().await
                }
                told => told,
            }
        })
    }

    fn home(&self) -> String {
        format!("atlan at {}", http::origin(&self.settings.url))
    }

    fn check(&self) -> BoxFuture<'_, Vec<CheckStep>> {
        Box::pin(check::steps(self))
    }

    fn page(&self, cursor: Option<Cursor>) -> BoxFuture<'_, Result<Page, EndpointError>> {
        Box::pin(self.one_page(cursor))
    }

    fn parts<'a>(
        &'a self,
        first: &'a Page,
        readers: usize,
    ) -> BoxFuture<'a, Result<Vec<Cursor>, EndpointError>> {
        Box::pin(async move { Ok(search::parts(first, self.settings.page_size, readers)) })
    }

    fn changes(&self, since_ms: i64) -> Option<Cursor> {
        Some(search::changes(since_ms))
    }

    fn census(&self) -> BoxFuture<'_, Result<Option<Census>, EndpointError>> {
        Box::pin(self.counted())
    }

    fn fetch<'a>(&'a self, ids: &'a [AssetId]) -> BoxFuture<'a, Result<Vec<Asset>, EndpointError>> {
        Box::pin(self.fresh(ids))
    }

    fn thumbnails<'a>(
        &'a self,
        ids: &'a [AssetId],
    ) -> BoxFuture<'a, Result<Vec<(AssetId, Value)>, EndpointError>> {
        Box::pin(async move {
            let assets = self.fresh(ids).await?;
            let key = FieldKey::thumbnail();
            Ok(assets
                .into_iter()
                .map(|asset| (asset.id.clone(), asset.value(&key).clone()))
                .collect())
        })
    }

    fn rights<'a>(&'a self, items: &'a [Item]) -> BoxFuture<'a, Result<Rights, EndpointError>> {
        Box::pin(self.asked_for_rights(items))
    }

    fn submit<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, EndpointError>> {
        Box::pin(self.write(call))
    }

    fn requests(&self, asking: Asking) -> u32 {
        match asking {
            // Who is signed in, the types, and how many assets of each.
            Asking::Connect => 3,
            Asking::Parts(_) => 0,
            Asking::Page | Asking::Census | Asking::Submit | Asking::Picture => 1,
            Asking::Rights(changes) => in_chunks(changes, rights::CHUNK),
            Asking::Fetch(assets) | Asking::Thumbnails(assets) => in_chunks(assets, fetch::CHUNK),
        }
    }

    fn operation(&self, _kind: CallKind) -> &'static str {
        "entity/bulk"
    }

    fn picture<'a>(
        &'a self,
        asset: &'a Asset,
        _size: u32,
    ) -> BoxFuture<'a, Result<Option<Vec<u8>>, EndpointError>> {
        Box::pin(self.picture_bytes(asset))
    }
}

/// The answer as JSON.
fn json(response: &HttpResponse) -> Result<Json, EndpointError> {
    let body = lenient::body(&response.body);
    let text = lenient::escape_controls(&body.text);
    match lenient::value(&text) {
        Ok((json, _)) => Ok(json),
        Err(error) => Err(lenient::garbled(&error)),
    }
}

#[cfg(test)]
mod tests;
