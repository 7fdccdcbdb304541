//! The envelope around a request: SOAP version, header blocks, the one body element.

use super::element::{self, Element};
use super::fault::{Fault, INVALID_XML};

const SOAP_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";
const FAMILY: &str = "http://www.scene7.com/IpsApi/xsd";

/// Which SOAP a request speaks, and its answer with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SoapVersion {
    /// SOAP 1.1.
    V11,
    /// SOAP 1.2.
    V12,
}

impl SoapVersion {
    /// The namespace of the envelope.
    pub(super) fn namespace(self) -> &'static str {
        match self {
            Self::V11 => SOAP_11,
            Self::V12 => SOAP_12,
        }
    }

    /// The media type of an answer.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::V11 => "text/xml;charset=UTF-8",
            Self::V12 => "application/soap+xml;charset=UTF-8",
        }
    }

    /// The version a media type announces, for requests whose envelope cannot be read.
    pub(super) fn announced(content_type: &str) -> Self {
        if content_type
            .trim_start()
            .starts_with("application/soap+xml")
        {
            Self::V12
        } else {
            Self::V11
        }
    }
}

/// A request without its wrapping.
#[derive(Clone, Debug)]
pub(super) struct Envelope {
    /// The version of the envelope.
    pub(super) version: SoapVersion,
    /// The header blocks; often just the credentials.
    pub(super) header: Vec<Element>,
    /// The element inside the body.
    pub(super) body: Element,
}

impl Envelope {
    /// Reads a request.
    ///
    /// # Errors
    ///
    /// A fault where the document is no XML, no envelope, or has not exactly one body element.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let mut root = element::parse(bytes)
            .map_err(|what| Fault::new(INVALID_XML, format!("Invalid request XML: {what}.")))?;
        let version = match root.namespace.as_ref() {
            SOAP_11 if root.name == "Envelope" => SoapVersion::V11,
            SOAP_12 if root.name == "Envelope" => SoapVersion::V12,
            _ => return Err(Fault::plain("The request is not a SOAP envelope.")),
        };
        let mut take = |name: &str| {
            let is_part = |child: &Element| {
                child.name == name && child.namespace.as_ref() == version.namespace()
            };
            root.children
                .iter()
                .position(is_part)
                .map(|at| root.children.remove(at).children)
        };
        let header = take("Header").unwrap_or_default();
        let mut body = take("Body").unwrap_or_default();
        match (body.pop(), body.is_empty()) {
            (Some(only), true) => Ok(Self {
                version,
                header,
                body: only,
            }),
            _ => Err(Fault::plain("The SOAP body must hold exactly one element.")),
        }
    }

    /// The operation asked for: the name of the body element without `Param`.
    ///
    /// # Errors
    ///
    /// A plain fault where the element or its namespace is none of the service's.
    pub(super) fn operation(&self) -> Result<&str, Fault> {
        let name = &self.body.name;
        match name.strip_suffix("Param") {
            Some(operation) if is_service_namespace(&self.body.namespace) => Ok(operation),
            _ => Err(Fault::plain(format!(
                "The endpoint reference (EPR) for the Operation not found: {{{}}}{name}",
                self.body.namespace
            ))),
        }
    }
}

/// Whether the namespace is one of the service's, with any date or none.
pub(super) fn is_service_namespace(namespace: &str) -> bool {
    match namespace.strip_prefix(FAMILY) {
        Some("") => true,
        Some(rest) => rest.strip_prefix('/').is_some_and(|date| {
            !date.is_empty()
                && date
                    .chars()
                    .all(|sign| sign.is_ascii_alphanumeric() || sign == '-')
        }),
        None => false,
    }
}

/// Whether a request of this namespace knows what came with `date` (`2014-04-03`).
///
/// The namespace without a date is the oldest one.
pub(super) fn is_since(namespace: &str, date: &str) -> bool {
    namespace
        .strip_prefix(FAMILY)
        .and_then(|rest| rest.strip_prefix('/'))
        .is_some_and(|asked| asked >= date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(namespace: &str, inside: &str) -> String {
        format!("<e:Envelope xmlns:e='{namespace}'>{inside}</e:Envelope>")
    }

    #[test]
    fn both_versions_and_any_prefix_are_read() {
        for (namespace, version) in [(SOAP_11, SoapVersion::V11), (SOAP_12, SoapVersion::V12)] {
            let document = wrapped(
                namespace,
                "<e:Header><a/></e:Header><e:Body><x:getAssetsParam \
                 xmlns:x='http://www.scene7.com/IpsApi/xsd/2010-01-31'/></e:Body>",
            );
            let envelope = Envelope::parse(document.as_bytes()).unwrap();
            assert_eq!(envelope.version, version);
            assert_eq!(envelope.header.len(), 1);
            assert_eq!(envelope.operation(), Ok("getAssets"));
        }
    }

    #[test]
    fn a_foreign_namespace_is_a_fault_of_the_soap_layer() {
        let body = "<e:Body><getAssetsParam xmlns='urn:other'/></e:Body>";
        let envelope = Envelope::parse(wrapped(SOAP_11, body).as_bytes()).unwrap();
        assert!(matches!(envelope.operation(), Err(Fault::Plain { .. })));
    }

    #[test]
    fn the_body_holds_exactly_one_element() {
        for body in ["", "<e:Body/>", "<e:Body><a/><b/></e:Body>"] {
            assert!(matches!(
                Envelope::parse(wrapped(SOAP_11, body).as_bytes()),
                Err(Fault::Plain { .. })
            ));
        }
    }

    #[test]
    fn dates_order_the_versions() {
        assert!(is_since(
            "http://www.scene7.com/IpsApi/xsd/2014-04-03",
            "2014-04-03"
        ));
        assert!(is_since(
            "http://www.scene7.com/IpsApi/xsd/2017-10-29-beta",
            "2014-04-03"
        ));
        assert!(!is_since(
            "http://www.scene7.com/IpsApi/xsd/2013-02-15",
            "2014-04-03"
        ));
        assert!(!is_since("http://www.scene7.com/IpsApi/xsd", "2008-01-15"));
        assert!(!is_service_namespace(
            "http://www.scene7.com/IpsApi/xsd/\"><x"
        ));
    }
}
