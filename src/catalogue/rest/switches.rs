//! What the sources leave open, each with a switch.

/// Behaviours of this face that were concluded rather than read, and can be had the other way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestSwitches {
    /// How many further requests pass before a write shows in searches; 0 shows it at once.
    /// Reads by guid always show it.
    pub index_lag_requests: u32,
    /// Count an item as changed where the server only compares coarsely: a text cleared where
    /// there is none, custom metadata sent in part.
    pub coarse_comparison: bool,
    /// The largest `size` of a search; `None` leaves it to the search window.
    pub page_limit: Option<u64>,
    /// Send callers without a token to the login page unless they say they are programs; else
    /// answer 401 always.
    pub login_redirect: bool,
}

impl Default for RestSwitches {
    fn default() -> Self {
        Self {
            index_lag_requests: 0,
            coarse_comparison: true,
            login_redirect: true,
            page_limit: None,
        }
    }
}
