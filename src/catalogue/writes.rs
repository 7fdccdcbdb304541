//! What both faces ask to be written, and what came of each wish.

use serde_json::Value;
use thiserror::Error;

use crate::catalogue::model::Trash;

/// Which door a call came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Face {
    /// The SOAP face.
    Soap,
    /// The REST face.
    Rest,
    /// The catalogue itself (sample events, import).
    House,
}

impl Face {
    /// Its word in the write log and in fault specifications.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Soap => "soap",
            Self::Rest => "rest",
            Self::House => "house",
        }
    }
}

/// Who writes, when, and through which call.
#[derive(Clone, Debug)]
pub struct Author {
    /// The face.
    pub face: Face,
    /// Name that is stamped: an e-mail address on the SOAP face, a user name on the REST face.
    pub who: String,
    /// Epoch milliseconds.
    pub now: i64,
    /// Id of the request, kept in the write log.
    pub request: String,
    /// Answer as if it were written, write nothing (a fault on request).
    pub pretend: bool,
}

/// How the values of a field are to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueChange {
    /// Exactly these; an empty list or a single empty text clears.
    Set(Vec<String>),
    /// Unset.
    Clear,
    /// Take `remove` out, then append `add` (tag fields).
    Tags {
        /// Appended; on a single-value field the last one stays.
        add: Vec<String>,
        /// Taken out where present.
        remove: Vec<String>,
    },
}

/// How the tags (classifications) of an asset are to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagChange {
    /// Exactly these ids.
    Replace(Vec<String>),
    /// Take `remove` out, then add `add`.
    Merge {
        /// Ids added.
        add: Vec<String>,
        /// Ids taken out.
        remove: Vec<String>,
    },
}

/// One wish about one asset.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A field by its name.
    Field(String, ValueChange),
    /// A plain attribute of the REST face; null clears.
    Attribute(String, Value),
    /// The thumbnail, by the id of another asset.
    Thumbnail(Option<String>),
    /// Tags of the REST face.
    Tags(TagChange),
    /// To the trash, out of it, or gone.
    Trash(Trash),
    /// Marked for publish or not.
    Published(bool),
    /// To another folder.
    Folder(String),
    /// Another name.
    Name(String),
}

/// A wish about an asset.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    /// Id (handle) of the asset.
    pub asset: String,
    /// The wish.
    pub change: Change,
}

/// What came of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Whether the stored value is another one now.
    pub changed: bool,
    /// A remark: it was written, but not quite as asked.
    pub warning: Option<String>,
}

/// Why a wish was refused. The text is the one the SOAP face sends.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// No such asset.
    #[error("Asset handle '{0}' is invalid.")]
    UnknownAsset(String),
    /// The caller may read the asset but not write it.
    #[error("User does not have Write permission on the asset: no write access to folder {0}.")]
    NoWriteAccess(String),
    /// No such field.
    #[error("Metadata field '{0}' is invalid.")]
    UnknownField(String),
    /// The field is not for assets of this type.
    #[error("Metadata field '{field}' does not apply to asset type '{kind}'.")]
    NotApplicable {
        /// The field.
        field: String,
        /// The type.
        kind: String,
    },
    /// The field is not one users write.
    #[error("Metadata field '{0}' is not user defined and cannot be set.")]
    ReadOnly(String),
    /// Not a value of the field's type.
    #[error("Invalid value '{value}' for {kind} metadata field '{field}'.")]
    BadValue {
        /// The value.
        value: String,
        /// The type of the field.
        kind: &'static str,
        /// The field.
        field: String,
    },
    /// Not in a closed dictionary.
    #[error("Value '{value}' is not in the dictionary of tag field '{field}'.")]
    NotInDictionary {
        /// The value.
        value: String,
        /// The field.
        field: String,
    },
    /// Longer than the field allows.
    #[error("Value of metadata field '{field}' has {length} characters, the limit is {limit}.")]
    TooLong {
        /// The field.
        field: String,
        /// The length.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// The field must have a value.
    #[error("Metadata field '{0}' is required.")]
    Required(String),
    /// Tag lists for a field that is no tag field.
    #[error("Metadata field '{0}' is not a tag field.")]
    NotATagField(String),
    /// The picture chosen is of a type that cannot be a thumbnail.
    #[error("Asset type '{0}' is not allowed as a thumbnail asset.")]
    ThumbnailType(String),
    /// The picture chosen is in the trash.
    #[error("Thumbnail asset '{0}' is in the trash.")]
    ThumbnailInTrash(String),
    /// The name is taken.
    #[error("Asset ID '{0}' is already in use.")]
    NameInUse(String),
    /// No such plain attribute.
    #[error("Attribute '{0}' is unknown.")]
    UnknownAttribute(String),
    /// No such tag.
    #[error("{0}: Unknown/invalid classification")]
    UnknownTag(String),
    /// No such folder.
    #[error("Folder '{0}' is invalid.")]
    UnknownFolder(String),
}

/// One line of the write log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// Its number, counting up.
    pub sequence: i64,
    /// Epoch milliseconds.
    pub at: i64,
    /// `soap`, `rest` or `house`.
    pub face: String,
    /// Id of the request.
    pub request: String,
    /// Who wrote.
    pub who: String,
    /// Id of the asset.
    pub asset: String,
    /// The field, or the system attribute in parentheses such as `(thumbnail)`.
    pub field: String,
    /// The value before, as JSON text (`null` for none).
    pub before: String,
    /// The value after.
    pub after: String,
}
