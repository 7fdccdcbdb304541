//! What of a run is listed: filters by outcome, reason and field, and the changes, worst first.

use std::collections::{BTreeSet, HashMap};

use roaring::RoaringBitmap;

use crate::domain::{
    FieldKey, Outcome, Run,
    run::{Settlement, Standing},
};

/// The most reasons worth a line.
const REASONS: usize = 200;

/// Which changes are listed; an empty set lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    outcomes: BTreeSet<Outcome>,
    reasons: BTreeSet<String>,
    fields: BTreeSet<FieldKey>,
    /// Whether the accepted ones are among the outcomes asked for.
    accepted: bool,
}

/// A line of the facets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Facet {
    /// A heading.
    Title(&'static str),
    /// An outcome, and how many ended so.
    Outcome(Outcome, u32),
    /// Changes somebody accepted as the server has them; they are in no outcome above.
    Accepted(u32),
    /// Changes that have no outcome yet.
    Open(u32),
    /// All of them.
    Total(u32),
    /// A reason, and how many have it.
    Reason(String, u32),
    /// A field, and how many changes are of it.
    Field(FieldKey, u32),
}

/// Why a change ended as it did, in the server's words or in ours.
pub(super) fn reason(settled: &Settlement) -> &str {
    if settled.reason.is_empty() {
        &settled.meaning
    } else {
        &settled.reason
    }
}

impl Filter {
    /// The one a run is first shown with: its problems, or everything if it has none.
    pub(super) fn of(standing: &Standing) -> Self {
        let problem =
            |outcome: &Outcome| *outcome != Outcome::Applied && standing.tally.of(*outcome) > 0;
        Self {
            outcomes: Outcome::ALL.into_iter().filter(problem).collect(),
            ..Self::default()
        }
    }

    /// Whether a line of the facets is ticked.
    pub(super) fn is_ticked(&self, facet: &Facet) -> bool {
        match facet {
            Facet::Outcome(outcome, _) => self.outcomes.contains(outcome),
            Facet::Reason(reason, _) => self.reasons.contains(reason),
            Facet::Field(field, _) => self.fields.contains(field),
            Facet::Accepted(_) => self.accepted,
            Facet::Title(_) | Facet::Open(_) | Facet::Total(_) => false,
        }
    }

    /// Ticks or unticks a line; the total lets everything through again.
    pub(super) fn toggle(&mut self, facet: &Facet) {
        fn turn<T: Ord + Clone>(set: &mut BTreeSet<T>, one: &T) {
            if !set.remove(one) {
                set.insert(one.clone());
            }
        }
        match facet {
            Facet::Outcome(outcome, _) => turn(&mut self.outcomes, outcome),
            Facet::Reason(reason, _) => turn(&mut self.reasons, reason),
            Facet::Field(field, _) => turn(&mut self.fields, field),
            Facet::Accepted(_) => self.accepted = !self.accepted,
            Facet::Total(_) => *self = Self::default(),
            Facet::Title(_) | Facet::Open(_) => {}
        }
    }

    fn has_outcome(&self, settled: &Settlement, accepted: &RoaringBitmap) -> bool {
        if self.outcomes.is_empty() && !self.accepted {
            return true;
        }
        if settled.outcome != Outcome::Applied && accepted.contains(settled.item) {
            return self.accepted;
        }
        self.outcomes.contains(&settled.outcome)
    }

    fn passes(&self, run: &Run, settled: &Settlement, accepted: &RoaringBitmap) -> bool {
        let field = run.items.get(settled.item as usize).map(|item| &item.field);
        self.has_outcome(settled, accepted)
            && (self.reasons.is_empty() || self.reasons.contains(reason(settled)))
            && (self.fields.is_empty() || field.is_some_and(|field| self.fields.contains(field)))
    }

    /// The changes let through, as places in the run, worst first; accepted ones after those that
    /// still ask for somebody.
    pub(super) fn items(&self, run: &Run, accepted: &RoaringBitmap) -> Vec<u32> {
        let rank = |outcome| Outcome::ALL.iter().position(|one| *one == outcome);
        let settled = run.settled.iter().flatten();
        let mut items: Vec<(bool, Option<usize>, u32)> = settled
            .filter(|settled| self.passes(run, settled, accepted))
            .map(|settled| {
                let is_done =
                    settled.outcome == Outcome::Applied || accepted.contains(settled.item);
                (is_done, rank(settled.outcome), settled.item)
            })
            .collect();
        items.sort_unstable();
        items.into_iter().map(|(.., item)| item).collect()
    }

    /// The lines of the facets. Every outcome is there, also those nothing ended in; reasons and
    /// fields are counted among the outcomes let through, and those gone are let go of.
    pub(super) fn facets(
        &mut self,
        run: &Run,
        (accepted, standing): (&RoaringBitmap, &Standing),
    ) -> Vec<Facet> {
        let tally = standing.tally;
        let mut lines = vec![Facet::Title("Outcome")];
        lines.extend(Outcome::ALL.map(|outcome| Facet::Outcome(outcome, tally.of(outcome))));
        if standing.accepted > 0 {
            lines.push(Facet::Accepted(standing.accepted));
        } else {
            self.accepted = false;
        }
        let total = u32::try_from(run.items.len()).unwrap_or(u32::MAX);
        if standing.open > 0 {
            lines.push(Facet::Open(standing.open));
        }
        lines.push(Facet::Total(total));
        let mut reasons: HashMap<&str, u32> = HashMap::new();
        let mut fields: HashMap<&FieldKey, u32> = HashMap::new();
        for settled in run.settled.iter().flatten() {
            let Some(item) = run.items.get(settled.item as usize) else {
                continue;
            };
            if !self.has_outcome(settled, accepted) {
                continue;
            }
            *fields.entry(&item.field).or_default() += 1;
            if !reason(settled).is_empty() {
                *reasons.entry(reason(settled)).or_default() += 1;
            }
        }
        self.reasons
            .retain(|one| reasons.contains_key(one.as_str()));
        self.fields.retain(|one| fields.contains_key(one));
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_unstable_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(right.0)));
        if !reasons.is_empty() {
            lines.push(Facet::Title("Reason"));
            let reasons = reasons.into_iter().take(REASONS);
            lines.extend(reasons.map(|(why, count)| Facet::Reason(why.to_owned(), count)));
        }
        let mut fields: Vec<_> = fields.into_iter().collect();
        fields.sort_unstable_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(right.0)));
        if !fields.is_empty() {
            lines.push(Facet::Title("Field"));
            lines.extend(
                fields
                    .into_iter()
                    .map(|(key, n)| Facet::Field(key.clone(), n)),
            );
        }
        lines
    }
}
