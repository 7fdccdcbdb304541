//! Before a call: whether the server still has what the draft rested on.

use super::{ALREADY, CHANGED, GONE, Reading, Verdict, quoted};
use crate::domain::{Item, Outcome, Value, run::Settlement};

/// Whether the server still has what the draft rested on, as far as this change is concerned.
///
/// Tags asked for one by one rest on nothing: other people's tags stay whatever they are.
fn is_untouched(item: &Item, now: &Value) -> bool {
    item.delta.is_some() || item.before == Value::Unknown || item.is_before(now)
}

/// What re-reading before a call says of a change: `None` if it may go.
pub fn before_sending(place: u32, item: &Item, reading: &Reading) -> Option<Settlement> {
    let said = match reading {
        Reading::Unread(_) => return None,
        Reading::Missing => Verdict {
            outcome: Outcome::Conflict,
            code: GONE,
            reason: "the asset is gone from the library, or may no longer be read".into(),
            meaning: "it was not sent; list the library again, then take the change out",
        },
        Reading::Is(now) if item.is_met_by(now) => Verdict {
            outcome: Outcome::Applied,
            code: ALREADY,
            reason: "the server had it already".into(),
            meaning: "",
        },
        Reading::Is(now) if is_untouched(item, now) => return None,
        Reading::Is(now) => Verdict {
            outcome: Outcome::Conflict,
            code: CHANGED,
            reason: format!(
                "changed meanwhile: it was {} when this was staged, it is {} now",
                quoted(&item.before),
                quoted(now)
            ),
            meaning: "it was not sent; look at both values, then stage it again or drop it",
        },
    };
    Some(said.settlement(place, 0, reading))
}
