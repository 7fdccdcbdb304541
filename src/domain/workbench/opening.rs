//! A workbench that is opened in two parts: draft, marks and the run that waits at once, the
//! listing when it is read, and then the runs that are over.
//!
//! Until then the rows of the assets are known to the disk alone, so nothing can be staged.

use super::Workbench;
use crate::domain::{Listing, Run};

/// The second part.
#[derive(Clone, Debug, PartialEq)]
pub struct Rest {
    /// The assets known.
    pub listing: Listing,
    /// Runs that ended just before the program did: what they wrote leaves the draft now.
    pub just_over: Vec<Run>,
    /// When the listing was complete, milliseconds since 1970; `None` if it never was.
    pub listed_ms: Option<i64>,
}

impl PartialEq for Listing {
    /// Whether they tell the same of the same assets in the same rows.
    fn eq(&self, other: &Self) -> bool {
        (self.rows_made(), self.generation, self.complete)
            == (other.rows_made(), other.generation, other.complete)
            && self.present() == other.present()
            && (0..self.rows_made()).all(|row| self.asset(row) == other.asset(row))
    }
}

impl Workbench {
    /// Says that the second part is still to come.
    pub fn await_rest(&mut self) {
        self.opening = true;
    }

    /// Whether the second part is still to come.
    pub fn is_opening(&self) -> bool {
        self.opening
    }

    /// Takes in the second part. A listing that was begun meanwhile goes on with it.
    pub fn absorb_rest(&mut self, rest: Rest) {
        self.opening = false;
        let begun = self.listing.generation;
        self.listing = rest.listing;
        if begun > 0 {
            self.listing.begin(begun);
        }
        for run in rest.just_over {
            self.absorb_run(run);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Asset, Edit, Field, FieldKey, FieldKind, Stamp, Value,
        workbench::{Asked, Command, Refusal},
    };

    fn rest() -> Rest {
        let mut listing = Listing::new();
        listing.take(&[Asset {
            id: "a".into(),
            name: "pier".into(),
            kind: "Image".into(),
            fields: Vec::new(),
            locked: None,
        }]);
        listing.finish();
        Rest {
            listing,
            just_over: Vec::new(),
            listed_ms: Some(5),
        }
    }

    #[test]
    fn nothing_is_staged_before_the_rows_are_known() {
        let mut workbench = Workbench::new();
        workbench.schema.fields = vec![Field::plain("Rights", FieldKind::Text)];
        workbench.await_rest();
        let stage = Command::Stage {
            label: String::new(),
            asked: vec![Asked {
                field: "Rights".into(),
                edit: Edit::Set(Value::text("Acme")),
                rows: [0].into_iter().collect(),
            }],
        };
        let stamp = Stamp {
            at_ms: 1,
            by: "jruiz".into(),
        };
        let refused = workbench.apply(&stage, stamp.clone());
        assert_eq!(refused, Err(Refusal::Opening));
        workbench.absorb_rest(rest());
        assert!(workbench.apply(&stage, stamp).is_ok());
    }

    #[test]
    fn nothing_is_said_to_have_changed_on_the_server_before_the_listing_is_there() {
        let field = FieldKey::new("Rights");
        let mut before = Workbench::new();
        before.schema.fields = vec![Field::plain("Rights", FieldKind::Text)];
        before.absorb_rest(rest());
        before.listing.set(0, &field, &Value::text("ACME"));
        let stage = Command::Stage {
            label: String::new(),
            asked: vec![Asked {
                field: field.clone(),
                edit: Edit::Set(Value::text("Acme")),
                rows: [0].into_iter().collect(),
            }],
        };
        let operation = before.apply(&stage, Stamp::default()).unwrap();
        for (now, drifts) in [("ACME", false), ("Agency", true)] {
            let mut workbench = Workbench::new();
            workbench.await_rest();
            workbench.replay_all(vec![operation.clone()]);
            assert!(workbench.drifted().is_empty(), "nobody knows yet");
            let mut rest = rest();
            rest.listing.set(0, &field, &Value::text(now));
            workbench.absorb_rest(rest);
            assert_eq!(!workbench.drifted().is_empty(), drifts, "{now}");
        }
        // Nor of assets whose values were lost with the cache: all that is left are their rows.
        let mut workbench = Workbench::new();
        workbench.replay_all(vec![operation]);
        workbench.listing.allocate(&"a".into());
        assert!(workbench.drifted().is_empty());
    }

    #[test]
    fn a_listing_begun_before_the_cached_one_came_goes_on_with_it() {
        let mut workbench = Workbench::new();
        workbench.await_rest();
        workbench.listing.begin(1);
        workbench.absorb_rest(rest());
        assert_eq!(workbench.listing.len(), 1, "what is known stays");
        assert!(workbench.absorb_page(1, &[], 1));
        assert!(workbench.absorb_end(1, 0));
        assert!(workbench.listing.is_empty(), "the new listing had nothing");
    }
}
