//! Batch answers: counts and details, and which pair of the request each of them settles.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::pull::{Pull, Unreadable};

/// One entry of a warning or error array.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Detail {
    /// The asset.
    pub(super) asset: String,
    /// The field; the operations on assets as wholes name none.
    pub(super) field: Option<String>,
    /// The code.
    pub(super) code: String,
    /// The text.
    pub(super) reason: String,
}

/// The five children every batch operation returns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct BatchAnswer {
    /// Updates that were made.
    pub(super) success: Option<i64>,
    /// Updates that were made with a remark.
    pub(super) warning: Option<i64>,
    /// Updates that were not made.
    pub(super) error: Option<i64>,
    /// The remarks.
    pub(super) warnings: Vec<Detail>,
    /// The refusals.
    pub(super) errors: Vec<Detail>,
}

/// Reads the return of a batch operation.
pub(super) fn read(pull: &mut Pull<'_>) -> Result<BatchAnswer, Unreadable> {
    let mut answer = BatchAnswer::default();
    pull.each(|pull, name| {
        match name {
            "successCount" => answer.success = pull.number()?,
            "warningCount" => answer.warning = pull.number()?,
            "errorCount" => answer.error = pull.number()?,
            "warningDetailArray" => answer.warnings = read_details(pull)?,
            "errorDetailArray" => answer.errors = read_details(pull)?,
            _ => pull.skip()?,
        }
        Ok::<_, Unreadable>(())
    })?;
    Ok(answer)
}

/// Reads the empty return of an operation that says nothing but that it was done.
pub(super) fn read_nothing(pull: &mut Pull<'_>) -> Result<(), Unreadable> {
    pull.skip()
}

fn read_details(pull: &mut Pull<'_>) -> Result<Vec<Detail>, Unreadable> {
    let mut details = Vec::new();
    pull.each(|pull, _| {
        let mut detail = Detail::default();
        pull.each(|pull, name| {
            match name {
                "assetHandle" => detail.asset = pull.text()?.into_owned(),
                "fieldHandle" => {
                    detail.field = Some(pull.text()?.into_owned()).filter(|text| !text.is_empty());
                }
                "code" => detail.code = pull.token()?,
                "reason" => detail.reason = pull.text()?.into_owned(),
                _ => pull.skip()?,
            }
            Ok::<_, Unreadable>(())
        })?;
        details.push(detail);
        Ok::<_, Unreadable>(())
    })?;
    Ok(details)
}

/// What became of one pair of asset and field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Written without a word.
    Applied,
    /// Written with a remark: code and text.
    Warned(String, String),
    /// Not written: code and text.
    Refused(String, String),
    /// The server named the asset and no field, and meant some of its pairs: which of them, only
    /// their values tell.
    OneOf(Shared),
    /// The answer does not say; the words it has, if any.
    Open(String, String),
}

/// A word of the server that is about some pairs of an asset, without saying which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shared {
    /// The code.
    pub(super) code: String,
    /// The text.
    pub(super) reason: String,
    /// How many pairs it may be about.
    pub(super) of: usize,
    /// Whether it refuses one of them; otherwise it is a remark on what was written.
    pub(super) refuses: bool,
}

/// Which of the two arrays an entry stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Array {
    Warnings,
    Errors,
}

impl Array {
    fn fate(self, detail: &Detail) -> Fate {
        let (code, reason) = (detail.code.clone(), detail.reason.clone());
        match self {
            Self::Warnings => Fate::Warned(code, reason),
            Self::Errors => Fate::Refused(code, reason),
        }
    }

    fn one_of(self, detail: &Detail, of: usize) -> Fate {
        Fate::OneOf(Shared {
            code: detail.code.clone(),
            reason: detail.reason.clone(),
            of,
            refuses: self == Self::Errors,
        })
    }
}

/// Settles the pairs of a request, given as (asset handle, field handle), and says whether the
/// server's counts agree with what it named.
///
/// A pair that is not named was written, but only if the counts leave no doubt about it.
pub(super) fn settle(pairs: &[(&str, &str)], answer: &BatchAnswer) -> (Vec<Fate>, bool) {
    let mut fates: Vec<Option<Fate>> = vec![None; pairs.len()];
    let places = Places::new(pairs);
    // Errors first: a pair named as both was not written.
    let errors = (Array::Errors, answer.errors.as_slice(), answer.error);
    let errors = mark(&places, errors, &mut fates);
    let warnings = (Array::Warnings, answer.warnings.as_slice(), answer.warning);
    let warnings = mark(&places, warnings, &mut fates);
    let all = i64::try_from(pairs.len()).unwrap_or(i64::MAX);
    let adds_up = match (answer.success, answer.warning, answer.error) {
        // Whether a pair with a remark also counts as a success is not documented.
        (Some(s), Some(w), Some(e)) => {
            let sum = |counts: &[i64]| counts.iter().try_fold(0i64, |sum, n| sum.checked_add(*n));
            sum(&[s, w, e]) == Some(all) || (sum(&[s, e]) == Some(all) && w <= s)
        }
        _ => false,
    };
    let agrees = errors && warnings && adds_up;
    let rest = if agrees {
        Fate::Applied
    } else {
        Fate::Open(String::new(), String::new())
    };
    let fates = fates
        .into_iter()
        .map(|fate| fate.unwrap_or_else(|| rest.clone()))
        .collect();
    (fates, agrees)
}

/// Where the pairs stand.
struct Places<'a> {
    of_pair: HashMap<(&'a str, &'a str), usize>,
    of_asset: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Places<'a> {
    fn new(pairs: &[(&'a str, &'a str)]) -> Self {
        let mut of_asset: HashMap<&str, Vec<usize>> = HashMap::new();
        for (place, (asset, _)) in pairs.iter().enumerate() {
            of_asset.entry(asset).or_default().push(place);
        }
        let of_pair = pairs.iter().copied().zip(0..).collect();
        Self { of_pair, of_asset }
    }

    fn of_pair(&self, detail: &Detail) -> Option<usize> {
        let field = detail.field.as_deref()?;
        self.of_pair.get(&(detail.asset.as_str(), field)).copied()
    }
}

/// Gives the pairs that entries name their fate; says whether as many were named as counted.
///
/// An entry without a field, or with one that was not sent, is about its asset. It settles every
/// pair of that asset that nothing else settled if there are as many such entries as pairs, or if
/// only that reading agrees with the count. Otherwise it is about some of them.
fn mark(
    places: &Places<'_>,
    (array, details, counted): (Array, &[Detail], Option<i64>),
    fates: &mut [Option<Fate>],
) -> bool {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let mut named = 0;
    let mut by_asset: IndexMap<&str, Vec<&Detail>> = IndexMap::new();
    for detail in details {
        match places.of_pair(detail) {
            Some(place) if fates[place].is_none() => {
                fates[place] = Some(array.fate(detail));
                named += 1;
            }
            Some(_) => {}
            None => by_asset.entry(&detail.asset).or_default().push(detail),
        }
    }
    let mut groups = Vec::new();
    let (mut each, mut every) = (named, named);
    for (asset, entries) in by_asset {
        let of_asset = places.of_asset.get(asset).cloned().unwrap_or_default();
        let open: Vec<usize> = of_asset
            .into_iter()
            .filter(|&place| fates[place].is_none())
            .collect();
        each += number(entries.len().min(open.len()));
        every += number(open.len());
        groups.push((entries, open));
    }
    for (entries, open) in groups {
        let is_all = entries.len() >= open.len() || counted == Some(every);
        for (at, place) in open.iter().copied().enumerate() {
            // Several entries of one asset come in the order of the request.
            let detail = entries[at.min(entries.len() - 1)];
            fates[place] = Some(if is_all {
                array.fate(detail)
            } else {
                array.one_of(detail, open.len())
            });
        }
    }
    counted == Some(each) || counted == Some(every)
}
