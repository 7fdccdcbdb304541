//! Seals: a check sum beside everything kept, so that a damaged disk can't invent an edit.

use serde::{Serialize, de::DeserializeOwned};

/// FNV-1a, 64 bits: one flipped bit always changes it. Not against people, only against disks.
pub(super) fn of(bytes: &[u8]) -> i64 {
    let mut sum: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in bytes {
        sum ^= u64::from(*byte);
        sum = sum.wrapping_mul(0x0000_0100_0000_01b3);
    }
    sum.cast_signed()
}

/// Text and its seal.
pub(super) fn write(value: &impl Serialize) -> Result<(String, i64), String> {
    let text = serde_json::to_string(value).map_err(|error| error.to_string())?;
    let seal = of(text.as_bytes());
    Ok((text, seal))
}

/// What was written, if it still is what was written.
pub(super) fn read<T: DeserializeOwned>(text: &str, seal: i64) -> Result<T, String> {
    if of(text.as_bytes()) != seal {
        return Err("a record does not fit its check sum".to_owned());
    }
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// The seal of a row: its number and its asset.
pub(super) fn of_row(row: u32, asset: &str) -> i64 {
    of(asset.as_bytes()).wrapping_add(i64::from(row))
}
