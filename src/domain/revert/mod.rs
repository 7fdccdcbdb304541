//! Taking a run back: the inverse of what it wrote, where the server still has it.
//!
//! Pure. The world reads the run's assets again; [`fate`] judges one change by what the server
//! has now; [`Workbench::reversal`](super::Workbench::reversal) gathers the judgements into edits that can be staged as one
//! step, and names what can't be taken back.

mod gather;
#[cfg(test)]
mod tests;

use super::{
    Asset, AssetId, FieldKey, Item, Outcome, TagDelta, Value, outside::Touch, run::Settlement,
};

pub use gather::Reversal;

/// Our code for a change that was never sent because the server had the value already.
const ALREADY: &str = "already";

/// What reading a run's assets again gave. An asset that is missing is gone, or not readable.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reread {
    /// The assets found, thumbnails excepted.
    pub assets: Vec<Asset>,
    /// The thumbnails that could be read.
    pub thumbnails: Vec<(AssetId, Value)>,
}

/// What the server has now for one change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Now<'a> {
    /// This value.
    Is(&'a Value),
    /// The asset is gone, or may no longer be read.
    Gone,
    /// Nobody could tell.
    Unread,
}

impl<'a> Now<'a> {
    fn value(self) -> Option<&'a Value> {
        match self {
            Self::Is(value) => Some(value),
            Self::Gone | Self::Unread => None,
        }
    }
}

/// How a change is taken back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Inverse {
    /// By giving the field this value, which may be none.
    Value(Value),
    /// By adding and removing tags; other people's tags stay.
    Tags(TagDelta),
}

/// Why a change can't be taken back, or is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The server no longer has what the run wrote: somebody changed it since.
    Changed,
    /// The asset is gone from the library, or may no longer be read.
    Gone,
    /// What the server has now could not be read.
    Unread,
    /// Nobody had read the value before the run wrote, so there is nothing to give back.
    NeverRead,
    /// Whether the run wrote it is unknown, and the server has a third value.
    Unsure,
    /// The draft holds another change of the field already.
    Staged(Value),
    /// The earlier value can't be given to the field any more.
    Refused(String),
}

impl Why {
    /// The reason in words.
    pub fn words(&self) -> String {
        match self {
            Self::Changed => "changed since".into(),
            Self::Gone => "the asset is gone from the library, or may no longer be read".into(),
            Self::Unread => "what the server has now could not be read".into(),
            Self::NeverRead => "its value before the run was never read".into(),
            Self::Unsure => {
                "it is unknown whether the run wrote it; the server has a third value".into()
            }
            Self::Staged(value) => format!(
                "the draft holds another change of it already ({}); submit that or take it out, \
                 then revert again",
                shown(value)
            ),
            Self::Refused(why) => format!("the earlier value is not taken any more: {why}"),
        }
    }

    /// The code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Gone => "gone",
            Self::Unread => "unread",
            Self::NeverRead => "never-read",
            Self::Unsure => "unsure",
            Self::Staged(_) => "staged",
            Self::Refused(_) => "refused",
        }
    }
}

/// What becomes of one change of a run when the run is taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is taken back so.
    Inverse(Inverse),
    /// The server has the earlier value already.
    Already,
    /// The run did not write it.
    NotWritten,
    /// It stays.
    Stays(Why),
}

/// What becomes of a change when its run is taken back. `tagged` if the field holds several
/// values, so that tags asked one by one are taken back one by one.
pub fn fate(item: &Item, settled: Option<&Settlement>, now: Now<'_>, tagged: bool) -> Fate {
    let Some(settled) = settled else {
        return Fate::NotWritten;
    };
    let unknown = settled.outcome == Outcome::Unknown;
    let ours = settled.outcome.is_written() && settled.code != ALREADY;
    if !ours && !unknown {
        return Fate::NotWritten;
    }
    let now = match now {
        Now::Is(value) => value,
        Now::Gone => return Fate::Stays(Why::Gone),
        Now::Unread => return Fate::Stays(Why::Unread),
    };
    if item.before == Value::Unknown {
        return Fate::Stays(Why::NeverRead);
    }
    match &item.delta {
        Some(delta) if tagged => tags(item, (delta, unknown), now),
        Some(_) | None => value(item, settled, now),
    }
}

fn tags(item: &Item, (delta, unknown): (&TagDelta, bool), now: &Value) -> Fate {
    let had = |tag: &&String| item.before.entries().contains(tag);
    let has = |tag: &&String| now.entries().contains(tag);
    // Only what we added is removed, and only what we removed is added.
    let added = delta.add.iter().filter(|tag| !had(tag));
    let removed = delta.remove.iter().filter(had);
    let back = TagDelta {
        add: removed.filter(|tag| !has(tag)).cloned().collect(),
        remove: added.filter(has).cloned().collect(),
    };
    if back == TagDelta::default() {
        if unknown {
            Fate::NotWritten
        } else {
            Fate::Already
        }
    } else {
        Fate::Inverse(Inverse::Tags(back))
    }
}

fn value(item: &Item, settled: &Settlement, now: &Value) -> Fate {
    let unknown = settled.outcome == Outcome::Unknown;
    if item.is_before(now) {
        return if unknown {
            Fate::NotWritten
        } else {
            Fate::Already
        };
    }
    // A warned change may have been stored differently; that is what we wrote then.
    let stored = settled.server.as_ref().filter(|_| !unknown);
    if item.is_met_by(now) || stored.is_some_and(|stored| item.value_kind.is_equal(stored, now)) {
        return Fate::Inverse(Inverse::Value(item.before.clone()));
    }
    Fate::Stays(if unknown { Why::Unsure } else { Why::Changed })
}

/// A change that stays as it is on the server, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    /// Which change: its place in [`Run::items`](crate::domain::Run::items).
    pub item: u32,
    /// The asset.
    pub asset: AssetId,
    /// Its name.
    pub name: String,
    /// The field.
    pub field: FieldKey,
    /// Why.
    pub why: Why,
    /// What the run wrote.
    pub wrote: Value,
    /// What the server has now; `None` if that is not known.
    pub now: Option<Value>,
    /// Who changed the asset last, and when, if the server tells; only for what was changed.
    pub touch: Touch,
}

/// A value in a sentence, cut to a length people read.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 60;
    match value {
        Value::Absent => "empty".into(),
        Value::Unknown => "not known".into(),
        Value::Text(_) | Value::List(_) | Value::Certificate(_) | Value::Asset { .. } => {
            let text = value.display();
            if text.chars().count() > LONGEST {
                let start: String = text.chars().take(LONGEST).collect();
                format!("`{start}…`")
            } else {
                format!("`{text}`")
            }
        }
    }
}
