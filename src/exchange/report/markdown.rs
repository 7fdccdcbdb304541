//! A run for people, as Markdown.

use std::io::{self, Write};

use indexmap::IndexMap;

use super::{Account, Told, time};
use crate::domain::{Outcome, run::Standing, text::visible};

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

/// Text that means nothing to Markdown or a terminal, on one line.
pub(in crate::exchange) fn escaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in visible(text).chars() {
        if "\\`*_{}[]<>|#!".contains(character) {
            plain.push('\\');
        }
        plain.push(character);
    }
    plain
}
