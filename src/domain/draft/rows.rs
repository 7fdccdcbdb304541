//! Bitmaps of rows as base64 text, in roaring's portable format.

use std::borrow::Borrow;

use base64::{Engine, engine::general_purpose::STANDARD};
use roaring::RoaringBitmap;
use serde::{Deserialize, Deserializer, Serializer, de::Error, ser};

/// Writes a bitmap.
///
/// # Errors
///
/// Only those of the serializer.
pub fn serialize<S: Serializer>(
    rows: &impl Borrow<RoaringBitmap>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let rows: &RoaringBitmap = rows.borrow();
    let mut bytes = Vec::with_capacity(rows.serialized_size());
    rows.serialize_into(&mut bytes)
        .map_err(ser::Error::custom)?;
    serializer.serialize_str(&STANDARD.encode(bytes))
}

/// Reads a bitmap.
///
/// # Errors
///
/// If the text is no base64 or no bitmap.
pub fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<RoaringBitmap, D::Error> {
    let text = String::deserialize(source)?;
    let bytes = STANDARD.decode(text).map_err(D::Error::custom)?;
    RoaringBitmap::deserialize_from(bytes.as_slice()).map_err(D::Error::custom)
}
