//! Envelopes: credentials and an operation out, a return or a fault back.

use secrecy::ExposeSecret;

use crate::endpoint::{
    Credentials, EndpointError,
    http::{HttpRequest, HttpResponse},
};

use super::{
    fault,
    pull::{Pull, Unreadable},
    writer::Xml,
};

/// SOAP 1.1.
const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// The newest documented version; the namespace is what chooses it.
const VERSION: &str = "http://www.scene7.com/IpsApi/xsd/2014-04-03";
/// The namespace without a version, for servers that want the header there.
const UNVERSIONED: &str = "http://www.scene7.com/IpsApi/xsd";
const SERVICE: &str = "/scene7/services/IpsApiService";

/// Where requests go and who sends them.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    /// The address of the service.
    pub(super) service: String,
    /// The user's e-mail address.
    pub(super) user: String,
    /// The password.
    pub(super) password: Credentials,
    /// Whether the credentials go into the namespace without a version.
    pub(super) unversioned_header: bool,
}

/// The service's address under the one in the profile.
pub(super) fn service_url(url: &str) -> String {
    let url = url.trim().trim_end_matches('/');
    let url = url.strip_suffix(SERVICE).unwrap_or(url);
    let url = url.strip_suffix("/scene7").unwrap_or(url);
    format!("{url}{SERVICE}")
}

/// A request for one operation, with the children of its `…Param` written by the closure.
///
/// # Errors
///
/// [`EndpointError::NotSendable`] if some text has no place in XML.
pub(super) fn request(
    sender: &Sender,
    operation: &str,
    children: impl FnOnce(&mut Xml),
) -> Result<HttpRequest, EndpointError> {
    let mut xml = Xml::new();
    xml.node_in("soapenv:Envelope", ("xmlns:soapenv", SOAP), |xml| {
        xml.node("soapenv:Header", |xml| credentials(xml, sender));
        xml.node("soapenv:Body", |xml| {
            xml.node_in(&format!("{operation}Param"), ("xmlns", VERSION), children);
        });
    });
    Ok(HttpRequest::post(&sender.service, xml.finish()?)
        .header("Content-Type", "text/xml; charset=UTF-8")
        .header("SOAPAction", format!("\"{operation}\""))
        .secret_inside(sender.password.now()))
}

fn credentials(xml: &mut Xml, sender: &Sender) {
    let namespace = if sender.unversioned_header {
        UNVERSIONED
    } else {
        VERSION
    };
    xml.node_in("authHeader", ("xmlns", namespace), |xml| {
        xml.leaf("user", &sender.user);
        xml.leaf("password", sender.password.now().expose_secret());
        xml.leaf("appName", "armarius");
        xml.leaf("appVersion", env!("CARGO_PKG_VERSION"));
    });
}

/// What an answer may turn out to be while it is read.
enum Trouble {
    Unreadable(Unreadable),
    Fault(fault::Fault),
    Other(String),
}

impl From<Unreadable> for Trouble {
    fn from(reason: Unreadable) -> Self {
        Self::Unreadable(reason)
    }
}

/// Reads an answer: the closure stands in the operation's `…Return`.
///
/// Faults are found in SOAP 1.1, SOAP 1.2 and as bare elements, whatever the HTTP status.
///
/// # Errors
///
/// The fault's class; `Unavailable` or `Garbled` if it is no envelope.
pub(super) fn open<T>(
    answer: &HttpResponse,
    (operation, writes): (&str, bool),
    mut read: impl FnMut(&mut Pull<'_>) -> Result<T, Unreadable>,
) -> Result<T, EndpointError> {
    let text = answer.text();
    let wanted = format!("{operation}Return");
    let mut found = None;
    let is_broken = matches!(text, std::borrow::Cow::Owned(_));
    let walked = walk(
        &mut Pull::new(&text).broken(is_broken),
        &wanted,
        &mut |pull| {
            found = Some(read(pull)?);
            Ok(())
        },
    );
    let garbled = |why: String| EndpointError::Garbled {
        why,
        maybe_written: writes,
    };
    match (walked, found) {
        (Ok(()), Some(found)) => Ok(found),
        (Ok(()), None) => Err(fault::not_an_envelope(
            answer,
            &Unreadable::Xml(format!("no {wanted} in it")),
            writes,
        )),
        (Err(Trouble::Fault(fault)), _) => Err(fault::error(fault)),
        (Err(Trouble::Other(name)), _) => Err(garbled(format!("it is a {name}, not a {wanted}"))),
        (Err(Trouble::Unreadable(reason)), _) => {
            Err(fault::not_an_envelope(answer, &reason, writes))
        }
    }
}

/// Goes from the root to the return, with or without an envelope around it.
fn walk(
    pull: &mut Pull<'_>,
    wanted: &str,
    read: &mut dyn FnMut(&mut Pull<'_>) -> Result<(), Unreadable>,
) -> Result<(), Trouble> {
    pull.each(|pull, name| match name {
        "Envelope" | "Body" => walk(pull, wanted, read),
        "Header" => Ok(pull.skip()?),
        name if name == wanted => Ok(read(pull)?),
        name if fault::is_fault(name) => Err(Trouble::Fault(fault::read(pull, name)?)),
        name if name.ends_with("Return") => Err(Trouble::Other(name.to_owned())),
        _ => Ok(pull.skip()?),
    })
}
