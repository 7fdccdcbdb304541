//! `searchAssets`: conditions, order, pages.

use crate::catalogue::query::{Operand, Search, Sort};

use super::assets::write_all;
use super::call::Call;
use super::conditions;
use super::fault::Fault;
use super::filter::Filter;
use super::switches::OversizedPage;
use super::xml::Xml;

/// Most assets of a page.
const WIDE_PAGE: u64 = 1_000;
/// Most assets of a page that only names them.
const NARROW_PAGE: u64 = 10_000;
/// What a page may ask for and still count as one that only names assets.
const NARROW: [&str; 5] = [
    "totalRows",
    "assetArray/items/name",
    "assetArray/items/assetHandle",
    "assetArray/items/type",
    "assetArray/items/subType",
];

/// Answers `searchAssets`.
pub(super) fn run(call: &Call<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let filter = call.filter();
    let (offset, limit) = page(call, &filter)?;
    let search = Search {
        condition: conditions::of_search(call)?,
        sort: order(call)?,
        offset,
        limit,
        after: None,
    };
    let mut found = call.library.search(&search)?;
    call.permit.garble(&mut found);
    xml.field(filter.view(), "totalRows", &found.total.to_string());
    write_all(call, xml, filter.view(), &found.records);
    Ok(())
}

/// How many assets to leave out, and how many to list.
fn page(call: &Call<'_>, filter: &Filter) -> Result<(u64, u64), Fault> {
    let most = if filter.only(&NARROW) {
        NARROW_PAGE
    } else {
        WIDE_PAGE
    };
    let size = positive(call, "recordsPerPage")?.unwrap_or(WIDE_PAGE);
    if size > most && call.switches.oversized_page == OversizedPage::Refused {
        return Err(Fault::invalid(format!(
            "recordsPerPage must not be above {most}."
        )));
    }
    let limit = call.permit.page_limit.unwrap_or(most);
    let size = size.min(most).min(limit);
    let page = positive(call, "resultsPage")?.unwrap_or(1);
    Ok(((page - 1).saturating_mul(size), size))
}

/// A number from 1 up.
fn positive(call: &Call<'_>, name: &str) -> Result<Option<u64>, Fault> {
    let Some(text) = call.request.text_of(name) else {
        return Ok(None);
    };
    match text.trim().parse::<u64>() {
        Ok(number) if number > 0 => Ok(Some(number)),
        Ok(_) | Err(_) => Err(Fault::invalid(format!("{name} must be 1 or more."))),
    }
}

/// The order asked for; by number of the asset where none is.
fn order(call: &Call<'_>) -> Result<Vec<Sort>, Fault> {
    let descending = match call.request.text_of("sortDirection") {
        None | Some("Ascending") => false,
        Some("Descending") => true,
        Some(other) => {
            return Err(Fault::invalid(format!(
                "Sort direction '{other}' is invalid."
            )));
        }
    };
    let by = match call.request.text_of("sortBy") {
        None => Operand::Row,
        Some("Created") => Operand::Created,
        Some("Modified") => Operand::Modified,
        Some("Name") => Operand::Name,
        Some("AssetType") => Operand::Kind,
        Some("FileSize") => Operand::FileSize,
        Some(other) => return Err(Fault::invalid(format!("Sort field '{other}' is invalid."))),
    };
    if by == Operand::Row && !descending {
        return Ok(Vec::new());
    }
    Ok(vec![Sort { by, descending }])
}
