//! How the endpoint is doing, as the screens tell it.

use std::collections::HashSet;

use crate::domain::{AssetId, Failure, failure::FailureKind};

/// How signing in went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Nothing was asked yet.
    #[default]
    Idle,
    /// It is under way.
    Connecting,
    /// Signed in.
    Online,
    /// It can't be reached, since then.
    Offline(i64, Failure),
    /// It wants another sign-in.
    SignIn(Failure),
    /// It answered with something else that stops us.
    Broken(Failure),
}

/// Where the listing is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Loading {
    /// Nothing was asked yet.
    #[default]
    Idle,
    /// Pages come; the last one came then.
    Under {
        /// When it began.
        since_ms: i64,
        /// When the last page came.
        last_ms: i64,
    },
    /// What changed since it was listed comes.
    Updating {
        /// When that began.
        since_ms: i64,
    },
    /// All pages have come.
    Done,
    /// It was stopped; what has come is kept.
    Stopped,
    /// It ended early.
    Failed(Failure),
}

/// How the endpoint is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// Signing in.
    pub link: Link,
    /// The listing.
    pub loading: Loading,
    /// When what it waits for was asked.
    pub asked_ms: i64,
    /// Assets whose thumbnails were asked for.
    pub thumbnails_asked: HashSet<AssetId>,
    /// What a filter needs and is being read.
    pub reading: Option<Reading>,
    /// The filter for which somebody gave reading up.
    pub unread: Option<String>,
}

/// Values that a filter asks for and that cost a call an asset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Since when it goes on.
    pub since_ms: i64,
    /// How many have come.
    pub came: u64,
    /// Which were asked for and have not come.
    pub awaited: HashSet<AssetId>,
}

impl Reading {
    /// How long the rest takes, seconds, if it goes on as it did; `None` before that can be told.
    pub fn seconds_left(&self, left: u64, now_ms: i64) -> Option<u64> {
        let spent = u64::try_from(now_ms - self.since_ms).ok()?;
        let told = self.came > 0 && spent > 0;
        told.then(|| (spent.saturating_mul(left) / self.came).div_ceil(1000))
    }
}

impl Connection {
    /// Takes in a failure of any kind of call.
    pub fn fail(&mut self, failure: &Failure, now_ms: i64) {
        self.link = match failure.kind {
            FailureKind::Offline => Link::Offline(now_ms, failure.clone()),
            FailureKind::SignIn => Link::SignIn(failure.clone()),
            FailureKind::Throttled | FailureKind::Server | FailureKind::Local
                if self.link != Link::Online =>
            {
                Link::Broken(failure.clone())
            }
            FailureKind::Throttled | FailureKind::Server | FailureKind::Local => self.link.clone(),
        };
    }

    /// Takes in that the endpoint answered a call of any kind: whoever is signed in is reached
    /// again, whatever failed before.
    pub fn answered(&mut self) {
        if matches!(
            self.link,
            Link::Offline(..) | Link::SignIn(_) | Link::Broken(_)
        ) {
            self.link = Link::Online;
        }
    }

    /// What it waits for, and since when.
    pub fn waits(&self) -> Option<(&'static str, i64)> {
        match (&self.link, &self.loading) {
            (Link::Connecting, _) => Some(("signing in", self.asked_ms)),
            (_, Loading::Under { last_ms, .. }) => Some(("the next page", *last_ms)),
            _ => None,
        }
    }

    /// Whether pages come.
    pub fn is_loading(&self) -> bool {
        matches!(
            self.loading,
            Loading::Under { .. } | Loading::Updating { .. }
        )
    }

    /// The failure worth showing, if there is one.
    pub fn failure(&self) -> Option<&Failure> {
        match (&self.link, &self.loading) {
            (Link::Offline(_, failure) | Link::SignIn(failure) | Link::Broken(failure), _)
            | (_, Loading::Failed(failure)) => Some(failure),
            _ => None,
        }
    }
}
