//! Faults on request: slow, throttling, dropping, lying, refusing. One object, both faces.

mod answer;
mod dirty;
mod help;
mod parse;
mod rule;

use std::collections::{HashSet, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

pub use answer::{Fate, Permit, Share, Slip};
pub use help::SPEC_HELP;
pub use parse::BadFault;
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
    traffic: Mutex<Traffic>,
}

/// When calls came, and until when nobody is let in.
#[derive(Debug, Default)]
struct Traffic {
    last_minute: VecDeque<i64>,
    blocked_until: i64,
}

/// A minute, in milliseconds.
const MINUTE: i64 = 60_000;

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
            traffic: Mutex::default(),
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
            if let Kind::Poison(every, named) = rule.kind {
                library.poison(every, named);
            }
            if let Kind::Dirty(every) = rule.kind {
                dirty::soil(library, every)?;
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

    /// The deepest page by offset, if a rule says so.
    pub fn window(&self) -> Option<u64> {
        self.rules.iter().find_map(|rule| {
            if let Kind::Window(assets) = rule.kind {
                return Some(assets);
            }
            None
        })
    }

    /// Count the call against the requests a minute, if a rule limits them; says for how many
    /// seconds nobody is let in.
    pub(in crate::catalogue) fn blocked(&self, now: i64) -> Option<u64> {
        let (a_minute, block_s) = self.rules.iter().find_map(|rule| {
            if let Kind::Pace { a_minute, block_s } = rule.kind {
                return Some((a_minute, block_s));
            }
            None
        })?;
        let mut traffic = self
            .traffic
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        while traffic
            .last_minute
            .front()
            .is_some_and(|at| *at <= now - MINUTE)
        {
            traffic.last_minute.pop_front();
        }
        traffic.last_minute.push_back(now);
        if traffic.last_minute.len() as u64 > a_minute && traffic.blocked_until <= now {
            let block = i64::try_from(block_s)
                .unwrap_or(MINUTE)
                .saturating_mul(1_000);
            traffic.blocked_until = now.saturating_add(block);
            traffic.last_minute.clear();
        }
        let left = u64::try_from(traffic.blocked_until - now).ok()?;
        (left > 0).then(|| left.div_ceil(1_000))
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
                rule.add_to(&mut decision, call.face);
                if rule.which == Which::Once {
                    decision.spent.push(spent_key(&rule.text));
                }
            }
        }
        decision
    }
}

/// The answer to a caller who is not let in for so many seconds.
pub(in crate::catalogue) fn throttled(retry_after: u64) -> axum::response::Response {
    Answer::Throttled { retry_after }.response()
}

/// Under which key the library remembers that a rule is spent.
fn spent_key(rule: &str) -> String {
    format!("spent:{rule}")
}

#[cfg(test)]
mod tests;
