//! What a person types before a plan is sent: as much as is at stake.

use super::Plan;
use crate::domain::{CertificateStatus, FieldKey, Item, Value};

/// A run over more assets asks for their number.
pub const LARGE: usize = 25;

/// Whether an environment's word stands for production.
pub fn is_production(word: &str) -> bool {
    let word = word.to_lowercase();
    word.starts_with("prod") || word == "live"
}

/// What is typed before anything is sent: a word if something is taken away, the number of assets
/// if there is much at stake, both, or Enter alone. Never a default yes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confirmation {
    /// The word.
    pub word: Option<&'static str>,
    /// The number of assets.
    pub count: Option<usize>,
}

impl Confirmation {
    /// Whether anything is typed at all; Enter alone otherwise.
    pub fn is_typed(self) -> bool {
        self.word.is_some() || self.count.is_some()
    }

    /// The text to type: `39`, `clear`, `clear 39`.
    pub fn text(self) -> String {
        let word = self.word.map(str::to_owned);
        let parts: Vec<String> = word
            .into_iter()
            .chain(self.count.map(|count| count.to_string()))
            .collect();
        parts.join(" ")
    }

    /// Whether what was typed is what was asked for.
    pub fn is_met_by(self, typed: &str) -> bool {
        let words: Vec<String> = typed
            .replace(',', "")
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        words.join(" ") == self.text()
    }

    /// What is asked for, in words: `type 39, the number of assets`.
    pub fn words(self) -> String {
        let text = self.text();
        match (self.word, self.count) {
            (None, None) => "press Enter".to_owned(),
            (None, Some(_)) => format!("type {text}, the number of assets"),
            (Some(_), None) => format!("type {text}"),
            (Some(_), Some(_)) => format!("type {text}, the word and the number of assets"),
        }
    }
}

impl Plan {
    /// What must be typed before this is sent to an environment; `always_count` asks for the number
    /// even where Enter would do.
    pub fn confirmation(&self, environment: &str, always_count: bool) -> Confirmation {
        let assets = self.assets();
        let counts = always_count || is_production(environment) || assets > LARGE;
        Confirmation {
            word: self.taken_away(),
            count: counts.then_some(assets),
        }
    }

    /// The word for the worst that is taken away; `None` if nothing is.
    fn taken_away(&self) -> Option<&'static str> {
        if self.summary.clear > 0 {
            return Some("clear");
        }
        let key = FieldKey::certificate();
        let mut certificates = self.items.iter().filter(|item| item.field == key);
        certificates.any(is_downgrade).then_some("downgrade")
    }
}

/// Whether an asset loses trust: a certificate is taken away, or a lower one given.
fn is_downgrade(item: &Item) -> bool {
    rank(&item.wanted) < rank(&item.before)
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Certificate(certificate) => match certificate.status {
            CertificateStatus::Verified => 3,
            CertificateStatus::Draft => 2,
            CertificateStatus::Deprecated => 1,
        },
        Value::Absent | Value::Unknown | Value::Text(_) | Value::List(_) | Value::Asset { .. } => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Certificate;

    fn plan(assets: u32, field: &FieldKey, (before, wanted): (Value, Value)) -> Plan {
        let item = |row: u32| Item {
            row,
            asset: row.to_string().as_str().into(),
            name: String::new(),
            kind: String::new(),
            field: field.clone(),
            value_kind: crate::domain::FieldKind::Text,
            before: before.clone(),
            wanted: wanted.clone(),
            delta: None,
            facts: Vec::new(),
        };
        let plan = Plan {
            items: (0..assets).map(item).collect(),
            ..Plan::default()
        };
        plan.only(20, |_| true)
    }

    fn filling(assets: u32) -> Plan {
        plan(
            assets,
            &"Rights".into(),
            (Value::Absent, Value::text("Acme")),
        )
    }

    fn certificate(status: CertificateStatus) -> Value {
        Value::Certificate(Certificate {
            status,
            message: String::new(),
        })
    }

    #[test]
    fn what_is_typed_scales_with_what_is_at_stake() {
        let asked = |assets, environment| filling(assets).confirmation(environment, false).text();
        assert_eq!(asked(25, "TEST"), "");
        assert_eq!(asked(26, "TEST"), "26");
        assert_eq!(asked(1, "Production"), "1");
        assert_eq!(asked(1, "PROD"), "1");
        assert_eq!(filling(3).confirmation("", true).text(), "3");
    }

    #[test]
    fn taking_something_away_asks_for_its_word() {
        let cleared = plan(2, &"Rights".into(), (Value::text("Acme"), Value::Absent));
        assert_eq!(cleared.confirmation("", false).text(), "clear");
        assert_eq!(cleared.confirmation("prod", false).text(), "clear 2");
        let key = FieldKey::certificate();
        let lower = (
            certificate(CertificateStatus::Verified),
            certificate(CertificateStatus::Deprecated),
        );
        let (high, low) = lower.clone();
        assert_eq!(
            plan(1, &key, lower).confirmation("", false).text(),
            "downgrade"
        );
        assert_eq!(
            plan(1, &key, (low, high)).confirmation("", false).text(),
            ""
        );
    }

    #[test]
    fn only_the_text_itself_is_a_yes() {
        let asked = plan(1_200, &"Rights".into(), (Value::text("a"), Value::Absent))
            .confirmation("", false);
        assert!(asked.is_met_by(" clear 1,200 "));
        for typed in ["", "1200", "clear", "yes", "clear 1201", "CLEAR 1200"] {
            assert!(!asked.is_met_by(typed), "{typed}");
        }
    }
}
