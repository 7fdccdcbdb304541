//! The bodies this face refuses with: a table of business codes, and the three shapes they come in.
//!
//! The status is not the code: validation answers 404, conflicts carry codes named 400. A client
//! has to key on `errorCode`, so the table keeps the irregular ones as they are.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::answers::Json;
use crate::catalogue::database::DatabaseError;

/// One row of the table: the status really used, the code, and the words around its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code {
    status: u16,
    key: &'static str,
    template: &'static str,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $status:literal, $code:literal, $template:literal;)*) => {
        $($(#[$doc])* pub(super) const $name: Code =
            Code { status: $status, key: $code, template: $template };)*
        #[cfg(test)]
        const TABLE: &[Code] = &[$($name),*];
    };
}

codes! {
    /// The token is missing or wrong.
    UNAUTHENTICATED = 401, "ATLAS-401-00-000", "Unauthorized";
    /// An item names a type that is not defined.
    UNKNOWN_TYPE = 400, "ATLAS-400-00-014", "Type {0} with name {1} does not exist";
    /// Parameters that cannot be meant.
    INVALID_PARAMETERS = 400, "ATLAS-400-00-01A", "invalid parameters: {0}";
    /// A reference that is neither a guid nor a qualified name.
    INVALID_OBJECT_ID = 400, "ATLAS-400-00-021", "ObjectId is not valid {0}";
    /// The generic one: it says in words what is wrong with the request.
    BAD_REQUEST = 400, "ATLAS-400-00-029", "{0}";
    /// A tag that is not defined.
    INVALID_CLASSIFICATION = 400, "ATLAS-400-00-046", "{0}: Unknown/invalid classification";
    /// Names inside a glossary hold no `@`.
    INVALID_NAME = 400, "ATLAS-400-00-083", "name cannot contain following special chars ('@')";
    /// A human name of custom metadata that is not defined.
    NO_SUCH_BUSINESS_ATTRIBUTE = 400, "ATLAS-400-00-096",
        "Business-metadata attribute does not exist in entity: {0}";
    /// The same relation in a set and in an append or remove list.
    RELATION_TWICE = 400, "ATLAS-400-00-108",
        "{0}: attribute already exists in relationshipAttributes";
    /// More assets in one request than the server takes.
    TOO_MANY_ENTITIES = 400, "ATLAS-400-00-212",
        "Request Error - Entities should be less than or equal to: {0}";
    /// The search language was not understood, or a page lies too deep.
    BAD_QUERY = 400, "ATLAS-400-00-503", "ES query failed with response: {0}";
    /// A page larger than the configured limit.
    PAGE_TOO_LARGE = 400, "ATLAS-400-00-103",
        "DSL Error - Please provide query size less than {0}";
    /// No right to do it.
    FORBIDDEN = 403, "ATLAS-403-00-001", "{0} is not authorized to perform {1}";
    /// A type named in the address is not defined.
    NO_SUCH_TYPE = 404, "ATLAS-404-00-001", "Given typename {0} was invalid";
    /// A guid named in the address is unknown.
    NO_SUCH_GUID = 404, "ATLAS-404-00-005", "Given instance guid {0} is invalid/not found";
    /// Every validation error.
    INVALID_INSTANCE = 404, "ATLAS-404-00-007",
        "Invalid instance creation/updation parameters passed : {0}";
    /// A tag named in the address is not defined, or not on the asset.
    NO_SUCH_CLASSIFICATION = 404, "ATLAS-404-00-008", "Given classification {0} was invalid";
    /// No asset of that type with that qualified name.
    NO_SUCH_UNIQUE = 404, "ATLAS-404-00-009",
        "Instance {0} with unique attribute {1} does not exist";
    /// An item of a bulk request with a guid nobody has, or a reference to nothing.
    NO_SUCH_REFERENCE = 404, "ATLAS-404-00-00A", "Referenced entity {0} is not found";
    /// A glossary of that name exists.
    GLOSSARY_EXISTS = 409, "ATLAS-409-00-007", "Glossary with name {0} already exists";
    /// A term of that name exists in its glossary.
    TERM_EXISTS = 409, "ATLAS-409-00-009", "Glossary term with name {0} already exists";
    /// An attribute that is too long: the words are a list as JSON text, nothing around it.
    TOO_LONG = 500, "ATLAS-500-00-001", "{0}";
}

impl Code {
    /// The refusal this code makes of `parameters`, which fill `{0}`, `{1}`, … of its words.
    pub(super) fn with(self, parameters: &[&str]) -> ApiError {
        let mut message = String::new();
        let mut rest = self.template;
        while let Some((before, after)) = rest.split_once('{') {
            let (place, tail) = after.split_once('}').unwrap_or(("0", ""));
            message.push_str(before);
            message.push_str(place.parse().map_or("", |place: usize| {
                parameters.get(place).copied().unwrap_or_default()
            }));
            rest = tail;
        }
        message.push_str(rest);
        ApiError::Business(Box::new(Business {
            code: self,
            message,
            entity_guid: None,
        }))
    }
}

/// A refusal of the catalogue's own rules.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Business {
    code: Code,
    message: String,
    entity_guid: Option<String>,
}

/// Why a request was not carried out, in the shape its answer takes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ApiError {
    /// `errorCode`, `errorMessage` and sometimes `entityGuid`.
    Business(Box<Business>),
    /// Anything unexpected: 500 with an `errorId` and causes.
    Unexpected(String),
    /// The people service in front: `code` and `message`.
    Gateway(u16, String),
    /// Not signed in, and the caller did not say it is a program: to the login page.
    Login,
}

impl ApiError {
    /// The same refusal naming the item it is about, by the guid its sender gave it.
    #[must_use]
    pub(super) fn about(mut self, guid: &str) -> Self {
        if let Self::Business(business) = &mut self {
            business.entity_guid = Some(guid.to_owned());
        }
        self
    }

    /// A validation error: 404 with one sub-message.
    pub(super) fn invalid(message: &str) -> Self {
        INVALID_INSTANCE.with(&[message])
    }

    fn status(&self) -> StatusCode {
        let number = match self {
            Self::Business(business) => business.code.status,
            Self::Unexpected(_) => 500,
            Self::Gateway(status, _) => *status,
            Self::Login => 302,
        };
        StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The body, or nothing where the answer has none.
    fn body(&self) -> Option<Value> {
        match self {
            Self::Business(business) => {
                let mut body = Map::new();
                body.insert("errorCode".into(), json!(business.code.key));
                body.insert("errorMessage".into(), json!(business.message));
                if let Some(guid) = &business.entity_guid {
                    body.insert("entityGuid".into(), json!(guid));
                }
                Some(Value::Object(body))
            }
            Self::Unexpected(cause) => Some(json!({
                "errorId": uuid::Uuid::new_v4().simple().to_string()[..16],
                "message": "There was an error processing your request.",
                "causes": [{
                    "errorType": "java.lang.IllegalStateException",
                    "errorMessage": cause,
                    "location": "catalogue"
                }]
            })),
            Self::Gateway(status, message) => Some(json!({ "code": status, "message": message })),
            Self::Login => None,
        }
    }
}

impl From<DatabaseError> for ApiError {
    fn from(error: DatabaseError) -> Self {
        Self::Unexpected(error.to_string())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = match self.body() {
            Some(body) => Json(body).into_response(),
            None => Body::empty().into_response(),
        };
        *response.status_mut() = status;
        if self == Self::Login {
            let page = HeaderValue::from_static("/login.jsp");
            response.headers_mut().insert(header::LOCATION, page);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_business_error_names_its_code_its_words_and_the_item_as_the_sender_called_it() {
        let error =
            ApiError::invalid("Table.name: mandatory attribute value missing in type Asset")
                .about("-12");
        assert_eq!(error.status(), StatusCode::NOT_FOUND);
        assert_eq!(
            error.body(),
            Some(json!({
                "errorCode": "ATLAS-404-00-007",
                "errorMessage": "Invalid instance creation/updation parameters passed : \
                     Table.name: mandatory attribute value missing in type Asset",
                "entityGuid": "-12",
            }))
        );
    }

    #[test]
    fn a_forbidden_write_names_only_the_type() {
        let error = FORBIDDEN.with(&["librarian", "update entity: type=Table"]);
        assert_eq!(error.status(), StatusCode::FORBIDDEN);
        assert_eq!(
            error.body(),
            Some(json!({
                "errorCode": "ATLAS-403-00-001",
                "errorMessage": "librarian is not authorized to perform update entity: type=Table",
            }))
        );
    }

    #[test]
    fn an_unexpected_error_has_an_id_and_causes_but_no_code() {
        let body = ApiError::Unexpected("disk full".into()).body().unwrap();
        assert_eq!(body["errorId"].as_str().unwrap().len(), 16);
        assert_eq!(body["causes"][0]["errorMessage"], "disk full");
        assert!(body.get("errorCode").is_none());
    }

    #[test]
    fn a_visitor_without_a_token_is_sent_to_the_login_page() {
        let response = ApiError::Login.into_response();
        assert_eq!(response.status(), StatusCode::FOUND);
        assert_eq!(response.headers()[header::LOCATION], "/login.jsp");
    }

    #[test]
    fn a_parameter_is_never_read_as_a_placeholder() {
        let error = UNKNOWN_TYPE.with(&["{1}", "{0}"]);
        let body = error.body().unwrap();
        assert_eq!(
            body["errorMessage"],
            "Type {1} with name {0} does not exist"
        );
    }

    #[test]
    fn every_code_stands_once_in_the_table() {
        for (place, row) in TABLE.iter().enumerate() {
            assert!(
                TABLE[place + 1..].iter().all(|other| other.key != row.key),
                "{row:?}"
            );
        }
    }
}
