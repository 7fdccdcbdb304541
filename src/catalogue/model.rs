//! What the library keeps about one asset, whichever protocol asks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where an asset is in its life. `InTrash` is what the REST face calls `DELETED`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Trash {
    /// A living asset.
    #[default]
    NotInTrash,
    /// Deleted, can be restored.
    InTrash,
    /// Gone for good; only its row is left.
    InEmptiedTrash,
}

impl Trash {
    /// The number it is stored as.
    pub const fn code(self) -> i64 {
        match self {
            Self::NotInTrash => 0,
            Self::InTrash => 1,
            Self::InEmptiedTrash => 2,
        }
    }

    /// The state stored as this number.
    pub const fn from_code(code: i64) -> Self {
        match code {
            0 => Self::NotInTrash,
            1 => Self::InTrash,
            _ => Self::InEmptiedTrash,
        }
    }

    /// The word of the SOAP face.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotInTrash => "NotInTrash",
            Self::InTrash => "InTrash",
            Self::InEmptiedTrash => "InEmptiedTrash",
        }
    }

    /// Read the word of the SOAP face.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::NotInTrash, Self::InTrash, Self::InEmptiedTrash]
            .into_iter()
            .find(|state| state.name() == text)
    }

    /// `ACTIVE` or `DELETED`.
    pub const fn status(self) -> &'static str {
        match self {
            Self::NotInTrash => "ACTIVE",
            Self::InTrash | Self::InEmptiedTrash => "DELETED",
        }
    }
}

/// The three statuses a certificate can have; none is the absence of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CertificateStatus {
    /// Checked and good.
    Verified,
    /// Being worked on.
    Draft,
    /// Not to be used any more.
    Deprecated,
}

impl CertificateStatus {
    /// All of them, in the order of the dictionary.
    pub const ALL: [Self; 3] = [Self::Verified, Self::Draft, Self::Deprecated];

    /// The word of the REST face: `VERIFIED`, `DRAFT`, `DEPRECATED`.
    pub const fn upper(self) -> &'static str {
        match self {
            Self::Verified => "VERIFIED",
            Self::Draft => "DRAFT",
            Self::Deprecated => "DEPRECATED",
        }
    }

    /// The word of the SOAP face's dictionary: `Verified`, `Draft`, `Deprecated`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Verified => "Verified",
            Self::Draft => "Draft",
            Self::Deprecated => "Deprecated",
        }
    }

    /// Read either spelling, whatever its case.
    pub fn parse_any_case(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|status| status.upper().eq_ignore_ascii_case(text))
    }
}

/// A certificate: one thing with two faces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Certificate {
    /// Its status; `None` is "no certificate".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<CertificateStatus>,
    /// Its message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Who last gave or changed it. Clearing does not touch it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<String>,
    /// When, in epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<i64>,
}

impl Certificate {
    fn is_blank(&self) -> bool {
        *self == Self::default()
    }
}

/// An announcement on an asset (REST face alone).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Announcement {
    /// `information`, `warning`, `issue`, or any text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Who last changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<String>,
    /// When, in epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<i64>,
}

impl Announcement {
    fn is_blank(&self) -> bool {
        *self == Self::default()
    }
}

/// Everything about an asset that is neither searched nor sorted by a column of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// Its file name inside its folder.
    #[serde(rename = "fn", skip_serializing_if = "String::is_empty")]
    pub file_name: String,
    /// Who made it (an e-mail address or a user name).
    #[serde(rename = "cb", skip_serializing_if = "String::is_empty")]
    pub created_by: String,
    /// Who changed it last.
    #[serde(rename = "mb", skip_serializing_if = "String::is_empty")]
    pub modified_by: String,
    /// Marked for publish.
    #[serde(rename = "p", skip_serializing_if = "std::ops::Not::not")]
    pub published: bool,
    /// Width in pixels.
    #[serde(rename = "w", skip_serializing_if = "Option::is_none")]
    pub width: Option<i64>,
    /// Height in pixels.
    #[serde(rename = "h", skip_serializing_if = "Option::is_none")]
    pub height: Option<i64>,
    /// Size of the file in bytes.
    #[serde(rename = "s", skip_serializing_if = "Option::is_none")]
    pub file_size: Option<i64>,
    /// Its certificate.
    #[serde(rename = "c", skip_serializing_if = "Certificate::is_blank")]
    pub certificate: Certificate,
    /// Its announcement.
    #[serde(rename = "a", skip_serializing_if = "Announcement::is_blank")]
    pub announcement: Announcement,
    /// User names of its owners.
    #[serde(rename = "ou", skip_serializing_if = "Vec::is_empty")]
    pub owner_users: Vec<String>,
    /// Group names of its owners.
    #[serde(rename = "og", skip_serializing_if = "Vec::is_empty")]
    pub owner_groups: Vec<String>,
    /// What the source says about it.
    #[serde(rename = "d", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What users say about it.
    #[serde(rename = "ud", skip_serializing_if = "Option::is_none")]
    pub user_description: Option<String>,
    /// The name shown instead of the name.
    #[serde(rename = "dn", skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Id of the asset whose picture stands for this one.
    #[serde(rename = "t", skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<String>,
    /// Guid of the glossary of a term.
    #[serde(rename = "g", skip_serializing_if = "Option::is_none")]
    pub anchor: Option<String>,
    /// Ids of its tags (classifications).
    #[serde(rename = "tg", skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Other plain attributes of the REST face, by their name there.
    #[serde(rename = "x", skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Value>,
    /// User-defined fields: name → values. One value for a single-value field; never empty lists.
    #[serde(rename = "v", skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Vec<String>>,
}

/// One asset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AssetRecord {
    /// Its stable number. 0 until it is stored.
    pub row: i64,
    /// The SOAP face's handle.
    pub id: String,
    /// The REST face's identity, a UUID.
    pub guid: String,
    /// The REST face's unique name inside a type.
    pub qualified_name: String,
    /// Its name.
    pub name: String,
    /// The SOAP face's asset type; empty for a data asset, which that face does not show.
    pub kind: String,
    /// The REST face's type.
    pub type_name: String,
    /// Its folder, with the company root and a trailing slash; empty for a data asset.
    pub folder: String,
    /// Epoch milliseconds.
    pub created: i64,
    /// Epoch milliseconds.
    pub modified: i64,
    /// Where it is in its life.
    pub trash: Trash,
    /// Everything else.
    pub details: Details,
}

impl AssetRecord {
    /// Whether the SOAP face shows it.
    pub fn is_media(&self) -> bool {
        !self.kind.is_empty()
    }
}

impl std::ops::Deref for AssetRecord {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.details
    }
}

impl std::ops::DerefMut for AssetRecord {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.details
    }
}
