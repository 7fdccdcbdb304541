//! Stories over an in-memory library: envelopes in, envelopes out.

mod documents;
mod examples;
mod limits;
mod reading;
mod sample;
mod searching;
mod signing_in;
mod strictness;
mod tagging;
mod writing;

use std::sync::Arc;

use axum::body::{Bytes, to_bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::catalogue::accounts::{Account, Accounts};
use crate::catalogue::database::{DatabaseError, Library};
use crate::catalogue::faults::{Fate, Faults};
use crate::catalogue::model::{AssetRecord, Details};
use crate::catalogue::schema::{FieldDefinition, FieldType};
use crate::catalogue::soap::element::{Element, parse};
use crate::catalogue::soap::{SoapSwitches, handle};
use crate::catalogue::state::{Manners, ServerState};
use crate::catalogue::writes::{Author, Face};

pub(super) const NAMESPACE: &str = "http://www.scene7.com/IpsApi/xsd/2014-04-03";
/// The namespace of fault details and of the undated header.
pub(super) const FAULTS: &str = "http://www.scene7.com/IpsApi/xsd";
const SOAP_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// When the assets of the stories were made: 2024-03-01T23:04:40.177Z.
const MADE: i64 = 1_709_334_280_177;

/// A server with a small library, and somebody who calls it.
pub(super) struct Desk {
    pub(super) state: ServerState,
    pub(super) user: &'static str,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
    fate: Option<Fate>,
}

impl Desk {
    /// The library of the examples, called by an admin of the company.
    pub(super) fn new() -> Self {
        Self::under(Faults::none(), SoapSwitches::default())
    }

    pub(super) fn under(faults: Faults, switches: SoapSwitches) -> Self {
        let library = Library::in_memory().unwrap();
        stock(&library).unwrap();
        faults.meet(&library).unwrap();
        let mut accounts = Accounts::new("editor@example.com", Some("secret".to_owned()), None);
        for role in ["IpsUser", "ImagePortalUser", "WebServiceUser"] {
            accounts.add(account(role));
        }
        let mut state = ServerState::new(library, accounts, faults);
        state.manners = Arc::new(Manners {
            soap: switches,
            ..Manners::default()
        });
        Self {
            state,
            user: "editor@example.com",
        }
    }

    /// The same desk with somebody else calling.
    pub(super) fn called_by(mut self, user: &'static str) -> Self {
        self.user = user;
        self
    }

    /// The same desk, taking children in any order.
    pub(super) fn lenient(mut self) -> Self {
        let manners = Manners {
            strict: false,
            ..*self.state.manners
        };
        self.state.manners = Arc::new(manners);
        self
    }

    /// Calls an operation with these children.
    pub(super) fn call(&self, operation: &str, inside: &str) -> Answer {
        let body = format!("<{operation}Param xmlns=\"{NAMESPACE}\">{inside}</{operation}Param>");
        self.post(&self.envelope(&body), &[])
    }

    /// An envelope with credentials around a body.
    pub(super) fn envelope(&self, body: &str) -> String {
        let header = auth(NAMESPACE, self.user, "secret", "");
        envelope(SOAP_11, &header, body)
    }

    /// Sends a document as it is.
    pub(super) fn post(&self, document: &str, headers: &[(&'static str, &str)]) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).unwrap();
            map.insert(HeaderName::from_static(name), value);
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async {
            let body = Bytes::from(document.to_owned());
            let response = handle(self.state.clone(), map, body).await;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let fate = response.extensions().get().copied();
            let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            Answer {
                status,
                headers,
                body: String::from_utf8(bytes.to_vec()).unwrap(),
                fate,
            }
        })
    }

    /// What the library holds in a field now.
    pub(super) fn stored(&self, asset: &str, field: &str) -> Vec<String> {
        let schema = self.state.library.schema();
        let record = self.state.library.by_id(asset).unwrap().unwrap();
        record.field(schema.field(field).unwrap())
    }
}

/// An `authHeader` block.
pub(super) fn auth(namespace: &str, user: &str, password: &str, more: &str) -> String {
    format!(
        "<authHeader xmlns=\"{namespace}\"><user>{user}</user><password>{password}</password>\
         <appName>BulkEditor</appName><appVersion>0.1.0</appVersion>{more}</authHeader>"
    )
}

/// An envelope around header blocks and a body.
pub(super) fn envelope(version: &str, header: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<s:Envelope xmlns:s=\"{version}\">\
         <s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
}

impl Answer {
    /// What the server is told to do to the answer on its way out.
    pub(super) fn fate(&self) -> Option<Fate> {
        self.fate
    }

    /// The `…Return` element or the fault.
    pub(super) fn content(&self) -> Element {
        let mut envelope = parse(self.body.as_bytes()).unwrap();
        envelope.children.remove(0).children.remove(0)
    }

    /// The `…Return` element of an answer that is no fault.
    pub(super) fn good(&self) -> Element {
        assert_eq!(self.status, 200, "{}", self.body);
        self.content()
    }

    /// Class and code of a fault, with the reason.
    pub(super) fn fault(&self) -> (String, i32, String) {
        let fault = self.content();
        assert_eq!(fault.name, "Fault", "{}", self.body);
        let detail = fault.child("detail").or(fault.child("Detail")).unwrap();
        detail.children.first().map_or_else(
            || {
                (
                    String::new(),
                    0,
                    fault.text_of("faultstring").unwrap_or_default().to_owned(),
                )
            },
            |inner| {
                let code = inner.text_of("code").unwrap().parse().unwrap();
                (
                    inner.name.clone(),
                    code,
                    inner.text_of("reason").unwrap().to_owned(),
                )
            },
        )
    }

    /// The code of a fault; 0 for a fault of the SOAP layer.
    pub(super) fn code(&self) -> i32 {
        self.fault().1
    }

    /// The three counts of a batch.
    pub(super) fn counts(&self) -> [u32; 3] {
        let content = self.good();
        ["successCount", "warningCount", "errorCount"]
            .map(|name| content.text_of(name).unwrap().parse().unwrap())
    }

    /// The names of the assets listed.
    pub(super) fn names(&self) -> Vec<String> {
        let content = self.good();
        content
            .items("assetArray")
            .map(|asset| asset.text_of("name").unwrap_or_default().to_owned())
            .collect()
    }
}

/// The `items` of an array of texts.
pub(super) fn items(texts: &[&str]) -> String {
    texts
        .iter()
        .map(|text| format!("<items>{text}</items>"))
        .collect::<Vec<_>>()
        .concat()
}

/// The same document without white space between elements.
pub(super) fn squeezed(document: &str) -> String {
    let mut out = String::new();
    for line in document.lines() {
        out.push_str(line.trim());
    }
    out
}

fn account(role: &str) -> Account {
    let name = role.to_lowercase();
    Account {
        email: format!("{name}@example.com"),
        user_name: name,
        first_name: "Robin".to_owned(),
        last_name: "Doe".to_owned(),
        role: role.to_owned(),
        password: Some("secret".to_owned()),
        token: None,
    }
}

fn fields() -> Vec<FieldDefinition> {
    let custom = FieldDefinition::custom;
    let mut copyright = custom("Copyright", "Asset", FieldType::String);
    copyright.default = "(c) ExampleCo".to_owned();
    let mut season = custom("Season", "Asset", FieldType::MultiFixedTag)
        .with_dictionary(&["Spring", "Summer", "Autumn"]);
    season.enforced = true;
    season.initial_tag_value = Some("Spring".to_owned());
    vec![
        copyright,
        custom("Priority", "Image", FieldType::Int),
        season,
        custom("Region", "Asset", FieldType::SingleTag),
        custom("Words", "Asset", FieldType::MultiTag),
        custom("Shown", "Asset", FieldType::Date),
        custom("Weight", "Asset", FieldType::Float),
        custom("Lent", "Asset", FieldType::Boolean),
        custom("Framed", "Asset", FieldType::BooleanTag),
        custom("Accession", "Asset", FieldType::String).read_only(),
        FieldDefinition::attribute(
            "Certificate",
            FieldType::SingleFixedTag,
            "certificateStatus",
        )
        .with_dictionary(&["Verified", "Draft", "Deprecated"]),
        FieldDefinition::attribute(
            "Certificate note",
            FieldType::String,
            "certificateStatusMessage",
        ),
    ]
}

fn record(number: i64, kind: &str, name: &str, folder: &str) -> AssetRecord {
    AssetRecord {
        id: format!("a|{number}"),
        name: name.to_owned(),
        kind: kind.to_owned(),
        type_name: if kind.is_empty() { "Table" } else { "File" }.to_owned(),
        folder: folder.to_owned(),
        created: MADE + number,
        modified: MADE + number,
        details: Details {
            file_name: if kind == "Image" {
                format!("{name}.tif")
            } else {
                String::new()
            },
            created_by: "editor@example.com".to_owned(),
            modified_by: "editor@example.com".to_owned(),
            ..Details::default()
        },
        ..AssetRecord::default()
    }
}

/// The assets of the examples, a locked folder, something in the trash, and a data asset.
fn stock(library: &Library) -> Result<(), DatabaseError> {
    library.change_schema(|schema| schema.fields = fields())?;
    let text = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect();
    let spring = "ExampleCo/Spring/";
    let mut red = record(27007, "Image", "jacket_red", spring);
    red.published = true;
    (red.width, red.height, red.file_size) = (Some(2150), Some(2500), Some(9_000));
    red.values
        .insert("Copyright".to_owned(), text(&["(c) 2024 ExampleCo & Sons"]));
    red.values.insert("Priority".to_owned(), text(&["2"]));
    red.values
        .insert("Season".to_owned(), text(&["Spring", "Autumn"]));
    let mut set = record(27008, "ImageSet", "jacket_set", spring);
    set.values.insert("Season".to_owned(), text(&["Summer"]));
    let mut blue = record(27009, "Image", "jacket_blue", spring);
    blue.file_size = Some(700);
    blue.values
        .insert("Shown".to_owned(), text(&["2024-05-01"]));
    let mut pinned = record(27012, "ImageSet", "pinned_set", "ExampleCo/Spring/Sets/");
    pinned.thumbnail = Some("a|27007".to_owned());
    let mut gone = record(27013, "Image", "gone", spring);
    gone.trash = crate::catalogue::model::Trash::InTrash;
    let author = Author {
        face: Face::House,
        who: "house".to_owned(),
        now: MADE,
        request: "stock".to_owned(),
        pretend: false,
    };
    library.write(&author, |writing| {
        for asset in [
            red,
            set,
            blue,
            record(27010, "ImageSet", "empty_set", "ExampleCo/Autumn/"),
            record(27011, "Pdf", "leaflet", "ExampleCo/Autumn/"),
            pinned,
            gone,
            record(
                27014,
                "Image",
                "locked_one",
                "ExampleCo/Archive/Legal hold/",
            ),
            record(27015, "", "orders", ""),
        ] {
            writing.create(asset)?;
        }
        Ok::<_, DatabaseError>(())
    })?;
    library.refuse_folder("Legal hold");
    Ok(())
}
