//! Stories of listings that are kept, cut off and opened again.

use std::{fs, sync::Arc};

use tempfile::TempDir;

use super::{
    writer::{WORTH, Writing},
    *,
};
use crate::{
    domain::{Asset, AssetId, Value},
    endpoint::memory::Memory,
    flow::{Effect, Event},
    runtime::{Events, Runtime, RuntimeParts, RuntimeSettings, list::MISSING, lock},
    store::{Holder, PackedPage, Workspace},
};

fn asset(number: usize, rights: &str) -> Asset {
    Asset {
        id: AssetId::new(format!("a{number:04}")),
        name: format!("pier {number}"),
        kind: if number.is_multiple_of(7) {
            "Video"
        } else {
            "Image"
        }
        .into(),
        fields: vec![
            ("Rights".into(), Value::text(rights)),
            ("Keywords".into(), Value::list(["outer", "é"])),
            ("Title".into(), Value::text(format!("view {}", number / 3))),
        ],
        locked: (number == 5).then(|| "read only".to_owned()),
    }
}

fn opened(folder: &TempDir) -> Workspace {
    let me = Holder::this_process("jruiz", 0);
    Workspace::open(folder.path(), &me).unwrap()
}

/// A workspace with a listing that is kept as columns, and the listing.
fn kept(folder: &TempDir) -> (Workspace, Listing) {
    let mut workspace = opened(folder);
    let assets: Vec<Asset> = (0..500).map(|number| asset(number, "Acme")).collect();
    let mut listing = Listing::new();
    workspace.begin_listing().unwrap();
    for page in assets.chunks(100) {
        let ids: Vec<AssetId> = page.iter().map(|asset| asset.id.clone()).collect();
        workspace.allocate_rows(&ids).unwrap();
        workspace.save_assets(page, Some(500)).unwrap();
        listing.take(page);
    }
    workspace.finish_listing(77).unwrap();
    listing.finish();
    let keeping = workspace.columns_to_keep(listing.rows_made());
    let keeping = keeping.unwrap().unwrap();
    write(&keeping, &listing).unwrap();
    workspace.columns_kept(&keeping).unwrap();
    (workspace, listing)
}

#[test]
fn a_listing_opens_from_its_columns_as_it_was_with_what_was_read_since() {
    let folder = TempDir::new().unwrap();
    let (workspace, mut listing) = kept(&folder);
    drop(workspace);
    let mut workspace = opened(&folder);
    let again = cached(&mut workspace).unwrap();
    assert!(again.listing == listing, "every value of every asset");
    let told = (again.listed_ms, again.since, again.is_worth_keeping());
    assert_eq!(told, (Some(77), 0, false));

    let since = [asset(3, "Studio"), asset(500, "New")];
    workspace.allocate_rows(&[since[1].id.clone()]).unwrap();
    workspace.save_assets(&since, None).unwrap();
    listing.take(&since);
    drop(workspace);
    let mut again = cached(&mut opened(&folder)).unwrap();
    assert!(again.listing == listing, "what was read since");
    assert_eq!(again.listing.take_differences(), []);
}

#[test]
fn a_listing_that_lacks_assets_is_incomplete_after_a_start_too() {
    let folder = TempDir::new().unwrap();
    let (mut workspace, listing) = kept(&folder);
    assert_eq!(listing.missing(), 0);
    workspace.set_setting(MISSING, "140").unwrap();
    drop(workspace);
    let again = cached(&mut opened(&folder)).unwrap();
    assert_eq!(again.listing.missing(), 140);
}

#[test]
fn a_damaged_page_leaves_what_the_columns_tell() {
    let folder = TempDir::new().unwrap();
    let (mut workspace, listing) = kept(&folder);
    workspace
        .save_assets(&[asset(3, "Zanzibar")], None)
        .unwrap();
    workspace.listing_as_of(88).unwrap();
    drop(workspace);
    let path = folder.path().join("listing.sqlite");
    let mut bytes = fs::read(&path).unwrap();
    let place = bytes.windows(8).position(|text| text == b"Zanzibar");
    bytes[place.unwrap()] ^= 0x20;
    fs::write(&path, bytes).unwrap();
    for start in 1..=2 {
        let again = cached(&mut opened(&folder)).unwrap();
        assert!(again.listing == listing, "start {start}");
        assert_eq!(again.listed_ms, Some(77), "start {start}");
    }
}

#[test]
fn damaged_columns_cost_a_listing_and_no_row() {
    let folder = TempDir::new().unwrap();
    let (workspace, listing) = kept(&folder);
    drop(workspace);
    let path = folder.path().join("listing.columns");
    let good = fs::read(&path).unwrap();
    for place in (0..good.len()).step_by(97) {
        let mut bytes = good.clone();
        bytes[place] ^= 0x20;
        fs::write(&path, bytes).unwrap();
        let again = cached(&mut opened(&folder)).unwrap();
        let told = (again.listing.len(), again.listed_ms);
        assert_eq!(told, (0, None), "byte {place}");
        assert_eq!(again.listing.rows_made(), 500);
        assert_eq!(again.listing.id(499), listing.id(499));
    }
}

/// What somebody does to a workspace, and what a listing is told of it.
type Step = Box<dyn Fn(&mut Workspace, &mut Listing)>;

fn keeps(columns: &Keeping, listing: &Listing) {
    write(columns, listing).unwrap();
}

fn page(number: usize, rights: &'static str) -> Step {
    Box::new(move |workspace, listing| {
        let assets: Vec<Asset> = (number * 40..(number + 1) * 40)
            .map(|number| asset(number, rights))
            .collect();
        let ids: Vec<AssetId> = assets.iter().map(|asset| asset.id.clone()).collect();
        workspace.allocate_rows(&ids).unwrap();
        let packed = PackedPage::of(&assets);
        let number = workspace.save_page(&packed, Some(200)).unwrap();
        listing.take(&assets);
        // Every other page is followed by columns of what has come.
        if number % 2 == 0 {
            let so_far = workspace.columns_so_far(listing.rows_made(), number);
            keeps(&so_far.unwrap().unwrap(), listing);
        }
    })
}

fn begin() -> Step {
    Box::new(|workspace, listing| {
        workspace.begin_listing().unwrap();
        listing.begin(listing.generation + 1);
    })
}

fn finish(at_ms: i64) -> Step {
    Box::new(move |workspace, listing| {
        workspace.finish_listing(at_ms).unwrap();
        listing.finish();
    })
}

/// Keeps the listing as columns; `halves` of it.
fn fold(halves: usize) -> Step {
    Box::new(move |workspace, listing| {
        let keeping = workspace.columns_to_keep(listing.rows_made());
        let keeping = keeping.unwrap().unwrap();
        keeps(&keeping, listing);
        if halves == 2 {
            workspace.columns_kept(&keeping).unwrap();
        }
    })
}

fn again(number: usize, rights: &'static str) -> Step {
    Box::new(move |workspace, listing| {
        let assets = [asset(number, rights)];
        workspace.save_assets(&assets, None).unwrap();
        listing.take(&assets);
    })
}

fn gone(number: usize) -> Step {
    Box::new(move |workspace, listing| {
        let ids = [asset(number, "").id];
        workspace.save_page(&PackedPage::gone(&ids), None).unwrap();
        listing.leave(&ids);
    })
}

fn agreed(at_ms: i64) -> Step {
    Box::new(move |workspace, _| workspace.listing_as_of(at_ms).unwrap())
}

/// A first listing, a refresh by what changed, and a listing anew; and as of when the listing
/// is after each step.
fn story() -> Vec<(Option<i64>, Step)> {
    let mut steps = vec![(None, begin())];
    steps.extend((0..5).map(|number| (None, page(number, "Acme"))));
    steps.extend([
        (Some(10), finish(10)),
        (Some(10), fold(1)),
        (Some(10), fold(2)),
        (Some(20), agreed(20)),
        (Some(20), again(7, "Studio")),
        (Some(20), gone(8)),
        (Some(30), agreed(30)),
        (Some(30), begin()),
    ]);
    steps.extend((0..4).map(|number| (Some(30), page(number, "Agency"))));
    steps.extend([
        (Some(40), finish(40)),
        (Some(40), fold(2)),
        (Some(40), gone(9)),
        (Some(50), agreed(50)),
        (Some(50), fold(1)),
    ]);
    steps
}

#[test]
fn whenever_a_kill_comes_the_listing_opens_with_all_that_had_come_as_of_when_that_was_true() {
    for kill in 1..=story().len() {
        let folder = TempDir::new().unwrap();
        let (mut workspace, mut listing) = (opened(&folder), Listing::new());
        let mut as_of_ms = None;
        for (ms, step) in story().into_iter().take(kill) {
            step(&mut workspace, &mut listing);
            as_of_ms = ms;
        }
        drop(workspace);
        // Once and again: what a start keeps opens as well.
        for start in 1..=2 {
            let mut workspace = opened(&folder);
            let mut told = cached(&mut workspace).unwrap();
            let after = format!("killed after {kill} steps, start {start}");
            assert_eq!(told.listed_ms, as_of_ms, "{after}");
            assert_eq!(told.listing.complete, as_of_ms.is_some(), "{after}");
            assert_eq!(told.listing.rows_made(), listing.rows_made(), "{after}");
            assert_eq!(told.listing.present(), listing.present(), "{after}");
            for row in listing.present() {
                assert_eq!(told.listing.asset(row), listing.asset(row), "{after}");
            }
            if start == 2 {
                let still = (told.since, told.is_worth_keeping());
                assert_eq!(still, (0, false), "{after}: nothing is taken in twice");
            } else if listing.rows_made() > 0 {
                fold(2)(&mut workspace, &mut told.listing);
            }
        }
    }
}

#[test]
fn a_listing_that_broke_off_leaves_the_next_start_what_came_after_its_columns() {
    let folder = TempDir::new().unwrap();
    let (mut workspace, mut listing) = (opened(&folder), Listing::new());
    begin()(&mut workspace, &mut listing);
    for number in 0..5 {
        page(number, "Acme")(&mut workspace, &mut listing);
    }
    drop(workspace);
    let mut workspace = opened(&folder);
    let told = cached(&mut workspace).unwrap();
    assert_eq!((told.listing.len(), told.since), (200, 40), "the last page");
    assert_eq!((told.listing.total, told.listed_ms), (200, None));
    // A listing anew is whole by its own pages.
    listing = told.listing;
    begin()(&mut workspace, &mut listing);
    for number in 0..3 {
        page(number, "Agency")(&mut workspace, &mut listing);
    }
    finish(10)(&mut workspace, &mut listing);
    drop(workspace);
    let told = cached(&mut opened(&folder)).unwrap();
    assert_eq!((told.listing.len(), told.listed_ms), (120, Some(10)));
}

#[test]
fn what_was_asked_to_be_kept_of_a_listing_that_ended_meanwhile_is_not() {
    let folder = TempDir::new().unwrap();
    let (mut workspace, mut listing) = (opened(&folder), Listing::new());
    begin()(&mut workspace, &mut listing);
    page(0, "Acme")(&mut workspace, &mut listing);
    finish(10)(&mut workspace, &mut listing);
    let so_far = workspace.columns_so_far(listing.rows_made(), 1).unwrap();
    assert!(so_far.is_none(), "it would be taken for all of it");
}

#[test]
fn what_gathered_is_due_when_it_is_much_and_some_time_went_by() {
    let mut gathered = Gathered::default();
    assert!(!gathered.is_due(1_000_000, 7), "the first page");
    assert!(!gathered.is_due(1, 5_006));
    assert!(gathered.is_due(1, 5_007));
    assert!(!gathered.is_due(300, 20_000), "little came since");
    assert!(gathered.is_due(20_000, 20_000));
    gathered.took_ms = 2_000;
    assert!(!gathered.is_due(20_000, 39_999), "it costs much to write");
    assert!(gathered.is_due(1, 40_000));
    assert!(gathered.is_due(20_000, -9_000), "a clock that was set back");
}

/// A runtime over a library of so many assets.
fn runtime(folder: &TempDir, many: usize) -> (Runtime, Events) {
    let assets = (0..many).map(|number| asset(number, "Acme"));
    let parts = RuntimeParts {
        endpoint: Arc::new(Memory::new(assets)),
        workspace: opened(folder),
        profile: "gallery".into(),
        author: "jruiz".into(),
        settings: RuntimeSettings::default(),
        reports: folder.path().join("reports"),
    };
    Runtime::new(parts).unwrap()
}

#[tokio::test]
async fn a_long_listing_that_is_cut_off_opens_from_what_was_kept_while_it_came() {
    let folder = TempDir::new().unwrap();
    let many = usize::try_from(WORTH).unwrap() + 500;
    let (runtime, mut events) = runtime(&folder, many);
    // It went on for long.
    lock(&runtime.0.gathered).since_ms = Some(i64::MIN);
    runtime.perform(Effect::List { generation: 1 });
    let mut listing = Listing::new();
    listing.begin(1);
    let page = loop {
        let event = events.recv().await.unwrap();
        if let Event::Page { assets, .. } = event {
            listing.take(&assets);
        } else if let Event::KeepDue { page, .. } = event {
            break page;
        }
    };
    assert!(listing.len() >= WORTH.into());
    let (kept, rows) = (listing.len(), listing.rows_made());
    // Here it is cut off.
    runtime.perform(Effect::StopListing);
    runtime.perform(Effect::KeepSoFar {
        listing: Box::new(listing),
        page,
    });
    runtime.0.disk.ask("look", |_| Ok(())).await.unwrap();
    runtime.columns_written().await;
    runtime.shutdown().await;
    let told = cached(&mut opened(&folder)).unwrap();
    assert!(told.listing.rows_made() >= rows);
    assert_eq!(told.listing.len() - kept, told.since, "the rest alone");
    assert_eq!(told.listed_ms, None);
}

#[tokio::test]
async fn a_whole_listing_waits_for_what_is_being_written_and_a_part_gives_way() {
    let folder = TempDir::new().unwrap();
    let (runtime, _events) = runtime(&folder, 0);
    let other = TempDir::new().unwrap();
    let (workspace, listing) = kept(&other);
    let keeping = workspace.columns_to_keep(listing.rows_made());
    let keeping = keeping.unwrap().unwrap();
    lock(&runtime.0.writer).busy = true;
    for (replaces_pages, waits) in [(false, false), (true, true), (false, true)] {
        runtime.write_columns(Writing {
            keeping: keeping.clone(),
            listing: Listing::new(),
            replaces_pages,
        });
        let writer = lock(&runtime.0.writer);
        let next = writer.next.as_ref().map(|next| next.replaces_pages);
        assert_eq!(next, Some(waits), "{replaces_pages}");
    }
    drop(runtime.shutdown().await);
}
