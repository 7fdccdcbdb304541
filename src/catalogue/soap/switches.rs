//! Switches for behaviour of the service that nobody has documented.

/// Which namespace the credentials header must be in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HeaderNamespace {
    /// Either one.
    #[default]
    Either,
    /// The dated one; the other is not looked at.
    Versioned,
    /// The one without a date; the other is not looked at.
    Unversioned,
}

/// What an empty `value` does to a field whose values are checked against its type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EmptyValue {
    /// It clears the field, as on every other field.
    #[default]
    Clears,
    /// It is refused: an empty text is no number, date or truth value.
    RefusedWhenEnforced,
}

/// What `value` holds next to the `valueArray` of a field with many values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ManyValues {
    /// All of them, with commas between.
    #[default]
    CommaJoined,
    /// The first one.
    First,
    /// Nothing.
    Empty,
}

/// How a field without a value is listed on an asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnsetFields {
    /// With an empty `value`.
    #[default]
    Empty,
    /// Not at all.
    Omitted,
}

/// Whether a warned update is also counted as a success.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WarnedCount {
    /// No: the three counts add up to the number of updates.
    #[default]
    Apart,
    /// Yes.
    AlsoSuccess,
}

/// What a thumbnail update without a `thumbAssetHandle` does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissingThumb {
    /// It takes the thumbnail away.
    #[default]
    Clears,
    /// It is refused.
    Refused,
}

/// What a page larger than the limit gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OversizedPage {
    /// The largest page allowed.
    #[default]
    Capped,
    /// A fault.
    Refused,
}

/// What becomes of a search by ranges: of moments here, of guids and times over REST.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ranges {
    /// It finds what lies in them.
    #[default]
    Heeded,
    /// It finds everything.
    Ignored,
    /// It is refused.
    Refused,
}

/// All switches of the SOAP face.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SoapSwitches {
    /// Namespace of the credentials.
    pub header: HeaderNamespace,
    /// Empty values on checked fields.
    pub empty_value: EmptyValue,
    /// `value` beside many values.
    pub many_values: ManyValues,
    /// Fields without a value.
    pub unset_fields: UnsetFields,
    /// Counting of warned updates.
    pub warned_count: WarnedCount,
    /// Thumbnail updates without a thumbnail.
    pub missing_thumb: MissingThumb,
    /// Pages over the limit.
    pub oversized_page: OversizedPage,
    /// Conditions on when an asset was made or changed.
    pub moments: Ranges,
}
