//! Reads a fault specification.

use std::time::Duration;

use thiserror::Error;

use crate::catalogue::faults::answer::{Answer, Share, Slip};
use crate::catalogue::faults::help::{NAMES, nearest};
use crate::catalogue::faults::rule::{Kind, Rule, Which};
use crate::catalogue::writes::Face;

/// What is wrong with a specification.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("fault rule `{rule}`: {problem}")]
pub struct BadFault {
    rule: String,
    problem: String,
}

/// Every rule of a specification.
pub(super) fn rules(spec: &str) -> Result<Vec<Rule>, BadFault> {
    spec.split(',')
        .map(str::trim)
        .filter(|rule| !rule.is_empty())
        .map(|text| {
            rule(text).map_err(|problem| BadFault {
                rule: text.to_owned(),
                problem,
            })
        })
        .collect()
}

/// What the arguments of a rule say, before they are put together.
#[derive(Default)]
struct Arguments {
    first: Option<String>,
    which: Which,
    seed: u64,
    writes: bool,
    face: Option<Face>,
    operation: Option<String>,
    asset: Option<String>,
    retry_after: Option<u64>,
    block: Option<u64>,
}

/// Names with an argument of their own in the first place.
const TAKES_TEXT: &[&str] = &[
    "slow",
    "refuse-folder",
    "drift",
    "drip",
    "rpm",
    "poison",
    "poison-unnamed",
    "max-batch",
    "count-off",
    "window",
    "short-pages",
    "dirty",
];

fn rule(text: &str) -> Result<Rule, String> {
    let (name, rest) = text.split_once('=').unwrap_or((text, ""));
    if !NAMES.contains(&name) {
        return Err(format!(
            "`{name}` is no fault; the nearest is `{}`",
            nearest(name)
        ));
    }
    let arguments = arguments(rest, TAKES_TEXT.contains(&name))?;
    let kind = kind(name, &arguments)?;
    if matches!(kind, Kind::Drift { .. }) && arguments.asset.is_none() {
        return Err("name the asset: drift=FIELD/VALUE:asset:NAME".to_owned());
    }
    Ok(Rule {
        text: text.to_owned(),
        kind,
        which: arguments.which,
        seed: arguments.seed,
        writes: arguments.writes,
        face: arguments.face,
        operation: arguments.operation,
        asset: arguments.asset,
    })
}

fn arguments(rest: &str, takes_text: bool) -> Result<Arguments, String> {
    let mut found = Arguments::default();
    let mut rest = rest;
    if takes_text {
        let (first, tail) = rest.split_once(':').unwrap_or((rest, ""));
        found.first = (!first.is_empty()).then(|| first.to_owned());
        rest = tail;
    }
    while !rest.is_empty() {
        let (word, tail) = rest.split_once(':').unwrap_or((rest, ""));
        if word == "asset" {
            found.asset = Some(tail.to_owned()).filter(|name| !name.is_empty());
            return found
                .asset
                .is_some()
                .then_some(found)
                .ok_or_else(|| "asset: needs a name".to_owned());
        }
        rest = take(word, tail, &mut found)?;
    }
    Ok(found)
}

/// Take one argument; gives back what is left after it.
fn take<'text>(word: &str, tail: &'text str, found: &mut Arguments) -> Result<&'text str, String> {
    let (value, after) = tail.split_once(':').unwrap_or((tail, ""));
    match word {
        "every" => found.which = Which::Every(number(value)?),
        "nth" => found.which = Which::Nth(number(value)?),
        "first" => found.which = Which::First(number(value)?),
        "after" => found.which = Which::After(number(value)?),
        "p" => found.which = Which::Share(millionths(value)?),
        "seed" => found.seed = number(value)?,
        "op" => found.operation = Some(value.to_owned()),
        "once" | "soap" | "rest" | "writes" => {
            match word {
                "once" => found.which = Which::Once,
                "soap" => found.face = Some(Face::Soap),
                "writes" => found.writes = true,
                _ => found.face = Some(Face::Rest),
            }
            return Ok(tail);
        }
        _ => {
            let (name, seconds) = word
                .split_once('=')
                .ok_or_else(|| format!("`{word}` is no argument of a rule"))?;
            let seconds = seconds
                .parse()
                .map_err(|_| format!("`{seconds}` is not a number of seconds"))?;
            match name {
                "retry-after" => found.retry_after = Some(seconds),
                "block" => found.block = Some(seconds),
                _ => return Err(format!("`{name}` is no argument of a rule")),
            }
            return Ok(tail);
        }
    }
    Ok(after)
}

/// A share of 1, such as 0.2, in millionths.
fn millionths(text: &str) -> Result<u32, String> {
    let bad = || format!("`{text}` is not a share between 0 and 1");
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 6 || (whole.is_empty() && part.is_empty()) {
        return Err(bad());
    }
    let whole: u32 = format!("0{whole}").parse().map_err(|_| bad())?;
    let part: u32 = format!("{part:0<6}").parse().map_err(|_| bad())?;
    whole
        .checked_mul(1_000_000)
        .and_then(|whole| whole.checked_add(part))
        .filter(|share| *share <= 1_000_000)
        .ok_or_else(bad)
}

fn number(text: &str) -> Result<u64, String> {
    text.parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| format!("`{text}` is not a number from 1"))
}

fn kind(name: &str, arguments: &Arguments) -> Result<Kind, String> {
    let first = arguments.first.as_deref().unwrap_or_default();
    let fails = Kind::Instead;
    Ok(match name {
        "slow" => Kind::Slow(duration(first)?),
        "drip" => Kind::Drip(duration(first)?),
        "throttle" => Kind::Throttle {
            retry_after: arguments.retry_after.unwrap_or(1),
        },
        "rpm" => Kind::Pace {
            a_minute: count(first)?,
            block_s: arguments.block.unwrap_or(60),
        },
        "drop" => fails(Answer::Dropped),
        "reset" => fails(Answer::Reset),
        "html-502" => fails(Answer::Html502),
        "html-200" => fails(Answer::Html200),
        "empty-500" => fails(Answer::Empty500),
        "json-500" => fails(Answer::Json500),
        "unavailable-503" => fails(Answer::Unavailable503),
        "signed-out" => Kind::SignedOut,
        "forbid" => Kind::Forbid,
        "write-then-drop" => Kind::WriteThenDrop,
        "write-then-reset" => Kind::WriteThenReset,
        "write-then-500" => Kind::WriteThen500,
        "silent-after-write" => Kind::SilentAfterWrite,
        "silent-refuse" => Kind::Pretend,
        "half" => Kind::Share(Share::Half),
        "leave-out" => Kind::Share(Share::AllButOne),
        "truncate" => Kind::Truncate,
        "count-mismatch" => Kind::CountMismatch,
        "dup-page" => Kind::Page(Slip::Twice),
        "miss-page" => Kind::Page(Slip::Missing),
        "max-batch" => Kind::MaxBatch(count(first)?),
        _ => return of_the_library(name, first),
    })
}

/// What holds of the library or the server as a whole, whatever the call.
fn of_the_library(name: &str, first: &str) -> Result<Kind, String> {
    Ok(match name {
        "refuse-folder" if first.is_empty() => {
            return Err("name the folder: refuse-folder=NAME".to_owned());
        }
        "refuse-folder" => Kind::RefuseFolder(first.to_owned()),
        "wrong-region" => Kind::WrongRegion,
        "poison" => Kind::Poison(count(first)?, true),
        "poison-unnamed" => Kind::Poison(count(first)?, false),
        "count-off" => Kind::CountOff(
            first
                .parse()
                .map_err(|_| format!("`{first}` is not a number of assets"))?,
        ),
        "short-pages" => Kind::ShortPages(count(first)?),
        "no-sort-values" => Kind::HidesSort,
        "window" => Kind::Window(count(first)?),
        "dirty" => Kind::Dirty(count(first)?),
        "drift" => drift(first)?,
        "lenient" => Kind::Manner("lenient"),
        "ranges-ignored" => Kind::Manner("ranges-ignored"),
        "ranges-refused" => Kind::Manner("ranges-refused"),
        _ => Kind::Manner("partial-updates"),
    })
}

/// A number from 1 in the first place of a rule.
fn count(text: &str) -> Result<u64, String> {
    if text.is_empty() {
        return Err("a number is missing after `=`".to_owned());
    }
    number(text)
}

fn drift(text: &str) -> Result<Kind, String> {
    let (field, value) = text
        .split_once('/')
        .ok_or_else(|| "say what changes: drift=FIELD/VALUE:asset:NAME".to_owned())?;
    Ok(Kind::Drift {
        field: field.to_owned(),
        value: value.to_owned(),
    })
}

fn duration(text: &str) -> Result<Duration, String> {
    let bad = || format!("`{text}` is not a duration such as 200ms or 2s");
    let (digits, unit) = text.split_at(
        text.find(|any: char| !any.is_ascii_digit())
            .unwrap_or(text.len()),
    );
    let amount: u64 = digits.parse().map_err(|_| bad())?;
    match unit {
        "ms" => Ok(Duration::from_millis(amount)),
        "s" => Ok(Duration::from_secs(amount)),
        _ => Err(bad()),
    }
}
