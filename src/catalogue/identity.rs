//! Ids that follow from names: guids of assets, hashed ids of custom metadata and tags.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The name space of every guid of this catalogue.
const SPACE: Uuid = Uuid::from_u128(0x6f5c_1b2e_8d3a_4c47_9e21_50a7_c3d4_e8f1);

/// The guid of an id.
pub fn guid_of(id: &str) -> Uuid {
    Uuid::new_v5(&SPACE, id.as_bytes())
}

/// A 22-character id: a letter first, letters and digits after it, at least one digit.
pub fn hashed_id(kind: &str, name: &str) -> String {
    const ALPHABET: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let digest = Sha256::digest(format!("{kind}:{name}").as_bytes());
    let mut text = String::with_capacity(22);
    for (index, byte) in digest.iter().take(22).enumerate() {
        let from = match index {
            0 => usize::from(*byte) % 52,
            1 => 52 + usize::from(*byte) % 10,
            _ => usize::from(*byte) % 62,
        };
        text.push(char::from(ALPHABET[from]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hashed_id_has_the_shape_the_protocol_demands() {
        for name in ["Rights", "Season", "Certificate note", ""] {
            let id = hashed_id("field", name);
            assert_eq!(id.len(), 22);
            assert!(id.starts_with(|first: char| first.is_ascii_alphabetic()));
            assert!(id.contains(|any: char| any.is_ascii_digit()));
            assert!(id.chars().all(|any| any.is_ascii_alphanumeric()));
        }
        assert_ne!(hashed_id("field", "Rights"), hashed_id("set", "Rights"));
    }
}
