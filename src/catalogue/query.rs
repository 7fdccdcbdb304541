//! What to look for and in which order, in words both faces can be translated to.

use serde_json::Value;

/// Something of an asset that can be tested, sorted by or counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Operand {
    /// The stable number.
    Row,
    /// The SOAP handle.
    Id,
    /// The REST identity.
    Guid,
    /// The REST unique name.
    QualifiedName,
    /// The name.
    Name,
    /// The SOAP type.
    Kind,
    /// The REST type.
    TypeName,
    /// The REST super types (many values).
    SuperTypes,
    /// The folder.
    Folder,
    /// The file name.
    FileName,
    /// Epoch milliseconds.
    Created,
    /// Who made it.
    CreatedBy,
    /// Epoch milliseconds.
    Modified,
    /// Who changed it.
    ModifiedBy,
    /// `true` or `false`.
    Published,
    /// `NotInTrash`, `InTrash`, `InEmptiedTrash`.
    TrashState,
    /// `ACTIVE` or `DELETED`.
    Status,
    /// Bytes.
    FileSize,
    /// Ids of the tags.
    Tags,
    /// Guid of the glossary a term is in.
    Glossary,
    /// `true` when the SOAP face shows it.
    Media,
    /// A field by its name (certificates included).
    Field(String),
    /// A plain attribute of the REST face by its name there.
    Attribute(String),
}

/// A bound of a range.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// A number (dates are epoch milliseconds).
    pub value: f64,
    /// Whether the bound itself is inside.
    pub inclusive: bool,
}

/// A test on the values of an operand. It holds when any one value passes.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Has any value that is not an empty text.
    Exists,
    /// Is one of these texts.
    Is(Vec<String>),
    /// Starts with.
    StartsWith(String),
    /// Ends with.
    EndsWith(String),
    /// Contains.
    Contains(String),
    /// `*` any text, `?` one character.
    Wildcard(String),
    /// Holds words: any of them, or all.
    Words {
        /// The words, lower case.
        words: Vec<String>,
        /// Whether all are needed.
        all: bool,
    },
    /// A text from the first of these on and before the second, byte by byte.
    Among(Option<String>, Option<String>),
    /// A number or date inside these bounds.
    Range {
        /// Lower bound.
        min: Option<Bound>,
        /// Upper bound.
        max: Option<Bound>,
    },
}

/// What to look for.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Everything.
    Always,
    /// Nothing.
    Never,
    /// All of these.
    And(Vec<Condition>),
    /// Any of these.
    Or(Vec<Condition>),
    /// At least so many of these.
    AtLeast(usize, Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A test on an operand.
    Is {
        /// What is tested.
        on: Operand,
        /// How.
        test: Test,
        /// Whether case is ignored.
        fold: bool,
    },
    /// In this folder, or also below it.
    InFolder {
        /// With the company root and a trailing slash.
        path: String,
        /// Whether folders below count.
        deep: bool,
    },
}

impl Condition {
    /// A test that minds case.
    pub fn exact(on: Operand, test: Test) -> Self {
        Self::Is {
            on,
            test,
            fold: false,
        }
    }

    /// A test that ignores case.
    pub fn folded(on: Operand, test: Test) -> Self {
        Self::Is {
            on,
            test,
            fold: true,
        }
    }

    /// Equal to this text, case minded.
    pub fn equals(on: Operand, value: &str) -> Self {
        Self::exact(on, Test::Is(vec![value.to_owned()]))
    }

    /// Has a value.
    pub fn exists(on: Operand) -> Self {
        Self::exact(on, Test::Exists)
    }

    /// The opposite.
    #[must_use]
    pub fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }
}

/// One key of an order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sort {
    /// What to sort by. Texts are compared without case.
    pub by: Operand,
    /// Greatest first.
    pub descending: bool,
}

impl Sort {
    /// Smallest first.
    pub const fn ascending(by: Operand) -> Self {
        Self {
            by,
            descending: false,
        }
    }
}

/// A question to the library.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// What to look for.
    pub condition: Condition,
    /// In which order; row order closes every tie.
    pub sort: Vec<Sort>,
    /// How many matches to leave out.
    pub offset: u64,
    /// How many to return.
    pub limit: u64,
    /// Only matches after these sort values (one for each key).
    pub after: Option<Vec<Value>>,
}

impl Search {
    /// The first matches in row order.
    pub const fn first(condition: Condition, limit: u64) -> Self {
        Self {
            condition,
            sort: Vec::new(),
            offset: 0,
            limit,
            after: None,
        }
    }
}

/// The answer to a search.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// How many match in all, exactly, whatever `offset`, `limit` and `after`.
    pub total: u64,
    /// The page, in order.
    pub records: Vec<crate::catalogue::model::AssetRecord>,
    /// The sort values of each asset of the page, one for each key (what `after` takes).
    pub sort_values: Vec<Vec<Value>>,
}

/// How many assets have one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// The value.
    pub value: String,
    /// How many assets have it.
    pub count: u64,
}
