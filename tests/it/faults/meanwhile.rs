//! Listing with several readers, while somebody else adds, changes and takes away; and taking in
//! what changed since.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use armarius::{
    domain::AssetId,
    flow::{Effect, Event},
    runtime::{Events, Runtime, RuntimeParts, RuntimeSettings},
    store::{Holder, Workspace},
};
use serde_json::Value as Json;
use tempfile::TempDir;

use super::story::{BOTH, Protocol, Stage, Story, alone, endpoint};
use crate::support::{
    Library,
    raw::{Asked, Deed, Raw},
};

/// Enough for several parts in small pages.
const ALL: u64 = 240;
/// Before the library's other somebody writes, and after everything it was made with.
const LATELY_MS: i64 = 1_790_000_000_000;

fn stage(protocol: Protocol, faults: &'static str) -> Stage {
    let mut stage = Stage::over(protocol).faults(faults);
    (stage.assets, stage.page) = (ALL, 5);
    stage.settings.concurrency = Some(3);
    // What happens between two pages does not depend on how long they wait for each other.
    stage.settings.requests_per_minute = Some(100_000);
    stage
}

fn names(story: &Story) -> BTreeSet<String> {
    let listing = &story.session.workbench.listing;
    let present = listing.present().iter();
    present.map(|row| listing.name(row).into_owned()).collect()
}

/// Whether a request asks for a part of the listing.
fn is_of_a_part(text: &str) -> bool {
    text.contains("\"range\":{\"__guid\"") || text.contains("<op>LessThan</op>")
}

#[test]
fn several_readers_share_a_listing_and_each_asset_comes_once() {
    for protocol in BOTH {
        let mut story = Story::new(&stage(protocol, ""), |_| Deed::Pass);
        story.connect().unwrap();
        story.raw.arm();
        story.list().unwrap();
        assert_eq!(names(&story).len() as u64, ALL, "{protocol:?}");
        assert_eq!(story.session.workbench.listing.rows_made(), 240);
        let asked = story.raw.seen();
        let parts = asked.iter().filter(|text| is_of_a_part(text)).count();
        assert!(parts > 10, "{protocol:?}: {parts} pages of parts");
        // One for each page, one half-empty one at the end of each part, and where parts begin.
        let pages = asked.iter().filter(|text| text.contains("earch")).count();
        assert!(pages < 80, "{protocol:?}: {pages} requests for 48 pages");
    }
}

#[test]
fn what_is_taken_away_between_two_pages_hides_no_other() {
    for protocol in BOTH {
        for turn in [2, 3, 7, 20, 40] {
            let library = Arc::new(Library::made_up(ALL));
            let doomed: Arc<Mutex<Vec<String>>> = Arc::default();
            let (theirs, victims) = (Arc::clone(&library), Arc::clone(&doomed));
            let script = move |asked: &Asked| {
                if asked.number != turn {
                    return Deed::Pass;
                }
                let (library, victims) = (Arc::clone(&theirs), Arc::clone(&victims));
                Deed::Meanwhile(Arc::new(move || {
                    for name in std::mem::take(&mut *victims.lock().unwrap()) {
                        library.purge(&name);
                    }
                }))
            };
            let mut story = Story::with(library, &stage(protocol, ""), script);
            story.connect().unwrap();
            story.list().unwrap();
            let all = names(&story);
            // Early ones, whose leaving moves all others.
            let gone: BTreeSet<String> = {
                let listing = &story.session.workbench.listing;
                (0..9).map(|row| listing.name(row).into_owned()).collect()
            };
            doomed.lock().unwrap().extend(gone.iter().cloned());
            story.raw.arm();
            story.list().unwrap();
            let stayed: BTreeSet<String> = all.difference(&gone).cloned().collect();
            let listed = names(&story);
            assert!(
                listed.is_superset(&stayed),
                "{protocol:?}, page {turn}: missing {:?}",
                stayed.difference(&listed).collect::<Vec<_>>()
            );
            story.list().unwrap();
            assert_eq!(names(&story), stayed, "{protocol:?}: those gone have left");
        }
    }
}

#[test]
fn a_server_that_knows_no_ranges_is_read_by_one_reader() {
    for protocol in BOTH {
        for faults in ["ranges-ignored", "ranges-refused"] {
            let mut story = Story::new(&stage(protocol, faults), |_| Deed::Pass);
            story.connect().unwrap();
            story.raw.arm();
            story.list().unwrap();
            assert_eq!(names(&story).len() as u64, ALL, "{protocol:?}: {faults}");
            let asked = story.raw.seen();
            let pages = asked.iter().filter(|text| text.contains("earch")).count();
            assert!(pages < 90, "{protocol:?}, {faults}: {pages} requests");
        }
    }
}

/// What an update tells: the assets that came, those that are gone, and the count.
fn updated(protocol: Protocol, library: &Library) -> (Vec<String>, Vec<AssetId>, Option<u64>) {
    alone(async {
        let folder = TempDir::new().unwrap();
        let parts = RuntimeParts {
            endpoint: endpoint(protocol, library.address(), 5),
            workspace: Workspace::open(folder.path(), &Holder::this_process("akim", 0)).unwrap(),
            profile: "shop".into(),
            author: "akim".into(),
            settings: RuntimeSettings::default(),
            reports: folder.path().join("reports"),
        };
        let (runtime, mut events) = Runtime::new(parts).unwrap();
        runtime.perform(Effect::Update {
            generation: 0,
            since_ms: LATELY_MS,
        });
        let (mut came, mut left) = (Vec::new(), Vec::new());
        loop {
            let event = events.recv().await.unwrap();
            if let Event::Page { assets, .. } = event {
                came.extend(assets.into_iter().map(|one| one.name));
            } else if let Event::Gone { ids, .. } = event {
                left.extend(ids);
            } else if let Event::Updated { total, .. } = event {
                runtime.shutdown().await;
                return (came, left, total);
            } else if let Event::ListFailed { failure, .. } = event {
                panic!("{failure:?}");
            }
        }
    })
}

#[test]
fn what_changed_since_is_read_alone_and_the_count_tells_what_left() {
    for protocol in BOTH {
        let mut story = Story::new(&stage(protocol, ""), |_| Deed::Pass);
        story.connect().unwrap();
        story.list().unwrap();
        let listing = &story.session.workbench.listing;
        let [changed, trashed] = [17, 200].map(|row| listing.name(row).into_owned());
        let trashed_id = listing.id(200).clone();
        story
            .library
            .meddle(&changed, "Title", "Seen from the pier");
        story.library.trash(&trashed);
        let (came, left, total) = updated(protocol, &story.library);
        assert_eq!(came, [changed], "{protocol:?}");
        assert_eq!(total, Some(ALL - 1), "{protocol:?}");
        match protocol {
            Protocol::Rest => assert_eq!(left, [trashed_id]),
            // Only the count tells.
            Protocol::Soap => assert!(left.is_empty()),
        }
    }
}

/// A workspace's runtime, signed in: what a start makes.
async fn started(folder: &TempDir, address: &str) -> (Runtime, Events) {
    let parts = RuntimeParts {
        endpoint: endpoint(Protocol::Rest, address, 5),
        workspace: Workspace::open(folder.path(), &Holder::this_process("akim", 0)).unwrap(),
        profile: "shop".into(),
        author: "akim".into(),
        settings: RuntimeSettings::default(),
        reports: folder.path().join("reports"),
    };
    let (runtime, mut events) = Runtime::new(parts).unwrap();
    runtime.perform(Effect::Connect);
    while !matches!(events.recv().await.unwrap(), Event::Connected { .. }) {}
    (runtime, events)
}

/// Takes the ids of some entities away, always of the same.
fn without_some_ids(page: &[u8]) -> Vec<u8> {
    let mut page: Json = serde_json::from_slice(page).unwrap();
    for entity in page["entities"].as_array_mut().into_iter().flatten() {
        if entity["guid"]
            .as_str()
            .is_some_and(|guid| guid.ends_with('7'))
        {
            entity["guid"] = Json::Null;
        }
    }
    page.to_string().into_bytes()
}

#[test]
fn entries_that_can_not_be_read_are_told_and_do_not_make_all_be_listed_anew() {
    let library = Library::made_up(ALL);
    let raw = Raw::before(library.address(), |asked: &Asked| {
        if asked.lists() {
            Deed::Changed(Arc::new(|page| without_some_ids(&page)))
        } else {
            Deed::Pass
        }
    });
    raw.arm();
    let folder = TempDir::new().unwrap();
    alone(async {
        let (runtime, mut events) = started(&folder, &raw.address).await;
        runtime.perform(Effect::List { generation: 1 });
        let mut ids = BTreeSet::new();
        loop {
            let event = events.recv().await.unwrap();
            if let Event::Page { assets, .. } = event {
                ids.extend(assets.into_iter().map(|asset| asset.id));
            } else if matches!(event, Event::Listed { generation: 1, .. }) {
                break;
            }
        }
        runtime.shutdown().await;
        let listed = ids.len() as u64;
        assert!((ALL / 2..ALL).contains(&listed), "{listed} can be read");

        // The next start asks what changed.
        let (runtime, mut events) = started(&folder, &raw.address).await;
        runtime.perform(Effect::Update {
            generation: 0,
            since_ms: LATELY_MS,
        });
        let told = loop {
            if let Event::Updated { total, .. } = events.recv().await.unwrap() {
                break total;
            }
        };
        assert_eq!(told, Some(listed), "as many as are listed");
        let many = ALL - listed;
        let words = format!("{many} entries of the library can't be read and are not listed.");
        assert_eq!(events.recv().await, Some(Event::Said(words)));
        runtime.shutdown().await;
    });
}

#[test]
fn a_server_that_can_not_tell_what_changed_says_so() {
    for protocol in BOTH {
        let library = Library::misbehaving(24, "ranges-refused");
        let (came, left, total) = updated(protocol, &library);
        assert_eq!(
            (came.len(), left.len(), total),
            (0, 0, None),
            "{protocol:?}"
        );
    }
}
