//! What an endpoint can do, with its limits, in words a librarian understands.

use serde::{Deserialize, Serialize};

use super::FieldKey;

/// Whether something is offered; if not, why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Offer {
    /// It is.
    Yes,
    /// It is not; the reason as a sentence (`Atlan assets have no thumbnail`).
    No(String),
}

impl Offer {
    /// The reason it is not offered.
    pub fn refusal(&self) -> Option<&str> {
        match self {
            Self::Yes => None,
            Self::No(reason) => Some(reason),
        }
    }
}

/// What an endpoint can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// The protocol's short name for the header (`DMC SOAP`, `Atlan REST`).
    pub protocol: String,
    /// The name of the library: a company or a tenant.
    pub library: String,
    /// Who is signed in, as the endpoint names them; empty if it does not say.
    pub user: String,
    /// Their role there; empty if it does not say.
    pub role: String,
    /// Certificates.
    pub certificates: Offer,
    /// Thumbnails.
    pub thumbnails: Offer,
    /// Asset types an asset used as a thumbnail may have; empty means all.
    pub thumbnail_types: Vec<String>,
    /// Asset types that take a thumbnail; empty means all.
    pub thumbnail_targets: Vec<String>,
    /// Whether writing is possible at all.
    pub writing: Offer,
    /// Assets a call by default.
    pub batch_size: usize,
    /// Assets a call at most.
    pub max_batch: usize,
    /// Calls in flight by default.
    pub concurrency: usize,
    /// Requests a minute the endpoint allows; `None` without a known limit.
    pub requests_per_minute: Option<u32>,
    /// Fields a write needs beside the change itself (`qualifiedName`, `anchor`).
    pub address_fields: Vec<FieldKey>,
    /// Whether one bad item refuses the whole call.
    pub all_or_nothing: bool,
    /// Whether thumbnails cost a call an asset, and so start as unknown.
    pub lazy_thumbnails: bool,
}

impl Capabilities {
    /// Who does something, as the endpoint names the one who is signed in, with the role there; the
    /// name of the profile's author stands beside it, and alone where the endpoint does not say.
    pub fn person(&self, author: &str) -> String {
        let (user, role) = (self.user.trim(), self.role.trim());
        let signed_in = match (user, role) {
            ("", _) => return author.to_owned(),
            (user, "") => user.to_owned(),
            (user, role) => format!("{user}, {role}"),
        };
        if author.is_empty() || author == user {
            signed_in
        } else {
            format!("{signed_in} ({author})")
        }
    }

    /// Why no change of a field can be sent at all; `None` if it can.
    pub fn refusal(&self, field: &FieldKey) -> Option<&str> {
        let offer = if *field == FieldKey::certificate() {
            &self.certificates
        } else if *field == FieldKey::thumbnail() {
            &self.thumbnails
        } else {
            &self.writing
        };
        self.writing.refusal().or(offer.refusal())
    }
}
