//! Figures: how they are taken, and a line of the table for each.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// What a figure should be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
    /// Told for comparison.
    None,
}

impl Goal {
    fn words(self) -> String {
        match self {
            Self::AtMost(most) => format!("≤ {}", number(most)),
            Self::AtLeast(least) => format!("≥ {}", number(least)),
            Self::None => String::new(),
        }
    }

    fn verdict(self, figure: f64) -> &'static str {
        match self {
            Self::AtMost(most) if figure <= most => "met",
            Self::AtLeast(least) if figure >= least => "met",
            Self::AtMost(_) | Self::AtLeast(_) => "NOT MET",
            Self::None => "",
        }
    }
}

/// The head of the table.
pub(crate) fn header() {
    println!(
        "{:<5} {:<58} {:>11} {:>11}  verdict",
        "row", "what", "measured", "goal"
    );
}

/// A line of the table: the row of the goals (`G9`), what, the figure, its unit, the goal.
pub(crate) fn tell(row: &str, what: &str, (figure, unit): (f64, &str), goal: Goal) {
    println!(
        "{row:<5} {what:<58} {:>8} {unit:<2} {:>11}  {}",
        number(figure),
        goal.words(),
        goal.verdict(figure)
    );
}

/// The times of so many turns, milliseconds, smallest first. What a turn makes is not dropped
/// within its time.
pub(crate) fn times<T>(turns: usize, mut work: impl FnMut() -> T) -> Vec<f64> {
    let mut times: Vec<f64> = (0..turns)
        .map(|_| {
            let begun = Instant::now();
            let made = black_box(work());
            let took = begun.elapsed();
            drop(made);
            ms(took)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times
}

/// A time in milliseconds.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The value that so many of a hundred don't exceed, of sorted figures.
pub(crate) fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let place = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}

fn number(figure: f64) -> String {
    if figure >= 1000.0 {
        let whole = format!("{figure:.0}");
        let (head, tail) = whole.split_at(whole.len() - 3);
        if head.len() > 3 {
            let (millions, thousands) = head.split_at(head.len() - 3);
            return format!("{millions},{thousands},{tail}");
        }
        return format!("{head},{tail}");
    }
    if figure >= 100.0 {
        format!("{figure:.0}")
    } else if figure >= 10.0 {
        format!("{figure:.1}")
    } else {
        format!("{figure:.2}")
    }
}
