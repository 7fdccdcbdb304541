//! Adobe Dynamic Media Classic, through its SOAP service.
//!
//! The modules beside this one are the codec: pure functions between domain values and envelopes.
//! This one drives them over HTTP. Start reading at `envelope`, then `assets` and `update`.

mod account;
mod assets;
mod batch;
mod certificate;
mod check;
mod definition;
pub(super) mod doors;
mod envelope;
mod fault;
mod fields;
mod listing;
mod meaning;
mod picture;
mod pictures;
mod place;
mod pull;
mod said;
mod submit;
mod thumbnail;
mod update;
mod writer;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock, atomic::AtomicBool},
};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::sync::OnceCell;

use crate::domain::{Asset, AssetId, Capabilities, Offer, Value};

use super::{
    Answer, Asking, Call, CallKind, Census, CheckStep, Connection, Credentials, Cursor, Endpoint,
    EndpointError, Page,
    http::{self, Http},
    in_chunks,
};

use self::{
    account::Membership,
    assets::LARGEST_PAGE,
    definition::Definition,
    envelope::Sender,
    fields::{CertificateNames, Fields},
    place::Place,
    pull::{Pull, Unreadable},
    writer::Xml,
};

/// Changes a call by default: the service names no limit, and small calls lose little when they
/// fail.
const BATCH: usize = 100;

/// What a profile says about a Dynamic Media account.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The region's address; the service's path is added.
    pub url: String,
    /// The user's e-mail address.
    pub user: String,
    /// The password.
    pub password: Credentials,
    /// The company's name; may be left out where the user has only one.
    pub company: Option<String>,
    /// The metadata field that holds the certificate's status.
    pub certificate_status_field: Option<String>,
    /// The metadata field that holds the certificate's message.
    pub certificate_message_field: Option<String>,
    /// The public image server; without it, the service's own previews are used.
    pub image_server: Option<String>,
    /// Whether the credentials go into the namespace without a version, as old servers want it.
    pub unversioned_header: bool,
    /// Assets a page; 1000 at most.
    pub page_size: usize,
}

impl Settings {
    /// Settings with nothing but the sign-in.
    pub fn new(url: &str, user: &str, password: Credentials) -> Self {
        Self {
            url: url.to_owned(),
            user: user.to_owned(),
            password,
            company: None,
            certificate_status_field: None,
            certificate_message_field: None,
            image_server: None,
            unversioned_header: false,
            page_size: LARGEST_PAGE,
        }
    }
}

/// A Dynamic Media account.
#[derive(Debug)]
pub struct DynamicMedia {
    settings: Settings,
    sender: Sender,
    http: Http,
    session: RwLock<Option<Arc<Session>>>,
    /// Where the service's own previews are; asked for once.
    previews: OnceCell<String>,
    /// Whether the service was seen not to search by moments.
    ignores_moments: AtomicBool,
    /// The types of assets that were used as thumbnails.
    thumbnail_types: Mutex<HashMap<AssetId, String>>,
}

/// What signing in told; every later request needs it.
#[derive(Debug)]
struct Session {
    company: Membership,
    fields: Fields,
}

impl DynamicMedia {
    /// An account, not yet signed in to.
    pub fn new(settings: Settings, http: Http) -> Self {
        let sender = Sender {
            service: envelope::service_url(&settings.url),
            user: settings.user.clone(),
            password: settings.password.clone(),
            unversioned_header: settings.unversioned_header,
        };
        Self {
            settings,
            sender,
            http,
            session: RwLock::new(None),
            previews: OnceCell::new(),
            ignores_moments: AtomicBool::new(false),
            thumbnail_types: Mutex::new(HashMap::new()),
        }
    }

    /// Asks one operation that reads, a few times if nothing comes of it.
    async fn read<T>(
        &self,
        operation: &str,
        children: impl FnOnce(&mut Xml),
        parse: impl Fn(&mut Pull<'_>) -> Result<T, Unreadable>,
    ) -> Result<T, EndpointError> {
        let request = envelope::request(&self.sender, operation, children)?;
        let (request, parse) = (&request, &parse);
        self.http
            .retrying(|| async move {
                let answer = self.http.send(request).await?;
                envelope::open(&answer, (operation, false), parse)
            })
            .await
    }

    /// Sends one operation that writes, once.
    async fn write<T>(
        &self,
        operation: &str,
        children: impl FnOnce(&mut Xml),
        parse: impl Fn(&mut Pull<'_>) -> Result<T, Unreadable>,
    ) -> Result<T, EndpointError> {
        let request = envelope::request(&self.sender, operation, children)?.writing();
        let answer = self.http.send(&request).await?;
        envelope::open(&answer, (operation, true), parse)
    }

    async fn memberships(&self) -> Result<Vec<Membership>, EndpointError> {
        let operation = "getCompanyMembership";
        self.read(operation, |_| {}, account::read_memberships)
            .await
    }

    /// All fields of a company, with their dictionaries. A dictionary that may not be read leaves
    /// its field without one.
    async fn fields(&self, company: &str) -> Result<Fields, EndpointError> {
        let mut definitions = self
            .read(
                "getAssetMetadataFields",
                |xml| definition::of_company(xml, company),
                definition::read_definitions,
            )
            .await?;
        match self.dictionaries(company, &definitions).await {
            Ok(dictionaries) => {
                for definition in &mut definitions {
                    if let Some(values) = dictionaries.get(&definition.handle) {
                        definition.values.clone_from(values);
                    }
                }
            }
            Err(EndpointError::Refused { .. } | EndpointError::Forbidden { .. }) => {}
            Err(error) => return Err(error),
        }
        let names = CertificateNames {
            status: self.settings.certificate_status_field.clone(),
            message: self.settings.certificate_message_field.clone(),
        };
        Ok(Fields::new(definitions, &names))
    }

    async fn dictionaries(
        &self,
        company: &str,
        definitions: &[Definition],
    ) -> Result<HashMap<String, Vec<String>>, EndpointError> {
        let handles: Vec<&str> = definitions
            .iter()
            .filter(|definition| definition.kind.is_tag())
            .map(|definition| definition.handle.as_str())
            .collect();
        if handles.is_empty() {
            return Ok(HashMap::new());
        }
        let read = self.read(
            "getTagFieldValues",
            |xml| definition::dictionaries_of(xml, company, handles),
            definition::read_dictionaries,
        );
        Ok(read.await?.into_iter().collect())
    }

    /// The session; signs in if there is none.
    async fn session(&self) -> Result<Arc<Session>, EndpointError> {
        let known = self
            .session
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match known {
            Some(session) => Ok(session),
            None => self.sign_in().await,
        }
    }

    async fn sign_in(&self) -> Result<Arc<Session>, EndpointError> {
        let memberships = self.memberships().await?;
        let company = account::chosen(&memberships, self.settings.company.as_deref())?;
        let fields = self.fields(&company.handle).await?;
        let session = Arc::new(Session { company, fields });
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&session));
        Ok(session)
    }

    fn capabilities(&self, session: &Session) -> Capabilities {
        Capabilities {
            protocol: "DMC SOAP".to_owned(),
            library: session.company.name.clone(),
            user: self.settings.user.clone(),
            role: session.company.role.clone(),
            certificates: session.fields.certificates.clone(),
            thumbnails: Offer::Yes,
            thumbnail_types: thumbnail::TYPES.map(str::to_owned).to_vec(),
            thumbnail_targets: Vec::new(),
            writing: account::may_write(&session.company.role),
            batch_size: BATCH,
            max_batch: LARGEST_PAGE,
            concurrency: 2,
            requests_per_minute: None,
            address_fields: Vec::new(),
            all_or_nothing: false,
            lazy_thumbnails: true,
        }
    }
}

impl Endpoint for DynamicMedia {
    fn connect(&self) -> BoxFuture<'_, Result<Connection, EndpointError>> {
        async move {
            let session = match self.sign_in().await {
                // The password may have been changed, and its place may hold the new one by now.
                Err(EndpointError::SignIn { .. }) if self.settings.password.renewed().await => {
                    self.sign_in().await?
                }
                told => told?,
            };
            Ok(Connection {
                capabilities: self.capabilities(&session),
                schema: session.fields.schema.clone(),
            })
        }
        .boxed()
    }

    fn home(&self) -> String {
        let origin = format!("dynamic-media at {}", http::origin(&self.settings.url));
        match &self.settings.company {
            Some(company) => format!("{origin} ({})", company.trim().to_lowercase()),
            None => origin,
        }
    }

    fn check(&self) -> BoxFuture<'_, Vec<CheckStep>> {
        self.check_steps().boxed()
    }

    fn page(&self, cursor: Option<Cursor>) -> BoxFuture<'_, Result<Page, EndpointError>> {
        self.listed(cursor).boxed()
    }

    fn parts<'a>(
        &'a self,
        first: &'a Page,
        readers: usize,
    ) -> BoxFuture<'a, Result<Vec<Cursor>, EndpointError>> {
        self.shared(first, readers).boxed()
    }

    fn changes(&self, since_ms: i64) -> Option<Cursor> {
        Place::changes(since_ms).map(|place| place.cursor())
    }

    fn census(&self) -> BoxFuture<'_, Result<Option<Census>, EndpointError>> {
        self.counted().boxed()
    }

    fn fetch<'a>(&'a self, ids: &'a [AssetId]) -> BoxFuture<'a, Result<Vec<Asset>, EndpointError>> {
        self.fetched(ids).boxed()
    }

    fn thumbnails<'a>(
        &'a self,
        ids: &'a [AssetId],
    ) -> BoxFuture<'a, Result<Vec<(AssetId, Value)>, EndpointError>> {
        self.all_thumbnails(ids).boxed()
    }

    fn submit<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, EndpointError>> {
        self.submitted(call).boxed()
    }

    fn requests(&self, asking: Asking) -> u32 {
        match asking {
            // The memberships, the fields, and their dictionaries.
            Asking::Connect => 3,
            Asking::Page | Asking::Census | Asking::Submit => 1,
            Asking::Parts(readers) => u32::try_from(readers).unwrap_or(u32::MAX),
            // Rights can't be asked for, and another server has the pictures.
            Asking::Rights(_) | Asking::Picture => 0,
            Asking::Fetch(assets) => in_chunks(assets, LARGEST_PAGE),
            // The service tells one thumbnail at a time.
            Asking::Thumbnails(assets) => in_chunks(assets, 1),
        }
    }

    fn operation(&self, kind: CallKind) -> &'static str {
        match kind {
            CallKind::Metadata => "batchSetAssetMetadata",
            CallKind::Thumbnails => "batchSetThumbAsset",
        }
    }

    fn picture<'a>(
        &'a self,
        asset: &'a Asset,
        size: u32,
    ) -> BoxFuture<'a, Result<Option<Vec<u8>>, EndpointError>> {
        self.image(asset, size).boxed()
    }
}

#[cfg(test)]
mod tests;
