//! SOAP faults: the three classes of the service, and the plain fault of the layer below it.

use super::envelope::SoapVersion;
use super::xml::Xml;

/// The namespace of every fault detail, whatever the version of the request.
pub(super) const FAULT_NAMESPACE: &str = "http://www.scene7.com/IpsApi/xsd";

/// No credentials were sent.
pub(super) const NO_CREDENTIALS: i32 = 10000;
/// The credentials are wrong.
pub(super) const INVALID_CREDENTIALS: i32 = 10001;
/// There is no such company.
pub(super) const INVALID_COMPANY: i32 = 20000;
/// The role may not call the operation.
pub(super) const NO_OPERATION_PERMISSION: i32 = 20003;
/// The caller may not act for somebody else.
pub(super) const NO_IMPERSONATION: i32 = 20004;
/// The company is not the caller's, or its handle is malformed.
pub(super) const ILLEGAL_COMPANY: i32 = 20006;
/// There is no such group to act in.
pub(super) const ILLEGAL_GROUP: i32 = 20008;
/// A permission on one asset, folder or field is missing.
pub(super) const MISSING_PERMISSION: i32 = 20009;
/// Anything unexpected, and operations this server does not have.
pub(super) const EXCEPTION: i32 = 30000;
/// A parameter has a value the server does not accept.
pub(super) const INVALID_PARAMETER: i32 = 30001;
/// A required child is missing.
pub(super) const MISSING_PARAMETER: i32 = 30002;
/// The request cannot be read, or its children are out of order.
pub(super) const INVALID_XML: i32 = 30003;

/// Why a whole call, or one item of a batch, is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// One of the published codes; the family of the code is the class of the fault.
    Coded {
        /// A code of the published list.
        code: i32,
        /// The reason in words.
        reason: String,
    },
    /// A fault of the SOAP layer itself, without a detail.
    Plain {
        /// The reason in words.
        reason: String,
    },
}

impl Fault {
    /// A fault with a published code.
    pub(super) fn new(code: i32, reason: impl Into<String>) -> Self {
        Self::Coded {
            code,
            reason: reason.into(),
        }
    }

    /// A fault of the SOAP layer.
    pub(super) fn plain(reason: impl Into<String>) -> Self {
        Self::Plain {
            reason: reason.into(),
        }
    }

    /// A value the server does not accept.
    pub(super) fn invalid(reason: impl Into<String>) -> Self {
        Self::new(INVALID_PARAMETER, reason)
    }

    /// A required parameter that is not there.
    pub(super) fn missing(name: &str) -> Self {
        Self::new(
            MISSING_PARAMETER,
            format!("Missing required parameter '{name}'."),
        )
    }

    /// The element inside `detail`, `None` for a plain fault.
    fn class(&self) -> Option<&'static str> {
        match self {
            Self::Coded {
                code: 10000..=19999,
                ..
            } => Some("authenticationFault"),
            Self::Coded {
                code: 20000..=29999,
                ..
            } => Some("authorizationFault"),
            Self::Coded { .. } => Some("ipsApiFault"),
            Self::Plain { .. } => None,
        }
    }

    /// Writes the whole answer document.
    pub(super) fn document(&self, version: SoapVersion) -> String {
        let mut xml = Xml::envelope(version);
        xml.open("soapenv:Fault");
        match version {
            SoapVersion::V11 => self.write_11(&mut xml),
            SoapVersion::V12 => self.write_12(&mut xml),
        }
        xml.close("soapenv:Fault");
        xml.finish()
    }

    fn title(&self) -> &str {
        match self {
            Self::Plain { reason } => reason,
            Self::Coded { .. } => self.class().unwrap_or_default(),
        }
    }

    fn write_11(&self, xml: &mut Xml) {
        xml.leaf("faultcode", "soapenv:Server");
        xml.leaf("faultstring", self.title());
        xml.open("detail");
        self.write_detail(xml);
        xml.close("detail");
    }

    fn write_12(&self, xml: &mut Xml) {
        xml.open("soapenv:Code");
        xml.leaf("soapenv:Value", "soapenv:Receiver");
        xml.close("soapenv:Code");
        xml.open("soapenv:Reason");
        xml.open_with("soapenv:Text", "xml:lang", "en-US");
        xml.text(self.title());
        xml.close("soapenv:Text");
        xml.close("soapenv:Reason");
        xml.open("soapenv:Detail");
        self.write_detail(xml);
        xml.close("soapenv:Detail");
    }

    fn write_detail(&self, xml: &mut Xml) {
        let (Some(class), Self::Coded { code, reason }) = (self.class(), self) else {
            return;
        };
        let name = format!("tns:{class}");
        xml.open_with(&name, "xmlns:tns", FAULT_NAMESPACE);
        xml.leaf("tns:code", &code.to_string());
        xml.leaf("tns:reason", reason);
        xml.close(&name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_family_of_the_code_names_the_class_in_the_unversioned_namespace() {
        for (code, class) in [
            (NO_CREDENTIALS, "authenticationFault"),
            (NO_OPERATION_PERMISSION, "authorizationFault"),
            (EXCEPTION, "ipsApiFault"),
        ] {
            let document = Fault::new(code, "a <b>").document(SoapVersion::V11);
            assert!(document.contains(&format!(
                "<faultcode>soapenv:Server</faultcode><faultstring>{class}</faultstring><detail>\
                 <tns:{class} xmlns:tns=\"http://www.scene7.com/IpsApi/xsd\">\
                 <tns:code>{code}</tns:code><tns:reason>a &lt;b&gt;</tns:reason></tns:{class}>"
            )));
        }
    }

    #[test]
    fn soap_1_2_has_its_own_shape() {
        let document = Fault::new(INVALID_CREDENTIALS, "no").document(SoapVersion::V12);
        assert!(document.contains("<soapenv:Value>soapenv:Receiver</soapenv:Value>"));
        assert!(
            document
                .contains("<soapenv:Text xml:lang=\"en-US\">authenticationFault</soapenv:Text>")
        );
        assert!(document.contains("<soapenv:Detail><tns:authenticationFault "));
        assert!(!document.contains("faultcode"));
    }

    #[test]
    fn a_plain_fault_has_no_detail_of_the_service() {
        let document = Fault::plain("no such operation").document(SoapVersion::V11);
        assert!(document.contains("<faultstring>no such operation</faultstring><detail></detail>"));
        assert!(!document.contains("tns:"));
    }
}
