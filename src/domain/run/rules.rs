//! The rules a run keeps by itself: how carefully it begins, and when it stops.

use std::{collections::HashSet, fmt};

use serde::{Deserialize, Serialize};

use super::{Item, Outcome, Settlement, Tally};
use crate::domain::Row;

/// How many answered changes make a share of errors worth acting on.
pub const ENOUGH: u64 = 20;

/// How many assets a canary has where nobody says how many.
pub const CANARY: u32 = 5;

/// The rules of a run. Without any, it sends everything and never stops by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunRules {
    /// So many assets go first, alone, and are looked at before the rest; 0 for none.
    pub canary: u32,
    /// What comes after a canary that went well.
    pub canary_then: CanaryThen,
    /// When it stops.
    pub stop: StopRule,
}

/// What comes after a canary that went well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CanaryThen {
    /// The rest.
    #[default]
    GoOn,
    /// A pause, until a person has looked.
    Ask,
}

impl CanaryThen {
    /// Both.
    pub const ALL: [Self; 2] = [Self::GoOn, Self::Ask];

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::GoOn => "go-on",
            Self::Ask => "ask",
        }
    }
}

impl RunRules {
    /// The rows of the canary: the first assets, in the order of the changes. Empty without one.
    pub fn canary_rows(&self, items: &[Item]) -> HashSet<Row> {
        let mut rows = HashSet::new();
        for item in items {
            if rows.len() >= self.canary as usize {
                break;
            }
            rows.insert(item.row);
        }
        rows
    }
}

/// When a run stops by itself: after so many errors, or at such a share of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StopRule {
    /// So many errors; no bound if `None`.
    pub errors: Option<u32>,
    /// Such a share of the answered changes, percent; no bound if `None`.
    pub percent: Option<u8>,
}

impl StopRule {
    /// 10 errors or 20 %.
    pub const fn careful() -> Self {
        Self {
            errors: Some(10),
            percent: Some(20),
        }
    }

    /// Whether it ever stops a run.
    pub fn is_some(self) -> bool {
        self.errors.is_some() || self.percent.is_some()
    }

    /// Whether a run that has come so far stops. The share counts from [`ENOUGH`] answers on.
    pub fn is_met(self, so_far: SoFar) -> bool {
        let many = self.errors.is_some_and(|most| so_far.errors >= most.into());
        let share = self.percent.is_some_and(|most| {
            so_far.answered >= ENOUGH && so_far.errors * 100 >= so_far.answered * u64::from(most)
        });
        many || (share && so_far.errors > 0)
    }
}

impl fmt::Display for StopRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = self.errors.map(|errors| match errors {
            1 => "1 error".to_owned(),
            errors => format!("{errors} errors"),
        });
        let percent = self.percent.map(|percent| format!("{percent} %"));
        let parts: Vec<String> = errors.into_iter().chain(percent).collect();
        if parts.is_empty() {
            f.write_str("never")
        } else {
            f.write_str(&parts.join(" or "))
        }
    }
}

/// How far a run has come, as a stop rule sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SoFar {
    /// Changes that were sent and have an outcome.
    pub answered: u64,
    /// Those of them that were refused, or whose outcome is unknown.
    pub errors: u64,
}

impl From<Tally> for SoFar {
    fn from(tally: Tally) -> Self {
        let errors = u64::from(tally.refused) + u64::from(tally.unknown);
        Self {
            answered: u64::from(tally.applied) + u64::from(tally.warned) + errors,
            errors,
        }
    }
}

impl SoFar {
    /// Of these outcomes.
    pub fn of<'a>(settled: impl IntoIterator<Item = &'a Settlement>) -> Self {
        let mut so_far = Self::default();
        settled
            .into_iter()
            .for_each(|one| so_far.count(one.outcome));
        so_far
    }

    /// One more. What was never sent does not count.
    pub fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Applied | Outcome::Warned => self.answered += 1,
            Outcome::Refused | Outcome::Unknown => {
                self.answered += 1;
                self.errors += 1;
            }
            Outcome::Conflict | Outcome::Skipped => {}
        }
    }

    /// The share of errors, percent.
    pub fn percent(self) -> u64 {
        (self.errors * 100).checked_div(self.answered).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(errors: Option<u32>, percent: Option<u8>) -> StopRule {
        StopRule { errors, percent }
    }

    fn so_far(errors: u64, answered: u64) -> SoFar {
        SoFar { answered, errors }
    }

    #[test]
    fn a_stop_rule_reads_as_people_say_it() {
        for (rule, told) in [
            (rule(Some(10), Some(20)), "10 errors or 20 %"),
            (rule(Some(1), None), "1 error"),
            (rule(None, None), "never"),
        ] {
            assert_eq!(rule.to_string(), told);
        }
    }

    #[test]
    fn a_share_counts_only_when_enough_was_answered() {
        let rule = rule(None, Some(20));
        assert!(!rule.is_met(so_far(19, 19)));
        assert!(rule.is_met(so_far(4, 20)));
        assert!(!rule.is_met(so_far(3, 20)));
        assert!(!StopRule::default().is_met(so_far(1_000, 1_000)));
    }

    #[test]
    fn a_number_of_errors_counts_at_once() {
        assert!(rule(Some(3), Some(90)).is_met(so_far(3, 1_000)));
        assert!(!rule(Some(3), Some(90)).is_met(so_far(2, 1_000)));
    }
}
