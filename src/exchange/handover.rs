//! What is handed over to somebody else: a small table of changes that did not go through, and a
//! note that says what it is.

use std::io::{self, Write};

use indexmap::IndexMap;

use super::{Account, Guard, cell, report};
use crate::domain::{
    Item, Stamp,
    run::{Settlement, next_step},
};

/// The columns of the table.
const COLUMNS: [&str; 9] = [
    "asset id",
    "name",
    "field",
    "before",
    "wanted",
    "server has",
    "code",
    "reason",
    "next step",
];

/// The table: tab-separated, one line a change, in the order given.
///
/// # Errors
///
/// Only those of the writer.
pub fn handover_tsv(
    account: &Account<'_>,
    places: &[u32],
    out: &mut dyn Write,
    guard: Guard,
) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().delimiter(b'\t').from_writer(out);
    writer.write_record(COLUMNS)?;
    for (place, item, settled) in changes(account, places) {
        let server = settled.and_then(|one| one.server.as_ref());
        let cells = [
            guard.report_cell(item.asset.as_str()),
            guard.report_cell(&item.name),
            guard.report_cell(item.field.as_str()),
            guard.report_cell(item.before.display()),
            guard.report_cell(item.wanted.display()),
            guard.report_cell(server.map_or("".into(), cell::text)),
            guard.report_cell(settled.map_or("", |one| &one.code)),
            guard.report_cell(settled.map_or("", said)),
            step(account, (place, item), settled).into(),
        ];
        writer.write_record(cells.iter().map(|cell| cell.as_bytes()))?;
    }
    writer.flush()
}

/// The note: who hands over what of which run, the person's own words, and the reasons with their
/// counts. `table` is the file name of the table.
///
/// # Errors
///
/// Only those of the writer.
pub fn handover_note(
    account: &Account<'_>,
    (places, stamp): (&[u32], &Stamp),
    (words, table): (&str, &str),
    out: &mut dyn Write,
) -> io::Result<()> {
    let run = account.run;
    let escaped = report::escaped;
    let count = places.len();
    let plural = if count == 1 { "" } else { "s" };
    writeln!(
        out,
        "# {}: {count} change{plural} handed over\n",
        escaped(&run.id.0)
    )?;
    writeln!(
        out,
        "From {}, {}. Run `{}` on {}: {}.\n",
        escaped(&stamp.by),
        report::time(stamp.at_ms),
        run.id,
        escaped(&run.profile),
        run.headline()
    )?;
    if !words.is_empty() {
        for line in words.lines() {
            writeln!(out, "> {}", escaped(line))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "The changes are in {}.\n", escaped(table))?;
    writeln!(out, "| reason | changes | next step |\n|---|---:|---|")?;
    let mut reasons: IndexMap<(String, &str), u32> = IndexMap::new();
    for (place, item, settled) in changes(account, places) {
        let reason = settled.map_or_else(String::new, |one| {
            [one.code.as_str(), said(one)].join(" ").trim().to_owned()
        });
        let step = step(account, (place, item), settled);
        *reasons.entry((reason, step)).or_default() += 1;
    }
    for ((reason, step), count) in reasons {
        writeln!(out, "| {} | {count} | {step} |", escaped(&reason))?;
    }
    Ok(())
}

fn changes<'a>(
    account: &Account<'a>,
    places: &'a [u32],
) -> impl Iterator<Item = (u32, &'a Item, Option<&'a Settlement>)> {
    let run = account.run;
    places.iter().filter_map(move |&place| {
        let at = place as usize;
        let settled = run.settled.get(at).and_then(Option::as_ref);
        Some((place, run.items.get(at)?, settled))
    })
}

fn said(settled: &Settlement) -> &str {
    if settled.reason.is_empty() {
        &settled.meaning
    } else {
        &settled.reason
    }
}

fn step(
    account: &Account<'_>,
    (place, item): (u32, &Item),
    settled: Option<&Settlement>,
) -> &'static str {
    let is_accepted = account.accepted.by(place).is_some();
    settled.map_or("", |settled| {
        next_step(item, settled, true, is_accepted).words()
    })
}
