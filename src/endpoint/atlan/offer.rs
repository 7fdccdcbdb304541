//! What a tenant of Atlan offers, with its limits.

use crate::domain::{Capabilities, FieldKey, Offer};

use super::{Person, vocabulary::Vocabulary};

/// Assets a call by default, as the vendor advises.
const BATCH: usize = 20;
/// Assets a call at most; the server takes 10,000, but slowly, and refuses all for one.
const MAX_BATCH: usize = 50;
/// Below the 400 a minute that are allowed to all users and tokens together.
const REQUESTS_PER_MINUTE: u32 = 350;
/// Calls in flight by default.
const CONCURRENCY: usize = 4;

/// The capabilities of the tenant at this address for this person.
pub(super) fn capabilities(url: &str, person: Person, vocabulary: &Vocabulary) -> Capabilities {
    let targets = vocabulary.thumbnail_targets();
    let address_fields = ["qualifiedName", "anchor"]
        .into_iter()
        .map(FieldKey::from)
        .chain(vocabulary.repeated())
        .collect();
    Capabilities {
        protocol: "Atlan REST".to_owned(),
        library: library(url),
        user: person.user,
        role: person.role,
        certificates: Offer::Yes,
        thumbnails: if targets.is_empty() {
            Offer::No("Atlan assets have no thumbnail".to_owned())
        } else {
            Offer::Yes
        },
        thumbnail_types: targets.clone(),
        thumbnail_targets: targets,
        writing: Offer::Yes,
        batch_size: BATCH,
        max_batch: MAX_BATCH,
        concurrency: CONCURRENCY,
        requests_per_minute: Some(REQUESTS_PER_MINUTE),
        address_fields,
        all_or_nothing: true,
        lazy_thumbnails: false,
    }
}

/// The tenant by its host name.
fn library(url: &str) -> String {
    let host = url.split("://").last().unwrap_or(url);
    let host = host.split('/').next().unwrap_or(host);
    host.strip_suffix(".atlan.com").unwrap_or(host).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_the_tenant() {
        assert_eq!(library("https://acme.atlan.com"), "acme");
        assert_eq!(library("http://127.0.0.1:8080"), "127.0.0.1:8080");
    }

    #[test]
    fn thumbnails_are_offered_where_a_type_has_one() {
        let none = capabilities(
            "https://a.atlan.com",
            Person::default(),
            &Vocabulary::default(),
        );
        assert_eq!(
            none.thumbnails.refusal(),
            Some("Atlan assets have no thumbnail")
        );
        let types = ["Table".to_owned(), "SupersetDashboard".to_owned()];
        let typedefs = crate::endpoint::atlan::typedefs::Typedefs::default();
        let vocabulary = Vocabulary::new(&typedefs, &types);
        let some = capabilities("https://a.atlan.com", Person::default(), &vocabulary);
        assert_eq!(some.thumbnails, Offer::Yes);
        assert_eq!(some.thumbnail_targets, ["SupersetDashboard"]);
    }
}
