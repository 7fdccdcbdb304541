//! The SOAP face of the catalogue: one address, one operation a call.
//!
//! A call goes through [`handle`] from top to bottom: envelope, operation, credentials, role,
//! schema, then the operation itself on a thread that may block. Answers are written in the SOAP
//! version and namespace of the request.

mod asset;
mod assets;
mod batch;
mod call;
mod carrier;
mod company;
mod comparison;
mod conditions;
mod credentials;
mod dictionary;
mod element;
mod envelope;
mod fault;
mod fields;
mod filter;
mod folders;
mod kinds;
mod metadata;
mod names;
mod operations;
mod params;
mod schema;
mod search;
mod signin;
mod switches;
mod thumbs;
mod xml;

#[cfg(test)]
mod tests;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;

use crate::catalogue::accounts::Account;
use crate::catalogue::faults::{self, Permit};
use crate::catalogue::state::ServerState;
use crate::catalogue::writes::Face;

use call::Call;
use element::Element;
use envelope::{Envelope, SoapVersion};
use fault::{
    EXCEPTION, Fault, INVALID_CREDENTIALS, INVALID_XML, NO_CREDENTIALS, NO_OPERATION_PERMISSION,
};
use operations::Operation;
use xml::Xml;

pub use switches::{
    EmptyValue, HeaderNamespace, ManyValues, MissingThumb, OversizedPage, Ranges, SoapSwitches,
    UnsetFields, WarnedCount,
};

/// Answers one call.
pub async fn handle(state: ServerState, headers: HeaderMap, body: Bytes) -> Response {
    let envelope = match Envelope::parse(&body) {
        Ok(envelope) => envelope,
        Err(fault) => return Form::unread(&headers).fault(&fault),
    };
    let block = credentials::auth_header(&envelope.header, state.manners.soap.header);
    let form = Form::asked(&envelope, block);
    let (operation, account) = match accept(&state, &headers, &envelope, block) {
        Ok(accepted) => accepted,
        Err(fault) => return form.fault(&fault),
    };
    let permit = match state.admit(&announce(operation, &envelope.body)).await {
        Ok(permit) => permit,
        Err(instead) => return instead,
    };
    let desk = state.desk.clone();
    let work = move || {
        let answer = work(&state, operation, &account, &envelope, permit);
        match answer {
            Ok(document) => form.respond(StatusCode::OK, document),
            Err(fault) => form.fault(&fault),
        }
    };
    match desk.work(work).await {
        Ok(response) => permit.seal(response),
        Err(_) => form.fault(&Fault::new(EXCEPTION, "Unexpected error.")),
    }
}

/// Tells the server's outermost layer to compress the answer, whatever the request accepts.
const ZIP: &str = "x-catalogue-gzip";
/// Tells it not to.
const NO_ZIP: &str = "x-catalogue-no-gzip";

/// How the answer is wrapped.
#[derive(Clone, Copy, Debug)]
struct Form {
    version: SoapVersion,
    fault_status: u16,
    /// What the request says about compression; without a word `Accept-Encoding` decides.
    gzip: Option<bool>,
}

impl Form {
    /// For a request that could not be read.
    fn unread(headers: &HeaderMap) -> Self {
        Self {
            version: SoapVersion::announced(header_text(headers, &CONTENT_TYPE)),
            fault_status: 500,
            gzip: None,
        }
    }

    /// As the request asks.
    fn asked(envelope: &Envelope, block: Option<&Element>) -> Self {
        Self {
            version: envelope.version,
            fault_status: credentials::fault_status(block),
            gzip: block.and_then(|block| block.truth_of("gzipResponse")),
        }
    }

    fn fault(self, fault: &Fault) -> Response {
        let status = StatusCode::from_u16(self.fault_status);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.respond(status, fault.document(self.version))
    }

    fn respond(self, status: StatusCode, document: String) -> Response {
        let mut response = Response::new(Body::from(document));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        let content_type = HeaderValue::from_static(self.version.content_type());
        headers.insert(CONTENT_TYPE, content_type);
        if let Some(gzip) = self.gzip {
            let name = if gzip { ZIP } else { NO_ZIP };
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static("1"));
        }
        response
    }
}

fn header_text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> &'h str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Checks everything that can be checked without the library.
fn accept(
    state: &ServerState,
    headers: &HeaderMap,
    envelope: &Envelope,
    block: Option<&Element>,
) -> Result<(&'static Operation, Account), Fault> {
    let name = envelope.operation()?;
    let is_known = names::exists(name)
        && (name != "deleteAssetMetadata"
            || envelope::is_since(&envelope.body.namespace, "2013-08-29-beta"));
    if !is_known {
        return Err(Fault::plain(format!(
            "The endpoint reference (EPR) for the Operation not found: {name}"
        )));
    }
    check_action(headers, name)?;
    if let (true, Some(block)) = (state.manners.strict, block) {
        credentials::check_header(block)?;
    }
    let account = sign_in(state, headers, envelope, block)?;
    let operation = operations::find(name)
        .ok_or_else(|| Fault::new(EXCEPTION, "Operation not supported by this server"))?;
    if !operation.who.allows(&account.role) {
        let reason = format!("User does not have permission to access operation '{name}'");
        return Err(Fault::new(NO_OPERATION_PERMISSION, reason));
    }
    if state.manners.strict {
        schema::check(&envelope.body, operation.params)?;
    }
    Ok((operation, account))
}

/// Compares the action named outside the envelope, if one is, with the body.
fn check_action(headers: &HeaderMap, operation: &str) -> Result<(), Fault> {
    let in_type = header_text(headers, &CONTENT_TYPE)
        .split(';')
        .find_map(|part| part.trim().strip_prefix("action="))
        .unwrap_or_default();
    let on_its_own = header_text(headers, &HeaderName::from_static("soapaction"));
    for action in [on_its_own, in_type] {
        let action = action.trim().trim_matches('"');
        if !action.is_empty() && action != operation {
            let reason =
                format!("SOAPAction '{action}' does not match the request '{operation}Param'.");
            return Err(Fault::new(INVALID_XML, reason));
        }
    }
    Ok(())
}

fn sign_in(
    state: &ServerState,
    headers: &HeaderMap,
    envelope: &Envelope,
    block: Option<&Element>,
) -> Result<Account, Fault> {
    let claim = credentials::claim(block, &envelope.header, headers)
        .ok_or_else(|| Fault::new(NO_CREDENTIALS, "No credentials in the request"))?;
    let account = state.accounts.sign_in(&claim.user, &claim.password);
    account
        .filter(|_| !state.faults.wrong_region())
        .cloned()
        .ok_or_else(|| Fault::new(INVALID_CREDENTIALS, "Invalid username/password"))
}

/// What the faults on request are told about the call.
fn announce(operation: &Operation, request: &Element) -> faults::Call {
    if !operation.writes {
        return faults::Call::read(Face::Soap, operation.name);
    }
    let mut assets = Vec::new();
    collect_handles(request, &mut assets);
    faults::Call::write(Face::Soap, operation.name, assets)
}

fn collect_handles(element: &Element, into: &mut Vec<String>) {
    for child in &element.children {
        match child.name.as_str() {
            "assetHandle" => into.push(child.text.clone()),
            "assetHandleArray" => {
                into.extend(child.children.iter().map(|item| item.text.clone()));
            }
            _ => collect_handles(child, into),
        }
    }
}

/// Does the work and writes the answer.
fn work(
    state: &ServerState,
    operation: &Operation,
    account: &Account,
    envelope: &Envelope,
    permit: Permit,
) -> Result<String, Fault> {
    let call = Call {
        request: &envelope.body,
        account,
        accounts: &state.accounts,
        library: &state.library,
        address: &state.address,
        switches: state.manners.soap,
        permit,
        author: call::author(account, state.now(), permit),
    };
    call.check_context()?;
    let mut xml = Xml::envelope(envelope.version);
    let name = format!("{}Return", operation.name);
    xml.open_with(&name, "xmlns", call.namespace());
    (operation.run)(&call, &mut xml)?;
    xml.close(&name);
    Ok(xml.finish())
}
