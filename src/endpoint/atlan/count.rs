//! How many assets there are, without listing any.

use serde::{Deserialize, Deserializer, de::Visitor};
use serde_json::Value as Json;

use crate::endpoint::{Census, EndpointError, http::HttpResponse};

use super::{Atlan, json, search};

impl Atlan {
    pub(super) async fn counted(&self) -> Result<Option<Census>, EndpointError> {
        let decode = |response: &HttpResponse| {
            let total = Count::of(&json(response)?["approximateCount"]);
            let at_ms = response.served_ms();
            Ok(total.map(|total| Census { total, at_ms }))
        };
        self.read(&search::ask_types(), decode).await
    }
}

/// A number of assets as a server writes it. One that can't be true (below nothing, or more than
/// any library holds) is not told, and costs nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Count(Option<u64>);

/// More assets than this are in no library.
const MOST: u64 = 1 << 40;

impl Count {
    /// So many, if it can be true.
    pub(super) fn told(self) -> Option<u64> {
        self.0.filter(|count| *count <= MOST)
    }

    /// The same of a value.
    pub(super) fn of(json: &Json) -> Option<u64> {
        Self(json.as_u64()).told()
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Numbers;
        impl Visitor<'_> for Numbers {
            type Value = Count;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a number")
            }

            fn visit_u64<E>(self, count: u64) -> Result<Count, E> {
                Ok(Count(Some(count)))
            }

            fn visit_i64<E>(self, count: i64) -> Result<Count, E> {
                Ok(Count(u64::try_from(count).ok()))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Count, E> {
                Ok(Count(None))
            }
        }
        deserializer.deserialize_any(Numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_that_cannot_be_true_is_not_told() {
        for (text, wanted) in [
            ("0", Some(0)),
            ("12480", Some(12_480)),
            ("-1", None),
            ("9223372036854775808", None),
            ("18446744073709551616", None),
            ("1e30", None),
        ] {
            let count: Count = serde_json::from_str(text).unwrap();
            assert_eq!(count.told(), wanted, "{text}");
        }
    }
}
