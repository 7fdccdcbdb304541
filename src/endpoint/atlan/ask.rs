//! A request of the codec, and what every request carries.

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::endpoint::http::{HttpRequest, Method};

use super::Settings;

/// A request of the codec, still without address and credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ask {
    /// The method.
    pub(super) method: Method,
    /// The path with its query.
    pub(super) path: String,
    /// JSON; empty for none.
    pub(super) body: String,
    /// Whether it changes anything.
    pub(super) writes: bool,
}

impl Ask {
    /// Reads an address.
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::Get,
            path: path.into(),
            body: String::new(),
            writes: false,
        }
    }

    /// Sends JSON.
    pub(super) fn post(path: &str, body: &Json) -> Self {
        Self {
            method: Method::Post,
            path: path.to_owned(),
            body: body.to_string(),
            writes: false,
        }
    }

    /// The same, marked as a write.
    pub(super) fn writing(mut self) -> Self {
        self.writes = true;
        self
    }

    /// The request with address, credentials and the headers of an agent of its own. The id is new
    /// for each request, and the same when it is tried again.
    pub(super) fn request(&self, settings: &Settings) -> HttpRequest {
        let bearer = format!("Bearer {}", settings.token.now().expose_secret());
        let url = format!("{}{}", settings.url, self.path);
        let mut request = HttpRequest::new(self.method, url)
            .secret_header("authorization", SecretString::from(bearer))
            .header("accept", "application/json")
            .header("content-type", "application/json")
            // Without it, a lost session answers with a redirect to a page for people.
            .header("x-requested-with", "XMLHttpRequest")
            .header("x-atlan-agent", "sdk")
            .header("x-atlan-agent-id", "armarius")
            .header("x-atlan-client-origin", "product_sdk")
            .header("x-atlan-request-id", Uuid::new_v4().to_string());
        request.body = self.body.clone().into_bytes();
        request.writes = self.writes;
        request
    }
}
