//! Reports of a run: what was asked, and where every change ended.

mod markdown;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    io::{self, Write},
};

use serde_json::{Map, Value as Json, json};

use super::{Guard, cell, document};
use crate::domain::{
    Item, Outcome, Run, Stamp, Value,
    run::{Accepted, CallNote, RetrySafe, Settlement, Standing, next_step, retry_safe},
};

pub(super) use markdown::escaped;
pub use markdown::report_markdown;

/// The columns of the CSV report.
const COLUMNS: [&str; 18] = [
    "run",
    "asset",
    "name",
    "type",
    "field",
    "before",
    "wanted",
    "server",
    "outcome",
    "code",
    "reason",
    "meaning",
    "call",
    "sent",
    "trace",
    "retry safe",
    "next step",
    "accepted",
];

/// A run, and what people accepted of it since.
#[derive(Clone, Debug)]
pub struct Account<'a> {
    /// The run.
    pub run: &'a Run,
    /// What was accepted, by whom and when.
    pub accepted: Accepted,
    /// The changes to tell line by line, as places in the run; all of them if `None`. Counts are
    /// always those of the whole run.
    pub only: Option<&'a [u32]>,
}

impl<'a> Account<'a> {
    /// A run nobody has looked at yet.
    pub fn of(run: &'a Run) -> Self {
        Self {
            run,
            accepted: Accepted::default(),
            only: None,
        }
    }

    fn changes(&self) -> impl Iterator<Item = Told<'_>> {
        let calls = self.run.calls.iter();
        let calls: HashMap<u32, &CallNote> = calls.map(|call| (call.number, call)).collect();
        let all = 0..u32::try_from(self.run.items.len()).unwrap_or(u32::MAX);
        let places: Vec<u32> = self.only.map_or_else(|| all.collect(), <[u32]>::to_vec);
        places.into_iter().filter_map(move |place| {
            let at = place as usize;
            let settled = self.run.settled.get(at).and_then(Option::as_ref);
            Some(Told {
                item: self.run.items.get(at)?,
                settled,
                call: settled.and_then(|one| calls.get(&one.call).copied()),
                accepted: self.accepted.by(place),
            })
        })
    }
}

/// Everything there is to tell about one change.
struct Told<'a> {
    item: &'a Item,
    settled: Option<&'a Settlement>,
    call: Option<&'a CallNote>,
    accepted: Option<&'a Stamp>,
}

impl Told<'_> {
    fn sent(&self) -> Option<String> {
        let call = self.call.filter(|call| call.noted_ms != 0);
        call.map(|call| time(call.noted_ms))
    }

    fn retry_safe(&self) -> String {
        let safe = self.settled.map(|settled| retry_safe(self.item, settled));
        safe.map_or_else(String::new, RetrySafe::sentence)
    }

    fn next_step(&self) -> &'static str {
        self.settled.map_or("", |settled| {
            next_step(self.item, settled, true, self.accepted.is_some()).words()
        })
    }

    /// `jruiz 2026-11-22T12:04:31Z`.
    fn accepted(&self) -> String {
        self.accepted
            .map_or_else(String::new, |by| format!("{} {}", by.by, time(by.at_ms)))
    }
}

/// One line a change; the outcome of a change that has none yet is empty.
///
/// # Errors
///
/// Only those of the writer.
pub fn report_csv(account: &Account<'_>, out: &mut dyn Write, guard: Guard) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    for told in account.changes() {
        let (item, settled) = (told.item, told.settled);
        let said = |text: fn(&Settlement) -> &str| settled.map_or("", text);
        let call = settled
            .filter(|one| one.call != 0)
            .map(|one| one.call.to_string());
        let server = settled
            .and_then(|one| one.server.as_ref())
            .unwrap_or(&Value::Absent);
        let cells = [
            guard.report_cell(account.run.id.0.as_str()),
            guard.report_cell(item.asset.as_str()),
            guard.report_cell(&item.name),
            guard.report_cell(&item.kind),
            guard.report_cell(item.field.as_str()),
            guard.report_cell(item.before.display()),
            guard.report_cell(item.wanted.display()),
            guard.report_cell(server.display()),
            said(|one| one.outcome.word()).into(),
            guard.report_cell(said(|one| &one.code)),
            guard.report_cell(said(|one| &one.reason)),
            guard.report_cell(said(|one| &one.meaning)),
            call.unwrap_or_default().into(),
            told.sent().unwrap_or_default().into(),
            guard.report_cell(told.call.map_or("", |call| &call.trace)),
            told.retry_safe().into(),
            told.next_step().into(),
            guard.report_cell(told.accepted()),
        ];
        writer.write_record(cells.iter().map(|cell| cell.as_bytes()))?;
    }
    writer.flush()
}

/// The run as `submit --format json` prints it. `outcome` is null while a change has none, and
/// `server` is null where nothing was read back or nothing is there.
pub fn report_json(run: &Run) -> Json {
    account_json(&Account::of(run))
}

/// What `submit --format json` prints if nothing was sent: no run, no outcome, and why.
pub fn unsent_json(why: &str) -> Json {
    let counts = Outcome::ALL.iter().rev();
    let counts: Map<String, Json> = counts
        .map(|one| (one.word().to_owned(), json!(0)))
        .collect();
    document(json!({
        "run": null, "state": "not sent", "headline": why, "counts": counts,
        "accepted": 0, "open": 0, "items": [],
    }))
}

/// The same with what was accepted of it: `accepted` says by whom and when, and is null otherwise.
pub fn account_json(account: &Account<'_>) -> Json {
    let run = account.run;
    let tally = run.tally();
    let standing = Standing::of(run, &account.accepted.places());
    let counts: Map<String, Json> = [
        Outcome::Applied,
        Outcome::Warned,
        Outcome::Refused,
        Outcome::Conflict,
        Outcome::Skipped,
        Outcome::Unknown,
    ]
    .into_iter()
    .map(|outcome| (outcome.word().to_owned(), json!(tally.of(outcome))))
    .collect();
    let items: Vec<Json> = account.changes().map(|told| change_json(&told)).collect();
    document(json!({
        "run": run.id.0,
        "state": run.state.word(),
        "headline": run.headline(),
        "counts": counts,
        "accepted": standing.accepted,
        "open": standing.open,
        "label": run.label,
        "author": run.author,
        "profile": run.profile,
        "started": time(run.started_ms),
        "finished": run.finished_ms.map(time),
        "digest": run.digest,
        "reconciliation": run.reconciliation().map(|said| said.unwrap_or_else(|words| words)),
        "items": items,
    }))
}

fn change_json(told: &Told<'_>) -> Json {
    let (item, settled) = (told.item, told.settled);
    let server = settled.and_then(|one| one.server.as_ref());
    let safe = settled.map(|settled| retry_safe(item, settled));
    json!({
        "asset": item.asset.as_str(),
        "name": item.name,
        "field": item.field.as_str(),
        "before": cell::json(&item.before),
        "wanted": cell::json(&item.wanted),
        "server": server.map_or(Json::Null, cell::json),
        "outcome": settled.map(|one| one.outcome.word()),
        "code": settled.map_or("", |one| &one.code),
        "reason": settled.map_or("", |one| &one.reason),
        "meaning": settled.map_or("", |one| &one.meaning),
        "call": settled.map(|one| one.call).filter(|call| *call != 0),
        "sent": told.sent(),
        "trace": told.call.map_or("", |call| &call.trace),
        "retry_safe": safe.map(RetrySafe::word),
        "retry_why": safe.map(RetrySafe::why),
        "next_step": told.next_step(),
        "accepted": told.accepted.map(|by| json!({"by": by.by, "at": time(by.at_ms)})),
    })
}

/// ISO 8601 in UTC, to the second.
pub(super) fn time(at_ms: i64) -> String {
    jiff::Timestamp::from_second(at_ms.div_euclid(1000))
        .map_or_else(|_| at_ms.to_string(), |time| time.to_string())
}
