//! What is to be thought of a change that did not simply succeed: whether sending it again can do
//! harm, whether it can be accepted, and what to do next. Pure.

use super::{
    Item, Outcome, Settlement,
    codes::{COUNTS, GONE, NO_ANSWER, NOT_SENT, READ_BACK, is_permission},
};
use crate::domain::Value;

/// Whether sending a change again can do harm, with the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetrySafe {
    /// There is nothing to send again.
    NotNeeded(&'static str),
    /// Sending it again does no harm.
    Yes(&'static str),
    /// Sending it again would lose somebody's value, or can't work.
    No(&'static str),
    /// Nobody knows before the server was asked.
    NotKnown(&'static str),
}

impl RetrySafe {
    /// The word: `not needed`, `yes`, `no`, `not known`.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotNeeded(_) => "not needed",
            Self::Yes(_) => "yes",
            Self::No(_) => "no",
            Self::NotKnown(_) => "not known",
        }
    }

    /// Why.
    pub fn why(self) -> &'static str {
        match self {
            Self::NotNeeded(why) | Self::Yes(why) | Self::No(why) | Self::NotKnown(why) => why,
        }
    }

    /// Whether it may be sent again without another look.
    pub fn is_safe(self) -> bool {
        matches!(self, Self::Yes(_))
    }

    /// `yes, nothing was written`.
    pub fn sentence(self) -> String {
        format!("{}, {}", self.word(), self.why())
    }
}

/// Whether sending a change again can do harm: a function of the change and how it ended.
///
/// | outcome | the server has | retry-safe |
/// |---|---|---|
/// | applied, warned | | not needed |
/// | skipped | | yes: it was never sent |
/// | refused | the old value, or tags one by one | yes |
/// | refused | the wanted value by now | not needed |
/// | refused | a third value | no: it would be lost |
/// | refused | not read | yes: a refusal writes nothing; no if the asset is gone |
/// | conflict | the old value again | yes |
/// | conflict | anything else | no: it would be lost |
/// | unknown | not read | not known |
/// | unknown | read | as refused |
pub fn retry_safe(item: &Item, settled: &Settlement) -> RetrySafe {
    use RetrySafe::{No, NotKnown, NotNeeded, Yes};
    match (settled.outcome, &settled.server) {
        (Outcome::Applied | Outcome::Warned, _) => NotNeeded("it is written"),
        (Outcome::Skipped, _) => Yes("it was never sent"),
        (_, None) if settled.code == GONE => No("the asset is gone, or may not be read"),
        (Outcome::Refused, None) => Yes("nothing was written"),
        (Outcome::Unknown, None) => NotKnown("it may be written; ask the server first"),
        (_, Some(now)) if item.is_met_by(now) => NotNeeded("the server has the wanted value"),
        (_, Some(now)) if item.is_before(now) => Yes("nothing was written"),
        (Outcome::Refused | Outcome::Unknown, Some(_)) if item.delta.is_some() => {
            Yes("tags are sent one by one; again does no harm")
        }
        (Outcome::Refused, Some(_)) if item.before == Value::Unknown => Yes("it was refused"),
        (Outcome::Refused | Outcome::Unknown, Some(_)) => {
            No("the server has a third value, which would be lost")
        }
        (Outcome::Conflict, _) => No("somebody else's value would be lost"),
    }
}

/// Whether what the server has can be accepted instead of what was wanted.
///
/// # Errors
///
/// Why not, in words.
pub fn acceptable(settled: &Settlement) -> Result<(), &'static str> {
    match (settled.outcome, &settled.server) {
        (Outcome::Applied, _) => Err("written as wanted, there is nothing to accept"),
        (Outcome::Skipped, _) => Err("never sent; send it, or drop it"),
        (Outcome::Warned, _)
        | (Outcome::Refused | Outcome::Conflict | Outcome::Unknown, Some(_)) => Ok(()),
        (Outcome::Refused | Outcome::Conflict | Outcome::Unknown, None) => {
            Err("what the server has was not read; read it back first")
        }
    }
}

/// What to do now about a change of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NextStep {
    /// It can't be had by this user.
    HandOver,
    /// The value must be another.
    Correct,
    /// The same again.
    SendAgain,
    /// The same was sent before and failed in the same way.
    Escalate,
    /// The server must be asked.
    ReadBack,
    /// Somebody else's value stands against ours.
    Decide,
    /// The asset is gone.
    ListAgain,
    /// The server stored something else, or remarked on it.
    Accept,
    /// It is in the draft no more.
    NotStaged,
    /// Nothing.
    Nothing,
}

impl NextStep {
    /// What to do, without naming keys or commands.
    pub fn words(self) -> &'static str {
        match self {
            Self::HandOver => "this user may not change it; hand it over, or drop it",
            Self::Correct => "correct the value, or drop the change",
            Self::SendAgain => "send it again",
            Self::Escalate => {
                "it failed the same way before; tell the server's people, hand it over, or drop it"
            }
            Self::ReadBack => "ask the server again; then it is ok, or safe to send again",
            Self::Decide => "take what the server has, or stage the change on the new value",
            Self::ListAgain => "list the library again, then drop the change",
            Self::Accept => "accept what the server has, or stage a correction",
            Self::NotStaged => "it is no longer staged; edit the asset if it still matters",
            Self::Nothing => "nothing",
        }
    }
}

impl NextStep {
    /// The step where the same change has failed in the same way in an earlier run: the same
    /// advice is not given twice.
    #[must_use]
    pub fn once_more(self, failed_before: bool) -> Self {
        if failed_before && self == Self::SendAgain {
            Self::Escalate
        } else {
            self
        }
    }
}

/// What to do now about a change that ended so: whether it is still staged decides between
/// sending again and editing anew.
pub fn next_step(
    item: &Item,
    settled: &Settlement,
    is_staged: bool,
    is_accepted: bool,
) -> NextStep {
    let code = settled.code.as_str();
    match settled.outcome {
        Outcome::Applied => NextStep::Nothing,
        _ if is_accepted => NextStep::Nothing,
        Outcome::Warned => NextStep::Accept,
        Outcome::Unknown if settled.server.is_none() => NextStep::ReadBack,
        Outcome::Refused | Outcome::Conflict | Outcome::Skipped | Outcome::Unknown
            if !is_staged =>
        {
            NextStep::NotStaged
        }
        _ if code == GONE => NextStep::ListAgain,
        // Sending it again compares first, which is another look as well.
        Outcome::Unknown if retry_safe(item, settled).is_safe() => NextStep::SendAgain,
        Outcome::Unknown | Outcome::Conflict => NextStep::Decide,
        Outcome::Skipped => NextStep::SendAgain,
        Outcome::Refused if matches!(retry_safe(item, settled), RetrySafe::No(_)) => {
            NextStep::Decide
        }
        Outcome::Refused if is_permission(code) => NextStep::HandOver,
        Outcome::Refused if [READ_BACK, NO_ANSWER, NOT_SENT, COUNTS].contains(&code) => {
            NextStep::SendAgain
        }
        Outcome::Refused => NextStep::Correct,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::TagDelta;

    fn item() -> Item {
        Item {
            row: 0,
            asset: "a".into(),
            name: "pier".into(),
            kind: "Image".into(),
            field: "Rights".into(),
            value_kind: crate::domain::FieldKind::Text,
            before: Value::text("old"),
            wanted: Value::text("new"),
            delta: None,
            facts: Vec::new(),
        }
    }

    fn ended(outcome: Outcome, server: Option<&str>) -> Settlement {
        Settlement {
            item: 0,
            outcome,
            code: String::new(),
            reason: String::new(),
            meaning: String::new(),
            server: server.map(Value::text),
            call: 1,
        }
    }

    fn word(outcome: Outcome, server: Option<&str>) -> &'static str {
        retry_safe(&item(), &ended(outcome, server)).word()
    }

    #[test]
    fn every_outcome_says_whether_sending_again_can_do_harm() {
        use Outcome::{Applied, Conflict, Refused, Skipped, Unknown, Warned};
        let table = [
            (Applied, None, "not needed"),
            (Applied, Some("new"), "not needed"),
            (Warned, Some("New"), "not needed"),
            (Skipped, None, "yes"),
            (Refused, None, "yes"),
            (Refused, Some("old"), "yes"),
            (Refused, Some("new"), "not needed"),
            (Refused, Some("theirs"), "no"),
            (Conflict, None, "no"),
            (Conflict, Some("theirs"), "no"),
            (Conflict, Some("old"), "yes"),
            (Conflict, Some("new"), "not needed"),
            (Unknown, None, "not known"),
            (Unknown, Some("old"), "yes"),
            (Unknown, Some("new"), "not needed"),
            (Unknown, Some("theirs"), "no"),
        ];
        for (outcome, server, wanted) in table {
            assert_eq!(word(outcome, server), wanted, "{outcome} {server:?}");
        }
    }

    #[test]
    fn tags_one_by_one_may_be_sent_again_whatever_else_is_there() {
        let change = Item {
            delta: Some(TagDelta {
                add: vec!["outerwear".into()],
                remove: vec!["outer".into()],
            }),
            ..item()
        };
        let half = Settlement {
            server: Some(Value::list(["outer", "outerwear", "theirs"])),
            ..ended(Outcome::Unknown, None)
        };
        assert!(retry_safe(&change, &half).is_safe());
    }

    #[test]
    fn an_asset_that_is_gone_is_not_worth_sending_again() {
        for outcome in [Outcome::Refused, Outcome::Conflict, Outcome::Unknown] {
            let gone = Settlement {
                code: GONE.into(),
                ..ended(outcome, None)
            };
            assert_eq!(retry_safe(&item(), &gone).word(), "no", "{outcome}");
            assert!(acceptable(&gone).is_err());
        }
    }

    #[test]
    fn a_draft_that_rests_on_an_unread_value_may_be_sent_again_after_a_refusal() {
        let change = Item {
            before: Value::Unknown,
            ..item()
        };
        let refused = ended(Outcome::Refused, Some("something"));
        assert!(retry_safe(&change, &refused).is_safe());
    }

    #[test]
    fn only_what_was_read_can_be_accepted() {
        for outcome in [Outcome::Refused, Outcome::Conflict, Outcome::Unknown] {
            assert!(acceptable(&ended(outcome, Some("theirs"))).is_ok());
            let why = acceptable(&ended(outcome, None)).unwrap_err();
            assert!(why.contains("was not read"), "{why}");
        }
        assert!(acceptable(&ended(Outcome::Warned, None)).is_ok());
        assert!(acceptable(&ended(Outcome::Applied, Some("new"))).is_err());
        assert!(acceptable(&ended(Outcome::Skipped, None)).is_err());
    }

    #[test]
    fn each_outcome_has_its_next_step() {
        let coded = |outcome, code: &str| Settlement {
            code: code.into(),
            ..ended(outcome, None)
        };
        let step = |settled: &Settlement| next_step(&item(), settled, true, false);
        assert_eq!(step(&ended(Outcome::Applied, None)), NextStep::Nothing);
        assert_eq!(step(&ended(Outcome::Warned, Some("x"))), NextStep::Accept);
        assert_eq!(step(&ended(Outcome::Skipped, None)), NextStep::SendAgain);
        assert_eq!(step(&ended(Outcome::Unknown, None)), NextStep::ReadBack);
        assert_eq!(step(&ended(Outcome::Unknown, Some("x"))), NextStep::Decide);
        assert_eq!(step(&ended(Outcome::Conflict, Some("x"))), NextStep::Decide);
        let refused = |code| step(&coded(Outcome::Refused, code));
        assert_eq!(refused("20009"), NextStep::HandOver);
        assert_eq!(refused("ATLAS-403-00-001"), NextStep::HandOver);
        assert_eq!(refused("30001"), NextStep::Correct);
        let third = ended(Outcome::Refused, Some("theirs"));
        assert_eq!(step(&third), NextStep::Decide);
        assert_eq!(refused(READ_BACK), NextStep::SendAgain);
        assert_eq!(refused(NO_ANSWER), NextStep::SendAgain);
        assert_eq!(step(&coded(Outcome::Conflict, GONE)), NextStep::ListAgain);
        let refused = coded(Outcome::Refused, "20009");
        assert_eq!(
            next_step(&item(), &refused, false, false),
            NextStep::NotStaged
        );
        assert_eq!(next_step(&item(), &refused, true, true), NextStep::Nothing);
    }
}
