//! A small library behind the real routes, asked over loopback as a client would.

mod bulk;
mod clearing;
mod custom;
mod people;
mod reads;
mod recorded_custom;
mod recorded_errors;
mod recorded_reads;
mod recorded_writes;
mod search;
mod tags;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{RestSwitches, router_with};
use crate::catalogue::accounts::{Accounts, DEMO_TOKEN};
use crate::catalogue::database::{DatabaseError, Library};
use crate::catalogue::faults::Faults;
use crate::catalogue::identity;
use crate::catalogue::model::AssetRecord;
use crate::catalogue::schema::{
    FieldDefinition, FieldType, TagDefinition, TypeDefinition, USER_SET,
};
use crate::catalogue::state::{Manners, ServerState};
use crate::catalogue::writes::{Author, Face};

/// The container of the tables.
const DATABASE: &str = "default/snowflake/1700000000/DB/SCH";
/// The tag in the library, and a second one.
const PII: &str = "TagHashPII000000000001";
const CONFIDENTIAL: &str = "TagHashConf00000000001";

/// A catalogue that answers.
struct Catalogue {
    address: std::net::SocketAddr,
    library: Library,
}

/// What it answered.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: String,
    body: Value,
}

impl Catalogue {
    /// Ten tables, a glossary with two terms, a dashboard; nobody may write to `ExampleCo/Closed/`.
    async fn open() -> Self {
        Self::with(RestSwitches::default(), "").await
    }

    async fn with(switches: RestSwitches, faults: &str) -> Self {
        let library = library();
        let faults = Faults::parse(faults).unwrap();
        faults.meet(&library).unwrap();
        let partial_updates = faults.has_manner("partial-updates");
        let mut state = ServerState::new(library.clone(), Accounts::demo(), faults);
        state.manners = std::sync::Arc::new(Manners {
            partial_updates,
            ..Manners::default()
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = router_with(switches).with_state(state);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { address, library }
    }

    /// One request with these headers beside the usual ones.
    async fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let headers = format!("Content-Type: application/json\r\n{headers}");
        self.exchange(&format!("{method} {path}"), &headers, body)
            .await
    }

    /// A form with parts, marked off by `--b`.
    async fn send_form(&self, path: &str, body: &str) -> Answer {
        let headers = format!(
            "Authorization: Bearer {DEMO_TOKEN}\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        );
        self.exchange(&format!("POST {path}"), &headers, body).await
    }

    async fn exchange(&self, what: &str, headers: &str, body: &str) -> Answer {
        let request = format!(
            "{what} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
             Content-Length: {}\r\n{headers}\r\n{body}",
            self.address,
            body.len(),
        );
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let (headers, body) = text.split_once("\r\n\r\n").unwrap();
        Answer {
            status: headers[9..12].parse().unwrap(),
            headers: headers.to_lowercase(),
            body: serde_json::from_str(body).unwrap_or(Value::Null),
        }
    }

    async fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        let headers = format!("Authorization: Bearer {DEMO_TOKEN}\r\n");
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.send(method, path, &headers, &body).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &Value::Null).await
    }

    /// A bulk write with these flags.
    async fn bulk(&self, flags: &str, entities: Value) -> Answer {
        let path = format!("/api/meta/entity/bulk/?{flags}");
        self.call("POST", &path, &json!({ "entities": entities }))
            .await
    }

    async fn search(&self, body: Value) -> Value {
        let answer = self
            .call("POST", "/api/meta/search/indexsearch", &body)
            .await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        answer.body
    }

    /// The attributes of the asset with this guid, as the graph has them.
    async fn attributes(&self, guid: &str) -> Value {
        let answer = self.get(&format!("/api/meta/entity/guid/{guid}")).await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        answer.body["entity"]["attributes"].clone()
    }
}

/// The guid of the asset of this name.
fn guid(name: &str) -> String {
    identity::guid_of(name).to_string()
}

/// The id of the custom metadata set, and of one of its fields.
fn set() -> String {
    identity::hashed_id("set", USER_SET)
}

fn field(name: &str) -> String {
    identity::hashed_id("field", name)
}

/// A table of the library as a bulk item, by its guid.
fn table(name: &str, attributes: &Value) -> Value {
    let mut item = json!({
        "typeName": "Table",
        "guid": guid(name),
        "attributes": { "qualifiedName": format!("{DATABASE}/{name}"), "name": name },
    });
    for (key, value) in attributes.as_object().unwrap() {
        item["attributes"][key] = value.clone();
    }
    item
}

/// The flags the official SDK always writes out, with the one among them that is on.
fn flags(on: &str) -> String {
    let all = [
        "replaceTags",
        "appendTags",
        "replaceBusinessAttributes",
        "overwriteBusinessAttributes",
    ];
    all.map(|flag| format!("{flag}={}", flag == on)).join("&")
}

/// A table as the official SDK sends it: by its qualified name, with a guid made up on the way.
fn sent(name: &str, temporary: &str, attributes: &Value) -> Value {
    let mut item = table(name, attributes);
    item["guid"] = json!(temporary);
    item["businessAttributes"] = Value::Null;
    item
}

/// Further tables of the library, each made a moment after the one before.
fn add_loans(library: &Library, count: i64) {
    let author = Author {
        face: Face::House,
        who: "admin".to_owned(),
        now: 1_711_000_000_000,
        request: "setup".to_owned(),
        pretend: false,
    };
    library
        .write(&author, |writing| -> Result<(), DatabaseError> {
            for number in 0..count {
                let name = format!("LOAN_{number:03}");
                writing.create(AssetRecord {
                    guid: guid(&name),
                    type_name: "Table".to_owned(),
                    qualified_name: format!("{DATABASE}/{name}"),
                    created: 1_711_000_000_000 + number,
                    modified: 1_711_000_000_000 + number,
                    name,
                    ..AssetRecord::default()
                })?;
            }
            Ok(())
        })
        .unwrap();
}

fn library() -> Library {
    let library = Library::in_memory().unwrap();
    library
        .change_schema(|schema| {
            schema.types = types();
            schema.fields = fields();
            schema.tags = [(PII, "PII"), (CONFIDENTIAL, "Confidential")]
                .map(|(id, name)| TagDefinition {
                    id: id.to_owned(),
                    display_name: name.to_owned(),
                    description: String::new(),
                    color: "Red".to_owned(),
                })
                .to_vec();
        })
        .unwrap();
    let author = Author {
        face: Face::House,
        who: "admin".to_owned(),
        now: 1_700_000_000_000,
        request: "setup".to_owned(),
        pretend: false,
    };
    library
        .write(&author, |writing| -> Result<(), DatabaseError> {
            for asset in assets() {
                writing.create(asset)?;
            }
            Ok(())
        })
        .unwrap();
    library
}

fn types() -> Vec<TypeDefinition> {
    let kind = |name: &str, above: &[&str], attributes: &[&str]| TypeDefinition {
        name: name.to_owned(),
        super_types: above
            .iter()
            .chain(&["Asset", "Referenceable"])
            .map(|name| (*name).to_owned())
            .collect(),
        attributes: attributes.iter().map(|name| (*name).to_owned()).collect(),
    };
    vec![
        kind("SQL", &[], &[]),
        kind("Table", &["SQL"], &["rowCount"]),
        kind("View", &["SQL"], &[]),
        kind("Link", &[], &["link"]),
        kind("AtlasGlossary", &[], &[]),
        kind("AtlasGlossaryTerm", &[], &[]),
        kind("SupersetDashboard", &[], &["supersetDashboardThumbnailURL"]),
    ]
}

fn fields() -> Vec<FieldDefinition> {
    vec![
        FieldDefinition::custom("Note", "Asset", FieldType::String).with_max_length(20),
        FieldDefinition::custom("Review by", "Asset", FieldType::Date),
        FieldDefinition::custom("Tier", "Asset", FieldType::SingleFixedTag)
            .with_dictionary(&["Gold", "Silver"]),
        FieldDefinition::custom("Subjects", "Asset", FieldType::MultiTag),
        FieldDefinition::custom("Origin", "Asset", FieldType::String).read_only(),
    ]
}

fn assets() -> Vec<AssetRecord> {
    let asset = |name: &str, kind: &str, qualified_name: String, created: i64| AssetRecord {
        guid: guid(name),
        name: name.to_owned(),
        type_name: kind.to_owned(),
        qualified_name,
        created,
        modified: created,
        ..AssetRecord::default()
    };
    let mut all: Vec<AssetRecord> = (0..10)
        .map(|number| {
            let name = format!("TBL_{number:03}");
            let at = 1_700_000_000_010 + number / 2;
            asset(&name, "Table", format!("{DATABASE}/{name}"), at)
        })
        .collect();
    all[9].folder = "ExampleCo/Closed/".to_owned();
    all.push(asset(
        "Glossary",
        "AtlasGlossary",
        "glossaryqn".to_owned(),
        1_700_000_000_000,
    ));
    for (place, name) in ["Example Term", "Another Term"].into_iter().enumerate() {
        let mut term = asset(
            name,
            "AtlasGlossaryTerm",
            format!("term{place}@glossaryqn"),
            1_700_000_000_001,
        );
        term.anchor = Some(guid("Glossary"));
        all.push(term);
    }
    all.push(asset(
        "Sales",
        "SupersetDashboard",
        "default/superset/17".to_owned(),
        1_700_000_000_002,
    ));
    all
}
