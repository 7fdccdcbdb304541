//! The only words the screen and the world share: effects out, events in. Both are plain data.
//!
//! An [`Effect`] is work the app asks of the world; nothing has happened yet. An [`Event`] is
//! news from it. Neither ever holds a secret, a handle or a closure.

use std::path::PathBuf;

use roaring::RoaringBitmap;

use crate::domain::{
    Asset, AssetId, Capabilities, Failure, FieldKey, Item, Listing, Operation, OperationId, Run,
    RunId, Schema, Stamp, Value,
    arrange::{Answer, Question},
    judging::{Judgement, Judging},
    plan::{DryRun, Planned, Planning},
    points::Comparison,
    revert::Reread,
    run::{CallNote, RunRules, RunState, RunSummary, Settlement},
    workbench::Rest,
};

/// Work the app asks of the world.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Sign in (again), then answer [`Event::Connected`] or [`Event::ConnectFailed`].
    Connect,
    /// List the library, answering [`Event::Page`]s of this generation. Ends an earlier listing.
    List {
        /// The number the pages must carry.
        generation: u64,
    },
    /// Read what changed since a time into the listing there is, answering [`Event::Page`]s and
    /// [`Event::Gone`] of its generation, and [`Event::Updated`] at the end. Ends an earlier
    /// listing.
    Update {
        /// The number the pages must carry.
        generation: u64,
        /// Since when, milliseconds since 1970.
        since_ms: i64,
    },
    /// The listing is what the library was at this time: keep that with it.
    Agreed {
        /// When, milliseconds since 1970.
        at_ms: i64,
    },
    /// Stop listing and keep what has come.
    StopListing,
    /// Keep this listing, which was just finished, so that it opens at once.
    KeepListing(Box<Listing>),
    /// Keep what has come of a listing, as [`Event::KeepDue`] asked for it.
    KeepSoFar {
        /// What has come.
        listing: Box<Listing>,
        /// The page that was told before.
        page: i64,
    },
    /// Keep these assets with the listing there is: single values of them were read.
    KeepAssets(Vec<Asset>),
    /// Read these assets again and answer [`Event::Refreshed`].
    Refresh(Vec<AssetId>),
    /// Read the thumbnails of these assets and answer [`Event::Values`].
    Thumbnails(Vec<AssetId>),
    /// Fetch a picture and answer [`Event::Picture`].
    Picture {
        /// Of which asset.
        asset: Box<Asset>,
        /// At most this many pixels wide and high.
        size: u32,
    },
    /// Work out what is shown of the listing, answering [`Event::Arranged`], perhaps several times.
    /// Ends an earlier question of its kind.
    Arrange(Box<Question>),
    /// Give up working out the rows shown.
    StopArranging,
    /// Judge what is wished for many assets, answering [`Event::Judged`], perhaps several times.
    /// Ends an earlier one.
    Judge(Box<Judging>),
    /// Give up judging.
    StopJudging,
    /// Append to the operation log, durably; answer [`Event::Persisted`].
    Persist(Box<Operation>),
    /// Keep the marks.
    SaveMarks(RoaringBitmap),
    /// Keep a setting of the view (columns, sort) under a key.
    SaveSetting {
        /// The key.
        key: String,
        /// JSON text.
        value: String,
    },
    /// Find out what would become of these changes if they were sent; answer [`Event::DryRun`].
    /// Sends nothing.
    DryRun {
        /// The changes.
        items: Vec<Item>,
        /// The digest of the plan they are of.
        digest: String,
    },
    /// Make a plan of many changes; answer [`Event::Planned`]. Sends nothing.
    Plan(Box<Planning>),
    /// Freeze and send a run; answer [`Event::RunStarted`] once it is durable.
    Submit(Box<Submission>),
    /// Pause the run after the call that is under way.
    PauseRun(RunId),
    /// Go on with a paused or interrupted run; what was sent and not answered is read back first.
    ResumeRun(RunId),
    /// Stop the run after the call that is under way; the rest is skipped.
    StopRun(RunId),
    /// Read back the changes of a run whose outcome is unknown, or all if none is.
    ReadBack(RunId),
    /// Write reports of a run; answer [`Event::Reported`].
    Report {
        /// Of which run.
        run: RunId,
        /// In which formats.
        formats: Vec<ReportFormat>,
        /// Where to; the reports folder if `None`.
        path: Option<PathBuf>,
    },
    /// Write a small table of changes of a run for somebody else, and a note beside it; answer
    /// [`Event::HandedOver`].
    HandOver {
        /// Of which run.
        run: RunId,
        /// The changes, as places in the run.
        items: Vec<u32>,
        /// What to say in the note; empty if nothing.
        words: String,
        /// Where to; the reports folder if `None`.
        path: Option<PathBuf>,
    },
    /// Load a run of the workspace with its changes; answer [`Event::RunLoaded`].
    LoadRun(RunId),
    /// Read the assets of a run again, to take it back; answer [`Event::RunRead`]. Writes nothing.
    ReadForRevert(RunId),
    /// Write a comparison of two restore points as a table; answer [`Event::Exported`].
    Export(Box<Comparison>),
    /// Put text on the clipboard.
    Copy(String),
    /// Give the terminal back to the shell until continued.
    Suspend,
    /// Leave the program.
    Quit,
}

/// What to submit.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    /// What the run is about, for people.
    pub label: String,
    /// Who submits, and when.
    pub stamp: Stamp,
    /// The changes, frozen.
    pub items: Vec<Item>,
    /// The calls, as places in `items`, in order; `true` where they set thumbnails.
    pub calls: Vec<(bool, Vec<u32>)>,
    /// The digest over the items.
    pub digest: String,
    /// The runs it takes back.
    pub reverts: Vec<RunId>,
    /// How carefully the run begins, and when it stops by itself.
    pub rules: RunRules,
}

/// The formats of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// Comma-separated, one line a change.
    Csv,
    /// JSON.
    Json,
    /// Markdown.
    Markdown,
}

impl ReportFormat {
    /// All, in the order menus show them.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Json, Self::Markdown];

    /// The file name's ending, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Markdown => "md",
        }
    }
}

/// News from the world.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Signed in.
    Connected {
        /// What the endpoint can do.
        capabilities: Box<Capabilities>,
        /// Its fields.
        schema: Schema,
    },
    /// Signing in did not work.
    ConnectFailed(Failure),
    /// The listing the workspace kept, after the first screen.
    Restored(Box<Rest>),
    /// The runs the workspace kept.
    RunsRestored {
        /// The last ones.
        runs: Vec<Run>,
        /// All in short.
        summaries: Vec<RunSummary>,
    },
    /// The rest of what the workspace kept can't be read.
    RestoreFailed(Failure),
    /// A part of a listing.
    Page {
        /// Which listing it belongs to; an older one is dropped.
        generation: u64,
        /// Its assets.
        assets: Vec<Asset>,
        /// How many the endpoint says there are.
        total: u64,
    },
    /// So much has come that it should be kept as it is now: the next start takes in one by one
    /// what comes after it.
    KeepDue {
        /// Of which listing; of an older one nothing is kept.
        generation: u64,
        /// The page told before this.
        page: i64,
    },
    /// Assets of the listing that the endpoint names as gone.
    Gone {
        /// Which listing they are of.
        generation: u64,
        /// Which ones.
        ids: Vec<AssetId>,
    },
    /// What changed has come.
    Updated {
        /// Which listing it is of.
        generation: u64,
        /// How many assets the endpoint says there are now; `None` if it can't tell what changed,
        /// so that only listing all of it helps.
        total: Option<u64>,
        /// As of when that is, milliseconds since 1970.
        at_ms: i64,
    },
    /// Every page of a listing has come and is cached.
    Listed {
        /// Which listing.
        generation: u64,
        /// Entries that the endpoint counts and that can't be read as assets.
        unread: u64,
    },
    /// A listing ended early; what has come stays.
    ListFailed {
        /// Which listing.
        generation: u64,
        /// Why.
        failure: Failure,
    },
    /// What is shown of the listing, or what is known of it so far.
    Arranged(Box<Answer>),
    /// What was judged, or what is known of it so far.
    Judged(Box<Judgement>),
    /// Single values that were read.
    Values(Vec<(AssetId, FieldKey, Value)>),
    /// Assets that were read again, and those that were not found.
    Refreshed {
        /// Found.
        assets: Vec<Asset>,
        /// Not found, or not readable.
        gone: Vec<AssetId>,
    },
    /// A picture, or why there is none.
    Picture {
        /// Of which asset.
        asset: AssetId,
        /// JPEG or PNG bytes; `Ok(None)` if the endpoint has no picture of it.
        picture: Result<Option<Vec<u8>>, String>,
    },
    /// An operation is durable.
    Persisted(OperationId),
    /// Something could not be kept: the draft turns read-only and says so.
    PersistFailed(Failure),
    /// What a dry run found.
    DryRun(Box<DryRun>),
    /// A plan that was asked for.
    Planned(Box<Planned>),
    /// A run is durable and begins.
    RunStarted(Box<Run>),
    /// A call was noted, or answered.
    Call {
        /// Of which run.
        run: RunId,
        /// The call.
        call: CallNote,
    },
    /// How changes ended, in bundles.
    Settled {
        /// Of which run.
        run: RunId,
        /// How.
        settled: Vec<Settlement>,
    },
    /// A run sends nothing for a while that a person notices.
    RunWaits {
        /// Which run.
        run: RunId,
        /// Until then, milliseconds since 1970.
        until_ms: i64,
        /// For so long from when it was told.
        seconds: u64,
        /// Why, in words.
        why: String,
    },
    /// A run's new state.
    RunState {
        /// Which run.
        run: RunId,
        /// Its state.
        state: RunState,
        /// When, milliseconds since 1970.
        at_ms: i64,
        /// What it waits for or why it stopped, in words; empty if there is nothing to say.
        note: String,
    },
    /// A run of the workspace with its changes.
    RunLoaded(Box<Run>),
    /// A run, and what the server has now of its assets.
    RunRead {
        /// The run.
        run: Box<Run>,
        /// What was read.
        read: Box<Reread>,
    },
    /// A table lies there.
    Exported(PathBuf),
    /// Reports of a run were written.
    Reported {
        /// Of which run.
        run: RunId,
        /// Where they lie.
        paths: Vec<PathBuf>,
        /// For those written by themselves at the end of a run: whether that worked. `None` for
        /// those somebody asked for.
        automatic: Option<Result<(), Failure>>,
    },
    /// Changes were handed over.
    HandedOver {
        /// How many.
        count: u64,
        /// Where table and note lie.
        paths: Vec<PathBuf>,
    },
    /// Text was copied; or it could not be and lies in this file.
    Copied {
        /// Where it lies if there is no clipboard.
        fallback: Option<PathBuf>,
    },
    /// Something did not work.
    Failed(Failure),
    /// Something worth saying, in one sentence.
    Said(String),
}

impl Event {
    /// Whether it came of a call that the endpoint answered.
    pub fn is_an_answer(&self) -> bool {
        match self {
            Self::Connected { .. }
            | Self::Page { .. }
            | Self::Updated { .. }
            | Self::Values(_)
            | Self::Refreshed { .. }
            | Self::RunRead { .. } => true,
            Self::Settled { settled, .. } => settled.iter().any(|one| one.server.is_some()),
            Self::ConnectFailed(_)
            | Self::Restored(_)
            | Self::RunsRestored { .. }
            | Self::RestoreFailed(_)
            | Self::KeepDue { .. }
            | Self::Gone { .. }
            | Self::Listed { .. }
            | Self::ListFailed { .. }
            | Self::Arranged(_)
            | Self::Judged(_)
            | Self::Picture { .. }
            | Self::Persisted(_)
            | Self::PersistFailed(_)
            | Self::DryRun(_)
            | Self::Planned(_)
            | Self::RunStarted(_)
            | Self::Call { .. }
            | Self::RunWaits { .. }
            | Self::RunState { .. }
            | Self::RunLoaded(_)
            | Self::Exported(_)
            | Self::Reported { .. }
            | Self::HandedOver { .. }
            | Self::Copied { .. }
            | Self::Failed(_)
            | Self::Said(_) => false,
        }
    }

    /// Whether it may tell what others did to values, and is complete: a page of a listing is not.
    pub fn tells_what_others_did(&self) -> bool {
        matches!(
            self,
            Self::Listed { .. }
                | Self::ListFailed { .. }
                | Self::Updated { .. }
                | Self::Refreshed { .. }
                | Self::Values(_)
                | Self::RunRead { .. }
                | Self::RunState { .. }
        )
    }
}
