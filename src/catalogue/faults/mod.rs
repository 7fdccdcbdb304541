//! Faults on request: slow, throttling, dropping, lying, refusing. One object, both faces.

mod answer;
mod parse;
mod rule;

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

pub use answer::{Fate, Permit};
pub use parse::{BadFault, SPEC_HELP};
pub use rule::Drift;

use crate::catalogue::database::{DatabaseError, Library};
use crate::catalogue::writes::Face;
use answer::Answer;
use rule::{Kind, Rule, Which};

/// What a face says about a request when it asks to be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The face.
    pub face: Face,
    /// The operation: `batchSetAssetMetadata`, or on the REST face `indexsearch`, `entity/bulk`,
    /// `entity/guid`, `entity/uniqueAttribute`, `typedefs`, `businessmetadata`, `picture`, ….
    pub operation: String,
    /// Whether it wants to write.
    pub write: bool,
    /// Ids, guids or qualified names of the assets it touches, as the caller spelled them.
    pub assets: Vec<String>,
}

impl Call {
    /// A reading call.
    pub fn read(face: Face, operation: &str) -> Self {
        Self {
            face,
            operation: operation.to_owned(),
            write: false,
            assets: Vec::new(),
        }
    }

    /// A writing call.
    pub fn write(face: Face, operation: &str, assets: Vec<String>) -> Self {
        Self {
            face,
            operation: operation.to_owned(),
            write: true,
            assets,
        }
    }
}

/// What is to happen to one call.
#[derive(Debug, Default)]
pub(in crate::catalogue) struct Decision {
    pub(in crate::catalogue) delay: Option<Duration>,
    pub(in crate::catalogue) instead: Option<Answer>,
    pub(in crate::catalogue) drifts: Vec<Drift>,
    /// Rules that have struck once and for all, to be remembered by the library.
    pub(in crate::catalogue) spent: Vec<String>,
    pub(in crate::catalogue) permit: Permit,
}

/// The faults of a running server.
#[derive(Debug, Default)]
pub struct Faults {
    rules: Vec<Rule>,
    counts: Mutex<Vec<u64>>,
    known: Mutex<Vec<HashSet<String>>>,
}

impl Faults {
    /// No faults at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// Read a specification (see [`SPEC_HELP`]). An empty text is no faults.
    ///
    /// # Errors
    ///
    /// [`BadFault`] names the rule and what is wrong with it.
    pub fn parse(spec: &str) -> Result<Self, BadFault> {
        let rules = parse::rules(spec)?;
        Ok(Self {
            counts: Mutex::new(vec![0; rules.len()]),
            known: Mutex::new(
                rules
                    .iter()
                    .map(|rule| rule.asset.iter().cloned().collect())
                    .collect(),
            ),
            rules,
        })
    }

    /// Learn the ids and guids of the assets the rules name, and tell the library what it must
    /// refuse or only pretend to write.
    ///
    /// # Errors
    ///
    /// When the library cannot be read.
    pub fn meet(&self, library: &Library) -> Result<(), DatabaseError> {
        let mut counts = self
            .counts
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut known = self
            .known
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let rules = self
            .rules
            .iter()
            .zip(known.iter_mut())
            .zip(counts.iter_mut());
        for ((rule, names), count) in rules {
            if let Some(name) = &rule.asset {
                for record in library.by_name(name)? {
                    names.extend([record.id, record.guid, record.qualified_name]);
                }
                if rule.kind == Kind::Pretend && rule.is_unconditional() {
                    library.pretend_to_write(name);
                }
            }
            if rule.which == Which::Once && library.setting(&spent_key(&rule.text))?.is_some() {
                *count += 1;
            }
            if let Kind::RefuseFolder(folder) = &rule.kind {
                library.refuse_folder(folder);
            }
        }
        Ok(())
    }

    /// Whether every sign-in fails because the account lives in another region.
    pub fn wrong_region(&self) -> bool {
        self.rules.iter().any(|rule| rule.kind == Kind::WrongRegion)
    }

    /// Whether a bare word such as `lenient` or `partial-updates` is in the specification.
    pub fn has_manner(&self, word: &str) -> bool {
        self.rules
            .iter()
            .any(|rule| matches!(&rule.kind, Kind::Manner(known) if *known == word))
    }

    /// Count the call and decide.
    pub(in crate::catalogue) fn decide(&self, call: &Call) -> Decision {
        let mut decision = Decision::default();
        let mut counts = self
            .counts
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let known = self
            .known
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        for ((rule, count), names) in self.rules.iter().zip(counts.iter_mut()).zip(known.iter()) {
            if !rule.concerns(call, names) {
                continue;
            }
            *count += 1;
            if rule.strikes(*count) {
                rule.add_to(&mut decision);
                if rule.which == Which::Once {
                    decision.spent.push(spent_key(&rule.text));
                }
            }
        }
        decision
    }
}

/// Under which key the library remembers that a rule is spent.
fn spent_key(rule: &str) -> String {
    format!("spent:{rule}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bulk(asset: &str) -> Call {
        Call::write(Face::Rest, "entity/bulk", vec![asset.to_owned()])
    }

    #[test]
    fn a_rule_strikes_on_the_calls_it_selects_and_no_others() {
        let faults = Faults::parse("drop=every:3:rest,html-502=nth:2:soap").expect("spec");
        let read = Call::read(Face::Rest, "indexsearch");
        let struck: Vec<bool> = (0..6)
            .map(|_| faults.decide(&read).instead.is_some())
            .collect();
        assert_eq!(struck, [false, false, true, false, false, true]);
        let soap = Call::read(Face::Soap, "searchAssets");
        assert!(faults.decide(&soap).instead.is_none());
        assert!(matches!(
            faults.decide(&soap).instead,
            Some(Answer::Html502)
        ));
    }

    #[test]
    fn a_lost_reply_for_one_asset_happens_once_and_only_when_it_is_written() {
        let faults = Faults::parse("write-then-drop=first:1:asset:JKT_1").expect("spec");
        assert_eq!(faults.decide(&bulk("other")).permit.fate, None);
        assert_eq!(faults.decide(&bulk("JKT_1")).permit.fate, Some(Fate::Drop));
        assert_eq!(faults.decide(&bulk("JKT_1")).permit.fate, None);
    }

    #[test]
    fn a_slow_throttling_server_waits_and_names_the_pause() {
        let faults = Faults::parse("slow=200ms,throttle=every:1:retry-after=2").expect("spec");
        let decision = faults.decide(&bulk("x"));
        assert_eq!(decision.delay, Some(Duration::from_millis(200)));
        let response = decision.instead.expect("throttled").response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()["retry-after"], "2");
    }

    #[test]
    fn a_wrong_specification_is_refused_with_the_nearest_right_word() {
        let error = Faults::parse("slow=200ms,trottle=every:2").expect_err("typo");
        assert!(error.to_string().contains("throttle"), "{error}");
        assert!(Faults::parse("slow").is_err());
        assert!(Faults::parse("drop=every:0").is_err());
        assert!(Faults::parse("").is_ok());
    }
}
