//! A million assets, measured: what each act costs, beside its goal.
//!
//! `cargo bench --bench million` runs all of it; names after `--` choose cases. Figures are medians
//! of several turns unless they say otherwise. `ARMARIUS_MILLION` sets another number of assets,
//! `ARMARIUS_CARNEGIE` names a file of works (`.jsonl.gz`) that is repeated to that number instead
//! of made-up assets. With `ARMARIUS_KEYS` the time of every key of a filter is told.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its words are its result"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "it measures, and is told what by the environment"
)]
#![expect(clippy::cast_precision_loss, reason = "figures are rounded anyway")]

mod arrange;
mod asked;
mod edit;
mod figures;
mod find;
mod open;
mod screen;
mod terminal;
mod wire;
mod world;

use std::{error::Error, process::ExitCode};

/// What may go wrong, in words.
type Anyhow<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// A part of the bench, by name.
type Case = (&'static str, fn() -> Anyhow<()>);

const CASES: &[Case] = &[
    ("growth", world::growth),
    ("find", find::find),
    ("screen", screen::screen),
    ("arrange", arrange::arrange),
    ("open", open::open),
    ("edit", edit::edit),
    ("wire", wire::wire),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, upstream] = arguments.as_slice()
        && word == "--stub"
    {
        return match wire::stub::serve(upstream) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("stub: {error}");
                ExitCode::FAILURE
            }
        };
    }
    let names: Vec<String> = std::env::args()
        .skip(1)
        .filter(|one| !one.starts_with('-'))
        .collect();
    println!("load before: {}", world::load_average());
    figures::header();
    for (name, case) in CASES {
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        if let Err(error) = case() {
            eprintln!("{name}: {error}");
            return ExitCode::FAILURE;
        }
    }
    println!("load after: {}", world::load_average());
    ExitCode::SUCCESS
}
