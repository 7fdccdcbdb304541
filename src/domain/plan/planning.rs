//! A plan that is made elsewhere: everything it is made of, shared with the screen rather than
//! copied.

use std::collections::HashSet;

use super::Plan;
use crate::domain::{Capabilities, Draft, FieldKey, Listing, Row, Schema, run::RunRules};

/// What a plan is made of.
#[derive(Clone, Debug)]
pub struct Planning {
    /// Tells it from others; the plan carries it too.
    pub number: u64,
    /// What is staged.
    pub draft: Draft,
    /// What is listed.
    pub listing: Listing,
    /// The fields.
    pub schema: Schema,
    /// What the endpoint can do.
    pub capabilities: Capabilities,
    /// Assets a call.
    pub batch_size: usize,
    /// How carefully it begins.
    pub rules: RunRules,
    /// The changes it is of; all of the draft if `None`.
    pub only: Option<HashSet<(Row, FieldKey)>>,
}

/// A plan that was made.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Which one.
    pub number: u64,
    /// The plan.
    pub plan: Plan,
}

impl Planning {
    /// Makes the plan.
    pub fn plan(&self) -> Plan {
        let mut plan = Plan::of(
            &self.draft,
            &self.listing,
            &self.schema,
            &self.capabilities,
            self.batch_size,
        );
        if let Some(only) = &self.only {
            for left in &mut plan.left_out {
                left.changes.retain(|change| only.contains(change));
            }
            plan.left_out.retain(|left| !left.changes.is_empty());
            plan = plan.only(self.batch_size, |item| {
                only.contains(&(item.row, item.field.clone()))
            });
        }
        plan.with_canary(&self.rules, self.batch_size)
    }

    /// The plan with its number.
    pub fn planned(&self) -> Planned {
        let (number, plan) = (self.number, self.plan());
        Planned { number, plan }
    }
}

// By their numbers: comparing a million assets would tell nothing more.
impl PartialEq for Planning {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl PartialEq for Planned {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}
