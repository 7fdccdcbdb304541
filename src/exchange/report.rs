//! Reports of a run: what was asked, and where every change ended.

use std::io::{self, Write};

use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use super::{Guard, cell};
use crate::domain::{Item, Outcome, Run, Value, run::Settlement, text::visible};

/// The columns of the CSV report.
const COLUMNS: [&str; 13] = [
    "run", "asset", "name", "type", "field", "before", "wanted", "server", "outcome", "code",
    "reason", "meaning", "call",
];

/// One line a change; the outcome of a change that has none yet is empty.
///
/// # Errors
///
/// Only those of the writer.
pub fn report_csv(run: &Run, out: &mut dyn Write, guard: Guard) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    for (item, settled) in changes(run) {
        let said = |text: fn(&Settlement) -> &str| settled.map_or("", text);
        let call = settled
            .filter(|one| one.call != 0)
            .map(|one| one.call.to_string());
        let server = settled
            .and_then(|one| one.server.as_ref())
            .unwrap_or(&Value::Absent);
        let cells = [
            guard.cell(run.id.0.as_str()),
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
        ];
        writer.write_record(cells.iter().map(|cell| cell.as_bytes()))?;
    }
    writer.flush()
}

/// The run as `submit --format json` prints it. `outcome` is null while a change has none, and
/// `server` is null where nothing was read back or nothing is there.
pub fn report_json(run: &Run) -> Json {
    let tally = run.tally();
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
    let items: Vec<Json> = changes(run)
        .map(|(item, settled)| {
            let server = settled.and_then(|one| one.server.as_ref());
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
            })
        })
        .collect();
    json!({
        "run": run.id.0,
        "state": run.state.word(),
        "counts": counts,
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

/// For people: the counts, then what needs attention in full, then what went well, folded.
///
/// # Errors
///
/// Only those of the writer.
pub fn report_markdown(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let tally = run.tally();
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
        writeln!(out, "| {outcome} | {} |", tally.of(outcome))?;
    }
    for outcome in Outcome::ALL
        .into_iter()
        .filter(|outcome| *outcome != Outcome::Applied)
    {
        let ended = |one: &(&Item, Option<&Settlement>)| {
            one.1.is_some_and(|settled| settled.outcome == outcome)
        };
        attention(outcome.word(), changes(run).filter(ended), out)?;
    }
    attention(
        "no outcome yet",
        changes(run).filter(|(_, settled)| settled.is_none()),
        out,
    )?;
    applied(run, out)
}

fn attention<'a>(
    title: &str,
    changes: impl Iterator<Item = (&'a Item, Option<&'a Settlement>)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut is_first = true;
    for (item, settled) in changes {
        if is_first {
            writeln!(out, "\n## {title}\n")?;
            writeln!(out, "| asset | field | before | wanted | server | reason |")?;
            writeln!(out, "|---|---|---|---|---|---|")?;
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
        ];
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    Ok(())
}

fn applied(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let mut folded: IndexMap<(&str, String, String), u32> = IndexMap::new();
    for (item, settled) in changes(run) {
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

fn changes(run: &Run) -> impl Iterator<Item = (&Item, Option<&Settlement>)> {
    run.items.iter().zip(run.settled.iter().map(Option::as_ref))
}

/// ISO 8601 in UTC, to the second.
fn time(at_ms: i64) -> String {
    jiff::Timestamp::from_second(at_ms.div_euclid(1000))
        .map_or_else(|_| at_ms.to_string(), |time| time.to_string())
}

/// Text that means nothing to Markdown or a terminal, on one line.
fn escaped(text: &str) -> String {
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

    fn run() -> Run {
        let item = |row: u32, wanted: &str| Item {
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
                server: (outcome != Outcome::Unknown).then(|| Value::text("=now")),
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
            items: vec![
                item(0, "Acme"),
                item(1, "Acme"),
                item(2, "Studio"),
                item(3, "Acme"),
            ],
            settled: vec![
                settled(0, Outcome::Applied, "", ""),
                settled(1, Outcome::Applied, "", ""),
                settled(
                    2,
                    Outcome::Refused,
                    "E7",
                    "no write access to `Legal`\u{1b}[2J",
                ),
                None,
            ],
            calls: vec![call()],
            counts: SAID,
            counted: true,
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
             \"reason\":\"no write access to `Legal`\\u001b[2J\"}"
        );
        assert_eq!(report["items"][3]["outcome"], serde_json::Value::Null);
        assert_eq!(report["started"], "2026-09-21T14:13:20Z");
    }

    #[test]
    fn the_csv_report_has_a_line_a_change() {
        let mut out = Vec::new();
        report_csv(&run(), &mut out, Guard::Formulas).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 5);
        assert_eq!(
            lines[1],
            "R-0003,a0,PNT|0,Image,Rights,x; y,Acme,'=now,applied,,,,1"
        );
        assert_eq!(lines[4], "R-0003,a3,PNT|3,Image,Rights,x; y,Acme,,,,,,");
    }

    #[test]
    fn the_markdown_report_shows_problems_in_full_and_folds_what_went_well() {
        let mut out = Vec::new();
        report_markdown(&run(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.starts_with("# R-0003: rights\n\nPARTLY DONE. 4 changes.\n"),
            "{text}"
        );
        assert!(
            text.contains("- reconciled: the server counted 2 ok, 0 warnings, 1 errors"),
            "{text}"
        );
        assert!(
            text.contains(
                "| PNT\\|2 | Rights | x; y | Studio | =now | E7; no write access to \\`Legal\\`␛\\[2J |"
            ),
            "{text}"
        );
        assert!(text.contains("## no outcome yet"), "{text}");
        assert!(text.contains("| Rights | x; y | Acme | 2 |"), "{text}");
    }
}
