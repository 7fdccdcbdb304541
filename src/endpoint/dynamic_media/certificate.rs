//! Certificates, which this service keeps as two metadata fields.

use crate::domain::{Certificate, CertificateStatus};

use super::definition::Definition;

/// The certificate two fields spell; `None` if the status names none.
pub(super) fn read(status: &str, message: Option<String>) -> Option<Certificate> {
    Some(Certificate {
        status: status.parse().ok()?,
        message: message.unwrap_or_default(),
    })
}

/// The status as the field's dictionary spells it, or with a capital where it has none.
///
/// # Errors
///
/// Why it can't be written, if the dictionary is closed and has no such word.
pub(super) fn spelled(
    status: CertificateStatus,
    definition: &Definition,
) -> Result<String, String> {
    let known = definition
        .values
        .iter()
        .find(|value| value.trim().eq_ignore_ascii_case(status.word()));
    match known {
        Some(known) => Ok(known.clone()),
        None if definition.kind.is_closed() && !definition.values.is_empty() => Err(format!(
            "the dictionary of \"{}\" has no \"{status}\", only {}",
            definition.name,
            definition.values.join(", ")
        )),
        None => {
            let word = status.word();
            let (first, rest) = word.split_at(1);
            Ok(first.to_uppercase() + rest)
        }
    }
}
