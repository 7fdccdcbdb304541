//! Reports of a run: what was asked, and where every change ended.

use std::{
    collections::HashMap,
    io::{self, Write},
};

use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use super::{Guard, cell};
use crate::domain::{
    Item, Outcome, Run, Stamp, Value,
    run::{Accepted, CallNote, RetrySafe, Settlement, Standing, next_step, retry_safe},
    text::visible,
};

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
            guard.cell(account.run.id.0.as_str()),
            guard.cell(item.asset.as_str()),
            guard.cell(&item.name),
            guard.cell(&item.kind),
            guard.cell(item.field.as_str()),
            guard.cell(item.before.display()),
            guard.cell(item.wanted.display()),
            guard.cell(server.display()),
            said(|one| one.outcome.word()).into(),
            guard.cell(said(|one| &one.code)),
            guard.cell(said(|one| &one.reason)),
            guard.cell(said(|one| &one.meaning)),
            call.unwrap_or_default().into(),
            told.sent().unwrap_or_default().into(),
            guard.cell(told.call.map_or("", |call| &call.trace)),
            told.retry_safe().into(),
            told.next_step().into(),
            guard.cell(told.accepted()),
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
    json!({
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
    })
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

/// For people: the counts, then what needs attention in full, then what went well, folded.
///
/// # Errors
///
/// Only those of the writer.
pub fn report_markdown(account: &Account<'_>, out: &mut dyn Write) -> io::Result<()> {
    let run = account.run;
    let standing = Standing::of(run, &account.accepted.places());
    writeln!(out, "# {}: {}\n", escaped(&run.id.0), escaped(&run.label))?;
    writeln!(out, "{}. {} changes.\n", run.headline(), run.items.len())?;
    writeln!(out, "- profile: {}", escaped(&run.profile))?;
    writeln!(out, "- author: {}", escaped(&run.author))?;
    writeln!(out, "- started: {}", time(run.started_ms))?;
    if let Some(finished) = run.finished_ms {
        writeln!(out, "- finished: {}", time(finished))?;
    }
    writeln!(out, "- digest: {}", escaped(&run.digest))?;
    if let Some(said) = run.reconciliation() {
        writeln!(out, "- {}", escaped(&said.unwrap_or_else(|words| words)))?;
    }
    writeln!(out, "\n| outcome | changes |\n|---|---:|")?;
    for outcome in Outcome::ALL {
        writeln!(out, "| {outcome} | {} |", standing.tally.of(outcome))?;
    }
    for (word, count) in [
        ("accepted", standing.accepted),
        ("no outcome yet", standing.open),
    ] {
        if count > 0 {
            writeln!(out, "| {word} | {count} |")?;
        }
    }
    writeln!(out, "| total | {} |", standing.total())?;
    for outcome in Outcome::ALL
        .into_iter()
        .filter(|outcome| *outcome != Outcome::Applied)
    {
        let ended = |told: &Told<'_>| {
            told.accepted.is_none() && told.settled.is_some_and(|one| one.outcome == outcome)
        };
        attention(outcome.word(), account.changes().filter(ended), out)?;
    }
    let accepted = account.changes().filter(|told| told.accepted.is_some());
    attention("accepted", accepted, out)?;
    let open = account.changes().filter(|told| told.settled.is_none());
    attention("no outcome yet", open, out)?;
    applied(account, out)
}

fn attention<'a>(
    title: &str,
    changes: impl Iterator<Item = Told<'a>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut is_first = true;
    for told in changes {
        let (item, settled) = (told.item, told.settled);
        if is_first {
            writeln!(out, "\n## {title}\n")?;
            writeln!(
                out,
                "| asset | field | before | wanted | server | reason | retry-safe | next step |"
            )?;
            writeln!(out, "|---|---|---|---|---|---|---|---|")?;
            is_first = false;
        }
        let server = settled.and_then(|one| one.server.as_ref());
        let reason = settled.map_or_else(String::new, |one| {
            let words = [one.code.as_str(), one.reason.as_str(), one.meaning.as_str()];
            let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
            words.join("; ")
        });
        let name = if item.name.is_empty() {
            item.asset.as_str()
        } else {
            &item.name
        };
        let cells = [
            escaped(name),
            escaped(item.field.as_str()),
            escaped(&item.before.display()),
            escaped(&item.wanted.display()),
            server.map_or_else(String::new, |value| escaped(&value.display())),
            escaped(&reason),
            told.retry_safe(),
            told.accepted.map_or_else(
                || told.next_step().to_owned(),
                |_| format!("accepted by {}", escaped(&told.accepted())),
            ),
        ];
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    Ok(())
}

fn applied(account: &Account<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut folded: IndexMap<(&str, String, String), u32> = IndexMap::new();
    for Told { item, settled, .. } in account.changes() {
        if settled.is_some_and(|settled| settled.outcome == Outcome::Applied) {
            let change = (
                item.field.as_str(),
                item.before.display().into_owned(),
                item.wanted.display().into_owned(),
            );
            *folded.entry(change).or_default() += 1;
        }
    }
    if folded.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n## applied\n\n| field | before | now | assets |\n|---|---|---|---:|"
    )?;
    for ((field, before, now), count) in folded {
        let (field, before, now) = (escaped(field), escaped(&before), escaped(&now));
        writeln!(out, "| {field} | {before} | {now} | {count} |")?;
    }
    Ok(())
}

/// ISO 8601 in UTC, to the second.
pub(super) fn time(at_ms: i64) -> String {
    jiff::Timestamp::from_second(at_ms.div_euclid(1000))
        .map_or_else(|_| at_ms.to_string(), |time| time.to_string())
}

/// Text that means nothing to Markdown or a terminal, on one line.
pub(super) fn escaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in visible(text).chars() {
        if "\\`*_{}[]<>|#!".contains(character) {
            plain.push('\\');
        }
        plain.push(character);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        RunId,
        run::{CallNote, RunState, ServerCounts},
    };

    const SAID: ServerCounts = ServerCounts {
        success: 2,
        warning: 0,
        error: 1,
    };

    fn call() -> CallNote {
        CallNote {
            number: 1,
            operation: "batchSetAssetMetadata".into(),
            items: vec![0, 1, 2],
            noted_ms: 1_790_000_000_200,
            took_ms: Some(20),
            counts: Some(SAID),
            trace: String::new(),
            found: Vec::new(),
        }
    }

    const REFUSED: &str = "no write access to `Legal`\u{1b}[2J";

    fn run() -> Run {
        let item = |(row, wanted): (u32, &str)| Item {
            row,
            asset: format!("a{row}").as_str().into(),
            name: format!("PNT|{row}"),
            kind: "Image".into(),
            field: "Rights".into(),
            before: Value::list(["x", "y"]),
            wanted: Value::text(wanted),
            delta: None,
            facts: Vec::new(),
        };
        let settled = |item, outcome, code: &str, reason: &str| {
            Some(Settlement {
                item,
                outcome,
                code: code.into(),
                reason: reason.into(),
                meaning: String::new(),
                server: Some(Value::text("=now")).filter(|_| outcome != Outcome::Unknown),
                call: 1,
            })
        };
        Run {
            id: RunId::numbered(3),
            label: "rights".into(),
            author: "akim".into(),
            profile: "gallery".into(),
            started_ms: 1_790_000_000_123,
            finished_ms: None,
            digest: "d1".into(),
            state: RunState::Stopped,
            items: [(0, "Acme"), (1, "Acme"), (2, "Studio"), (3, "Acme")]
                .map(item)
                .into(),
            settled: vec![
                settled(0, Outcome::Applied, "", ""),
                settled(1, Outcome::Applied, "", ""),
                settled(2, Outcome::Refused, "E7", REFUSED),
                None,
            ],
            calls: vec![call()],
            counts: SAID,
            counted: true,
            reverts: Vec::new(),
            rules: crate::domain::run::RunRules::default(),
        }
    }

    #[test]
    fn the_json_report_counts_all_six_outcomes_and_names_every_change() {
        let report = report_json(&run());
        assert_eq!(report["run"], "R-0003");
        assert_eq!(report["state"], "stopped");
        assert_eq!(
            report["counts"].to_string(),
            "{\"applied\":2,\"warned\":0,\"refused\":1,\"conflict\":0,\"skipped\":0,\"unknown\":0}"
        );
        assert_eq!(
            report["items"][2].to_string(),
            "{\"asset\":\"a2\",\"name\":\"PNT|2\",\"field\":\"Rights\",\"before\":[\"x\",\"y\"],\
             \"wanted\":\"Studio\",\"server\":\"=now\",\"outcome\":\"refused\",\"code\":\"E7\",\
             \"reason\":\"no write access to `Legal`\\u001b[2J\",\"meaning\":\"\",\"call\":1,\
             \"sent\":\"2026-09-21T14:13:20Z\",\"trace\":\"\",\"retry_safe\":\"no\",\"retry_why\":\"the \
             server has a third value, which would be lost\",\"next_step\":\"take what the server \
             has, or stage the change on the new value\",\"accepted\":null}"
        );
        assert_eq!(report["items"][3]["outcome"], serde_json::Value::Null);
        assert_eq!(report["started"], "2026-09-21T14:13:20Z");
    }

    #[test]
    fn the_csv_report_has_a_line_a_change() {
        let mut out = Vec::new();
        report_csv(&Account::of(&run()), &mut out, Guard::Formulas).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 5);
        assert_eq!(
            lines[1],
            "R-0003,a0,PNT|0,Image,Rights,x; y,Acme,'=now,applied,,,,1,2026-09-21T14:13:20Z,,\
             \"not needed, it is written\",nothing,"
        );
        assert_eq!(
            lines[4],
            "R-0003,a3,PNT|3,Image,Rights,x; y,Acme,,,,,,,,,,,"
        );
    }

    #[test]
    fn the_markdown_report_shows_problems_in_full_and_folds_what_went_well() {
        let mut out = Vec::new();
        report_markdown(&Account::of(&run()), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.starts_with("# R-0003: rights\n\nSTOPPED. 4 changes.\n"),
            "{text}"
        );
        assert!(
            text.contains("- reconciled: the server counted 2 ok, 0 warnings, 1 errors"),
            "{text}"
        );
        assert!(
            text.contains(
                "| PNT\\|2 | Rights | x; y | Studio | =now | E7; no write access to \\`Legal\\`␛\\[2J | no, the server has a third value"
            ),
            "{text}"
        );
        assert!(text.contains("## no outcome yet"), "{text}");
        assert!(text.contains("| Rights | x; y | Acme | 2 |"), "{text}");
    }
}
