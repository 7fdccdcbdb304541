//! Batch answers: counts and details, and which pair of the request each of them settles.

use std::collections::HashMap;

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
    /// The answer does not say; the words it has, if any.
    Open(String, String),
}

/// Settles the pairs of a request, given as (asset handle, field handle), and says whether the
/// server's counts agree with what it named.
///
/// A pair that is not named was written, but only if the counts leave no doubt about it.
pub(super) fn settle(pairs: &[(&str, &str)], answer: &BatchAnswer) -> (Vec<Fate>, bool) {
    let mut fates: Vec<Option<Fate>> = vec![None; pairs.len()];
    let places = Places::new(pairs);
    // Errors first: a pair named as both was not written.
    let errors = mark(&places, &answer.errors, answer.error, &mut fates, |d| {
        Fate::Refused(d.code.clone(), d.reason.clone())
    });
    let warnings = mark(&places, &answer.warnings, answer.warning, &mut fates, |d| {
        Fate::Warned(d.code.clone(), d.reason.clone())
    });
    let all = i64::try_from(pairs.len()).unwrap_or(i64::MAX);
    let adds_up = match (answer.success, answer.warning, answer.error) {
        // Whether a pair with a remark also counts as a success is not documented.
        (Some(s), Some(w), Some(e)) => s + w + e == all || (s + e == all && w <= s),
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
}

/// Gives the named pairs their fate; says whether as many were named as counted.
fn mark(
    places: &Places<'_>,
    details: &[Detail],
    counted: Option<i64>,
    fates: &mut [Option<Fate>],
    fate: impl Fn(&Detail) -> Fate,
) -> bool {
    let mut named = 0;
    let mut whole_assets: Vec<(&Detail, Vec<usize>)> = Vec::new();
    for detail in details {
        let Some(field) = &detail.field else {
            let of_asset = places.of_asset.get(detail.asset.as_str());
            whole_assets.push((detail, of_asset.cloned().unwrap_or_default()));
            continue;
        };
        let pair = (detail.asset.as_str(), field.as_str());
        if let Some(&place) = places.of_pair.get(&pair)
            && fates[place].is_none()
        {
            fates[place] = Some(fate(detail));
            named += 1;
        }
    }
    // An entry without a field stands for all pairs of its asset that nothing else settled, if
    // the count allows no other reading.
    let mut candidates = 0;
    for (_, of_asset) in &mut whole_assets {
        of_asset.retain(|&place| fates[place].is_none());
        candidates += i64::try_from(of_asset.len()).unwrap_or(i64::MAX);
    }
    let agrees = counted == Some(named + candidates);
    for (detail, of_asset) in whole_assets {
        for place in of_asset {
            fates[place].get_or_insert_with(|| {
                if agrees {
                    fate(detail)
                } else {
                    Fate::Open(detail.code.clone(), detail.reason.clone())
                }
            });
        }
    }
    agrees
}
