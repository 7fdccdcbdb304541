//! The pure core: what a librarian works with, and the rules of working with it.
//!
//! Nothing here waits, reads a clock, a file or the environment; it fails only because of its
//! arguments. Read in this order: [`asset`], [`value`], [`field`], [`listing`], [`query`],
//! [`edit`], [`change`], [`draft`], [`plan`], [`run`], [`workbench`].

pub mod arrange;
pub mod asset;
pub mod capability;
pub mod certificate;
pub mod change;
pub mod draft;
pub mod edit;
pub mod equality;
pub mod failure;
pub mod field;
pub mod history;
pub mod judging;
pub mod listing;
pub mod oplog;
pub mod outside;
pub mod plan;
pub mod points;
pub mod query;
pub mod revert;
pub mod run;
pub mod template;
pub mod text;
pub mod value;
pub mod workbench;

pub use asset::{Asset, AssetId, Keys, Row};
pub use capability::{Capabilities, Offer};
pub use certificate::{Certificate, CertificateStatus};
pub use change::{Change, TagDelta};
pub use draft::{Draft, FieldEdit, Step};
pub use edit::{Edit, EditError};
pub use equality::Difference;
pub use failure::Failure;
pub use field::{Field, FieldKey, FieldKind, Schema};
pub use listing::{Listing, Sort, SortDirection};
pub use oplog::{Operation, OperationId, Stamp};
pub use query::Query;
pub use run::{Item, Outcome, Run, RunId};
pub use template::{Template, TemplateError};
pub use value::Value;
pub use workbench::{Command, Refusal, Workbench};
