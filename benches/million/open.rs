//! Opening a stored listing: to the work at hand, and until everything can be filtered.

use std::{path::Path, sync::Arc, time::Instant};

use armarius::{
    domain::{AssetId, Listing, Query, query::Sets},
    endpoint::{
        atlan::{self, Atlan},
        http::{Http, HttpSettings},
    },
    flow::{Effect, Event},
    runtime::{Runtime, RuntimeParts, RuntimeSettings},
    store::{Holder, PackedPage, Workspace},
};

use crate::{
    Anyhow,
    asked::asked,
    figures::{self, Goal},
    world,
};

/// How often each figure is taken.
const TURNS: usize = 5;
/// When the listing was complete, milliseconds since 1970.
const AS_OF_MS: i64 = 1_790_000_000_000;

/// The case.
pub(crate) fn open() -> Anyhow<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    for count in [10_000, 100_000, world::many()] {
        let folder = tempfile::tempdir()?;
        runtime.block_on(listed(folder.path(), count))?;
        let (mut first, mut whole) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            let (at_hand, filtered) = runtime.block_on(opened(folder.path(), count))?;
            first.push(at_hand);
            whole.push(filtered);
        }
        let is_all = count == world::many();
        let goal = |most| {
            if is_all {
                Goal::AtMost(most)
            } else {
                Goal::None
            }
        };
        let figure = |figures: &mut Vec<f64>| {
            figures.sort_by(f64::total_cmp);
            (figures::percentile(figures, 50), "ms")
        };
        let what = format!("{count} stored: the work at hand");
        figures::tell("G15", &what, figure(&mut first), goal(25.0));
        let what = format!("{count} stored: everything can be filtered");
        figures::tell("G15", &what, figure(&mut whole), goal(250.0));
        // What is kept while a listing comes makes the start after a kill quick.
        for (kept, words) in [(0, "nothing"), (7, "seven parts of eight")] {
            let folder = tempfile::tempdir()?;
            runtime.block_on(cut_off(folder.path(), (count, kept)))?;
            let (_, filtered) = runtime.block_on(opened(folder.path(), count))?;
            let what = format!("{count} came, {words} kept, killed: everything can be filtered");
            figures::tell("G15", &what, (filtered, "ms"), Goal::None);
        }
    }
    Ok(())
}

/// A workspace as a kill at the end of a listing leaves it, with so many eighths kept as columns.
async fn cut_off(folder: &Path, (count, eighths): (usize, u64)) -> Anyhow<()> {
    let mut workspace = Workspace::open(folder, &holder())?;
    let mut listing = Listing::new();
    workspace.begin_listing()?;
    let (mut so_far, mut failed) = (None, None);
    world::pages(count, &mut |page| {
        let ids: Vec<AssetId> = page.iter().map(|asset| asset.id.clone()).collect();
        let kept = workspace
            .allocate_rows(&ids)
            .and_then(|()| workspace.save_page(&PackedPage::of(&page), Some(count as u64)));
        listing.take(&page);
        match kept {
            Ok(page) if listing.len() * 8 <= count as u64 * eighths => {
                so_far = Some((listing.clone(), page));
            }
            Ok(_) => {}
            Err(error) => failed = Some(error),
        }
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    let (runtime, _events) =
        Runtime::new(parts(folder, workspace)?).map_err(|failure| failure.sentence())?;
    if let Some((listing, page)) = so_far {
        let listing = Box::new(listing);
        runtime.perform(Effect::KeepSoFar { listing, page });
    }
    drop(runtime.shutdown().await);
    Ok(())
}

/// A workspace as a listing leaves it.
async fn listed(folder: &Path, count: usize) -> Anyhow<()> {
    let mut workspace = Workspace::open(folder, &holder())?;
    let mut listing = Listing::new();
    workspace.begin_listing()?;
    let (mut spent, mut failed) = (0.0, None);
    world::pages(count, &mut |page| {
        let ids: Vec<AssetId> = page.iter().map(|asset| asset.id.clone()).collect();
        let begun = Instant::now();
        let kept = workspace
            .allocate_rows(&ids)
            .and_then(|()| workspace.save_assets(&page, Some(count as u64)));
        spent += begun.elapsed().as_secs_f64();
        failed = failed.take().or(kept.err());
        listing.take(&page);
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    workspace.finish_listing(AS_OF_MS)?;
    listing.finish();
    let what = format!("listed assets kept in a second, {count}");
    let rate = count as f64 / spent;
    figures::tell("G1", &what, (rate, ""), Goal::AtLeast(300_000.0));
    let (runtime, _events) =
        Runtime::new(parts(folder, workspace)?).map_err(|failure| failure.sentence())?;
    runtime.perform(Effect::KeepListing(Box::new(listing)));
    drop(runtime.shutdown().await);
    Ok(())
}

/// Milliseconds until the first part is there, and until the listing can be filtered.
async fn opened(folder: &Path, count: usize) -> Anyhow<(f64, f64)> {
    let begun = Instant::now();
    let workspace = Workspace::open(folder, &holder())?;
    let (runtime, mut events) =
        Runtime::new(parts(folder, workspace)?).map_err(|failure| failure.sentence())?;
    let first = runtime.restore_first(&["sort"]).await;
    let mut workbench = first.map_err(|error| error.sentence())?.workbench;
    let at_hand = figures::ms(begun.elapsed());
    let rest = loop {
        match events.recv().await {
            Some(Event::Restored(rest)) => break rest,
            Some(Event::RestoreFailed(failure)) => return Err(failure.sentence().into()),
            Some(_) => {}
            None => return Err("nothing was restored".into()),
        }
    };
    workbench.absorb_rest(*rest);
    let query = Query::parse(asked().few).map_err(|error| error.to_string())?;
    let found = query.rows(&workbench.listing, &world::schema(), &Sets::default());
    let filtered = figures::ms(begun.elapsed());
    drop(found);
    if workbench.listing.len() != count as u64 {
        let there = workbench.listing.len();
        return Err(format!("{there} of {count} were restored").into());
    }
    drop(runtime.shutdown().await);
    Ok((at_hand, filtered))
}

fn parts(folder: &Path, workspace: Workspace) -> Anyhow<RuntimeParts> {
    let settings = atlan::Settings {
        url: "http://127.0.0.1:9".into(),
        token: "none".to_owned().into(),
        page_size: 300,
    };
    Ok(RuntimeParts {
        endpoint: Arc::new(Atlan::new(settings, Http::new(HttpSettings::default())?)),
        workspace,
        profile: "bench".into(),
        author: "bench".into(),
        settings: RuntimeSettings::default(),
        reports: folder.join("reports"),
    })
}

fn holder() -> Holder {
    Holder::this_process("bench", AS_OF_MS)
}
