//! Hostile text in a library, for people who want to see what becomes of it.

use serde_json::json;

use crate::catalogue::database::{DatabaseError, Library};
use crate::catalogue::model::Trash;
use crate::catalogue::query::{Condition, Operand, Search};
use crate::catalogue::writes::{Author, Change, Face, ValueChange, Write};

/// Title, clipboard and link sequences, an escape that answers, right-to-left overrides, zero
/// widths, a tower of combining marks, a formula, and C1 controls.
const TEXTS: [&str; 6] = [
    "\u{1b}]52;c;cm0gLXJmIH4=\u{7} harbour",
    "\u{1b}[2J\u{1b}[31mred\r\nhidden",
    "\u{202e}gpj.exe\u{202c} \u{200b}pier",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "=HYPERLINK(\"http://example.com\")",
    "\u{9b}31m \u{85} ]]> <b>&amp;</b>",
];

/// Gives each `every`-th asset such a title, unless somebody has done so before.
pub(super) fn soil(library: &Library, every: u64) -> Result<(), DatabaseError> {
    const KEY: &str = "soiled";
    if library.setting(KEY)?.is_some() {
        return Ok(());
    }
    let alive = Condition::equals(Operand::TrashState, Trash::InEmptiedTrash.name()).negated();
    let found = library.search(&Search::first(alive, library.len()?))?;
    let step = usize::try_from(every).unwrap_or(usize::MAX);
    let dirty = found.records.iter().skip(step - 1).step_by(step);
    let wishes: Vec<Write> = dirty
        .zip(TEXTS.iter().cycle())
        .map(|(record, text)| Write {
            asset: record.id.clone(),
            change: Change::Field(
                "Title".to_owned(),
                ValueChange::Set(vec![(*text).to_owned()]),
            ),
        })
        .collect();
    let author = Author {
        face: Face::House,
        who: "mlee".to_owned(),
        now: crate::catalogue::clock::now(),
        request: json!("soil").to_string(),
        pretend: false,
    };
    // Assets that have no title stay clean.
    library.apply_each(&wishes, &author)?;
    library.set_setting(KEY, "yes")
}
