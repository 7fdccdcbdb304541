//! Reads a fault specification.

use std::time::Duration;

use thiserror::Error;

use crate::catalogue::faults::rule::{Kind, Rule, Which};
use crate::catalogue::writes::Face;

/// How to write a specification; shown by `serve --help`.
pub const SPEC_HELP: &str = "\
A fault specification is a list of rules with commas between them. A rule is a name, then `=` and
its arguments with colons between them:

  slow=200ms               wait before working (also 2s)
  throttle=every:10:retry-after=2   answer 429 with Retry-After
  drop=every:7             close the connection before any work
  write-then-drop=every:5  write, then close the connection without an answer
  silent-after-write=nth:3 write, then never answer
  silent-refuse=every:4    answer success, write nothing
  silent-refuse=asset:NAME the same for one asset alone
  refuse-folder=NAME       no write access to that folder and below
  wrong-region             every SOAP sign-in fails with 10001, every REST one with 401
  html-502, empty-500, json-500, unavailable-503   answer that instead of working
  truncate=every:11        cut the answer in the middle
  count-mismatch=nth:2     SOAP batch: count one success too many
  drift=FIELD/VALUE:nth:1:asset:NAME   somebody else writes VALUE just before the n-th write
  lenient                  SOAP: take children in any order
  partial-updates          REST: answer bulk updates as PARTIAL_UPDATE

Which calls: every:N, nth:N, first:N, counted since the start over the calls the rule concerns, or
once in the life of the library; all of them when none is given. Which are concerned: soap or rest, op:NAME (batchSetAssetMetadata, indexsearch,
entity/bulk, ...), and asset:NAME, which comes last because it takes the rest of the rule.";

/// What is wrong with a specification.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("fault rule `{rule}`: {problem}")]
pub struct BadFault {
    rule: String,
    problem: String,
}

const NAMES: &[&str] = &[
    "slow",
    "throttle",
    "drop",
    "write-then-drop",
    "silent-after-write",
    "silent-refuse",
    "refuse-folder",
    "wrong-region",
    "html-502",
    "empty-500",
    "json-500",
    "unavailable-503",
    "truncate",
    "count-mismatch",
    "drift",
    "lenient",
    "partial-updates",
];

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
    face: Option<Face>,
    operation: Option<String>,
    asset: Option<String>,
    retry_after: Option<u64>,
}

fn rule(text: &str) -> Result<Rule, String> {
    let (name, rest) = text.split_once('=').unwrap_or((text, ""));
    let takes_text = matches!(name, "slow" | "refuse-folder" | "drift");
    let arguments = arguments(rest, takes_text)?;
    let kind = kind(name, &arguments)?;
    if matches!(kind, Kind::Drift { .. }) && arguments.asset.is_none() {
        return Err("name the asset: drift=FIELD/VALUE:asset:NAME".to_owned());
    }
    Ok(Rule {
        text: text.to_owned(),
        kind,
        which: arguments.which,
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
        "op" => found.operation = Some(value.to_owned()),
        "once" | "soap" | "rest" => {
            match word {
                "once" => found.which = Which::Once,
                "soap" => found.face = Some(Face::Soap),
                _ => found.face = Some(Face::Rest),
            }
            return Ok(tail);
        }
        _ => {
            let seconds = word
                .strip_prefix("retry-after=")
                .ok_or_else(|| format!("`{word}` is no argument of a rule"))?;
            found.retry_after = Some(
                seconds
                    .parse()
                    .map_err(|_| format!("`{seconds}` is not a number of seconds"))?,
            );
            return Ok(tail);
        }
    }
    Ok(after)
}

fn number(text: &str) -> Result<u64, String> {
    text.parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| format!("`{text}` is not a number from 1"))
}

fn kind(name: &str, arguments: &Arguments) -> Result<Kind, String> {
    Ok(match name {
        "slow" => Kind::Slow(duration(arguments.first.as_deref().unwrap_or_default())?),
        "throttle" => Kind::Throttle {
            retry_after: arguments.retry_after.unwrap_or(1),
        },
        "drop" => Kind::Drop,
        "write-then-drop" => Kind::WriteThenDrop,
        "silent-after-write" => Kind::SilentAfterWrite,
        "silent-refuse" => Kind::Pretend,
        "refuse-folder" => Kind::RefuseFolder(
            arguments
                .first
                .clone()
                .ok_or_else(|| "name the folder: refuse-folder=NAME".to_owned())?,
        ),
        "wrong-region" => Kind::WrongRegion,
        "html-502" => Kind::Html502,
        "empty-500" => Kind::Empty500,
        "json-500" => Kind::Json500,
        "unavailable-503" => Kind::Unavailable503,
        "truncate" => Kind::Truncate,
        "count-mismatch" => Kind::CountMismatch,
        "drift" => drift(arguments.first.as_deref().unwrap_or_default())?,
        "lenient" => Kind::Manner("lenient"),
        "partial-updates" => Kind::Manner("partial-updates"),
        other => return Err(unknown(other)),
    })
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

fn unknown(name: &str) -> String {
    let nearest = NAMES
        .iter()
        .max_by(|one, other| {
            strsim::jaro_winkler(one, name).total_cmp(&strsim::jaro_winkler(other, name))
        })
        .copied()
        .unwrap_or_default();
    format!("no such fault; the nearest is `{nearest}`")
}
