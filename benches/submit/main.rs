//! Submitting, measured: changes a second beside a plain load tool, processor time a change, what
//! being durable costs, keeping a pace, and taking up a run of 100,000 changes after a kill.
//!
//! `cargo bench --bench submit` runs all of it; names after `--` choose cases (`rates`, `journal`,
//! `catalogue`, `pace`, `resume`). The client, the server and the load tool are processes of their
//! own. Everything that is compared runs in turns, and medians are told.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its words are its result"
)]

mod cases;
mod client;
mod load;
mod resume;
mod stub;
mod world;

use std::{error::Error, process::ExitCode};

/// What may go wrong, in words.
type Anyhow<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Assets a call.
const BATCH: usize = 20;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.first().map(String::as_str) {
        Some("--stub") => stub::serve(arguments.get(1).map_or("", String::as_str))
            .map(|()| String::new())
            .map_err(Into::into),
        Some("--client") => serde_json::from_str(arguments.get(1).map_or("", String::as_str))
            .map_err(Into::into)
            .and_then(|task| client::run(&task)),
        _ => bench(&arguments).map(|()| String::new()),
    };
    match done {
        Ok(line) => {
            if !line.is_empty() {
                println!("{line}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("submit: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench(arguments: &[String]) -> Anyhow<()> {
    let chosen: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|one| !one.starts_with('-'))
        .collect();
    let wanted = |name: &str| chosen.is_empty() || chosen.contains(&name);
    println!("load before: {}", world::load_average());
    println!("{:<44} {:>12} {:>12}  verdict", "what", "measured", "goal");
    for (name, case) in CASES {
        if wanted(name) {
            case()?;
        }
    }
    println!("load after: {}", world::load_average());
    Ok(())
}

/// A part of the bench.
type Case = fn() -> Anyhow<()>;

const CASES: &[(&str, Case)] = &[
    ("rates", cases::rates),
    ("journal", cases::journal),
    ("catalogue", cases::catalogue),
    ("pace", cases::pace),
    ("resume", resume::resume),
];

/// A line of the table.
fn tell(what: &str, measured: &str, goal: &str, met: Option<bool>) {
    let verdict = match met {
        Some(true) => "met",
        Some(false) => "NOT MET",
        None => "",
    };
    println!("{what:<44} {measured:>12} {goal:>12}  {verdict}");
}

/// The middle of some figures.
fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}
