//! The codec against whole envelopes, and the driver against a scripted server.

mod answers;
mod batches;
mod documents;
mod driver;
mod faults;
mod fields;
mod places;
mod requests;
mod returns;
mod scripted;

use crate::{
    domain::{AssetId, FieldKey, Item, TagDelta, Value},
    endpoint::http::{HttpRequest, HttpResponse},
};

use super::{
    definition::{self, Definition},
    envelope::{self, Sender},
    fields::{CertificateNames, Fields},
    pull::{Pull, Unreadable},
};

const XSD: &str = "http://www.scene7.com/IpsApi/xsd/2014-04-03";

fn sender() -> Sender {
    Sender {
        service: envelope::service_url("https://ips.example.com/"),
        user: "editor@example.com".to_owned(),
        password: "hunter2".to_owned().into(),
        unversioned_header: false,
    }
}

/// Markup without the space between elements, as programs send it.
fn compact(pretty: &str) -> String {
    let between = regex::Regex::new(r">\s+<").unwrap();
    between.replace_all(pretty.trim(), "><").into_owned()
}

fn body_of(request: &HttpRequest) -> String {
    String::from_utf8(request.body.clone()).unwrap()
}

/// An answer in an envelope.
fn enveloped(content: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='UTF-8'?>\n<soapenv:Envelope \
         xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">\n  <soapenv:Body>{content}\
         </soapenv:Body>\n</soapenv:Envelope>"
    )
}

fn response(status: u16, body: &str) -> HttpResponse {
    HttpResponse {
        status,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    }
}

/// Reads one return out of an envelope.
fn opened<T>(
    operation: &str,
    body: &str,
    read: impl FnMut(&mut Pull<'_>) -> Result<T, Unreadable>,
) -> T {
    envelope::open(&response(200, body), (operation, false), read).unwrap()
}

/// One `items` of a field definition: `("m|301|IMAGE|Priority", "Priority", "Int")`.
fn field(handle: &str, name: &str, kind: &str) -> String {
    format!(
        "<items><fieldHandle>{handle}</fieldHandle><name>{name}</name><type>{kind}</type>\
         <defaultValue></defaultValue><isRequired>false</isRequired>\
         <isUserDefined>true</isUserDefined><isHidden>false</isHidden>\
         <isEnforced>true</isEnforced></items>"
    )
}

/// The whole answer of `getAssetMetadataFields` for fields of all types and of images.
fn fields_answer() -> String {
    let all = [
        field("m|301|ASSET|Copyright", "Copyright", "String"),
        field("m|301|ASSET|Season", "Season", "MultiFixedTag"),
        field("m|301|ASSET|Region", "Region", "SingleTag"),
        field("m|301|ASSET|Certificate", "Certificate", "SingleFixedTag"),
        field("m|301|ASSET|Certificate note", "Certificate note", "String"),
    ];
    let images = [
        field("m|301|IMAGE|Priority", "Priority", "Int"),
        field("m|301|IMAGE|Weight", "Weight", "Float"),
        field("m|301|IMAGE|Cleared", "Cleared", "Boolean"),
        field("m|301|IMAGE|Shot", "Shot", "Date"),
    ];
    enveloped(&format!(
        "<getAssetMetadataFieldsReturn xmlns=\"{XSD}\"><assetFieldsArray>\
         <items><assetType>Asset</assetType><fieldArray>{}</fieldArray></items>\
         <items><assetType>Image</assetType><fieldArray>{}</fieldArray></items>\
         </assetFieldsArray></getAssetMetadataFieldsReturn>",
        all.concat(),
        images.concat()
    ))
}

fn definitions() -> Vec<Definition> {
    let mut all = opened(
        "getAssetMetadataFields",
        &fields_answer(),
        definition::read_definitions,
    );
    for one in &mut all {
        if one.name == "Certificate" {
            one.values = ["Verified", "Draft", "Deprecated"]
                .map(str::to_owned)
                .into();
        }
    }
    all
}

fn certificate_names() -> CertificateNames {
    CertificateNames {
        status: Some("Certificate".to_owned()),
        message: Some("Certificate note".to_owned()),
    }
}

fn known_fields() -> Fields {
    Fields::new(definitions(), &certificate_names())
}

/// A change of an image.
fn item(asset: &str, field: &str, wanted: Value) -> Item {
    Item {
        row: 0,
        asset: AssetId::from(asset),
        name: String::new(),
        kind: "Image".to_owned(),
        field: FieldKey::from(field),
        value_kind: crate::domain::FieldKind::Text,
        before: Value::Absent,
        wanted,
        delta: None,
        facts: Vec::new(),
    }
}

fn tags(asset: &str, field: &str, add: &[&str], remove: &[&str]) -> Item {
    let own = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect();
    Item {
        delta: Some(TagDelta {
            add: own(add),
            remove: own(remove),
        }),
        ..item(asset, field, Value::Absent)
    }
}
