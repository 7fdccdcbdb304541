//! One fault: which calls it concerns, which of them it strikes, and what it does.

use std::collections::HashSet;
use std::time::Duration;

use crate::catalogue::chance::Chance;
use crate::catalogue::database::{DatabaseError, Library};
use crate::catalogue::faults::answer::{Answer, Fate, Share, Slip};
use crate::catalogue::faults::{Call, Decision};
use crate::catalogue::writes::{Author, Change, Face, ValueChange, Write};

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Slow(Duration),
    Throttle {
        retry_after: u64,
    },
    /// More requests a minute than this: 429 to everybody for a while.
    Pace {
        a_minute: u64,
        block_s: u64,
    },
    /// An answer in place of the work.
    Instead(Answer),
    SignedOut,
    Forbid,
    WriteThenDrop,
    WriteThenReset,
    WriteThen500,
    Share(Share),
    Drip(Duration),
    Page(Slip),
    CountOff(i64),
    /// No page has more assets than this.
    ShortPages(u64),
    /// No sort values beside the hits (REST).
    HidesSort,
    MaxBatch(u64),
    /// Each so-many-th asset is refused; whether it is named.
    Poison(u64, bool),
    Window(u64),
    Dirty(u64),
    SilentAfterWrite,
    Pretend,
    RefuseFolder(String),
    WrongRegion,
    Truncate,
    CountMismatch,
    Drift {
        field: String,
        value: String,
    },
    Manner(&'static str),
}

impl Kind {
    /// Whether it can be done to such a call at all.
    fn concerns(&self, call: &Call) -> bool {
        if matches!(
            self,
            Self::Page(_) | Self::CountOff(_) | Self::ShortPages(_) | Self::HidesSort
        ) {
            return matches!(call.operation.as_str(), "searchAssets" | "indexsearch");
        }
        let Self::MaxBatch(most) = self else {
            return true;
        };
        // The REST face names each asset twice: by guid and by qualified name.
        let names = if call.face == Face::Rest { 2 } else { 1 };
        call.assets.len() as u64 > most * names
    }

    /// Whether only writing calls are concerned.
    const fn only_writes(&self) -> bool {
        matches!(
            self,
            Self::WriteThenDrop
                | Self::WriteThenReset
                | Self::WriteThen500
                | Self::Share(_)
                | Self::MaxBatch(_)
                | Self::SilentAfterWrite
                | Self::Pretend
                | Self::CountMismatch
                | Self::Drift { .. }
        )
    }
}

/// Which of the calls concerned are struck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Which {
    #[default]
    All,
    Every(u64),
    Nth(u64),
    First(u64),
    After(u64),
    /// By chance, so many in a million.
    Share(u32),
    /// The first one in the life of the library, whatever is restarted.
    Once,
}

/// One fault.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// As it was written.
    pub(super) text: String,
    pub(super) kind: Kind,
    pub(super) which: Which,
    /// Of the chance.
    pub(super) seed: u64,
    /// Whether calls that read are left alone.
    pub(super) writes: bool,
    pub(super) face: Option<Face>,
    pub(super) operation: Option<String>,
    pub(super) asset: Option<String>,
}

impl Rule {
    /// Whether nothing but the asset is named.
    pub(super) fn is_unconditional(&self) -> bool {
        self.which == Which::All && self.face.is_none() && self.operation.is_none()
    }

    /// Whether the call counts for this rule.
    pub(super) fn concerns(&self, call: &Call, names: &HashSet<String>) -> bool {
        let asset_matters = self.asset.is_some() && !matches!(self.kind, Kind::Drift { .. });
        (call.write || !(self.writes || self.kind.only_writes()))
            && self.kind.concerns(call)
            && self.face.is_none_or(|face| face == call.face)
            && self
                .operation
                .as_ref()
                .is_none_or(|operation| *operation == call.operation)
            && (!asset_matters || call.assets.iter().any(|asset| names.contains(asset)))
    }

    /// Whether the `count`-th call concerned is struck.
    pub(super) const fn strikes(&self, count: u64) -> bool {
        match self.which {
            Which::All => true,
            Which::Every(step) => count.is_multiple_of(step),
            Which::Nth(number) => count == number,
            Which::First(number) => count <= number,
            Which::After(number) => count > number,
            Which::Share(millionths) => {
                let mut chance = Chance::of(self.seed.wrapping_mul(1_000_003).wrapping_add(count));
                chance.below(1_000_000) < millionths
            }
            Which::Once => count == 1,
        }
    }

    /// Do it.
    pub(super) fn add_to(&self, decision: &mut Decision, face: Face) {
        match &self.kind {
            Kind::Slow(delay) => {
                decision.delay = Some(decision.delay.unwrap_or_default() + *delay);
            }
            Kind::Throttle { retry_after } => {
                decision.instead = Some(Answer::Throttled {
                    retry_after: *retry_after,
                });
            }
            Kind::Instead(answer) => decision.instead = Some(*answer),
            Kind::SignedOut => decision.instead = Some(Answer::SignedOut(face)),
            Kind::Forbid => decision.instead = Some(Answer::Forbidden(face)),
            Kind::MaxBatch(_) => decision.instead = Some(Answer::TooLarge),
            Kind::WriteThenReset => decision.permit.fate = Some(Fate::Reset),
            Kind::WriteThen500 => decision.permit.fate = Some(Fate::Fail),
            Kind::Share(share) => {
                decision.permit.share = *share;
                if *share == Share::Half {
                    decision.permit.fate = Some(Fate::Fail);
                }
            }
            Kind::Drip(pause) => decision.permit.fate = Some(Fate::Drip(*pause)),
            Kind::Page(slip) => decision.permit.slip = Some(*slip),
            Kind::CountOff(by) => decision.permit.count_off += by,
            Kind::ShortPages(limit) => decision.permit.page_limit = Some(*limit),
            Kind::HidesSort => decision.permit.hides_sort = true,
            Kind::WriteThenDrop => decision.permit.fate = Some(Fate::Drop),
            Kind::SilentAfterWrite => decision.permit.fate = Some(Fate::Silence),
            Kind::Truncate => decision.permit.fate = Some(Fate::Truncate),
            // With nothing but an asset named, the library pretends for that asset alone.
            Kind::Pretend => {
                decision.permit.pretend |= self.asset.is_none() || !self.is_unconditional();
            }
            Kind::CountMismatch => decision.permit.count_mismatch = true,
            Kind::Drift { field, value } => decision.drifts.push(Drift {
                asset: self.asset.clone().unwrap_or_default(),
                field: field.clone(),
                value: value.clone(),
            }),
            Kind::RefuseFolder(_)
            | Kind::WrongRegion
            | Kind::Poison(..)
            | Kind::Window(_)
            | Kind::Dirty(_)
            | Kind::Pace { .. }
            | Kind::Manner(_) => {}
        }
    }
}

/// A change somebody else makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    asset: String,
    field: String,
    value: String,
}

/// Whose name stands on a drift.
const OTHER_PERSON: &str = "mlee";

impl Drift {
    /// Make it happen. A drift happens once in the life of a library.
    ///
    /// # Errors
    ///
    /// When the library cannot be read or written.
    pub fn happen(&self, library: &Library, now: i64) -> Result<(), DatabaseError> {
        let request = format!("drift:{}:{}", self.asset, self.field);
        if !library.log_of_request(&request)?.is_empty() {
            return Ok(());
        }
        let Some(record) = library.by_name(&self.asset)?.into_iter().next() else {
            return Ok(());
        };
        let author = Author {
            face: Face::House,
            who: OTHER_PERSON.to_owned(),
            now,
            request,
            pretend: false,
        };
        let wish = Write {
            asset: record.id,
            change: Change::Field(
                self.field.clone(),
                ValueChange::Set(vec![self.value.clone()]),
            ),
        };
        library.apply_each(&[wish], &author).map(|_| ())
    }
}
